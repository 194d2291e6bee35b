"""A stretch of the company's own days: a day, a week from Monday, a month, a quarter, or any days (rows R1, R2)."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, timedelta

import pendulum
from pendulum import DateTime

from deskapp.domain.errors import RuleBroken

UNITS = ("day", "week", "month", "quarter", "days")
_WRITTEN = {
    "day": re.compile(r"(\d{4})-(\d\d)-(\d\d)"),
    "week": re.compile(r"(\d{4})-?W(\d{1,2})"),
    "month": re.compile(r"(\d{4})-(\d\d)"),
    "quarter": re.compile(r"(\d{4})-?Q([1-4])"),
}


@dataclass(frozen=True, slots=True)
class Period:
    """Days from `first` to `last`, both included, of one of UNITS."""

    unit: str
    first: date
    last: date

    @property
    def code(self) -> str:
        """How it is written: 2026-11-25, 2026-W48, 2026-11, 2026-Q4, or two days with two dots between."""
        if self.unit == "week":
            year, week, _ = self.first.isocalendar()
            return f"{year}-W{week:02d}"
        if self.unit == "month":
            return f"{self.first:%Y-%m}"
        if self.unit == "quarter":
            return f"{self.first.year}-Q{(self.first.month + 2) // 3}"
        return f"{self.first}" if self.unit == "day" else f"{self.first}..{self.last}"

    @property
    def days(self) -> int:
        """How many days it has."""
        return (self.last - self.first).days + 1

    def before(self) -> Period:
        """The period just before it, as long as it is."""
        if self.unit == "days":
            return Period("days", self.first - timedelta(self.days), self.first - timedelta(1))
        return period_of(self.unit, self.first - timedelta(1))

    def after(self) -> Period:
        """The period just after it."""
        if self.unit == "days":
            return Period("days", self.last + timedelta(1), self.last + timedelta(self.days))
        return period_of(self.unit, self.last + timedelta(1))

    def bounds(self, timezone: str) -> tuple[DateTime, DateTime]:
        """The instants it lasts in a zone: from the first one on, up to, not including, the second."""
        return start_of(self.first, timezone), start_of(self.last + timedelta(1), timezone)


def start_of(day: date, timezone: str) -> DateTime:
    """When a day begins in a zone: at midnight, or when the clocks have jumped over it."""
    return pendulum.datetime(day.year, day.month, day.day, tz=timezone)


def period_of(unit: str, day: date) -> Period:
    """The day, week, month or quarter a day lies in."""
    if unit == "day":
        return Period(unit, day, day)
    if unit == "week":
        first = day - timedelta(day.weekday())
        return Period(unit, first, first + timedelta(6))
    months = {"month": 1, "quarter": 3}[unit]
    first = date(day.year, (day.month - 1) // months * months + 1, 1)
    following = first.replace(day=28)
    for _ in range(months):
        following = (following.replace(day=28) + timedelta(4)).replace(day=1)
    return Period(unit, first, following - timedelta(1))


def days_between(first: date, last: date) -> Period:
    """Any days, both included; the last before the first breaks kpi.period."""
    if last < first:
        raise RuleBroken("kpi.period", first=first.isoformat(), last=last.isoformat())
    return Period("days", first, last)


def read_period(typed: str) -> Period:
    """Read a period as `code` writes it; what is none breaks kpi.period_unknown."""
    text = typed.strip().upper()
    try:
        first, dots, last = text.partition("..")
        if dots:
            return days_between(date.fromisoformat(first), date.fromisoformat(last))
        for unit, pattern in _WRITTEN.items():
            if found := pattern.fullmatch(text):
                return _read(unit, [int(part) for part in found.groups()])
    except ValueError as error:
        raise RuleBroken("kpi.period_unknown", value=typed[:40]) from error
    raise RuleBroken("kpi.period_unknown", value=typed[:40])


def _read(unit: str, parts: list[int]) -> Period:
    if unit == "day":
        return period_of(unit, date(*parts))
    if unit == "week":
        return period_of(unit, date.fromisocalendar(parts[0], parts[1], 1))
    return period_of(unit, date(parts[0], parts[1] if unit == "month" else parts[1] * 3, 1))
