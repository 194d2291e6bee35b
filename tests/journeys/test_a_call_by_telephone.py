"""A recorded call: it rings, pops, is answered, ends, and its record has the right times; the same with a restart."""

from __future__ import annotations

from dataclasses import replace

import pytest

from deskapp.domain.outside import Asterisk
from deskapp.screens import paint
from deskapp.screens.call import CallScreen
from deskapp.screens.queue import QueueScreen
from deskapp.services import outside
from tests import ami_server, builders
from tests.ami_server import SECRET, AmiServer, serving
from tests.screens.pilot import EITHER, console, press, seen, shows, until, write

NUMBER = "13800138000"
pytestmark = [pytest.mark.row("C5", "C3", "C2"), pytest.mark.timeout(120)]


def prepared(desk, server: AmiServer):
    """A client with that number; 刘敏's telephone is 1002, 李敏's 1001; both desks listen."""
    client = builders.a_client(desk, "张伟明", NUMBER)
    with desk.write("operator.save") as work:
        for login, extension in ((builders.ADMIN, "1001"), (builders.AGENT, "1002")):
            work.operators.save(replace(work.operators.by_login(login), extension=extension))
    part = Asterisk(on=True, port=server.port, user="desk", queues="support", ping_seconds=1)
    outside.save_outside(desk, part)
    return client


def inbound(desk):
    with desk.read() as work:
        return next((call for call in work.calls.all() if call.kind == "inbound"), None)


def part_of(name: str, since: float, until_s: float) -> bytes:
    return b"".join(raw for at, raw in ami_server.recorded(name) if since <= at < until_s)


@EITHER
async def test_it_rings_pops_is_answered_and_written_down(
    desk, second_desk, clock, size, language, tmp_path, monkeypatch
) -> None:
    monkeypatch.setenv("DESKAPP_ASTERISK_PASSWORD", SECRET)
    with serving() as server:
        client = prepared(desk, server)
        began = clock.at
        async with console(second_desk, size=size, language=language, folder=tmp_path) as (app, pilot):
            await until(app, pilot, lambda: server.signed_in == 1, "listening")
            await press(app, pilot, "slash")
            await write(app, pilot, "王")
            typing = app.screen
            server.play(part_of("answered", 0, 2.0), 97)
            await until(app, pilot, lambda: (call := inbound(desk)) and call.pbx_state == "ringing", "rings")
            await until(app, pilot, lambda: app.facts.ringing == "张伟明", "popped")
            await shows(app, pilot, "F12")
            await write(app, pilot, "芳")
            assert app.screen is typing and "王芳" in seen(app), "what rings steals no key"
            clock.at = began.add(seconds=8)
            server.play(part_of("answered", 2.0, 3.0), 97)
            await until(app, pilot, lambda: inbound(desk).state == "taken", "answered at the telephone")
            await until(app, pilot, lambda: app.facts and app.facts.talking_id, "in hand")
            await press(app, pilot, "f12")
            await until(app, pilot, lambda: isinstance(app.screen, CallScreen), "its screen")
            await shows(app, pilot, "1002")
            clock.at = began.add(seconds=98)
            server.play(part_of("answered", 3.0, 60), 97)
            await until(app, pilot, lambda: inbound(desk).pbx_state == "over", "hung up")
            await shows(app, pilot, "已挂断" if language == "zh" else "hung up")
            clock.at = began.add(seconds=200)
            await press(app, pilot, "e")
            await write(app, pilot, "问开工日期")
            await press(app, pilot, "escape", "1")
            await until(app, pilot, lambda: inbound(desk).state == "done", "written down")
            app.open_client(client.client.id)
            await shows(app, pilot, "问开工日期")
            await press(app, pilot, "enter")
            await shows(app, pilot, "00:08")
            for at in (began.add(seconds=8), began.add(seconds=200)):
                assert paint.when(app.desk, at) in seen(app), "when it was answered and written down"
            assert "01:30" in seen(app), "how long they talked"
        call = inbound(desk)
        assert (call.wait_s, call.talk_s, call.hold_s) == (8, 90, 0)
        assert (call.due_at, call.started_at) == (began, began.add(seconds=8))
        assert (call.outcome, call.client_id, call.number) == ("reached", client.client.id, f"+86{NUMBER}")


