"""The watch over rectifications: the supervisor warned once, the manager urged once a day, by however many consoles."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import date, timedelta

import pytest

from deskapp.domain.inspection import Draft
from deskapp.services import inspections, rectifications, tickets
from deskapp.services.tick import tick
from tests import builders

pytestmark = pytest.mark.row("S2")
TODAY = date(2026, 11, 23)


@pytest.fixture
def people(desk):
    return {
        "manager_id": builders.a_member(desk, "赵刚").id,
        "supervisor_id": builders.a_member(desk, "梁文彬", "supervisor").id,
    }


@pytest.fixture
def ticket(desk, people):
    start = TODAY - timedelta(days=30)
    site = builders.a_site(desk, builders.a_client(desk), start_date=start, **people)
    draft = Draft(site.id, TODAY, verdict="defects", findings="阳台起鼓", due_at=desk.now().add(days=3))
    return inspections.record(desk, draft).ticket


def told(desk, ticket):
    with desk.read() as work:
        return [(one.reason, one.staff_id) for one in work.outbox.unsent_of(ticket.id)][1:]


def events(desk, ticket):
    with desk.read() as work:
        return [one.kind for one in work.ticket_events.of(ticket.id)][1:]


@pytest.mark.row("T6", "N1")
def test_the_supervisor_is_warned_a_day_before_and_the_manager_urged_each_day_after(
    desk, clock, ticket, people
):
    warn = ("rectification.warn", people["supervisor_id"])
    urge = ("ticket.urged", people["manager_id"])
    assert rectifications.watch(desk) == 0, "two days and more are left"
    clock.at = clock.at.add(days=2, seconds=-1)
    assert rectifications.watch(desk) == 0
    clock.at = clock.at.add(seconds=1)
    assert tick(desk).watched == 1
    assert told(desk, ticket) == [warn]
    for _ in range(3):
        assert tick(desk).watched == 0
    clock.at = clock.at.add(days=1)
    assert rectifications.watch(desk) == 1
    assert rectifications.watch(desk) == 0, "once a day"
    assert told(desk, ticket) == [warn, urge]
    clock.at = clock.at.add(days=1)
    assert rectifications.watch(desk) == 1
    assert events(desk, ticket) == ["warned", "urged", "urged"]


def test_when_every_console_was_closed_it_is_found_at_the_next_start(desk, clock, ticket, people):
    clock.at = clock.at.add(days=10)
    assert tick(desk).watched == 2
    assert [reason for reason, _ in told(desk, ticket)] == ["rectification.warn", "ticket.urged"]


@pytest.mark.row("P1")
def test_many_consoles_tell_once(desk, second_desk, clock, ticket):
    clock.at = clock.at.add(days=3)
    with ThreadPoolExecutor(8) as pool:
        done = list(pool.map(rectifications.watch, [desk, second_desk] * 8))
    assert sum(done) == 2
    assert events(desk, ticket) == ["warned", "urged"]


def test_a_new_deadline_is_warned_of_anew(desk, clock, ticket):
    clock.at = clock.at.add(days=2)
    rectifications.watch(desk)
    inspector = builders.a_member(desk, "周平", "inspector")
    look = Draft(ticket.site_id, TODAY + timedelta(days=2), inspector.id, "defects", "仍起鼓")
    again = rectifications.reinspect(desk, ticket, look).ticket
    assert rectifications.watch(desk) == 0
    clock.at = again.due_at.subtract(hours=1)
    assert rectifications.watch(desk) == 1
    assert events(desk, ticket) == ["warned", "not_fixed", "warned"]


def test_what_waits_for_another_look_or_is_over_is_left_alone(desk, clock, ticket):
    said = tickets.respond_and_resolve(desk, ticket, "已返工")
    clock.at = clock.at.add(days=9)
    assert rectifications.watch(desk) == 0
    with desk.write("ticket.move") as work:
        tickets.settle_internal(work, desk, said, "已整改")
    assert rectifications.watch(desk) == 0


def test_urged_by_hand_after_the_deadline_it_is_not_urged_again_that_day(desk, clock, ticket):
    clock.at = clock.at.add(days=2)
    rectifications.watch(desk)
    clock.at = clock.at.add(days=1)
    tickets.urge(desk, ticket, "客户着急")
    assert rectifications.watch(desk) == 0
    clock.at = clock.at.add(days=1)
    assert rectifications.watch(desk) == 1


def test_where_nobody_is_named_the_head_of_the_department_is_told(desk, clock):
    head = builders.a_member(desk, "钱总")
    builders.a_department(desk, head=head)
    site = builders.a_site(desk, builders.a_client(desk))
    ticket = inspections.record(desk, Draft(site.id, TODAY, verdict="defects", findings="漏水")).ticket
    assert ticket.responsible_id is None
    clock.at = clock.at.add(days=5)
    assert rectifications.watch(desk) == 2
    with desk.read() as work:
        found = [(one.reason, one.staff_id) for one in work.outbox.unsent_of(ticket.id)]
    assert found == [("rectification.warn", head.id), ("ticket.urged", head.id)]


def test_a_quiet_watch_writes_nothing(desk, ticket):
    with desk.read() as work:
        before = work.latest()
    rectifications.watch(desk)
    with desk.read() as work:
        assert work.latest() == before


def test_the_hours_are_the_policys(desk, clock, ticket):
    early = replace(desk, policy=replace(desk.policy, rectification_warn_hours=72))
    assert rectifications.watch(early) == 1
    never = replace(desk, policy=replace(desk.policy, rectification_warn_hours=0))
    clock.at = clock.at.add(days=2)
    assert rectifications.watch(never) == 0
