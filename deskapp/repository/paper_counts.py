"""What papers count that no screen counts: tickets by kind, sites begun and done, control points, money, scores."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

from pendulum import DateTime
from sqlalchemy import and_, case, func, or_, select

from deskapp.domain.inspection import InspectionRow
from deskapp.domain.paper_figures import Inspected, Money, Points, Score, TicketCount
from deskapp.domain.site import RUNNING_STAGES
from deskapp.repository import tables

if TYPE_CHECKING:
    from deskapp.repository.work import Work

_T, _S, _M = tables.tickets.c, tables.sites.c, tables.milestones.c
_P, _R, _I = tables.payments.c, tables.ratings.c, tables.inspections.c
_F, _B = tables.followups.c, tables.bus_trips.c


class PaperCounts:
    """Counts over days or instants, each by index."""

    def __init__(self, work: Work) -> None:
        self.work = work

    def _rows(self, query: Any) -> list[Any]:
        return list(self.work.connection.execute(query).all())

    def tickets(self, since: DateTime, until: DateTime) -> dict[str, TicketCount]:
        """Tickets by kind: received, closed within two instants, and open now; merged ones are their target's."""
        kept = _T.state != "merged"
        received = self._by_kind(kept, _T.received_at >= since, _T.received_at < until)
        closed = self._by_kind(kept, _T.closed_at >= since, _T.closed_at < until, _T.state != "withdrawn")
        still = self._by_kind(tables.OPEN_TICKET)
        return {
            kind: TicketCount(received.get(kind, 0), closed.get(kind, 0), still.get(kind, 0))
            for kind in {*received, *closed, *still}
        }

    def _by_kind(self, *conditions: Any) -> dict[str, int]:
        query = select(_T.kind, func.count()).where(*conditions).group_by(_T.kind)
        return {row[0]: int(row[1]) for row in self._rows(query)}

    def begun_and_completed(self, first: date, last: date) -> tuple[int, int]:
        """How many sites were begun, and how many completed, within days; cancelled ones are left out."""
        kept = _S.stage != "cancelled"
        begun = select(func.count()).where(kept, _S.start_date >= first, _S.start_date <= last)
        done = select(func.count()).where(kept, _S.completed_on >= first, _S.completed_on <= last)
        return int(self._rows(begun)[0][0]), int(self._rows(done)[0][0])

    def milestones(self, first: date, last: date) -> dict[str, Points]:
        """Control points by kind: planned for days, reached of those by their day, later, not yet; reached in all."""
        planned = and_(_M.planned_on >= first, _M.planned_on <= last)
        reached = and_(_M.done_on >= first, _M.done_on <= last)
        counts = (
            case((planned, 1), else_=0),
            case((and_(planned, _M.done_on <= _M.planned_on), 1), else_=0),
            case((and_(planned, _M.done_on > _M.planned_on), 1), else_=0),
            case((and_(planned, _M.done_on.is_(None)), 1), else_=0),
            case((reached, 1), else_=0),
        )
        query = (
            select(_M.kind, *(func.sum(one) for one in counts))
            .select_from(tables.milestones.join(tables.sites, _M.site_id == _S.id))
            .where(_S.stage != "cancelled", or_(planned, reached))
            .group_by(_M.kind)
        )
        return {row[0]: Points(*(int(one or 0) for one in row[1:])) for row in self._rows(query)}

    def payments(self, first: date, last: date) -> dict[str, Money]:
        """Payments by kind: due within days with their fen, and paid within days with theirs."""
        due, paid = self._paid(_P.due_on, first, last), self._paid(_P.paid_on, first, last)
        return {kind: Money(*due.get(kind, (0, 0)), *paid.get(kind, (0, 0))) for kind in {*due, *paid}}

    def _paid(self, column: Any, first: date, last: date) -> dict[str, tuple[int, int]]:
        query = (
            select(_P.kind, func.count(), func.sum(_P.amount))
            .select_from(tables.payments.join(tables.sites, _P.site_id == _S.id))
            .where(_S.stage != "cancelled", column >= first, column <= last)
            .group_by(_P.kind)
        )
        return {row[0]: (int(row[1]), int(row[2])) for row in self._rows(query)}

    def inspections(self, first: date, last: date) -> Inspected:
        """Inspections within days: made, passed, and how many sites were looked at."""
        passed = func.sum(case((_I.verdict == "ok", 1), else_=0))
        query = select(func.count(), passed, func.count(_I.site_id.distinct()))
        row = self._rows(query.where(_I.done_on >= first, _I.done_on <= last))[0]
        return Inspected(int(row[0]), int(row[1] or 0), int(row[2]))

    def inspection_rows(self, first: date, last: date, limit: int) -> list[InspectionRow]:
        """The inspections within days, the first first."""
        query = self.work.inspections._rows_query().where(_I.done_on >= first, _I.done_on <= last)
        return self.work.inspections._rows(query.order_by(_I.done_on, _I.id).limit(limit))

    def sites_not_inspected(self, first: date, last: date) -> int:
        """How many running sites, begun by the end of the days, nobody inspected within them."""
        looked = select(_I.site_id).where(_I.done_on >= first, _I.done_on <= last)
        begun = or_(_S.start_date.is_(None), _S.start_date <= last)
        query = select(func.count()).where(_S.stage.in_(RUNNING_STAGES), begun, _S.id.not_in(looked))
        return int(self._rows(query)[0][0])

    def scores(self, trade: str, since: DateTime, until: DateTime, satisfied: int) -> dict[int, Score]:
        """The scores clients gave the people of a trade between two instants, by person (0: no name)."""
        good = func.sum(case((_R.score >= satisfied, 1), else_=0))
        query = (
            select(_R.staff_id, func.count(), func.sum(_R.score), good)
            .where(_R.trade == trade, _R.at >= since, _R.at < until)
            .group_by(_R.staff_id)
        )
        return {row[0] or 0: Score(int(row[1]), int(row[2]), int(row[3])) for row in self._rows(query)}

    def praised(self, since: DateTime, until: DateTime) -> dict[int, int]:
        """How often each person was praised by name between two instants."""
        p = tables.praises.c
        query = select(p.staff_id, func.count()).where(p.at >= since, p.at < until).group_by(p.staff_id)
        return {row[0]: int(row[1]) for row in self._rows(query)}

    def complained_of(self, since: DateTime, until: DateTime) -> dict[int, int]:
        """How many complaints received between two instants each person answers for."""
        query = (
            select(_T.responsible_id, func.count())
            .where(
                _T.kind == "complaint", _T.state != "merged", _T.received_at >= since, _T.received_at < until
            )
            .group_by(_T.responsible_id)
        )
        return {row[0] or 0: int(row[1]) for row in self._rows(query)}

    def planned_calls(self, first: date, last: date) -> dict[str, int]:
        """How many follow-up calls are laid out for days, by purpose; those called off are not."""
        query = (
            select(_F.purpose, func.count())
            .where(_F.due_on >= first, _F.due_on <= last, _F.state != "dropped")
            .group_by(_F.purpose)
        )
        return {row[0]: int(row[1]) for row in self._rows(query)}

    def trips(self, since: DateTime, until: DateTime, limit: int) -> list[Any]:
        """The trips of the bus that left, or leave, between two instants, the first first."""
        trips = self.work.bus_trips
        query = trips.select().where(_B.leaves_at >= since, _B.leaves_at < until)
        return trips.rows(trips.records(query.order_by(_B.leaves_at, _B.id).limit(limit)))
