"""Levels reached, each once, and the tickets that may have come to one."""

from __future__ import annotations

from typing import Any

from pendulum import DateTime
from sqlalchemy import bindparam, literal, select

from deskapp.domain import escalation
from deskapp.repository import tables
from deskapp.repository.base import Repository
from deskapp.repository.instants import BEGINNING

Place = tuple[DateTime, int]
"""Where in a clock's order a ticket stands: its deadline and its id."""


class Escalations(Repository[escalation.Escalation]):
    """Levels reached by tickets."""

    table, record, noun = tables.escalations, escalation.Escalation, "escalation"

    def of(self, ticket_id: int) -> list[escalation.Escalation]:
        """The levels a ticket has reached, in the order they were."""
        c = self.table.c
        query = self.select().where(c.ticket_id == bindparam("t")).order_by(c.at, c.id)
        return self.records(query, t=ticket_id)

    def coming(
        self,
        clock: str,
        level: int,
        until: DateTime,
        limit: int,
        *,
        since: DateTime | None = None,
        after: Place | None = None,
    ) -> list[Place]:
        """Tickets whose deadline lies after `since` and not after `until` and that have not come to a level yet.

        They are read in the order of the clock's own index, which holds running clocks only.
        """
        due, t = _due(clock), tables.tickets.c
        query = select(due, t.id).where(*self._window(clock, level, until, since))
        if after is not None:
            query = query.where((due > after[0]) | ((due == after[0]) & (t.id > after[1])))
        found = self.connection.execute(query.order_by(due, t.id).limit(limit))
        return [(row[0], row[1]) for row in found]

    def pass_over(self, clock: str, level: int, until: DateTime, since: DateTime | None) -> None:
        """Put a level down for every such ticket as one nobody is told of: the past of what came in bulk."""
        due, t, c = _due(clock), tables.tickets.c, self.table.c
        now = literal(self.work.now, c.at.type)
        told = literal({"passed_over": True}, c.told.type)
        rows = select(literal(1), t.id, literal(clock), t.reopened_count, literal(level), due, now, told)
        names = ("version", "ticket_id", "clock", "round", "level", "due_at", "at", "told")
        query = rows.where(*self._window(clock, level, until, since))
        self.connection.execute(self.table.insert().from_select(names, query))

    def _window(self, clock: str, level: int, until: DateTime, since: DateTime | None) -> tuple[Any, ...]:
        e, t, due = self.table.c, tables.tickets.c, _due(clock)
        reached = select(e.id).where(
            e.ticket_id == t.id, e.clock == clock, e.round == t.reopened_count, e.level >= level
        )
        runs = tables.WAITING if clock == "respond" else tables.UNRESOLVED
        return runs, due <= until, due > (since or BEGINNING), ~reached.exists()


def _due(clock: str) -> Any:
    return tables.tickets.c.respond_by if clock == "respond" else tables.tickets.c.due_at
