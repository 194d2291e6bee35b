"""The telephone system down, silent, cut off, repeating and lying: the console works on and says so in one line."""

from __future__ import annotations

import asyncio
import json
import socket
import threading
from collections import Counter
from dataclasses import replace

import aiohttp
import pytest

from deskapp.adapters.asterisk import Link
from deskapp.adapters.cti import MOST_BYTES
from deskapp.domain import ami
from deskapp.domain.outside import Asterisk, Cti
from deskapp.services import outside
from tests import ami_server, builders
from tests.ami_server import SECRET, AmiServer, serving
from tests.screens.pilot import console, press, seen, shows, until, write

NUMBER = "13800138000"
pytestmark = [
    pytest.mark.row("C5"),
    pytest.mark.timeout(120),
    pytest.mark.parametrize("backend", ["sqlite"], indirect=True),
]


@pytest.fixture(autouse=True)
def soon(monkeypatch) -> None:
    """What is tried again is tried again at once, and the telephone system's own list asked for often."""
    monkeypatch.setenv("DESKAPP_ASTERISK_PASSWORD", SECRET)
    monkeypatch.setenv("DESKAPP_CTI_TOKEN", SECRET)
    monkeypatch.setattr("deskapp.adapters.asterisk_session.PATIENCE_S", 1.0)
    for name, seconds in (
        ("first_wait_s", 0.1),
        ("longest_wait_s", 1.0),
        ("wrong_wait_s", 0.3),
        ("resync_s", 0.4),
    ):
        monkeypatch.setattr(Link, name, seconds)


def prepared(desk, part: Asterisk | Cti):
    client = builders.a_client(desk, "张伟明", NUMBER)
    with desk.write("operator.save") as work:
        work.operators.save(replace(work.operators.by_login(builders.ADMIN), extension="1002"))
    outside.save_outside(desk, part)
    return client


def asterisk(server: AmiServer) -> Asterisk:
    return Asterisk(on=True, port=server.port, user="desk", queues="support", ping_seconds=1)


def told_of(desk) -> list:
    """The calls telephone systems told of; every other is a callback planned for one of them."""
    with desk.read() as work:
        return [call for call in work.calls.all() if call.pbx_key]


def callbacks(desk) -> Counter:
    with desk.read() as work:
        return Counter(call.previous_id for call in work.calls.all() if call.kind == "callback")


class Typist:
    """Somebody who types on through it all: each letter is there."""

    def __init__(self, app, pilot) -> None:
        self.app, self.pilot, self.typed = app, pilot, ""

    async def begin(self) -> None:
        await press(self.app, self.pilot, "slash")

    async def on(self) -> None:
        self.typed += "一二三四五六七八九十"[len(self.typed) % 10]
        await write(self.app, self.pilot, self.typed[-1])
        assert self.typed in seen(self.app)


async def said(app, pilot, words: str) -> None:
    """The top bar says it, and nothing else does."""
    await shows(app, pilot, words)
    lines = [line for line in seen(app).splitlines() if words in line]
    assert len(lines) == 1 and lines[0] == seen(app).splitlines()[0]
    assert not app._notifications


@pytest.mark.parametrize(
    ("size", "language", "away", "wrong", "silent"),
    [
        ((120, 40), "zh", "电话断开", "电话:密码不对", "电话没有反应"),
        ((80, 24), "en", "phone lost", "phone: wrong password", "phone silent"),
    ],
)
async def test_down_at_start_refusing_silent_and_cut_in_the_middle_of_an_event(
    desk, size, language, away, wrong, silent, tmp_path
) -> None:
    with serving() as server:
        prepared(desk, asterisk(server))
        server.stop()
        async with console(desk, size=size, language=language, folder=tmp_path) as (app, pilot):
            typist = Typist(app, pilot)
            await typist.begin()
            await said(app, pilot, away)
            await typist.on()
            server.secret = "another"
            server.start()
            await said(app, pilot, wrong)
            await typist.on()
            server.secret = SECRET
            await until(app, pilot, lambda: app.telephone.link.state == "connected", "the secret is right")
            server.silent = True
            await said(app, pilot, silent)
            await typist.on()
            server.silent = False
            await until(app, pilot, lambda: app.telephone.link.state == "connected", "answers again")
            ring = b"".join(raw for at, raw in ami_server.recorded("answered") if at < 2)
            cut = ring.index(b"Event: QueueCallerJoin")
            server.play(ring[: cut + 300])
            server.stop()
            await said(app, pilot, away)
            assert told_of(desk) == [], "half an event is none"
            server.listing = waiting()
            server.start()
            await until(app, pilot, lambda: app.facts.ringing == "张伟明", "its own list knows who waits")
            await typist.on()
            server.listing = []
            server.play(b"".join(raw for at, raw in ami_server.recorded("answered") if at >= 2))
            await until(app, pilot, lambda: [call.pbx_state for call in told_of(desk)] == ["over"], "ended")
            await typist.on()
    [call] = told_of(desk)
    assert (call.number, callbacks(desk).get(call.id, 0)) == (f"+86{NUMBER}", int(call.state == "abandoned"))


