"""Penalties and rewards, done for real: who may, what is told, one of two managers wins, the ledger (T8-T10, A3)."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import date

import pytest

from deskapp.domain.errors import Conflict, NotAllowed, RuleBroken
from deskapp.domain.praise import Praise
from deskapp.domain.sanction import Sanction, SanctionFilter
from deskapp.services import operators, praises, sanctions, tickets
from tests import builders

pytestmark = pytest.mark.row("T9")
sqlite_only = pytest.mark.parametrize("backend", ["sqlite"], indirect=True)
NOVEMBER, DECEMBER = date(2026, 11, 1), date(2026, 12, 1)


@pytest.fixture
def member(desk):
    return builders.a_member(desk, "赵刚")


@pytest.fixture
def manager(desk):
    return desk.signed_in(builders.an_operator(desk, "李经理", "manager"))


def a_draft(ticket, member, **fields):
    values = {"staff_id": member.id, "ticket_id": ticket.id, "rule": "gm", "amount": 20_000}
    return Sanction(**(values | {"reason": "客户找到总经理"} | fields))


def at_the_gm(desk, **fields):
    return builders.a_complaint(desk, channel="gm", **fields)


def broken(verb, *args, **options):
    with pytest.raises(RuleBroken) as refused:
        verb(*args, **options)
    return refused.value.code


def acts(desk, one):
    with desk.read() as work:
        rows = work.sanction_entries.of_sanction(one.id)
    return [(row.entry.act, row.entry.amount, row.entry.month, row.who) for row in rows]


def told(desk, member):
    with desk.read() as work:
        notices = [one for one in work.outbox.all() if one.staff_id == member.id]
    return [(one.reason, one.facts["amount"]) for one in notices if "amount" in (one.facts or {})]


def net(desk, month):
    return {one.name: (one.net, one.penalty_count, one.reversed_count) for one in sanctions.sums(desk, month)}


@pytest.mark.row("T8")
def test_an_agent_proposes_a_manager_decides_and_the_person_is_told(second_desk, manager, member):
    ticket = at_the_gm(second_desk)
    one = sanctions.propose(second_desk, a_draft(ticket, member), key="p1")
    assert sanctions.propose(second_desk, a_draft(ticket, member), key="p1") == one, "sent again"
    assert (one.number, one.state, one.month) == ("CF20261123-0001", "proposed", None)
    with second_desk.read() as work:
        assert [row.staff for row in work.responsibilities.of_ticket(ticket.id)] == ["赵刚"]
    assert told(manager, member) == [] and net(manager, NOVEMBER) == {}
    with pytest.raises(NotAllowed):
        sanctions.decide(second_desk, one)
    done = sanctions.decide(manager, one, key="d1")
    assert sanctions.decide(manager, one, key="d1") == done, "sent again"
    assert (done.state, done.month, done.decided_by) == ("decided", NOVEMBER, manager.operator.id)
    assert acts(manager, done) == [
        ("proposed", 0, NOVEMBER, "刘敏"),
        ("decided", -20_000, NOVEMBER, "李经理"),
    ]
    assert told(manager, member) == [("penalty.decided", "200")]
    assert net(manager, NOVEMBER) == {"赵刚": (-20_000, 1, 0)}
    with manager.read() as work:
        events = [e for e in work.ticket_events.of(ticket.id) if e.kind == "sanctioned"]
        shown = [item.code for item in work.timeline.of(ticket.client_id, 50)]
        length = work.timeline.length(ticket.client_id)
    assert [(e.facts["act"], e.facts["amount"]) for e in events] == [
        ("proposed", 20_000),
        ("decided", 20_000),
    ]
    assert "sanctioned" not in shown and len(shown) == length, "none of the client's business"


@pytest.mark.row("T10")
def test_an_agent_decides_what_is_complained_of_again_by_its_rule_only(desk, second_desk, member):
    client, category = builders.a_client(desk), builders.a_category(desk)
    builders.a_complaint(desk, client, category_id=category)
    again = builders.a_complaint(desk, client, category_id=category)
    draft = a_draft(again, member, rule="repeat", amount=10_000)
    with pytest.raises(NotAllowed):
        sanctions.propose(second_desk, replace(draft, amount=50_000), at_once=True)
    with second_desk.read() as work:
        assert work.sanctions.count(SanctionFilter()) == 0, "all of it or nothing"
        assert sanctions.proposed_for(work, second_desk, again).agent_may
    done = sanctions.propose(second_desk, draft, at_once=True)
    assert (done.state, done.decided_by) == ("decided", second_desk.operator.id)
    first = sanctions.propose(second_desk, a_draft(at_the_gm(desk), member))
    with pytest.raises(NotAllowed):
        sanctions.decide(second_desk, first)


def test_a_complaint_reached_the_general_manager_when_its_duplicate_did(desk, member):
    plain = builders.a_complaint(desk)
    other = tickets.merge(desk, at_the_gm(desk, client=plain.client_id), plain, "同一件事")
    assert broken(sanctions.propose, desk, a_draft(other, member)) == "sanction.merged"
    with desk.read() as work:
        assert sanctions.proposed_for(work, desk, work.tickets.find(plain.id)).rule == "gm"
    assert sanctions.propose(desk, a_draft(plain, member)).rule == "gm"


def test_nobody_decides_about_themselves(desk, member):
    own = builders.an_operator(desk, "赵刚", "manager")
    with desk.write("operator.save") as work:
        own = work.operators.save(replace(own, staff_id=member.id))
    seat = desk.signed_in(own)
    one = sanctions.propose(desk, a_draft(at_the_gm(desk), member))
    assert broken(sanctions.decide, seat, one) == "sanction.own"
    assert broken(sanctions.refuse, seat, one, "不服") == "sanction.own"
    done = sanctions.decide(desk, one)
    assert broken(sanctions.reverse, seat, done, "不服") == "sanction.own"
    assert sanctions.appeal(seat, done, "不服").state == "appealed", "an appeal is anybody's"


def test_the_same_penalty_is_not_proposed_twice_unless_it_fell(desk, member):
    ticket = at_the_gm(desk)
    one = sanctions.propose(desk, a_draft(ticket, member))
    assert broken(sanctions.propose, desk, a_draft(ticket, member)) == "sanction.exists"
    sanctions.refuse(desk, one, "事实不清")
    assert sanctions.propose(desk, a_draft(ticket, member)).number == "CF20261123-0002"
    other = builders.a_member(desk, "钱进")
    assert sanctions.propose(desk, a_draft(ticket, other)).state == "proposed"


def test_an_appeal_upheld_is_a_line_of_the_month_it_is_reversed_in(desk, manager, member, clock):
    clock.at = clock.at.add(days=6)
    done = sanctions.propose(manager, a_draft(at_the_gm(desk), member), at_once=True)
    asked = sanctions.appeal(desk, done, "材料商的责任")
    clock.at = clock.at.add(days=5)
    back = sanctions.answer_appeal(manager, asked, True, "查实是材料问题")
    assert (back.state, back.amount, back.month) == ("reversed", 20_000, NOVEMBER)
    assert [line[:3] for line in acts(desk, back)] == [
        ("proposed", 0, NOVEMBER),
        ("decided", -20_000, NOVEMBER),
        ("appealed", 0, NOVEMBER),
        ("reversed", 20_000, DECEMBER),
    ]
    assert net(desk, NOVEMBER) == {"赵刚": (-20_000, 1, 0)}
    assert net(desk, DECEMBER) == {"赵刚": (20_000, 0, 1)}
    assert broken(sanctions.reverse, desk, back, "再撤") == "sanction.cannot"
    assert told(desk, member) == [("penalty.decided", "200"), ("penalty.reversed", "200")]


@sqlite_only
def test_whoever_decided_does_not_reject_the_appeal_and_late_appeals_are_refused(
    desk, manager, member, clock
):
    done = sanctions.propose(manager, a_draft(at_the_gm(desk), member), at_once=True)
    late = sanctions.propose(manager, a_draft(at_the_gm(desk), member), at_once=True)
    asked = sanctions.appeal(desk, done, "不是我")
    assert broken(sanctions.answer_appeal, manager, asked, False, "维持") == "sanction.own_decision"
    stands = sanctions.answer_appeal(desk, asked, False, "维持")
    assert broken(sanctions.appeal, desk, stands, "再申诉") == "sanction.appealed_before"
    assert sanctions.reverse(desk, stands, "总经理免罚").state == "reversed"
    clock.at = clock.at.add(days=8)
    assert broken(sanctions.appeal, desk, late, "不是我") == "sanction.appeal_late"


@sqlite_only
def test_the_only_manager_there_is_may_reject_it(desk, member):
    done = sanctions.propose(desk, a_draft(at_the_gm(desk), member), at_once=True)
    asked = sanctions.appeal(desk, done, "不是我")
    assert sanctions.answer_appeal(desk, asked, False, "维持").state == "confirmed"


@pytest.mark.row("T8")
def test_two_managers_decide_at_once_one_wins_the_other_is_told(desk, manager, member):
    other = desk.signed_in(builders.an_operator(desk, "王经理", "manager"))
    one = sanctions.propose(desk, a_draft(at_the_gm(desk), member))

    def attempt(seat):
        try:
            return sanctions.decide(seat, one)
        except Conflict as conflict:
            return conflict

    with ThreadPoolExecutor(2) as both:
        came = list(both.map(attempt, (manager, other)))
    lost = [one for one in came if isinstance(one, Conflict)]
    won = [one for one in came if isinstance(one, Sanction)]
    assert len(lost) == len(won) == 1
    assert lost[0].who in ("李经理", "王经理") and lost[0].at is not None
    assert net(desk, NOVEMBER) == {"赵刚": (-20_000, 1, 0)}


@pytest.mark.row("A3")
def test_praise_is_rewarded_once_and_never_by_an_agent_alone(desk, second_desk, member):
    praise = praises.add(desk, Praise(staff_id=member.id, words="准时认真"))
    draft = Sanction(
        kind="reward", staff_id=member.id, praise_id=praise.id, rule="praise", amount=10_000, reason="准时"
    )
    other = builders.a_member(desk, "钱进")
    assert broken(sanctions.propose, desk, replace(draft, staff_id=other.id)) == "sanction.other_praised"
    one = sanctions.propose(second_desk, draft)
    assert one.number == "JL20261123-0001"
    with pytest.raises(NotAllowed):
        sanctions.decide(second_desk, one)
    assert broken(sanctions.propose, desk, draft) == "sanction.exists"
    sanctions.decide(desk, one)
    [found] = sanctions.sums(desk, NOVEMBER)
    assert (found.rewards, found.reward_count, found.penalties, found.net) == (10_000, 1, 0, 10_000)
    assert told(desk, member) == [("reward.decided", "100")]
    with desk.read() as work:
        assert work.sanctions.states_of_praises([praise.id]) == {praise.id: "decided"}


def test_who_lost_the_role_decides_no_more(desk, manager, member):
    one = sanctions.propose(desk, a_draft(at_the_gm(desk), member))
    operators.save(desk, replace(manager.operator, role="agent"))
    with pytest.raises(NotAllowed):
        sanctions.decide(manager, one)


def test_the_list_has_what_waits_first_then_month_by_month(desk, member, clock):
    made = []
    for days in (0, 5, 5, 5):
        clock.at = clock.at.add(days=days)
        made.append(sanctions.propose(desk, a_draft(at_the_gm(desk), member)))
    first, second, third, fourth = made
    done = [sanctions.decide(desk, first), sanctions.decide(desk, fourth)]
    with desk.read() as work:
        everything = [row.sanction.id for row in work.sanctions.page(SanctionFilter(), 9)]
        assert everything == [second.id, third.id, fourth.id, first.id]
        pages, row = [], None
        while part := work.sanctions.page(SanctionFilter(), 1, after=row):
            [row] = part
            pages.append(row.sanction.id)
        assert pages == everything
        back, row = [], work.sanctions.page(SanctionFilter(), 1, last=True)[0]
        while row is not None:
            back.insert(0, row.sanction.id)
            row = next(iter(work.sanctions.page(SanctionFilter(), 1, before=row)), None)
        assert back == everything
        for offset in range(1, 5):
            page = work.sanctions.page(SanctionFilter(), 2, offset=offset)
            assert [one.sanction.id for one in page] == everything[offset : offset + 2]
        assert work.sanctions.count(SanctionFilter()) == 4
        only = SanctionFilter(state="decided", staff_id=member.id, month=done[0].month)
        assert work.sanctions.count(only) == len(work.sanctions.page(only, 9)) == 2


def notices_of(desk, operator):
    with desk.read() as work:
        return [row.notice.reason for row in work.notices.newest(operator.id, 9)]


@sqlite_only
def test_managers_have_it_before_them_and_the_proposer_hears_what_came_of_it(second_desk, manager, member):
    one = sanctions.propose(second_desk, a_draft(at_the_gm(second_desk), member))
    assert notices_of(manager, manager.operator) == ["sanction.proposed"]
    done = sanctions.decide(manager, one)
    assert notices_of(manager, second_desk.operator) == ["sanction.settled"]
    sanctions.appeal(second_desk, done, "不是我")
    assert notices_of(manager, manager.operator) == ["sanction.proposed"] * 2
    sanctions.propose(manager, a_draft(at_the_gm(second_desk), member), at_once=True)
    assert notices_of(manager, manager.operator) == ["sanction.proposed"] * 2, "nothing waits"
