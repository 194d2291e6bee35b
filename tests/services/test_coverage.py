"""Follow-up coverage: the formula, the groups, and every figure as long as the list behind it, on both databases."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from deskapp.domain.call import Result
from deskapp.domain.coverage import (
    FIGURES,
    GROUPINGS,
    SPANS,
    Counts,
    Part,
    Period,
    Selection,
    neighbour,
    period_of,
)
from deskapp.domain.followup import STATES, Followup
from deskapp.domain.programme import PURPOSES
from deskapp.services import calls, followups
from tests import builders

pytestmark = pytest.mark.row("F6")

TODAY = date(2026, 11, 23)
NOVEMBER = Period(date(2026, 11, 1), date(2026, 11, 30))


@pytest.fixture
def several(desk):
    """Some two hundred follow-ups of every kind, in and around November."""
    dice = Random(11)
    site = builders.a_site(desk, builders.a_client(desk), stage="signed")
    operators = [builders.an_operator(desk, name).id for name in ("王芳", "周琦")]

    def one(number):
        due = TODAY + timedelta(days=dice.randrange(-40, 20))
        state = dice.choice(STATES if due <= TODAY else ("planned", "dropped"))
        done = state == "done"
        return Followup(
            key=f"k{number}",
            purpose=dice.choice(PURPOSES[:4]),
            client_id=site.client_id,
            site_id=site.id,
            planned_on=due,
            due_on=due,
            state=state,
            done_on=due + timedelta(days=dice.choice((-1, 0, 0, 1, 5))) if done else None,
            done_by=dice.choice(operators) if done else None,
            reason="overtaken" if state == "missed" else "",
        )

    with desk.store.write("test") as work:
        return work.followups.add_many([one(number) for number in range(200)])


def recount(found):
    """The figures of some follow-ups, counted by hand."""
    counted = dict.fromkeys(FIGURES, 0)
    for one in found:
        if one.state == "done":
            counted["done" if one.done_on <= one.due_on else "late"] += 1
        elif one.state == "missed":
            counted["missed"] += 1
        elif one.state in ("planned", "queued") and one.due_on < TODAY:
            counted["overdue"] += 1
        elif one.state in ("planned", "queued") and one.due_on == TODAY:
            counted["today"] += 1
    counted["due"] = sum(counted[name] for name in ("done", "late", "missed", "overdue"))
    return Counts(**counted)


def group_of(grouping, one):
    if grouping == "purpose":
        return one.purpose
    if grouping == "operator":
        return one.done_by if one.state == "done" else None
    return one.due_on - timedelta(days=one.due_on.weekday())


@pytest.mark.parametrize("grouping", GROUPINGS)
def test_every_figure_is_what_a_count_by_hand_gives(desk, several, grouping):
    groups = {}
    for one in several:
        if NOVEMBER.first <= one.due_on <= NOVEMBER.last and one.state != "dropped":
            groups.setdefault(group_of(grouping, one), []).append(one)
    expected = {value: recount(found) for value, found in groups.items()}
    with desk.read() as work:
        lines = work.coverage.lines(NOVEMBER, TODAY, grouping)
    assert {line.part.value: line.counts for line in lines} == {
        value: counts for value, counts in expected.items() if counts != Counts()
    }
    assert sum((line.counts for line in lines), Counts()).due > 30


@pytest.mark.parametrize("grouping", GROUPINGS)
def test_every_figure_opens_to_as_many_calls(desk, several, grouping):
    with desk.read() as work:
        lines = work.coverage.lines(NOVEMBER, TODAY, grouping)
        seen = set()
        for part, counts in [(line.part, line.counts) for line in lines] + [(Part(), sum_of(lines))]:
            for figure in FIGURES:
                chosen = Selection(NOVEMBER, TODAY, figure, part)
                whole = work.coverage.after(chosen, 500)
                assert len(whole) == work.coverage.count(chosen) == getattr(counts, figure), (part, figure)
                assert recount_figure(whole, figure)
                seen |= {one.followup.id for one in whole}
        assert len(seen) == sum_of(lines).due + sum_of(lines).today


def sum_of(lines):
    return sum((line.counts for line in lines), Counts())


def recount_figure(rows, figure):
    return getattr(recount([row.followup for row in rows]), figure) == len(rows)


def test_the_list_behind_a_figure_fits_together_page_by_page(desk, several):
    chosen = Selection(NOVEMBER, TODAY, "due")
    with desk.read() as work:
        ask = work.coverage
        whole = ask.after(chosen, 500)
        assert [row.followup.due_on for row in whole] == sorted(row.followup.due_on for row in whole)
        for place in (0, 7, len(whole) - 1):
            assert ask.after(chosen, 9, whole[place]) == whole[place + 1 : place + 10]
            assert ask.before(chosen, 500, whole[place]) == whole[:place]
            assert ask.at(chosen, place, 3) == whole[place : place + 3]
        assert ask.before(chosen, 4) == whole[-4:]
        made = next(row for row in whole if row.followup.state == "done")
    assert (made.client, made.address, made.operator in ("王芳", "周琦")) == (
        "张伟明",
        "海棠湾 3-2-1101",
        True,
    )
    assert {row.operator for row in whole if row.followup.state != "done"} == {""}


def test_a_period_without_calls_has_no_lines_and_no_rate(desk):
    with desk.read() as work:
        assert work.coverage.lines(NOVEMBER, TODAY, "purpose") == []
    assert Counts().rate is None
    assert Counts(due=4, done=3).rate == 0.75


def test_kinds_stand_in_the_order_of_the_manual_and_nobody_last(desk, several):
    with desk.read() as work:
        kinds = [line.part.value for line in work.coverage.lines(NOVEMBER, TODAY, "purpose")]
        people = work.coverage.lines(NOVEMBER, TODAY, "operator")
    assert kinds == [kind for kind in PURPOSES if kind in kinds]
    assert [line.name for line in people] == ["王芳", "周琦", ""]


def figures(desk):
    day = followups.today_of(desk, desk.now())
    with desk.read() as work:
        lines = work.coverage.lines(period_of("quarter", day), day, "purpose")
    return sum_of([line for line in lines if line.part.value == "weekly"])


def test_a_life_of_calls_is_counted_as_it_goes_on(desk, clock):
    site = builders.a_site(desk, builders.a_client(desk), start_date=TODAY - timedelta(weeks=1))

    def call(outcome):
        with desk.read() as work:
            waiting = [one for one in work.followups.of_site(site.id) if one.state == "queued"]
            found = work.calls.find(waiting[-1].call_id)
        calls.end(desk, calls.take(desk, found), Result(outcome, ""))

    assert figures(desk) == Counts(today=1), "due today is not due yet"
    call("no_answer")
    assert figures(desk) == Counts(today=1), "a try nobody answered is not made"
    clock.at = clock.at.add(hours=3)
    call("reached")
    assert figures(desk) == Counts(due=1, done=1)
    clock.at = clock.at.add(days=9)
    followups.tick(desk)
    assert figures(desk) == Counts(due=2, done=1, overdue=1)
    call("reached")
    assert figures(desk) == Counts(due=2, done=1, late=1)
    clock.at = clock.at.add(days=12)
    followups.tick(desk)
    assert figures(desk) == Counts(due=3, done=1, late=1, missed=1, today=1)
    with desk.store.write("test") as work:
        work.followups.save(replace(work.followups.of_site(site.id)[3], state="dropped"))
    assert figures(desk) == Counts(due=3, done=1, late=1, missed=1), "what is called off never counts"


@pytest.mark.parametrize(
    ("span", "first", "last"),
    [
        ("week", date(2026, 11, 23), date(2026, 11, 29)),
        ("month", date(2026, 11, 1), date(2026, 11, 30)),
        ("quarter", date(2026, 10, 1), date(2026, 12, 31)),
    ],
)
def test_a_period_is_whole_days(span, first, last):
    assert period_of(span, TODAY) == Period(first, last)


@given(st.sampled_from(SPANS), st.dates(date(2000, 1, 1), date(2100, 1, 1)), st.integers(-30, 30))
def test_periods_follow_each_other_without_a_gap(span, day, by):
    period = period_of(span, day)
    assert period.first <= day <= period.last
    assert neighbour(span, period, 1).first == period.last + timedelta(days=1)
    assert neighbour(span, neighbour(span, period, by), -by) == period
