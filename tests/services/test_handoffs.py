"""Handoffs: what another department is asked, by when, what it answered; refund enquiries with their status."""

from __future__ import annotations

import pytest

from deskapp.domain.errors import RuleBroken
from deskapp.services import tickets
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
