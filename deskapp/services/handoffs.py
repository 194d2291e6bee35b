"""Requests to other departments: asked with a deadline, answered in somebody's words, the client told (row T14)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, Any

from deskapp.domain import handoff as rules
from deskapp.domain.call import Call
from deskapp.domain.errors import RuleBroken
from deskapp.domain.handoff import Answer, HandoffRow
from deskapp.services import tickets
from deskapp.services.submissions import once
from deskapp.services.ticket_told import record

if TYPE_CHECKING:
    from deskapp.desk import Desk
    from deskapp.domain.ticket import Draft, Ticket
    from deskapp.repository.work import Work
    from deskapp.services.tickets import Filed


def file(desk: Desk, draft: Draft, topic: str, *, key: str = "") -> Filed:
    """Ask a department something about a client until a deadline; whoever answers is told; under a key once."""
    with desk.write("ticket.file") as work:
        return file_in(work, desk, replace(draft, submission=key or draft.submission), topic)


def file_in(
    work: Work, desk: Desk, draft: Draft, topic: str, facts: Mapping[str, Any] | None = None
) -> Filed:
    """Ask it inside a transaction that does more than that, whose facts the history keeps: a settlement notice, say."""
    state = rules.begun(topic)
    rules.check_asked(draft)
    filed = tickets.file_in(work, desk, replace(draft, kind="handoff"))
    if not filed.again:
        record(work, filed.ticket, "asked", "", {**state.facts(), **(facts or {})})
    return filed


def read(desk: Desk, ticket_id: int) -> HandoffRow:
    """Read a handoff by its ticket."""
    with desk.read() as work:
        row = work.handoffs.row(ticket_id)
    if row is None:
        raise LookupError(f"handoff {ticket_id}")
    return row


def answer(desk: Desk, seen: HandoffRow, said: Answer, *, key: str = "") -> Ticket:
    """Record what a department answered: that ends the handoff, unless a refund is still being checked.

    Conflict when the ticket was moved since it was seen; told so, the client is called back. Under a key once.
    """

    with desk.write("ticket.move") as work:
        answering = partial(answer_in, work, desk, seen, said)
        return once(work, key, "handoff.answer", answering, work.tickets.find)


def answer_in(work: Work, desk: Desk, seen: HandoffRow, said: Answer) -> Ticket:
    """Record an answer inside a transaction that does more than that."""
    ticket = work.tickets.held(seen.ticket.id)
    if ticket.version != seen.ticket.version:
        raise work.tickets.conflict(ticket.id)
    if not ticket.is_open:
        raise RuleBroken("ticket.ended", number=ticket.number)
    today = desk.local(work.now).date()
    state, ends = rules.answered(work.handoffs.state(ticket.id), said, today)
    record(work, ticket, "progress", "" if ends else said.words.strip(), state.facts())
    if not ends:
        return work.tickets.touch(ticket, status=state.status)
    ticket = tickets.settle_internal(work, desk, ticket, said.said or f"{state.paid_on}")
    if said.call_back:
        _call_back(work, ticket, said.said)
    return ticket


def _call_back(work: Work, ticket: Ticket, words: str) -> None:
    """Put a call into the queue that tells the client."""
    phones = work.phones.of(ticket.client_id)
    work.calls.add(
        Call(
            kind="callback",
            direction="out",
            client_id=ticket.client_id,
            site_id=ticket.site_id,
            ticket_id=ticket.id,
            number=phones[0].normal if phones else "",
            reason=words[:200],
            due_at=work.now,
            created_at=work.now,
            created_by=work.operator.id if work.operator else None,
        )
    )
