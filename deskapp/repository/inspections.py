"""Inspections of sites: those made, and the sites that wait for one."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from pendulum import DateTime
from sqlalchemy import Date, Select, bindparam, func, select

from deskapp.domain import inspection
from deskapp.domain.address import full_address
from deskapp.domain.inspection import DueRow, InspectionRow
from deskapp.domain.rectification import KIND, WORKED_ON
from deskapp.domain.rows import TicketRow
from deskapp.domain.site import RUNNING_STAGES, Site
from deskapp.domain.ticket import Ticket, TicketEvent
from deskapp.repository import paging, tables
from deskapp.repository.base import Repository
from deskapp.repository.prepared import PreparedFor
from deskapp.repository.tickets import TicketEvents

_MOST_RUNNING = 5_000
"""The most running sites one list is made of."""
_MOST_OPEN = 2_000


class Inspections(Repository[inspection.Inspection]):
    """Visits to sites."""

    table, record, noun = tables.inspections, inspection.Inspection, "inspection"

    def of_site(self, site_id: int, limit: int = 50) -> list[inspection.Inspection]:
        """A site's inspections, the latest first."""
        c = self.table.c
        query = self.select().where(c.site_id == bindparam("s")).order_by(c.done_on.desc(), c.id.desc())
        return self.records(query.limit(limit), s=site_id)

    def of_ticket(self, ticket_id: int) -> list[inspection.Inspection]:
        """What found a defect and every look at it since, the oldest first."""
        c = self.table.c
        return self.records(self.select().where(c.ticket_id == bindparam("t")).order_by(c.id), t=ticket_id)

    def running(self) -> list[DueRow]:
        """Every running site with its people and the day it was last inspected; when the next is due is a rule's."""
        s, st, su = tables.sites, tables.staff, tables.staff.alias("supervisors")
        i = self.table.c
        last = (
            select(func.max(i.done_on, type_=Date)).where(i.site_id == s.c.id).correlate(s).scalar_subquery()
        )
        joined = (
            s.join(tables.clients, s.c.client_id == tables.clients.c.id)
            .outerjoin(st, s.c.manager_id == st.c.id)
            .outerjoin(su, s.c.supervisor_id == su.c.id)
        )
        sites = self.work.sites
        query = (
            select(*sites._columns, tables.clients.c.name, st.c.name, su.c.name, last)
            .select_from(joined)
            .where(s.c.stage.in_(RUNNING_STAGES))
            .limit(_MOST_RUNNING)
        )
        width = len(sites._columns)
        return [
            DueRow(Site(*row[:width]), row[width], row[width + 1] or "", row[width + 2] or "", row[width + 3])
            for row in self.connection.execute(query)
        ]

    def _rows_query(self) -> Select[Any]:
        i, s, cl, st, t = (
            tables.inspections,
            tables.sites,
            tables.clients,
            tables.staff,
            tables.tickets,
        )
        joined = (
            i.join(s, i.c.site_id == s.c.id)
            .join(cl, s.c.client_id == cl.c.id)
            .outerjoin(st, i.c.inspector_id == st.c.id)
            .outerjoin(t, i.c.ticket_id == t.c.id)
        )
        names = (cl.c.id, cl.c.name, s.c.estate, s.c.address, st.c.name, t.c.number, t.c.state)
        return select(*self._columns, *names).select_from(joined)

    def _rows(self, query: Select[Any]) -> list[InspectionRow]:
        width = len(self._names)
        return [_row(self.read(row[:width]), row[width:]) for row in self.connection.execute(query)]

    def latest(self, limit: int, before: InspectionRow | None = None) -> list[InspectionRow]:
        """Inspections made, the latest first."""
        return self._rows(paging.before(self._rows_query(), _KEYS, _key(before), limit))

    def latest_before(self, limit: int, after: InspectionRow | None = None) -> list[InspectionRow]:
        """Those just before one in that list, or its last ones, in its order."""
        return self._rows(paging.after(self._rows_query(), _KEYS, _key(after), limit))[::-1]

    def latest_at(self, offset: int, limit: int) -> list[InspectionRow]:
        """Those at an offset of that list."""
        return self._rows(paging.at(self._rows_query(), [key.desc() for key in _KEYS], offset, limit))

    def count(self) -> int:
        """How many inspections were made."""
        return int(self.connection.execute(select(func.count()).select_from(self.table)).scalar_one())

    def open_rectifications(self) -> list[TicketRow]:
        """Defects not proved to be put right, the one due first first."""
        t = tables.tickets.c
        query = select(t.id).where(t.kind == KIND, tables.OPEN_TICKET)
        found = self.connection.execute(query.order_by(t.due_at, t.id).limit(_MOST_OPEN))
        return self.work.tickets.rows([row[0] for row in found])

    def rectifications_due(self, until: DateTime) -> list[Ticket]:
        """Defects still to be put right whose deadline comes by an instant."""
        t, tickets = tables.tickets.c, self.work.tickets
        query = tickets.select().where(
            t.kind == KIND, tables.OPEN_TICKET, t.due_at <= until, t.state.in_(WORKED_ON)
        )
        return tickets.records(query.order_by(t.due_at, t.id).limit(_MOST_OPEN))

    def histories(self, ticket_ids: Sequence[int]) -> dict[int, list[TicketEvent]]:
        """What happened to some rectifications, by ticket, the oldest first."""
        found: dict[int, list[TicketEvent]] = {}
        for row in _EVENTS_OF.rows(self.connection, ticket_ids):
            event = self.work.ticket_events.read(row)
            found.setdefault(event.ticket_id, []).append(event)
        return found


_E = tables.ticket_events.c
_EVENTS_OF = PreparedFor(
    lambda keys: TicketEvents._select.where(_E.ticket_id.in_(keys)).order_by(_E.at, _E.id)
)
_KEYS = (tables.inspections.c.done_on, tables.inspections.c.id)


def _key(row: InspectionRow | None) -> tuple[date, int] | None:
    return None if row is None else (row.inspection.done_on, row.inspection.id)


def _row(one: inspection.Inspection, names: Sequence[Any]) -> InspectionRow:
    client_id, client, estate, address, inspector, number, state = names
    where = full_address(estate or "", address or "")
    return InspectionRow(one, client_id, client, where, inspector or "", number or "", state or "")
