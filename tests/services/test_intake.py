"""What the console knows while a complaint is taken: deadlines, repeats, who answers, whose number it is."""

from dataclasses import replace

import pendulum
import pytest

from deskapp.domain.policy import Policy
from deskapp.services import company, intake
from deskapp.services.intake import Asked
from tests import builders


@pytest.fixture
def client(desk):
    return builders.a_client(desk, "张伟明", "13800138000")


def asked(client=None, **fields):
    return Asked(client_id=client.client.id if client else None, **fields)


@pytest.mark.row("T3")
@pytest.mark.parametrize(
    ("severity", "hours", "days"), [("minor", 24, 7), ("major", 24, 5), ("critical", 24, 3), ("crisis", 2, 1)]
)
def test_deadlines_follow_from_severity(desk, clock, severity, hours, days):
    promised = intake.look(desk, asked(severity=severity)).promised
    assert promised.respond_by == clock.at.add(hours=hours)
    assert promised.due_at == clock.at.add(days=days)
    assert not promised.provisional


@pytest.mark.row("T4")
def test_an_unpublished_year_is_seen_before_filing(desk, clock):
    clock.at = pendulum.datetime(2026, 12, 31, 8)
    desk = replace(desk, policy=Policy(clock_calendar="business"))
    assert intake.look(desk, asked()).promised.provisional


@pytest.mark.row("T10")
def test_the_client_s_recent_complaints_come_with_the_certain_ones_first(desk, client, clock):
    leak = builders.a_complaint(desk, client, category_id=builders.a_category(desk, "leak"))
    clock.at = clock.at.add(days=2)
    noise = builders.a_complaint(desk, client, category_id=builders.a_category(desk, "noise"))
    found = intake.look(desk, asked(client, category_id=builders.a_category(desk, "leak"))).repeats
    assert [(one.ticket.id, one.certain) for one in found] == [(leak.id, True), (noise.id, False)]


@pytest.mark.row("T1")
def test_the_site_s_own_project_manager_is_proposed(desk, client):
    member = builders.a_member(desk, "赵刚")
    site = builders.a_site(desk, client, manager_id=member.id)
    outlook = intake.look(desk, asked(client, category_id=builders.a_category(desk, "leak")))
    assert outlook.site_id == site.id
    assert outlook.proposal.reason == "site_trade"
    assert (outlook.proposal.responsible, outlook.proposal.department) == ("赵刚", "工程部")


@pytest.mark.row("T1")
def test_without_a_site_the_department_s_head_is_proposed(desk, client):
    head = builders.a_member(desk, "周大勇", "office")
    builders.a_department(desk, "engineering", head)
    proposal = intake.look(desk, asked(client, category_id=builders.a_category(desk, "leak"))).proposal
    assert (proposal.responsible, proposal.reason) == ("周大勇", "department_head")


@pytest.mark.row("T1")
def test_nothing_is_proposed_before_there_is_a_category(desk, client):
    assert intake.look(desk, asked(client)).proposal == intake.Proposal()


@pytest.mark.row("C3")
@pytest.mark.parametrize("typed", ["138 0013 8000", "+86 13800138000", "008613800138000"])
def test_a_stranger_s_number_may_be_somebody_s(desk, client, typed):
    found = intake.look(desk, asked(phone=typed)).same_phone
    assert [card.client.id for card in found] == [client.client.id]


@pytest.mark.parametrize("typed", ["", "138", "不知道", "13900000000", "1380013800013800138000"])
def test_any_other_is_nobody_s(desk, client, typed):
    assert intake.look(desk, asked(phone=typed)).same_phone == ()


@pytest.mark.row("T1")
def test_filed_faster_than_proposed_it_still_goes_to_whom_the_console_proposes(desk, client):
    member = builders.a_member(desk, "赵刚")
    builders.a_site(desk, client, manager_id=member.id)
    draft = builders.a_draft(client, category_id=builders.a_category(desk, "leak"))
    _, row = intake.take(desk, draft, decided=False)
    assert (row.responsible, row.ticket.state) == ("赵刚", "dispatched")
    assert row.address == "海棠湾 3-2-1101"


@pytest.mark.row("T1")
def test_what_the_operator_decided_stands(desk, client):
    builders.a_site(desk, client, manager_id=builders.a_member(desk, "赵刚").id)
    finance = builders.a_department(desk, "finance")
    draft = builders.a_draft(
        client, category_id=builders.a_category(desk, "leak"), department_id=finance.id, responsible_id=None
    )
    _, row = intake.take(desk, draft, decided=True)
    assert (row.department, row.responsible) == ("财务部", "")


@pytest.mark.row("P3")
def test_sent_twice_it_is_filed_once(desk, client):
    draft = builders.a_draft(client, submission="one")
    first, _ = intake.take(desk, draft, decided=False)
    second, row = intake.take(desk, draft, decided=False)
    assert (second.ticket.id, second.again, row.ticket.id) == (first.ticket.id, True, first.ticket.id)


def test_a_department_that_answers_has_a_name_in_the_proposal(desk, client):
    with desk.read() as work:
        refund = work.categories.by_name("退款查询")
    company.save_category(desk, replace(refund, trade=""))
    proposal = intake.look(desk, asked(client, category_id=refund.id)).proposal
    assert (proposal.department, proposal.reason) == ("财务部", "department")
