"""Which papers are owed and how they stand: tables of real years, and what holds on every day."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from deskapp.domain.calendar import day_kind
from deskapp.domain.paper import PaperKind, due_on
from deskapp.domain.paper_due import LOOK_BACK_DAYS, OFFICERS, SOON_DAYS, PaperDue, open_dues, owed, owes
from deskapp.services.papers import KINDS

pytestmark = pytest.mark.row("R1")
WEEKLY = PaperKind("w", "week", due="friday")
MONTHLY = PaperKind("m", "month", due="end")
PLAN = PaperKind("p", "quarter", due="before")
LONG_AGO = date(2020, 1, 1)
days = st.dates(date(2024, 1, 8), date(2027, 12, 20))


@pytest.mark.parametrize(
    ("kind", "day", "said"),
    [
        (WEEKLY, date(2026, 11, 25), date(2026, 11, 27)),
        (WEEKLY, date(2026, 10, 1), date(2026, 9, 30)),
        (WEEKLY, date(2026, 2, 18), date(2026, 2, 24)),  # the whole week is the Spring Festival
        (WEEKLY, date(2026, 2, 14), date(2026, 2, 13)),  # Saturday is worked, Friday is still the day
        (MONTHLY, date(2026, 10, 20), date(2026, 10, 30)),
        (MONTHLY, date(2026, 2, 1), date(2026, 2, 28)),  # a Saturday worked for the Spring Festival
        (PLAN, date(2026, 10, 20), date(2026, 9, 30)),
        (PLAN, date(2027, 1, 5), date(2026, 12, 31)),
        (PaperKind("p", "month", due="before"), date(2026, 11, 9), date(2026, 10, 30)),
    ],
)
def test_the_day_a_paper_is_due(kind, day, said):
    assert due_on(kind, kind.period_of(day)) == said


@pytest.mark.parametrize(
    ("due", "today", "state", "left"),
    [
        (date(2026, 11, 27), date(2026, 11, 23), "", 4),
        (date(2026, 11, 27), date(2026, 11, 24), "soon", 3),
        (date(2026, 11, 27), date(2026, 11, 27), "due", 0),
        (date(2026, 11, 27), date(2026, 11, 30), "late", -3),
    ],
)
def test_how_a_paper_stands(due, today, state, left):
    one = PaperDue(WEEKLY, WEEKLY.period_of(due), due)
    assert (one.state(today), one.left(today)) == (state, left)


@pytest.mark.parametrize(("day", "provisional"), [(date(2026, 12, 31), False), (date(2035, 1, 4), True)])
def test_a_year_not_published_yet_is_provisional(day, provisional):
    assert PaperDue(WEEKLY, WEEKLY.period_of(day), day).provisional is provisional


def test_nobody_owes_what_was_before_the_company_began():
    today = date(2026, 11, 25)
    begun = date(2026, 11, 9)
    found = open_dues([WEEKLY, MONTHLY], today, begun, set())
    assert [one.period.first for one in found] == [begun, date(2026, 11, 16), date(2026, 11, 23)]
    in_the_week = open_dues([WEEKLY], today, begun + timedelta(1), set())
    assert [one.period.first for one in in_the_week] == [date(2026, 11, 16), date(2026, 11, 23)]
    assert open_dues([WEEKLY], today, date(2030, 1, 1), set()) == []


@settings(max_examples=60)
@given(days, st.sampled_from([WEEKLY, MONTHLY, PLAN]))
def test_a_due_day_is_worked_and_one_a_period(day, kind):
    period = kind.period_of(day)
    due = due_on(kind, period)
    assert day_kind(due).working
    if kind is PLAN:
        assert due < period.first
    else:
        assert period.first <= due <= period.last + timedelta(10)
    assert owed([kind], due, due, LONG_AGO).count(PaperDue(kind, period, due)) == 1


@settings(max_examples=60)
@given(days, st.data())
def test_open_dues_are_few_and_none_that_was_issued(today, data):
    kinds = list(KINDS.values())
    every = open_dues(kinds, today, LONG_AGO, set())
    assert len(every) <= len(kinds) * 8, "no backlog without end"
    assert [one.due_on for one in every] == sorted(one.due_on for one in every)
    for one in every:
        assert -LOOK_BACK_DAYS <= one.left(today) <= SOON_DAYS
        assert one.state(today) in ("late", "due", "soon")
    issued = set(data.draw(st.lists(st.sampled_from([one.key for one in every]))) if every else [])
    assert open_dues(kinds, today, LONG_AGO, issued) == [one for one in every if one.key not in issued]


@settings(max_examples=40)
@given(days, st.integers(0, 60), st.integers(0, 60))
def test_what_is_owed_in_days_side_by_side_is_what_is_owed_in_all(first, some, more):
    middle, last = first + timedelta(some), first + timedelta(some + more + 1)
    kinds = list(KINDS.values())
    halves = [
        *owed(kinds, first, middle, LONG_AGO),
        *owed(kinds, middle + timedelta(1), last, LONG_AGO),
    ]
    assert sorted(halves, key=lambda one: (one.due_on, one.kind.code)) == sorted(
        owed(kinds, first, last, LONG_AGO), key=lambda one: (one.due_on, one.kind.code)
    )


def test_a_plan_is_made_for_the_next_period():
    assert PLAN.usual_period(date(2026, 11, 25)).first == date(2027, 1, 1)
    assert MONTHLY.usual_period(date(2026, 11, 25)).first == date(2026, 11, 1)


def test_who_owes_what():
    agent, manager = PaperKind("a"), PaperKind("b", owner="manager")
    assert owes(agent, "agent") and not owes(manager, "agent") and not owes(agent, "quality")
    assert all(owes(kind, role) for kind in (agent, manager) for role in OFFICERS)
    assert {"friday", "end", "before", "after:5", ""} == {kind.due for kind in KINDS.values()}
