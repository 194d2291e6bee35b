"""Penalties and rewards, and their ledger."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any

from sqlalchemy import Select, and_, case, func, select

from deskapp.domain import sanction
from deskapp.domain.sanction import OPEN_STATES, EntryRow, MonthSum, SanctionFilter, SanctionRow
from deskapp.repository import paging, tables
from deskapp.repository.base import Repository

MOST_ENTRIES = 500
"""The newest lines of one person's month that are listed."""


class Sanctions(Repository[sanction.Sanction]):
    """Penalties and rewards as they stand: those somebody waits for first, the others by month."""

    table, record, noun = tables.sanctions, sanction.Sanction, "sanction"

    def of_ticket(self, ticket_id: int) -> list[SanctionRow]:
        """Those of a ticket, in the order they were proposed."""
        return self._rows(self._named().where(_S.ticket_id == ticket_id).order_by(_S.id))

    def of_praise(self, praise_id: int) -> list[SanctionRow]:
        """The rewards proposed for a praise."""
        return self._rows(self._named().where(_S.praise_id == praise_id).order_by(_S.id))

    def states_of_praises(self, ids: Iterable[int]) -> dict[int, str]:
        """How the newest reward of each praise stands."""
        wanted = sorted(set(ids))
        query = select(_S.praise_id, _S.state).where(_S.praise_id.in_(wanted)).order_by(_S.id)
        return {row[0]: row[1] for row in self.connection.execute(query)} if wanted else {}

    def row(self, sanction_id: int) -> SanctionRow | None:
        """One with the names beside it."""
        rows = self._rows(self._named().where(_S.id == sanction_id))
        return rows[0] if rows else None

    def sums(self, month: date) -> dict[int, MonthSum]:
        """What a month's ledger comes to by person, whoever owes most first."""
        e, st, de = tables.sanction_entries, tables.staff, tables.departments
        penalty, made = _S.kind == "penalty", e.c.act == "decided"
        net = func.sum(e.c.amount)
        joined = (
            e.join(self.table, e.c.sanction_id == _S.id)
            .join(st, e.c.staff_id == st.c.id)
            .outerjoin(de, st.c.department_id == de.c.id)
        )
        counted = (
            func.sum(case((penalty, e.c.amount), else_=0)),
            func.sum(case((penalty, 0), else_=e.c.amount)),
            func.sum(case((and_(penalty, made), 1), else_=0)),
            func.sum(case((and_(~penalty, made), 1), else_=0)),
            func.sum(case((made, 0), else_=1)),
        )
        query = (
            select(e.c.staff_id, *counted, st.c.name, st.c.trade, de.c.name)
            .select_from(joined)
            .where(e.c.month == month, e.c.act.in_(_COUNTED))
            .group_by(e.c.staff_id, st.c.name, st.c.trade, de.c.name)
            .order_by(net, e.c.staff_id)
        )
        found: dict[int, MonthSum] = {}
        for staff_id, *sums, name, trade, department in self.connection.execute(query):
            named = {"name": name or "", "trade": trade or "", "department": department or ""}
            fen, counts = [int(one) for one in sums[:2]], [int(one) for one in sums[2:]]
            found[staff_id] = MonthSum(staff_id, fen[0], fen[1], counts[0], counts[1], counts[2], **named)
        return found

    def count(self, chosen: SanctionFilter) -> int:
        """How many there are of a kind."""
        return self._open_count(chosen) + self._count(chosen, waits=False)

    def _open_count(self, chosen: SanctionFilter) -> int:
        return self._count(chosen, waits=True)

    def _count(self, chosen: SanctionFilter, *, waits: bool) -> int:
        query = self._only(select(func.count()).select_from(self.table), chosen, waits)
        return int(self.connection.execute(query).scalar_one())

    def page(
        self,
        chosen: SanctionFilter,
        limit: int,
        *,
        after: SanctionRow | None = None,
        before: SanctionRow | None = None,
        last: bool = False,
        offset: int = 0,
    ) -> list[SanctionRow]:
        """A page of the list: from the start, after or before one, the last, at an offset."""
        if before is not None or last:
            return self._backwards(chosen, limit, before.sanction if before else None)
        if offset:
            return self._from(chosen, limit, offset)
        one = after.sanction if after else None
        if one is not None and one.state not in OPEN_STATES:
            return self._settled(chosen, limit, one)
        rows = self._waiting(chosen, limit, one)
        return rows + (self._settled(chosen, limit - len(rows), None) if len(rows) < limit else [])

    def _from(self, chosen: SanctionFilter, limit: int, offset: int) -> list[SanctionRow]:
        waiting = self._open_count(chosen)
        rows: list[SanctionRow] = []
        if offset < waiting:
            rows = self._rows(paging.at(self._listed(chosen, True), _OLDEST, offset, limit))
        if len(rows) < limit:
            keys = [key.desc() for key in _MONTHS]
            skipped = max(offset - waiting, 0)
            rows += self._rows(paging.at(self._listed(chosen, False), keys, skipped, limit - len(rows)))
        return rows

    def _backwards(
        self, chosen: SanctionFilter, limit: int, one: sanction.Sanction | None
    ) -> list[SanctionRow]:
        rows: list[SanctionRow] = []
        if one is None or one.state not in OPEN_STATES:
            key = None if one is None else (one.month, one.id)
            rows = self._rows(paging.after(self._listed(chosen, False), _MONTHS, key, limit))[::-1]
            one = None
        if len(rows) < limit:
            key = None if one is None else (one.proposed_at, one.id)
            query = paging.before(self._listed(chosen, True), _OLDEST, key, limit - len(rows))
            rows = self._rows(query)[::-1] + rows
        return rows

    def _waiting(
        self, chosen: SanctionFilter, limit: int, one: sanction.Sanction | None
    ) -> list[SanctionRow]:
        """Those somebody waits for, the oldest first."""
        key = None if one is None else (one.proposed_at, one.id)
        return self._rows(paging.after(self._listed(chosen, True), _OLDEST, key, limit))

    def _settled(
        self, chosen: SanctionFilter, limit: int, one: sanction.Sanction | None
    ) -> list[SanctionRow]:
        """All others, the newest month first."""
        key = None if one is None else (one.month, one.id)
        return self._rows(paging.before(self._listed(chosen, False), _MONTHS, key, limit))

    def _only(self, query: Select[Any], chosen: SanctionFilter, waits: bool) -> Select[Any]:
        states = [one for one in sanction.STATES if (one in OPEN_STATES) == waits]
        query = query.where(_S.state.in_(states))
        if chosen.state:
            query = query.where(_S.state == chosen.state)
        if chosen.staff_id is not None:
            query = query.where(_S.staff_id == chosen.staff_id)
        return query if chosen.month is None else query.where(_S.month == chosen.month)

    def _listed(self, chosen: SanctionFilter, waits: bool) -> Select[Any]:
        return self._only(self._named(), chosen, waits)

    def _named(self) -> Select[Any]:
        st = tables.staff
        proposers, deciders = tables.operators.alias("proposers"), tables.operators.alias("deciders")
        joined = (
            self.table.join(st, _S.staff_id == st.c.id)
            .outerjoin(proposers, _S.proposed_by == proposers.c.id)
            .outerjoin(deciders, _S.decided_by == deciders.c.id)
        )
        names = (st.c.name, st.c.trade, proposers.c.name, deciders.c.name)
        return select(*self._columns, *names).select_from(joined)

    def _rows(self, query: Select[Any]) -> list[SanctionRow]:
        width = len(self._names)
        found = [(self.read(row[:width]), row[width:]) for row in self.connection.execute(query)]
        tickets = self.work.tickets.get_many(one.ticket_id for one, _ in found if one.ticket_id)
        clients = self.work.clients.get_many(one.client_id for one in tickets.values())
        rows = []
        for one, names in found:
            ticket = tickets.get(one.ticket_id or 0)
            client = clients.get(ticket.client_id) if ticket else None
            staff, trade, proposer, decider = (name or "" for name in names)
            whose = client.name if client else ""
            rows.append(SanctionRow(one, staff, trade, proposer, decider, ticket, whose))
        return rows


