"""What lists show: a record with the names that go beside it, ready to paint."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from pendulum import DateTime

from deskapp.domain.ticket import Ticket


@dataclass(frozen=True, slots=True)
class TicketRow:
    """A ticket as the board and every list of tickets show it; instants in microseconds for painting."""

    ticket: Ticket
    client_name: str = ""
    address: str = ""
    responsible: str = ""
    department: str = ""
    respond_by_us: int = 0
    due_us: int = 0
    tags: tuple[str, ...] = ()
    """Only where a list was asked for them."""


@dataclass(frozen=True, slots=True)
class StripFacts:
    """What the clock strip shows on every screen: the most urgent clock and three counts."""

    urgent: TicketRow | None = None
    overdue: int = 0
    within_hour: int = 0
    due_today: int = 0
    crises: int = 0
    until_us: int = field(default=0, compare=False)
    """From when on the counts may be others though nobody writes anything."""


TIMELINE_KINDS: Mapping[str, tuple[str, ...]] = {
    "call": ("call",),
    "ticket": ("ticket",),
    "letter": ("letter",),
    "site": ("site",),
    "payment": ("payment",),
    "inspection": ("inspection",),
    "notice": ("notice", "handbook"),
    "opinion": ("evaluation", "praise"),
    "diagnosis": ("diagnosis",),
    "bus": ("bus",),
    "register": ("register",),
    "plan": ("plan",),
}
"""The kinds a history is filtered by, each with the sources its lines come from."""
AHEAD = 3
"""How many planned calls to come a whole history begins with."""


def whole_length(lengths: Mapping[str, int], ahead: int) -> int:
    """How long a whole history is by the lengths of its kinds: of the calls to come it shows some only."""
    return sum(lengths.values()) - lengths["plan"] + min(lengths["plan"], ahead)


@dataclass(frozen=True, slots=True)
class TimelineItem:
    """One line of a client's history: when (microseconds), what kind, and the record behind it."""

    at_us: int
    source: str
    record_id: int
    kind: str
    code: str
    text: str = ""
    number: str = ""
    who: str = ""
    score: int | None = None
    ticket_id: int | None = None
    call_id: int | None = None
    facts: tuple[tuple[str, str], ...] = ()

    @property
    def key(self) -> tuple[int, str, int]:
        """Orders the timeline, newest first."""
        return (self.at_us, self.source, self.record_id)


@dataclass(frozen=True, slots=True)
class Elsewhere:
    """A record open at another desk: who has it there, and since when (row T15)."""

    noun: str
    record_id: int
    who: str
    since: DateTime
