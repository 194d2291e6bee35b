"""What happens to a ticket, put down and told: to those who watch it, those called on, whoever answers for it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from deskapp.domain.mentions import callable_names, may_call, mentioned
from deskapp.domain.notice import MENTIONED, SILENT, WATCHED
from deskapp.domain.ticket import Ticket, TicketEvent

if TYPE_CHECKING:
    from pendulum import DateTime

    from deskapp.repository.work import Work


def record(
    work: Work,
    ticket: Ticket,
    kind: str,
    text: str = "",
    facts: dict[str, Any] | None = None,
    at: DateTime | None = None,
) -> TicketEvent:
    """Write an event into a ticket's history, and tell the colleagues it concerns (row T15)."""
    who = work.operator.id if work.operator else None
    event = work.ticket_events.add(
        TicketEvent(
            ticket_id=ticket.id, at=at or work.now, operator_id=who, kind=kind, text=text, facts=facts
        )
    )
    if kind not in SILENT:
        _tell_colleagues(work, event)
    return event


def tell(work: Work, ticket: Ticket, reason: str) -> None:
    """Put a notice to whoever answers for a ticket into the outbox (row T2)."""
    if ticket.responsible_id is not None:
        facts = {"number": ticket.number, "severity": ticket.severity, "respond_by": str(ticket.respond_by)}
        work.outbox.tell(f"ticket.{reason}", ticket.id, ticket.responsible_id, facts)


def _tell_colleagues(work: Work, event: TicketEvent) -> None:
    """Tell those who watch and those called on, but not whoever did it; in one act nobody is told twice."""
    called = _called(work, event.text)
    watching = {operator_id for operator_id, _ in work.watchers.of(event.ticket_id)}
    for operator_id in sorted((called | watching) - {event.operator_id}):
        reason = MENTIONED if operator_id in called else WATCHED
        work.notices.tell(operator_id, reason, event.ticket_id, event.id)


def _called(work: Work, text: str) -> frozenset[int]:
    """Those called on; accounts are read only for words that can call on somebody."""
    return mentioned(text, callable_names(work.operators.listed())) if may_call(text) else frozenset()


_EVENT_KIND = {
    "dispatch": "dispatched",
    "respond": "responded",
    "resolve": "resolved",
    "verify": "verified",
    "close": "closed",
    "reopen": "reopened",
    "withdraw": "withdrawn",
    "merge": "merged",
}


def event_kind(ticket: Ticket, name: str, facts: dict[str, Any] | None) -> str:
    """What the history calls a move: only the first answer is the response, and a transfer names its two sides."""
    if name == "respond" and ticket.responded_at is not None:
        return "answered"
    return "transferred" if facts and "to_department_id" in facts else _EVENT_KIND[name]
