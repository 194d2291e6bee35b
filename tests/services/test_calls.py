"""The queue at work: rung, claimed by one, ended with a result, and what follows (rows C1–C4, T7)."""

from __future__ import annotations

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest

from deskapp.domain.call import Result
from deskapp.domain.errors import Conflict, RuleBroken
from deskapp.services import calls, tickets
from tests import builders


def broken(act, *arguments, **named) -> str:
    with pytest.raises(RuleBroken) as refused:
        act(*arguments, **named)
    return refused.value.code


def call_of(desk, call_id: int):
    with desk.read() as work:
        return work.calls.find(call_id)


@pytest.mark.row("C3")
@pytest.mark.parametrize(
    "dialled", ["13800138000", "+8613800138000", "008613800138000", "138 0013 8000", "138-0013-8000"]
)
def test_a_number_that_rings_brings_its_client(desk, dialled: str) -> None:
    client = builders.a_client(desk, phone="13800138000")
    rung = calls.ring(desk, dialled)
    assert rung.call.client_id == client.client.id
    assert [card.client.id for card in rung.clients] == [client.client.id]


@pytest.mark.row("C3")
def test_a_landline_brings_its_client_with_or_without_extension(desk) -> None:
    client = builders.a_client(desk, phone="021-62345678转801")
    assert calls.ring(desk, "02162345678").call.client_id == client.client.id


@pytest.mark.row("C3")
def test_a_number_of_several_clients_asks_who_it_is(desk) -> None:
    first = builders.a_client(desk, "张伟明", "13800138000")
    second = builders.a_client(desk, "李秀英", "13800138000")
    rung = calls.ring(desk, "13800138000")
    assert rung.call.client_id is None
    assert {card.client.id for card in rung.clients} == {first.client.id, second.client.id}
    assert calls.link_client(desk, rung.call, second.client.id).client_id == second.client.id


@pytest.mark.row("C3")
@pytest.mark.parametrize("number", ["", "anonymous", "<unknown>"])
def test_a_hidden_number_is_nobodys(desk, number: str) -> None:
    builders.a_client(desk, phone="")
    rung = calls.ring(desk, number)
    assert (rung.call.number, rung.call.client_id, rung.clients) == ("", None, ())


@pytest.mark.row("C1")
def test_the_next_call_is_the_first_of_the_queue(desk, clock) -> None:
    care = builders.a_planned_call(desk, "care")
    promised = builders.a_planned_call(desk, "callback", clock.at.add(minutes=10))
    tomorrow = builders.a_planned_call(desk, "callback", clock.at.add(days=1))
    rings = builders.a_ring(desk)
    order = [calls.take_next(desk) for _ in range(4)]
    assert [call and call.id for call in order] == [rings.id, promised.id, care.id, None]
    assert call_of(desk, tomorrow.id).state == "open"


@pytest.mark.row("C2")
def test_what_one_desk_has_another_cannot_have(desk, second_desk) -> None:
    call = builders.a_ring(desk)
    mine = calls.take(desk, call)
    assert calls.take(desk, call) == mine
    assert broken(calls.take, second_desk, call) == "call.taken"
    assert broken(calls.give_back, second_desk, call) == "call.claim_lost"
    assert broken(calls.renew, second_desk, call) == "call.claim_lost"
    assert broken(calls.end, second_desk, call, Result("reached")) == "call.taken"
    assert call_of(desk, call.id) == mine


@pytest.mark.row("C2")
def test_a_planned_call_another_is_on_cannot_be_put_off(desk, second_desk, clock) -> None:
    call = calls.take(desk, builders.a_planned_call(desk))
    assert broken(calls.later, second_desk, call, clock.at.add(hours=1)) == "call.taken"
    assert calls.later(desk, call, clock.at.add(hours=1)).state == "open"


@pytest.mark.row("C2")
def test_an_ended_call_is_not_opened_again(desk) -> None:
    call = calls.take(desk, builders.a_ring(desk))
    calls.end(desk, call, Result("reached", "已答复"))
    assert broken(calls.give_back, desk, call) == "call.claim_lost"
    assert broken(calls.end, desk, call, Result("reached")) == "call.already_ended"
    assert broken(calls.take, desk, call) == "call.already_ended"
    assert broken(calls.abandon, desk, call) == "call.already_ended"


@pytest.mark.row("C2")
def test_many_takers_take_every_call_once(desk, second_desk) -> None:
    for _ in range(40):
        builders.a_ring(desk, "")
    operators = [builders.an_operator(desk, f"op{n}") for n in range(6)]
    desks = [(desk if n % 2 else second_desk).signed_in(operator) for n, operator in enumerate(operators)]

    def take_all(taker) -> list[int]:
        taken = []
        while True:
            try:
                call = calls.take_next(taker)
            except Conflict:
                continue
            if call is None:
                return taken
            taken.append(call.id)

    with ThreadPoolExecutor(len(desks)) as pool:
        taken = list(pool.map(take_all, desks))
    assert Counter(call_id for one in taken for call_id in one) == Counter(
        {call.id: 1 for call in everything(desk)}
    )
    assert all(call.state == "taken" for call in everything(desk))


