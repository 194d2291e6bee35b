"""Acts that can be undone for a moment: which they are, and the ordinary act that takes each back (row T15)."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING, Any

from deskapp.desk import Desk
from deskapp.domain.errors import RuleBroken
from deskapp.domain.ticket import Ticket, TicketEvent
from deskapp.domain.undo import HARMLESS, UNDO_S, undoable
from deskapp.services import calls, collaboration, followups, tickets
from deskapp.services.ticket_told import record, tell
from deskapp.services.together import joined

if TYPE_CHECKING:
    from pendulum import DateTime

    from deskapp.domain.call import Call

Step = Callable[[Desk], Any]


@dataclass(frozen=True, slots=True)
class Undo:
    """How the last harmless act is taken back, until when, and by whom alone."""

    act: str
    operator_id: int
    steps: tuple[Step, ...]
    at: DateTime


def undo_of(desk: Desk, act: str, steps: Sequence[Step | None]) -> Undo | None:
    """The undo of an act; none when it is not harmless or has changed nothing."""
    taken = tuple(step for step in steps if step is not None)
    if act not in HARMLESS or not taken or desk.operator is None:
        return None
    return Undo(act, desk.operator.id, taken, desk.now())


def undo(desk: Desk, one: Undo) -> int:
    """Take an act back, the whole lot or nothing: Conflict when somebody has gone on from it; return how many."""
    if desk.operator is None or desk.operator.id != one.operator_id:
        raise RuleBroken("undo.not_yours")
    with desk.write("ticket.note") as work:
        if work.now > one.at.add(seconds=UNDO_S):
            raise RuleBroken("undo.late", seconds=UNDO_S)
        here = joined(desk, work)
        for step in reversed(one.steps):
            step(here)
    return len(one.steps)


def step_of(act: str, before: Ticket, done: object, words: str = "") -> Step | None:
    """What takes an act on one ticket back, from the ticket as it was and what the act gave."""
    now = done if isinstance(done, Ticket) else None
    if not undoable(act, before, now, words):
        return None
    if isinstance(done, TicketEvent):
        return partial(unnote, before=before, event=done)
    if now is None:
        return None
    if act == "dispatch":
        return partial(hand_back, before=before, after=now)
    return partial(put_back, before=before, after=now, act=act)


def after(desk: Desk, act: str, before: Ticket, done: object, words: str = "") -> Undo | None:
    """The undo of an act on one ticket."""
    return undo_of(desk, act, [step_of(act, before, done, words)])


def turned(desk: Desk, active: bool, back: Step) -> Undo | None:
    """The undo of taking a record out of use or into it again, by the verb that turns it back."""
    return undo_of(desk, "bring_back" if active else "retire", [back])


def put_back(desk: Desk, before: Ticket, after: Ticket, *, act: str) -> Ticket:
    """Let a ticket stand as it did before a grade or a move nobody outside heard of; the history says so."""
    with desk.write("ticket.move") as work:
        found = work.tickets.held(after.id)
        if found.version != after.version or work.mass_complaints.of_ticket(found) is not None:
            raise work.tickets.conflict(found.id)
        if act == "resolve":
            for call in work.calls.open_for(found.id, "verification"):
                if call.state != "open":
                    raise work.calls.conflict(call.id)
                work.calls.save(replace(call, state="dropped", ended_at=work.now))
            followups.asked_no_more(work, found)
        saved = work.tickets.save(replace(before, version=found.version))
        record(work, saved, "undone", facts={"act": act})
        return saved


def unnote(desk: Desk, before: Ticket, event: TicketEvent) -> TicketEvent:
    """Say in the history that a note was taken back: it stays to be read there."""
    with desk.write("ticket.note") as work:
        found = work.tickets.find(before.id)
        if found.version != before.version:
            raise work.tickets.conflict(found.id)
        return record(work, found, "undone", facts={"act": "note", "event_id": event.id})


def later(desk: Desk, call: Call, at: DateTime) -> Undo | None:
    """Put a planned call off; the undo lets it come up when it would have."""
    put_off = calls.later(desk, call, at)

    def back(here: Desk) -> Call:
        with here.write("call.plan") as work:
            found = work.calls.find(call.id)
            if found.version != put_off.version:
                raise work.calls.conflict(call.id)
            return work.calls.save(replace(found, due_at=call.due_at), known=found)

    return undo_of(desk, "later", [back])


def release(desk: Desk, call: Call) -> Undo | None:
    """Put a claimed call back into the queue; the undo takes it again, unless somebody else has."""
    opened = calls.give_back(desk, call)

    def back(here: Desk) -> Call:
        with here.read() as work:
            if work.calls.find(call.id).version != opened.version:
                raise work.calls.conflict(call.id)
        return calls.take(here, opened)

    return undo_of(desk, "release", [back])


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
