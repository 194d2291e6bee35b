"""Any acts in any order on a real database: deadlines are what the history gives, and nothing half happens."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from deskapp.domain.errors import RuleBroken
from deskapp.domain.policy import Policy
from deskapp.domain.response_clock import deadline
from deskapp.domain.ticket import MOVES
from deskapp.domain.ticket_clock import calendar_hours, calendar_text, pauses, with_deadlines
from deskapp.services import tickets
from tests import builders

acts = st.lists(
    st.tuples(
        st.sampled_from([*sorted(MOVES), "pause", "resume", "grade", "give", "note", "verdict"]),
        st.integers(0, 3 * 86_400),
        st.sampled_from(["admin", "agent"]),
        st.booleans(),
    ),
    min_size=3,
    max_size=14,
)
policies = st.builds(
    Policy,
    clock_calendar=st.sampled_from(["calendar", "business"]),
    pause_while_waiting=st.just(True),
    business_hours=st.sampled_from(["09:00-18:00", "09:00-12:00,13:30-18:00"]),
)


def act(desk, ticket, name: str, yes: bool):
    """Do one act of whatever name; the ticket as it is then."""
    words = "已联系客户"
    if name == "pause":
        return tickets.pause(desk, ticket, words)
    if name == "resume":
        return tickets.resume(desk, ticket)
    if name == "grade":
        return tickets.set_severity(desk, ticket, "crisis" if yes else "major")
    if name == "give":
        return tickets.dispatch(desk, ticket, 1, None)
    if name == "verdict":
        return tickets.verify(desk, ticket, satisfied=yes, score=4, words=words)
    if name == "note":
        tickets.note(desk, ticket, words)
        return ticket
    return tickets.move(desk, ticket, name, words)


@pytest.mark.row("T4", "T5")
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=40)
@given(acts, policies, policies)
def test_any_acts_leave_deadlines_that_the_history_gives(desk, clock, story, policy, later_policy) -> None:
    clock.at = builders.NOW
    desk = replace(desk, policy=policy)
    other = builders.seat(desk, builders.AGENT)
    client = builders.a_client(desk, phone="")
    ticket = builders.a_complaint(desk, client)
    promise = (ticket.target_s, ticket.calendar)
    for place, (name, seconds, who, yes) in enumerate(story):
        clock.at = clock.at.add(seconds=seconds)
        seated = desk if who == "admin" else other
        if place > len(story) // 2:
            seated = replace(seated, policy=replace(later_policy, timezone=policy.timezone))
        before = state_of(desk, ticket.id)
        try:
            ticket = act(seated, ticket, name, yes)
        except RuleBroken:
            assert state_of(desk, ticket.id) == before
            continue
        after = state_of(desk, ticket.id)
        assert after[0] == ticket
        assert len(after[1]) > len(before[1])
        check_clock(ticket, after[1])
        if name not in ("grade",):
            assert with_deadlines(ticket, after[1], seated.policy) == ticket
    assert ticket.calendar == promise[1]


def state_of(desk, ticket_id: int):
    with desk.read() as work:
        return work.tickets.find(ticket_id), work.ticket_events.of(ticket_id), work.calls.all()


def check_clock(ticket, events) -> None:
    """The response deadline from nothing but receipt, promise and the pauses in the history."""
    waits = pauses(events, "paused", ("resumed",))
    found = deadline(ticket.received_at, ticket.target_s, calendar_hours(ticket.calendar), waits)
    assert found is None or found.at == ticket.respond_by
    assert (found is None) <= (ticket.paused_since is not None)
    assert ticket.paused_since is None or ticket.clock_runs


@pytest.mark.row("T4")
@given(policies, st.sampled_from(["Asia/Shanghai", "Europe/Berlin", "UTC"]))
def test_the_calendar_written_into_a_ticket_is_read_back(policy: Policy, zone: str) -> None:
    hours = replace(policy, timezone=zone).hours()
    assert calendar_hours(calendar_text(hours)) == hours
