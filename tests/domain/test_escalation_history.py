"""Escalation whatever happens: clocks that jump, policies that change, tickets opened again, long nights (T6)."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace

import pendulum
import pytest
from hypothesis import given
from hypothesis import strategies as st

from deskapp.domain.escalation import (
    CLOCKS,
    DEFAULT_LEVELS,
    RECEIVERS,
    Escalation,
    Level,
    decide,
    of_clock,
    running,
)
from deskapp.domain.ticket import Ticket

pytestmark = pytest.mark.row("T6")
START = pendulum.datetime(2026, 11, 23, 1, 42, 10)
TICKET = Ticket(
    id=7, received_at=START, respond_by=START.add(hours=24), due_at=START.add(days=5), state="received"
)
levels = st.lists(
    st.builds(Level, st.sampled_from(CLOCKS), st.integers(-3000, 3000), st.sampled_from(RECEIVERS)),
    max_size=6,
    unique_by=lambda level: (level.clock, level.minutes),
).map(tuple)
steps = st.lists(
    st.one_of(
        st.tuples(st.just("tick"), st.integers(-2_000, 4_000)),
        st.tuples(st.just("policy"), levels),
        st.tuples(st.just("reopen"), st.integers(0, 3_000)),
        st.tuples(st.just("move"), st.integers(-1_000, 3_000)),
        st.tuples(st.just("pause"), st.none()),
        st.tuples(st.just("resume"), st.none()),
    ),
    max_size=25,
)


class Desk:
    """One ticket and its rows, with a clock that may jump; every tick is checked."""

    def __init__(self) -> None:
        self.ticket, self.now, self.levels = TICKET, START, DEFAULT_LEVELS
        self.rows: list[Escalation] = []
        self.told: Counter[tuple[str, int, int]] = Counter()

    def tick(self, minutes: int) -> None:
        self.now = self.now.add(minutes=minutes)
        come = decide(self.ticket, self.rows, self.levels, self.now)
        for clock in CLOCKS:
            self._checked(clock, [one for one in come if one.level.clock == clock])
        for one in come:
            name = one.level.clock, one.round, one.level.minutes
            assert name not in {(row.clock, row.round, row.level) for row in self.rows}, "repeated"
            self.told[name] += one.tells
            self.rows.append(Escalation(0, 0, 7, name[0], name[1], name[2], one.due_at, self.now))
        assert decide(self.ticket, self.rows, self.levels, self.now) == (), "decided twice"

    def _checked(self, clock, come) -> None:
        """Whatever has come by now and lies above what was reached is reached now: nothing is skipped."""
        due = running(self.ticket, clock)
        if due is None:
            assert not come
            return
        stood = self.now if self.ticket.paused_since is None else min(self.now, self.ticket.paused_since)
        this_round = [
            row.level for row in self.rows if row.clock == clock and row.round == self.ticket.reopened_count
        ]
        wanted = [
            level
            for level in of_clock(self.levels, clock)
            if due.add(minutes=level.minutes) <= stood and level.minutes > max(this_round, default=-(10**9))
        ]
        assert [one.level for one in come] == wanted
        assert sum(one.tells for one in come) <= 1

    def policy(self, found) -> None:
        self.levels = found

    def reopen(self, minutes: int) -> None:
        later = self.now.add(minutes=minutes)
        count = self.ticket.reopened_count + 1
        self.ticket = replace(self.ticket, reopened_count=count, respond_by=later, due_at=later.add(days=2))

    def move(self, minutes: int) -> None:
        moved = {name: getattr(self.ticket, name).add(minutes=minutes) for name in ("respond_by", "due_at")}
        self.ticket = replace(self.ticket, **moved)

    def pause(self, _: None) -> None:
        self.ticket = replace(self.ticket, paused_since=self.now)

    def resume(self, _: None) -> None:
        self.ticket = replace(self.ticket, paused_since=None)


@given(steps)
def test_whatever_happens_no_level_is_skipped_repeated_or_told_twice(found):
    desk = Desk()
    for name, value in found:
        getattr(desk, name)(value)
    desk.tick(0)
    assert not desk.told or max(desk.told.values()) <= 1


@given(st.lists(st.integers(1, 2_000), max_size=12), st.lists(st.integers(1, 2_000), max_size=12))
def test_however_often_anybody_looked_the_same_was_reached_in_the_end(some, others):
    """Two desks that ticked in different rhythms, one perhaps off all the while, agree when both are there."""
    first, second = Desk(), Desk()
    for desk, rhythm in ((first, some), (second, others)):
        for minutes in rhythm:
            desk.tick(minutes)
        desk.now = START.add(days=40)
        desk.tick(0)
    assert {(row.clock, row.level) for row in first.rows} == {(row.clock, row.level) for row in second.rows}


@given(st.lists(st.integers(-3_000, 3_000), min_size=1, max_size=12))
def test_a_clock_set_back_tells_nobody_again(jumps):
    desk = Desk()
    desk.tick(3 * 24 * 60)
    reached = list(desk.rows)
    for jump in jumps:
        desk.tick(min(jump, int((START.add(days=3) - desk.now).total_minutes())))
    assert desk.rows == reached


@given(levels, st.integers(0, 10_000))
def test_a_level_put_below_what_was_reached_is_past(more, minutes):
    desk = Desk()
    desk.tick(minutes)
    highest = {
        clock: max((row.level for row in desk.rows if row.clock == clock), default=None) for clock in CLOCKS
    }
    before = len(desk.rows)
    desk.policy((*DEFAULT_LEVELS, *(one for one in more if not _known(one))))
    desk.tick(0)
    for row in desk.rows[before:]:
        assert highest[row.clock] is None or row.level > highest[row.clock]


def _known(level: Level) -> bool:
    return any((one.clock, one.minutes) == (level.clock, level.minutes) for one in DEFAULT_LEVELS)


@pytest.mark.parametrize(
    ("days", "told"),
    [
        (0.5, []),
        (0.9, [("respond", -240)]),
        (1, [("respond", 0)]),
        (2, [("respond", 1440)]),
        (4, [("respond", 1440), ("resolve", -1440)]),
        (5, [("respond", 1440), ("resolve", 0)]),
        (30, [("respond", 1440), ("resolve", 4320)]),
    ],
)
def test_all_off_for_days_is_caught_up_with_one_message_a_clock(days, told):
    desk = Desk()
    desk.tick(int(days * 24 * 60))
    assert [(clock, level) for (clock, _, level), count in desk.told.items() if count] == told
    reached = {(row.clock, row.level) for row in desk.rows}
    for clock, level in told:
        below = {(clock, one.minutes) for one in of_clock(DEFAULT_LEVELS, clock) if one.minutes <= level}
        assert below <= reached, "those passed unseen are put down too"
