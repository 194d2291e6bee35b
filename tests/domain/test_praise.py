"""Praise, scores and evaluation forms: what may be stored, and a month's figures (rows A3, A4)."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from deskapp.domain.errors import RuleBroken
from deskapp.domain.praise import (
    LONGEST_WORDS,
    Evaluation,
    MonthFigures,
    Praise,
    check_praise,
    check_return,
    check_scores,
    month_after,
    month_of,
)

pytestmark = [pytest.mark.row("A3"), pytest.mark.row("A4")]

days = st.dates(date(2000, 1, 1), date(2090, 12, 31))


@given(days, st.integers(-300, 300))
def test_months_go_forth_and_back(day: date, months: int) -> None:
    month = month_of(day)
    there = month_after(month, months)
    assert there.day == 1 and month_after(there, -months) == month
    assert (there.year - month.year) * 12 + there.month - month.month == months


@pytest.mark.parametrize(("sent", "returned", "rate"), [(0, 0, None), (4, 3, 0.75), (2, 2, 1.0)])
def test_the_return_rate(sent: int, returned: int, rate: float | None) -> None:
    assert MonthFigures(sent, returned).return_rate == rate


@pytest.mark.parametrize("scores", [{"designer": 0}, {"crew": 6}, {"office": 3}, {"designer": True}])
def test_a_score_outside_the_scale_or_of_no_trade_of_a_site_is_refused(scores: dict[str, int]) -> None:
    with pytest.raises(RuleBroken):
        check_scores(scores)


@pytest.mark.parametrize("praise", [Praise(), Praise(staff_id=1, words="好" * (LONGEST_WORDS + 1))])
def test_praise_is_somebody_s_and_of_a_length_people_read(praise: Praise) -> None:
    with pytest.raises(RuleBroken):
        check_praise(praise)
    check_praise(Praise(staff_id=1, words="好"))


def test_a_form_comes_back_after_it_was_sent_and_not_tomorrow() -> None:
    sent, today = Evaluation(sent_on=date(2026, 11, 10)), date(2026, 11, 23)
    check_return(sent, date(2026, 11, 10), today)
    check_return(Evaluation(), date(2026, 1, 1), today)
    for day in (date(2026, 11, 9), date(2026, 11, 24)):
        with pytest.raises(RuleBroken):
            check_return(sent, day, today)