class SanctionEntries(Repository[sanction.SanctionEntry]):
    """The ledger; its lines are only ever added."""

    table, record, noun = tables.sanction_entries, sanction.SanctionEntry, "sanction_entry"

    def of_sanction(self, sanction_id: int) -> list[EntryRow]:
        """What was done to one, in order."""
        return self._rows(self._named().where(_E.sanction_id == sanction_id).order_by(_E.id))

    def of_month(self, staff_id: int, month: date) -> list[EntryRow]:
        """The lines one person's month is the sum of, the newest first."""
        query = self._named().where(_E.staff_id == staff_id, _E.month == month, _E.act.in_(_COUNTED))
        return self._rows(query.order_by(_E.id.desc()).limit(MOST_ENTRIES))

    def _named(self) -> Select[Any]:
        s, st, o = tables.sanctions, tables.staff, tables.operators
        joined = (
            self.table.join(s, _E.sanction_id == s.c.id)
            .join(st, _E.staff_id == st.c.id)
            .outerjoin(o, _E.operator_id == o.c.id)
        )
        return select(*self._columns, *self.work.sanctions._columns, st.c.name, o.c.name).select_from(joined)

    def _rows(self, query: Select[Any]) -> list[EntryRow]:
        width, others = len(self._names), self.work.sanctions
        whole = width + len(others._names)
        return [self._row(row, width, whole) for row in self.connection.execute(query)]

    def _row(self, row: Sequence[Any], width: int, whole: int) -> EntryRow:
        of = self.work.sanctions.read(row[width:whole])
        return EntryRow(self.read(row[:width]), of, *(name or "" for name in row[whole:]))


_S, _E = tables.sanctions.c, tables.sanction_entries.c
_OLDEST = (_S.proposed_at, _S.id)
_MONTHS = (_S.month, _S.id)
_COUNTED = ("decided", "reversed")