async def test_the_telephone_system_is_restarted_in_the_middle(
    desk, second_desk, clock, tmp_path, monkeypatch
) -> None:
    monkeypatch.setenv("DESKAPP_ASTERISK_PASSWORD", SECRET)
    with serving() as server:
        client = prepared(desk, server)
        async with console(second_desk, folder=tmp_path) as (app, pilot):
            await until(app, pilot, lambda: server.signed_in == 1, "listening")
            server.play(part_of("answered", 0, 2.0))
            await until(app, pilot, lambda: (call := inbound(desk)) and call.pbx_state == "ringing", "rings")
            server.stop()
            await until(app, pilot, lambda: app.telephone.link.state == "again", "away")
            clock.at = clock.at.add(seconds=30)
            server.uptime = 0
            server.start()
            await until(app, pilot, lambda: inbound(desk).state == "abandoned", "nothing rings any more")
            await until(app, pilot, lambda: not app.facts.ringing, "and nothing is shown to ring")
            server.play(part_of("answered", 2.0, 60))
            await press(app, pilot, "f2")
            await until(app, pilot, lambda: isinstance(app.screen, QueueScreen), "the queue")
            await shows(app, pilot, "张伟明")
    with desk.read() as work:
        missed, back = work.calls.all()
    assert (missed.state, missed.pbx_state, missed.client_id) == ("abandoned", "lost", client.client.id)
    assert (back.kind, back.state, back.previous_id) == ("callback", "open", missed.id)


@pytest.mark.parametrize("backend", ["sqlite"], indirect=True)
async def test_the_telephone_system_restarts_as_recorded(
    desk, second_desk, clock, tmp_path, monkeypatch
) -> None:
    """One caller talks, another waits, "core restart now": what Asterisk sent then, byte for byte, and the next day."""
    monkeypatch.setenv("DESKAPP_ASTERISK_PASSWORD", SECRET)
    with serving() as server:
        client = prepared(desk, server)
        waiting = builders.a_client(desk, "李秀英", "13912345678")
        began = clock.at
        async with console(desk, size=(80, 24), folder=tmp_path) as (app, pilot):
            await until(app, pilot, lambda: server.signed_in == 1, "listening")
            server.play(part_of("core_restart", 0, 3), 97)
            await until(app, pilot, lambda: inbound(desk), "one rings")
            clock.at = began.add(seconds=4)
            server.play(part_of("core_restart", 3, 3.9), 97)
            await until(app, pilot, lambda: app.facts.talking == "张伟明", "and talks, here")
            server.play(part_of("core_restart", 3.9, 5), 97)
            await until(app, pilot, lambda: app.facts.ringing == "李秀英", "another waits")
            clock.at = began.add(seconds=64)
            server.play(part_of("core_restart", 5, 60), 97)
            await until(app, pilot, lambda: inbound(desk).pbx_state == "over", "hung up by the restart")
            server.stop()
            await until(app, pilot, lambda: app.telephone.link.state == "again", "away")
            server.uptime = 0
            server.start()
            await until(
                app, pilot, lambda: server.signed_in == 1 and len(server.asked("QueueStatus")) == 2, "back"
            )
            server.play(part_of("abandoned", 0, 60), 97)
            await until(app, pilot, lambda: len(calls_of(desk)) == 5, "the next caller is heard, and missed")
            await until(app, pilot, lambda: not app.facts.ringing, "nobody waits")
            app.open_client(waiting.client.id)
            await shows(app, pilot, "未接挂断")
            await press(app, pilot, "escape", "f12")
            await until(
                app, pilot, lambda: isinstance(app.screen, CallScreen), "the talk is still to be written down"
            )
            await press(app, pilot, "1")
            await until(app, pilot, lambda: calls_of(desk)[0].state == "done", "written down")
    talked, waited, back, missed, back_too = calls_of(desk)
    assert (talked.client_id, talked.wait_s, talked.talk_s, talked.pbx_state) == (
        client.client.id,
        4,
        60,
        "over",
    )
    assert (waited.client_id, waited.state, waited.wait_s) == (waiting.client.id, "abandoned", 60)
    assert (back.previous_id, back_too.previous_id) == (waited.id, missed.id)


def calls_of(desk):
    with desk.read() as work:
        return work.calls.all()


async def test_what_is_wrong_with_the_telephone_is_one_line_of_the_frame(
    desk, second_desk, tmp_path, monkeypatch
) -> None:
    monkeypatch.setenv("DESKAPP_ASTERISK_PASSWORD", "wrong")
    with serving() as server:
        prepared(desk, server)
        async with console(second_desk, folder=tmp_path) as (app, pilot):
            await shows(app, pilot, "密码不对")
            await press(app, pilot, "c")
            await press(app, pilot, "f3")
            assert "密码不对" in seen(app)
