"""Escalation decided: never before its time, once, whatever the rhythm; and levels read from lines (T6)."""

from __future__ import annotations

from dataclasses import replace

import pendulum
import pytest
from hypothesis import given
from hypothesis import strategies as st

from deskapp.domain.errors import RuleBroken
from deskapp.domain.escalation import (
    CLOCKS,
    DEFAULT_LEVELS,
    RECEIVERS,
    Escalation,
    Level,
    check_levels,
    decide,
    from_data,
    parsed,
    written,
)
from deskapp.domain.policy import Policy
from deskapp.domain.ticket import KINDS, STATES, Ticket

pytestmark = pytest.mark.row("T6")
NOW = pendulum.datetime(2026, 11, 23, 1, 42, 10)

minutes = st.integers(-5000, 5000)
instants = st.integers(-20_000, 20_000).map(lambda found: NOW.add(minutes=found))
some_levels = st.lists(
    st.builds(Level, st.sampled_from(CLOCKS), minutes, st.sampled_from(RECEIVERS)),
    max_size=8,
    unique_by=lambda level: (level.clock, level.minutes),
).map(tuple)
tickets = st.builds(
    Ticket,
    id=st.just(7),
    kind=st.sampled_from(KINDS),
    state=st.sampled_from(STATES),
    respond_by=st.none() | instants,
    due_at=st.none() | instants,
    paused_since=st.none() | instants,
    responded_at=st.none() | st.just(NOW),
    reopened_count=st.integers(0, 2),
)


def rows(ticket, come, at):
    return [
        Escalation(
            ticket_id=ticket.id, clock=one.level.clock, round=one.round, level=one.level.minutes, at=at
        )
        for one in come
    ]


def played(ticket, levels, times):
    """The rows and what was told, deciding at each of some times in turn."""
    kept, told = [], []
    for at in times:
        come = decide(ticket, kept, levels, at)
        kept += rows(ticket, come, at)
        told += [(one.level, at) for one in come if one.tells]
    return kept, told


def names(kept):
    return sorted((one.clock, one.round, one.level) for one in kept)


@given(tickets, some_levels, instants)
def test_decided_twice_it_decides_nothing(ticket, levels, now):
    kept = rows(ticket, decide(ticket, (), levels, now), now)
    assert decide(ticket, kept, levels, now) == ()


@given(tickets, some_levels, st.lists(instants, min_size=1, max_size=8))
def test_whatever_the_rhythm_the_same_levels_are_reached_each_once(ticket, levels, times):
    times.sort()
    kept, _ = played(ticket, levels, times)
    at_once, _ = played(ticket, levels, times[-1:])
    assert names(kept) == names(at_once)
    assert len(set(names(kept))) == len(kept)


@given(tickets, some_levels, instants, st.randoms())
def test_the_order_of_the_lines_and_of_the_rows_is_of_no_account(ticket, levels, now, dice):
    shuffled = list(levels)
    dice.shuffle(shuffled)
    come = decide(ticket, (), levels, now)
    assert decide(ticket, (), tuple(shuffled), now) == come
    kept = rows(ticket, come, now)
    dice.shuffle(kept)
    assert decide(ticket, kept, levels, now.add(days=2)) == decide(
        ticket, sorted(kept, key=lambda one: one.level), levels, now.add(days=2)
    )


@given(tickets, some_levels, instants)
def test_never_before_its_time_nor_while_the_clock_stands_still(ticket, levels, now):
    for one in decide(ticket, (), levels, now):
        due_at = ticket.respond_by if one.level.clock == "respond" else ticket.due_at
        time = due_at.add(minutes=one.level.minutes)
        assert one.due_at == due_at
        assert time <= now
        assert ticket.paused_since is None or time <= ticket.paused_since


@given(tickets, some_levels, instants)
def test_nobody_is_called_on_for_what_is_answered_ended_or_has_no_clock(ticket, levels, now):
    clocks = {one.level.clock for one in decide(ticket, (), levels, now)}
    if ticket.responded_at is not None or ticket.kind in ("handoff", "rectification"):
        assert "respond" not in clocks
    if ticket.state in ("resolved", "verified", "closed", "withdrawn", "merged"):
        assert not clocks


