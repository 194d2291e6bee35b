"""What operators are told in the console: who called on them, what was done to a ticket they watch (row T15)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from pendulum import DateTime

from deskapp.domain.rows import TicketRow
from deskapp.domain.ticket import TicketEvent

CRISIS = "ticket.crisis"
ESCALATED = "ticket.escalated"
DECISION = "decision.taken"
DECIDED = "decision.settled"
PROPOSED = "sanction.proposed"
SETTLED = "sanction.settled"
MENTIONED = "ticket.mentioned"
COACHED = "quality.coached"
WATCHED = "ticket.watched"
PUT_ON = "ticket.put_on"
REASONS = (CRISIS, ESCALATED, DECISION, DECIDED, PROPOSED, SETTLED, COACHED, MENTIONED, WATCHED, PUT_ON)
"""Why an operator is told, the strongest first."""
SILENT = frozenset({"filed", "tagged", "untagged", "sanctioned", "grouped", "ungrouped"})
"""Events nobody who watches is told of."""


@dataclass(frozen=True, slots=True)
class Notice:
    """One operator told of one act on one ticket; `facts` name the events and whoever did it by their ids."""

    id: int = 0
    version: int = 0
    at: DateTime | None = None
    operator_id: int = 0
    reason: str = WATCHED
    ticket_id: int | None = None
    facts: Mapping[str, object] | None = None
    read_at: DateTime | None = None

    @property
    def events(self) -> tuple[int, ...]:
        """The ids of the events it tells of, in order."""
        told = (self.facts or {}).get("events")
        return tuple(one for one in told if isinstance(one, int)) if isinstance(told, list | tuple) else ()

    @property
    def by(self) -> int:
        """The id of the operator who did it; 0 when nobody did."""
        who = (self.facts or {}).get("by")
        return who if isinstance(who, int) else 0


@dataclass(frozen=True, slots=True)
class NoticeRow:
    """A notice as a list shows it: with its ticket, the events it tells of, and who did it."""

    notice: Notice
    ticket: TicketRow | None = None
    events: tuple[TicketEvent, ...] = ()
    who: str = ""


def joined(before: Notice, reason: str, event_id: int | None) -> Notice:
    """Tell one more thing of the same act in the notice already written: nobody is told twice of one act."""
    events = [*before.events, *([event_id] if event_id and event_id not in before.events else [])]
    stronger = min(before.reason, reason, key=REASONS.index)
    return replace(before, reason=stronger, facts={**(before.facts or {}), "events": events})
