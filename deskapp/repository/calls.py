"""The one queue, its claims, and the calls that were made."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import cache
from typing import Any

from pendulum import DateTime
from sqlalchemy import Integer, Select, and_, bindparam, case, exists, func, literal, or_, select

from deskapp.domain.call import Call
from deskapp.domain.call_queue import Band, QueueRow, queue_row
from deskapp.domain.claim import claimed
from deskapp.domain.pbx import ENDS, LIVE
from deskapp.domain.records import replace
from deskapp.repository import paging, tables
from deskapp.repository.base import Repository
from deskapp.repository.prepared import Prepared, PreparedFor


class Calls(Repository[Call]):
    """Calls: the open ones in queue order, the past ones by client and day."""

    table, record, noun = tables.calls, Call, "call"

    def _rows(self, query: Select[Any], band: int = 0, code: str = "") -> list[QueueRow]:
        return self._as_rows(self.connection.execute(query), band, code)

    def _as_rows(self, found: Iterable[Sequence[Any]], band: int = 0, code: str = "") -> list[QueueRow]:
        width = len(self._names)
        return [queue_row(self.read(row[:width]), row[width:], band, code) for row in found]

    def queue(
        self, bands: Sequence[Band], limit: int, *, after: QueueRow | None = None, mine: int | None = None
    ) -> list[QueueRow]:
        """The queue in order, after a row or from the start; `mine` puts that operator's open claims first."""
        found: list[QueueRow] = []
        if after is None and mine is not None:
            found += self.taken_by(mine)
        start = after.band if after is not None and after.band >= 0 else 0
        for index in range(start, len(bands)):
            if len(found) >= limit:
                break
            band, key = bands[index], None
            if after is not None and after.band == index:
                # SQLite searches from one lower bound only: the band's would have it pass all rows before.
                band = replace(band, since_us=after.due_us)
                key = after.call.due_at, after.call.id
            query = paging.after(_in_band(_ROWS, band), _KEYS, key, limit - len(found))
            found += self._rows(query, index, bands[index].code)
        return found

    def queue_before(
        self, bands: Sequence[Band], limit: int, *, before: QueueRow | None = None
    ) -> list[QueueRow]:
        """The rows of the queue just before one, or the last ones, in queue order."""
        found: list[QueueRow] = []
        last = before.band if before is not None else len(bands) - 1
        for index in range(last, -1, -1):
            if len(found) >= limit:
                break
            band, key = bands[index], None
            if before is not None and before.band == index:
                band = replace(band, until_us=before.due_us + 1)  # as in `queue`
                key = before.call.due_at, before.call.id
            query = paging.before(_in_band(_ROWS, band), _KEYS, key, limit - len(found))
            found = self._rows(query, index, bands[index].code)[::-1] + found
        return found

    def queue_at(self, bands: Sequence[Band], offset: int, limit: int) -> list[QueueRow]:
        """The rows of the queue at an offset (own claims not counted)."""
        found: list[QueueRow] = []
        for index, band in enumerate(bands):
            if len(found) >= limit:
                break
            size = self._count(band)
            if offset >= size:
                offset -= size
                continue
            query = paging.at(_in_band(_ROWS, band), _KEYS, offset, limit - len(found))
            found += self._rows(query, index, band.code)
            offset = 0
        return found

    def of_pbx(self, key: str) -> Call | None:
        """The call a telephone system names so, that nobody else changes until this transaction ends."""
        return self.first(_OF_PBX, key=key)

    def live_of_pbx(self, source: str, before: DateTime) -> list[Call]:
        """The calls a telephone system had begun before an instant and, as far as known, not ended."""
        c = self.table.c
        running = or_(tables.TAKEN_CALL, and_(tables.OPEN_CALL, c.kind == literal("inbound")))
        query = self.select().where(running, c.pbx_key.startswith(f"{source}:", autoescape=True))
        query = query.where(c.pbx_state.in_(LIVE), c.created_at < before).order_by(c.id)
        return self.records(query.with_for_update())

    def callback_of(self, call: Call) -> Call | None:
        """The callback planned because this caller was not answered, if it still waits."""
        c = self.table.c
        query = self.select().where(
            tables.OPEN_CALL,
            c.kind == literal("callback"),
            c.due_at == call.ended_at,
            c.previous_id == call.id,
        )
        return self.first(query.limit(1))

    def missed(self, limit: int, ids: Sequence[int] | None = None) -> list[Call]:
        """The callbacks that wait because nobody answered the caller, the longest waiting first; perhaps of some."""
        c, lost = self.table.c, self.table.alias()
        query = self.select().where(
            tables.OPEN_CALL,
            c.kind == literal("callback"),
            exists().where(lost.c.id == c.previous_id, lost.c.state == literal("abandoned")),
        )
        if ids is not None:
            query = query.where(c.id.in_(ids))
        return self.records(query.order_by(c.due_at, c.id).limit(limit))

    def taken_by(self, operator_id: int) -> list[QueueRow]:
        """The calls an operator has claimed and not ended, as rows before the queue."""
        return self._as_rows(_TAKEN_BY.rows(self.connection, o=operator_id), -1, "mine")

    def ringing(self, limit: int = 20) -> list[QueueRow]:
        """Callers who wait now, the longest waiting first; one who hung up waits no more."""
        return self._as_rows(_WAIT.rows(self.connection, n=limit))

    def _count(self, band: Band) -> int:
        query = _in_band(select(func.count()).select_from(self.table), band)
        return int(self.connection.execute(query).scalar_one())

    def count_bands(self, bands: Sequence[Band]) -> list[int]:
        """How many calls stand in each band."""
        return [self._count(band) for band in bands]

    def take(self, call: Call, operator_id: int, until: DateTime) -> Call:
        """Claim a call nobody has; Conflict when another desk was first."""
        return self.save(claimed(call, operator_id, self.work.now, until), known=call)

    def next_open(self, bands: Sequence[Band]) -> Call | None:
        """The first call of the queue, locked against other takers on PostgreSQL and skipping those they hold."""
        for band in bands:
            asked = {"kind": band.kind, "since": band.since_us, "until": band.until_us}
            found = self.first(_NEXT_IN_BAND, **asked)
            if found is not None:
                return found
        return None

    def first_band(self, bands: Sequence[Band]) -> tuple[int, bool]:
        """The place of the first band in which anybody waits, past the last if nobody does; and `any_expired`."""
        asked = {
            f"{name}{place}": value
            for place, band in enumerate(bands)
            for name, value in (("kind", band.kind), ("since", band.since_us), ("until", band.until_us))
        }
        first, expired = _first_of(len(bands)).rows(self.connection, now=self.work.now, **asked)[0]
        return int(first), bool(expired)

    def expired_claims(self, limit: int = 200) -> list[Call]:
        """Claims whose time is over: their desks are dead. Those another desk is giving back are left to it."""
        return self.records(_EXPIRED, now=self.work.now, n=limit)

    def any_expired(self) -> bool:
        """Whether any claim's time is over."""
        return bool(_ANY_EXPIRED.rows(self.connection, now=self.work.now))

    def renew(self, operator_id: int, until: DateTime) -> int:
        """Let an operator's claims last until then; no change of the call, so neither version nor audit entry."""
        return _RENEW.count(self.connection, o=operator_id, until=until)

    def held_many(self, ids: Sequence[int]) -> list[Call]:
        """Some calls as they are now, that nobody takes or ends until this transaction does."""
        return [self.read(row) for row in _HELD.rows(self.connection, sorted(set(ids)))]

    def open_for(self, ticket_id: int, kind: str) -> list[Call]:
        """Open or claimed calls of one kind about a ticket."""
        c = self.table.c
        query = self.select().where(
            c.ticket_id == bindparam("t"), c.kind == kind, c.state.in_(("open", "taken"))
        )
        return self.records(query, t=ticket_id)

    def of_client(self, client_id: int, limit: int = 100) -> list[Call]:
        """A client's calls, the latest due first."""
        c = self.table.c
        query = self.select().where(c.client_id == bindparam("client")).order_by(c.due_at.desc(), c.id.desc())
        return self.records(query.limit(limit), client=client_id)

    def last_talk(self, client_id: int, site_id: int | None, before_id: int) -> Call | None:
        """The last call in which a client answered about a site (or about none), before one."""
        c = self.table.c
        query = self.select().where(
            c.client_id == bindparam("client"),
            c.outcome == "reached",
            c.id != bindparam("but"),
            or_(c.answers.is_not(None), c.score.is_not(None)),
        )
        query = query.where(c.site_id.is_(None) if site_id is None else c.site_id == site_id)
        query = query.order_by(c.due_at.desc(), c.id.desc()).limit(1)
        return self.first(query, client=client_id, but=before_id)

    def row(self, call_id: int) -> QueueRow | None:
        """One call with the names beside it."""
        rows = self._as_rows(_ROW.rows(self.connection, call=call_id))
        return rows[0] if rows else None

    def done_since(self, operator_id: int, since: DateTime) -> dict[str, int]:
        """How many calls of each outcome an operator has ended since an instant."""
        return {row[0]: row[1] for row in _DONE.rows(self.connection, o=operator_id, since=since)}

    def export_page(self, last_id: int, limit: int) -> list[QueueRow]:
        """Calls by id, page by page, for exports."""
        return self._rows(_ROWS.where(self.table.c.id > last_id).order_by(self.table.c.id).limit(limit))


