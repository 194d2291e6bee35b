"""Typing ahead of the machine: keys sent all at once do what they would one by one."""

from __future__ import annotations

import threading

import pytest
from textual import events

from deskapp.screens.base import DeskDialog
from deskapp.screens.ticket_form import TicketFormScreen
from deskapp.services import calls
from tests import builders
from tests.screens.pilot import console, listed, press, settle, shows, until

pytestmark = [pytest.mark.row("P3"), pytest.mark.parametrize("backend", ["sqlite"], indirect=True)]


def at_once(app, *keys: str) -> None:
    """Send keys as a terminal does that was held up: all in one go."""
    for key in keys:
        app.post_message(events.Key(key, key if len(key) == 1 else None))


def form_of(app):
    """The complaint form once it is there."""
    screen = app.screen
    return screen.form if isinstance(screen, TicketFormScreen) and screen.is_mounted else None


async def test_a_login_and_a_password_go_where_they_belong(desk):
    async with console(desk, login="") as (app, pilot):
        await shows(app, pilot, "登录名")
        await settle(app, pilot)
        at_once(app, *"limin", "tab", *builders.PASSWORD, "enter")
        await until(app, pilot, lambda: app.desk.operator is not None, "signed in")


async def test_the_words_of_a_complaint_are_no_commands_of_the_screen_before(desk):
    builders.a_client(desk, "张伟明", "13800138000")
    calls.ring(desk, "13800138000")
    async with console(desk) as (app, pilot):
        await shows(app, pilot, "张伟明")
        at_once(app, "enter", "n", *"no water again", "tab")
        await until(app, pilot, lambda: form_of(app), "the form is open")
        await until(app, pilot, lambda: form_of(app).values()["words"] == "no water again", "its words")
        assert len(app.screen_stack) == 3


async def test_f4_and_the_words_behind_it(desk):
    async with console(desk) as (app, pilot):
        await shows(app, pilot, "没有等候的电话")
        at_once(app, "f4", *"zqx")
        await until(app, pilot, lambda: form_of(app), "the form is open")
        await until(app, pilot, lambda: "zqx" in form_of(app).field("who").text, "the name typed")


async def test_keys_after_one_that_closes_its_screen_are_not_lost(desk):
    async with console(desk) as (app, pilot):
        await shows(app, pilot, "没有等候的电话")
        at_once(app, "f1", "escape", "f3", *"abc")
        await shows(app, pilot, "abc")
        assert app.current_mode == "clients"


async def test_a_dialog_that_came_up_while_nobody_looked_takes_the_first_key(desk):
    """A browser's page without the focus, a terminal one has turned away from: both say so to the program."""
    from deskapp.screens.call_dialogs import RingDialog

    async with console(desk) as (app, pilot):
        app.post_message(events.AppBlur())
        await until(app, pilot, lambda: not app.app_focus, "nobody looks")
        app.push_screen(RingDialog())
        await settle(app, pilot)
        at_once(app, *"13800138000")
        await shows(app, pilot, "13800138000")


async def test_keys_typed_before_storage_is_open_wait_for_it(desk, tmp_path):
    from threading import Event

    from deskapp.app import DeskApp
    from deskapp.config import Config
    from deskapp.screens.call_dialogs import RingDialog

    app, go_on = DeskApp(Config(desk.store.url, "zh", tmp_path, "limin"), desk.store.clock), Event()
    connect = app._connect
    app._connect = lambda: go_on.wait(30) and connect()
    async with app.run_test(size=(120, 40)) as pilot:
        await shows(app, pilot, "客服台")
        at_once(app, "i", *"13800138000")
        assert app.desk is None and len(app.screen_stack) == 1
        go_on.set()
        await until(app, pilot, lambda: isinstance(app.screen, RingDialog), "the dialog the key was for")
        await shows(app, pilot, "13800138000")
    app.desk.store.close()


async def test_a_key_for_a_ticket_that_is_still_being_read_waits_for_it(desk, monkeypatch):
    from deskapp.screens import ticket_view

    builders.a_complaint(desk, builders.a_client(desk, "张伟明"))
    read, slow = ticket_view.read_ticket, threading.Event()

    def late(*given):
        slow.wait(0.3)
        return read(*given)

    monkeypatch.setattr("deskapp.screens.ticket.read_ticket", late)
    async with console(desk) as (app, pilot):
        await press(app, pilot, "f5")
        await listed(app, pilot, app.screen.table)
        at_once(app, "enter", "a", *"ok then")
        await until(app, pilot, lambda: isinstance(app.screen, DeskDialog), "the answer is asked for")
        await shows(app, pilot, "ok then")
        at_once(app, "escape", "escape", "enter", "escape", "f3", *"zz")
        await until(app, pilot, lambda: app.current_mode == "clients", "Esc waits for nothing")
        await shows(app, pilot, "zz")
