"""A ticket's clocks: the promise it was filed under, and its deadlines reckoned from its history (rows T3, T4)."""

from __future__ import annotations

from collections.abc import Sequence

from pendulum import DateTime

from deskapp.domain.calendar import BusinessHours
from deskapp.domain.policy import Policy
from deskapp.domain.records import replace
from deskapp.domain.response_clock import Pause, deadline
from deskapp.domain.ticket import INTERNAL_KINDS, Ticket, TicketEvent


def promised(ticket: Ticket, policy: Policy) -> Ticket:
    """Set the promise a ticket is filed under and the deadlines that follow from it (row T3)."""
    hours = policy.hours()
    ticket = replace(ticket, target_s=policy.response_target(ticket.severity), calendar=calendar_text(hours))
    return with_deadlines(ticket, (), policy)


def calendar_text(hours: BusinessHours | None) -> str:
    """Write the clock's calendar into the ticket: "calendar", or the hours and zone it was promised under."""
    return "calendar" if hours is None else f"business {hours.text()} {hours.timezone}"


def calendar_hours(written: str) -> BusinessHours | None:
    """Read the clock's calendar from the ticket."""
    if not written.startswith("business "):
        return None
    _, windows, zone = written.split(" ", 2)
    return BusinessHours.parse(windows, zone)


def with_deadlines(ticket: Ticket, events: Sequence[TicketEvent], policy: Policy) -> Ticket:
    """Recompute both deadlines from target, calendar and pauses: never from a stored countdown (row T4)."""
    if ticket.received_at is None:
        return ticket
    hours = calendar_hours(ticket.calendar)
    waits = pauses(events, "paused", ("resumed",))
    respond = deadline(ticket.received_at, ticket.target_s, hours, waits)
    rests = [*waits, *pauses(events, "resolved", ("reopened",))]
    target = policy.resolution_on(hours, ticket.severity)
    due = deadline(ticket.received_at, target, hours, [pause for pause in rests if pause.end])
    open_pause = next((pause.start for pause in waits if pause.end is None), None)
    if ticket.kind in INTERNAL_KINDS:
        respond, open_pause = None, None
    return replace(
        ticket,
        respond_by=respond.at if respond else ticket.respond_by,
        due_at=ticket.own_due_at or (due.at if due else ticket.due_at),
        paused_since=open_pause,
        provisional=bool((respond and respond.provisional) or (due and due.provisional)),
    )


def pauses(events: Sequence[TicketEvent], start: str, ends: tuple[str, ...]) -> list[Pause]:
    """Read the intervals in which a clock stood still from the history."""
    found: list[Pause] = []
    began: DateTime | None = None
    for event in events:
        if event.kind == start and began is None:
            began = event.at
        elif event.kind in ends and began is not None:
            found.append(Pause(began, event.at))
            began = None
    if began is not None:
        found.append(Pause(began, None))
    return found