_C = tables.calls.c
_HELD = PreparedFor(lambda keys: Calls._select.where(_C.id.in_(keys)).order_by(_C.id).with_for_update())
_OF_PBX = Prepared(Calls._select.where(_C.pbx_key == bindparam("key")).with_for_update())
_KEYS = (_C.due_at, _C.id)


def _joined() -> Select[Any]:
    ca, cl, si, ti = tables.calls, tables.clients, tables.sites, tables.tickets
    joined = (
        ca.outerjoin(cl, ca.c.client_id == cl.c.id)
        .outerjoin(si, ca.c.site_id == si.c.id)
        .outerjoin(ti, ca.c.ticket_id == ti.c.id)
    )
    names = (cl.c.name, cl.c.address, si.c.estate, si.c.address, ti.c.number, ti.c.subject)
    return select(*Calls._columns, *names).select_from(joined)


_ROWS = _joined()
_ROW = Prepared(_ROWS.where(_C.id == bindparam("call")))
_TAKEN_BY = Prepared(
    _ROWS.where(tables.TAKEN_CALL, _C.taken_by == bindparam("o")).order_by(_C.taken_at, _C.id)
)
_WAIT = Prepared(
    _ROWS.where(tables.OPEN_CALL, _C.kind == literal("inbound"), _C.pbx_state.not_in(ENDS))
    .order_by(*_KEYS)
    .limit(bindparam("n", None, Integer))
)
_DONE = Prepared(
    select(_C.outcome, func.count())
    .where(_C.ended_at >= bindparam("since"), _C.taken_by == bindparam("o"))
    .group_by(_C.outcome)
)
_IS_EXPIRED = and_(tables.TAKEN_CALL, _C.claim_until < bindparam("now", type_=_C.claim_until.type))
_ANY_EXPIRED = Prepared(select(_C.id).where(_IS_EXPIRED).limit(1))


