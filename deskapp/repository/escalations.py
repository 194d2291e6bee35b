"""Levels reached, each once, and the tickets that may have come to one."""

from __future__ import annotations

from pendulum import DateTime
from sqlalchemy import bindparam, select

from deskapp.domain import escalation
from deskapp.repository import tables
from deskapp.repository.base import Repository
from deskapp.repository.types import BEGINNING

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
        e, t = self.table.c, tables.tickets.c
        respond = clock == "respond"
        due, runs = (t.respond_by, tables.WAITING) if respond else (t.due_at, tables.UNRESOLVED)
        reached = select(e.id).where(
            e.ticket_id == t.id, e.clock == clock, e.round == t.reopened_count, e.level >= level
        )
        query = select(due, t.id).where(runs, due <= until, due > (since or BEGINNING), ~reached.exists())
        if after is not None:
            query = query.where((due > after[0]) | ((due == after[0]) & (t.id > after[1])))
        found = self.connection.execute(query.order_by(due, t.id).limit(limit))
        return [(row[0], row[1]) for row in found]