def everything(desk) -> list:
    with desk.read() as work:
        return work.calls.all()


@pytest.mark.row("C2")
def test_two_that_want_the_same_call_at_once_do_not_both_get_it(desk, second_desk) -> None:
    for _ in range(10):
        call = builders.a_ring(desk, "")

        def wants(taker, call=call) -> bool:
            try:
                return calls.take(taker, call).taken_by == taker.operator.id
            except (Conflict, RuleBroken):
                return False

        with ThreadPoolExecutor(2) as pool:
            assert sorted(pool.map(wants, (desk, second_desk))) == [False, True]


@pytest.mark.row("C2")
def test_a_dead_desks_claim_expires_and_the_call_comes_again(desk, second_desk, clock) -> None:
    call = calls.take(desk, builders.a_ring(desk))
    clock.at = call.claim_until
    assert calls.take_next(second_desk) is None
    clock.at = clock.at.add(seconds=1)
    again = calls.take_next(second_desk)
    assert again is not None
    assert (again.id, again.taken_by) == (call.id, second_desk.operator.id)
    assert broken(calls.renew, desk, call) == "call.claim_lost"


@pytest.mark.row("C2")
@pytest.mark.parametrize(
    "act", [calls.take, lambda desk, call: calls.end(desk, call, Result("reached")).call]
)
def test_a_dead_desks_call_can_be_had_before_anything_has_ticked(desk, second_desk, clock, act) -> None:
    call = calls.take(desk, builders.a_ring(desk))
    clock.at = call.claim_until
    assert broken(act, second_desk, call) == "call.taken"
    clock.at = clock.at.add(seconds=1)
    assert act(second_desk, call).taken_by == second_desk.operator.id
    assert broken(calls.renew, desk, call) == "call.claim_lost"


@pytest.mark.row("C2")
def test_a_living_desk_keeps_its_claim(desk, clock) -> None:
    call = calls.take(desk, builders.a_ring(desk))
    clock.at = clock.at.add(minutes=2)
    kept = calls.renew(desk, call)
    clock.at = clock.at.add(minutes=2)
    assert calls.release_expired(desk) == 0
    assert kept.claim_until > clock.at


@pytest.mark.row("C2")
def test_desks_that_find_dead_claims_at_once_do_not_trip_over_each_other(desk, second_desk, clock) -> None:
    dead = [calls.take(desk, builders.a_ring(desk, "")) for _ in range(12)]
    clock.at = clock.at.add(hours=1)
    with ThreadPoolExecutor(4) as pool:
        taken = list(pool.map(calls.take_next, [desk, second_desk] * 4))
    ids = [call.id for call in taken if call is not None]
    assert len(ids) == len(set(ids))
    assert set(ids) <= {call.id for call in dead}
    clock.at = clock.at.add(minutes=1)
    calls.release_expired(desk)
    assert Counter(call.state for call in everything(desk)) == {
        "taken": len(ids),
        "open": len(dead) - len(ids),
    }


@pytest.mark.row("C1")
def test_given_back_it_stands_where_it_stood(desk) -> None:
    call = builders.a_ring(desk)
    given = calls.give_back(desk, calls.take(desk, call))
    assert (given.state, given.taken_by, given.due_at) == ("open", None, call.due_at)
    assert calls.take_next(desk).id == call.id


@pytest.mark.row("C1")
def test_who_waits_on_the_line_cannot_be_put_off(desk, clock) -> None:
    assert broken(calls.later, desk, builders.a_ring(desk), clock.at.add(hours=1)) == "call.inbound_waits"
    planned = builders.a_planned_call(desk)
    assert broken(calls.later, desk, planned, clock.at) == "call.call_back_past"
    assert calls.later(desk, planned, clock.at.add(hours=2)).due_at == clock.at.add(hours=2)


@pytest.mark.row("C4")
def test_a_call_keeps_result_notes_and_talking_time(desk, clock) -> None:
    clock.at = clock.at.add(seconds=17)
    call = builders.a_ring(desk)
    clock.at = clock.at.add(seconds=12)
    taken = calls.take(desk, call)
    clock.at = clock.at.add(seconds=95)
    ended = calls.end(desk, taken, Result("reached", "改约周六", score=4)).call
    assert (ended.wait_s, ended.talk_s, ended.state) == (12, 95, "done")
    assert (ended.outcome, ended.notes, ended.score) == ("reached", "改约周六", 4)
    assert ended.taken_by == desk.operator.id


