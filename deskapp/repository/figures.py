"""Counts and measures, computed by the database alike on both engines."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pendulum import DateTime
from sqlalchemy import BigInteger, case, func, select, type_coerce

from deskapp.domain.kpi import ResponseFigures
from deskapp.repository.tables import WAITING, tickets
from deskapp.repository.tickets import late_at

if TYPE_CHECKING:
    from deskapp.repository.work import Work

DAY_US = 86_400_000_000


class Figures:
    """Figures over a period: instants from `since` up to, not including, `until`."""

    def __init__(self, work: Work) -> None:
        self.work = work

    def first_response(self, since: DateTime, until: DateTime) -> ResponseFigures:
        """First response over the complaints received in a period; see ResponseFigures for the definitions."""
        t = tickets.c
        period = (
            t.kind == "complaint",
            t.received_at >= since,
            t.received_at < until,
            t.state != "merged",
        )
        kept = t.state != "withdrawn"
        answered = kept & t.responded_at.is_not(None)
        took = _took()
        ended = kept & t.responded_at.is_(None) & t.state.not_in(("received", "dispatched", "reopened"))
        row = self.work.connection.execute(
            select(
                func.count(),
                _count(~kept),
                _count(answered),
                _count(answered & (took <= DAY_US)),
                _count(answered & (t.responded_at <= t.respond_by)),
                _count(WAITING),
                _count(WAITING & late_at(self.work.now)),
                _count(ended),
                func.avg(case((answered, took))),
            ).where(*period)
        ).one()
        count = [int(value or 0) for value in row[:8]]
        return ResponseFigures(
            received=count[0],
            withdrawn=count[1],
            answered=count[2],
            answered_within_24h=count[3],
            answered_within_target=count[4],
            running=count[5],
            overdue=count[6],
            closed_unanswered=count[7],
            mean_first_response_seconds=None if row[8] is None else round(float(row[8]) / 1_000_000, 1),
            median_first_response_seconds=self._median(count[2], *period, answered),
        )

    def _median(self, count: int, *conditions: Any) -> float | None:
        if count == 0:
            return None
        took = _took().label("took")
        middle = select(took).where(*conditions).order_by(took).offset((count - 1) // 2).limit(2 - count % 2)
        values = [int(row[0]) for row in self.work.connection.execute(middle)]
        return round(sum(values) / len(values) / 1_000_000, 1)


def _count(condition: Any) -> Any:
    return func.sum(case((condition, 1), else_=0))


def _took() -> Any:
    """Microseconds from receipt to first response."""
    return type_coerce(tickets.c.responded_at, BigInteger) - type_coerce(tickets.c.received_at, BigInteger)
