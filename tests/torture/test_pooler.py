"""Behind PgBouncer in transaction mode: work goes on, changes are heard, nothing leans on a session (rows P1, C2)."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import psycopg
import pytest

from deskapp.clock import StillClock
from deskapp.domain.call import Call
from deskapp.repository.live import Signal
from deskapp.repository.work import Store
from deskapp.services import audit, calls
from deskapp.services.tick import tick
from tests import builders
from tests.pooler import POOLER, a_pooler, until
from tests.server import Server, own_server

pytestmark = [
    pytest.mark.row("P1", "C2"),
    pytest.mark.skipif(POOLER is None, reason="PgBouncer is not installed (Debian: pgbouncer)"),
]


@pytest.fixture
def server() -> Iterator[Server]:
    with own_server() as made:
        yield made


def founded(server: Server) -> str:
    """A founded company's database on a server."""
    with psycopg.connect(server.url().replace("+psycopg", ""), autocommit=True) as connection:
        connection.execute("CREATE DATABASE desks")
    builders.found_company(server.url("desks"))
    return "desks"


def test_a_day_behind_a_pool_of_transactions(server: Server, clock: StillClock, tmp_path) -> None:
    database = founded(server)
    with a_pooler(server) as url:
        desk, other = (
            builders.open_at(url(database), clock, who) for who in (builders.ADMIN, builders.AGENT)
        )
        told: list[Signal] = []
        listener = other.store.listen(told.append)
        until(listener.ready.is_set)
        assert listener.deaf, "nobody can listen there: the trail is looked at"

        client = builders.a_client(desk)
        numbers = {builders.a_complaint(desk, client).number for _ in range(12)}
        assert len(numbers) == 12
        until(lambda: told)

        with desk.write("call.plan") as work:
            work.calls.add_many([Call(kind="followup", number="", due_at=desk.now()) for _ in range(60)])

        def take_all(number: int) -> list[int]:
            mine = builders.open_at(url(database), clock, (builders.ADMIN, builders.AGENT)[number % 2])
            taken = []
            while (call := calls.take_next(mine)) is not None:
                taken.append(call.id)
            mine.store.close()
            return taken

        with ThreadPoolExecutor(6) as pool:
            taken = [one for each in pool.map(take_all, range(6)) for one in each]
        assert len(taken) == len(set(taken)) == 60

        tick(desk)
        assert audit.verify(desk).fault is None
        with desk.store.snapshot() as work:
            assert len(list(work.tickets.all())) == 12
        listener.stop()
        for each in (desk, other):
            each.store.close()


def test_past_the_pool_one_may_listen(server: Server, clock: StillClock) -> None:
    database = founded(server)
    with a_pooler(server) as url:
        told: list[Signal] = []
        store = Store(url(database), clock, listen_url=server.url(database))
        listener = store.listen(told.append)
        until(listener.ready.is_set)
        desk = builders.open_at(url(database), clock)
        builders.a_client(desk)
        until(lambda: any(signal.foreign for signal in told))
        assert not listener.deaf
        listener.stop()
        store.close()
        desk.store.close()


def test_a_pool_of_sessions_lets_one_listen(server: Server, clock: StillClock) -> None:
    database = founded(server)
    with a_pooler(server, "session") as url:
        told: list[Signal] = []
        store = Store(url(database), clock)
        listener = store.listen(told.append)
        until(listener.ready.is_set)
        assert not listener.deaf
        desk = builders.open_at(server.url(database), clock)
        builders.a_client(desk)
        until(lambda: any(signal.foreign for signal in told))
        listener.stop()
        store.close()
        desk.store.close()
