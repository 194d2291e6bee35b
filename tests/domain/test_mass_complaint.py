"""Mass complaints: what is alike, how a group stands, what cannot move, how far it has spread (row T11)."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from datetime import date, timedelta

import pendulum
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from deskapp.domain import mass_complaint as rules
from deskapp.domain.mass_complaint import MassComplaint, Spoken
from deskapp.domain.ticket import STATES, Ticket, legal_moves

pytestmark = pytest.mark.row("T11")
NOW = pendulum.datetime(2026, 11, 23, 2)

tickets = st.builds(
    Ticket,
    id=st.integers(1, 10_000),
    state=st.sampled_from(STATES),
    client_id=st.integers(1, 5),
    received_at=st.integers(0, 400).map(lambda hours: NOW.subtract(hours=hours)),
    responded_at=st.sampled_from((None, NOW)),
    subject=st.sampled_from(("客厅瓷砖空鼓", "瓷砖敲着空鼓", "水管漏水", "")),
    parent_id=st.none() | st.integers(1, 3),
)
groups = st.lists(tickets, max_size=8, unique_by=lambda one: one.id)


@pytest.mark.parametrize(
    ("states", "expected"),
    [
        ((), "dissolved"),
        (("received", "responded"), "open"),
        (("responded", "responded"), "answered"),
        (("resolved", "responded"), "answered"),
        (("resolved", "verified", "closed"), "resolved"),
        (("closed", "withdrawn", "merged"), "closed"),
        (("closed", "reopened"), "reopened"),
    ],
)
def test_a_group_stands_as_the_least_far_of_its_complaints(states, expected):
    members = [Ticket(state=one, responded_at=None if one == "received" else NOW) for one in states]
    assert rules.state_of(members) == expected


@given(groups)
def test_it_is_closed_when_all_are_and_only_then(members):
    state = rules.state_of(members)
    assert state in rules.STATES
    assert (state == "closed") == (bool(members) and not any(one.is_open for one in members))
    assert state == rules.state_of(members[::-1])


@given(groups, st.sampled_from(("respond", "resolve")))
def test_nothing_is_forced_and_nobody_is_forgotten(members, move):
    moves, left = rules.parted(members, move, "新", "旧")
    assert all(move in legal_moves(one) for one in moves)
    assert not {one.id for one in moves} & {one.id for one in left}
    assert all(one.is_open and move not in legal_moves(one) for one in left)
    done = ("resolved", "verified") if move == "resolve" else ()
    expected = {one.id for one in members if one.is_open and one.state not in done}
    assert {one.id for one in (*moves, *left)} == expected


@settings(max_examples=60)
@given(groups, st.integers(2, 5), st.integers(1, 14), st.integers(1, 5))
def test_what_is_suggested_is_recent_alike_and_from_enough_clients(members, least, days, client_id):
    live = {1: MassComplaint(id=9, ticket_id=1)}
    found = rules.alike(members, live, client_id=client_id, words="瓷砖空鼓", now=NOW, least=least, days=days)
    fit = [
        one
        for one in members
        if one.is_open and one.received_at >= NOW.subtract(days=days) and one.subject != "水管漏水"
    ]
    count = len({one.client_id for one in fit} | {client_id})
    in_group = [one for one in fit if (one.parent_id or one.id) in live]
    loose = {one.id for one in fit if one.parent_id is None and one.id not in live}
    if found is None:
        assert not in_group and (count < least or not loose)
        return
    assert (found.clients, found.mass) == (count, live[1] if in_group else None)
    assert {one.id for one in found.tickets} == loose
    assert 1 <= found.days <= days + 1


def test_a_stranger_counts_as_one_more_client():
    known = [Ticket(id=n, client_id=n, state="received", received_at=NOW) for n in (1, 2)]
    asked = {"words": "", "now": NOW, "days": 7}
    assert rules.alike(known, {}, client_id=None, least=3, **asked).clients == 3
    assert rules.alike(known, {}, client_id=2, least=3, **asked) is None


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [
        ("客厅瓷砖空鼓", "瓷砖敲着空鼓好几块", True),
        ("客厅瓷砖空鼓", "门锁打不开", False),
        ("Tiles sound hollow", "the tiles are hollow", True),
        ("", "瓷砖空鼓", True),
    ],
)
def test_like_words(one, other, expected):
    assert rules.similar(one, other) is rules.similar(other, one) is expected


@given(
    st.lists(
        st.builds(
            Spoken,
            st.integers(1, 4),
            st.none() | st.integers(1, 4),
            st.sampled_from(("海棠湾", "云锦园", "")),
            st.integers(0, 90).map(lambda days: date(2026, 9, 1) + timedelta(days=days)),
            st.just("瓷砖空鼓"),
            st.sampled_from(("赵刚", "")),
        ),
        max_size=12,
    )
)
def test_the_spread_is_what_one_counts_by_hand(spoken):
    spread = rules.spread_of(spoken)
    assert spread.tickets == len(spoken) == sum(count for _, count in spread.days)
    assert spread.clients == len({one.client_id for one in spoken})
    assert spread.sites == len({one.site_id for one in spoken} - {None})
    assert dict(spread.estates) == {k: v for k, v in Counter(one.estate for one in spoken).items() if k}
    assert [day for day, _ in spread.days] == sorted(day for day, _ in spread.days)


def test_a_group_of_the_same_words_reaches_only_who_has_not_heard_them():
    heard = Ticket(id=1, state="responded", responded_at=NOW)
    late = replace(heard, id=2, state="received", responded_at=None)
    assert rules.parted([heard, late], "respond", "同样", "同样") == ([late], [])
