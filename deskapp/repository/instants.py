"""Instants as both databases keep them: whole microseconds since 1970, in UTC."""

from __future__ import annotations

from datetime import UTC as PLAIN_UTC
from datetime import datetime, timedelta
from functools import lru_cache

from pendulum import UTC, DateTime

MILLION = 1_000_000
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def to_micros(instant: datetime) -> int:
    """Write an aware instant as whole microseconds since 1970; a naive one is an error."""
    if instant.tzinfo is None:
        raise ValueError(f"an instant needs a zone: {instant!r}")
    since: timedelta = datetime.__sub__(instant, _EPOCH)
    return (since.days * 86_400 + since.seconds) * MILLION + since.microseconds


@lru_cache(maxsize=2_048)
def from_micros(micros: int) -> DateTime:
    """Read microseconds since 1970 as a UTC instant; the same few are read again at every key typed."""
    seconds, rest = divmod(micros, MILLION)
    instant = datetime.fromtimestamp(seconds, PLAIN_UTC)  # pendulum's answers ten times slower
    return DateTime(
        instant.year,
        instant.month,
        instant.day,
        instant.hour,
        instant.minute,
        instant.second,
        rest,
        tzinfo=UTC,
    )


BEGINNING = DateTime(1, 1, 1, tzinfo=UTC)
"""The first instant there is: a bound for questions that ask for no other."""
