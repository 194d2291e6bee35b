"""Mass complaints, the complaints they are made of, and those alike."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from pendulum import DateTime
from sqlalchemy import bindparam, case, func, or_, select

from deskapp.domain import mass_complaint
from deskapp.domain.mass_complaint import ALIKE_MOST, LIVE_STATES, MassComplaint, MassRow
from deskapp.domain.rows import TicketRow
from deskapp.domain.ticket import OPEN_STATES, Ticket
from deskapp.repository import paging, tables
from deskapp.repository.base import Repository
from deskapp.repository.prepared import Prepared, PreparedFor
from deskapp.repository.tickets import Tickets


class MassComplaints(Repository[mass_complaint.MassComplaint]):
    """Causes many complain of."""

    table, record, noun = tables.mass_complaints, mass_complaint.MassComplaint, "mass_complaint"

    def of_ticket(self, ticket: Ticket) -> MassComplaint | None:
        """The group a complaint is part of."""
        return self.first(_OF_FIRST, first=ticket.parent_id or ticket.id)

    def of_firsts(self, firsts: Iterable[int]) -> Mapping[int, MassComplaint]:
        """Live groups by their first complaint."""
        wanted = sorted(set(firsts))
        found = map(self.read, _OF_FIRSTS.rows(self.connection, wanted))
        return {one.ticket_id: one for one in found if one.is_live and one.ticket_id is not None}

    def member_ids(self, mass: MassComplaint) -> list[int]:
        """The ids of its complaints, in their order."""
        if mass.ticket_id is None:
            return []
        children = _CHILDREN.rows(self.connection, first=mass.ticket_id)
        return sorted({mass.ticket_id, *(row[0] for row in children)})

    def members(self, mass: MassComplaint) -> list[Ticket]:
        """Its complaints, the first ones first."""
        found = self.work.tickets.get_many(self.member_ids(mass)).values()
        return sorted(found, key=_age)

    def member_rows(self, mass: MassComplaint) -> list[TicketRow]:
        """Its complaints with the names beside them, the first ones first."""
        found = self.work.tickets.rows(self.member_ids(mass))
        return sorted(found, key=lambda row: _age(row.ticket))

    def recent(self, category_id: int, since: DateTime) -> list[Ticket]:
        """The open complaints of a category received since an instant, the newest first."""
        return self.work.tickets.records(_RECENT, category=category_id, since=since)

    def count(self) -> int:
        """How many groups there are."""
        return int(self.connection.execute(select(func.count()).select_from(self.table)).scalar_one())

    def page(
        self,
        limit: int,
        *,
        after: MassRow | None = None,
        before: MassRow | None = None,
        last: bool = False,
        offset: int = 0,
    ) -> list[MassRow]:
        """A page of the list, live groups first, then the newest: from the start, after or before one, the last."""
        query = self.select()
        if before is not None or last:
            query = paging.after(query, _KEYS, _key(before), limit)
            return self._rows(self.records(query)[::-1])
        if offset:
            query = paging.at(query, [key.desc() for key in _KEYS], offset, limit)
            return self._rows(self.records(query))
        return self._rows(self.records(paging.before(query, _KEYS, _key(after), limit)))

    def row(self, mass: MassComplaint) -> MassRow:
        """One with its counts."""
        return self._rows([mass])[0]

    def _rows(self, found: Sequence[MassComplaint]) -> list[MassRow]:
        firsts = [one.ticket_id for one in found if one.ticket_id is not None]
        counts = self._counts(firsts)
        names = {
            one.id: one.name
            for one in self.work.categories.get_many(one.category_id or 0 for one in found).values()
        }
        return [
            MassRow(one, *counts.get(one.ticket_id or 0, (0, 0, 0)), names.get(one.category_id or 0, ""))
            for one in found
        ]

    def _counts(self, firsts: Sequence[int]) -> dict[int, tuple[int, int, int]]:
        if not firsts:
            return {}
        first = func.coalesce(_T.parent_id, _T.id)
        waiting = func.sum(case((tables.WAITING, 1), else_=0))
        query = (
            select(first, func.count(), func.count(_T.client_id.distinct()), waiting)
            .where(or_(_T.id.in_(firsts), _T.parent_id.in_(firsts)))
            .group_by(first)
        )
        return {row[0]: (row[1], row[2], int(row[3] or 0)) for row in self.connection.execute(query)}


_M, _T = tables.mass_complaints.c, tables.tickets.c
_KEYS = (case((_M.state.in_(LIVE_STATES), 1), else_=0), _M.opened_at, _M.id)
_OF_FIRST = Prepared(MassComplaints._select.where(_M.ticket_id == bindparam("first")))
_OF_FIRSTS = PreparedFor(lambda keys: MassComplaints._select.where(_M.ticket_id.in_(keys)))
_CHILDREN = Prepared(select(_T.id).where(_T.parent_id == bindparam("first"), tables.CHILD_TICKET))
_RECENT = (
    Tickets._select.where(
        _T.kind == "complaint",
        _T.received_at >= bindparam("since"),
        _T.category_id == bindparam("category"),
        _T.state.in_(OPEN_STATES),
    )
    .order_by(_T.received_at.desc())
    .limit(ALIKE_MOST)
)


def _age(ticket: Ticket) -> tuple[Any, int]:
    return ticket.received_at, ticket.id


def _key(row: MassRow | None) -> tuple[Any, ...] | None:
    return None if row is None else (int(row.mass.is_live), row.mass.opened_at, row.mass.id)
