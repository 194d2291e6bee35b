"""Times as people type them at a desk: 10:30, 1030, 14, 25 10:00, 11-25 10:00, +30; deadlines: 25, 11-25, +3."""

from __future__ import annotations

import re
from datetime import date, timedelta

from pendulum import UTC, DateTime, timezone

_PLUS = re.compile(r"\+(\d{1,4})")
_CLOCK = re.compile(r"(\d{1,2})[:\uff1a.](\d{2})|(\d{1,2})(\d{2})|(\d{1,2})")
_DAY = re.compile(r"(?:(?:(\d{4})[-/.])?(\d{1,2})[-/.])?(\d{1,2})")


def read_time(typed: str, now: DateTime, zone: str) -> DateTime | None:
    """Read a time to come, in the company's zone; None when it cannot be read or is not to come.

    A time alone is today's, or tomorrow's when it is past; +30 is in thirty minutes; a day may stand before.
    """
    typed = typed.strip()
    if plus := _PLUS.fullmatch(typed):
        return now.add(minutes=int(plus[1])) if int(plus[1]) else None
    local = now.in_timezone(timezone(zone))
    day, _, clock = typed.rpartition(" ")
    hour, minute = _clock(clock)
    if hour is None or minute is None:
        return None
    if not day:
        at = local.set(hour=hour, minute=minute, second=0, microsecond=0)
        return _to_come(at if at > local else at.add(days=1), now)
    return _on_day(day.strip(), local, hour, minute, now)


def day_end(now: DateTime, days: int, zone: str) -> DateTime:
    """The last minute of the company's day some days from now: a deadline given in days."""
    local = now.in_timezone(timezone(zone)).add(days=days)
    return local.set(hour=23, minute=59, second=0, microsecond=0).in_timezone(UTC)


def read_deadline(typed: str, now: DateTime, zone: str) -> DateTime | None:
    """Read a deadline, in the company's zone; None when it cannot be read or is not to come.

    A day alone ends at its last minute; +3 is the end of the day in three days; else as `read_time` reads it.
    """
    typed = typed.strip()
    if plus := _PLUS.fullmatch(typed):
        return day_end(now, int(plus[1]), zone)
    if _DAY.fullmatch(typed):
        return _on_day(typed, now.in_timezone(timezone(zone)), 23, 59, now)
    return read_time(typed, now, zone)


def read_day(typed: str, today: date) -> date | None:
    """Read a day near today: t is today, +3 and -3 count from it, 11-25 is this year's; None for anything else."""
    typed = typed.strip().lower()
    if typed == "t":
        return today
    try:
        if found := re.fullmatch(r"([+-])(\d{1,4})", typed):
            return today + timedelta(days=int(found[1] + found[2]))
        if found := re.fullmatch(r"(\d{1,2})[-/.](\d{1,2})", typed):
            return date(today.year, int(found[1]), int(found[2]))
    except (ValueError, OverflowError):
        return None
    return None


def _clock(text: str) -> tuple[int | None, int | None]:
    found = _CLOCK.fullmatch(text)
    if not found:
        return None, None
    hour = int(found[1] or found[3] or found[5])
    minute = int(found[2] or found[4] or 0)
    return (hour, minute) if hour < 24 and minute < 60 else (None, None)


def _on_day(day: str, local: DateTime, hour: int, minute: int, now: DateTime) -> DateTime | None:
    found = _DAY.fullmatch(day)
    if not found:
        return None
    year, month = int(found[1] or local.year), int(found[2] or local.month)
    try:
        at = local.set(
            year=year, month=month, day=int(found[3]), hour=hour, minute=minute, second=0, microsecond=0
        )
    except ValueError:
        return None
    if at <= local and not found[1]:
        at = at.add(years=1) if found[2] else at.add(months=1)
    return _to_come(at, now)


def _to_come(at: DateTime, now: DateTime) -> DateTime | None:
    return at.in_timezone(UTC) if at > now else None
