"""Follow-up coverage: what was due in a period, made in time, made late, missed or still open (row F6).

Completed in time ÷ due; an unanswered try is not made. A call due today that is still to be made is not due yet.
"""

from __future__ import annotations

from dataclasses import dataclass, field, fields
from datetime import date, timedelta

from deskapp.domain.followup import Followup

GROUPINGS = ("purpose", "operator", "week")
SPANS = ("week", "month", "quarter")


@dataclass(frozen=True, slots=True)
class Counts:
    """How many calls of each kind; `due` is made in time + late + missed + overdue, `today` is beside it."""

    due: int = 0
    done: int = 0
    late: int = 0
    missed: int = 0
    overdue: int = 0
    today: int = 0

    def __add__(self, other: Counts) -> Counts:
        return Counts(*(getattr(self, name) + getattr(other, name) for name in self.__slots__))

    @property
    def rate(self) -> float | None:
        """The follow-up completion rate: made in time ÷ due; None when nothing was due."""
        return self.done / self.due if self.due else None


FIGURES = tuple(field.name for field in fields(Counts))


@dataclass(frozen=True, slots=True)
class Period:
    """Whole days from `first` to `last`, both included."""

    first: date
    last: date


@dataclass(frozen=True, slots=True)
class Part:
    """One group of the calls: a purpose, an operator's id (None: made by nobody), a week's Monday; "" is all."""

    grouping: str = ""
    value: str | int | date | None = None


@dataclass(frozen=True, slots=True)
class Line:
    """A group with its figures, and the operator's name where it is one's."""

    part: Part = field(default_factory=Part)
    counts: Counts = field(default_factory=Counts)
    name: str = ""


@dataclass(frozen=True, slots=True)
class Selection:
    """The calls behind one figure: of a period as it stands on a day, of a group."""

    period: Period
    today: date
    figure: str = "due"
    part: Part = field(default_factory=Part)


@dataclass(frozen=True, slots=True)
class CoveredCall:
    """A follow-up with the names beside it."""

    followup: Followup
    client: str = ""
    address: str = ""
    operator: str = ""


def period_of(span: str, day: date) -> Period:
    """The week from Monday, the month or the quarter a day lies in."""
    if span == "week":
        first = day - timedelta(days=day.weekday())
        return Period(first, first + timedelta(days=6))
    length = 1 if span == "month" else 3
    month = (day.month - 1) // length * length
    first = date(day.year, month + 1, 1)
    return Period(first, _months_on(first, length) - timedelta(days=1))


def neighbour(span: str, period: Period, by: int) -> Period:
    """The period so many before or after, of the same length."""
    if span == "week":
        return period_of(span, period.first + timedelta(weeks=by))
    return period_of(span, _months_on(period.first, by * (1 if span == "month" else 3)))


def monday_of(day: date) -> date:
    """The Monday of a day's week."""
    return day - timedelta(days=day.weekday())


def _months_on(first: date, months: int) -> date:
    year, month = divmod(first.year * 12 + first.month - 1 + months, 12)
    return date(year, month + 1, 1)
