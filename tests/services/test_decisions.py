"""Decisions on the spot: taken by whoever is there, put before the managers, confirmed or changed once (T12)."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest

from deskapp.domain.errors import Conflict, NotAllowed, RuleBroken
from deskapp.services import decisions, operators
from deskapp.services.decisions import Decided
from tests import builders

pytestmark = pytest.mark.row("T12")
WORDS = "先安排住宾馆,费用公司出"


@pytest.fixture
def manager(desk):
    return desk.signed_in(builders.an_operator(desk, "李经理", "manager"))


def events(desk, ticket):
    with desk.read() as work:
        return [(one.kind, one.text) for one in work.ticket_events.of(ticket.id)][1:]


def told(desk, who):
    with desk.read() as work:
        return [(row.notice.reason, row.ticket.ticket.number) for row in work.notices.newest(who, 9)]


def test_an_agent_decides_and_the_manager_has_it_before_them(second_desk, manager):
    ticket = builders.a_complaint(second_desk)
    decision = decisions.decide(second_desk, ticket, f" {WORDS} ")
    assert (decision.state, decision.words, decision.operator_id) == ("open", WORDS, second_desk.operator.id)
    assert events(second_desk, ticket) == [("decided", WORDS)]
    assert told(manager, manager.operator.id) == [("decision.taken", ticket.number)]
    [row] = Decided(manager).first(10)
    assert (row.decision, row.number, row.who) == (decision, ticket.number, "刘敏")


@pytest.mark.parametrize(("state", "answer"), [("confirmed", ""), ("changed", "改为半价补偿")])
def test_a_manager_settles_it_once_and_whoever_took_it_is_told(second_desk, manager, state, answer):
    ticket = builders.a_complaint(second_desk)
    decision = decisions.decide(second_desk, ticket, WORDS)
    verb = decisions.confirm if state == "confirmed" else decisions.change
    done = verb(manager, decision, answer)
    assert (done.state, done.answer, done.decided_by) == (state, answer, manager.operator.id)
    assert events(second_desk, ticket)[-1] == (f"decision_{state}", answer)
    assert told(second_desk, second_desk.operator.id) == [("decision.settled", ticket.number)]
    assert Decided(manager).count() == 0
    assert Decided(manager, only_open=False).count() == 1
    with pytest.raises(Conflict) as late:
        decisions.confirm(manager, decision)
    assert late.value.who == "李经理"
    with pytest.raises(RuleBroken, match=r"decision\.settled"):
        decisions.confirm(manager, done)


def test_an_agent_confirms_nothing_and_nobody_their_own(desk, second_desk, manager):
    ticket = builders.a_complaint(second_desk)
    with pytest.raises(NotAllowed):
        decisions.confirm(second_desk, decisions.decide(second_desk, ticket, WORDS))
    own = decisions.decide(manager, ticket, WORDS)
    with pytest.raises(RuleBroken, match=r"decision\.own"):
        decisions.confirm(manager, own)
    assert decisions.confirm(desk, own).state == "confirmed"


def test_where_nobody_else_could_one_settles_ones_own(desk):
    own = decisions.decide(desk, builders.a_complaint(desk), WORDS)
    other = builders.an_operator(desk, role="manager")
    with pytest.raises(RuleBroken, match=r"decision\.own"):
        decisions.confirm(desk, own)
    operators.disable(desk, other.login)
    assert decisions.confirm(desk, own).state == "confirmed"


def test_a_decision_needs_words_and_an_open_ticket(desk):
    with pytest.raises(RuleBroken, match=r"decision\.words"):
        decisions.decide(desk, builders.a_complaint(desk), "  ")
    with pytest.raises(RuleBroken, match=r"ticket\.ended"):
        decisions.decide(desk, builders.a_ticket_in(desk, "withdrawn"), WORDS)


def test_a_change_says_what_holds_instead(second_desk, manager):
    decision = decisions.decide(second_desk, builders.a_complaint(second_desk), WORDS)
    with pytest.raises(RuleBroken, match=r"decision\.answer"):
        decisions.change(manager, decision, " ")


def test_sent_twice_it_is_taken_once_and_of_two_managers_one_settles_it(desk, second_desk, manager):
    ticket = builders.a_complaint(second_desk)
    first, again = (decisions.decide(second_desk, ticket, WORDS, key="k1") for _ in range(2))
    assert first == again
    assert Decided(desk).count() == 1

    def settle(who):
        try:
            return decisions.change(who, first, "改为补偿")
        except (Conflict, RuleBroken) as lost:
            return lost

    with ThreadPoolExecutor(2) as pool:
        came = list(pool.map(settle, [desk, manager]))
    assert sorted(type(one).__name__ for one in came) == ["Conflict", "Decision"]


def test_the_list_pages_both_ways(second_desk):
    ticket = builders.a_complaint(second_desk)
    taken = [decisions.decide(second_desk, ticket, f"{WORDS}{n}").id for n in range(7)][::-1]
    source = Decided(second_desk)
    first = source.first(3)
    assert [row.decision.id for row in first] == taken[:3]
    assert [row.decision.id for row in source.after(first[-1], 3)] == taken[3:6]
    last = source.last(2)
    assert [row.decision.id for row in last] == taken[-2:]
    assert [row.decision.id for row in source.before(last[0], 2)] == taken[3:5]
    assert [row.decision.id for row in source.at(2, 2)] == taken[2:4]
    assert source.key(last[0]) == taken[-2]
