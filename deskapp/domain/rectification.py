"""What time demands of a rectification: the supervisor warned, the project manager urged (row S2; text 4, 1.3.2)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from pendulum import DateTime, timezone

from deskapp.domain.policy import Policy
from deskapp.domain.ticket import Ticket, TicketEvent

KIND = "rectification"
WORKED_ON = ("received", "dispatched", "responded", "reopened")
"""States in which whoever answers for it has still to put the defect right."""


@dataclass(frozen=True, slots=True)
class Warn:
    """Tell the supervisor that a deadline is near; `late` when it went by with nobody warned."""

    due_at: DateTime
    late: bool = False


@dataclass(frozen=True, slots=True)
class Urge:
    """Urge the project manager: a deadline has gone by."""

    due_at: DateTime
    days: int
    """How many days ago."""


Intent = Warn | Urge


def decide(
    ticket: Ticket, events: Iterable[TicketEvent], now: DateTime, policy: Policy
) -> tuple[Intent, ...]:
    """Say what is to be done now: one warning for each deadline, after it one urging on each of the company's days."""
    due = ticket.due_at
    if ticket.kind != KIND or ticket.state not in WORKED_ON or due is None:
        return ()
    if now < due.subtract(hours=policy.rectification_warn_hours):
        return ()
    told = list(events)
    found: list[Intent] = []
    if not any(_warned_of(event, due) for event in told):
        found.append(Warn(due, late=now >= due))
    today = _day(now, policy)
    if now >= due and not any(_urged_on(event, due, today, policy) for event in told):
        found.append(Urge(due, (today - _day(due, policy)).days))
    return tuple(found)


def _warned_of(event: TicketEvent, due: DateTime) -> bool:
    return event.kind == "warned" and (event.facts or {}).get("due_at") == due.isoformat()


def _urged_on(event: TicketEvent, due: DateTime, day: date, policy: Policy) -> bool:
    """Whether somebody, or time, urged after the deadline on a day."""
    return (
        event.kind == "urged" and event.at is not None and event.at >= due and _day(event.at, policy) == day
    )


def _day(instant: DateTime, policy: Policy) -> date:
    local = instant.in_timezone(timezone(policy.timezone))
    return date(local.year, local.month, local.day)
