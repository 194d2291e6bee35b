"""Escalation as the services do it: once a level however many run it, caught up after everything was off (T6, T12)."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest

from deskapp.domain.client import Client
from deskapp.domain.escalation import Level
from deskapp.domain.ticket import Ticket
from deskapp.services import company, escalation, operators, tickets
from deskapp.services.tick import tick
from tests import builders

pytestmark = pytest.mark.row("T6", "T3")
RESPOND = (-240, -60, 0, 240, 1440)


@pytest.fixture
def people(desk):
    """Whoever a level may call on: 赵刚 answers, 孙主任 heads 工程部, a manager, a director, 总经办's head."""
    found = {
        "responsible": builders.a_member(desk, "赵刚"),
        "department_head": builders.a_member(desk, "孙主任", "office"),
        "manager": builders.a_member(desk, "李经理", "office"),
        "director": builders.a_member(desk, "周总监", "office"),
        "office": builders.a_member(desk, "总办王", "office"),
    }
    builders.a_department(desk, "engineering", found["department_head"])
    builders.a_department(desk, "office", found["office"])
    for role in ("manager", "director"):
        account = builders.an_operator(desk, found[role].name, role)
        operators.save(desk, replace(account, staff_id=found[role].id))
    return {name: member.id for name, member in found.items()}


def a_ticket(desk, people, **fields):
    department = builders.a_department(desk)
    values = {"department_id": department.id, "responsible_id": people["responsible"]} | fields
    return builders.a_complaint(desk, **values)


def told(desk, ticket, reason="ticket.escalated"):
    with desk.read() as work:
        return [one.staff_id for one in work.outbox.unsent_of(ticket.id) if one.reason == reason]


def reached(desk, ticket, clock="respond"):
    with desk.read() as work:
        return [
            (one.round, one.level, not (one.told or {}).get("passed_over"))
            for one in work.escalations.of(ticket.id)
            if one.clock == clock
        ]


def events(desk, ticket):
    with desk.read() as work:
        return [one for one in work.ticket_events.of(ticket.id) if one.kind == "escalated"]


def notices_of(desk, role):
    with desk.read() as work:
        who = [one for one in work.operators.listed() if one.role == role]
        return [row.notice.reason for one in who for row in work.notices.newest(one.id, 50)]


def test_each_level_is_told_to_the_next_person_up_at_its_minute_and_once(desk, clock, people):
    ticket = a_ticket(desk, people, own_due_at=clock.at.add(days=60))
    so_far: list[int] = []
    for minutes, to in zip(RESPOND, people, strict=True):
        clock.at = ticket.respond_by.add(minutes=minutes).subtract(seconds=1)
        assert escalation.watch(desk) == 0, f"a second before {minutes}"
        clock.at = clock.at.add(seconds=1)
        assert tick(desk).escalated == 1
        assert tick(desk).escalated == 0
        so_far.append(people[to])
        assert told(desk, ticket) == so_far
    assert reached(desk, ticket) == [(0, minutes, True) for minutes in RESPOND]
    assert [one.facts["to"] for one in events(desk, ticket)] == list(people)
    assert notices_of(desk, "manager") == ["ticket.escalated"]
    with desk.read() as work:
        assert work.tickets.find(ticket.id).version == ticket.version, "nobody's move meets a conflict"


def test_everything_off_for_three_days_is_one_message_a_clock_to_the_highest(desk, clock, people):
    ticket = a_ticket(desk, people, severity="critical")
    clock.at = clock.at.add(days=3, minutes=1)
    assert tick(desk).escalated == 2
    assert told(desk, ticket) == [people["office"], people["department_head"]]
    assert reached(desk, ticket) == [(0, m, m == 1440) for m in RESPOND]
    assert reached(desk, ticket, "resolve") == [(0, -1440, False), (0, 0, True)]
    assert tick(desk).escalated == 0


def test_many_consoles_at_once_tell_each_level_once(desk, clock, people):
    filed = [a_ticket(desk, people) for _ in range(6)]
    clock.at = clock.at.add(hours=24)
    with ThreadPoolExecutor(8) as pool:
        counts = list(pool.map(lambda _: escalation.watch(desk), range(8)))
    assert sum(counts) == len(filed)
    for ticket in filed:
        assert told(desk, ticket) == [people["manager"]]
        assert len(events(desk, ticket)) == 1
        assert len(reached(desk, ticket)) == 3


def test_answered_closed_and_merged_tickets_reach_nothing_more(desk, clock, people):
    answered = tickets.respond(desk, a_ticket(desk, people), "明天上午到")
    gone = builders.a_ticket_in(desk, "withdrawn")
    merged = builders.a_ticket_in(desk, "merged")
    clock.at = clock.at.add(days=4)
    escalation.watch(desk)
    assert not reached(desk, answered)
    assert not reached(desk, gone) + reached(desk, gone, "resolve")
    assert not reached(desk, merged) + reached(desk, merged, "resolve")
    clock.at = clock.at.add(days=3)
    escalation.watch(desk)
    assert (0, 0, True) in reached(desk, answered, "resolve")


