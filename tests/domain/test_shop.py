"""Figures compared: the month before, the months before the calls, whose results got better (S7)."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from deskapp.domain import shop as rules
from deskapp.domain.errors import RuleBroken
from deskapp.domain.shop import UNKNOWN, BetterClient, Change, Shop

pytestmark = pytest.mark.row("S7")

TODAY = date(2026, 11, 23)
AMOUNTS = st.integers(0, 10**12)


@pytest.mark.parametrize(
    ("now", "before", "change"),
    [
        (None, 100, UNKNOWN),
        (100, None, UNKNOWN),
        (0, 0, Change("same", 0)),
        (5, 0, Change("better", None)),
        (110, 100, Change("better", 100)),
        (88, 100, Change("worse", -120)),
        (100, 100, Change("same", 0)),
        (0, 100, Change("worse", -1000)),
        (2, 3, Change("worse", -333)),
        (4, 3, Change("better", 333)),
        (100_001, 100_000, Change("better", 0)),
    ],
)
def test_one_figure_against_another(now, before, change) -> None:
    assert rules.change(now, before) == change


@given(AMOUNTS, AMOUNTS)
def test_the_verdict_and_its_sign_agree(now, before) -> None:
    seen = rules.change(now, before)
    assert seen.verdict == ("better" if now > before else "worse" if now < before else "same")
    if seen.permille is not None and before:
        assert abs(seen.permille - (now - before) * 1000 / before) <= 0.5 + 1e-6 * abs(seen.permille)


def test_since_the_calls_began() -> None:
    figures = {date(2026, 6, 1): 900, date(2026, 8, 1): 100, date(2026, 7, 1): 300, date(2026, 10, 1): 300}
    began = date(2026, 9, 17)
    assert rules.baseline_months(began) == (date(2026, 6, 1), date(2026, 7, 1), date(2026, 8, 1))
    assert rules.baseline(figures, began) == 433
    assert rules.since_calls_began(figures, began, date(2026, 10, 1)) == Change("worse", -307)
    assert rules.since_calls_began(figures, began, date(2026, 8, 1)) == UNKNOWN, "before they began"
    assert rules.since_calls_began(figures, began, date(2026, 11, 1)) == UNKNOWN, "no figure"
    assert rules.since_calls_began(figures, None, date(2026, 10, 1)) == UNKNOWN
    assert rules.since_calls_began({date(2026, 10, 1): 5}, began, date(2026, 10, 1)) == UNKNOWN


def test_over_the_new_year() -> None:
    figures = {date(2025, 12, 1): 100, date(2026, 1, 1): 150}
    assert rules.against_month_before(figures, date(2026, 1, 1)) == Change("better", 500)


@given(st.lists(st.builds(BetterClient, st.integers(1, 99), st.just("周敏"), st.just(1), AMOUNTS, AMOUNTS)))
def test_better_off_are_those_who_grew_the_greatest_gain_first(clients) -> None:
    found = rules.better_off(clients)
    assert len(found) == sum(one.now > one.before for one in clients)
    gains = [one.now - one.before for one in found]
    assert gains == sorted(gains, reverse=True)
    assert all(gain > 0 for gain in gains)


@pytest.mark.parametrize(
    ("typed", "month"),
    [
        ("2026-10", date(2026, 10, 1)),
        ("２０２６年１０月", date(2026, 10, 1)),
        ("202609", date(2026, 9, 1)),
        ("2026/3", date(2026, 3, 1)),
        ("10", date(2026, 10, 1)),
        ("11月", date(2026, 11, 1)),
        ("12", date(2025, 12, 1)),
    ],
)
def test_a_month_as_typed(typed, month) -> None:
    assert rules.read_month(typed, TODAY) == month


@pytest.mark.parametrize("typed", ["", "13", "0", "2026-13", "十月", "abc", "2026-10-01x"])
def test_what_is_no_month(typed) -> None:
    with pytest.raises(RuleBroken, match=r"shop\.month"):
        rules.read_month(typed, TODAY)


@pytest.mark.parametrize(
    ("shop", "code"),
    [
        (Shop(name=" "), "shop.name"),
        (Shop(name="店" * 101), "shop.name_long"),
        (Shop(name="店", note="长" * 2001), "shop.note_long"),
        (Shop(name="店", began_on=date(2026, 11, 24)), "shop.began_later"),
    ],
)
def test_a_shop_that_is_none(shop, code) -> None:
    with pytest.raises(RuleBroken) as broken:
        rules.check_shop(shop, TODAY)
    assert broken.value.code == code


@pytest.mark.parametrize(
    ("month", "amount", "code"),
    [
        (date(2026, 11, 2), 1, "shop.month"),
        (date(1970, 1, 1), 1, "shop.month"),
        (date(2026, 12, 1), 1, "shop.month_to_come"),
        (date(2026, 11, 1), -1, "shop.amount"),
        (date(2026, 11, 1), rules.MOST + 1, "shop.amount"),
    ],
)
def test_a_turnover_that_cannot_be(month, amount, code) -> None:
    with pytest.raises(RuleBroken) as broken:
        rules.check_turnover(month, amount, TODAY)
    assert broken.value.code == code
