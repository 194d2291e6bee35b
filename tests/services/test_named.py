"""Whoever did something is named with it: on a ticket's history, on calls, in the audit trail (row P2)."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from deskapp.domain.call import Result
from deskapp.repository.tables import audit
from deskapp.services import calls, tickets
from tests import builders

pytestmark = pytest.mark.row("P2", "T5")


def test_every_line_of_a_history_names_who_did_it(desk, second_desk):
    client = builders.a_client(desk, "张伟明")
    call = builders.a_ring(second_desk, client.phones[0].normal)
    calls.end(second_desk, calls.take(second_desk, call), Result("reached", "漏水"))
    ticket = builders.a_complaint(second_desk, client)
    ticket = tickets.dispatch(desk, ticket, builders.a_department(desk).id, None)
    ticket = tickets.move(second_desk, ticket, "respond", "下午上门")
    tickets.note(desk, ticket, "已催")
    ticket = tickets.move(desk, ticket, "resolve", "换角阀")
    tickets.verify(second_desk, ticket, satisfied=True, score=5, words="满意")
    names = {desk.operator.id: "李敏", second_desk.operator.id: "刘敏"}
    with desk.read() as work:
        events = [(event.kind, names[event.operator_id]) for event in work.ticket_events.of(ticket.id)]
        lines = work.timeline.of(client.client.id, 100)
    assert events == [
        ("filed", "刘敏"),
        ("dispatched", "李敏"),
        ("responded", "刘敏"),
        ("note", "李敏"),
        ("resolved", "李敏"),
        ("verified", "刘敏"),
        ("closed", "刘敏"),
    ]
    assert {line.who for line in lines if line.source == "ticket"} == {"李敏", "刘敏"}
    assert [line.who for line in lines if line.source == "call" and line.code == "reached"] == ["刘敏"]


def test_the_trail_names_each_operator_as_they_are_called_at_the_act(desk, second_desk):
    from dataclasses import replace

    from deskapp.services import operators

    builders.a_client(second_desk)
    operators.save(desk, replace(second_desk.operator, name="刘敏敏"))
    builders.a_client(second_desk)
    with desk.read() as work:
        told = work.connection.execute(
            select(audit.c.operator_id, audit.c.who).where(audit.c.noun == "client").order_by(audit.c.id)
        ).all()
    assert [tuple(row) for row in told] == [
        (second_desk.operator.id, "刘敏"),
        (second_desk.operator.id, "刘敏敏"),
    ]