def test_opened_again_it_is_another_round(desk, clock, people):
    ticket = tickets.respond(desk, a_ticket(desk, people), "到场查看")
    clock.at = ticket.due_at
    assert escalation.watch(desk) == 1
    ticket = tickets.move(desk, ticket, "resolve", "已修好")
    ticket = tickets.move(desk, ticket, "reopen", "又漏了")
    clock.at = ticket.due_at
    assert escalation.watch(desk) >= 1
    assert [one[0] for one in reached(desk, ticket, "resolve")] == [0, 0, 1, 1]


def test_a_clock_that_stands_still_calls_on_nobody(desk, clock, people):
    desk = company.save_policy(desk, replace(desk.policy, pause_while_waiting=True), desk.policy)
    ticket = tickets.pause(desk, a_ticket(desk, people), "等客户回话")
    clock.at = clock.at.add(days=6)
    assert escalation.watch(desk) == 0
    ticket = tickets.resume(desk, ticket)
    assert escalation.watch(desk) == 0
    clock.at = ticket.respond_by
    assert escalation.watch(desk) == 1
    assert told(desk, ticket) == [people["manager"]]


def test_a_new_line_of_the_policy_holds_at_the_next_tick(desk, clock, people):
    ticket = a_ticket(desk, people)
    levels = (Level("respond", -600, "director"),)
    desk = company.save_policy(desk, replace(desk.policy, escalation=levels), desk.policy)
    clock.at = ticket.respond_by.subtract(minutes=600)
    assert escalation.watch(desk) == 1
    assert told(desk, ticket) == [people["director"]]
    assert company.refreshed(desk).policy.escalation == levels


def test_where_there_is_nobody_the_next_above_is_told(desk, clock):
    ticket = builders.a_complaint(desk)
    clock.at = ticket.respond_by
    assert escalation.watch(desk) == 1
    assert told(desk, ticket) == []
    assert notices_of(desk, "admin") == ["ticket.escalated"]
    assert events(desk, ticket)[0].facts["instead"] == "admin"


@pytest.mark.parametrize(("hour", "here"), [(15, True), (16, False), (23, False)])
def test_who_leaves_today_is_told_nothing_from_midnight_of_the_company_on(desk, clock, people, hour, here):
    """In China it is midnight at 16:00 in UTC."""
    with desk.read() as work:
        member = work.staff.find(people["responsible"])
    day = clock.at.add(days=5)
    company.save_staff(desk, replace(member, left_on=day.date()))
    ticket = a_ticket(desk, people, own_due_at=clock.at.add(days=60))
    clock.at = day.subtract(days=1).set(hour=hour, minute=0)
    with desk.store.write("test") as work:
        found, to = escalation.receivers(work, ticket, "responsible")
    assert (people["responsible"] in found.staff) is here
    assert (to == "responsible") is here


def test_a_rectification_goes_up_only_beyond_what_its_own_watch_tells(desk, clock, people):
    ticket = a_ticket(desk, people, kind="rectification")
    clock.at = ticket.due_at
    assert escalation.watch(desk) == 0
    clock.at = ticket.due_at.add(days=1)
    assert escalation.watch(desk) == 1
    assert told(desk, ticket) == [people["manager"]]


@pytest.mark.row("T12")
def test_a_crisis_calls_on_manager_and_director_as_it_is_filed(desk, people):
    ticket = a_ticket(desk, people, severity="crisis")
    assert told(desk, ticket, "ticket.crisis") == [people["manager"], people["director"]]
    assert notices_of(desk, "manager") == notices_of(desk, "director") == ["ticket.crisis"]
    assert events(desk, ticket)[0].facts["crisis"] is True


@pytest.mark.row("T12")
def test_graded_a_crisis_it_is_told_then_and_once(desk, people):
    ticket = a_ticket(desk, people)
    assert told(desk, ticket, "ticket.crisis") == []
    ticket = tickets.set_severity(desk, ticket, "crisis", "记者到场")
    assert told(desk, ticket, "ticket.crisis") == [people["manager"], people["director"]]
    tickets.set_severity(desk, ticket, "crisis", "记者还在")
    assert len(told(desk, ticket, "ticket.crisis")) == 2


@pytest.mark.row("T12")
def test_a_crisis_told_before_the_refusal_of_its_filing_is_told_to_nobody(desk, people):
    def broken_off():
        with desk.write("ticket.file") as work:
            tickets.file_in(work, desk, builders.a_draft(severity="crisis"))
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        broken_off()
    assert notices_of(desk, "manager") == []


@pytest.mark.row("P4")
def test_what_was_late_when_it_was_imported_or_filled_in_is_nobodys_news(desk, clock):
    late = clock.at.subtract(days=2)
    with desk.write("import.run") as work:
        client = work.clients.add(Client(name="李秀英")).id
        values = {"client_id": client, "received_at": late, "severity": "minor", "source_key": "old:1"}
        old = replace(
            Ticket(number="OLD-1", **values), respond_by=late.add(hours=24), due_at=clock.at.add(days=9)
        )
        [stored] = work.tickets.add_many([old])
        escalation.imported_in(work, desk.policy, [stored])
        filled = work.tickets.add(replace(old, number="OLD-2", source_key="old:2"))
        escalation.pass_over_in(work, desk.policy)
    assert escalation.watch(desk) == 0
    for ticket in (stored, filled):
        assert told(desk, ticket) == [] and events(desk, ticket) == []
        assert reached(desk, ticket)[-1] == (0, 1440, False)
    clock.at = old.due_at
    assert escalation.watch(desk) == 2, "what comes later is told"
