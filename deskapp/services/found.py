"""What search and the screen pop find, in plain values for scripts."""

from __future__ import annotations

from typing import Any

from deskapp.desk import Desk
from deskapp.domain.client import ClientCard
from deskapp.domain.rows import TicketRow
from deskapp.services.clients import whose
from deskapp.services.exports import Written, instant_writer


def search(desk: Desk, typed: str, limit: int) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """Find clients and tickets by whatever is typed, at most `limit` of each, the closest first."""
    written = instant_writer(desk.policy.timezone)
    with desk.read() as work:
        clients = work.search.clients(typed, limit) if limit else []
        tickets = work.search.tickets(typed, limit) if limit else []
    return [_client(card) for card in clients], [_ticket(row, written) for row in tickets]


def pop(desk: Desk, number: str) -> list[dict[str, Any]]:
    """The clients a ringing number belongs to (row C3)."""
    return [_client(card) for card in whose(desk, number)]


def _client(card: ClientCard) -> dict[str, Any]:
    return {
        "id": card.client.id,
        "name": card.client.name,
        "phones": [phone.normal for phone in card.phones],
        "address": card.address,
        "open_tickets": card.open_tickets,
    }


def _ticket(row: TicketRow, written: Written) -> dict[str, Any]:
    ticket = row.ticket
    return {
        "id": ticket.id,
        "number": ticket.number,
        "kind": ticket.kind,
        "client": row.client_name,
        "client_id": ticket.client_id,
        "subject": ticket.subject,
        "category": ticket.category,
        "severity": ticket.severity,
        "state": ticket.state,
        "received_at": written(ticket.received_at),
        "respond_by": written(ticket.respond_by),
        "responded_at": written(ticket.responded_at),
        "address": row.address,
    }
