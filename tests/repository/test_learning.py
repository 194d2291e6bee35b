"""SQLite is told how its tables are filled: what the frame reads every time goes by the short index (row P1)."""

from __future__ import annotations

from unittest.mock import patch

import pytest

from deskapp.domain.call import Call
from deskapp.repository.prepared import execute
from deskapp.services import tick
from tests import builders

pytestmark = pytest.mark.row("P1")


def plans(desk) -> list[str]:
    """How each statement of the clock strip is looked up."""
    asked = []

    def note(connection, statement, values, **options):
        asked.append((statement, tuple(values)))
        return execute(connection, statement, values, **options)

    with patch("deskapp.repository.prepared.execute", note), desk.read() as work:
        work.clock_strip.read(desk.end_of_day())
    with desk.read() as work:
        ask = work.connection.exec_driver_sql
        return [row[3] for one, values in asked for row in ask(f"EXPLAIN QUERY PLAN {one}", values)]


@pytest.mark.parametrize("backend", ["sqlite"], indirect=True)
def test_the_strip_is_read_by_the_running_clocks_however_long_the_history(desk):
    client = builders.a_client(desk).client
    assert not desk.store.learn(), "a young company needs none"
    with desk.store.write("x", desk.operator) as work:
        at = work.now
        names = ("number", "kind", "client_id", "severity", "subject", "state", "received_at", "target_s")
        done = [
            (f"TS{n}", "complaint", client.id, "minor", "x", "closed", 1, 86_400, 2, 2, 2)
            for n in range(2_500)
        ]
        work.bulk.load("tickets", (*names, "respond_by", "due_at", "responded_at"), done)
        work.calls.add(Call(kind="followup", direction="out", client_id=client.id, due_at=at, created_at=at))
    for _ in range(3):
        builders.a_complaint(desk)
    assert "ix_tickets_kind_received_at" in " ".join(plans(desk)), "without it, by the kind"
    tick.tick(desk)
    assert not desk.store.learn(), "once, until it has grown by a fifth"
    found = [line for line in plans(desk) if "tickets" in line]
    assert found
    assert [line for line in found if "ix_tickets_running" not in line] == []


@pytest.mark.parametrize("backend", ["postgresql"], indirect=True)
def test_postgresql_does_so_by_itself(desk):
    assert not desk.store.learn()


@pytest.mark.parametrize("backend", ["sqlite"], indirect=True)
def test_that_most_are_of_one_kind_is_known(desk):
    client = builders.a_client(desk).client
    with desk.store.write("x", desk.operator) as work:
        names = ("number", "kind", "client_id", "severity", "subject", "state", "received_at", "target_s")
        rows = [
            (f"TS{n}", "complaint", client.id, "minor", "x", "received", 1, 86_400, n, n)
            for n in range(20_000)
        ]
        work.bulk.load("tickets", (*names, "respond_by", "due_at"), rows)
    assert desk.store.learn()
    with desk.read() as work:
        found = work.connection.exec_driver_sql(
            "SELECT idx, stat FROM sqlite_stat1 WHERE tbl = 'tickets'"
        ).all()
    [of_a_kind] = [int(stat.split()[1]) for index, stat in found if index == "ix_tickets_kind_received_at"]
    assert of_a_kind > 10_000, "else lists are read by the kind, and sorted, a million at a time"


@pytest.mark.parametrize("backend", ["postgresql"], indirect=True)
def test_the_server_keeps_plans_but_of_words(desk) -> None:
    """Where few rows of many are wanted, a plan kept for any word took a thousand times as long as one for this."""
    builders.a_client(desk, "张伟明", "13800138000")
    for _ in range(12):
        with desk.read() as work:
            assert [card.client.name for card in work.search.clients("张伟明")] == ["张伟明"]
            kept = (
                work.connection.exec_driver_sql("SELECT statement FROM pg_prepared_statements")
                .scalars()
                .all()
            )
    assert any("FROM clients" in one for one in kept)
    assert not any("@>" in one for one in kept)