@pytest.mark.row("C4")
def test_a_call_nobody_took_is_his_who_ends_it(desk) -> None:
    ended = calls.end(desk, builders.a_ring(desk), Result("reached")).call
    assert ended.taken_by == desk.operator.id


@pytest.mark.row("C4")
def test_no_answer_is_tried_again_by_policy_and_given_up_visibly(desk, clock) -> None:
    call, tries = builders.a_planned_call(desk, "followup"), []
    while call is not None:
        result = calls.end(desk, calls.take(desk, call), Result("no_answer"))
        tries.append((result.call.state, result.given_up, result.follows and result.follows.due_at))
        call = result.follows
        clock.at = call.due_at if call else clock.at
    spacing = desk.policy.call_spacing_minutes
    assert tries == [
        ("done", False, builders.NOW.add(minutes=spacing)),
        ("done", False, builders.NOW.add(minutes=2 * spacing)),
        ("given_up", True, None),
    ]


@pytest.mark.row("C4")
def test_a_promised_time_becomes_a_callback(desk, clock) -> None:
    at = clock.at.add(hours=3)
    promised = calls.end(desk, builders.a_ring(desk), Result("call_back", "三点后", at)).follows
    assert (promised.kind, promised.due_at, promised.reason) == ("callback", at, "三点后")
    past = Result("call_back", call_back_at=clock.at)
    assert broken(calls.end, desk, builders.a_ring(desk), past) == "call.call_back_past"


@pytest.mark.row("C2", "C4")
def test_who_hung_up_is_called_back_and_nobody_else(desk, clock) -> None:
    client = builders.a_client(desk)
    call = builders.a_ring(desk, client.phones[0].raw)
    clock.at = clock.at.add(seconds=31)
    lost = calls.abandon(desk, call)
    assert (lost.state, lost.wait_s) == ("abandoned", 31)
    back = calls.take_next(desk)
    assert (back.kind, back.client_id, back.previous_id) == ("callback", client.client.id, call.id)
    calls.abandon(desk, builders.a_ring(desk, ""))
    assert calls.take_next(desk) is None


@pytest.mark.row("T7")
def test_a_content_client_closes_the_ticket(desk, second_desk) -> None:
    ticket = builders.a_ticket_in(desk, "resolved")
    call = calls.take_next(second_desk)
    assert (call.kind, call.ticket_id) == ("verification", ticket.id)
    calls.end(second_desk, call, Result("reached", "修好了", score=5, satisfied=True))
    closed = found(desk, ticket.id)
    assert (closed.state, closed.satisfaction, closed.verified_by) == ("closed", 5, second_desk.operator.id)
    assert calls.take_next(second_desk) is None


@pytest.mark.row("T7")
def test_a_discontented_client_reopens_it(desk, second_desk) -> None:
    ticket = builders.a_ticket_in(desk, "resolved")
    call = calls.take_next(second_desk)
    calls.end(second_desk, call, Result("reached", "又漏了", score=2, satisfied=False))
    again = found(desk, ticket.id)
    assert (again.state, again.reopened_count, again.resolved_at) == ("reopened", 1, None)


@pytest.mark.row("T7")
@pytest.mark.parametrize("satisfied", [True, False])
def test_who_did_the_work_cannot_verify_it(desk, satisfied: bool) -> None:
    ticket = builders.a_ticket_in(desk, "resolved")
    call = calls.take_next(desk)
    result = Result("reached", "好", satisfied=satisfied)
    assert broken(calls.end, desk, call, result) == "ticket.verify_own_work"
    assert found(desk, ticket.id) == ticket
    assert call_of(desk, call.id).state == "taken"


def found(desk, ticket_id: int):
    with desk.read() as work:
        return work.tickets.find(ticket_id)


@pytest.mark.row("T7")
def test_a_ticket_withdrawn_meanwhile_needs_no_verification(desk, second_desk) -> None:
    ticket = builders.a_ticket_in(desk, "resolved")
    tickets.move(desk, ticket, "withdraw", "客户说不用了")
    assert calls.take_next(second_desk) is None


@pytest.mark.row("C7")
def test_the_day_counts_calls_conversations_and_solutions(desk, clock) -> None:
    first, second = (builders.a_client(desk, name) for name in ("张伟明", "李秀英"))
    for client, outcome, notes in (
        (first, "reached", "店铺流量下降"),
        (first, "reached", "又说了一遍"),
        (second, "reached", ""),
        (second, "no_answer", "没人接"),
    ):
        calls.end(desk, builders.a_planned_call(desk, client=client), Result(outcome, notes))
    builders.a_ticket_in(desk, "resolved")
    assert calls.day_progress(desk) == calls.DayProgress(4, 1, 1), (
        "a client, once, of whom something is written"
    )
    clock.at = clock.at.add(days=1)
    assert calls.day_progress(desk) == calls.DayProgress()
    assert calls.day_progress(replace(desk, operator=None)) == calls.DayProgress()
