"""What is complained of, counted, and the tickets behind every bar: both by the same conditions (row R3)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date
from itertools import pairwise
from typing import TYPE_CHECKING, Any

from pendulum import DateTime
from sqlalchemy import BigInteger, FromClause, Select, Text, and_, case, func, or_, select, type_coerce

from deskapp.domain.problem_analysis import QUARTER_S, UNKNOWN, Lost, Selection
from deskapp.repository import paging, tables
from deskapp.repository.instants import MILLION

if TYPE_CHECKING:
    from deskapp.domain.rows import TicketRow
    from deskapp.repository.work import Work

_T = tables.tickets.c
_F, _S, _K, _D = tables.findings.c, tables.sites.c, tables.categories.c, tables.departments.c
_KEYS = (_T.received_at, _T.id)


class Problems:
    """Questions over the tickets received in a period; what was merged into another never counts."""

    def __init__(self, work: Work) -> None:
        self.work = work

    def counts(self, chosen: Selection, dimension: str) -> dict[str, int]:
        """How many tickets have each value of a dimension, among those chosen."""
        value = _VALUES[dimension].label("value")
        inner = select(value).select_from(_joined(chosen, dimension)).where(*_chosen(chosen)).subquery()
        query = select(inner.c.value, func.count()).group_by(inner.c.value)
        return {row[0]: int(row[1]) for row in self.work.connection.execute(query)}

    def count(self, chosen: Selection) -> int:
        """How many tickets are behind a bar."""
        query = select(func.count()).select_from(_joined(chosen)).where(*_chosen(chosen))
        return int(self.work.connection.execute(query).scalar_one())

    def page(
        self,
        chosen: Selection,
        limit: int,
        *,
        after: TicketRow | None = None,
        before: TicketRow | None = None,
        last: bool = False,
        offset: int | None = None,
    ) -> list[TicketRow]:
        """The tickets behind a bar, the newest first: after or before one, the last, at a place, or the first."""
        query = select(_T.id).select_from(_joined(chosen)).where(*_chosen(chosen))
        if offset is not None:
            return self._rows(paging.at(query, [key.desc() for key in _KEYS], offset, limit))
        if before is not None or last:
            return self._rows(paging.after(query, _KEYS, _place(before), limit))[::-1]
        return self._rows(paging.before(query, _KEYS, _place(after), limit))

    def _rows(self, query: Select[Any]) -> list[TicketRow]:
        return self.work.tickets.rows([row[0] for row in self.work.connection.execute(query)])

    def between(self, bounds: Sequence[DateTime], kinds: Sequence[str]) -> list[int]:
        """How many tickets were received from each of some instants up to the next."""
        whole = Selection(bounds[0], bounds[-1], tuple(kinds))
        steps = [(_T.received_at < until, place) for place, (_, until) in enumerate(pairwise(bounds))]
        inner = select(case(*steps).label("place")).where(*_chosen(whole)).subquery()
        query = select(inner.c.place, func.count()).group_by(inner.c.place)
        found = {row[0]: int(row[1]) for row in self.work.connection.execute(query)}
        return [found.get(place, 0) for place in range(len(bounds) - 1)]

    def ticket_quarters(
        self, since: DateTime, until: DateTime, kinds: Sequence[str]
    ) -> list[tuple[int, int]]:
        """Tickets by the quarter of an hour they were received in, counted from 1970 in UTC."""
        return self._quarters(_T.received_at, _chosen(Selection(since, until, tuple(kinds))))

    def call_quarters(self, since: DateTime, until: DateTime, direction: str) -> list[tuple[int, int]]:
        """Calls by the quarter of an hour they began in: when it rang, or was dialled; those that have ended."""
        c = tables.calls.c
        began = c.due_at if direction == "in" else c.started_at
        ended = (c.ended_at >= since, c.ended_at < until.add(days=1))
        return self._quarters(began, (c.direction == direction, began >= since, began < until, *ended))

    def _quarters(self, at: Any, conditions: Sequence[Any]) -> list[tuple[int, int]]:
        quarter = type_coerce(at, BigInteger).op("/")(QUARTER_S * MILLION)
        inner = select(type_coerce(quarter, BigInteger).label("quarter")).where(*conditions).subquery()
        query = select(inner.c.quarter, func.count()).group_by(inner.c.quarter)
        return [(int(row[0]), int(row[1])) for row in self.work.connection.execute(query)]

    def lost(self, first: date, last: date, since: DateTime, until: DateTime) -> list[Lost]:
        """Who was lost in a period, one line a record that says so, with the client's name."""
        found = [
            *self._from_registers(first, last),
            *self._cancelled(since, until),
            *self._withdrawn(since, until),
        ]
        names = self.work.clients.get_many(one.client_id for one in found if one.client_id)
        from dataclasses import replace

        return [
            replace(one, client=names[one.client_id].name if one.client_id in names else "") for one in found
        ]

    def _from_registers(self, first: date, last: date) -> Iterator[Lost]:
        """Deposits given back on a day of the period, and talks that ended in it without a contract."""
        e = tables.register_entries.c
        months = {f"{day:%Y-%m}" for day in _days_of_months(first, last)}
        given_back = and_(
            e.register == "deposits",
            e.state == "refunded",
            e.day <= last,
            or_(
                *(type_coerce(e.data, Text).contains(f'"refunded_on":"{month}-') for month in sorted(months))
            ),
        )
        ended = and_(e.register == "talks", e.state == "lost", e.day >= first, e.day <= last)
        for which in (given_back, ended):
            query = select(e.register, e.day, e.client_id, e.site_id, e.number, e.data).where(which)
            for register, day, client_id, site_id, number, data in self.work.connection.execute(query):
                note, why = str(data.get("note") or ""), str(data.get("lost_reason") or "")
                if register == "talks":
                    yield Lost("talk", day, client_id, "", site_id, None, number, note, why)
                elif first <= (back := date.fromisoformat(data["refunded_on"])) <= last:
                    yield Lost("refunded", back, client_id, "", site_id, None, number, note)

    def _cancelled(self, since: DateTime, until: DateTime) -> Iterator[Lost]:
        """Sites that are cancelled, by when the trail says that was written."""
        a = tables.audit.c
        query = (
            select(a.at, a.changes, _S.id, _S.client_id, _S.note)
            .select_from(tables.sites.join(tables.audit, (a.noun == "site") & (a.record_id == _S.id)))
            .where(_S.stage == "cancelled", a.at >= since, a.at < until)
            .order_by(a.id.desc())
        )
        seen: set[int] = set()
        for at, changes, site_id, client_id, note in self.work.connection.execute(query):
            stage = (changes or {}).get("stage")
            if site_id not in seen and (stage[-1] if isinstance(stage, list) else stage) == "cancelled":
                seen.add(site_id)
                day = at.in_timezone(since.timezone or "UTC")
                yield Lost(
                    "cancelled", date(day.year, day.month, day.day), client_id, "", site_id, None, "", note
                )

    def _withdrawn(self, since: DateTime, until: DateTime) -> Iterator[Lost]:
        """Complaints received in the period that were withdrawn, with the reason given."""
        e = tables.ticket_events.c
        newest = (
            select(func.max(e.id))
            .where(e.ticket_id == _T.id, e.kind == "withdrawn")
            .correlate(tables.tickets)
        ).scalar_subquery()
        query = (
            select(_T.received_at, _T.client_id, _T.site_id, _T.id, _T.number, e.text)
            .select_from(tables.tickets.outerjoin(tables.ticket_events, e.id == newest))
            .where(*_chosen(Selection(since, until)), _T.state == "withdrawn")
        )
        for at, client_id, site_id, ticket_id, number, words in self.work.connection.execute(query):
            day = at.in_timezone(since.timezone or "UTC")
            on = date(day.year, day.month, day.day)
            yield Lost("withdrawn", on, client_id, "", site_id, ticket_id, number, words or "")


