"""Handoffs by deadline, and how each stands by the newest event that says so."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from sqlalchemy import Select, func, select

from deskapp.domain.handoff import EVENTS, HandoffRow, HandoffState, state_of
from deskapp.repository import paging, tables
from deskapp.repository.tickets import Tickets

if TYPE_CHECKING:
    from deskapp.domain.rows import TicketRow
    from deskapp.repository.work import Work

LISTS = ("open", "done")
"""Handoffs nobody has answered yet, the first deadline first; those that are over, the newest first."""


class Handoffs:
    """Tickets to other departments, asked as its lists do."""

    def __init__(self, work: Work) -> None:
        self.work = work

    def page(
        self,
        which: str,
        limit: int,
        *,
        after: HandoffRow | None = None,
        before: HandoffRow | None = None,
        last: bool = False,
        offset: int | None = None,
    ) -> list[HandoffRow]:
        """A page of a list: after or before a row, the last ones, or at an offset; else the first."""
        query, keys, newest = _LISTS[which]
        if offset is not None:
            ordered = [key.desc() for key in keys] if newest else keys
            return self._rows(paging.at(query, ordered, offset, limit))
        backward = before is not None or last
        turn = paging.before if backward != newest else paging.after
        rows = self._rows(turn(query, keys, _values(which, after or before), limit))
        return rows[::-1] if backward else rows

    def count(self, which: str) -> int:
        """How many a list has."""
        query = _LISTS[which][0].with_only_columns(func.count(), maintain_column_froms=True)
        return int(self.work.connection.execute(query).scalar_one())

    def row(self, ticket_id: int) -> HandoffRow | None:
        """One handoff by its ticket."""
        row = self.work.tickets.row(ticket_id)
        return self._beside([row])[0] if row is not None and row.ticket.kind == "handoff" else None

    def state(self, ticket_id: int) -> HandoffState:
        """How a handoff stands."""
        return self._states([ticket_id]).get(ticket_id, HandoffState())

    def _rows(self, query: Select[Any]) -> list[HandoffRow]:
        ids = [row[0] for row in self.work.connection.execute(query)]
        return self._beside(self.work.tickets.rows(ids))

    def _beside(self, rows: Sequence[TicketRow]) -> list[HandoffRow]:
        states = self._states([row.ticket.id for row in rows])
        return [HandoffRow(row, states.get(row.ticket.id, HandoffState())) for row in rows]

    def _states(self, ticket_ids: Sequence[int]) -> dict[int, HandoffState]:
        if not ticket_ids:
            return {}
        e = tables.ticket_events.c
        newest = (
            select(func.max(e.id))
            .where(e.ticket_id.in_(ticket_ids), e.kind.in_(EVENTS))
            .group_by(e.ticket_id)
        )
        found = self.work.connection.execute(select(e.ticket_id, e.facts).where(e.id.in_(newest)))
        return {row[0]: state_of(row[1]) for row in found}


def _values(which: str, row: HandoffRow | None) -> tuple[Any, int] | None:
    if row is None:
        return None
    ticket = row.ticket
    return (ticket.due_at if which == "open" else ticket.received_at, ticket.id)


_T = Tickets.table.c
_HANDOFFS = select(_T.id).where(_T.kind == "handoff")
_LISTS: dict[str, tuple[Select[Any], list[Any], bool]] = {
    "open": (_HANDOFFS.where(tables.UNRESOLVED), [_T.due_at, _T.id], False),
    "done": (
        _HANDOFFS.where(_T.state.in_(("resolved", "verified", "closed"))),
        [_T.received_at, _T.id],
        True,
    ),
}
