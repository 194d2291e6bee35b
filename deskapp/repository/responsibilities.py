"""Findings about tickets, and those responsible."""

from __future__ import annotations

from sqlalchemy import bindparam, func, select

from deskapp.domain import responsibility
from deskapp.domain.responsibility import ResponsibleRow
from deskapp.repository import tables
from deskapp.repository.base import Repository

RECENT = 500
"""How many of the newest findings are looked through for the names used before."""


class Findings(Repository[responsibility.Finding]):
    """What was found out about tickets."""

    table, record, noun = tables.findings, responsibility.Finding, "finding"

    def of_ticket(self, ticket_id: int) -> responsibility.Finding | None:
        """What was found out about one."""
        return self.first(self.select().where(_F.ticket_id == bindparam("t")), t=ticket_id)

    def known(self, field: str) -> list[str]:
        """The causes, crews or materials named lately, the most frequent first."""
        column = {"cause": _F.cause, "crew": _F.crew, "material": _F.material}[field]
        recent = select(column.label("name")).order_by(_F.at.desc(), _F.id.desc()).limit(RECENT).subquery()
        names = recent.c.name
        query = select(names).where(names != "").group_by(names).order_by(func.count().desc(), names)
        return [row[0] for row in self.connection.execute(query)]


class Responsibilities(Repository[responsibility.Responsibility]):
    """Those who answer for tickets."""

    table, record, noun = tables.responsibilities, responsibility.Responsibility, "responsibility"

    def one_of(self, ticket_id: int, staff_id: int) -> responsibility.Responsibility | None:
        """Whether and how one person answers for one ticket."""
        query = self.select().where(_R.ticket_id == bindparam("t"), _R.staff_id == bindparam("s"))
        return self.first(query, t=ticket_id, s=staff_id)

    def of_ticket(self, ticket_id: int) -> list[ResponsibleRow]:
        """Everybody who answers for a ticket, in the order they were held responsible."""
        st, ap = tables.staff, tables.staff.alias("apologisers")
        joined = self.table.join(st, _R.staff_id == st.c.id).outerjoin(ap, _R.apology_by == ap.c.id)
        query = (
            select(*self._columns, st.c.name, st.c.trade, ap.c.name)
            .select_from(joined)
            .where(_R.ticket_id == ticket_id)
            .order_by(_R.id)
        )
        width = len(self._names)
        return [
            ResponsibleRow(self.read(row[:width]), *(name or "" for name in row[width:]))
            for row in self.connection.execute(query)
        ]


_F, _R = tables.findings.c, tables.responsibilities.c
