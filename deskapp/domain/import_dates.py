"""Dates and times as people type them, read into a date or a UTC instant, or refused with the reason."""

from __future__ import annotations

import re
import unicodedata
from datetime import UTC, date, datetime, timedelta
from datetime import timezone as FixedOffset
from functools import lru_cache
from typing import NamedTuple
from zoneinfo import ZoneInfo

import pendulum
from pendulum import DateTime

from deskapp.domain.errors import RuleBroken
from deskapp.domain.import_cells import Cell, clean, shown
from deskapp.domain.import_vocabulary import words

FIRST_YEAR, LAST_YEAR = 1990, 2100
"""Times outside these years are typing errors (or a register of the wrong century) and are refused."""

_EPOCH = datetime(1899, 12, 30)
_FIRST_SERIAL, _LAST_SERIAL = 32874, 73415

_YEAR, _MONTH, _DAY = "\u5e74", "\u6708", "[\u65e5\u53f7]"
_HOUR, _MINUTE, _SECOND = "[:\u65f6\u70b9]", "[:\u5206]", "\u79d2"
_NIGHT, _HALF_PAST = "\u665a", "\u70b9\u534a"
_OFFSET = r"(?P<offset>z|utc|gmt|(?:utc|gmt)?[+-]\d{2}(?::?\d{2})?)"
_PLAIN = re.compile(
    r"(\d{4})([-/.])(\d{1,2})\2(\d{1,2})"
    r"(?:[t ]+(\d{1,2}):(\d{2})(?::(\d{2})(?:[.,](\d{1,9}))?)? ?" + _OFFSET + r"?)?"
)
_DIGITS = re.compile(r"(\d{4})(\d{2})(\d{2})(?:[t ]?(\d{2}):?(\d{2}):?(\d{2})?)?")
_SERIAL = re.compile(r"\d{5}(\.\d+)?")
_HAN_DATE = re.compile(rf"(?:(\d{{4}}|\d{{2}}){_YEAR})?(\d{{1,2}}){_MONTH}(?:(\d{{1,2}}){_DAY}?)?")
_TRIPLE = re.compile(r"(\d{1,4})[-/. ](\d{1,2})[-/. ](\d{1,4})")
_PAIR = re.compile(r"(\d{1,4})[-/.](\d{1,2})")


class Moment(NamedTuple):
    """What a cell says: a wall-clock time, and the minutes east of UTC when the cell gives them."""

    wall: datetime
    offset: int | None = None


class NoYear(RuleBroken):
    """A month and a day without a year; they are kept so that a caller who knows the year can go on."""

    def __init__(self, value: str, month: int, day: int) -> None:
        super().__init__("import.date_no_year", value=value)
        self.month, self.day = month, day


def parse_date(value: Cell) -> date:
    """Read a date: true dates, serial numbers, 2024-1-6, 24.1.6, Chinese and English forms; raises RuleBroken."""
    return parse_moment(value).wall.date()


def parse_instant(value: Cell, timezone: str = "Asia/Shanghai") -> DateTime:
    """Read a time as a UTC instant; a time that names no offset is on the clocks of `timezone`."""
    if isinstance(value, str):
        return _instant_of_text(value, timezone)
    return _instant(parse_moment(value), timezone)


