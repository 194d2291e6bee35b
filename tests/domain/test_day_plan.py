"""Whom to call tomorrow: reasons that are true, one order whatever comes first, days that are worked (C7)."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pendulum
import pytest
from hypothesis import given
from hypothesis import strategies as st

from deskapp.domain import day_plan as rules
from deskapp.domain.calendar import day_kind
from deskapp.domain.day_plan import Candidate
from deskapp.domain.errors import RuleBroken

pytestmark = pytest.mark.row("C7")

TODAY, DAY = date(2026, 11, 23), date(2026, 11, 24)
HEARD = st.one_of(st.none(), st.dates(date(2020, 1, 1), TODAY))
CANDIDATES = st.builds(
    Candidate,
    client_id=st.integers(1, 10_000),
    fall=st.one_of(st.none(), st.integers(0, 1000)),
    problems=st.integers(0, 9),
    promised_at=st.one_of(st.none(), st.just(pendulum.datetime(2026, 11, 24, 2))),
    heard_on=HEARD,
    wants_calls=st.booleans(),
    planned_by=st.sampled_from(["", "", "", "刘敏"]),
)
MANY = st.lists(CANDIDATES, unique_by=lambda one: one.client_id, max_size=20)


@pytest.mark.parametrize(
    ("fields", "codes"),
    [
        ({"heard_on": TODAY - timedelta(days=3)}, []),
        ({"heard_on": None}, ["never"]),
        ({"heard_on": DAY - timedelta(days=29)}, []),
        ({"heard_on": DAY - timedelta(days=30)}, ["unheard"]),
        ({"heard_on": TODAY, "fall": 0}, []),
        ({"heard_on": TODAY, "fall": 1}, ["falling"]),
        ({"heard_on": None, "fall": 120, "problems": 2}, ["falling", "problem", "never"]),
        ({"heard_on": None, "fall": 10, "problems": 4}, ["problem", "falling", "never"]),
    ],
)
def test_the_reasons(fields, codes) -> None:
    assert [one.code for one in rules.reasons_of(Candidate(1, **fields), DAY)] == codes


@given(CANDIDATES)
def test_every_reason_is_true_and_none_is_missing(one) -> None:
    found = {reason.code: reason for reason in rules.reasons_of(one, DAY)}
    assert ("falling" in found) == bool(one.fall)
    assert ("problem" in found) == (one.problems > 0)
    assert ("promised" in found) == (one.promised_at is not None)
    assert ("never" in found) == (one.heard_on is None)
    days = (DAY - one.heard_on).days if one.heard_on else 0
    assert ("unheard" in found) == (days >= rules.UNHEARD_DAYS)
    if "unheard" in found:
        assert found["unheard"].facts == {"days": days}
    if "problem" in found:
        assert found["problem"].facts["count"] == one.problems
    points = [reason.points for reason in rules.reasons_of(one, DAY)]
    assert all(point > 0 for point in points)
    assert points == sorted(points, reverse=True)


@given(MANY, st.randoms())
def test_the_order_is_one_whatever_order_they_come_in(many, dice) -> None:
    ranked = rules.rank(many, DAY, TODAY)
    mixed = list(many)
    dice.shuffle(mixed)
    assert rules.rank(mixed, DAY, TODAY) == ranked
    points = [one.points for one in ranked]
    assert points == sorted(points, reverse=True)


@given(MANY)
def test_nobody_is_proposed_who_must_not_be_and_nobody_else_forgotten(many) -> None:
    proposed = {one.candidate.client_id for one in rules.rank(many, DAY, TODAY)}
    for one in many:
        barred = not one.wants_calls or bool(one.planned_by) or one.heard_on == TODAY
        assert bool(rules.left_out(one, TODAY)) == barred
        assert (one.client_id in proposed) == (not barred and bool(rules.reasons_of(one, DAY)))


@given(CANDIDATES, st.integers(1, 9), st.integers(1, 999))
def test_more_that_speaks_for_a_call_never_counts_less(one, problems, fall) -> None:
    def points(each: Candidate) -> int:
        return sum(reason.points for reason in rules.reasons_of(each, DAY))

    assert points(replace(one, problems=one.problems + problems)) >= points(one)
    assert points(replace(one, fall=(one.fall or 0) + fall)) >= points(one)


@given(st.dates(date(2004, 1, 1), date(2026, 12, 31)), st.sampled_from([1, -1]))
def test_the_next_working_day_is_worked_and_none_between(day, step) -> None:
    found = rules.next_working_day(day, step)
    assert day_kind(found).working
    between = (day + timedelta(days=step * n) for n in range(1, abs((found - day).days)))
    assert not any(day_kind(one).working for one in between)


def test_over_the_national_holiday() -> None:
    assert rules.next_working_day(date(2026, 9, 30)) == date(2026, 10, 8)


@pytest.mark.parametrize(
    ("hour", "chosen", "said", "told"),
    [
        (16, 0, False, False),
        (17, 0, False, True),
        (20, 4, False, True),
        (20, 5, False, False),
        (20, 0, True, False),
    ],
)
def test_the_evening(hour, chosen, said, told) -> None:
    assert rules.to_remind(hour, chosen, 5, said=said) is told


def test_days_that_can_be_planned() -> None:
    for day in (TODAY, DAY, TODAY + timedelta(days=31)):
        rules.check_day(day, TODAY)
    for day, code in ((TODAY - timedelta(days=1), "over"), (TODAY + timedelta(days=32), "too_far")):
        with pytest.raises(RuleBroken, match=rf"day_plan\.{code}"):
            rules.check_day(day, TODAY)
