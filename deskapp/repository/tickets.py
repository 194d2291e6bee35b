"""Tickets, their history, their running clocks by time left, and the notices they cause."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from pendulum import DateTime
from sqlalchemy import Select, bindparam, case, func, select, text

from deskapp.domain.address import full_address
from deskapp.domain.client import Client
from deskapp.domain.rows import TicketRow
from deskapp.domain.search_text import closed_up, grams, haystack, pinyin_text
from deskapp.domain.ticket import OPEN_STATES, Ticket, TicketEvent
from deskapp.repository import paging, tables
from deskapp.repository.base import BATCH, Repository, insert_rows
from deskapp.repository.instants import BEGINNING, to_micros
from deskapp.repository.prepared import Prepared, PreparedFor

_INDEX = Prepared(
    text(
        "INSERT INTO ticket_search (id, haystack, grams) VALUES (:id, :haystack, :grams) "
        "ON CONFLICT (id) DO UPDATE SET haystack = excluded.haystack, grams = excluded.grams"
    )
)
_SEARCHED = ("number", "subject", "description", "demand", "category", "response", "resolution")


class TicketEvents(Repository[TicketEvent]):
    """What happened to tickets, oldest first."""

    table, record, noun = tables.ticket_events, TicketEvent, "ticket_event"

    def of(self, ticket_id: int) -> list[TicketEvent]:
        """A ticket's whole history."""
        query = (
            self.select()
            .where(self.table.c.ticket_id == bindparam("t"))
            .order_by(self.table.c.at, self.table.c.id)
        )
        return self.records(query, t=ticket_id)

    def latest_of(self, ticket_ids: Sequence[int]) -> dict[int, TicketEvent]:
        """What happened last to each of some tickets."""
        if not ticket_ids:
            return {}
        c = self.table.c
        last = select(func.max(c.id)).where(c.ticket_id.in_(ticket_ids)).group_by(c.ticket_id)
        return {event.ticket_id: event for event in self.records(self.select().where(c.id.in_(last)))}


@dataclass(frozen=True, slots=True)
class OutboxNotice:
    """One person to be told one thing, written in the transaction that causes it."""

    id: int = 0
    version: int = 0
    at: DateTime | None = None
    reason: str = ""
    ticket_id: int | None = None
    staff_id: int | None = None
    facts: Mapping[str, object] | None = None
    once: str | None = None
    """Names what is told to whom: nobody is told the same twice."""
    state: str = "waiting"
    attempts: int = 0
    next_at: DateTime | None = None
    held_until: DateTime | None = None
    """Until when one desk is sending it; a desk that died leaves it to the others then."""
    error: str = ""
    channel: str = ""
    sent_at: DateTime | None = None
    handled_by: int | None = None


class Outbox(Repository[OutboxNotice]):
    """Notices not yet sent."""

    table, record, noun = tables.outbox, OutboxNotice, "notice"

    def tell(
        self,
        reason: str,
        ticket_id: int | None,
        staff_id: int,
        facts: Mapping[str, object],
        *,
        once: str | None = None,
    ) -> None:
        """Put a notice down, to be sent after this transaction has committed; under `once` only the first time."""
        if once and self.first(self.select().where(self.table.c.once == bindparam("o")), o=once):
            return
        notice = OutboxNotice(
            at=self.work.now, reason=reason, ticket_id=ticket_id, staff_id=staff_id, facts=facts, once=once
        )
        self.add(notice)

    def unsent_of(self, ticket_id: int) -> list[OutboxNotice]:
        """What of a ticket still waits to be told."""
        c = self.table.c
        return self.records(
            self.select().where(c.ticket_id == bindparam("t"), c.sent_at.is_(None)), t=ticket_id
        )