def waiting() -> list[dict[str, str]]:
    """What Asterisk lists of the caller of the recording "answered" while they wait."""
    shared = {"Uniqueid": "in-65d96b97-trunk", "CallerIDNum": NUMBER, "CallerIDName": "unknown"}
    return [
        {"Event": "QueueEntry", "Queue": "support", "Position": "1", "Wait": "3"} | shared,
        {"Event": "CoreShowChannel", "Linkedid": "in-65d96b97", "Application": "Queue"} | shared,
    ]


def named(number: int, name: str = "answered") -> list[bytes]:
    """A recording's packets as another call: every id of its own."""
    found = [raw for _, raw in ami_server.recorded(name)]
    return [
        raw.replace(b"in-65d96b97", b"in-%08d" % number).replace(b"1795408345", b"18%08d" % number)
        for raw in found
    ]


def ours(desk, number: int):
    """The call of `named`, once there is one."""
    return next((call for call in told_of(desk) if call.pbx_key == f"asterisk:in-{number:08d}"), None)


async def test_repeating_out_of_order_lying_and_flooding(desk, clock, tmp_path) -> None:
    with serving() as server:
        prepared(desk, asterisk(server))
        async with console(desk, size=(80, 24), folder=tmp_path) as (app, pilot):
            typist = Typist(app, pilot)
            await typist.begin()
            await until(app, pilot, lambda: server.signed_in == 1, "listening")

            server.play(b"".join(raw * 2 for raw in named(1)))
            await until(
                app, pilot, lambda: (one := ours(desk, 1)) and one.pbx_state == "over", "each event twice"
            )
            server.play(b"".join(named(1)))
            await typist.on()

            packets = named(2)
            pairs = [raw for at in range(0, len(packets), 2) for raw in reversed(packets[at : at + 2])]
            server.play(b"".join(pairs))
            await until(
                app,
                pilot,
                lambda: (one := ours(desk, 2)) and one.state in ("taken", "done", "abandoned"),
                "swapped",
            )
            await until(app, pilot, lambda: ours(desk, 2).pbx_state in ("over", "lost"), "and over")
            await typist.on()

            server.play(b"".join(lies()), 977)
            server.play(b"".join(named(3)))
            await until(
                app, pilot, lambda: (one := ours(desk, 3)) and one.pbx_state == "over", "heard through lies"
            )
            assert app.telephone.link.state == "connected"
            await until(app, pilot, lambda: ours(desk, 99) is not None, "the one with the odd name")
            await shows(app, pilot, "138 [2J9")
            clock.at = clock.at.add(minutes=1)
            await until(
                app, pilot, lambda: ours(desk, 99).pbx_state == "lost", "which its own list does not know"
            )
            odd = ours(desk, 99)
            assert (odd.caller_name, odd.queue, odd.number) == (
                "[bold red]x[/]]0;hi[2J",
                "support",
                "138[2J9",
            )
            app.push_screen(_call_screen(odd.id))
            await shows(app, pilot, "[bold red]x[/]")
            await press(app, pilot, "escape", "end")
            await typist.on()

            tries = len(server.asked("Login"))
            server.play(b"\xff\x00" * (ami.MOST_BYTES // 2 + 40_000))
            await until(app, pilot, lambda: len(server.asked("Login")) > tries, "left, and come back to")
            await until(app, pilot, lambda: app.telephone.link.state == "connected", "connected")
            await typist.on()

            flood = b"".join(raw for number in range(100, 140) for raw in named(number))
            playing = threading.Thread(target=server.play, args=(flood,))
            playing.start()
            for _ in range(3):
                await typist.on()
            every = range(100, 140)
            await until(app, pilot, lambda: all(_over(desk, number) for number in every), "every call")
            playing.join()
            await typist.on()
    found = told_of(desk)
    assert len(found) == len({call.pbx_key for call in found}) == 44, "each once, none of those nobody knows"
    assert all(call.talk_s is None or 0 <= call.talk_s < 60 for call in found)
    missed = [call for call in found if call.state == "abandoned" and call.number]
    assert callbacks(desk) == Counter(call.id for call in missed)


def _over(desk, number: int) -> bool:
    call = ours(desk, number)
    return call is not None and call.pbx_state == "over"


def _call_screen(call_id: int):
    from deskapp.screens.call import CallScreen

    return CallScreen(call_id)


def lies() -> list[bytes]:
    """Garbage, absurd sizes, calls nobody knows, negative and endless numbers, names that paint and command."""
    unknown = {
        "Queue": "support",
        "Uniqueid": "9.9",
        "Linkedid": "9.9",
        "DestUniqueid": "9.8",
        "Interface": "SIP/1002",
    }
    events = [
        *(
            {"Event": name} | unknown
            for name in ("AgentCalled", "AgentConnect", "AgentComplete", "DialEnd", "Hangup")
        ),
        {"Event": "BridgeEnter", "BridgeUniqueid": "", "Uniqueid": "9.9"},
        {"Event": "CoreShowChannelsComplete", "ActionID": "nobody's"},
        {"Event": "Newexten", "AppData": "x" * 900_000},
        {
            "Event": "QueueCallerJoin",
            "Queue": "support",
            "Uniqueid": "in-00000099",
            "Linkedid": "in-00000099",
            "Position": "-3",
            "Count": "9" * 400,
            "CallerIDNum": "138\x1b[2J9",
            "CallerIDName": "[bold red]x[/]\x1b]0;hi\x07\x1b[2J\x00",
        },
        {"Event": "QueueCallerLeave", "Uniqueid": "in-00000099", "Position": "9" * 400},
    ]
    written = [
        "".join(f"{key}: {value}\r\n" for key, value in one.items()).encode() + b"\r\n" for one in events
    ]
    return [b"\x00\xff" * 5_000 + b"\r\n\r\n", b": : :\r\n\r\n", b"Event\r\n\r\n", b"\r\n\r\n" * 50, *written]


async def test_the_webhook_lied_to_repeated_late_and_its_port_taken(desk, tmp_path, monkeypatch) -> None:
    monkeypatch.setattr("deskapp.adapters.cti.ASKS_S", 0.2)
    with socket.create_server(("127.0.0.1", 0)) as stranger:
        port = stranger.getsockname()[1]
        prepared(desk, Cti(on=True, port=port))
        async with console(desk, size=(80, 24), language="en", folder=tmp_path) as (app, pilot):
            await shows(app, pilot, f"Another program has 127.0.0.1:{port}")
            assert len(app._notifications) == 1
            typist = Typist(app, pilot)
            await typist.begin()
            await typist.on()
            stranger.close()
            app.clear_notifications()
            await asyncio.to_thread(app.telephone.follow, app.desk)

            async def post(body: bytes, token: str = SECRET) -> int:
                address = f"http://127.0.0.1:{port}/cti/{token}"
                async with aiohttp.ClientSession() as session, session.post(address, data=body) as got:
                    return got.status

            def event(kind: str, call: str, **more: str) -> bytes:
                told = {"event": kind, "callId": call, "from": NUMBER, "to": "021", "direction": "in"}
                return json.dumps(told | more).encode()

            assert await post(event("newCall", "a"), "wrong") == 403
            assert await post(b"x" * (MOST_BYTES + 1)) == 413
            assert await post(b"\xff{") == 400
            assert await post(event("newCall", "")) == 400
            assert told_of(desk) == []
            await typist.on()
            for _ in range(2):
                assert await post(event("newCall", "a")) == 200
            await until(app, pilot, lambda: app.facts.ringing == "张伟明", "it rings all the same")
            await typist.on()
            for kind in ("answer", "newCall", "answer", "hangup", "newCall", "answer", "hangup"):
                assert await post(event(kind, "a", user="1002", cause="normalClearing")) == 200
            for kind in ("hangup", "newCall", "hangup"):
                assert await post(event(kind, "b", cause="cancel", **{"from": "[b]139\x1b[2J"})) == 200
            await until(
                app, pilot, lambda: app.facts.talking == "张伟明" and not app.facts.ringing, "settled"
            )
            await typist.on()
            assert not app._notifications
    answered, missed = told_of(desk)
    assert (answered.state, answered.pbx_state, answered.taken_by) == ("taken", "over", desk.operator.id)
    assert (missed.state, missed.number, missed.wait_s) == ("abandoned", "[b]139[2J", None)
    assert callbacks(desk) == Counter([missed.id])
