"""Sites: the stage their control points speak for, the order of building, what a payment may be."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from deskapp.domain.errors import RuleBroken
from deskapp.domain.site import (
    MILESTONES,
    STAGES,
    Milestone,
    Payment,
    Site,
    SiteRow,
    check_milestone,
    check_payment,
    next_milestone,
    of_kind,
    proposed_stage,
    week_of,
)

pytestmark = pytest.mark.row("S1")
TODAY = date(2026, 11, 23)
days = st.integers(-400, 0).map(lambda n: TODAY + timedelta(days=n))
kinds = st.sampled_from(MILESTONES)
marks = st.lists(
    st.builds(Milestone, id=st.integers(1, 99), kind=kinds, planned_on=days, done_on=st.none() | days),
    max_size=8,
)


@pytest.mark.parametrize(
    ("stage", "reached", "proposed"),
    [
        ("deposit", (), ""),
        ("deposit", ("start",), "building"),
        ("signed", ("materials",), "building"),
        ("building", ("start", "materials"), ""),
        ("building", ("midterm",), "midterm"),
        ("midterm", ("midterm",), ""),
        ("midterm", ("final",), "finished"),
        ("building", ("start", "final"), "finished"),
        ("warranty", ("final",), ""),
        ("cancelled", ("start",), ""),
    ],
)
def test_the_stage_control_points_speak_for(stage, reached, proposed) -> None:
    found = [Milestone(id=n, kind=kind, done_on=TODAY) for n, kind in enumerate(reached, 1)]
    assert proposed_stage(Site(stage=stage), found) == proposed


@given(st.sampled_from(STAGES), marks)
def test_a_stage_only_ever_moves_on_and_once_moved_stays(stage, found) -> None:
    proposed = proposed_stage(Site(stage=stage), found)
    if proposed:
        assert STAGES.index(proposed) > STAGES.index(stage)
        assert proposed_stage(Site(stage=proposed), found) == ""


@given(marks)
def test_what_comes_next_has_not_been_reached_and_nothing_before_it_waits(found) -> None:
    coming = next_milestone(found)
    waiting = [one for one in found if one.done_on is None]
    assert (coming is None) == (not waiting)
    if coming is not None:
        assert MILESTONES.index(coming.kind) == min(MILESTONES.index(one.kind) for one in waiting)


@given(marks, kinds)
def test_of_a_kind_the_latest_written_counts(found, kind) -> None:
    one = of_kind(found, kind)
    assert (one is None) == all(each.kind != kind for each in found)
    assert one is None or one.id == max(each.id for each in found if each.kind == kind)


@given(kinds, days, marks)
def test_what_is_accepted_keeps_the_order_of_building(kind, done, found) -> None:
    others = [one for one in found if one.kind != kind]
    codes = []
    try:
        check_milestone(Site(), Milestone(kind=kind, done_on=done), others, TODAY)
    except RuleBroken as broken:
        codes = [broken.code]
    assert set(codes) <= {"site.milestone_order", "site.milestone_order_after"}
    if codes:
        return
    for one in others:
        if one.done_on is not None:
            before = MILESTONES.index(one.kind) < MILESTONES.index(kind)
            assert one.done_on <= done if before else one.done_on >= done


@pytest.mark.parametrize(
    ("code", "milestone"),
    [
        ("site.milestone_unknown", Milestone(kind="roof", done_on=TODAY)),
        ("site.milestone_no_day", Milestone(kind="start")),
        ("site.milestone_future", Milestone(kind="start", done_on=TODAY + timedelta(days=1))),
        ("site.milestone_order", Milestone(kind="final", done_on=TODAY - timedelta(days=9))),
    ],
)
def test_control_points_that_cannot_be(code, milestone) -> None:
    site = Site(start_date=TODAY - timedelta(days=5))
    with pytest.raises(RuleBroken) as refused:
        check_milestone(site, milestone, (), TODAY)
    assert refused.value.code == code


@pytest.mark.parametrize(
    ("code", "payment"),
    [
        ("site.payment_unknown", Payment(kind="tip", amount=1)),
        ("site.payment_amount", Payment(kind="final", amount=0)),
        ("site.payment_future", Payment(kind="final", amount=1, paid_on=TODAY + timedelta(days=1))),
        ("site.payment_early", Payment(kind="midterm", amount=1, paid_on=TODAY - timedelta(days=9))),
    ],
)
def test_payments_that_cannot_be(code, payment) -> None:
    site = Site(deposit_date=TODAY - timedelta(days=8))
    with pytest.raises(RuleBroken) as refused:
        check_payment(site, payment, TODAY)
    assert refused.value.code == code
    check_payment(site, Payment(kind="deposit", amount=1, paid_on=TODAY - timedelta(days=9)), TODAY)


def test_a_payment_is_late_from_the_day_after_on() -> None:
    row = SiteRow(Site(), unpaid=(Payment(due_on=TODAY), Payment(due_on=None)))
    assert row.overdue(TODAY) == ()
    assert row.overdue(TODAY + timedelta(days=1)) == row.unpaid[:1]


@given(days)
def test_a_week_runs_from_monday_to_sunday_and_has_the_day_in_it(day) -> None:
    first, last = week_of(day)
    assert first <= day <= last
    assert (first.weekday(), last.weekday()) == (0, 6)
    assert week_of(first) == week_of(last) == (first, last)
