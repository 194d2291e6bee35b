"""A database that goes while somebody works: nothing typed is lost, nothing is made twice, and it goes on by itself."""

from __future__ import annotations

import os
import sqlite3
import time
from contextlib import closing
from dataclasses import replace
from itertools import count
from pathlib import Path

import psycopg
import pytest
from sqlalchemy import event

from deskapp.repository import engine
from deskapp.screens.call import CallScreen
from deskapp.screens.clocks import ClocksScreen
from deskapp.screens.outgoing import Backoff, OutgoingDialog
from deskapp.screens.queue import QueueScreen
from deskapp.screens.ticket_filed import FiledDialog
from deskapp.screens.ticket_form import TicketFormScreen
from deskapp.services import outgoing
from tests import builders
from tests.away import unanswered
from tests.screens.pilot import console, press, seen, shows, until, write
from tests.server import own_server

pytestmark = pytest.mark.row("P3", "P1", "T1")
WORDS = "卫生间漏水,楼下天花板渗水"
numbers = count(1)


@pytest.fixture(scope="module")
def server():
    with own_server() as lent:
        yield lent


@pytest.fixture
def far(server, clock):
    """A desk on a server of its own, which the test may stop and freeze."""
    name = f"far{next(numbers)}"
    with closing(psycopg.connect(server.url().replace("+psycopg", "", 1), autocommit=True)) as admin:
        admin.execute(f"CREATE DATABASE {name}")
    builders.found_company(server.url(name))
    desk = builders.open_at(server.url(name), clock)
    yield desk
    server.thaw()
    if not server.runs:
        server.start()
    desk.store.close()


def filed(desk):
    with desk.read() as work:
        return [row.ticket for row in work.tickets.newest(50)]


def tray(folder):
    return list(folder.glob("outgoing/*.json"))


async def in_form(app, pilot):
    """Open the complaint form for the caller who rings, with the call in hand."""
    await until(app, pilot, lambda: app.screen.table.selected is not None, "it rings")
    await press(app, pilot, "enter")
    await until(app, pilot, lambda: isinstance(app.screen, CallScreen) and app.screen.row is not None, "call")
    await press(app, pilot, "n")
    await until(
        app,
        pilot,
        lambda: (
            isinstance(app.screen, TicketFormScreen)
            and app.screen.outlook is not None
            and app.screen._choice("category").choices
        ),
        "form",
    )


def a_caller(desk):
    client = builders.a_client(desk, "张伟明", "13800138000", address="海棠湾 3-2-1101")
    builders.a_ring(desk, "13800138000")
    return client


@pytest.mark.row("T4", "C4")
@pytest.mark.parametrize("long", [False, pytest.param(True, marks=pytest.mark.timeout(600))])
async def test_a_server_stopped_while_a_complaint_is_taken(server, far, clock, tmp_path, long):
    """Played for a whole minute with DESKAPP_LONG=1; otherwise until the console has noticed."""
    if long and not os.environ.get("DESKAPP_LONG"):
        pytest.skip("a minute without a database: DESKAPP_LONG=1")
    client = a_caller(far)
    async with console(far, folder=tmp_path) as (app, pilot):
        await in_form(app, pilot)
        await write(app, pilot, WORDS[:5])
        server.stop()
        gone = time.monotonic()
        await until(app, pilot, lambda: app.facts.lost, "the console has noticed")
        await shows(app, pilot, "数据库断开,显示 09:42 的内容")
        await write(app, pilot, WORDS[5:])
        await press(app, pilot, "tab", "1", "2")
        if long:
            while time.monotonic() - gone < 60:
                await pilot.pause(0.5)
        clock.at = pressed = clock.at.add(minutes=3)
        await press(app, pilot, "ctrl+s")
        await until(app, pilot, lambda: isinstance(app.screen, OutgoingDialog), "it waits")
        await shows(app, pilot, "1 条待发")
        assert "张伟明" in seen(app) and len(tray(tmp_path)) == 1
        await press(app, pilot, "enter", "e")
        await write(app, pilot, "已安抚")
        await press(app, pilot, "escape", "1")
        await until(app, pilot, lambda: isinstance(app.screen, QueueScreen), "the call has ended too")
        await press(app, pilot, "f5")
        assert isinstance(app.screen, ClocksScreen)
        await press(app, pilot, "f2")
        await shows(app, pilot, "2 条待发")
        clock.at = clock.at.add(minutes=2)
        server.start()
        await until(app, pilot, lambda: not tray(tmp_path), "sent by itself")
        await shows(app, pilot, "已提交 2 条:TS20261123-0001")
        await until(app, pilot, lambda: "待发" not in seen(app) and "断开" not in seen(app), "all is well")
    (ticket,) = filed(far)
    assert (ticket.description, ticket.client_id) == (WORDS, client.client.id)
    assert (ticket.received_at, ticket.respond_by) == (pressed, pressed.add(hours=24))
    with far.read() as work:
        (call,) = work.calls.of_client(client.client.id)
    assert (call.state, call.outcome, call.notes, call.ticket_id) == ("done", "reached", "已安抚", ticket.id)
    assert call.ended_at == pressed
    assert not list(tmp_path.glob("drafts/*.json"))


