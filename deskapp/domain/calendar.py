"""The working days of China as the State Council publishes them, and the hours of a working day."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache

import pendulum

from deskapp.domain.errors import RuleBroken

SHANGHAI = "Asia/Shanghai"

DAY_MINUTES = 24 * 60
SECOND_US = 1_000_000

Span = tuple[int, int]
"""A stretch of time, end excluded: microseconds since 1970 in UTC."""

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_AS_TYPED = str.maketrans("\u2013\u2014\u2212~\u81f3\u5230\u3001;", "------,,")
_WINDOW = re.compile(r"(\d{1,2}):(\d{2})-(\d{1,2}):(\d{2})", re.ASCII)


@dataclass(frozen=True, slots=True)
class DayKind:
    """What one day is: worked or not, the holiday it belongs to, and whether its year is published."""

    working: bool
    holiday: str
    """A code such as "spring_festival", also on its make-up workdays; "" on any other day."""
    published: bool
    """False while the year's arrangement is unknown: Monday to Friday are then assumed to be worked."""

    @property
    def makeup(self) -> bool:
        """Whether this is a weekend day worked in place of a holiday."""
        return self.working and self.holiday != ""


def day_kind(day: date) -> DayKind:
    """Say what kind of day `day` is; a year not published yet is a state, never an error."""
    return _day_kind(date(day.year, day.month, day.day))


@lru_cache(maxsize=8192)
def _day_kind(day: date) -> DayKind:
    import chinese_calendar

    try:
        free, name = chinese_calendar.get_holiday_detail(day)
    except NotImplementedError:
        return DayKind(working=day.weekday() < 5, holiday="", published=False)
    holiday = chinese_calendar.Holiday(name).name if name else ""
    return DayKind(working=not free, holiday=holiday, published=True)


@lru_cache(maxsize=1)
def years_published() -> range:
    """The years whose holidays and make-up workdays are known."""
    from chinese_calendar import constants

    return range(min(constants.holidays).year, max(constants.holidays).year + 1)


@dataclass(frozen=True, slots=True)
class BusinessHours:
    """The hours worked on a working day, in minutes since local midnight, and the zone they are meant in."""

    windows: tuple[tuple[int, int], ...]
    timezone: str = SHANGHAI

    def __post_init__(self) -> None:
        if not _orderly(self.windows):
            raise RuleBroken("policy.hours", value=self.text())
        if not known_timezone(self.timezone):
            raise RuleBroken("policy.timezone", value=self.timezone)

    @classmethod
    def parse(cls, text: str, timezone: str = SHANGHAI) -> BusinessHours:
        """Read "09:00-12:00,13:30-18:00", as typed in either width and any order, or break policy.hours."""
        plain = unicodedata.normalize("NFKC", text).translate(_AS_TYPED)
        parts = re.sub(r"\s", "", plain).split(",")
        found = [_WINDOW.fullmatch(part) for part in parts]
        windows = [_minutes(match) for match in found if match is not None]
        if len(windows) < len(found) or not _orderly(tuple(sorted(windows))):
            raise RuleBroken("policy.hours", value=text)
        return cls(tuple(sorted(windows)), timezone)

    def text(self) -> str:
        """Write the windows the way `parse` reads them."""
        return ",".join(f"{_clock(start)}-{_clock(end)}" for start, end in self.windows)

    @property
    def day_seconds(self) -> int:
        """How many seconds one working day has."""
        return 60 * sum(end - start for start, end in self.windows)


@lru_cache(maxsize=8192)
def open_spans(hours: BusinessHours, day: date) -> tuple[Span, ...]:
    """When the office is open on the local date `day`; nothing on a day that is not worked."""
    if not day_kind(day).working:
        return ()
    spans: list[Span] = []
    for start, end in hours.windows:
        begin, until = _instant(hours, day, start), _instant(hours, day, end)
        if spans:
            begin = max(begin, spans[-1][1])  # a clock put forward can push a window into the next one
        if begin < until:
            spans.append((begin, until))
    return tuple(spans)


def local_date(hours: BusinessHours, instant_us: int) -> date:
    """The date on the office's wall at an instant given in microseconds since 1970."""
    zone = pendulum.timezone(hours.timezone)
    return (_EPOCH + timedelta(microseconds=instant_us)).astimezone(zone).date()


def known_timezone(name: str) -> bool:
    """Whether `name` is a zone such as "Asia/Shanghai"."""
    try:
        pendulum.timezone(name)
    except (ValueError, OSError):
        return False
    return True


def _instant(hours: BusinessHours, day: date, minute: int) -> int:
    wall = datetime(day.year, day.month, day.day) + timedelta(minutes=minute)
    return int(wall.replace(tzinfo=pendulum.timezone(hours.timezone)).timestamp()) * SECOND_US


def _orderly(windows: tuple[tuple[int, int], ...]) -> bool:
    last = 0
    for start, end in windows:
        if not last <= start < end <= DAY_MINUTES:
            return False
        last = end
    return bool(windows)


def _minutes(match: re.Match[str]) -> tuple[int, int]:
    hour, minute, to_hour, to_minute = map(int, match.groups())
    if minute > 59 or to_minute > 59:
        return (0, 0)
    return (hour * 60 + minute, to_hour * 60 + to_minute)


def _clock(minute: int) -> str:
    return f"{minute // 60:02d}:{minute % 60:02d}"
