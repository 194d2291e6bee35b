"""The vital few, what is new and what grows, hours folded from instants, clients lost counted once."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from deskapp.domain.period import period_of
from deskapp.domain.problem_analysis import (
    UNKNOWN,
    Lost,
    Measures,
    backwards,
    elapsed,
    fold,
    in_order,
    last_months,
    one_each,
    pareto,
    trend_of,
    turned_to,
)

pytestmark = pytest.mark.row("R3")
COUNTS = st.dictionaries(st.sampled_from(["", *"abcdefghij"]), st.integers(0, 60), max_size=11)


@given(COUNTS, COUNTS, st.integers(1, 100))
def test_a_pareto_loses_nothing_and_its_vital_few_are_the_fewest(counts, before, percent):
    bars = pareto(counts, before, Measures(vital_percent=percent))
    total = sum(counts.values())
    assert {bar.value: bar.count for bar in bars} == {name: count for name, count in counts.items() if count}
    known = [bar for bar in bars if bar.value != UNKNOWN]
    assert [bar.count for bar in known] == sorted((bar.count for bar in known), reverse=True)
    assert UNKNOWN not in [bar.value for bar in bars[:-1]]
    assert not bars or bars[-1].cumulative == pytest.approx(100)
    vital = [bar for bar in bars if bar.vital]
    assert vital == known[: len(vital)]
    reached = sum(bar.count for bar in vital) * 100
    assert reached >= percent * total or len(vital) == len(known)
    assert not vital or reached - vital[-1].count * 100 < percent * total
    for bar in bars:
        assert bar.before == before.get(bar.value, 0)
        if bar.trend == "new":
            assert bar.before == 0 and any(before.values())


@pytest.mark.parametrize(("count", "before", "trend"), [
    (0, 0, ""), (0, 4, ""), (1, 0, "new"), (9, 0, "new"),
    (2, 1, ""), (3, 1, "growing"), (3, 2, "growing"), (3, 3, ""), (4, 3, ""), (5, 3, "growing"),
    (14, 10, ""), (15, 10, "growing"),
])  # fmt: skip
def test_new_is_none_before_and_growing_at_least_three_and_half_as_many_again(count, before, trend):
    assert trend_of("leak", count, before, Measures()) == trend
    assert trend_of(UNKNOWN, count, before, Measures()) == ""


def test_with_nothing_before_nothing_is_called_new():
    assert [bar.trend for bar in pareto({"a": 5, "b": 1}, {})] == ["", ""]
    assert [bar.trend for bar in pareto({"a": 5, "b": 1}, {"z": 1})] == ["new", "new"]


def test_months_stay_in_their_order_and_empty_ones_stay():
    bars = in_order({"2026-01": 0, "2026-02": 3, "2026-03": 1}, {"2026-02": 2})
    assert [(bar.value, bar.count, bar.before, bar.cumulative) for bar in bars] == [
        ("2026-01", 0, 0, 0.0), ("2026-02", 3, 2, 75.0), ("2026-03", 1, 0, 100.0)]  # fmt: skip
    assert in_order({"2026-01": 0}, {})[0].share == 0.0


@pytest.mark.row("R4")
@settings(max_examples=60)
@given(
    st.sampled_from(
        ["Asia/Shanghai", "America/New_York", "Europe/London", "Asia/Kathmandu", "Australia/Lord_Howe"]
    ),
    st.lists(st.datetimes(datetime(2026, 1, 1), datetime(2027, 1, 1)), max_size=40),
)
def test_folding_quarters_of_an_hour_puts_every_instant_where_its_clock_stood(zone, instants):
    quarters: dict[int, int] = {}
    expected = [[0] * 24 for _ in range(7)]
    for naive in instants:
        at = naive.replace(tzinfo=UTC)
        quarter = int(at.timestamp()) // 900
        quarters[quarter] = quarters.get(quarter, 0) + 1
        local = at.astimezone(ZoneInfo(zone))
        expected[local.weekday()][local.hour] += 1
    assert fold(quarters.items(), zone) == tuple(map(tuple, expected))


@pytest.mark.row("R4")
def test_the_hour_that_comes_twice_counts_twice_and_the_lost_one_never():
    """New York goes back on Sunday 2026-11-01 at 02:00 and forward on Sunday 2026-03-08."""
    back = datetime(2026, 11, 1, 4, tzinfo=UTC)
    quarters = [(int((back + timedelta(minutes=15 * n)).timestamp()) // 900, 1) for n in range(4 * 25)]
    assert fold(quarters, "America/New_York")[6] == (4, 8, *[4] * 22)
    forward = datetime(2026, 3, 8, 5, tzinfo=UTC)
    quarters = [(int((forward + timedelta(minutes=15 * n)).timestamp()) // 900, 1) for n in range(4 * 23)]
    assert fold(quarters, "America/New_York")[6] == (4, 4, 0, *[4] * 21)


def test_periods_backwards_follow_one_another():
    november = period_of("month", date(2026, 11, 23))
    assert [one.code for one in backwards(november, 3)] == ["2026-09", "2026-10", "2026-11"]
    assert [one.code for one in last_months(period_of("quarter", date(2026, 11, 23)), 2)] == [
        "2026-11",
        "2026-12",
    ]
    assert turned_to(november, "week", date(2026, 11, 23)).code == "2026-W48"
    assert turned_to(november, "week", date(2026, 12, 23)).code == "2026-W49"
    assert [elapsed(november, day) for day in (date(2026, 10, 31), date(2026, 11, 23), date(2027, 1, 1))] == [
        0,
        23,
        30,
    ]


def test_a_client_is_lost_once_a_site_and_by_what_says_most():
    day = date(2026, 11, 3)
    refunded = Lost("refunded", day, 1, site_id=7, reason="不做了")
    cancelled = Lost("cancelled", day + timedelta(1), 1, site_id=7)
    other = Lost("cancelled", day, 2, site_id=8)
    talks = [Lost("talk", day, 3, number="TD1"), Lost("talk", day, 3, number="TD2")]
    withdrawn = Lost("withdrawn", day, 1, site_id=7, ticket_id=5)
    found = one_each([cancelled, withdrawn, *talks, other, refunded])
    assert set(found) == {refunded, other, *talks, withdrawn}
