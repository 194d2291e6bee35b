"""The questions no other test of this room asks, on both databases."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from deskapp.domain.call import Result
from deskapp.domain.client import Client
from deskapp.domain.errors import Conflict
from deskapp.domain.site import Milestone, Payment
from deskapp.services import calls, clients, tickets
from tests import builders


@pytest.fixture
def three(desk) -> list:
    return [
        builders.a_client(desk, name, phone)
        for name, phone in (("张伟明", "13800138000"), ("李秀英", "13800138000/02162345678"), ("张伟明", ""))
    ]


def ids(cards) -> list[int]:
    return [card.client.id for card in cards]


@pytest.mark.row("C3")
def test_whose_lines_are(desk, three) -> None:
    first, second, third = ids(three)
    with desk.read() as work:
        assert [phone.client_id for phone in work.phones.on_line("+8613800138000")] == [first, second]
        assert ids(work.clients.on_line("+862162345678")) == [second]
        assert work.clients.on_line("+861") == []
        assert work.phones.owners(["+8613800138000", "+861"]) == {
            "+8613800138000": [(first, "张伟明"), (second, "李秀英")]
        }
        of_many = work.phones.of_many([first, second, third])
        assert {one: len(phones) for one, phones in of_many.items()} == {first: 1, second: 2, third: 0}
        assert [phone.position for phone in work.phones.of(second)] == [0, 1]


@pytest.mark.row("C3", "S1")
def test_cards_show_the_newest_address_and_what_is_open(desk, three) -> None:
    first, second, third = ids(three)
    builders.a_site(desk, first, estate="翠湖", address="1-1")
    builders.a_site(desk, first, estate="海棠湾", address="海棠湾 2-2")
    builders.a_complaint(desk, first)
    builders.a_ticket_in(desk, "withdrawn", first)
    with desk.read() as work:
        cards = work.clients.cards([third, first, 999, second])
        assert ids(cards) == [third, first, second]
        assert [(card.address, card.open_tickets) for card in cards] == [("", 0), ("海棠湾 2-2", 1), ("", 0)]
        assert work.clients.cards([]) == []
        sites = work.sites.of_many([first, second])
        assert [site.address for site in sites[first]] == ["1-1", "海棠湾 2-2"]
        assert sites[second] == []
        assert [site.address for site in work.sites.of(first)] == ["海棠湾 2-2", "1-1"]
        assert work.sites.count_by_stage() == {"building": 2}


def test_files_page_by_page(desk, three) -> None:
    first, second, third = ids(three)
    with desk.read() as work:
        assert work.clients.count() == 3
        assert ids(work.clients.newest(2)) == [third, second]
        assert ids(work.clients.newest(2, second)) == [first]
        assert ids(work.clients.opened_after(2)) == [second, first]
        assert ids(work.clients.opened_after(5, first)) == [third, second]
        assert ids(work.clients.newest_at(1, 5)) == [second, first]
        assert work.clients.ids_after(first, 1) == [second]
        assert work.clients.named(["张伟明", "无名"]) == {"张伟明": [first, third]}


@pytest.mark.row("P4")
def test_what_was_imported_is_known_by_its_key(desk) -> None:
    with desk.write("client.save") as work:
        stored = work.clients.add(Client(name="王丽", source_key="excel:1"))
    keys = [f"excel:{number}" for number in range(1200)]
    with desk.read() as work:
        assert work.clients.by_source(keys) == {"excel:1": stored.id}
        assert work.clients.by_source([]) == {}


@pytest.mark.row("P2", "C3")
def test_a_number_taken_off_is_kept_by_the_audit(desk, three) -> None:
    card = three[1]
    changed = clients.save(desk, card.client, "021-62345678")
    assert [phone.normal for phone in changed.phones] == ["+862162345678"]
    removed = [told for _, act, told in builders.audit_of(desk, "phone") if act.endswith(":remove")]
    assert removed == [{"raw": "13800138000", "client_id": card.client.id}]
    with pytest.raises(Conflict):
        clients.save(desk, card.client, "13911112222")


@pytest.mark.row("S1")
def test_milestones_and_payments_by_day(desk) -> None:
    site = builders.a_site(desk, builders.a_client(desk))
    days = [date(2026, 3, day) for day in (9, 1, 5)]
    with desk.store.write("test", desk.operator) as work:
        work.milestones.add_many([Milestone(site_id=site.id, kind="start", planned_on=day) for day in days])
        work.payments.add_many([Payment(site_id=site.id, kind="final", due_on=day) for day in days])
        assert [one.planned_on for one in work.milestones.of([site.id])] == sorted(days)
        assert [one.due_on for one in work.payments.of([site.id])] == sorted(days)
        assert work.milestones.of([]) == work.payments.of([999]) == []


@pytest.mark.row("T2", "T10")
def test_tickets_by_number_by_client_and_since(desk, clock) -> None:
    first = builders.a_complaint(desk)
    clock.at = clock.at.add(days=2)
    second = builders.a_complaint(desk, first.client_id, submission="form-1")
    builders.a_complaint(desk)
    with desk.read() as work:
        found = work.tickets
        assert found.by_number(first.number) == first
        assert found.by_number("TS") is None
        assert found.by_submission("form-1") == second
        assert found.by_submission("form-2") is None
        assert found.taken_numbers([first.number, "TS"]) == {first.number}
        assert found.taken_numbers(["k"], "source_key") == set()
        assert found.of_client(first.client_id) == [second, first]
        assert found.of_client(first.client_id, limit=1) == [second]
        assert found.of_client(first.client_id, since=builders.NOW.add(seconds=1)) == [second]
        assert [row.ticket.id for row in found.rows([second.id, 99, first.id])] == [second.id, first.id]
        assert found.rows([]) == []
        assert found.row(99) is None
        assert [row.ticket.id for row in found.export_page(first.id, 1)] == [second.id]
        assert found.provisional() == []


@pytest.mark.row("T4")
def test_deadlines_in_a_year_not_published_are_found_again(desk, clock) -> None:
    clock.at = clock.at.add(years=9)
    hasty = replace(desk, policy=replace(desk.policy, clock_calendar="business"))
    ticket = builders.a_complaint(hasty)
    builders.a_complaint(desk)
    assert ticket.provisional
    with desk.read() as work:
        assert work.tickets.provisional() == [ticket]


@pytest.mark.row("C4", "C7")
def test_calls_made_by_whom_and_since_when(desk, second_desk, clock) -> None:
    client = builders.a_client(desk)
    for outcome in ("reached", "busy"):
        calls.end(desk, builders.a_ring(desk, client.phones[0].raw), Result(outcome))
    clock.at = clock.at.add(hours=1)
    calls.end(desk, builders.a_ring(desk, client.phones[0].raw), Result("reached"))
    me = desk.operator.id
    with desk.read() as work:
        assert work.calls.done_since(me, builders.NOW) == {"reached": 2, "busy": 1}
        assert work.calls.done_since(me, clock.at) == {"reached": 1}
        assert work.calls.done_since(second_desk.operator.id, builders.NOW) == {}
        assert [one.outcome for one in work.calls.of_client(client.client.id)] == [
            "reached",
            "busy",
            "reached",
        ]
        assert [row.client_name for row in work.calls.export_page(0, 2)] == ["张伟明", "张伟明"]


@pytest.mark.row("C7")
def test_problems_solved_since_when(desk, second_desk, clock) -> None:
    builders.a_ticket_in(desk, "resolved")
    clock.at = clock.at.add(days=1)
    tickets.respond_and_resolve(second_desk, builders.a_complaint(desk), "修好")
    with desk.read() as work:
        solved = [
            work.tickets.resolved_since(one.operator.id, since)
            for one in (desk, second_desk)
            for since in (builders.NOW, clock.at)
        ]
    assert solved == [1, 0, 1, 1]


@pytest.mark.row("A1")
def test_departments_posts_staff_and_categories(desk) -> None:
    with desk.read() as work:
        service = work.departments.by_name("客服部")
        assert work.departments.by_name("service") == service
        assert work.departments.by_name("无此部") is None
        positions = [one.position for one in work.departments.listed()]
        assert positions == sorted(positions)
        assert [post.headcount for post in work.posts.of(service.id)] == [1, 1, 1, 10]
        leak = work.categories.by_name("leak")
        assert work.categories.by_name("漏水渗水") == leak
        assert leak in work.categories.listed()
    with desk.write("category.save") as work:
        work.categories.save(replace(leak, active=False))
        assert leak.id not in [one.id for one in work.categories.listed()]


@pytest.mark.row("P2")
def test_operators_by_login_in_any_case(desk) -> None:
    with desk.read() as work:
        assert work.operators.by_login(" LiMin ").name == "李敏"
        assert work.operators.by_login("nobody") is None
        assert work.operators.any()


@pytest.mark.row("P4")
def test_a_mapping_is_remembered_by_its_header(desk) -> None:
    with desk.store.write("test", desk.operator) as work:
        for columns in ({"name": "姓名"}, {"name": "客户"}):
            work.mappings.remember("clients", "sig", columns)
        assert work.mappings.recall("clients", "sig").columns == {"name": "客户"}
        assert work.mappings.recall("tickets", "sig") is None
