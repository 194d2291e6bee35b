"""Decisions on the spot."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Select, bindparam, func, select

from deskapp.domain import decision
from deskapp.domain.decision import DecisionRow
from deskapp.repository import paging, tables
from deskapp.repository.base import Repository


class Decisions(Repository[decision.Decision]):
    """Decisions that wait for a manager, and those that do not."""

    table, record, noun = tables.decisions, decision.Decision, "decision"

    def of_ticket(self, ticket_id: int) -> list[decision.Decision]:
        """The decisions taken on a ticket, the oldest first."""
        c = self.table.c
        return self.records(self.select().where(c.ticket_id == bindparam("t")).order_by(c.id), t=ticket_id)

    def count(self, only_open: bool) -> int:
        """How many wait, or how many there are."""
        query = self._only(select(func.count()).select_from(self.table), only_open)
        return int(self.connection.execute(query).scalar_one())

    def newest(
        self, limit: int, only_open: bool, before: decision.Decision | None = None
    ) -> list[DecisionRow]:
        """Decisions, the newest first: all, or those that wait; perhaps those after one of that list."""
        return self._rows(paging.before(self._listed(only_open), _NEWEST, _key(before), limit))

    def newest_before(
        self, limit: int, only_open: bool, after: decision.Decision | None = None
    ) -> list[DecisionRow]:
        """Those just before one in that list, or its last ones, in its order."""
        return self._rows(paging.after(self._listed(only_open), _NEWEST, _key(after), limit))[::-1]

    def newest_at(self, offset: int, limit: int, only_open: bool) -> list[DecisionRow]:
        """Those at an offset of that list."""
        keys = [key.desc() for key in _NEWEST]
        return self._rows(paging.at(self._listed(only_open), keys, offset, limit))

    def _only(self, query: Select[Any], only_open: bool) -> Select[Any]:
        return query.where(self.table.c.state == "open") if only_open else query

    def _listed(self, only_open: bool) -> Select[Any]:
        t, cl = tables.tickets, tables.clients
        takers, settlers = tables.operators.alias("takers"), tables.operators.alias("settlers")
        joined = (
            self.table.join(t, _D.ticket_id == t.c.id)
            .join(cl, t.c.client_id == cl.c.id)
            .outerjoin(takers, _D.operator_id == takers.c.id)
            .outerjoin(settlers, _D.decided_by == settlers.c.id)
        )
        names = (t.c.number, t.c.subject, cl.c.name, takers.c.name, settlers.c.name)
        return self._only(select(*self._columns, *names).select_from(joined), only_open)

    def _rows(self, query: Select[Any]) -> list[DecisionRow]:
        width = len(self._names)
        return [
            DecisionRow(self.read(row[:width]), *(name or "" for name in row[width:]))
            for row in self.connection.execute(query)
        ]


def _key(one: decision.Decision | None) -> tuple[int] | None:
    return None if one is None else (one.id,)


_D = tables.decisions.c
_NEWEST = (_D.id,)
