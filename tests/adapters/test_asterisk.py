"""The link to Asterisk over real sockets: recorded bytes in odd pieces; restarts, silence, wrong secrets, floods."""

from __future__ import annotations

import asyncio
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from deskapp.adapters import asterisk, asterisk_session
from deskapp.adapters.asterisk import Link, LinkState, originate
from deskapp.adapters.asterisk_session import Session
from deskapp.domain import pbx
from deskapp.domain.errors import RuleBroken, StorageFailed
from deskapp.domain.outside import Asterisk
from tests import ami_server
from tests.ami_server import SECRET, AmiServer, serving, until
from tests.builders import NOW

pytestmark = [pytest.mark.row("C5"), pytest.mark.timeout(60)]


class Heard:
    """What a link told, in its order; `fail` makes keeping it fail so many times."""

    def __init__(self) -> None:
        self.events: list[pbx.Event] = []
        self.states: list[LinkState] = []
        self.batches = 0
        self.fail: list[Exception] = []

    def hear(self, events) -> None:
        self.batches += 1
        if self.fail:
            raise self.fail.pop()
        self.events += events

    @property
    def calls(self) -> list[str]:
        return [type(one).__name__ for one in self.events if not isinstance(one, pbx.Snapshot)]

    @property
    def snapshots(self) -> list[pbx.Snapshot]:
        return [one for one in self.events if isinstance(one, pbx.Snapshot)]


def part(server: AmiServer, **told: Any) -> Asterisk:
    return Asterisk(**({"on": True, "port": server.port, "user": "desk", "ping_seconds": 1} | told))


@contextmanager
def linked(server: AmiServer, secret: str = SECRET, **told: Any) -> Iterator[tuple[Link, Heard]]:
    heard = Heard()
    link = Link(part(server, **told), lambda: secret, heard.hear, heard.states.append, lambda: NOW)
    link.first_wait_s, link.longest_wait_s, link.wrong_wait_s = 0.05, 0.2, 0.4
    link.start()
    try:
        yield link, heard
    finally:
        link.stop()
        assert not link.running


ANSWERED = ["Rang", "RingsAt", "Answered", "Over"]


@pytest.mark.parametrize("size", [1, 13, 97, 1448, 1_000_000])
def test_recorded_bytes_in_pieces_of_any_size(size: int) -> None:
    with serving() as server, linked(server) as (_, heard):
        until(lambda: heard.snapshots, "signed in")
        server.play(ami_server.whole("answered"), size)
        until(lambda: len(heard.calls) >= 4, "the call")
        assert heard.calls == ANSWERED
        assert heard.states == [LinkState("connecting"), LinkState("connected")]


def test_the_secret_is_not_sent_where_there_is_a_challenge() -> None:
    with serving() as server, linked(server) as (link, heard):
        until(lambda: heard.snapshots)
        assert SECRET not in str(server.actions)
        assert SECRET not in repr(link)
        assert server.asked("Login")[0]["Events"] == "call,agent,system"


def test_a_manager_without_challenge_is_signed_in_to_all_the_same() -> None:
    with serving(challenge=False) as server, linked(server) as (_, heard):
        until(lambda: heard.snapshots)


def test_a_wrong_secret_is_said_and_not_tried_again_at_once() -> None:
    with serving() as server, linked(server, "wrong") as (_, heard):
        until(lambda: heard.states and heard.states[-1].state == "password", "refused")
        tried = len(server.asked("Login"))
        server.secret = "wrong"
        until(lambda: heard.states[-1].state == "connected", "the secret became right")
        assert len(server.asked("Login")) == tried + 1


def test_back_after_a_restart_with_a_list_asked_anew_and_nothing_said_twice() -> None:
    with serving() as server, linked(server) as (_, heard):
        until(lambda: heard.snapshots)
        packets = ami_server.recorded("core_restart")
        server.play(b"".join(raw for at, raw in packets if at < 5))
        until(lambda: heard.calls.count("Rang") == 2, "one talks, one waits")
        server.stop()
        until(lambda: heard.states[-1].state == "again", "away")
        server.uptime = 0
        server.start()
        until(lambda: len(heard.snapshots) == 2, "back")
        assert heard.snapshots[-1].live == frozenset()
        assert heard.states[-1].state == "connected"
        assert {one["Action"] for one in server.actions} <= {
            "Challenge",
            "Login",
            "Ping",
            "QueueStatus",
            "CoreShowChannels",
        }


def test_a_packet_cut_off_by_the_end_is_not_made_up() -> None:
    with serving() as server, linked(server) as (_, heard):
        until(lambda: heard.snapshots)
        sent = ami_server.whole("answered")
        server.play(sent[: sent.rindex(b"Event: Hangup") + 40])
        until(lambda: len(heard.calls) >= 3)
        server.stop()
        until(lambda: heard.states[-1].state == "again")
        assert heard.calls == ANSWERED[:3]


def test_a_silent_connection_is_noticed_and_left() -> None:
    with serving() as server, linked(server) as (_, heard):
        until(lambda: heard.snapshots)
        server.silent = True
        until(lambda: heard.states[-1].state == "silent", "nobody answers")
        server.silent = False
        until(lambda: heard.states[-1].state == "connected" and len(heard.snapshots) >= 2, "back")


