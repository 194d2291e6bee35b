"""What may be forgotten, window by window of ids, and the forgetting: rows that figures count stay (row P6)."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain
from typing import TYPE_CHECKING, Any

from pendulum import DateTime
from sqlalchemy import Date, Table, func, literal, null, or_, select, type_coerce
from sqlalchemy.dialects import postgresql, sqlite

from deskapp.domain.client import HOUSE
from deskapp.domain.retention import Contact
from deskapp.domain.site import RUNNING_STAGES
from deskapp.domain.ticket import OPEN_STATES
from deskapp.repository import tables as t
from deskapp.repository.types import Instant

if TYPE_CHECKING:
    from deskapp.repository.work import Work

KEY = "retention"
"""The setting the run of the day and the last runs are kept under."""
_C, _O, _M, _N = t.calls.c, t.outbox.c, t.messages.c, t.notices.c
_T, _S, _CL = t.tickets.c, t.sites.c, t.clients.c


@dataclass(frozen=True, slots=True)
class Old:
    """One record that would go: which, from when, and what tells people which it is."""

    id: int
    at: DateTime | None
    words: str = ""
    more: str = ""


@dataclass(frozen=True, slots=True)
class _Rows:
    """A kind's table, the instant its age is counted from, what else must be so, and what a list shows of it."""

    table: Table
    at: Any
    where: Sequence[Any]
    words: Any
    more: Any


def _closed() -> Any:
    return _M.ticket_id.in_(select(_T.id).where(_T.state.not_in(OPEN_STATES)))


_ROWS: Mapping[str, _Rows] = {
    "unknown_calls": _Rows(
        t.calls,
        _C.ended_at,
        (
            _C.client_id.is_(None),
            or_(_C.number != "", _C.caller_name != "", _C.notes != "", _C.reason != ""),
        ),
        _C.number,
        _C.kind,
    ),
    "outbox": _Rows(
        t.outbox,
        _O.sent_at,
        (_O.state == "sent", or_(_O.once.is_(None), _O.facts.is_not(None))),
        _O.reason,
        _O.channel,
    ),
    "mail": _Rows(t.messages, _M.at, (_M.body != "", _closed()), _M.subject, _M.sender),
    "reminders": _Rows(t.notices, _N.read_at, (), _N.reason, literal("")),
    "misses": _Rows(
        t.search_misses, t.search_misses.c.last_at, (), t.search_misses.c.typed, t.search_misses.c.state
    ),
    "article_uses": _Rows(t.article_uses, t.article_uses.c.at, (), t.article_uses.c.act, literal("")),
    "clients": _Rows(
        t.clients,
        func.coalesce(_CL.heard_at, _CL.created_at, type_=Instant()),
        (
            or_(_CL.source_key.is_(None), _CL.source_key != HOUSE),
            or_(
                _CL.name != "",
                _CL.address != "",
                select(t.phones.c.id).where(t.phones.c.client_id == _CL.id).exists(),
            ),
        ),
        _CL.name,
        _CL.address,
    ),
}


class Retention:
    """Looking for what is old enough, and forgetting it."""

    def __init__(self, work: Work) -> None:
        self.work = work

    def state(self, *, hold: bool = False) -> dict[str, Any]:
        """The run of the day and the last runs; held, nobody else goes on with the run until this act ends."""
        c = t.settings.c
        if hold:
            self.work.connection.execute(self._missing())
        query = select(c.value).where(c.key == KEY)
        row = self.work.connection.execute(query.with_for_update() if hold else query).first()
        return dict(row[0]) if row and row[0] else {}

    def _missing(self) -> Any:
        insert = postgresql.insert if self.work.dialect == "postgresql" else sqlite.insert
        return insert(t.settings).values(key=KEY, value={}, version=1).on_conflict_do_nothing()

    def put(self, state: Mapping[str, Any]) -> None:
        """Keep how far the run has come: bookkeeping, no audit entry."""
        c = t.settings.c
        changed = t.settings.update().where(c.key == KEY)
        self.work.connection.execute(changed.values(value=dict(state), version=c.version + 1))

    def highest(self, kind: str) -> int:
        """The highest id of a kind's table."""
        return int(self.work.connection.execute(select(func.max(_ROWS[kind].table.c.id))).scalar_one() or 0)

    def old(self, kind: str, before: DateTime, since: int, until: int, limit: int) -> list[Old]:
        """What of a kind is older than an instant, among the ids above one and up to another, in order."""
        one = _ROWS[kind]
        query = select(one.table.c.id, one.at, one.words, one.more)
        where = (*self._old(kind, before), one.table.c.id > since, one.table.c.id <= until)
        rows = self.work.connection.execute(query.where(*where).order_by(one.table.c.id).limit(limit))
        return [Old(*row) for row in rows]

    def _old(self, kind: str, before: DateTime) -> list[Any]:
        one = _ROWS[kind]
        if kind != "clients":
            return [one.at < before, *one.where]
        later = select(_T.id).where(_T.client_id == _CL.id, _T.received_at >= before)
        return [or_(one.at.is_(None), one.at < before), *one.where, ~later.exists()]

    def contacts(self, ids: Sequence[int]) -> list[Contact]:
        """When there last was anything with some clients, and what of theirs still runs."""
        found: dict[int, dict[str, Any]] = {client_id: {"last": None} for client_id in ids}
        for client_id, since in self._by(t.clients, _CL.id, ids, {"since": _CL.created_at}):
            found[client_id]["since"] = since
        heard = [self._grouped(table, ids, func.max(at, type_=Instant())) for table, at in _HEARD]
        for client_id, last in chain(*heard, self.work.connection.execute(_letters(ids))):
            known = found[client_id]["last"]
            if last is not None and (known is None or last > known):
                found[client_id]["last"] = last
        for name, table, where in _RUNS:
            for client_id, count in self._grouped(table, ids, func.count(), where):
                found[client_id][name] = count
        for name, query in _OF_SITES.items():
            for client_id, value in self.work.connection.execute(query(ids)):
                found[client_id][name] = value
        return [Contact(client_id, **facts) for client_id, facts in found.items()]

    def _by(self, table: Table, key: Any, ids: Sequence[int], columns: Mapping[str, Any]) -> Any:
        return self.work.connection.execute(select(key, *columns.values()).where(key.in_(ids)))

    def _grouped(self, table: Table, ids: Sequence[int], what: Any, *where: Any) -> Any:
        key = table.c.client_id
        query = select(key, what).where(key.in_(ids), *where).group_by(key)
        return self.work.connection.execute(query)

    def forget(self, kind: str, ids: Sequence[int], before: DateTime, told: str) -> int:
        """Forget those of some records that are still old enough; return how many."""
        one = _ROWS[kind]
        still = select(one.table.c.id).where(one.table.c.id.in_(ids), *self._old(kind, before))
        left = list(self.work.connection.execute(still.with_for_update(of=one.table)).scalars())
        if left:
            _FORGETS[kind](self.work, left, told)
            self.work.touched = True
        return len(left)


