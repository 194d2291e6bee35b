"""The webhook over real sockets: JSON and forms, any order, any number of times; strangers, floods and slow clients."""

from __future__ import annotations

import json
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import aiohttp
import pytest

from deskapp.adapters import cti as adapter
from deskapp.adapters.cti import MOST_BYTES, MOST_CONNECTIONS, Webhook
from deskapp.domain import pbx
from deskapp.domain.errors import StorageFailed
from deskapp.domain.outside import Cti
from deskapp.services import cti

TOKEN = "geheim-0a1b2c"
pytestmark = [pytest.mark.row("C5"), pytest.mark.timeout(60)]


@contextmanager
def listening(hear: Any, lives_s: float = 15.0) -> Iterator[Webhook]:
    """A webhook on a free port of the loopback."""
    part = Cti(on=True)
    object.__setattr__(part, "port", 0)
    webhook = Webhook(part, TOKEN, hear)
    webhook.lives_s = lives_s
    webhook.start()
    try:
        yield webhook
    finally:
        webhook.stop()


@pytest.fixture
def webhook(desk) -> Iterator[Webhook]:
    """The webhook of a company."""
    with listening(lambda values: cti.hear(desk, values)) as one:
        yield one


async def post(webhook: Webhook, path: str = f"/cti/{TOKEN}", **body: Any) -> tuple[int, str]:
    """Post as a bridge does."""
    async with (
        aiohttp.ClientSession() as session,
        session.post(f"http://127.0.0.1:{webhook.port}{path}", **body) as got,
    ):
        return got.status, await got.text()


def event(kind: str, call: str = "c1", **fields: Any) -> dict[str, Any]:
    """An event as Zammad's bridges send it."""
    values = {"event": kind, "from": "13800138000", "to": "02161234567", "direction": "in", "callId": call}
    return values | fields


def calls(desk) -> list[Any]:
    """Every call a telephone system told of."""
    with desk.read() as work:
        return [call for call in work.calls.all() if call.pbx_key]


def raw(webhook: Webhook, content: bytes, timeout: float = 10.0) -> bytes:
    """Send bytes and read what comes until the server hangs up."""
    with socket.create_connection(("127.0.0.1", webhook.port), timeout) as opened:
        opened.sendall(content)
        found = b""
        try:
            while part := opened.recv(65_536):
                found += part
        except ConnectionResetError:
            pass
        return found


async def test_a_call_rings_is_answered_and_ends(desk, clock, webhook) -> None:
    operators_extension(desk, "1002")
    assert await post(webhook, json=event("newCall", queue="support")) == (200, "{}")
    clock.at = clock.at.add(seconds=9)
    assert await post(webhook, json=event("answer", user=["1002", "x"], answeringNumber="1002")) == (
        200,
        "{}",
    )
    clock.at = clock.at.add(seconds=75)
    assert await post(webhook, json=event("hangup", cause="normalClearing")) == (200, "{}")
    (call,) = calls(desk)
    assert (call.number, call.queue, call.wait_s, call.talk_s) == ("+8613800138000", "support", 9, 75)
    assert (call.state, call.pbx_state, call.taken_by) == ("taken", pbx.OVER, desk.operator.id)


def operators_extension(desk, extension: str) -> None:
    """Give the operator at the desk a telephone."""
    from dataclasses import replace

    with desk.write("operator.save") as work:
        found = work.operators.find(desk.operator.id)
        work.operators.save(replace(found, extension=extension), known=found)


@pytest.mark.parametrize("path", [f"/cti/{TOKEN}", f"/api/v1/cti/{TOKEN}", f"/a/b/c/cti/{TOKEN}"])
async def test_forms_and_prefixes_work_as_with_other_desks(desk, webhook, path) -> None:
    form = [*event("newCall").items(), ("user[]", "Alice"), ("user[]", "Bob")]
    assert await post(webhook, path, data=form) == (200, "{}")
    multipart = aiohttp.FormData(default_to_multipart=True)
    for name, value in event("newCall", "c2").items():
        multipart.add_field(name, value)
    assert await post(webhook, path, data=multipart) == (200, "{}")
    assert sorted(call.pbx_key for call in calls(desk)) == ["cti:c1", "cti:c2"]
    assert {call.agent for call in calls(desk)} == {"Alice", ""}


async def test_a_call_hung_up_while_new_is_missed_once_and_called_back(desk, webhook) -> None:
    for _ in range(2):
        await post(webhook, json=event("newCall"))
        await post(webhook, json=event("hangup", cause="cancel"))
    (call,) = calls(desk)
    assert call.state == "abandoned"
    with desk.read() as work:
        assert [one.number for one in work.calls.all() if one.kind == "callback"] == ["+8613800138000"]