class Tickets(Repository[Ticket]):
    """Tickets of every kind."""

    table, record, noun = tables.tickets, Ticket, "ticket"

    def add(self, record: Ticket, client: Client | None = None) -> Ticket:
        """Store a new ticket, findable at once; `client` is whose it is, if this transaction has just read it."""
        stored = super().add(record)
        self.index(stored, client)
        return stored

    def save(self, record: Ticket, known: Ticket | None = None) -> Ticket:
        """Store a changed ticket; its words are indexed again only when they changed."""
        before = self.find(record.id) if known is None else known
        stored = super().save(record, before)
        if any(
            getattr(before, name) != getattr(stored, name) for name in (*_SEARCHED, "client_id", "site_id")
        ):
            self.index(stored)
        return stored

    def index(self, ticket: Ticket, client: Client | None = None) -> None:
        """Write the search row of one ticket anew."""
        client = client or self.work.clients.find(ticket.client_id)
        site = self.work.sites.get(ticket.site_id)
        address = full_address(site.estate, site.address) if site else client.address
        _INDEX.count(self.connection, **search_row(ticket, client, address))

    def index_of_client(self, client_id: int) -> None:
        """Write the search rows of all of a client's tickets, after name or address changed."""
        for ticket in self.records(
            self.select().where(self.table.c.client_id == bindparam("c")), c=client_id
        ):
            self.index(ticket)

    def index_new(self, tickets: Sequence[tuple[Ticket, Client, str]]) -> None:
        """Write the search rows of many new tickets (with client and address) at once."""
        for start in range(0, len(tickets), BATCH):
            rows = [tuple(search_row(*one).values()) for one in tickets[start : start + BATCH]]
            insert_rows(self.connection, tables.ticket_search, ("id", "haystack", "grams"), rows)

    def by_number(self, number: str) -> Ticket | None:
        """The ticket of that number."""
        return self.first(self.select().where(self.table.c.number == bindparam("n")), n=number)

    def by_submission(self, submission: str) -> Ticket | None:
        """The ticket one form has already filed, when its answer was lost on the way."""
        return self.first(_BY_SUBMISSION, s=submission)

    def taken_numbers(self, numbers: Sequence[str], column: str = "number") -> set[str]:
        """Which of some numbers (or source keys) are there already."""
        found: set[str] = set()
        c = self.table.c[column]
        for start in range(0, len(numbers), 500):
            query = select(c).where(c.in_(numbers[start : start + 500]))
            found.update(row[0] for row in self.connection.execute(query))
        return found

    def of_client(self, client_id: int, limit: int = 200, since: DateTime | None = None) -> list[Ticket]:
        """A client's tickets, the newest first, perhaps only since an instant."""
        return self.records(_OF_CLIENT, client=client_id, since=since or BEGINNING, n=limit)

    def _rows(self, query: Select[Any]) -> list[TicketRow]:
        return [self._row(row) for row in self.connection.execute(query)]

    def _row(self, row: Sequence[Any]) -> TicketRow:
        width = len(self._names)
        return _row(self.read(row[:width]), row[width:])

    def rows(self, ids: Sequence[int]) -> list[TicketRow]:
        """Some tickets with the names beside them, in the order asked."""
        found = {row.ticket.id: row for row in map(self._row, _ROWS_BY_IDS.rows(self.connection, ids))}
        return [found[i] for i in ids if i in found]

    def row(self, ticket_id: int) -> TicketRow | None:
        """One ticket with the names beside it."""
        rows = self.rows([ticket_id])
        return rows[0] if rows else None

    def running_clocks(
        self, limit: int, *, after: TicketRow | None = None, department_id: int | None = None
    ) -> list[TicketRow]:
        """Tickets whose client still waits for a first response, the least time left first."""
        return self._rows(paging.after(self._running(department_id), _CLOCK_KEYS, _clock_key(after), limit))

    def running_clocks_before(
        self, limit: int, *, before: TicketRow | None = None, department_id: int | None = None
    ) -> list[TicketRow]:
        """The running clocks just before one, or the last ones, in the board's order."""
        return self._rows(
            paging.before(self._running(department_id), _CLOCK_KEYS, _clock_key(before), limit)
        )[::-1]

    def running_clocks_at(self, offset: int, limit: int, department_id: int | None = None) -> list[TicketRow]:
        """The running clocks at an offset of the board."""
        return self._rows(paging.at(self._running(department_id), _CLOCK_KEYS, offset, limit))

    def _running(self, department_id: int | None) -> Select[Any]:
        return self._in_department(_ROWS.where(tables.WAITING), department_id)

    def _in_department(self, query: Select[Any], department_id: int | None) -> Select[Any]:
        """All departments with None; 0 is for tickets no department answers for."""
        if department_id is None:
            return query
        c = self.table.c.department_id
        return query.where(c == department_id if department_id else c.is_(None))

    def count_running(self, department_id: int | None = None) -> int:
        """How many clocks run."""
        query = select(func.count()).select_from(self.table).where(tables.WAITING)
        query = self._in_department(query, department_id)
        return int(self.connection.execute(query).scalar_one())

    def running_departments(self) -> list[tuple[int | None, str, int, int]]:
        """Departments with running clocks: id, name, how many, how many overdue now; the most overdue first."""
        t, de = tables.tickets, tables.departments
        late = func.sum(case((late_at(self.work.now), 1), else_=0))
        query = (
            select(t.c.department_id, de.c.name, func.count(), late)
            .select_from(t.outerjoin(de, t.c.department_id == de.c.id))
            .where(tables.WAITING)
            .group_by(t.c.department_id, de.c.name)
        )
        found = [(row[0], row[1] or "", row[2], int(row[3] or 0)) for row in self.connection.execute(query)]
        return sorted(found, key=lambda one: (-one[3], -one[2]))

    def most_urgent(self) -> TicketRow | None:
        """The running clock with the least time left."""
        rows = _MOST_URGENT.rows(self.connection)
        return self._row(rows[0]) if rows else None

    def first_crisis(self) -> TicketRow | None:
        """The running crisis with the least time left."""
        query = self._running(None).where(self.table.c.severity == "crisis")
        rows = self._rows(paging.after(query, _CLOCK_KEYS, None, 1))
        return rows[0] if rows else None

    def newest(self, limit: int, before: TicketRow | None = None, **only: Any) -> list[TicketRow]:
        """Tickets by receipt, the newest first: all, or `only_open`, with a `tag`, of a `kind`."""
        return self._rows(paging.before(self._listed(**only), _AGE_KEYS, _age_key(before), limit))

    def newest_before(self, limit: int, after: TicketRow | None = None, **only: Any) -> list[TicketRow]:
        """The tickets just before one in that list, or its last ones, in its order."""
        return self._rows(paging.after(self._listed(**only), _AGE_KEYS, _age_key(after), limit))[::-1]

    def newest_at(self, offset: int, limit: int, **only: Any) -> list[TicketRow]:
        """The tickets at an offset of that list."""
        keys = [key.desc() for key in _AGE_KEYS]
        return self._rows(paging.at(self._listed(**only), keys, offset, limit))

    def count_listed(self, only_open: bool = False, tag: str = "", kind: str = "") -> int:
        """How many tickets that list has."""
        query = self._only(select(func.count()).select_from(self.table), only_open, tag, kind)
        return int(self.connection.execute(query).scalar_one())

    def _listed(self, only_open: bool = False, tag: str = "", kind: str = "") -> Select[Any]:
        return self._only(_ROWS, only_open, tag, kind)

    def _only(self, query: Select[Any], only_open: bool, tag: str, kind: str) -> Select[Any]:
        c, tagged = self.table.c, tables.ticket_tags.c
        if tag:
            query = query.where(c.id.in_(select(tagged.ticket_id).where(tagged.tag == tag)))
        if kind:
            query = query.where(c.kind == kind)
        return query.where(c.state.in_(OPEN_STATES)) if only_open else query

    def export_page(self, last_id: int, limit: int) -> list[TicketRow]:
        """Tickets by id, page by page, for exports."""
        query = _ROWS.where(self.table.c.id > last_id).order_by(self.table.c.id).limit(limit)
        return self._rows(query)

    def resolved_since(self, operator_id: int, since: DateTime) -> int:
        """How many tickets an operator has resolved since an instant; a duplicate merged away is none."""
        return int(_RESOLVED.rows(self.connection, o=operator_id, since=since)[0][0])

    def provisional(self, limit: int = 1000) -> list[Ticket]:
        """Open tickets whose deadline was reckoned on a year not published yet."""
        c = self.table.c
        return self.records(self.select().where(c.provisional, c.state.in_(OPEN_STATES)).limit(limit))


