"""What was found out about a ticket, who answers for it, and the apology (T8)."""

from __future__ import annotations

from dataclasses import replace

import pytest

from deskapp.domain.errors import Conflict, RuleBroken
from deskapp.domain.responsibility import Finding
from deskapp.domain.sanction import Sanction
from deskapp.services import responsibility, sanctions
from tests import builders

pytestmark = pytest.mark.row("T8")


def events(desk, ticket):
    with desk.read() as work:
        return [(one.kind, one.text, one.facts) for one in work.ticket_events.of(ticket.id)][1:]


def broken(verb, *args, **options):
    with pytest.raises(RuleBroken) as refused:
        verb(*args, **options)
    return refused.value.code


def test_a_finding_is_made_once_and_corrected_in_sight(desk, second_desk):
    ticket = builders.a_complaint(desk)
    draft = Finding(ticket_id=ticket.id, cause=" 防水层 破损 ", trade="crew", crew="李队", words="闭水不合格")
    one = responsibility.find_out(desk, draft, key="f1")
    assert responsibility.find_out(desk, draft, key="f1") == one
    assert (one.cause, one.operator_id) == ("防水层 破损", desk.operator.id)
    facts = {"cause": "防水层 破损", "trade": "crew", "crew": "李队"}
    assert events(desk, ticket) == [("found_out", "闭水不合格", facts)]
    with pytest.raises(Conflict):
        responsibility.find_out(second_desk, draft)
    better = responsibility.find_out(second_desk, replace(one, material="防水涂料"))
    with pytest.raises(Conflict) as late:
        responsibility.find_out(desk, replace(one, cause="管道"))
    assert late.value.who == "刘敏"
    with desk.read() as work:
        assert work.findings.of_ticket(ticket.id) == better
        assert work.findings.known("cause") == ["防水层 破损"]
        assert work.findings.known("material") == ["防水涂料"]


@pytest.mark.parametrize(
    ("code", "fields"),
    [
        ("finding.cause", {"cause": " "}),
        ("finding.trade", {"trade": "wizard"}),
        ("finding.long", {"crew": "队" * 61}),
        ("finding.long", {"words": "长" * 2001}),
    ],
)
@pytest.mark.parametrize("backend", ["sqlite"], indirect=True)
def test_what_no_finding_is(desk, code, fields):
    values = {"ticket_id": builders.a_complaint(desk).id, "cause": "渗水"} | fields
    assert broken(responsibility.find_out, desk, Finding(**values)) == code


def test_those_responsible_and_their_apology(desk, second_desk):
    ticket, member = builders.a_complaint(desk), builders.a_member(desk, "赵刚")
    one = responsibility.hold_responsible(desk, ticket.id, member.id, "没有做闭水试验", key="r1")
    assert responsibility.hold_responsible(desk, ticket.id, member.id, key="r1") == one
    again = responsibility.hold_responsible(second_desk, ticket.id, member.id, "闭水不合格")
    assert (again.id, again.words) == (one.id, "闭水不合格")
    now = desk.now()
    assert broken(responsibility.apologise, desk, again, None, now, "对不起") == "responsibility.apologiser"
    assert broken(responsibility.apologise, desk, again, member.id, now, "") == "responsibility.apology_words"
    later, before = now.add(minutes=1), now.subtract(hours=1)
    assert (
        broken(responsibility.apologise, desk, again, member.id, later, "好")
        == "responsibility.apology_later"
    )
    assert (
        broken(responsibility.apologise, desk, again, member.id, before, "好")
        == "responsibility.apology_before"
    )
    done = responsibility.apologise(desk, again, member.id, None, "上门道歉,客户接受", key="a1")
    assert (done.apology_at, done.apology_by) == (now, member.id)
    assert broken(responsibility.apologise, desk, done, member.id, now, "又") == "responsibility.apologised"
    assert [kind for kind, _, _ in events(desk, ticket)] == [
        "held_responsible",
        "held_responsible",
        "apologised",
    ]
    with desk.read() as work:
        [row] = work.responsibilities.of_ticket(ticket.id)
    assert (row.staff, row.apologiser, row.responsibility) == ("赵刚", "赵刚", done)


def test_nobody_is_let_off_while_a_penalty_hangs_on_it(desk):
    ticket, member = builders.a_complaint(desk, channel="gm"), builders.a_member(desk, "赵刚")
    draft = Sanction(staff_id=member.id, ticket_id=ticket.id, rule="gm", amount=20_000, reason="到总经理处")
    one = sanctions.propose(desk, draft)
    with desk.read() as work:
        held = work.responsibilities.one_of(ticket.id, member.id)
    assert broken(responsibility.release, desk, held, "") == "responsibility.why"
    assert broken(responsibility.release, desk, held, "不是他") == "responsibility.sanctioned"
    sanctions.refuse(desk, one, "不是他的责任")
    responsibility.release(desk, held, "不是他")
    with desk.read() as work:
        assert work.responsibilities.of_ticket(ticket.id) == []
