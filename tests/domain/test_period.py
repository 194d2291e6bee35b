"""Periods of the company's days."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from deskapp.domain.errors import RuleBroken
from deskapp.domain.period import UNITS, days_between, period_of, read_period

pytestmark = [pytest.mark.row("R1"), pytest.mark.row("R2")]

DAYS = st.dates(date(1990, 1, 5), date(2090, 12, 1))
WHOLE = st.sampled_from([unit for unit in UNITS if unit != "days"])


@given(WHOLE, DAYS)
def test_a_day_lies_in_its_period_and_periods_follow_without_a_gap(unit, day):
    period = period_of(unit, day)
    assert period.first <= day <= period.last
    assert period.after().first == period.last + timedelta(1)
    assert period.before().last == period.first - timedelta(1)
    assert period.after().before() == period
    assert period_of(unit, period.first) == period_of(unit, period.last) == period


@given(WHOLE, DAYS)
def test_what_is_written_is_read_again(unit, day):
    assert read_period(period_of(unit, day).code) == period_of(unit, day)


@given(DAYS, st.integers(0, 400))
def test_any_days_are_followed_by_as_many(first, more):
    period = days_between(first, first + timedelta(more))
    assert period.before().days == period.after().days == period.days
    assert period.after().before() == period == read_period(period.code)


@pytest.mark.parametrize(
    ("code", "first", "last"),
    [
        ("2026-W48", date(2026, 11, 23), date(2026, 11, 29)),
        ("2026-W01", date(2025, 12, 29), date(2026, 1, 4)),
        ("2024-02", date(2024, 2, 1), date(2024, 2, 29)),
        ("2026-Q4", date(2026, 10, 1), date(2026, 12, 31)),
        ("2026-12", date(2026, 12, 1), date(2026, 12, 31)),
    ],
)
def test_periods_people_know(code, first, last):
    period = read_period(code)
    assert (period.first, period.last, period.code) == (first, last, code)


@pytest.mark.parametrize(
    "typed", ["", "2026", "2026-13", "2026-W60", "2026-Q5", "昨天", "2026-11-25..2026-11-01"]
)
def test_what_is_no_period_is_refused(typed):
    with pytest.raises(RuleBroken):
        read_period(typed)


def test_a_day_the_clocks_change_is_an_hour_shorter():
    spring = period_of("day", date(2026, 3, 29)).bounds("Europe/Berlin")
    assert (spring[1] - spring[0]).total_hours() == 23
