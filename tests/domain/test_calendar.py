"""China's working days against the published list, and the hours of a day against what people type."""

import csv
from datetime import date
from pathlib import Path

import pendulum
import pytest
from hypothesis import given
from hypothesis import strategies as st

from deskapp import i18n
from deskapp.domain.calendar import BusinessHours, day_kind, open_spans, years_published
from deskapp.domain.errors import RuleBroken

PUBLISHED = Path(__file__).parents[3] / "shared" / "data" / "workdays" / "workdays_2024-2026.csv"

times = st.lists(st.integers(0, 1440), min_size=2, max_size=12, unique=True).map(sorted)
windows = times.map(lambda found: tuple(zip(found[::2], found[1::2], strict=False)))


def published_days():
    if not PUBLISHED.is_file():
        pytest.skip(f"the published list of workdays is not here: {PUBLISHED}")
    with PUBLISHED.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


@pytest.mark.row("T4")
def test_every_published_day_agrees_with_the_state_council():
    rows = published_days()
    wrong = []
    for row in rows:
        kind = day_kind(date.fromisoformat(row["date"]))
        names = row["holiday_name"].split("、")
        named = i18n.area("zh", "policy")[f"policy.holiday.{kind.holiday}"] if kind.holiday else ""
        if (kind.working, kind.published) != (row["is_workday"] == "1", True) or named not in names:
            wrong.append((row, kind))
    assert len(rows) == 1096
    assert wrong == []


@pytest.mark.row("T4")
@pytest.mark.parametrize(
    ("day", "working", "holiday", "makeup"),
    [
        ("2024-02-04", True, "spring_festival", True),
        ("2024-02-10", False, "spring_festival", False),
        ("2024-02-18", True, "spring_festival", True),
        ("2024-03-02", False, "", False),
        ("2024-03-04", True, "", False),
        ("2025-10-06", False, "mid_autumn_festival", False),
        ("2026-01-01", False, "new_years_day", False),
    ],
)
def test_kinds_of_day(day, working, holiday, makeup):
    kind = day_kind(date.fromisoformat(day))
    assert (kind.working, kind.holiday, kind.makeup) == (working, holiday, makeup)


@pytest.mark.row("T4")
@given(st.dates())
def test_any_date_has_a_kind_and_unpublished_years_assume_monday_to_friday(day):
    kind = day_kind(day)
    assert kind.published == (day.year in years_published())
    if not kind.published:
        assert (kind.working, kind.holiday) == (day.weekday() < 5, "")


def test_an_instant_counts_as_its_own_date():
    assert day_kind(pendulum.datetime(2024, 2, 4, 23, 59)).makeup


def test_every_holiday_has_words_in_both_languages():
    import chinese_calendar

    codes = {f"policy.holiday.{each.name}" for each in chinese_calendar.Holiday}
    assert codes <= set(i18n.area("zh", "policy"))
    assert codes <= set(i18n.area("en", "policy"))


@given(windows)
def test_hours_written_are_read_back_the_same(found):
    hours = BusinessHours(found)
    assert BusinessHours.parse(hours.text()) == hours
    assert hours.day_seconds == 60 * sum(end - start for start, end in found)


@pytest.mark.parametrize(
    "text",
    [
        "09:00-12:00,13:30-18:00",
        " 9:00 - 12:00 , 13:30 - 18:00 ",
        "13:30-18:00,09:00-12:00",
        "09：00－12：00，13：30～18：00",
        "９:００至12:00、13:30到18:00",
        "09:00–12:00;13:30—18:00",
    ],
)
def test_hours_as_people_type_them(text):
    assert BusinessHours.parse(text) == BusinessHours(((540, 720), (810, 1080)), "Asia/Shanghai")


def test_a_day_may_end_at_midnight_and_windows_may_touch():
    assert BusinessHours.parse("00:00-12:00,12:00-24:00").windows == ((0, 720), (720, 1440))


@pytest.mark.parametrize(
    "text",
    [
        "",
        " ",
        ",",
        "closed",
        "09:00",
        "9-18",
        "18:00-09:00",
        "09:00-09:00",
        "09:00-12:00,11:59-18:00",
        "09:00-18:00,10:00-11:00",
        "09:00-12:00,",
        "09:60-12:00",
        "09:00-12:60",
        "09:00-24:01",
        "25:00-26:00",
        "-09:00-12:00",
        "09:00-12:00-13:00",
    ],
)
def test_nonsense_hours_are_refused_with_what_was_typed(text):
    with pytest.raises(RuleBroken) as broken:
        BusinessHours.parse(text)
    assert (broken.value.code, broken.value.facts) == ("policy.hours", {"value": text})


@given(st.text(alphabet="0123456789:-, ：，至x", max_size=30))
def test_no_text_does_worse_than_break_the_rule(text):
    try:
        hours = BusinessHours.parse(text)
    except RuleBroken:
        return
    assert BusinessHours.parse(hours.text()) == hours


@pytest.mark.parametrize(
    "windows",
    [(), ((720, 540),), ((540, 1441),), ((-60, 60),), ((810, 1080), (540, 720)), ((0, 61), (60, 90))],
)
def test_impossible_windows_cannot_be_built(windows):
    with pytest.raises(RuleBroken, match=r"policy\.hours"):
        BusinessHours(windows)


@pytest.mark.parametrize("zone", ["", "Asia", "Asia/Nowhere", "../etc/passwd"])
def test_an_unknown_zone_is_refused(zone):
    with pytest.raises(RuleBroken, match=r"policy\.timezone"):
        BusinessHours(((540, 720),), zone)


def test_open_spans_are_shanghai_hours_and_none_on_a_holiday():
    hours = BusinessHours.parse("09:00-12:00,13:30-18:00")
    at = lambda text: pendulum.parse(text, tz="Asia/Shanghai").int_timestamp * 1_000_000  # noqa: E731
    assert open_spans(hours, date(2024, 2, 4)) == (
        (at("2024-02-04T09:00"), at("2024-02-04T12:00")),
        (at("2024-02-04T13:30"), at("2024-02-04T18:00")),
    )
    assert open_spans(hours, date(2024, 2, 10)) == ()


@given(
    windows,
    st.sampled_from(["Africa/Cairo", "Asia/Shanghai"]),
    st.dates(date(2024, 1, 1), date(2026, 12, 31)),
)
def test_spans_stay_in_order_where_clocks_are_changed(found, zone, day):
    spans = open_spans(BusinessHours(found, zone), day)
    edges = [edge for span in spans for edge in span]
    assert edges == sorted(edges)
    assert all(begin < end for begin, end in spans)


def test_an_hour_that_daylight_saving_skips_is_not_counted_twice():
    night = BusinessHours.parse("00:00-00:30,01:00-02:00", "Africa/Cairo")
    one = pendulum.datetime(2026, 4, 24, 1, tz="Africa/Cairo").int_timestamp * 1_000_000
    spans = open_spans(night, date(2026, 4, 24))  # a Friday whose first hour does not exist in Cairo
    assert (spans[0][0], spans[-1][1]) == (one, one + 3600 * 1_000_000)
    assert sum(end - start for start, end in spans) == 3600 * 1_000_000
