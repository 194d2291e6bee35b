"""A volume fill is whole, findable, numbered without a gap, and leaves the database as the program expects it."""

from __future__ import annotations

import re
from collections import Counter

import pytest
from sqlalchemy import text

from deskapp.repository.migrate import drift
from deskapp.services import volume
from deskapp.services.call_queue import queue_bands
from tests import builders

CLIENTS, TICKETS, CALLS = 300, 200, 400
KEPT = "SELECT type, name, sql FROM sqlite_master WHERE sql IS NOT NULL ORDER BY 1, 2"
KEPT_POSTGRES = """
SELECT 'index', indexname, indexdef FROM pg_indexes WHERE schemaname = 'public'
UNION SELECT 'constraint', conname, pg_get_constraintdef(oid) FROM pg_constraint ORDER BY 1, 2
"""


def filled(url: str) -> None:
    builders.found_company(url)
    desk = builders.open_at(url)
    volume.fill(desk, CLIENTS, TICKETS, CALLS, seed=3)
    desk.store.close()


@pytest.fixture
def full(template_database, clock):
    desk = builders.open_at(template_database("volume", filled))
    yield desk
    desk.store.close()


def counted(desk) -> dict[str, int]:
    with desk.read() as work:
        return {noun: len(getattr(work, noun).all()) for noun in ("clients", "phones", "tickets", "calls")}


def schema(desk) -> list:
    with desk.read() as work:
        sql = KEPT if work.dialect == "sqlite" else KEPT_POSTGRES
        found = [tuple(row) for row in work.connection.execute(text(sql))]
    # PostgreSQL writes a partial index's list of words in another way the second time; the list is the same.
    return [(kind, name, re.sub(r"::[a-z ]+(\[\])?|[() ]", "", sql)) for kind, name, sql in found]


def test_it_adds_what_was_asked_for(full) -> None:
    assert counted(full) == {"clients": CLIENTS, "phones": CLIENTS, "tickets": TICKETS, "calls": CALLS}
    with full.read() as work:
        assert work.tickets.count_running() == TICKETS * volume_tickets_share()
        states = Counter(call.state for call in work.calls.all())
        assert states == {"done": CALLS - 6, "open": 6}
        assert sum(work.calls.count_bands(queue_bands(full))) >= 4
        assert len({phone.normal for phone in work.phones.all()}) == CLIENTS


def volume_tickets_share() -> float:
    from deskapp.services.volume_tickets import RUNNING_SHARE

    return RUNNING_SHARE


def test_instants_are_in_order_and_past(full) -> None:
    now = full.now()
    with full.read() as work:
        for ticket in work.tickets.all():
            marks = (ticket.received_at, ticket.responded_at, ticket.resolved_at, ticket.closed_at, now)
            known = [at for at in marks if at is not None]
            assert known == sorted(known)
            kinds = [event.kind for event in work.ticket_events.of(ticket.id)]
            assert kinds[0] == "filed"
            assert 1 <= len(kinds) <= 3
        for call in work.calls.all():
            assert call.ended_at is None or call.due_at <= call.started_at < call.ended_at <= now


@pytest.mark.row("P5")
def test_search_rows_are_those_the_repository_writes(full) -> None:
    tables = ("client_search", "ticket_search", "name_keys")

    def rows(work) -> list:
        return [
            sorted(tuple(row) for row in work.connection.execute(text(f"SELECT * FROM {table}")))
            for table in tables
        ]

    with full.write("client.save") as work:
        before = rows(work)
        for client in work.clients.all():
            work.clients.index(client.id)
        for ticket in work.tickets.all():
            work.tickets.index(ticket)
        assert rows(work) == before
        assert len(before[0]) == CLIENTS


@pytest.mark.row("P5")
def test_everybody_is_found(full) -> None:
    with full.read() as work:
        for card in work.clients.cards([client.id for client in work.clients.all()][::17]):
            for typed in (card.client.name, card.phones[0].raw[-4:], card.phones[0].raw):
                assert card.client.id in {one.client.id for one in work.search.clients(typed, 100)}
        for ticket in work.tickets.all()[::13]:
            assert work.search.tickets(ticket.number, 5)[0].ticket.id == ticket.id


