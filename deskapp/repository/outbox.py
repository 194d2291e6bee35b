"""Notices on their way out, as those who send them and their lists ask (row N1)."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from pendulum import DateTime
from sqlalchemy import ColumnElement, Select, func, or_, select

from deskapp.domain.staff import StaffMember
from deskapp.repository import paging, tables
from deskapp.repository.prepared import Prepared
from deskapp.repository.tickets import OutboxNotice

if TYPE_CHECKING:
    from deskapp.domain.rows import TicketRow
    from deskapp.repository.work import Work

_O = tables.outbox.c


def _counted(*which: ColumnElement[bool]) -> Prepared:
    return Prepared(select(func.count()).select_from(tables.outbox).where(*which))


_UNDELIVERED = _counted(_O.state.in_(("dead", "hand")))
_DELAYED = _counted(_O.state == "waiting", _O.next_at.is_not(None), _O.error != "")


@dataclass(frozen=True, slots=True)
class OutboxRow:
    """A notice as a list shows it: whom it is for, and its ticket."""

    notice: OutboxNotice
    member: StaffMember | None = None
    ticket: TicketRow | None = None


class Post:
    """The outbox by state, the newest first, and what of it is due."""

    def __init__(self, work: Work) -> None:
        self.work = work

    def due(
        self,
        now: DateTime,
        limit: int,
        *,
        without: Collection[str] = (),
        unknown: Collection[str] = (),
        since: DateTime | None = None,
    ) -> list[OutboxNotice]:
        """Notices to be sent now that no desk is sending, new ones first, then the longest waiting.

        None of the channels `without`; of those `unknown` here only what has waited since then.
        """
        query = self.work.outbox.select().where(
            _O.state == "waiting",
            or_(_O.next_at.is_(None), _O.next_at <= now),
            or_(_O.held_until.is_(None), _O.held_until <= now),
        )
        if without:
            query = query.where(~_by(without))
        if unknown:
            query = query.where(or_(~_by(unknown), _O.at <= since))
        ordered = query.order_by(_O.next_at.nulls_first(), _O.id)
        return self.work.outbox.records(ordered.limit(limit))

    def page(
        self,
        state: str,
        limit: int,
        *,
        after: OutboxRow | None = None,
        before: OutboxRow | None = None,
        last: bool = False,
        offset: int | None = None,
    ) -> list[OutboxRow]:
        """A page of the notices in a state, the newest first."""
        query, keys = self._in(state), [_O.at, _O.id]
        if offset is not None:
            return self._rows(paging.at(query, [key.desc() for key in keys], offset, limit))
        place = after or before
        values = [place.notice.at, place.notice.id] if place else None
        backward = before is not None or last
        rows = self._rows((paging.after if backward else paging.before)(query, keys, values, limit))
        return rows[::-1] if backward else rows

    def count(self, state: str) -> int:
        """How many are in a state."""
        query = select(func.count()).select_from(tables.outbox).where(_O.state == state)
        return int(self.work.connection.execute(query).scalar_one())

    def told_of(self, names: Collection[str]) -> set[str]:
        """Which of some things, each named by its `once`, were put down to be told before."""
        query = select(_O.once).where(_O.once.in_(names))
        return {row[0] for row in self.work.connection.execute(query)} if names else set()

    def undelivered(self) -> int:
        """How many are somebody's work: given up, or to be told by hand."""
        return int(_UNDELIVERED.rows(self.work.connection)[0][0])

    def delayed(self) -> int:
        """How many were not taken the last time and are tried again by themselves."""
        return int(_DELAYED.rows(self.work.connection)[0][0])

    def _in(self, state: str) -> Select[Any]:
        return self.work.outbox.select().where(_O.state == state)

    def _rows(self, query: Select[Any]) -> list[OutboxRow]:
        notices = self.work.outbox.records(query)
        members = self.work.staff.get_many(one.staff_id for one in notices if one.staff_id)
        ids = [one.ticket_id for one in notices if one.ticket_id]
        tickets = {row.ticket.id: row for row in self.work.tickets.rows(ids)}
        return [
            OutboxRow(one, members.get(one.staff_id or 0), tickets.get(one.ticket_id or 0)) for one in notices
        ]


def _by(channels: Collection[str]) -> ColumnElement[bool]:
    """Whether whom a notice is for is told by one of these."""
    s = tables.staff.c
    return select(s.id).where(s.id == _O.staff_id, s.channel.in_(sorted(channels))).exists()
