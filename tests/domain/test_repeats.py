"""Which earlier complaints a new one may repeat, and which time it is (row T10)."""

from __future__ import annotations

import pendulum
import pytest
from hypothesis import given
from hypothesis import strategies as st

from deskapp.domain.repeats import Repeat, is_same_problem, possible_repeats, repeat_link
from deskapp.domain.ticket import KINDS, STATES, Ticket

pytestmark = pytest.mark.row("T10")

NOW = pendulum.datetime(2026, 11, 23, 1, 42, 10)
earlier = st.builds(
    Ticket,
    id=st.integers(1, 10**6),
    kind=st.sampled_from(KINDS),
    state=st.sampled_from(STATES),
    category_id=st.none() | st.integers(1, 2),
    category=st.sampled_from(["", "漏水渗水"]),
    site_id=st.none() | st.integers(1, 2),
    received_at=st.none() | st.integers(-50, 1).map(lambda days: NOW.add(days=days)),
    repeat_no=st.integers(0, 4),
)


@pytest.mark.parametrize(
    ("one", "category_id", "category", "site_id", "same"),
    [
        (Ticket(category_id=1, site_id=1), 1, "", 1, True),
        (Ticket(category_id=1, site_id=1), 1, "", 2, False),
        (Ticket(category_id=1), 1, "", 2, True),
        (Ticket(category_id=1, site_id=1), 1, "", None, True),
        (Ticket(category_id=1), 2, "", None, False),
        (Ticket(category="漏水渗水"), None, "漏水渗水", None, True),
        (Ticket(), None, "", None, False),
        (Ticket(category="漏水渗水"), 1, "漏水渗水", None, False),
    ],
)
def test_the_same_problem(one: Ticket, category_id, category: str, site_id, same: bool) -> None:
    assert is_same_problem(one, category_id, category, site_id) is same


@given(st.lists(earlier, max_size=8), st.integers(1, 60))
def test_only_recent_complaints_that_stand_are_offered_certain_ones_first(tickets, days: int) -> None:
    found = possible_repeats(tickets, category_id=1, category="", site_id=1, now=NOW, days=days)
    expected = [
        ticket
        for ticket in tickets
        if ticket.kind == "complaint"
        and ticket.state not in ("withdrawn", "merged")
        and ticket.received_at is not None
        and NOW.subtract(days=days) <= ticket.received_at <= NOW
    ]
    assert sorted(one.ticket.id for one in found) == sorted(ticket.id for ticket in expected)
    certain = [one.certain for one in found]
    assert certain == sorted(certain, reverse=True)
    for group in (True, False):
        received = [one.ticket.received_at for one in found if one.certain is group]
        assert received == sorted(received, reverse=True)


@given(st.lists(st.builds(Repeat, earlier, st.booleans()), max_size=6))
def test_the_count_only_grows(repeats) -> None:
    linked, times = repeat_link(repeats)
    certain = [one.ticket for one in repeats if one.certain]
    assert linked == (certain[0].id if certain else None)
    assert times >= len(certain)
    assert not certain or times > certain[0].repeat_no
    assert bool(times) == bool(certain)