async def test_a_call_whose_end_never_came_does_not_ring_for_ever(desk, clock, webhook) -> None:
    await post(webhook, json=event("newCall", "old"))
    clock.at = clock.at.add(hours=cti.LONGEST_CALL_H, minutes=1)
    await post(webhook, json=event("newCall", "young"))
    for _ in range(2):
        cti.end_unheard(desk)
    old, young = calls(desk)
    assert (old.state, old.pbx_state) == ("abandoned", pbx.LOST)
    assert young.pbx_state == pbx.WAITING


async def test_events_before_their_call_are_understood(desk, webhook) -> None:
    """An answer before its newCall; a hangup before both; each told again afterwards."""
    for call, order in (("a", ("answer", "newCall")), ("b", ("hangup", "newCall", "answer", "hangup"))):
        for kind in order:
            assert await post(webhook, json=event(kind, call, user="1002")) == (200, "{}")
    first, second = calls(desk)
    assert (first.pbx_state, first.number, first.agent) == (pbx.ANSWERED, "+8613800138000", "1002")
    assert (second.state, second.outcome, second.number) == ("done", "reached", "+8613800138000")


async def test_a_call_made_here_is_its_operators(desk, webhook) -> None:
    operators_extension(desk, "1002")
    out = {"direction": "out", "from": "1002", "to": "13900139000"}
    await post(webhook, json=event("newCall", **out))
    await post(webhook, json=event("hangup", cause="busy", **out))
    (call,) = calls(desk)
    assert (call.direction, call.number, call.taken_by) == ("out", "+8613900139000", desk.operator.id)
    assert call.pbx_state == pbx.BUSY


@pytest.mark.parametrize(
    "path", ["/cti/wrong", f"/cti/{TOKEN}x", "/cti/", f"/cti/{TOKEN[:-1]}", "/cti/%ff%e5"]
)
async def test_a_wrong_token_is_refused_and_nothing_kept(desk, webhook, path) -> None:
    status, words = await post(webhook, path, json=event("newCall"))
    assert status == 403
    assert TOKEN not in words
    assert not calls(desk)


@pytest.mark.parametrize(("body", "status"), [
    ({"data": b"\xff\xfe\x00", "headers": {"Content-Type": "application/json"}}, 400),
    ({"data": b"{" * 10_000, "headers": {"Content-Type": "application/json"}}, 400),
    ({"data": b"[" * 30_000}, 400),
    ({"json": []}, 400),
    ({"json": {}}, 400),
    ({"json": {"event": "newCall"}}, 400),
    ({"json": {"event": "newCall", "callId": {"a": 1}}}, 400),
    ({"json": {"event": "newCall", "callId": "x" * 151}}, 400),
    ({"json": {"event": "newCall", "callId": "x", "direction": "up"}}, 400),
    ({"json": {"event": "newCall", "callId": "x", "from": {"$ne": ""}}}, 400),
    ({"data": b"a=1&" * 200}, 400),
    ({"data": b"x", "headers": {"Content-Encoding": "gzip"}}, 400),
    ({"data": b"--x", "headers": {"Content-Type": "multipart/form-data"}}, 400),
    ({"json": {"event": "newCall", "callId": "x" * MOST_BYTES}}, 413),
    ({"json": {"event": "voicemail", "anything": [1, {"b": 2}]}}, 200),
    ({"data": {"event": "deskappTest"}}, 200),
])  # fmt: skip
async def test_what_is_no_event_is_refused_in_one_line_and_keeps_nothing(desk, webhook, body, status) -> None:
    got, words = await post(webhook, **body)
    assert got == status
    assert len(words.splitlines()) == 1
    assert len(words) < 200
    assert not calls(desk)


async def test_what_no_text_holds_is_taken_out(desk, webhook) -> None:
    nasty = event("newCall", "c\x001", queue="[red]q\r\n\x1b[31m", user="\u202e1002")
    nasty["from"] = "138\x0000138000\u200b"
    assert await post(webhook, json=nasty) == (200, "{}")
    (call,) = calls(desk)
    assert (call.pbx_key, call.number, call.queue, call.agent) == (
        "cti:c1",
        "+8613800138000",
        "[red]q[31m",
        "1002",
    )


def test_many_at_once_and_each_again_are_one_row_each(desk, webhook) -> None:
    def told(number: int) -> None:
        body = json.dumps(event("newCall", f"c{number % 5}")).encode()
        head = f"POST /cti/{TOKEN} HTTP/1.1\r\nHost: x\r\nContent-Length: {len(body)}\r\n\r\n".encode()
        assert b" 200 " in raw(webhook, head + body, 30)

    threads = [threading.Thread(target=told, args=(number,)) for number in range(20)]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    assert len(calls(desk)) == 5