def parse_moment(value: Cell) -> Moment:
    """Read a cell into a wall-clock time, with its offset if it names one; raises RuleBroken import.date…"""
    if isinstance(value, str):
        return _moment_of_text(value)
    if isinstance(value, datetime):
        offset = value.utcoffset()
        minutes = None if offset is None else int(offset.total_seconds() // 60)
        return _in_range(Moment(value.replace(tzinfo=None), minutes), value)
    if isinstance(value, date):
        return _in_range(Moment(datetime(value.year, value.month, value.day)), value)
    if isinstance(value, bool) or value is None:
        raise RuleBroken("import.date", value=shown(value))
    return _moment_of_number(value)


@lru_cache(maxsize=64)
def zone(timezone: str) -> ZoneInfo:
    """The clocks of a place, or RuleBroken import.timezone."""
    try:
        return ZoneInfo(timezone)
    except (KeyError, ValueError, OSError):
        raise RuleBroken("import.timezone", timezone=timezone) from None


@lru_cache(maxsize=65536)
def _instant_of_text(text: str, timezone: str) -> DateTime:
    return _instant(_moment_of_text(text), timezone)


def _instant(moment: Moment, timezone: str) -> DateTime:
    wall, offset = moment
    local = zone(timezone) if offset is None else FixedOffset(timedelta(minutes=offset))
    utc = wall.replace(tzinfo=local).astimezone(UTC)
    return DateTime(
        *(utc.year, utc.month, utc.day, utc.hour, utc.minute, utc.second, utc.microsecond),
        tzinfo=pendulum.UTC,
    )


def _moment_of_number(value: int | float) -> Moment:
    """Read an Excel serial number, or a whole number that is YYYYMMDD."""
    if isinstance(value, int) and FIRST_YEAR * 10000 <= value <= LAST_YEAR * 10000 + 1231:
        return _moment_of_text(str(value))
    if not _FIRST_SERIAL <= value < _LAST_SERIAL + 1:
        raise RuleBroken("import.date", value=shown(value))
    days = int(value)
    milliseconds = round((value - days) * 86_400_000)
    return Moment(_EPOCH + timedelta(days=days, milliseconds=milliseconds))


@lru_cache(maxsize=65536)
def _moment_of_text(text: str) -> Moment:
    said = unicodedata.normalize("NFKC", clean(text)).lower()
    match = _PLAIN.fullmatch(said)
    if match:
        year, _, month, day, hour, minute, second, fraction, offset = match.groups()
        wall = _build(text, int(year), int(month), int(day), hour, minute, second, fraction)
        return _in_range(Moment(wall, _minutes(offset)), text)
    if len(said) > 60 or not said:
        raise RuleBroken("import.date", value=text)
    if _SERIAL.fullmatch(said):
        return _moment_of_number(float(said))
    digits = _DIGITS.fullmatch(said)
    if digits:
        year, month, day, hour, minute, second = digits.groups()
        return _in_range(Moment(_build(text, int(year), int(month), int(day), hour, minute, second)), text)
    return _in_range(_spoken(text, said), text)


def _spoken(text: str, said: str) -> Moment:
    """Read the forms that are words more than figures: weekday, date, then perhaps a time of day."""
    weekdays, time_of_day = _patterns()
    said = " ".join(weekdays.sub(" ", said).replace(_HALF_PAST, "\u70b930").split())
    match = time_of_day.search(said)
    if not match:
        year, month, day = _day_of(text, said)
        return Moment(_build(text, year, month, day))
    year, month, day = _day_of(text, said[: match.start()].rstrip(" t,"))
    hour = _hour(text, int(match["hour"]), match["before"] or match["after"] or "")
    wall = _build(text, year, month, day, hour, match["minute"], match["second"], match["fraction"])
    return Moment(wall, _minutes(match["offset"]))


@lru_cache(maxsize=1)
def _patterns() -> tuple[re.Pattern[str], re.Pattern[str]]:
    """The patterns of a weekday, and of a time of day at the end of a text."""
    said = words()["dates"]
    names = "|".join(sorted(map(re.escape, said["weekdays"]), key=len, reverse=True))
    halves = [*said["morning"], *said["afternoon"], *said["noon"]]
    half = "|".join(sorted(map(re.escape, halves), key=len, reverse=True))
    weekday = re.compile(rf"\(?(?<![a-z])(?:{names})(?![a-z])\)?[,.]?")
    clock = re.compile(
        rf"(?P<before>{half})? ?(?<!\d)(?P<hour>\d{{1,2}}) ?{_HOUR} ?"
        rf"(?:(?P<minute>\d{{1,2}}) ?(?:{_MINUTE} ?"
        rf"(?:(?P<second>\d{{1,2}})(?:\.(?P<fraction>\d{{1,9}}))?{_SECOND}?)?)?)?"
        rf" ?(?P<after>{half})? ?{_OFFSET}?$"
    )
    return weekday, clock


def _hour(text: str, hour: int, half: str) -> int:
    """Turn an hour of a half day into one of 0–23; midnight called \"12 at night\" is refused."""
    said = words()["dates"]
    if hour > 24 or not half:
        return hour
    if half in said["morning"]:
        if hour > 12:
            raise RuleBroken("import.date_impossible", value=text)
        return hour % 12
    if half.startswith(_NIGHT) and hour == 12:
        raise RuleBroken("import.date_ambiguous", value=text)
    return hour + 12 if (hour < 12 and half in said["afternoon"]) or hour < 3 else hour


def _day_of(text: str, said: str) -> tuple[int, int, int]:
    """Read the date half of a text into year, month and day."""
    said = _figures(said.strip(" ,."))
    squeezed = said.replace(" ", "")
    match = _HAN_DATE.fullmatch(squeezed)
    if match:
        return _complete(text, *match.groups())
    match = _TRIPLE.fullmatch(said)
    if match:
        return _order(text, *match.groups())
    found = _named_month(text, said)
    if found:
        return found
    match = _PAIR.fullmatch(squeezed)
    if match:
        first, second = match.groups()
        if len(first) == 4:
            raise RuleBroken("import.date_no_day", value=text)
        raise NoYear(text, int(first), int(second))
    if re.fullmatch(rf"\d{{2,4}}{_YEAR}(\d{{1,2}})?", squeezed):
        raise RuleBroken("import.date_no_day", value=text)
    raise RuleBroken("import.date", value=text)


def _complete(text: str, year: str | None, month: str, day: str | None) -> tuple[int, int, int]:
    """Check that year and day are both said."""
    if day is None:
        raise RuleBroken("import.date_no_day", value=text)
    if year is None:
        raise NoYear(text, int(month), int(day))
    return _century(int(year), len(year)), int(month), int(day)


def _order(text: str, first: str, second: str, third: str) -> tuple[int, int, int]:
    """Decide which of three figures is the year; refuse what can be read in two ways."""
    a, b, c = int(first), int(second), int(third)
    if len(first) >= 3:
        return a, b, c
    year = _century(c, len(third))
    readings = [] if len(third) < 2 else [(year, a, b), (year, b, a)]
    if len(third) <= 2:
        readings.insert(0, (_century(a, len(first)), b, c))
    valid = list(dict.fromkeys(reading for reading in readings if _exists(*reading)))
    if len(valid) == 1:
        return valid[0]
    if not valid:
        raise RuleBroken("import.date_impossible", value=text)
    if len(third) <= 2 and a > 12 and len(first) == 2:
        return valid[0]
    raise RuleBroken("import.date_ambiguous", value=text)


def _named_month(text: str, said: str) -> tuple[int, int, int] | None:
    """Read day, month and year where the month is a word: Jan 6, 2024; 06-Jan-2024; 6-1\u6708-24."""
    tokens = [token for token in re.split(r"[-/., ]+", said) if token]
    months = [place for place, token in enumerate(tokens) if _month(token)]
    if len(months) != 1 or len(tokens) > 3:
        return None
    month = _month(tokens.pop(months[0]))
    rest = [re.sub(r"(?<=\d)(st|nd|rd|th)$", "", token) for token in tokens]
    if not all(token.isdecimal() and len(token) <= 4 for token in rest) or not rest:
        return None
    if len(rest) == 1:
        if len(rest[0]) == 4 or int(rest[0]) > 31:
            raise RuleBroken("import.date_no_day", value=text)
        raise NoYear(text, month, int(rest[0]))
    day, year = (rest[1], rest[0]) if len(rest[0]) == 4 else (rest[0], rest[1])
    return _century(int(year), len(year)), month, int(day)


def _month(token: str) -> int:
    """The number of a month's name, English or a figure with its \u6708; 0 for anything else."""
    if token.endswith(_MONTH):
        figure = token[:-1]
        return int(figure) if figure.isdecimal() and 1 <= int(figure) <= 12 else 0
    names = words()["dates"]["months"] if len(token) >= 3 else ()
    return next((place for place, name in enumerate(names, 1) if name.startswith(token)), 0)


def _figures(said: str) -> str:
    """Write Chinese numerals of a date as figures: year digit by digit, month and day as numbers."""
    said = re.sub("\u5143(?=\u5e74)", "1", said)
    numerals = words()["numbers"]["digits"]
    if not any(character in numerals or character == "\u5341" for character in said):
        return said
    return re.sub("[" + "".join(numerals) + "\u5341]+", lambda run: _figure(run[0], numerals), said)


def _figure(run: str, numerals: dict[str, int]) -> str:
    tens, ten, ones = run.partition("\u5341")
    if not ten:
        return "".join(str(numerals[character]) for character in run)
    if len(tens) > 1 or len(ones) > 1 or "\u5341" in ones:
        return run
    return str((numerals[tens] if tens else 1) * 10 + (numerals[ones] if ones else 0))


def _century(year: int, figures: int) -> int:
    """Complete a year of two figures: 90–99 belong to 1900, the others to 2000."""
    return year if figures > 2 else year + (1900 if year >= 90 else 2000)


def _exists(year: int, month: int, day: int) -> bool:
    try:
        date(year, month, day)
    except ValueError:
        return False
    return True


def _build(
    text: str,
    year: int,
    month: int,
    day: int,
    hour: str | int | None = None,
    minute: str | None = None,
    second: str | None = None,
    fraction: str | None = None,
) -> datetime:
    """Put the figures together; 24:00 is the next midnight; what no calendar has is refused."""
    clock = (int(hour or 0), int(minute or 0), int(second or 0))
    microsecond = int(fraction[:6].ljust(6, "0")) if fraction else 0
    try:
        if clock == (24, 0, 0) and not microsecond:
            return datetime(year, month, day) + timedelta(days=1)
        return datetime(year, month, day, *clock, microsecond)
    except (ValueError, OverflowError):
        raise RuleBroken("import.date_impossible", value=text) from None


def _minutes(offset: str | None) -> int | None:
    """Minutes east of UTC of +08, +0800, +08:00, Z, UTC; None where nothing is said."""
    if offset is None:
        return None
    figures = offset.removeprefix("utc").removeprefix("gmt").replace(":", "").removeprefix("z")
    if not figures:
        return 0
    minutes = int(figures[1:3]) * 60 + int(figures[3:5] or 0)
    return -minutes if figures[0] == "-" else minutes


def _in_range(moment: Moment, value: object) -> Moment:
    if FIRST_YEAR <= moment.wall.year <= LAST_YEAR:
        return moment
    said = value if isinstance(value, str) else str(value)
    raise RuleBroken("import.date_range", value=said, first=FIRST_YEAR, last=LAST_YEAR)
