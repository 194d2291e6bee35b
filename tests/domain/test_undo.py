"""What can be undone for a moment: only what no client, report or leader has heard of, and for fifteen seconds."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from deskapp.domain.ticket import MOVES, Ticket
from deskapp.domain.undo import BACK_FROM, HARMLESS, UNDO_S, seconds_left, undoable

pytestmark = pytest.mark.row("T15")
ONE = Ticket(id=1, version=3, kind="complaint", severity="major", state="responded")


@given(since=st.floats(0, 1e6), passed=st.floats(0, 60))
def test_the_seconds_run_from_fifteen_to_none(since, passed):
    left = seconds_left(since, since + passed)
    assert 0 <= left <= UNDO_S
    assert (left == 0) == (since + UNDO_S - (since + passed) <= 0)


@pytest.mark.parametrize(
    ("act", "before", "after", "words", "can"),
    [
        ("dispatch", {}, {}, "", True),
        ("note", {}, None, "记一笔", True),
        ("note", {}, None, "@李敏 看一下", False),
        ("grade", {}, {"severity": "minor"}, "", True),
        ("grade", {}, {"severity": "crisis"}, "", False),
        ("grade", {"severity": "crisis"}, {"severity": "minor"}, "", False),
        ("resolve", {}, {"state": "resolved"}, "", True),
        ("resolve", {"state": "reopened"}, {"state": "resolved"}, "", False),
        ("resolve", {"kind": "repair"}, {"state": "resolved"}, "", False),
        ("resolve", {"parent_id": 9}, {"state": "resolved"}, "", False),
        ("close", {"state": "verified"}, {"state": "closed"}, "", True),
        ("withdraw", {"state": "received"}, {"state": "withdrawn"}, "", True),
        ("withdraw", {"state": "resolved"}, {"state": "withdrawn"}, "", False),
        ("respond", {"state": "received"}, {"state": "responded"}, "", False),
        ("reopen", {"state": "closed"}, {"state": "reopened"}, "", False),
        ("merge", {}, {"state": "merged"}, "", False),
        ("urge", {}, {}, "", False),
        ("verify", {"state": "resolved"}, {"state": "closed"}, "", False),
    ],
)
def test_an_act_is_undone_only_where_nobody_outside_has_heard_of_it(act, before, after, words, can):
    was = replace(ONE, **before)
    assert undoable(act, was, None if after is None else replace(was, **after), words) is can


def test_no_answer_and_nothing_a_client_hears_is_harmless():
    assert not HARMLESS & {"respond", "settle", "verify", "reopen", "merge", "urge", "escalate", "decide"}
    for act, states in BACK_FROM.items():
        assert states <= MOVES[act][0]