@pytest.mark.parametrize(
    "content", [b"", b"POST /cti/", b"POST /cti/x HTTP/1.1\r\nHost: x\r\nContent-Length: 9\r\n\r\na"]
)
def test_a_slow_client_is_let_go_and_others_are_heard(content) -> None:
    heard: list[Any] = []
    with listening(heard.append, lives_s=0.5) as webhook:
        content = content.replace(b"/x ", f"/{TOKEN} ".encode())
        slow = socket.create_connection(("127.0.0.1", webhook.port), 10)
        slow.sendall(content)
        body = b"event=newCall&callId=1"
        head = f"POST /cti/{TOKEN} HTTP/1.1\r\nHost: x\r\nContent-Length: {len(body)}\r\n\r\n".encode()
        assert b" 200 " in raw(webhook, head + body)
        begun = time.monotonic()
        assert slow.recv(1000) == b"", "let go without a word"
        slow.close()
        assert time.monotonic() - begun < 8
    assert len(heard) == 1


def test_too_many_connections_are_refused_and_later_ones_heard_again() -> None:
    heard: list[Any] = []
    body = b"event=newCall&callId=1"
    head = f"POST /cti/{TOKEN} HTTP/1.1\r\nHost: x\r\nContent-Length: {len(body)}\r\n\r\n".encode()
    with listening(heard.append, lives_s=3.0) as webhook:
        idle = [socket.create_connection(("127.0.0.1", webhook.port), 10) for _ in range(MOST_CONNECTIONS)]
        assert raw(webhook, head + body) == b""
        for one in idle:
            assert one.recv(10) == b""
            one.close()
        assert b" 200 " in raw(webhook, head + body)
    assert len(heard) == 1


@pytest.mark.parametrize(
    ("error", "status"), [(StorageFailed("storage.lost"), 503), (ZeroDivisionError(), 500)]
)
async def test_what_could_not_be_kept_is_asked_for_again(error, status) -> None:
    def hear(_values: Any) -> None:
        raise error

    with listening(hear) as webhook:
        got, words = await post(webhook, json=event("newCall"))
    assert got == status
    assert "Zero" not in words


async def test_a_token_stands_in_no_log(webhook, caplog) -> None:
    caplog.set_level(0)
    await post(webhook, json=event("newCall"))
    await post(webhook, json={"event": "other\r\nforged"})
    await post(webhook, data=b"\xff")
    own = [one.getMessage() for one in caplog.records if one.name.startswith(("deskapp", "aiohttp"))]
    assert any("event ignored" in words for words in own)
    assert not any(TOKEN in words or "\n" in words for words in own)
    assert TOKEN not in repr(webhook)


def test_one_process_listens_and_the_others_say_so_once(desk, tmp_path, monkeypatch) -> None:
    from dataclasses import replace

    from deskapp.services import outside

    monkeypatch.setenv("DESKAPP_KEYRING", "0")
    own = replace(desk, desk_dir=tmp_path)
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    said: list[str] = []
    first, second = (cti.Listening(lambda code, _facts: said.append(code)) for _ in range(2))
    first.follow(own)
    assert not first.on
    outside.save_outside(own, Cti(on=True, port=port))
    first.follow(own)
    assert said == ["cti.no_token"]
    outside.keep_secret(own, "cti_token", TOKEN)
    try:
        for _ in range(2):
            first.follow(own)
            second.follow(own)
        assert (first.on, second.on, said[1:]) == (True, False, ["cti.listening", "cti.port_taken"])
        first.close()
        second.follow(own)
        assert second.on, "the next one takes over"
        outside.save_outside(own, Cti(on=False, port=port))
        second.follow(own)
        assert not second.on
    finally:
        first.close()
        second.close()


def test_a_port_another_program_has_is_said_and_it_learns_no_token(desk, tmp_path, monkeypatch) -> None:
    from dataclasses import replace

    from deskapp.services import links, outside

    monkeypatch.setenv("DESKAPP_CTI_TOKEN", TOKEN)
    monkeypatch.setattr(adapter, "ASKS_S", 0.3)
    own, said = replace(desk, desk_dir=tmp_path), []
    ear = cti.Listening(lambda code, _facts: said.append(code))
    with socket.create_server(("127.0.0.1", 0)) as stranger:
        outside.save_outside(own, Cti(on=True, port=stranger.getsockname()[1]))
        try:
            for _ in range(3):
                ear.follow(own)
            assert said == ["cti.port_foreign"]
            assert [one.state for one in links.listed(own, "cti")] == ["taken"]
            asked = stranger.accept()[0].recv(10_000)
            assert b"POST" in asked and TOKEN.encode() not in asked
            stranger.close()
            ear.follow(own)
            assert ear.on and said[-1] == "cti.listening"
            assert adapter.answers(outside.read_outside(own).cti)
        finally:
            ear.close()
    assert links.listed(own, "cti") == []


def test_the_port_is_on_the_loopback_unless_told_otherwise() -> None:
    assert Cti().host == "127.0.0.1"
    assert adapter.LIVES_S <= 30
