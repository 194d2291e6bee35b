"""Designers in figures: rates and the days they are counted over (S4)."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from deskapp.domain.designer import SPANS, DesignerFigures, check_span, span_of, total
from deskapp.domain.errors import RuleBroken

pytestmark = pytest.mark.row("S4")
DAYS = st.dates(date(2000, 1, 1), date(2080, 12, 31))


@pytest.mark.parametrize(
    ("talks", "deposits", "rate"), [(0, 0, None), (0, 2, None), (4, 1, 0.25), (2, 3, 1.5)]
)
def test_the_rate_is_deposits_by_talks(talks: int, deposits: int, rate) -> None:
    assert DesignerFigures(talks=talks, deposits=deposits).rate == rate


@given(
    st.lists(st.builds(DesignerFigures, talks=st.integers(0, 50), deposits=st.integers(0, 50)), max_size=9)
)
def test_all_together_are_the_sum(rows) -> None:
    assert (total(rows).talks, total(rows).deposits) == (
        sum(one.talks for one in rows),
        sum(one.deposits for one in rows),
    )


@given(DAYS, st.sampled_from(sorted(SPANS)), st.integers(-20, 20))
def test_spans_hold_their_day_and_meet_without_a_gap(day: date, span: str, by: int) -> None:
    first, last = span_of(day, span)
    assert first <= day <= last and first.day == 1
    there = span_of(day, span, by)
    assert span_of(there[0], span, -by) == (first, last)
    assert span_of(day, span, 1)[0] == last + timedelta(days=1)


@pytest.mark.parametrize(("span", "wanted"), [
    ("month", (date(2026, 11, 1), date(2026, 11, 30))),
    ("quarter", (date(2026, 10, 1), date(2026, 12, 31))),
    ("year", (date(2026, 1, 1), date(2026, 12, 31))),
])  # fmt: skip
def test_a_span_by_its_name(span: str, wanted) -> None:
    assert span_of(date(2026, 11, 23), span) == wanted


def test_days_must_be_there_and_in_order() -> None:
    day = date(2026, 11, 1)
    assert check_span(day, day) == (day, day)
    for first, last in ((None, day), (day, None), (day, day - timedelta(days=1))):
        with pytest.raises(RuleBroken):
            check_span(first, last)