def _waits_in(kind: Any, since: Any, until: Any) -> Any:
    return and_(tables.OPEN_CALL, _C.kind == kind, _C.due_at >= since, _C.due_at < until)


@cache
def _first_of(bands: int) -> Prepared:
    """Which of so many bands is the first with a call in it, and is a claim over: one look instead of many."""
    each = [
        (exists().where(_waits_in(*(bindparam(f"{name}{n}") for name in ("kind", "since", "until")))), n)
        for n in range(bands)
    ]
    return Prepared(select(case(*each, else_=bands), exists().where(_IS_EXPIRED)))


# SKIP LOCKED: what other transactions hold is left out, the rest is held. SQLite has one writer anyhow.
_EXPIRED = Prepared(
    Calls._select.where(_IS_EXPIRED)
    .order_by(_C.claim_until)
    .limit(bindparam("n"))
    .with_for_update(skip_locked=True)
)
_NEXT_IN_BAND = Prepared(
    Calls._select.where(_waits_in(bindparam("kind"), bindparam("since"), bindparam("until")))
    .order_by(*_KEYS)
    .limit(1)
    .with_for_update(skip_locked=True)
)
_RENEW = Prepared(
    tables.calls.update()
    .where(tables.TAKEN_CALL, _C.taken_by == bindparam("o"))
    .values(claim_until=bindparam("until", type_=_C.claim_until.type))
)


def _in_band(query: Select[Any], band: Band) -> Select[Any]:
    return query.where(_waits_in(literal(band.kind), band.since_us, band.until_us))