@pytest.mark.parametrize("backend", ["sqlite", "postgresql"], indirect=True)
async def test_gone_between_the_commit_and_its_answer(desk, tmp_path):
    a_caller(desk)
    async with console(desk, folder=tmp_path) as (app, pilot):
        await in_form(app, pilot)
        await write(app, pilot, WORDS)
        with unanswered(app.desk, filed):
            await press(app, pilot, "ctrl+s")
            await until(app, pilot, lambda: isinstance(app.screen, OutgoingDialog), "no answer came")
        assert len(filed(desk)) == 1, "it had been committed"
        await until(app, pilot, lambda: not tray(tmp_path), "sent again and recognised")
        await shows(app, pilot, "已提交 1 条:TS20261123-0001")
    assert len(filed(desk)) == 1


async def test_a_frozen_server_holds_up_neither_the_keys_nor_the_complaint(server, far, tmp_path):
    a_caller(far)
    async with console(far, folder=tmp_path) as (app, pilot):
        await in_form(app, pilot)
        await write(app, pilot, WORDS[:5])
        app.desk.store.patience.seconds = 1.0
        server.freeze()
        for letter in WORDS[5:]:
            app.screen.post_message(key(letter))
        await until(
            app, pilot, lambda: app.screen.form.values()["words"] == WORDS, "typed while nothing answers"
        )
        await pilot.press("ctrl+s")
        await until(app, pilot, lambda: isinstance(app.screen, OutgoingDialog), "given up, it waits")
        server.thaw()
        await until(app, pilot, lambda: not tray(tmp_path), "sent by itself")
    assert [ticket.description for ticket in filed(far)] == [WORDS]


def key(letter):
    from textual import events

    return events.Key(letter, letter)


async def test_a_server_killed_and_started_again_at_once_is_hardly_noticed(server, far, tmp_path):
    a_caller(far)
    async with console(far, folder=tmp_path) as (app, pilot):
        await in_form(app, pilot)
        await write(app, pilot, WORDS)
        server.stop()
        server.start()
        await press(app, pilot, "ctrl+s")
        await until(
            app, pilot, lambda: isinstance(app.screen, FiledDialog | OutgoingDialog), "filed or waiting"
        )
        await until(app, pilot, lambda: len(filed(far)) == 1 and not tray(tmp_path), "filed")


@pytest.mark.parametrize("backend", ["sqlite"], indirect=True)
async def test_a_file_locked_by_somebody_else_for_longer_than_the_patience(desk, tmp_path, monkeypatch):
    monkeypatch.setattr(engine, "LOCK_PATIENCE_S", 0.2)
    a_caller(desk)
    async with console(desk, folder=tmp_path) as (app, pilot):
        await in_form(app, pilot)
        await write(app, pilot, WORDS)
        with closing(sqlite3.connect(desk.store.engine.url.database, isolation_level=None)) as other:
            other.execute("BEGIN IMMEDIATE")
            await press(app, pilot, "ctrl+s")
            await until(app, pilot, lambda: isinstance(app.screen, OutgoingDialog), "it waits")
            other.execute("ROLLBACK")
        await until(app, pilot, lambda: not tray(tmp_path), "sent by itself")
    assert [ticket.description for ticket in filed(desk)] == [WORDS]


