"""A database that is away, busy, frozen or refuses: each is told from the others, and nothing waits for ever."""

from __future__ import annotations

import sqlite3
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import psycopg
import pytest
from sqlalchemy import text

from deskapp.domain.errors import RuleBroken, StorageFailed, is_away
from deskapp.repository import engine
from deskapp.repository.server import trouble
from deskapp.screens.frame_words import clock_words
from tests import builders
from tests.server import own_server

pytestmark = pytest.mark.row("P3")


@pytest.fixture(scope="module")
def server():
    with own_server() as lent:
        yield lent


@pytest.fixture
def far_desk(server):
    """A desk on a server of its own, which a test may stop and freeze."""
    with closing(psycopg.connect(server.url().replace("+psycopg", "", 1), autocommit=True)) as admin:
        admin.execute("DROP DATABASE IF EXISTS far WITH (FORCE)")
        admin.execute("CREATE DATABASE far")
    builders.found_company(server.url("far"))
    desk = builders.open_at(server.url("far"))
    yield desk
    if not server.runs:
        server.start()
    server.thaw()
    desk.store.close()


def failure(act):
    with pytest.raises(StorageFailed) as failed:
        act()
    return failed.value


def test_a_server_that_was_stopped_is_away_and_back_when_it_runs_again(server, far_desk):
    server.stop()
    assert failure(lambda: builders.a_client(far_desk)).code == "storage.lost"
    assert failure(lambda: read(far_desk)).away
    server.start()
    assert builders.a_client(far_desk).client.id


def read(desk):
    with desk.read() as work:
        return work.latest()


def test_a_connection_that_was_ended_while_nobody_used_it_is_made_anew_unseen(far_desk):
    first = backend(far_desk)
    with closing(psycopg.connect(far_desk.store.url.replace("+psycopg", "", 1), autocommit=True)) as admin:
        assert admin.execute("SELECT pg_terminate_backend(%s, 5000)", [first]).fetchone() == (True,)
    assert builders.a_client(far_desk).client.id
    assert backend(far_desk) not in (first, None)
    assert backend(far_desk) == backend(far_desk)


def backend(desk):
    with desk.read() as work:
        return work.connection.execute(text("SELECT pg_backend_pid()")).scalar_one()


def test_a_frozen_server_is_given_up_and_its_connections_are_not_used_again(server, far_desk):
    far_desk.store.patience.seconds = 0.5
    read(far_desk)
    with ThreadPoolExecutor(1) as pool:
        server.freeze()
        begun = time.monotonic()
        frozen = pool.submit(failure, lambda: read(far_desk)).result(60)
        assert time.monotonic() - begun < 30
    assert frozen.code == "storage.lost"
    server.thaw()
    assert read(far_desk) >= 0


def test_a_long_answer_is_not_given_up_without_need(far_desk):
    far_desk.store.patience.seconds = 0.5
    with far_desk.read() as work:
        many = work.connection.execute(text("SELECT repeat('x', 1000) FROM generate_series(1, 50000)")).all()
    assert len(many) == 50_000
    far_desk.store.settle()


def test_what_postgresql_refuses_is_not_away(far_desk):
    def divide():
        with far_desk.write("client.save") as work:
            work.connection.execute(text("SELECT 1/0"))

    refused = failure(divide)
    assert (refused.code, refused.away) == ("storage.refused", False)


@pytest.mark.parametrize(
    ("error", "means"),
    [
        (psycopg.errors.AdminShutdown(), "lost"),
        (psycopg.errors.CrashShutdown(), "lost"),
        (psycopg.errors.CannotConnectNow("the database system is starting up"), "lost"),
        (psycopg.errors.TooManyConnections(), "lost"),
        (psycopg.errors.DiskFull(), "full"),
        (psycopg.errors.InvalidPassword(), "lost"),
        (psycopg.OperationalError("connection refused"), "lost"),
        (psycopg.errors.ConnectionTimeout("timeout"), "lost"),
        (psycopg.InterfaceError("the connection is closed"), "lost"),
        (psycopg.errors.DeadlockDetected(), "locked"),
        (psycopg.errors.LockNotAvailable(), "locked"),
        (psycopg.errors.QueryCanceled(), "locked"),
        (psycopg.DataError("NUL"), "refused"),
        (psycopg.errors.StringDataRightTruncation(), "refused"),
        (psycopg.errors.UndefinedTable(), "refused"),
        (psycopg.errors.InsufficientPrivilege(), "refused"),
    ],
    ids=lambda one: one if isinstance(one, str) else type(one).__name__,
)
def test_what_the_driver_says_means(error, means):
    assert trouble(error) == means


