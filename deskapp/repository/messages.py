"""E-mail kept with tickets, the addresses clients write from, and how far each mailbox has been read."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from pendulum import DateTime
from sqlalchemy import ColumnElement, Select, bindparam, func, or_, select, text

from deskapp.domain import message
from deskapp.repository import paging, tables
from deskapp.repository.base import Repository
from deskapp.repository.prepared import Prepared

if TYPE_CHECKING:
    from deskapp.repository.work import Work

# Another desk may look into the same mailbox for the first time at the same moment.
_NEW = text("INSERT INTO mailboxes (name, error) VALUES (:name, '') ON CONFLICT (name) DO NOTHING")


class Messages(Repository[message.Message]):
    """Mail by ticket."""

    table, record, noun = tables.messages, message.Message, "message"

    def by_key(self, key: str) -> message.Message | None:
        """The letter of that key, if it was taken or written already."""
        return self.first(self.select().where(self.table.c.message_key == bindparam("k")), k=key)

    def by_keys(self, keys: Sequence[str]) -> dict[str, message.Message]:
        """Those of some letters that are here, by key."""
        if not keys:
            return {}
        found = self.records(self.select().where(self.table.c.message_key.in_(keys)))
        return {one.message_key: one for one in found}

    def of(self, ticket_id: int) -> list[message.Message]:
        """The letters of a ticket, oldest first."""
        c = self.table.c
        query = self.select().where(c.ticket_id == bindparam("t")).order_by(c.at, c.id)
        return self.records(query, t=ticket_id)

    def of_many(self, ticket_ids: Sequence[int]) -> list[message.Message]:
        """The letters of some tickets, oldest first."""
        c = self.table.c
        return self.records(self.select().where(c.ticket_id.in_(ticket_ids)).order_by(c.at, c.id))

    def due(self, now: DateTime, limit: int) -> list[message.Message]:
        """Letters to be sent now, that no other desk is sending, the oldest first."""
        c = self.table.c
        query = self.select().where(
            c.state == "waiting",
            or_(c.next_at.is_(None), c.next_at <= bindparam("now")),
            or_(c.held_until.is_(None), c.held_until <= bindparam("now")),
        )
        return self.records(query.order_by(c.at, c.id).limit(limit), now=now)

    def in_state(self, state: str, limit: int) -> list[message.Message]:
        """Letters in a state, the oldest first: `dead` ones are somebody's work."""
        c = self.table.c
        query = self.select().where(c.state == bindparam("s")).order_by(c.at, c.id)
        return self.records(query.limit(limit), s=state)


class Letters:
    """Letters as their lists ask: those of a ticket, those nobody has taken yet, all of them."""

    def __init__(self, work: Work) -> None:
        self.work = work

    def page(
        self,
        which: int | str,
        limit: int,
        *,
        after: message.LetterRow | None = None,
        before: message.LetterRow | None = None,
        last: bool = False,
        offset: int | None = None,
    ) -> list[message.LetterRow]:
        """A page of a list, the newest first: of a ticket by its id, else "unsent" or "all"."""
        query, key = _letters(which), tables.messages.c.id
        if offset is not None:
            return self._rows(paging.at(query, [key.desc()], offset, limit))
        place = after or before
        values = [place.message.id] if place else None
        backward = before is not None or last
        rows = self._rows((paging.after if backward else paging.before)(query, [key], values, limit))
        return rows[::-1] if backward else rows

    def count(self, which: int | str) -> int:
        """How many a list has."""
        query = _letters(which).with_only_columns(func.count(), maintain_column_froms=True)
        return int(self.work.connection.execute(query).scalar_one())

    def undelivered(self) -> int:
        """How many are somebody's work: given up."""
        return int(_DEAD.rows(self.work.connection)[0][0])

    def delayed(self) -> int:
        """How many no server took the last time, that are tried again by themselves."""
        return int(_DELAYED.rows(self.work.connection)[0][0])

    def place(self, which: int | str, letter_id: int) -> int:
        """How many of a list stand before a letter."""
        query = _letters(which).where(tables.messages.c.id > letter_id)
        counted = query.with_only_columns(func.count(), maintain_column_froms=True)
        return int(self.work.connection.execute(counted).scalar_one())

    def _rows(self, query: Select[Any]) -> list[message.LetterRow]:
        letters = self.work.messages.records(query)
        tickets = {row.ticket.id: row for row in self.work.tickets.rows([one.ticket_id for one in letters])}
        files = self.work.attachments.count_of("message", [one.id for one in letters])
        return [message.LetterRow(one, tickets.get(one.ticket_id), files.get(one.id, 0)) for one in letters]


def _counted(*which: ColumnElement[bool]) -> Prepared:
    return Prepared(select(func.count()).select_from(tables.messages).where(*which))


_DEAD = _counted(tables.messages.c.state == "dead")
_DELAYED = _counted(tables.messages.c.state == "waiting", tables.messages.c.error != "")


def _letters(which: int | str) -> Select[Any]:
    query, c = Messages._select, tables.messages.c
    if isinstance(which, int):
        return query.where(c.ticket_id == which)
    return query.where(c.state.in_(("waiting", "dead"))) if which == "unsent" else query


class Emails(Repository[message.Email]):
    """Addresses of clients."""

    table, record, noun = tables.emails, message.Email, "email"

    def of(self, client_id: int) -> list[message.Email]:
        """A client's addresses, the first written first."""
        c = self.table.c
        return self.records(self.select().where(c.client_id == bindparam("c")).order_by(c.id), c=client_id)

    def by_address(self, address: str) -> list[message.Email]:
        """Whose an address is; several files may have the same."""
        c = self.table.c
        query = self.select().where(c.address == bindparam("a")).order_by(c.id)
        return self.records(query, a=address)


@dataclass(frozen=True, slots=True)
class MailboxState:
    """How far a mailbox has been read, when it was last looked at, and what was wrong."""

    name: str
    uidvalidity: int = 0
    last_uid: int = 0
    error: str = ""
    checked_at: DateTime | None = None


class Mailboxes:
    """Mailboxes by name: no record of the audit trail, but a mark in a stream."""

    def __init__(self, work: Work) -> None:
        self.work = work

    def get(self, name: str) -> MailboxState | None:
        """How far one has been read."""
        return self._read(name, held=False)

    def held(self, name: str) -> MailboxState:
        """The same, that nobody else moves until this transaction ends; made where there is none."""
        found = self._read(name, held=True)
        if found is None:
            self.work.connection.execute(_NEW, {"name": name})
            found = self._read(name, held=True)
        return found or MailboxState(name)

    def _read(self, name: str, *, held: bool) -> MailboxState | None:
        b = tables.mailboxes.c
        query = select(b.name, b.uidvalidity, b.last_uid, b.error, b.checked_at).where(b.name == name)
        row = self.work.connection.execute(query.with_for_update() if held else query).first()
        return MailboxState(*row) if row else None

    def put(self, state: MailboxState) -> None:
        """Note how far it has been read."""
        b = tables.mailboxes
        values = {
            "uidvalidity": state.uidvalidity,
            "last_uid": state.last_uid,
            "error": state.error,
            "checked_at": state.checked_at,
        }
        self.work.connection.execute(b.update().where(b.c.name == state.name).values(values))
