"""The score of a month: what adds and takes points, what is left out, places with ties (row A2)."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from deskapp.domain import appraisal as rules
from deskapp.domain.appraisal import DEFAULT_WEIGHTS, ITEMS, RATED, AppraisalRow, Figure
from deskapp.domain.errors import RuleBroken
from deskapp.domain.policy import Policy

pytestmark = pytest.mark.row("A2")

counts = st.integers(0, 60)


@st.composite
def months(draw) -> dict[str, Figure]:
    """A person's month, consistent in itself."""
    found = {item: Figure(draw(counts)) for item in ("complaints", "responsible", "repeats", "praises")}
    for item in RATED:
        scores = draw(st.lists(st.integers(1, 5), max_size=12))
        found[item] = Figure(len(scores), sum(scores))
    due = draw(counts)
    found["timeliness"] = Figure(due, draw(st.integers(0, due)))
    found["penalties"] = Figure(draw(counts), -draw(st.integers(0, 300_000)))
    found["rewards"] = Figure(draw(counts), draw(st.integers(0, 300_000)))
    return found | {"sites": Figure(draw(counts))}


weights = st.fixed_dictionaries(
    {name: st.integers(0, 40).map(float) for name in DEFAULT_WEIGHTS}
    | {"neutral": st.integers(1, 5), "base": st.just(100), "floor": st.just(0), "cap": st.just(120)}
)


def score(figures, of=DEFAULT_WEIGHTS) -> int:
    found = rules.scored(AppraisalRow(1, figures=figures), of).score
    assert found is not None
    return found


def busy(figures):
    return figures | {"sites": Figure(1)}


@pytest.mark.parametrize(
    ("item", "figure", "points"),
    [
        ("complaints", Figure(3), -600),
        ("responsible", Figure(2), -600),
        ("repeats", Figure(1), -300),
        ("calls", Figure(), None),
        ("calls", Figure(2, 9), 200),
        ("evaluations", Figure(1, 2), -1200),
        ("repairs", Figure(1, 4), 0),
        ("praises", Figure(2), 400),
        ("praises", Figure(9), 1000),
        ("penalties", Figure(1, -20_000), -400),
        ("penalties", Figure(1, 20_000), 400),
        ("rewards", Figure(1, 10_000), 100),
        ("timeliness", Figure(), None),
        ("timeliness", Figure(4, 3), -250),
        ("sites", Figure(7), None),
    ],
)
def test_what_an_item_is_worth(item, figure, points) -> None:
    assert rules.points(item, figure, DEFAULT_WEIGHTS) == points


@given(months(), weights, st.sampled_from(("complaints", "responsible", "repeats")))
def test_more_complaints_never_raise_a_score(figures, of, item) -> None:
    more = figures | {item: Figure(figures[item].count + 1)}
    assert score(busy(more), of) <= score(busy(figures), of)


@given(months(), weights, st.sampled_from(RATED), st.integers(1, 5))
def test_a_better_mean_never_lowers_it_and_a_missing_one_is_no_zero(figures, of, item, least) -> None:
    low, high = figures | {item: Figure(3, 3 * least)}, figures | {item: Figure(3, 3 * min(5, least + 1))}
    assert score(busy(low), of) <= score(busy(high), of)
    without = busy(figures | {item: Figure()})
    assert score(without, of) == score(without, {**of, item: 40.0}), "its weight is left out"


@given(months(), weights)
def test_it_stays_between_floor_and_cap_and_is_the_sum_of_what_is_shown(figures, of) -> None:
    row = rules.scored(AppraisalRow(1, figures=busy(figures)), of)
    shown = 10_000 + sum(points or 0 for points in row.points.values())
    assert row.score == max(0, min(12_000, shown))


@given(months(), weights, st.sampled_from(ITEMS[:-1]))
def test_points_scale_with_their_weight(figures, of, item) -> None:
    once, twice = (rules.points(item, figures[item], {**of, item: n, "praises_most": 1000}) for n in (5, 10))
    assert (once is None) == (twice is None)
    assert once is None or abs(twice - 2 * once) <= 1


def test_places_are_among_the_trade_with_ties_and_nobody_without_data() -> None:
    def row(staff_id, trade, complaints):
        figures = {} if complaints is None else {"complaints": Figure(complaints), "sites": Figure(1)}
        return rules.scored(AppraisalRow(staff_id, trade=trade, figures=figures), DEFAULT_WEIGHTS)

    rows = [row(1, "designer", 2), row(2, "designer", 0), row(3, "designer", 2), row(4, "designer", 5)]
    rows += [row(5, "supervisor", 9), row(6, "supervisor", None)]
    assert [one.place for one in rules.placed(rows)] == [2, 1, 2, 4, 1, None]


def test_what_is_kept_is_read_back() -> None:
    kept = rules.frozen({"calls": [(7, 5), (9, 4)]})
    assert rules.kept_figures(kept)["calls"] == Figure(2, 9)
    assert rules.kept_ids(kept, "calls") == (7, 9)
    assert rules.kept_ids(kept, "repairs") == ()
    assert rules.kept_weights({"calls": 9}) == {**DEFAULT_WEIGHTS, "calls": 9}


@pytest.mark.parametrize(
    ("changed", "field"),
    [({"floor": 101}, "floor"), ({"cap": 99}, "cap"), ({"neutral": 0}, "neutral"), ({"calls": -1}, "calls")],
)
def test_weights_that_cannot_be(changed, field) -> None:
    with pytest.raises(RuleBroken) as broken:
        replace(Policy(), appraisal_weights={**DEFAULT_WEIGHTS, **changed}).validated()
    assert broken.value.facts["field"] == f"appraisal_weights.{field}"


def test_a_month_is_closed_once_it_is_over() -> None:
    rules.check_over(date(2026, 10, 1), date(2026, 11, 1))
    with pytest.raises(RuleBroken, match="appraisal.not_over"):
        rules.check_over(date(2026, 10, 1), date(2026, 10, 31))
    with pytest.raises(RuleBroken, match="appraisal.month"):
        rules.check_month(date(2026, 10, 2))
