"""What the client list shows: files and tickets found as one types, or the newest files page by page (row P5)."""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from deskapp.desk import Desk
from deskapp.domain.client import ClientCard
from deskapp.domain.rows import TicketRow
from deskapp.domain.search_text import fold

if TYPE_CHECKING:
    from deskapp.repository.work import Work

MOST_CLIENTS, MOST_TICKETS = 60, 20
"""The most of each a search lists: who sees more types another letter."""


@dataclass(frozen=True, slots=True)
class Hit:
    """A line of the list: a client, or one of the client's tickets."""

    card: ClientCard
    ticket: TicketRow | None = None

    @property
    def client_id(self) -> int:
        """The client's id."""
        return self.card.client.id


def find(desk: Desk, typed: str) -> list[Hit]:
    """Find clients, then tickets, by whatever is typed; a ticket's number puts the tickets first."""
    with desk.read() as work:
        clients = [Hit(card) for card in work.search.clients(typed, MOST_CLIENTS)]
        tickets = _ticket_hits(work, work.search.tickets(typed, MOST_TICKETS))
    number = fold(typed).upper()
    meant = number.isascii() and any(
        hit.ticket and hit.ticket.ticket.number.startswith(number) for hit in tickets
    )
    return [*tickets, *clients] if meant else [*clients, *tickets]


def _ticket_hits(work: Work, rows: Sequence[TicketRow]) -> list[Hit]:
    ids = list(dict.fromkeys(row.ticket.client_id for row in rows))
    cards = {card.client.id: card for card in work.clients.cards(ids)}
    return [Hit(cards[row.ticket.client_id], ticket=row) for row in rows if row.ticket.client_id in cards]


def key_of(hit: Hit) -> Hashable:
    """What makes a line of the list the same one after a change."""
    return hit.client_id, hit.ticket.ticket.id if hit.ticket else None


class NewestClients:
    """All client files, those opened last first: a long list read page by page."""

    def __init__(self, desk: Desk) -> None:
        self.desk = desk

    def count(self) -> int:
        """How many files there are."""
        with self.desk.read() as work:
            return work.clients.count()

    def first(self, limit: int) -> list[Hit]:
        """The newest files."""
        with self.desk.read() as work:
            return [Hit(card) for card in work.clients.newest(limit)]

    def last(self, limit: int) -> list[Hit]:
        """The oldest files."""
        with self.desk.read() as work:
            return [Hit(card) for card in work.clients.opened_after(limit)]

    def after(self, record: Hit, limit: int) -> list[Hit]:
        """The files opened before one."""
        with self.desk.read() as work:
            return [Hit(card) for card in work.clients.newest(limit, record.client_id)]

    def before(self, record: Hit, limit: int) -> list[Hit]:
        """The files opened after one."""
        with self.desk.read() as work:
            return [Hit(card) for card in work.clients.opened_after(limit, record.client_id)]

    def at(self, offset: int, limit: int) -> list[Hit]:
        """The files at a place in the middle."""
        with self.desk.read() as work:
            return [Hit(card) for card in work.clients.newest_at(offset, limit)]

    def key(self, record: Hit) -> Hashable:
        """A file stays itself."""
        return key_of(record)
