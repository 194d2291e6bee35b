"""`c` dials from every screen a client is on, says why not, and how the telephone stands (rows C3, C5)."""

from __future__ import annotations

from dataclasses import replace

import pytest

from deskapp.adapters.asterisk import LinkState
from deskapp.domain import pbx
from deskapp.domain.outside import Asterisk
from deskapp.screens.call import CallScreen
from deskapp.services import outside, telephony
from tests import builders
from tests.ami_server import SECRET, serving
from tests.screens.pilot import console, press, seen, shows, until, write

pytestmark = [
    pytest.mark.row("C5"),
    pytest.mark.timeout(60),
    pytest.mark.parametrize("backend", ["sqlite"], indirect=True),
]


def at_phone(desk, extension: str = "1001") -> None:
    with desk.write("operator.save") as work:
        work.operators.save(replace(work.operators.find(desk.operator.id), extension=extension))


@pytest.mark.parametrize(
    ("size", "language", "words"),
    [((120, 40), "zh", "没有设电话系统"), ((80, 24), "en", "no telephone system")],
)
async def test_without_a_telephone_system_it_says_so(desk, size, language, words) -> None:
    builders.a_planned_call(desk)
    async with console(desk, size=size, language=language) as (app, pilot):
        await press(app, pilot, "c")
        await shows(app, pilot, words)
        assert not isinstance(app.screen, CallScreen)


@pytest.mark.parametrize(
    ("size", "language", "busy"), [((120, 40), "zh", "客户占线"), ((80, 24), "en", "the client is busy")]
)
async def test_dialled_from_the_queue_and_told_what_came_of_it(
    desk, monkeypatch, size, language, busy
) -> None:
    monkeypatch.setenv("DESKAPP_ASTERISK_PASSWORD", SECRET)
    call = builders.a_planned_call(desk)
    at_phone(desk)
    with serving() as server:
        outside.save_outside(desk, Asterisk(on=True, port=server.port, user="desk", ping_seconds=1))
        async with console(desk, size=size, language=language) as (app, pilot):
            await press(app, pilot, "c")
            await until(app, pilot, lambda: isinstance(app.screen, CallScreen), "its screen")
            [asked] = server.asked("Originate")
            await shows(app, pilot, "正在拨号" if language == "zh" else "dialling")
            over = pbx.Over(f"asterisk:{asked['ChannelId']}", desk.now(), pbx.BUSY)
            telephony.hear(desk, [over])
            await shows(app, pilot, busy)
            await press(app, pilot, "c")
            await until(app, pilot, lambda: len(server.asked("Originate")) == 2, "dialled again")
            await press(app, pilot, "3")
            await until(app, pilot, lambda: not isinstance(app.screen, CallScreen), "written down")
    with desk.read() as work:
        assert (work.calls.find(call.id).outcome, work.calls.find(call.id).attempts) == ("busy", 1)


@pytest.mark.row("C3")
async def test_dialled_from_a_clients_history_and_from_the_search(desk, monkeypatch) -> None:
    monkeypatch.setenv("DESKAPP_ASTERISK_PASSWORD", SECRET)
    client = builders.a_client(desk, "张伟明", "13800138000")
    at_phone(desk)
    with serving() as server:
        outside.save_outside(desk, Asterisk(on=True, port=server.port, user="desk", ping_seconds=1))
        async with console(desk) as (app, pilot):
            app.open_client(client.client.id)
            await shows(app, pilot, "138****8000")
            await press(app, pilot, "c")
            await until(app, pilot, lambda: isinstance(app.screen, CallScreen), "its screen")
            await press(app, pilot, "escape", "f3", "tab")
            await press(app, pilot, "c")
            await until(app, pilot, lambda: len(server.asked("Originate")) == 2, "dialled again")
    assert {one["Exten"] for one in server.asked("Originate")} == {"13800138000"}


@pytest.mark.parametrize(
    ("state", "words"),
    [
        (LinkState("again", 7), "7 秒后重连"),
        (LinkState("silent", 2), "没有反应"),
        (LinkState("password", 60), "密码不对"),
        (LinkState("connecting"), "正在连接"),
        (LinkState("connected"), "空闲"),
    ],
)
async def test_how_the_telephone_stands_is_one_line_of_the_frame(desk, state, words) -> None:
    for size in ((80, 24), (120, 40)):
        async with console(desk, size=size) as (app, pilot):
            app.telephone._stands(state)
            await shows(app, pilot, words)
            assert words in seen(app).splitlines()[0]


@pytest.mark.row("C4")
@pytest.mark.parametrize(
    ("size", "language", "mark", "unknown", "refused"),
    [
        ((80, 24), "zh", "别处接听 (分机 1009)", "不知道", "已由分机 1009 接听"),
        ((120, 40), "en", "elsewhere, ext. 1009", "not known", "Extension 1009 has answered"),
    ],
)
async def test_a_call_answered_elsewhere_is_anybodys_to_note_and_nobodys_work(
    desk, size, language, mark, unknown, refused
) -> None:
    client = builders.a_client(desk, "张伟明", "13800138000")
    key, now = "asterisk:1", desk.now()
    telephony.hear(desk, [pbx.Rang(key, "13800138000", now)])
    async with console(desk, size=size, language=language) as (app, pilot):
        await until(app, pilot, lambda: app.facts.ringing, "it rings")
        telephony.hear(desk, [pbx.Found(key, now, now, "PJSIP/1009-0000001a")])
        with desk.read() as work:
            call = work.calls.of_pbx(key)
        app.push_screen(CallScreen(call.id))
        await until(app, pilot, lambda: isinstance(app.screen, CallScreen) and app.screen.row, "still open")
        await press(app, pilot, "1")
        await shows(app, pilot, refused)
        telephony.hear(desk, [pbx.Over(key, now.add(minutes=3))])
        await press(app, pilot, "escape")
        app.open_client(client.client.id)
        await shows(app, pilot, mark[:12])
        await press(app, pilot, "enter")
        await shows(app, pilot, unknown)
        assert mark in seen(app)
        await press(app, pilot, "e")
        await write(app, pilot, "仓库代接")
        await press(app, pilot, "ctrl+s")
        await shows(app, pilot, "仓库代接")
        await until(app, pilot, lambda: call_of(desk, call.id).notes == "仓库代接", "noted")
        done = call_of(desk, call.id)
        assert (done.state, done.taken_by, done.talk_s, done.wait_s) == ("done", None, None, None)
        assert app.facts.progress.calls == 0


def call_of(desk, call_id: int):
    with desk.read() as work:
        return work.calls.find(call_id)
