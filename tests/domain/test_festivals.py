"""Festivals by the sun and by the moon, against the calendar people have on the wall."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from deskapp.domain.calendar import day_kind
from deskapp.domain.festivals import Festival, call_day, days_in, read_festivals, upcoming
from deskapp.services.company import defaults

pytestmark = pytest.mark.row("F5")

FESTIVALS = {one.code: one for one in read_festivals(defaults("festivals")["festival"])}

KNOWN = {
    "spring": ["2024-02-10", "2025-01-29", "2026-02-17", "2027-02-06", "2028-01-26"],
    "eve": ["2024-02-09", "2025-01-28", "2026-02-16", "2027-02-05", "2028-01-25"],
    "lantern": ["2024-02-24", "2025-02-12", "2026-03-03", "2027-02-20", "2028-02-09"],
    "qingming": ["2024-04-04", "2025-04-04", "2026-04-05", "2027-04-05", "2028-04-04"],
    "dragon_boat": ["2024-06-10", "2025-05-31", "2026-06-19", "2027-06-09", "2028-05-28"],
    "double_seventh": ["2024-08-10", "2025-08-29", "2026-08-19", "2027-08-08", "2028-08-26"],
    "mid_autumn": ["2024-09-17", "2025-10-06", "2026-09-25", "2027-09-15", "2028-10-03"],
    "double_ninth": ["2024-10-11", "2025-10-29", "2026-10-18", "2027-10-08", "2028-10-26"],
    "winter_solstice": ["2024-12-21", "2025-12-21", "2026-12-22", "2027-12-22", "2028-12-21"],
    "little_new_year": ["2024-02-02", "2025-01-22", "2026-02-10", "2027-01-30", "2028-01-19"],
    "new_year": ["2024-01-01", "2025-01-01", "2026-01-01", "2027-01-01", "2028-01-01"],
    "national": ["2024-10-01", "2025-10-01", "2026-10-01", "2027-10-01", "2028-10-01"],
}


@pytest.mark.parametrize("code", KNOWN)
def test_days_that_are_known(code: str) -> None:
    found = [days_in(FESTIVALS[code], year) for year in range(2024, 2029)]
    assert found == [(date.fromisoformat(day),) for day in KNOWN[code]]


def test_a_festival_of_late_lunar_months_may_come_twice_or_not_at_all() -> None:
    laba = FESTIVALS["laba"]
    assert [str(day) for day in days_in(laba, 2025)] == ["2025-01-07"]
    assert [str(day) for day in days_in(laba, 2026)] == ["2026-01-26"]
    counted = [len(days_in(laba, year)) for year in range(2000, 2060)]
    assert {0, 1, 2} == set(counted)
    assert sum(counted) in (59, 60, 61)


def test_the_eve_is_the_day_before_whether_the_month_has_29_days_or_30() -> None:
    lengths = set()
    for year in range(2000, 2060):
        (spring,) = days_in(FESTIVALS["spring"], year)
        (eve,) = days_in(FESTIVALS["eve"], year)
        assert eve == spring - timedelta(days=1)
        (little,) = (
            day for near in (year - 1, year) for day in days_in(FESTIVALS["little_new_year"], near)
            if 0 < (eve - day).days < 10
        )  # fmt: skip
        lengths.add((eve - little).days)
    assert lengths == {6, 7}


def test_a_leap_month_repeats_nothing() -> None:
    sixth = Festival("sixth", "", "lunar", 6, 6)
    assert [str(day) for day in days_in(sixth, 2025)] == ["2025-06-30"]
    fifth = FESTIVALS["dragon_boat"]
    assert len(days_in(fifth, 2028)) == len(days_in(fifth, 2009)) == 1


def test_what_comes_next_with_days_left() -> None:
    today = date(2026, 11, 23)
    found = upcoming(FESTIVALS.values(), today, 100)
    assert [(one.festival.code, str(one.day), one.left) for one in found] == [
        ("winter_solstice", "2026-12-22", 29),
        ("new_year", "2027-01-01", 39),
        ("laba", "2027-01-15", 53),
        ("little_new_year", "2027-01-30", 68),
        ("eve", "2027-02-05", 74),
        ("spring", "2027-02-06", 75),
        ("lantern", "2027-02-20", 89),
    ]
    assert [one.left for one in upcoming(FESTIVALS.values(), date(2026, 2, 17), 0)] == [0]


def test_calls_are_due_on_the_working_day_before() -> None:
    mid_autumn, national = FESTIVALS["mid_autumn"], FESTIVALS["national"]
    assert str(call_day(mid_autumn, date(2026, 9, 25), date(2026, 9, 1))) == "2026-09-24"
    assert str(call_day(national, date(2026, 10, 1), date(2026, 9, 1))) == "2026-09-30"
    assert str(call_day(national, date(2026, 10, 1), date(2026, 10, 1))) == "2026-10-01", "too late for that"


@given(
    st.sampled_from(sorted(FESTIVALS)),
    st.dates(date(2020, 1, 1), date(2090, 12, 31)),
    st.integers(0, 800),
)
def test_what_comes_lies_ahead_in_order_and_nothing_is_left_out(code: str, today: date, days: int) -> None:
    one = FESTIVALS[code]
    found = upcoming([one], today, days)
    assert all(0 <= coming.left <= days and today <= coming.call_on for coming in found)
    assert [coming.day for coming in found] == sorted({coming.day for coming in found})
    assert len(found) >= days // 390
    for coming in found:
        assert coming.call_on <= coming.day
        assert coming.call_on == today or day_kind(coming.call_on).working


@pytest.mark.parametrize("entry", [{"code": "x"}, {"code": "x", "solar": [1, 1], "lunar": [1, 1]}])
def test_a_festival_falls_on_one_kind_of_day(entry) -> None:
    with pytest.raises(ValueError, match="unpack"):
        read_festivals([entry])