@pytest.mark.parametrize("backend", ["sqlite"], indirect=True)
def test_a_file_locked_for_longer_than_the_patience_is_busy(desk, monkeypatch):
    monkeypatch.setattr(engine, "LOCK_PATIENCE_S", 0.2)
    with closing(sqlite3.connect(desk.store.engine.url.database, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        busy = failure(lambda: builders.a_client(desk))
        assert (busy.code, busy.away) == ("storage.locked", True)
        assert read(desk) >= 0, "looking goes on"
        other.execute("ROLLBACK")
    assert builders.a_client(desk).client.id


@pytest.mark.parametrize("backend", ["sqlite"], indirect=True)
def test_a_file_that_cannot_be_reached_is_away_and_back_when_it_can(desk):
    file = Path(desk.store.engine.url.database)
    desk.store.engine.dispose()
    parked = file.rename(file.with_suffix(".parked"))
    file.mkdir()
    assert failure(lambda: builders.a_client(desk)).code == "storage.lost"
    file.rmdir()
    parked.rename(file)
    assert builders.a_client(desk).client.id


def test_only_silence_is_away():
    assert is_away(StorageFailed("storage.lost"))
    assert not is_away(StorageFailed("storage.refused"))
    assert not is_away(RuleBroken("call.taken"))
    assert not is_away(ValueError())


@pytest.mark.row("T2", "T4")
@pytest.mark.parametrize("backend", ["postgresql"], indirect=True)
@pytest.mark.parametrize("jump_s", [86400, -86400])
def test_a_desk_whose_clock_is_set_moves_no_deadline(desk_url, monkeypatch, jump_s):
    desk = builders.open_at(desk_url)
    before = desk.now()
    filed = builders.a_complaint(desk)
    there = time.time_ns
    monkeypatch.setattr(time, "time_ns", lambda: there() + jump_s * 1_000_000_000)
    later = builders.a_complaint(desk)
    assert timedelta() <= desk.now() - before < timedelta(minutes=5)
    assert timedelta() <= later.respond_by - filed.respond_by < timedelta(minutes=5)
    fresh = builders.open_at(desk_url)
    assert abs(fresh.now() - desk.now()) < timedelta(seconds=5), (
        "a desk opened after the jump asks the database"
    )
    fresh.store.close()
    desk.store.close()


@pytest.mark.row("T2", "T4")
@pytest.mark.parametrize("backend", ["sqlite"], indirect=True)
@pytest.mark.parametrize(("jump_s", "by"), [(86400, "+24:00"), (-86400, "\u221224:00"), (3630, "+1:00")])
def test_this_machine_s_clock_may_be_put_right_but_not_set(desk_url, monkeypatch, jump_s, by):
    if not hasattr(time, "CLOCK_BOOTTIME"):
        pytest.skip("no clock here runs on while the machine sleeps")
    desk = builders.open_at(desk_url)
    filed, before, there = builders.a_complaint(desk), desk.now(), time.time_ns

    def put(seconds: int) -> None:
        monkeypatch.setattr(time, "time_ns", lambda: there() + seconds * 1_000_000_000)

    put(jump_s)
    later = builders.a_complaint(desk)
    assert timedelta() <= later.respond_by - filed.respond_by < timedelta(minutes=1)
    words = clock_words(desk)
    assert words is not None
    assert by in words[0]
    put(0)
    assert timedelta() <= desk.now() - before < timedelta(minutes=1)
    assert clock_words(desk) is None
    for correction in (100, 200, 300):
        put(correction)
        followed = desk.now()
    assert followed - before >= timedelta(seconds=300)
    assert clock_words(desk) is None
    desk.store.close()
