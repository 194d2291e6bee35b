"""The builders build what they say, on both databases."""

from __future__ import annotations

import pytest

from deskapp.domain.ticket import STATES
from tests import builders


@pytest.mark.parametrize("state", STATES)
def test_a_ticket_is_brought_to_every_state(desk, state: str) -> None:
    assert builders.a_ticket_in(desk, state).state == state


def test_the_clock_is_the_tests(desk, second_desk, clock) -> None:
    assert desk.now() == second_desk.now() == builders.NOW
    clock.at = clock.at.add(hours=1)
    assert desk.now() == second_desk.now() == builders.NOW.add(hours=1)


def test_two_operators_sit_at_two_desks(desk, second_desk) -> None:
    assert (desk.operator.name, desk.operator.role) == ("李敏", "admin")
    assert (second_desk.operator.name, second_desk.operator.role) == ("刘敏", "agent")


def test_records_hang_together(desk) -> None:
    head = builders.a_member(desk, "钱军", "office")
    assert builders.a_department(desk, head=head).head_id == head.id
    client = builders.a_client(desk)
    site = builders.a_site(desk, client, manager_id=head.id)
    ticket = builders.a_complaint(desk, client, site_id=site.id, category_id=builders.a_category(desk))
    assert (ticket.number, ticket.site_id, ticket.category) == ("TS20261123-0001", site.id, "漏水渗水")
    assert builders.a_ring(desk, client.phones[0].raw).client_id == client.client.id
    assert builders.a_planned_call(desk, client=client).due_at == builders.NOW
    assert [entry[0] for entry in builders.audit_of(desk, "ticket", ticket.id)] == ["李敏"]