def late_at(now: DateTime) -> Any:
    """Whether a waiting ticket is past its target; one that was paused in time is not, however long."""
    c = tables.tickets.c
    return (c.respond_by < now) & (c.paused_since.is_(None) | (c.respond_by < c.paused_since))


def _joined() -> Select[Any]:
    t, cl, si, st, de = (tables.tickets, tables.clients, tables.sites, tables.staff, tables.departments)
    joined = (
        t.join(cl, t.c.client_id == cl.c.id)
        .outerjoin(si, t.c.site_id == si.c.id)
        .outerjoin(st, t.c.responsible_id == st.c.id)
        .outerjoin(de, t.c.department_id == de.c.id)
    )
    names = (cl.c.name, si.c.estate, si.c.address, cl.c.address, st.c.name, de.c.name)
    return select(*Tickets._columns, *names).select_from(joined)


_T = tables.tickets.c
_ROWS = _joined()
_ROWS_BY_IDS = PreparedFor(lambda keys: _ROWS.where(_T.id.in_(keys)))
_BY_SUBMISSION = Prepared(Tickets._select.where(_T.submission == bindparam("s")))
_OF_CLIENT = Prepared(
    Tickets._select.where(_T.client_id == bindparam("client"), _T.received_at >= bindparam("since"))
    .order_by(_T.received_at.desc())
    .limit(bindparam("n"))
)
_CLOCK_KEYS = (_T.respond_by, _T.id)
_AGE_KEYS = (_T.received_at, _T.id)
_MOST_URGENT = Prepared(paging.after(_ROWS.where(tables.WAITING), _CLOCK_KEYS, None, 1))
_RESOLVED = Prepared(
    select(func.count()).where(
        _T.resolved_by == bindparam("o"), _T.resolved_at >= bindparam("since"), _T.state != "merged"
    )
)


def _age_key(row: TicketRow | None) -> tuple[Any, Any] | None:
    return None if row is None else (row.ticket.received_at, row.ticket.id)


def _clock_key(row: TicketRow | None) -> tuple[Any, Any] | None:
    return None if row is None else (row.ticket.respond_by, row.ticket.id)


def _row(ticket: Ticket, names: Sequence[Any]) -> TicketRow:
    client, estate, address, home, responsible, department = names
    where = full_address(estate or "", address or "") or home
    return TicketRow(
        ticket,
        client,
        where,
        responsible or "",
        department or "",
        to_micros(ticket.respond_by) if ticket.respond_by else 0,
        to_micros(ticket.due_at) if ticket.due_at else 0,
    )


def search_row(ticket: Ticket, client: Client, address: str) -> dict[str, object]:
    """What search knows of a ticket: its words, its client's name and address, pinyin of the name."""
    searched = haystack(*_words(ticket), client.name, address)
    text = f"{haystack(searched, closed_up(address))} {pinyin_text(client.name)}"
    return {"id": ticket.id, "haystack": text, "grams": grams(searched)}


def _words(ticket: Ticket) -> Iterable[str]:
    return (getattr(ticket, name) for name in _SEARCHED)
