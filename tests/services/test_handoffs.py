"""Handoffs: what another department is asked, by when, what it answered; refund enquiries with their status."""

from __future__ import annotations

import pytest

from deskapp.domain.errors import Conflict, RuleBroken
from deskapp.domain.handoff import Answer, HandoffRow, HandoffState
from deskapp.repository.handoffs import LISTS
from deskapp.services import handoffs, tickets
from tests import builders


def events_of(desk, ticket) -> list:
    with desk.read() as work:
        return work.ticket_events.of(ticket.id)


@pytest.mark.row("T14", "T5", "S2")
@pytest.mark.parametrize("kind", ["handoff", "rectification"])
@pytest.mark.parametrize(
    "moves", [(), ("respond",), ("respond", "resolve"), ("respond", "resolve", "reopen")]
)
def test_a_colleagues_work_is_closed_in_one_go_by_whoever_hears_of_it(desk, kind: str, moves) -> None:
    ticket = builders.a_complaint(desk, kind=kind)
    for move in moves:
        ticket = tickets.move(desk, ticket, move, "财务说明")
    with desk.write("ticket.move") as work:
        settled = tickets.settle_internal(work, desk, ticket, "已退款")
    assert settled.state == "closed"
    assert settled.resolution == ("财务说明" if moves == ("respond", "resolve") else "已退款")
    assert (settled.resolved_by, settled.verified_by) == (None, desk.operator.id)
    assert [event.kind for event in events_of(desk, ticket)][-2:] == ["verified", "closed"]
    with desk.read() as work:
        assert not work.calls.of_client(ticket.client_id)


@pytest.mark.row("T14", "S2")
def test_whoever_answers_for_it_does_not_prove_it(desk) -> None:
    member, inspector = builders.a_member(desk), builders.a_member(desk, "周平", "inspector")
    ticket = builders.a_complaint(desk, kind="rectification", responsible_id=member.id)
    with pytest.raises(RuleBroken) as refused, desk.write("ticket.move") as work:
        tickets.settle_internal(work, desk, ticket, "已整改", verified_by=member.id)
    assert refused.value.code == "ticket.proved_by_doer"
    with desk.write("ticket.move") as work:
        tickets.settle_internal(work, desk, ticket, "已整改", verified_by=inspector.id)
    verified = next(event for event in events_of(desk, ticket) if event.kind == "verified")
    assert verified.facts == {"verified_by": inspector.id}


@pytest.mark.row("T7", "T14")
@pytest.mark.parametrize("kind", ["complaint", "repair", "followup_issue"])
def test_what_a_client_waits_for_is_not_closed_without_them(desk, kind: str) -> None:
    ticket = builders.a_complaint(desk, kind=kind)
    with pytest.raises(RuleBroken) as refused, desk.write("ticket.move") as work:
        tickets.settle_internal(work, desk, ticket, "已处理")
    assert refused.value.code == "ticket.not_internal"


def a_handoff(desk, topic: str = "refund", **fields) -> HandoffRow:
    """Ask finance about a client's refund, to be answered in three days."""
    finance = builders.a_department(desk, "finance")
    values = {
        "department_id": finance.id,
        "own_due_at": builders.NOW.add(days=3),
        "subject": "退定金",
        "description": "客户问退款何时到账",
    }
    draft = builders.a_draft(fields.pop("client", None) or builders.a_client(desk), **(values | fields))
    return handoffs.read(desk, handoffs.file(desk, draft, topic).ticket.id)


def broken(act, *arguments, **named) -> str:
    with pytest.raises(RuleBroken) as refused:
        act(*arguments, **named)
    return refused.value.code


@pytest.mark.row("T14", "T2")
def test_a_department_is_asked_with_a_number_and_a_deadline_and_told(desk) -> None:
    member = builders.a_member(desk, "周会计", "finance")
    row = a_handoff(desk, responsible_id=member.id)
    ticket = row.ticket
    assert (ticket.number, ticket.kind, ticket.state) == ("XZ20261123-0001", "handoff", "dispatched")
    assert (ticket.due_at, ticket.respond_by) == (builders.NOW.add(days=3), None)
    assert row.state == HandoffState("refund", "asked")
    with desk.read() as work:
        assert [one.staff_id for one in work.outbox.unsent_of(ticket.id)] == [member.id]
        assert work.tickets.count_running() == 0, "no clock of a client's runs on it"


@pytest.mark.row("T14")
@pytest.mark.parametrize(("fields", "code"), [
    ({"department_id": None}, "handoff.nobody"),
    ({"own_due_at": None}, "handoff.due_missing"),
    ({"client_id": None, "client_name": "陌生人"}, "handoff.client_missing"),
])  # fmt: skip
def test_what_is_asked_needs_somebody_a_deadline_and_a_client(desk, fields, code) -> None:
    assert broken(a_handoff, desk, **fields) == code
    assert broken(a_handoff, desk, topic="gossip") == "handoff.topic"


