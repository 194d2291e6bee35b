"""What the clock strip shows, in two statements on the index of running clocks, however long the history is."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pendulum import DateTime
from sqlalchemy import bindparam, func, select

from deskapp.domain.rows import StripFacts
from deskapp.repository import tables
from deskapp.repository.instants import BEGINNING, to_micros
from deskapp.repository.prepared import Prepared
from deskapp.repository.tickets import late_at

if TYPE_CHECKING:
    from typing import Any

    from deskapp.repository.work import Work

_T = tables.tickets.c


def _now(name: str) -> Any:
    return bindparam(name, type_=_T.respond_by.type)


def _count(*when: Any) -> Any:
    return select(func.count()).select_from(tables.tickets).where(tables.WAITING, *when).scalar_subquery()


def _next(since: Any) -> Any:
    """The next instant at which a clock runs out."""
    return select(func.min(_T.respond_by)).where(tables.WAITING, _T.respond_by >= since).scalar_subquery()


_COUNTING = _T.paused_since.is_(None)
_STRIP = Prepared(
    select(
        _count(late_at(_now("now"))),
        _count(_COUNTING, _T.respond_by >= _now("now"), _T.respond_by < _now("hour")),
        _count(_COUNTING, _T.respond_by >= _now("now"), _T.respond_by < _now("end")),
        # The range names the index of running clocks: by kind SQLite would go through all of history.
        _count(_T.severity == "crisis", _T.respond_by >= BEGINNING),
        _next(_now("now")),
        _next(_now("hour")),
    )
)


class ClockStrip:
    """The most urgent running clock and how many are due, in one look."""

    def __init__(self, work: Work) -> None:
        self.work = work

    def read(self, end_of_day: DateTime) -> StripFacts:
        """The most urgent clock, how many are overdue or due soon, and until when that holds by itself."""
        now, hour = self.work.now, self.work.now.add(hours=1)
        [(overdue, within_hour, today, crises, late, soon)] = _STRIP.rows(
            self.work.connection, now=now, hour=hour, end=end_of_day
        )
        # By time alone the counts change when a clock runs out, or comes within its last hour.
        turns = [end_of_day, *([late] if late else []), *([soon.subtract(hours=1)] if soon else [])]
        until_us = min(map(to_micros, turns))
        return StripFacts(self.work.tickets.most_urgent(), overdue, within_hour, today, crises, until_us)