def _days_of_months(first: date, last: date) -> Iterator[date]:
    """The first day of every month some days lie in."""
    day = first.replace(day=1)
    while day <= last:
        yield day
        day = date(day.year + day.month // 12, day.month % 12 + 1, 1)


def _place(row: TicketRow | None) -> tuple[Any, Any] | None:
    return None if row is None else (row.ticket.received_at, row.ticket.id)


def _said(*columns: Any) -> Any:
    """The first of some texts that says anything; UNKNOWN where none does."""
    return func.coalesce(*(func.nullif(func.trim(column), "") for column in columns), UNKNOWN)


_VALUES: dict[str, Any] = {
    "category": _said(_K.name, _T.category),
    "trade": _said(_F.trade, _K.trade),
    "crew": _said(_F.crew, _S.crew),
    "material": _said(_F.material),
    "cause": _said(_F.cause),
    "severity": _said(_T.severity),
    "department": _said(_D.name),
}
"""What each dimension counts by: the only place that says so. What was found out comes before what is known of
the site or the category."""


def _joined(chosen: Selection, dimension: str = "") -> FromClause:
    """The tickets with no more beside them than the dimensions need."""
    needed = {chosen.dimension, dimension}
    joined: FromClause = tables.tickets
    if needed & {"trade", "crew", "material", "cause"}:
        joined = joined.outerjoin(tables.findings, _F.ticket_id == _T.id)
    if "crew" in needed:
        joined = joined.outerjoin(tables.sites, _S.id == _T.site_id)
    if needed & {"category", "trade"}:
        joined = joined.outerjoin(tables.categories, _K.id == _T.category_id)
    if "department" in needed:
        joined = joined.outerjoin(tables.departments, _D.id == _T.department_id)
    return joined


def _chosen(chosen: Selection) -> tuple[Any, ...]:
    """What all tickets behind a bar have in common."""
    conditions = (
        _T.kind.in_(chosen.kinds),
        _T.received_at >= chosen.since,
        _T.received_at < chosen.until,
        _T.state != "merged",
    )
    return (*conditions, _VALUES[chosen.dimension] == chosen.value) if chosen.dimension else conditions
