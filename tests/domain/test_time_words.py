"""Deadlines as people type them: a day alone ends at its last minute, +3 counts days of the company."""

from __future__ import annotations

import pendulum
import pytest
from hypothesis import given
from hypothesis import strategies as st

from deskapp.domain.time_words import day_end, read_deadline

pytestmark = [pytest.mark.row("F4"), pytest.mark.row("T2")]

NOW = pendulum.datetime(2026, 11, 23, 1, 42, 10)
ZONE = "Asia/Shanghai"


@pytest.mark.parametrize(
    ("typed", "local"),
    [
        ("+0", "2026-11-23 23:59"),
        ("+3", "2026-11-26 23:59"),
        ("25", "2026-11-25 23:59"),
        ("11-25", "2026-11-25 23:59"),
        ("2026-12-01", "2026-12-01 23:59"),
        ("11-25 18:00", "2026-11-25 18:00"),
        ("18:00", "2026-11-23 18:00"),
        (" 2026-11-26 23:59 ", "2026-11-26 23:59"),
        ("1-5", "2027-01-05 23:59"),
    ],
)
def test_deadlines_as_they_are_typed(typed: str, local: str) -> None:
    read = read_deadline(typed, NOW, ZONE)
    assert read is not None and read.in_timezone(ZONE).format("YYYY-MM-DD HH:mm") == local


@pytest.mark.parametrize("typed", ["", "soon", "2026-11-01", "32", "13-45", "25:00"])
def test_what_cannot_be_read_or_is_past_is_none(typed: str) -> None:
    assert read_deadline(typed, NOW, ZONE) is None


@given(
    st.integers(0, 400),
    st.datetimes(pendulum.datetime(2020, 1, 1).naive(), pendulum.datetime(2035, 1, 1).naive()),
)
def test_so_many_days_on_is_that_day_of_the_company_s(days: int, at) -> None:
    now = pendulum.instance(at, tz="UTC")
    end = day_end(now, days, ZONE).in_timezone(ZONE)
    assert (end.date() - now.in_timezone(ZONE).date()).days == days
    assert (end.hour, end.minute) == (23, 59)