@given(tickets, some_levels, instants)
def test_of_several_passed_unseen_only_the_highest_tells(ticket, levels, now):
    come = decide(ticket, (), levels, now)
    for clock in CLOCKS:
        of = [one for one in come if one.level.clock == clock]
        assert [one.level.minutes for one in of] == sorted(one.level.minutes for one in of)
        assert not any(one.tells for one in of[:-1])
        if of and ticket.kind != "rectification":
            assert of[-1].tells


@given(tickets, some_levels, instants, st.integers(1, 20_000))
def test_a_deadline_that_moves_later_tells_nobody_again(ticket, levels, now, later):
    kept = rows(ticket, decide(ticket, (), levels, now), now)
    moved = replace(
        ticket,
        respond_by=ticket.respond_by and ticket.respond_by.add(minutes=later),
        due_at=ticket.due_at and ticket.due_at.add(minutes=later),
    )
    again = decide(moved, kept, levels, now.add(days=60))
    assert not set(names(rows(moved, again, now))) & set(names(kept))


@given(tickets, some_levels, instants)
def test_another_round_begins_anew(ticket, levels, now):
    come = decide(ticket, (), levels, now)
    again = replace(ticket, reopened_count=ticket.reopened_count + 1)
    later = decide(again, rows(ticket, come, now), levels, now)
    assert [one.level for one in later] == [one.level for one in come]


@given(some_levels)
def test_lines_and_json_give_back_what_they_were_written_from(levels):
    assert parsed(written(levels)) == levels
    policy = Policy(escalation=levels)
    assert Policy.from_json(policy.to_json()) == policy
    words = {"respond": "首次响应", "manager": "客服经理"}
    text = written(levels, words)
    assert parsed(text, {word: code for code, word in words.items()}) == levels


def test_a_level_that_lay_before_the_receipt_tells_nobody():
    ticket = Ticket(id=7, received_at=NOW, respond_by=NOW.add(hours=2), due_at=NOW.add(days=1))
    come = decide(ticket, (), DEFAULT_LEVELS, NOW)
    assert [(one.level.minutes, one.tells) for one in come] == [(-240, False), (-1440, False)]
    later = decide(ticket, rows(ticket, come, NOW), DEFAULT_LEVELS, NOW.add(hours=1))
    assert [(one.level.minutes, one.tells) for one in later] == [(-60, True)]


def test_the_manuals_levels_are_the_default():
    assert Policy().escalation == Policy.from_json("{}").escalation == DEFAULT_LEVELS
    assert [(one.minutes, one.to) for one in DEFAULT_LEVELS if one.clock == "respond"] == [
        *((-240, "responsible"), (-60, "department_head"), (0, "manager")),
        *((240, "director"), (1440, "office")),
    ]


@pytest.mark.parametrize(
    ("text", "code", "line"),
    [
        ("respond -60", "escalation.line", 1),
        ("\nrespond 0 manager now", "escalation.line", 2),
        ("answer 0 manager", "escalation.clock", 1),
        ("respond soon manager", "escalation.minutes", 1),
        ("respond --5 manager", "escalation.minutes", 1),
        ("respond ٣ manager", "escalation.minutes", 1),
        ("respond 9999999 manager", "escalation.minutes", 1),
        ("respond 0 manager\nresolve 0 king", "escalation.to", 2),
        ("respond 0 manager\nRESPOND +0 director", "escalation.twice", 2),
        ("\n".join(f"respond {n} manager" for n in range(41)), "escalation.many", 0),
    ],
)
def test_a_line_that_cannot_be_is_named(text, code, line):
    with pytest.raises(RuleBroken) as broken:
        parsed(text)
    assert (broken.value.code, broken.value.facts["line"]) == (code, line)
    assert broken.value.facts["field"] == "escalation"


@pytest.mark.parametrize("found", [None, "x", [1], [{"clock": "respond"}], [{"minutes": True}], {}])
def test_data_that_is_no_list_of_levels_is_refused(found):
    with pytest.raises(RuleBroken, match=r"escalation\."):
        from_data(found)


def test_what_is_no_level_is_refused():
    with pytest.raises(RuleBroken, match=r"escalation\.line"):
        check_levels(("respond",))
    with pytest.raises(RuleBroken, match=r"escalation\.minutes"):
        check_levels((Level("respond", True, "manager"),))
