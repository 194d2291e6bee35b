"""Inspections: due each week, a defect issues its slip, another look closes it or sets it due anew."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest

from deskapp.domain.errors import Conflict, NotAllowed, RuleBroken
from deskapp.domain.inspection import Draft
from deskapp.services import inspections, rectifications, tickets
from tests import builders

pytestmark = pytest.mark.row("S2")
TODAY = date(2026, 11, 23)


def day(days: int) -> date:
    return TODAY + timedelta(days=days)


@pytest.fixture
def people(desk):
    return {
        "manager_id": builders.a_member(desk, "赵刚").id,
        "supervisor_id": builders.a_member(desk, "梁文彬", "supervisor").id,
    }


@pytest.fixture
def inspector(desk):
    return builders.a_member(desk, "周平", "inspector")


@pytest.fixture
def site(desk, people):
    return builders.a_site(desk, builders.a_client(desk), start_date=day(-30), **people)


def a_defect(desk, site, **fields):
    values = {"verdict": "defects", "findings": "阳台防水起鼓\n须重做"} | fields
    return inspections.record(desk, Draft(site.id, TODAY, **values))


def told(desk, ticket):
    """Why and who, in the order they were put down."""
    with desk.read() as work:
        return [(one.reason, one.staff_id) for one in work.outbox.unsent_of(ticket.id)]


def kinds(desk, ticket):
    with desk.read() as work:
        return [one.kind for one in work.ticket_events.of(ticket.id)]


def test_an_inspection_in_order_has_a_number_and_brings_no_slip(desk, site, inspector):
    first = inspections.record(desk, Draft(site.id, TODAY, inspector.id, findings=" 现场整洁 "))
    again = inspections.record(desk, Draft(site.id, day(-3)))
    assert first.ticket is None
    assert (first.inspection.number, again.inspection.number) == ("XJ20261123-0001", "XJ20261123-0002")
    assert (first.inspection.findings, first.inspection.created_by) == ("现场整洁", desk.operator.id)


@pytest.mark.row("T2", "T14", "N1")
def test_a_defect_issues_its_slip_to_the_project_manager_who_is_told(desk, site, people):
    done = a_defect(desk, site)
    ticket = done.ticket
    assert done.inspection.ticket_id == ticket.id
    assert (ticket.number, ticket.kind, ticket.state) == ("ZG20261123-0001", "rectification", "dispatched")
    assert (ticket.subject, ticket.description) == ("阳台防水起鼓", "阳台防水起鼓\n须重做")
    assert (ticket.site_id, ticket.client_id) == (site.id, site.client_id)
    assert ticket.responsible_id == people["manager_id"]
    assert ticket.department_id == builders.a_department(desk).id
    assert desk.local(ticket.due_at).format("YYYY-MM-DD HH:mm") == "2026-11-26 23:59"
    assert told(desk, ticket) == [("ticket.filed", people["manager_id"])]
    with desk.read() as work:
        assert work.tickets.count_running() == 0, "no client waits on a clock for it"


def test_somebody_else_and_another_deadline_may_be_named(desk, site):
    other = builders.a_member(desk, "钱永福")
    due = desk.now().add(days=9)
    ticket = a_defect(desk, site, responsible_id=other.id, due_at=due, severity="major").ticket
    assert (ticket.responsible_id, ticket.due_at, ticket.severity) == (other.id, due, "major")


def test_sent_twice_it_is_recorded_once(desk, site):
    draft = Draft(site.id, TODAY, verdict="defects", findings="漏水")
    first = inspections.record(desk, draft, key="form")
    assert inspections.record(desk, draft, key="form") == first
    with desk.read() as work:
        assert work.inspections.count() == 1
        assert len(work.inspections.open_rectifications()) == 1


def test_what_cannot_be_is_refused_with_nothing_written(desk, site, tmp_path):
    unbuilt = builders.a_site(desk, site.client_id, stage="deposit")
    for code, draft in (
        ("inspections.not_building", Draft(unbuilt.id, TODAY)),
        ("inspections.future", Draft(site.id, day(1))),
        ("inspections.before_start", Draft(site.id, day(-31))),
        ("inspections.findings_missing", Draft(site.id, TODAY, verdict="defects", findings=" \n")),
        ("inspections.verdict_unknown", Draft(site.id, TODAY, verdict="so-so")),
        ("ticket.severity", Draft(site.id, TODAY, verdict="defects", findings="x", severity="crisis")),
    ):
        with pytest.raises(RuleBroken) as refused:
            inspections.record(desk, draft)
        assert refused.value.code == code
    bad = tmp_path / "photo.exe"
    bad.write_bytes(b"MZ")
    with pytest.raises(RuleBroken, match=r"attachments\.type"):
        inspections.record(desk, Draft(site.id, TODAY), photos=[bad])
    with desk.read() as work:
        assert work.inspections.count() == 0


def test_photos_come_with_it(desk, site, tmp_path):
    photo = tmp_path / "阳台.jpg"
    photo.write_bytes(b"\xff\xd8\xff" + b"x" * 50)
    done = inspections.record(desk, Draft(site.id, TODAY), photos=[photo, photo])
    with desk.read() as work:
        assert [one.name for one in work.attachments.of("inspection", done.inspection.id)] == ["阳台.jpg"]


def test_running_sites_stand_by_the_day_their_next_inspection_is_due(desk, site, people):
    never = builders.a_site(desk, site.client_id, start_date=day(-20))
    unknown = builders.a_site(desk, site.client_id, start_date=None)
    for stage in ("deposit", "signed", "finished", "warranty", "ended", "cancelled"):
        builders.a_site(desk, site.client_id, stage=stage, start_date=day(-60))
    inspections.record(desk, Draft(site.id, day(-5)))
    inspections.record(desk, Draft(site.id, day(-9)))
    rows = inspections.due(desk)
    assert [(row.site.id, row.last_on, row.due_on) for row in rows] == [
        (never.id, None, day(-13)),
        (site.id, day(-5), day(2)),
        (unknown.id, None, day(7)),
    ]
    assert (rows[1].manager, rows[1].supervisor, rows[1].client_name) == ("赵刚", "梁文彬", "张伟明")
    stricter = replace(desk, policy=replace(desk.policy, inspection_days=3))
    assert inspections.due(stricter)[1].due_on == day(-2)


@pytest.mark.row("T7", "T14")
@pytest.mark.parametrize("moves", [(), ("respond",), ("respond", "resolve")])
def test_put_right_closes_it_and_nobody_calls_the_client(desk, site, inspector, moves):
    ticket = a_defect(desk, site).ticket
    for move in moves:
        ticket = tickets.move(desk, ticket, move, "已返工")
    done = rectifications.reinspect(desk, ticket, Draft(site.id, TODAY, inspector.id, findings="已重做"))
    assert done.ticket.state == "closed"
    assert (done.ticket.resolved_by, done.ticket.verified_by) == (None, desk.operator.id)
    assert done.inspection.ticket_id == ticket.id
    with desk.read() as work:
        assert not work.calls.of_client(site.client_id)
        assert [one.id for one in work.inspections.of_ticket(ticket.id)][-1] == done.inspection.id
        assert work.inspections.open_rectifications() == []


@pytest.mark.row("T7")
def test_whoever_answers_for_the_work_does_not_prove_it(desk, site, people):
    ticket = a_defect(desk, site).ticket
    with pytest.raises(RuleBroken) as refused:
        rectifications.reinspect(desk, ticket, Draft(site.id, TODAY, people["manager_id"]))
    assert refused.value.code == "ticket.proved_by_doer"
    with desk.read() as work:
        assert work.inspections.count() == 1, "the look that proved nothing is not recorded either"


@pytest.mark.row("T5")
@pytest.mark.parametrize("reported", [False, True])
def test_still_there_it_is_due_anew_and_its_person_told(desk, clock, site, people, inspector, reported):
    ticket = a_defect(desk, site).ticket
    if reported:
        ticket = tickets.respond_and_resolve(desk, ticket, "已返工")
    clock.at = clock.at.add(days=4)
    look = Draft(site.id, day(4), inspector.id, "defects", "仍起鼓")
    done = rectifications.reinspect(desk, ticket, look, key="again")
    assert done.ticket.is_open
    assert desk.local(done.ticket.due_at).format("YYYY-MM-DD") == "2026-11-30"
    assert ("reopened" if reported else "not_fixed") in kinds(desk, ticket)
    assert done.ticket.state == ("reopened" if reported else "dispatched")
    assert told(desk, ticket)[-1] == ("ticket.reopened", people["manager_id"])
    assert rectifications.reinspect(desk, ticket, look, key="again") == done, "sent twice, done once"
    fixed = rectifications.reinspect(desk, done.ticket, Draft(site.id, day(4), inspector.id))
    assert fixed.ticket.state == "closed"
    with pytest.raises(RuleBroken, match=r"ticket\.ended"):
        rectifications.reinspect(desk, fixed.ticket, Draft(site.id, day(4), inspector.id))


def test_only_a_rectification_is_looked_at_again(desk, site, inspector):
    complaint = builders.a_complaint(desk, site.client_id)
    with pytest.raises(RuleBroken, match=r"inspections\.no_rectification"):
        rectifications.reinspect(desk, complaint, Draft(site.id, TODAY, inspector.id))


@pytest.mark.row("P1")
def test_two_desks_that_look_again_meet_in_a_conflict(desk, second_desk, site, inspector):
    ticket = a_defect(desk, site).ticket
    rectifications.reinspect(second_desk, ticket, Draft(site.id, TODAY, inspector.id, "defects", "仍漏"))
    with pytest.raises(Conflict):
        rectifications.reinspect(desk, ticket, Draft(site.id, TODAY, inspector.id))
    with desk.read() as work:
        assert work.inspections.count() == 2


@pytest.mark.row("P2")
def test_nobody_records_nothing(desk, site):
    with pytest.raises(NotAllowed):
        inspections.record(replace(desk, operator=None), Draft(site.id, TODAY))
