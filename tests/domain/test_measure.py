"""Measures as declared, and what a figure says of itself: its value, its cases, whether it is better than before."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from deskapp.domain.errors import RuleBroken
from deskapp.domain.measure import (
    BY_CODE,
    FAMILIES,
    MEASURES,
    SLICES,
    UNITS,
    Formula,
    Line,
    Value,
    measures_of,
)
from deskapp.domain.period import UNITS as PERIODS
from deskapp.domain.period import Period, period_of
from deskapp.domain.policy import SERVICE_LEVELS

pytestmark = pytest.mark.row("R2")


def test_every_measure_is_declared_whole():
    assert len(BY_CODE) == len(MEASURES)
    for one in MEASURES:
        assert one.unit in UNITS
        assert one.family in FAMILIES
        assert set(one.slices) <= set(SLICES)
        fit = {"share": ["percent"], "count": ["count"], "mean": ["seconds", "score"], "median": ["seconds"]}
        assert one.unit in fit[one.how]
        assert bool(one.amount) == (one.how in ("mean", "median"))
        assert all(formula.top and (formula.bottom or one.how == "count") for formula in one.formulas)
        assert all(formula.code for formula in one.formulas) == (len(one.formulas) > 1)
    assert tuple(one.code for one in BY_CODE["service_level"].formulas) == SERVICE_LEVELS


def test_formulas_and_measures_by_code():
    level = BY_CODE["service_level"]
    assert level.formula() == level.formula("offered") == Formula("offered", "in_time", "offered")
    with pytest.raises(RuleBroken, match="figures.formula_unknown"):
        level.formula("best")
    assert [one.code for one in measures_of(("abandoned", "received"))] == ["received", "abandoned"]
    assert measures_of() == MEASURES
    with pytest.raises(RuleBroken, match="figures.unknown"):
        measures_of(("nonsense",))


@given(st.integers(0, 10**6), st.integers(0, 10**6))
def test_the_cases_of_a_share_are_those_counted_and_the_rest(top, more):
    value = Value(top, top + more)
    assert value.cases("top") + value.cases("rest") == value.cases("all")
    share = value.of("share")
    assert (share is None) == (top + more == 0)
    assert share is None or 0 <= share <= 100


@given(st.sampled_from(MEASURES), st.integers(0, 50), st.integers(0, 50))
def test_better_is_what_the_measure_wants(measure, now, before):
    make = lambda top: Value(top, 50, float(top))  # noqa: E731
    line = Line(measure, measure.formula(), make(now), make(before))
    assert line.change == pytest.approx((line.value or 0) - (line.earlier or 0))
    if measure.higher is None or now == before:
        assert line.better is None
    else:
        assert line.better is ((now > before) == measure.higher)
    nothing = Line(measure, measure.formula(), make(now), Value())
    assert nothing.better is None or measure.how == "count"


@given(
    st.sampled_from([unit for unit in PERIODS if unit != "days"]),
    st.dates(date(2000, 1, 1), date(2060, 1, 1)),
    st.sampled_from(["Asia/Shanghai", "Europe/Berlin", "America/Sao_Paulo", "Asia/Beirut"]),
)
def test_periods_meet_at_one_instant_in_every_zone(unit, day, zone):
    """Daylight saving may take an hour or midnight itself: nothing falls between two periods, or into both."""
    period: Period = period_of(unit, day)
    since, until = period.bounds(zone)
    assert period.before().bounds(zone)[1] == since < until == period.after().bounds(zone)[0]
    assert abs((until - since).total_seconds() - 86_400 * period.days) <= 2 * 3600