def test_silence_at_sign_in_is_silence_too(monkeypatch) -> None:
    monkeypatch.setattr(asterisk_session, "PATIENCE_S", 0.2)
    with serving() as server:
        server.silent = True
        with linked(server) as (_, heard):
            until(lambda: server.asked("Challenge")[2:], "tried again")
            assert {one.state for one in heard.states} == {"connecting", "silent"}
            server.silent = False
            until(lambda: heard.states[-1].state == "connected", "answers at last")


@pytest.mark.parametrize("turns", range(1, 6))
def test_what_is_cancelled_as_it_sends_ends(turns: int) -> None:
    """Else a link whose manager falls silent as it asks for the list would say "connected" for ever."""

    async def asking(session: Session) -> None:
        while True:
            await session.send("Ping")
            await asyncio.sleep(0)

    async def tried(server: AmiServer) -> bool:
        session = Session(part(server), SECRET)
        await session.open()
        task = asyncio.create_task(asking(session))
        for _ in range(turns):
            await asyncio.sleep(0)
        task.cancel()
        await asyncio.wait({task}, timeout=5)
        task.cancel()
        await session.close()
        return task.cancelled()

    with serving() as server:
        assert asyncio.run(tried(server))


def test_one_that_never_greets_is_left(monkeypatch) -> None:
    monkeypatch.setattr(asterisk_session, "PATIENCE_S", 0.2)
    with socket.create_server(("127.0.0.1", 0)) as mute:
        server = AmiServer.__new__(AmiServer)
        server.port = mute.getsockname()[1]
        with linked(server) as (_, heard):
            until(lambda: heard.states and heard.states[-1].state == "again")


def test_another_protocol_is_named() -> None:
    with socket.create_server(("127.0.0.1", 0)) as web:

        def answer() -> None:
            opened, _ = web.accept()
            opened.sendall(b"HTTP/1.1 400 Bad Request\r\n\r\n")
            opened.close()

        threading.Thread(target=answer, daemon=True).start()
        server = AmiServer.__new__(AmiServer)
        server.port = web.getsockname()[1]
        with linked(server) as (_, heard):
            until(lambda: any(one.error == "phone.not_ami" for one in heard.states))


def test_while_the_database_is_away_nothing_is_lost_and_the_order_stays() -> None:
    with serving() as server, linked(server) as (_, heard):
        until(lambda: heard.snapshots)
        heard.fail = [StorageFailed("storage.lost", why=""), StorageFailed("storage.locked", why="")]
        server.play(ami_server.whole("answered"))
        until(lambda: len(heard.calls) >= 4, "kept after all")
        assert heard.calls == ANSWERED


def test_what_cannot_be_kept_does_not_stop_what_follows() -> None:
    with serving() as server, linked(server) as (_, heard):
        until(lambda: heard.snapshots)
        heard.fail = [ValueError("poison")]
        server.play(ami_server.whole("abandoned"))
        until(lambda: not heard.fail)
        server.play(ami_server.whole("answered"))
        until(lambda: heard.calls[-1:] == ["Over"])


def test_ten_thousand_events_a_minute_are_kept_in_batches() -> None:
    noise = b"Event: VarSet\r\nPrivilege: dialplan,all\r\nChannel: Local/1@x-1;1\r\nVariable: X\r\nValue: 1\r\n\r\n"
    one = ami_server.whole("answered")
    flood = b"".join(
        one.replace(b"in-65d96b97", b"in-%08d" % n).replace(b"1795408345", b"18%08d" % n) + noise * 30
        for n in range(100)
    )
    packets = flood.count(b"\r\n\r\n")
    with serving() as server, linked(server) as (_, heard):
        until(lambda: heard.snapshots)
        begun = time.monotonic()
        server.play(flood)
        until(lambda: heard.calls.count("Over") == 100, "every call")
        assert packets >= 10_000
        assert time.monotonic() - begun < 30
        assert heard.batches < len(heard.events)
        assert heard.calls.count("Rang") == 100


def test_too_much_while_the_database_is_away_asks_for_the_list_afterwards(monkeypatch) -> None:
    monkeypatch.setattr(asterisk, "MOST_WAITING", 3)
    with serving() as server, linked(server) as (_, heard):
        until(lambda: heard.snapshots)
        heard.fail = [StorageFailed("storage.lost", why="") for _ in range(2)]
        server.play(ami_server.whole("three_at_once"))
        until(lambda: len(heard.snapshots) >= 2, "the list was asked for again")


def test_originate_says_it_once_with_its_own_id() -> None:
    with serving() as server:
        originate(
            part(server), SECRET, "deskapp-1", [("Channel", "Local/1002@x/n"), ("ChannelId", "deskapp-1")]
        )
        [asked] = server.asked("Originate")
        assert (asked["ActionID"], asked["ChannelId"]) == ("deskapp-1", "deskapp-1")


def test_originate_says_what_is_wrong(monkeypatch) -> None:
    monkeypatch.setattr(asterisk_session, "PATIENCE_S", 0.3)
    with serving() as server:
        for secret, fields, code in [
            ("wrong", [], "phone.wrong_password"),
            (SECRET, [("Channel", "x\r\nAction: Logoff")], "phone.line_end"),
        ]:
            with pytest.raises(RuleBroken) as refused:
                originate(part(server), secret, "deskapp-1", fields)
            assert refused.value.code == code
        assert server.asked("Originate") == []
        server.silent = True
        with pytest.raises(RuleBroken) as refused:
            originate(part(server), SECRET, "deskapp-1", [])
        assert refused.value.code == "phone.no_answer_from_pbx"
