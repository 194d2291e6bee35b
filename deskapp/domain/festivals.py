"""The festivals of the Chinese year, solar and lunar: on which day each falls, and which come next (row F5)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from functools import lru_cache

from deskapp.domain.followup import shifted

CALENDARS = ("solar", "lunar", "term")


@dataclass(frozen=True, slots=True)
class Festival:
    """One festival: `calendar` says whether month and day are the sun's, the moon's, or it is a solar term's day.

    Day -1 is the last of a month; `name` is what is said to clients. Calls begin `days_before` it, never on
    a day off.
    """

    code: str
    name: str = ""
    calendar: str = "solar"
    month: int = 0
    day: int = 0
    term: str = ""
    days_before: int = 0


@dataclass(frozen=True, slots=True)
class Coming:
    """A festival that comes: its day, how many days are left, and the day its calls are due."""

    festival: Festival
    day: date
    left: int
    call_on: date


def read_festivals(entries: Iterable[Mapping[str, object]]) -> tuple[Festival, ...]:
    """Read festivals as they are declared; one that falls on no day, or on several, is an error."""
    return tuple(_declared(entry) for entry in entries)


def _declared(entry: Mapping[str, object]) -> Festival:
    (calendar,) = (name for name in CALENDARS if name in entry)
    value, before = entry[calendar], entry.get("days_before", 0)
    assert isinstance(before, int)
    one = Festival(str(entry["code"]), str(entry.get("name", "")), calendar, days_before=before)
    if isinstance(value, str):
        return replace(one, term=value)
    assert isinstance(value, Sequence)
    month, day = value
    return replace(one, month=month, day=day)


@lru_cache(maxsize=512)
def days_in(festival: Festival, year: int) -> tuple[date, ...]:
    """The days of a solar year on which a festival falls: of late lunar months it may be none, or two."""
    if festival.calendar == "solar":
        return (date(year, festival.month, festival.day),)
    if festival.calendar == "term":
        found = {day for lunar in (year - 1, year, year + 1) for day in _term_days(lunar, festival.term)}
    else:
        found = {_lunar_day(lunar, festival.month, festival.day) for lunar in (year - 1, year)}
    return tuple(sorted(day for day in found if day.year == year))


def _lunar_day(year: int, month: int, day: int) -> date:
    """The solar day of a day of the lunar year; a leap month repeats no festival."""
    from lunar_python import Lunar, LunarYear

    if day < 0:
        day += LunarYear.fromYear(year).getMonth(month).getDayCount() + 1
    return _plain(Lunar.fromYmd(year, month, day).getSolar())


def _term_days(lunar_year: int, term: str) -> list[date]:
    from lunar_python import Lunar

    table = Lunar.fromYmd(lunar_year, 6, 1).getJieQiTable()
    return [_plain(day) for name, day in table.items() if name == term]


def _plain(solar: object) -> date:
    return date(solar.getYear(), solar.getMonth(), solar.getDay())  # type: ignore[attr-defined]


def upcoming(festivals: Iterable[Festival], today: date, days: int) -> tuple[Coming, ...]:
    """The festivals from today on, as far as so many days ahead, the nearest first."""
    last = today + timedelta(days=days)
    found = [
        Coming(one, day, (day - today).days, call_day(one, day, today))
        for one in festivals
        for year in range(today.year, last.year + 1)
        for day in days_in(one, year)
        if today <= day <= last
    ]
    return tuple(sorted(found, key=lambda one: (one.day, one.festival.code)))


def call_day(festival: Festival, day: date, today: date) -> date:
    """The working day on which the calls for a festival are due; today when that has passed."""
    meant, _ = shifted(day - timedelta(days=festival.days_before), "previous")
    return max(meant, today)
