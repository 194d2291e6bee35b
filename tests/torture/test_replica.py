"""A server that streams to another: reports are read there, and it takes over when the first falls (rows R2, P1)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

import psycopg
import pytest

from deskapp.clock import StillClock
from deskapp.config import Config
from deskapp.desk import Desk
from deskapp.domain.errors import StorageFailed
from deskapp.domain.period import period_of
from deskapp.repository import copy
from deskapp.repository.live import Signal
from deskapp.services import audit
from deskapp.services.figures import figures_of
from deskapp.wiring import open_desk
from tests import builders
from tests.pooler import until
from tests.server import Server, own_server, replica_of

pytestmark = pytest.mark.row("R2", "P1")

DATABASE = "desks"


@dataclass
class Pair:
    """A server and the one that follows it, with a founded company in both."""

    first: Server
    second: Server

    def desk(self, clock: StillClock, reports: str = "") -> Desk:
        """A desk that writes to whichever of the two takes writes."""
        url = f"{self.first.url(DATABASE)}&host={self.second.data}&target_session_attrs=read-write"
        config = Config(
            url, desk_dir=builders.own_folder(url), reports_url=reports or self.second.url(DATABASE)
        )
        return builders.seat(open_desk(config, clock=clock), builders.ADMIN)

    def ask(self, server: Server, command: str) -> object:
        """Ask one of the two something."""
        url = server.url(DATABASE).replace("+psycopg", "")
        with psycopg.connect(url, autocommit=True) as connection:
            row = connection.execute(command).fetchone()  # type: ignore[call-overload]
        return row and row[0]

    def follows(self) -> bool:
        """Whether the second has all of the first."""
        end = self.ask(self.first, "SELECT pg_current_wal_lsn()")
        return bool(self.ask(self.second, f"SELECT pg_last_wal_replay_lsn() >= '{end}'"))


@pytest.fixture
def pair() -> Iterator[Pair]:
    with own_server() as first:
        with psycopg.connect(first.url().replace("+psycopg", ""), autocommit=True) as connection:
            connection.execute(f"CREATE DATABASE {DATABASE}")
        builders.found_company(first.url(DATABASE))
        with replica_of(first) as second:
            yield Pair(first, second)


def complaints(desk: Desk) -> int:
    """The complaints of the week, as the figures say."""
    board = figures_of(desk, period_of("week", date(2026, 11, 23)), codes=["received"])
    return int(board.line("received").now.top)


def reads(desk: Desk) -> int:
    assert desk.store.copy is not None
    return desk.store.copy.used


def test_reports_come_from_the_copy_while_it_serves_and_it_takes_over(
    pair: Pair, clock: StillClock, monkeypatch
) -> None:
    monkeypatch.setattr(copy, "AGAIN_S", 0.0)
    desk = pair.desk(clock)
    client = builders.a_client(desk)
    builders.a_complaint(desk, client)
    audit.seal(desk)
    until(pair.follows)

    assert (complaints(desk), reads(desk)) == (1, 1), "read from the copy"

    pair.ask(pair.second, "SELECT pg_wal_replay_pause()")
    until(lambda: pair.ask(pair.second, "SELECT pg_get_wal_replay_pause_state()") == "paused")
    clock.at = clock.at.add(seconds=5)
    builders.a_complaint(desk, client)
    at = clock.at
    clock.at = clock.at.add(seconds=10)
    with desk.report() as work:
        assert work.now == at, "it says how far it has come"
    assert (complaints(desk), reads(desk)) == (1, 3)
    clock.at = clock.at.add(seconds=copy.BEHIND_S)
    assert (complaints(desk), reads(desk)) == (2, 3), "too far behind: the truth instead"
    pair.ask(pair.second, "SELECT pg_wal_replay_resume()")
    until(pair.follows)
    assert (complaints(desk), reads(desk)) == (2, 4)

    told: list[Signal] = []
    listener = desk.store.listen(told.append)
    until(listener.ready.is_set)
    pair.first.stop()
    until(lambda: any(signal.lost for signal in told))
    assert (complaints(desk), reads(desk)) == (2, 5), "the first has fallen: the copy still answers"
    with pytest.raises(StorageFailed) as failed:
        builders.a_complaint(desk, client)
    assert failed.value.code == "storage.lost"

    pair.second.promote()
    until(listener.ready.is_set)
    third = builders.a_complaint(desk, client)
    assert third.number.endswith("-0003"), "no number lost, none twice"
    assert complaints(desk) == 3
    assert audit.verify(desk).fault is None
    told.clear()
    other = pair.desk(clock)
    builders.a_complaint(other, client)
    until(lambda: any(signal.foreign for signal in told))
    listener.stop()
    desk.store.close()
    other.store.close()


def test_a_copy_that_is_down_or_another_database_is_never_read(pair: Pair, clock: StillClock) -> None:
    pair.second.stop()
    down = pair.desk(clock)
    builders.a_complaint(down, builders.a_client(down))
    assert (complaints(down), reads(down)) == (1, 0)

    with psycopg.connect(pair.first.url().replace("+psycopg", ""), autocommit=True) as connection:
        connection.execute("CREATE DATABASE other")
    builders.found_company(pair.first.url("other"))
    strange = builders.open_at(pair.first.url("other"), clock)
    audit.seal(strange)
    audit.seal(down)
    wrong = pair.desk(clock, reports=pair.first.url("other"))
    assert (complaints(wrong), reads(wrong)) == (1, 0)
    for desk in (down, strange, wrong):
        desk.store.close()