@pytest.mark.parametrize("backend", ["sqlite"], indirect=True)
async def test_a_file_that_cannot_be_opened_for_a_while(desk, tmp_path):
    a_caller(desk)
    file = Path(desk.store.engine.url.database)
    async with console(desk, folder=tmp_path) as (app, pilot):
        await in_form(app, pilot)
        await write(app, pilot, WORDS)
        desk.store.engine.dispose()
        app.desk.store.engine.dispose()
        for part in file.parent.glob(f"{file.name}*"):
            part.rename(part.with_name(f"parked-{part.name}"))
        file.mkdir()
        try:
            app.desk.store.engine.dispose()
            await press(app, pilot, "ctrl+s")
            await until(app, pilot, lambda: isinstance(app.screen, OutgoingDialog), "it waits")
            await shows(app, pilot, "数据库断开")
        finally:
            file.rmdir()
            for part in file.parent.glob(f"parked-{file.name}*"):
                part.rename(part.with_name(part.name.removeprefix("parked-")))
        await until(app, pilot, lambda: not tray(tmp_path), "sent by itself")
    assert [ticket.description for ticket in filed(desk)] == [WORDS]


@pytest.mark.parametrize("backend", ["sqlite"], indirect=True)
async def test_what_waited_when_the_console_died_is_sent_at_the_next_start(desk, second_desk, tmp_path):
    client = builders.a_client(desk, "张伟明", "13800138000")
    at = replace(desk, desk_dir=tmp_path)
    draft = builders.a_draft(client, submission="k1", description=WORDS)
    one = outgoing.filing(at, draft, decided=False, about="张伟明", form="complaint-k1", typed={})
    outgoing.keep(at, one)
    async with console(second_desk, folder=tmp_path) as (app, pilot):
        await shows(app, pilot, "已提交 1 条:TS20261123-0001")
    (ticket,) = filed(desk)
    assert ticket.filed_by == desk.operator.id, "under the name of who typed it, whoever starts next"


@pytest.mark.parametrize("backend", ["sqlite"], indirect=True)
@pytest.mark.parametrize(
    ("trouble", "mended", "words"),
    [
        ("PRAGMA max_page_count = 1", "PRAGMA max_page_count = 1000000000", "磁盘已满"),
        ("PRAGMA query_only = ON", "PRAGMA query_only = OFF", "只读"),
    ],
)
async def test_a_full_disk_or_a_file_that_takes_no_writes(
    desk, tmp_path, trouble, mended, words, monkeypatch
):
    monkeypatch.setattr(Backoff, "next", lambda _: 0.2)
    a_caller(desk)
    async with console(desk, folder=tmp_path) as (app, pilot):
        await in_form(app, pilot)
        await write(app, pilot, WORDS)
        store = app.desk.store

        def all_connections(pragma):
            store.engine.dispose()
            event.listen(store.engine, "connect", lambda made, _: made.execute(pragma))

        all_connections(trouble)
        await press(app, pilot, "ctrl+s")
        await until(app, pilot, lambda: isinstance(app.screen, OutgoingDialog), "it waits")
        await shows(app, pilot, words)
        all_connections(mended)
        await until(app, pilot, lambda: not tray(tmp_path), "sent by itself")
    assert [ticket.description for ticket in filed(desk)] == [WORDS]


async def test_a_server_that_takes_no_writes_for_a_while(server, far, tmp_path, monkeypatch):
    monkeypatch.setattr(Backoff, "next", lambda _: 0.2)
    a_caller(far)
    with closing(psycopg.connect(server.url().replace("+psycopg", "", 1), autocommit=True)) as admin:
        async with console(far, folder=tmp_path) as (app, pilot):
            await in_form(app, pilot)
            await write(app, pilot, WORDS)
            name = far.store.engine.url.database
            admin.execute(f"ALTER DATABASE {name} SET default_transaction_read_only = on")
            app.desk.store.engine.dispose()
            await press(app, pilot, "ctrl+s")
            await until(app, pilot, lambda: isinstance(app.screen, OutgoingDialog), "it waits")
            await shows(app, pilot, "只读")
            admin.execute(f"ALTER DATABASE {name} RESET default_transaction_read_only")
            app.desk.store.engine.dispose()
            await until(app, pilot, lambda: not tray(tmp_path), "sent by itself")
    assert [ticket.description for ticket in filed(far)] == [WORDS]
