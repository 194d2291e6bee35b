"""Acts that can be undone for a moment: which they are, and the ordinary act that takes each back (row T15)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from deskapp.desk import Desk
from deskapp.domain.errors import RuleBroken
from deskapp.domain.ticket import Ticket
from deskapp.services import collaboration, tickets
from deskapp.services.ticket_told import record, tell
from deskapp.services.together import joined

if TYPE_CHECKING:
    from deskapp.domain.call import Call

UNDO_S = 15
"""Seconds for which a harmless act can be undone by one key."""
HARMLESS = frozenset({"tag", "untag", "dispatch", "callback", "missed"})
"""What can be taken back without a trace at the client's; whatever a client or a report heard cannot."""

Step = Callable[[Desk], Any]


@dataclass(frozen=True, slots=True)
class Undo:
    """How the last harmless act is taken back, and by whom alone."""

    act: str
    operator_id: int
    steps: tuple[Step, ...]


def undo_of(desk: Desk, act: str, steps: tuple[Step, ...]) -> Undo | None:
    """The undo of an act; none when it is not harmless or has changed nothing."""
    if act not in HARMLESS or not steps or desk.operator is None:
        return None
    return Undo(act, desk.operator.id, steps)


def undo(desk: Desk, one: Undo) -> int:
    """Take an act back, the whole lot or nothing: Conflict when somebody has gone on from it; return how many."""
    if desk.operator is None or desk.operator.id != one.operator_id:
        raise RuleBroken("undo.not_yours")
    with desk.write("ticket.note") as work:
        here = joined(desk, work)
        for step in reversed(one.steps):
            step(here)
    return len(one.steps)


def tag(desk: Desk, ticket: Ticket, typed: str, *, on: bool = True) -> Step | None:
    """Put a tag on or take it off; none to undo when it was so already."""
    before, _ = collaboration.tags_of(desk, ticket.id)
    word = (collaboration.tag if on else collaboration.untag)(desk, ticket, typed)
    if (word in before) is on:
        return None
    back = collaboration.untag if on else collaboration.tag
    return lambda later: back(later, ticket, word)


def dispatch(
    desk: Desk, ticket: Ticket, department_id: int | None, responsible_id: int | None, words: str = ""
) -> Step | None:
    """Hand a ticket over; the undo gives it back to whoever had it."""
    after = tickets.dispatch(desk, ticket, department_id, responsible_id, words)
    return lambda later: hand_back(later, ticket, after)


def hand_back(desk: Desk, before: Ticket, after: Ticket) -> Ticket:
    """Give a ticket back to whoever had it before it was handed over; who loses it again is told."""
    with desk.write("ticket.move") as work:
        saved = work.tickets.save(replace(before, version=after.version))
        facts = {"department_id": after.department_id, "responsible_id": after.responsible_id}
        record(work, saved, "handed_back", facts=facts)
        if after.responsible_id != before.responsible_id:
            tell(work, after, "released")
            if before.responsible_id is not None:
                tell(work, saved, "transferred")
        return saved


def unplan(desk: Desk, call: Call) -> Call:
    """Take a planned call back that nobody has taken yet."""
    with desk.write("call.plan") as work:
        found = work.calls.find(call.id)
        if found.version != call.version or found.state != "open":
            raise work.calls.conflict(call.id)
        return work.calls.save(replace(found, state="dropped", ended_at=work.now))
