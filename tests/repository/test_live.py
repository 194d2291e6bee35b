"""Hearing what other desks change: at once, also out of turn, after a lost connection, and not one's own echo."""

from __future__ import annotations

from queue import Queue

import pytest
from sqlalchemy import URL, text

from deskapp.domain.client import Client
from deskapp.domain.rows import Elsewhere
from deskapp.repository.live import Signal, heard, told
from tests import builders

pytestmark = pytest.mark.row("P1")
PATIENCE_S = 30


@pytest.fixture
def ear(desk):
    """What the desk's listener tells, once it listens."""
    signals: Queue[Signal] = Queue()
    listener = desk.store.listen(signals.put)
    assert listener.ready.wait(PATIENCE_S)
    yield signals
    listener.stop()
    listener.join(PATIENCE_S)


def next_of(ear: Queue, wanted) -> Signal:
    while True:
        signal = ear.get(timeout=PATIENCE_S)
        if wanted(signal):
            return signal


def test_another_desks_change_is_heard(ear, desk, second_desk) -> None:
    builders.a_client(second_desk)
    signal = next_of(ear, lambda signal: True)
    assert signal == Signal(foreign=desk.store.dialect == "postgresql")


@pytest.mark.parametrize("backend", ["postgresql"], indirect=True)
def test_ones_own_change_is_known_as_such(ear, desk) -> None:
    builders.a_client(desk)
    assert next_of(ear, lambda signal: True) == Signal()


@pytest.mark.parametrize("backend", ["postgresql"], indirect=True)
def test_a_change_committed_out_of_turn_is_heard_when_it_is_there(ear, desk, second_desk) -> None:
    with second_desk.write("client.save") as slow:
        late = slow.clients.add(Client(name="慢"))
        builders.a_client(desk)
        assert next_of(ear, lambda signal: True) == Signal()
    assert next_of(ear, lambda signal: True).foreign
    with desk.read() as work:
        assert work.clients.get(late.id) is not None


@pytest.mark.parametrize("backend", ["postgresql"], indirect=True)
def test_a_lost_connection_is_told_made_again_and_counts_as_a_change(ear, desk, second_desk) -> None:
    with desk.store.engine.begin() as connection:
        connection.execute(
            text(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
                "WHERE application_name = 'deskapp listener' AND datname = current_database()"
            )
        )
    next_of(ear, lambda signal: signal.lost)
    next_of(ear, lambda signal: signal.foreign)
    builders.a_client(second_desk)
    next_of(ear, lambda signal: signal.foreign)


def test_nothing_that_failed_is_heard(desk, second_desk) -> None:
    signals: Queue[Signal] = Queue()
    listener = desk.store.listen(signals.put)
    assert listener.ready.wait(PATIENCE_S)
    with pytest.raises(ZeroDivisionError):
        _broken_off(second_desk)
    listener.stop()
    listener.join(PATIENCE_S)
    assert signals.empty()


def _broken_off(desk) -> None:
    with desk.write("client.save") as work:
        work.clients.add(Client(name="没了"))
        raise ZeroDivisionError


@pytest.mark.row("T15")
def test_who_has_what_open_at_another_desk(desk, second_desk, clock) -> None:
    until = clock.at.add(seconds=45)

    def hold(who, name, *records) -> bool:
        with who.store.write("") as work:
            return work.presence.hold(name, who.operator.id, records, until)

    def elsewhere(who, name) -> tuple[Elsewhere, ...]:
        with who.read() as work:
            return work.presence.elsewhere(name)

    assert hold(desk, "a", ("ticket", 3), ("ticket", 4))
    assert not hold(desk, "a", ("ticket", 3), ("ticket", 4)), "staying is no news"
    assert elsewhere(desk, "a") == ()
    there = elsewhere(second_desk, "b")
    assert [(one.noun, one.record_id, one.who) for one in there] == [
        ("ticket", 3, desk.operator.name),
        ("ticket", 4, desk.operator.name),
    ]
    assert hold(desk, "a", ("ticket", 4))
    assert [one.record_id for one in elsewhere(second_desk, "b")] == [4]
    clock.at = until
    assert elsewhere(second_desk, "b") == (), "a dead desk has nothing open"
    with desk.store.write("") as work:
        assert work.presence.sweep() == 1


@pytest.mark.parametrize("written", [True, False])
def test_what_is_told_is_what_is_heard(written) -> None:
    assert heard(told("me", written=written), "me") == Signal()
    assert heard(told("you", written=written), "me") == Signal(foreign=written)


def test_what_is_not_understood_counts_as_a_change() -> None:
    assert heard("", "me") == heard("garbage from elsewhere", "me") == Signal(foreign=True)


def test_a_file_with_any_name_is_heard(tmp_path) -> None:
    odd = tmp_path / "客服 #1 100%?.db"
    url = URL.create("sqlite", database=str(odd)).render_as_string()
    builders.found_company(url)
    here, there = builders.open_at(url), builders.open_at(url, login=builders.AGENT)
    signals: Queue[Signal] = Queue()
    listener = here.store.listen(signals.put)
    assert listener.ready.wait(PATIENCE_S)
    builders.a_client(there)
    assert next_of(signals, lambda signal: True) == Signal()
    listener.stop()
    listener.join(PATIENCE_S)
    for desk in (here, there):
        desk.store.close()