@pytest.mark.row("T14", "P3")
def test_a_request_sent_twice_is_one(desk) -> None:
    finance = builders.a_department(desk, "finance")
    client = builders.a_client(desk)
    draft = builders.a_draft(client, department_id=finance.id, own_due_at=builders.NOW.add(days=1))
    one, two = (handoffs.file(desk, draft, "settlement", key="k") for _ in range(2))
    assert (two.ticket.id, two.again) == (one.ticket.id, True)
    assert [event.kind for event in events_of(desk, one.ticket)] == ["filed", "asked"]


@pytest.mark.row("T14")
def test_a_refund_goes_from_asked_over_being_checked_to_paid(desk) -> None:
    row = a_handoff(desk)
    ticket = handoffs.answer(desk, row, Answer("财务在核对", "周会计", "checking"))
    checking = handoffs.read(desk, ticket.id)
    assert (checking.state, checking.ticket.is_open) == (
        HandoffState("refund", "checking", None, "周会计"),
        True,
    )
    with pytest.raises(Conflict):
        handoffs.answer(desk, row, Answer("", "", "paid", builders.NOW.date()))
    paid = Answer("", "周会计", "paid", builders.NOW.date(), call_back=True)
    closed = handoffs.answer(desk, checking, paid, key="p")
    assert handoffs.answer(desk, checking, paid, key="p") == closed
    after = handoffs.read(desk, ticket.id)
    assert (after.ticket.state, after.ticket.resolution) == ("closed", "2026-11-23")
    assert after.state == HandoffState("refund", "paid", builders.NOW.date(), "周会计")
    with desk.read() as work:
        (call,) = work.calls.of_client(ticket.client_id)
    assert (call.kind, call.ticket_id, call.due_at) == ("callback", ticket.id, builders.NOW)
    assert broken(handoffs.answer, desk, after, Answer("又一次", "", "refused")) == "ticket.ended"


@pytest.mark.row("T14", "S3")
def test_an_answer_closes_it_in_one_go_in_the_words_of_who_answered(desk) -> None:
    ticket = handoffs.answer(desk, a_handoff(desk, "settlement"), Answer("材料款已结清", "李会计"))
    assert (ticket.state, ticket.resolution, ticket.resolution_met) == (
        "closed",
        "李会计: 材料款已结清",
        True,
    )
    kinds = [event.kind for event in events_of(desk, ticket)]
    assert kinds == ["filed", "asked", "progress", "responded", "resolved", "verified", "closed"]
    with desk.read() as work:
        assert not work.calls.of_client(ticket.client_id), "nobody is called unless asked to"


@pytest.mark.row("T14")
@pytest.mark.parametrize(("topic", "said", "code"), [
    ("other", Answer(" "), "handoff.words_missing"),
    ("refund", Answer("好"), "handoff.status_missing"),
    ("refund", Answer("好", status="asked"), "handoff.status_missing"),
    ("refund", Answer("", status="checking"), "handoff.words_missing"),
    ("refund", Answer("", status="refused"), "handoff.words_missing"),
    ("refund", Answer("", status="paid"), "handoff.paid_on_missing"),
    ("refund", Answer("", status="paid", paid_on=builders.NOW.date().add(days=1)), "handoff.paid_later"),
])  # fmt: skip
def test_an_answer_says_enough(desk, topic, said, code) -> None:
    row = a_handoff(desk, topic)
    assert broken(handoffs.answer, desk, row, said) == code
    assert handoffs.read(desk, row.ticket.id) == row


@pytest.mark.row("T14")
def test_the_lists_page_in_their_order(desk, clock) -> None:
    ids = [a_handoff(desk, own_due_at=builders.NOW.add(days=days)).ticket.id for days in (3, 1, 2)]
    for _ in range(3):
        clock.at = clock.at.add(minutes=1)
        ids.append(handoffs.answer(desk, a_handoff(desk, "other"), Answer("好")).id)
    builders.a_complaint(desk)
    expected = {"open": [ids[1], ids[2], ids[0]], "done": [ids[5], ids[4], ids[3]]}
    for which in LISTS:
        with desk.read() as work:
            page = work.handoffs.page
            whole = page(which, 10)
            assert [one.ticket.id for one in whole] == expected[which]
            assert work.handoffs.count(which) == 3
            assert page(which, 2, last=True) == whole[-2:]
            assert page(which, 10, after=whole[0]) == whole[1:]
            assert page(which, 10, before=whole[-1]) == whole[:-1]
            assert page(which, 1, offset=1) == whole[1:2]
        assert {one.state.topic for one in whole} == {"refund" if which == "open" else "other"}
