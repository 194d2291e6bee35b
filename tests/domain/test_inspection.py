"""Inspections: when the next is due, when it is late; what time demands of a rectification."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pendulum
import pytest
from hypothesis import given
from hypothesis import strategies as st

from deskapp.domain.inspection import due_on, number, overdue, subject
from deskapp.domain.policy import Policy
from deskapp.domain.rectification import WORKED_ON, Urge, Warn, decide
from deskapp.domain.ticket import STATES, Ticket, TicketEvent

pytestmark = pytest.mark.row("S2")
TODAY = date(2026, 11, 23)
DUE = pendulum.datetime(2026, 11, 26, 15, 59)
POLICY = Policy()
TICKET = Ticket(id=7, kind="rectification", state="dispatched", due_at=DUE)
days = st.integers(-900, 900).map(lambda n: TODAY + timedelta(days=n))


@pytest.mark.parametrize(
    ("last", "begun", "due"),
    [
        (None, 0, 7),
        (3, 0, 10),
        (-5, 0, 7),
        (None, 30, 37),
    ],
)
def test_the_next_is_due_a_week_after_the_last_or_the_start(last, begun, due) -> None:
    day = TODAY + timedelta(days=last) if last is not None else None
    assert due_on(day, TODAY + timedelta(days=begun), 7) == TODAY + timedelta(days=due)


@given(st.none() | days, days, st.integers(1, 365))
def test_it_is_never_due_before_the_last_one_nor_before_work_began(last, begun, every) -> None:
    due = due_on(last, begun, every)
    assert due >= begun + timedelta(days=every)
    assert last is None or due >= last + timedelta(days=every)


@given(days, days)
def test_late_is_counted_in_days_from_its_day_on(due, today) -> None:
    assert (overdue(due, today) > 0) == (today > due)


def test_numbers_and_subjects() -> None:
    assert number("20261123", 7) == "XJ20261123-0007"
    assert subject("\n  \n 阳台起鼓 \n第二行") == "阳台起鼓"
    assert subject(" \n") == ""
    assert len(subject("长" * 300)) == 80


def warned(due=DUE) -> TicketEvent:
    return TicketEvent(kind="warned", at=due, facts={"due_at": due.isoformat()})


def urged(at) -> TicketEvent:
    return TicketEvent(kind="urged", at=at)


@pytest.mark.parametrize(
    ("hours", "events", "kinds"),
    [
        (-25, (), ()),
        (-24, (), (Warn,)),
        (-1, (warned(),), ()),
        (-1, (warned(DUE.subtract(days=3)),), (Warn,)),
        (0, (warned(),), (Urge,)),
        (0, (), (Warn, Urge)),
        (1, (warned(), urged(DUE.subtract(hours=2))), (Urge,)),
        (5, (warned(), urged(DUE)), (Urge,)),
        (0, (warned(), urged(DUE)), ()),
        (1 / 60, (warned(), urged(DUE)), (Urge,)),
    ],
)
def test_what_is_to_be_done_when(hours, events, kinds) -> None:
    """The deadline is 23:59 in Shanghai: a minute later it is another day there."""
    now = DUE.add(minutes=round(hours * 60))
    assert tuple(type(one) for one in decide(TICKET, events, now, POLICY)) == kinds


@pytest.mark.parametrize("state", [state for state in STATES if state not in WORKED_ON])
def test_what_is_not_worked_on_is_left_alone(state) -> None:
    assert decide(replace(TICKET, state=state), (), DUE.add(days=9), POLICY) == ()


def test_other_tickets_and_those_without_a_deadline_are_left_alone() -> None:
    late = DUE.add(days=9)
    assert decide(replace(TICKET, kind="complaint"), (), late, POLICY) == ()
    assert decide(replace(TICKET, due_at=None), (), late, POLICY) == ()


@given(st.lists(st.integers(0, 60 * 24 * 12), min_size=1, max_size=60))
def test_whenever_it_is_looked_at_there_is_one_warning_and_at_most_one_urging_a_day(minutes) -> None:
    told: list[TicketEvent] = []
    begun = DUE.subtract(days=3)
    for minute in sorted(minutes):
        now = begun.add(minutes=minute)
        for intent in decide(TICKET, told, now, POLICY):
            facts = {"due_at": intent.due_at.isoformat()}
            told.append(
                TicketEvent(kind="warned" if isinstance(intent, Warn) else "urged", at=now, facts=facts)
            )
        assert decide(TICKET, told, now, POLICY) == (), "done, there is nothing left to do"
    assert sum(event.kind == "warned" for event in told) <= 1
    urgings = [event.at.in_timezone(POLICY.timezone).date() for event in told if event.kind == "urged"]
    assert len(urgings) == len(set(urgings))
    assert all(event.at >= DUE for event in told if event.kind == "urged")
