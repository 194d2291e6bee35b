"""What repairs say beside their tickets, and the lists they are worked from."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from pendulum import DateTime
from sqlalchemy import Integer, Select, bindparam, case, func, select

from deskapp.domain import repair
from deskapp.domain.repair import RepairRow
from deskapp.repository import paging, tables
from deskapp.repository.base import Repository
from deskapp.repository.prepared import Prepared

LISTS = ("open", "today", "done")
"""Repairs still to do, those with an appointment in a span of time, and those done."""
DONE_STATES = ("resolved", "verified", "closed")


class Repairs(Repository[repair.Repair]):
    """Repairs by their tickets."""

    table, record, noun = tables.repairs, repair.Repair, "repair"

    def of_ticket(self, ticket_id: int) -> repair.Repair | None:
        """The repair of a ticket; None for tickets that are none."""
        return self.first(_OF_TICKET, t=ticket_id)

    def row(self, ticket_id: int) -> RepairRow | None:
        """A repair by its ticket, with the names beside it."""
        rows = self._rows(_ROWS.where(_C.ticket_id == ticket_id))
        return rows[0] if rows else None

    def page(
        self,
        which: str,
        limit: int,
        *,
        day: tuple[DateTime, DateTime] | None = None,
        after: RepairRow | None = None,
        before: RepairRow | None = None,
        last: bool = False,
        offset: int | None = None,
    ) -> list[RepairRow]:
        """A page of a list: after or before a row, the last ones, or at an offset; else the first.

        Open ones have those without an appointment first, the longest waiting first, then by appointment; those of
        a day (`day`: from, until) stand by appointment, those done by receipt, the newest first.
        """
        query, keys, newest = _LISTS[which]
        query = _of_day(query, day)
        values = _values(which, after or before)
        if offset is not None:
            ordered = [key.desc() for key in keys] if newest else keys
            return self._rows(paging.at(query, ordered, offset, limit))
        backward = before is not None or last
        turn = paging.before if backward != newest else paging.after
        rows = self._rows(turn(query, keys, values, limit))
        return rows[::-1] if backward else rows

    def count(self, which: str, day: tuple[DateTime, DateTime] | None = None) -> int:
        """How many a list has."""
        query = _of_day(_LISTS[which][0], day).with_only_columns(func.count(), maintain_column_froms=True)
        return int(self.connection.execute(query).scalar_one())

    def _rows(self, query: Select[Any]) -> list[RepairRow]:
        width = len(self._names)
        found = list(self.connection.execute(query))
        tickets = {row.ticket.id: row for row in self.work.tickets.rows([row[_TICKET] for row in found])}
        return [
            RepairRow(self.read(row[:width]), tickets[row[_TICKET]], row[width] or "")
            for row in found
            if row[_TICKET] in tickets
        ]


def _of_day(query: Select[Any], day: tuple[DateTime, DateTime] | None) -> Select[Any]:
    return query if day is None else query.where(_C.appointment_at >= day[0], _C.appointment_at < day[1])


def _values(which: str, row: RepairRow | None) -> Sequence[Any] | None:
    """Where a row stands in its list."""
    if row is None:
        return None
    one, received = row.repair, row.ticket.received_at
    if which == "open":
        return (int(one.appointment_at is not None), one.appointment_at or received, one.id)
    return (one.appointment_at if which == "today" else received, one.id)


_C, _T, _S = tables.repairs.c, tables.tickets.c, tables.staff.c
_TICKET = Repairs._names.index("ticket_id")
_OF_TICKET = Prepared(Repairs._select.where(_C.ticket_id == bindparam("t")))
_ROWS = select(*Repairs._columns, _S.name).select_from(
    tables.repairs.join(tables.tickets, _C.ticket_id == _T.id).outerjoin(tables.staff, _C.worker_id == _S.id)
)
_PLANNED = case((_C.appointment_at.is_(None), 0), else_=1).cast(Integer)
_WHEN = func.coalesce(_C.appointment_at, _T.received_at, type_=_C.appointment_at.type)
_LISTS: dict[str, tuple[Select[Any], list[Any], bool]] = {
    "open": (_ROWS.where(tables.UNRESOLVED, _T.kind == "repair"), [_PLANNED, _WHEN, _C.id], False),
    "today": (_ROWS.where(_T.state.not_in(("withdrawn", "merged"))), [_C.appointment_at, _C.id], False),
    "done": (_ROWS.where(_T.kind == "repair", _T.state.in_(DONE_STATES)), [_T.received_at, _C.id], True),
}
"""Each list's rows, the keys it stands by, and whether the newest come first."""
