"""The one call screen that is kept: what it was used for before is not seen, answered or ended in the next use."""

import threading

import pytest

from deskapp.screens import call_view
from deskapp.screens.call import CallScreen
from deskapp.screens.clients import PickClientDialog
from deskapp.screens.queue import QueueScreen
from deskapp.services import calls
from tests import builders
from tests.screens.pilot import console, press, seen, shows, until, write

pytestmark = [pytest.mark.row("C3"), pytest.mark.parametrize("backend", ["sqlite"], indirect=True)]


def ringing(desk, name, number):
    """A client who has called: their call waits."""
    client = builders.a_client(desk, name, number)
    return client, calls.ring(desk, number).call


async def answered(app, pilot, call):
    """F12, once the console knows that this call rings; the screen it opens."""
    await until(app, pilot, lambda: app.facts and app.facts.ringing_id == call.id, "rings")
    await press(app, pilot, "f12")
    await until(
        app,
        pilot,
        lambda: isinstance(app.screen, CallScreen) and app.screen.row and app.screen.call_id == call.id,
        "answered",
    )
    return app.screen


def below(app):
    """What is seen under the top bar, which names whoever one talks with."""
    return seen(app).split("\n", 1)[1]


async def left(app, pilot):
    await press(app, pilot, "escape")
    await until(app, pilot, lambda: isinstance(app.screen, QueueScreen), "left")


async def test_the_next_call_finds_nothing_of_the_one_before(desk):
    _, first = ringing(desk, "张伟明", "13800138000")
    async with console(desk) as (app, pilot):
        screen = await answered(app, pilot, first)
        await press(app, pilot, "e")
        await write(app, pilot, "钥匙在邻居家")
        await press(app, pilot, "escape", "h")
        await until(app, pilot, lambda: screen.has_class("-courtesy"), "courtesy")
        await left(app, pilot)
        _, second = ringing(desk, "王芳", "13900139000")
        app.changed()
        again = await answered(app, pilot, second)
        assert again is screen, "built once"
        assert again.notes.text == "" and not again.has_class("-courtesy")
        assert "王芳" in below(app) and "张伟明" not in below(app) and "钥匙" not in below(app)
        await press(app, pilot, "e", "ctrl+z")
        assert again.notes.text == "", "nothing of the first can be brought back"
        await press(app, pilot, "escape")
        await left(app, pilot)
        call_view.open_call(app, first.id)
        await shows(app, pilot, "钥匙在邻居家")
        await until(app, pilot, lambda: "张伟明" in below(app), "the first again")
        assert app.screen is screen and "王芳" not in below(app)


async def test_a_late_answer_is_not_shown_in_another_call(desk, monkeypatch):
    _, first = ringing(desk, "张伟明", "13800138000")
    _, second = ringing(desk, "王芳", "13900139000")
    read, go = call_view.read_call, threading.Event()

    def slow(desk, call_id):
        found = read(desk, call_id)
        if call_id == first.id:
            go.wait(30)
        return found

    for call in (first, second):
        calls.take(desk, call)
    monkeypatch.setattr("deskapp.screens.call.read_call", slow)
    async with console(desk) as (app, pilot):
        try:
            call_view.open_call(app, first.id)
            await until(app, pilot, lambda: isinstance(app.screen, CallScreen), "the first")
            await left(app, pilot)
            call_view.open_call(app, second.id)
            await shows(app, pilot, "王芳")
        finally:
            go.set()
        await until(app, pilot, lambda: not any(one.group == "call" for one in app.workers), "answered late")
        assert "王芳" in below(app) and "张伟明" not in below(app)


async def test_the_end_of_a_call_that_was_left_ends_no_other(desk):
    first_client, first = ringing(desk, "张伟明", "13800138000")
    async with console(desk) as (app, pilot):
        screen = await answered(app, pilot, first)
        await press(app, pilot, "e")
        await write(app, pilot, "明天去看")
        over = screen.closing()
        await press(app, pilot, "escape")
        await left(app, pilot)
        _, second = ringing(desk, "王芳", "13900139000")
        app.changed()
        await answered(app, pilot, second)
        over()
        await until(app, pilot, lambda: not any(one.group == "drafts" for one in app.workers), "forgotten")
        assert app.screen is screen and screen.call_id == second.id
        await press(app, pilot, "1")
        await until(app, pilot, lambda: isinstance(app.screen, QueueScreen), "the second ends itself")
        call_view.open_call(app, first.id)
        await shows(app, pilot, "张伟明")
        assert app.screen.notes.text == "", "its notes were no draft any more"
    with desk.read() as work:
        assert [call.state for call in work.calls.of_client(first_client.client.id)] == ["taken"]


async def test_two_calls_in_two_places_have_a_screen_each(desk):
    _, first = ringing(desk, "张伟明", "13800138000")
    async with console(desk) as (app, pilot):
        screen = await answered(app, pilot, first)
        await press(app, pilot, "f3")
        await until(app, pilot, lambda: app.screen is not screen, "the clients")
        _, second = ringing(desk, "王芳", "13900139000")
        app.changed()
        other = await answered(app, pilot, second)
        assert other is not screen and screen.call_id == first.id
        await press(app, pilot, "f2")
        await until(app, pilot, lambda: app.screen is screen, "back at the first")
        assert "张伟明" in below(app)


async def test_who_calls_is_asked_over_the_kept_screen_too(desk):
    _, first = ringing(desk, "张伟明", "13800138000")
    async with console(desk) as (app, pilot):
        await answered(app, pilot, first)
        await left(app, pilot)
        for name in ("刘洋", "赵敏"):
            builders.a_client(desk, name, "13700137000")
        second = calls.ring(desk, "13700137000").call
        app.changed()
        await until(app, pilot, lambda: app.facts.ringing_id == second.id, "rings")
        await press(app, pilot, "f12")
        await until(app, pilot, lambda: isinstance(app.screen, PickClientDialog), "who?")
        assert isinstance(app.screen_stack[-2], CallScreen)


async def test_what_came_while_it_rang_is_shown_after_the_answer(desk):
    client, call = ringing(desk, "张伟明", "13800138000")
    async with console(desk) as (app, pilot):
        await until(app, pilot, lambda: app.reader.ringing.known(call.id), "read while it rings")
        assert app.reader.ringing.known(call.id + 1) is None
        builders.a_complaint(desk, client, subject="楼上漏水")
        await answered(app, pilot, call)
        await shows(app, pilot, "楼上漏水")


async def test_another_operator_finds_no_kept_screen(desk):
    _, first = ringing(desk, "张伟明", "13800138000")
    async with console(desk) as (app, pilot):
        screen = await answered(app, pilot, first)
        await left(app, pilot)
        await app._clear()
        assert not screen.is_running
        _, second = ringing(desk, "王芳", "13900139000")
        app.changed()
        assert await answered(app, pilot, second) is not screen