@pytest.mark.row("T2")
def test_numbers_have_no_gap_and_go_on(full) -> None:
    with full.read() as work:
        days: dict[str, list[int]] = {}
        for ticket in work.tickets.all():
            days.setdefault(ticket.number[:10], []).append(int(ticket.number.partition("-")[2]))
            assert ticket.number[2:10] == full.local(ticket.received_at).format("YYYYMMDD")
    assert all(serials == list(range(1, len(serials) + 1)) for serials in days.values())
    filed = builders.a_complaint(full)
    assert int(filed.number.partition("-")[2]) == len(days.get(filed.number[:10], [])) + 1


def test_the_schema_is_as_before(full, desk) -> None:
    if full.store.dialect == "sqlite":
        ours = [row for row in schema(full) if "sqlite_stat" not in row[1]]
        assert ours == schema(desk)
    else:
        assert schema(full) == schema(desk)
    with full.read() as work:
        assert drift(work.connection) == []


def test_one_entry_of_the_audit_tells_of_it(full) -> None:
    ((who, act, numbers),) = builders.audit_of(full, "volume")
    assert (who, act) == ("李敏", "volume.fill:add")
    assert numbers == {"clients": CLIENTS, "tickets": TICKETS, "calls": CALLS, "seed": 3}
    assert builders.audit_of(full, "client") == []


def test_a_second_fill_comes_on_top(full, monkeypatch: pytest.MonkeyPatch) -> None:
    told = []
    volume.fill(full, 20, 30, 40, seed=4, progress=lambda *now: told.append(now))
    assert told == [("clients", 20, 20), ("tickets", 30, 30), ("calls", 40, 40)]
    expected = {"clients": CLIENTS + 20, "phones": CLIENTS + 20, "tickets": TICKETS + 30, "calls": CALLS + 40}
    assert counted(full) == expected
    with full.read() as work:
        newest = work.clients.newest(1)[0]
        assert newest.client.id in {one.client.id for one in work.search.clients(newest.client.name, 100)}


def test_tickets_and_calls_alone_go_to_clients_already_there(desk) -> None:
    client = builders.a_client(desk, "单晓燕")
    volume.fill(desk, 0, 20, 20)
    with desk.read() as work:
        assert {ticket.client_id for ticket in work.tickets.all()} == {client.client.id}
        assert {call.client_id for call in work.calls.all()} == {client.client.id}


def test_a_company_with_nobody_gets_one_client(desk) -> None:
    volume.fill(desk, 0, 3, 0)
    assert counted(desk) == {"clients": 1, "phones": 1, "tickets": 3, "calls": 0}


def test_large_fills_put_indexes_off_and_back(desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(volume, "WORTH_IT", 10)
    before = schema(desk)
    builders.a_client(desk, "尉迟敬")
    volume.fill(desk, 200, 100, 100, seed=9)
    assert [row for row in schema(desk) if "sqlite_stat" not in row[1]] == before
    with desk.read() as work:
        assert [card.client.name for card in work.search.clients("尉迟敬")] == ["尉迟敬"]
        newest = work.clients.newest(1)[0]
        found = work.search.clients(newest.client.name, 200)
        assert newest.client.id in {card.client.id for card in found}
        ticket = work.tickets.newest(1)[0].ticket
        assert ticket.id in {row.ticket.id for row in work.search.tickets(ticket.subject, 200)}


def test_a_fill_that_fails_leaves_nothing_and_harms_nothing(desk, monkeypatch: pytest.MonkeyPatch) -> None:
    from deskapp.services import volume_calls

    monkeypatch.setattr(volume, "WORTH_IT", 10)
    before = schema(desk)
    monkeypatch.setattr(volume_calls, "_made", lambda *_: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        volume.fill(desk, 100, 50, 50)
    assert schema(desk) == before
    assert counted(desk) == {"clients": 0, "phones": 0, "tickets": 0, "calls": 0}


@pytest.mark.parametrize("backend", ["sqlite"], indirect=True)
def test_it_is_the_same_for_a_seed(desk, desk_url, template_database, clock) -> None:
    other = builders.open_at(template_database("founded", builders.found_company), clock)
    for one in (desk, other):
        volume.fill(one, 50, 40, 30, seed=5)
    with desk.read() as mine, other.read() as theirs:
        for noun in ("clients", "phones", "tickets", "ticket_events", "calls"):
            assert getattr(mine, noun).all() == getattr(theirs, noun).all()
    other.store.close()


@pytest.mark.row("F1")
def test_no_call_is_laid_out_for_its_sites(full) -> None:
    from deskapp.services import followups

    assert not followups.tick(full).anything
    with full.read() as work:
        assert work.followups.all() == []
        assert {site.plan_mark for site in work.sites.all()} == {volume.PLANNED}