def _forget_calls(work: Work, ids: list[int], told: str) -> None:
    blank = dict.fromkeys(("number", "caller_name", "notes", "reason"), "")
    work.connection.execute(t.calls.update().where(_C.id.in_(ids)).values(blank))
    _redact(work, {"call": ids}, told)


def _forget_notices(work: Work, ids: list[int], _told: str) -> None:
    """A notice nobody is told twice leaves its name behind, so that nobody is."""
    work.connection.execute(t.outbox.delete().where(_O.id.in_(ids), _O.once.is_(None)))
    work.connection.execute(t.outbox.update().where(_O.id.in_(ids)).values(facts=null(), error=""))


def _forget_mail(work: Work, ids: list[int], told: str) -> None:
    work.connection.execute(t.messages.update().where(_M.id.in_(ids)).values(body=""))
    gone = work.erasures.drop_files({"message": ids})
    _redact(work, {"message": ids, "attachment": gone}, told)


def _gone(table: Table) -> Callable[[Work, list[int], str], None]:
    def forget(work: Work, ids: list[int], _told: str) -> None:
        work.connection.execute(table.delete().where(table.c.id.in_(ids)))

    return forget


def _redact(work: Work, ids: Mapping[str, list[int]], told: str) -> None:
    with work.part("client.erase"):
        work.erasures.redact(ids, told)


_FORGETS: Mapping[str, Callable[[Work, list[int], str], None]] = {
    "unknown_calls": _forget_calls,
    "outbox": _forget_notices,
    "mail": _forget_mail,
    "reminders": _gone(t.notices),
    "misses": _gone(t.search_misses),
    "article_uses": _gone(t.article_uses),
}
_HEARD: tuple[tuple[Table, Any], ...] = (
    (t.calls, _C.ended_at),
    (t.tickets, _T.received_at),
    (t.tickets, _T.closed_at),
    (t.site_notices, t.site_notices.c.received_at),
    (t.sites, _S.created_at),
    (t.praises, t.praises.c.at),
    (t.bus_bookings, t.bus_bookings.c.created_at),
    (t.diagnoses, t.diagnoses.c.at),
    (t.register_entries, t.register_entries.c.created_at),
)
_RUNS: tuple[tuple[str, Table, Any], ...] = (
    ("open_tickets", t.tickets, _T.state.in_(OPEN_STATES)),
    ("open_calls", t.calls, _C.state.in_(("open", "taken"))),
    ("running_sites", t.sites, _S.stage.in_(("deposit", "signed", *RUNNING_STAGES, "finished"))),
)


def _letters(ids: Sequence[int]) -> Any:
    query = select(_T.client_id, func.max(_M.at, type_=Instant())).join(t.messages, _M.ticket_id == _T.id)
    return query.where(_T.client_id.in_(ids)).group_by(_T.client_id)


def _warranties(ids: Sequence[int]) -> Any:
    w = t.warranties.c
    query = select(_S.client_id, type_coerce(func.max(w.until_on), Date)).join(
        t.warranties, w.site_id == _S.id
    )
    return query.where(_S.client_id.in_(ids)).group_by(_S.client_id)


def _unpaid(ids: Sequence[int]) -> Any:
    p = t.payments.c
    query = select(_S.client_id, func.count()).join(t.payments, p.site_id == _S.id)
    owed = query.where(_S.client_id.in_(ids), p.paid_on.is_(None), _S.stage != "cancelled")
    return owed.group_by(_S.client_id)


_OF_SITES: Mapping[str, Callable[[Sequence[int]], Any]] = {"warranty_until": _warranties, "unpaid": _unpaid}
