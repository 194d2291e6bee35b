"""A server whose answers come late, and one whose disk, a real one, is full: typing goes on and nothing is lost."""

from __future__ import annotations

from contextlib import closing

import psycopg
import pytest

from deskapp.domain.errors import StorageFailed
from deskapp.screens.outgoing import Backoff, OutgoingDialog
from deskapp.screens.ticket_filed import FiledDialog
from deskapp.services import audit, tickets
from tests import builders
from tests.disks import small_disk
from tests.journeys.test_database_away import WORDS, a_caller, filed, in_form, key, tray
from tests.screens.pilot import console, press, shows, until, write
from tests.server import own_server
from tests.slow import wire_to

pytestmark = [
    pytest.mark.row("P3", "P1", "T1"),
    pytest.mark.timeout(300),
    pytest.mark.parametrize("backend", ["postgresql"], indirect=True),
]
LATE_S = 0.2
SMALL = ("max_wal_size = 32MB", "min_wal_size = 32MB")


def founded(server, name, clock):
    with closing(psycopg.connect(server.url().replace("+psycopg", "", 1), autocommit=True)) as admin:
        admin.execute(f"CREATE DATABASE {name}")
    builders.found_company(server.url(name))
    return builders.open_at(server.url(name), clock)


async def test_late_answers_lose_nothing_and_double_nothing(clock, tmp_path, backend):
    with own_server() as server, wire_to(server.data, tmp_path / "wire") as wire:
        a_caller(near := founded(server, "slow", clock))
        far = builders.open_at(server.url("slow").replace(str(server.data), str(wire.folder)), clock)
        async with console(far, folder=tmp_path) as (app, pilot):
            await in_form(app, pilot)
            wire.late_s = LATE_S
            for letter in WORDS:
                app.screen.post_message(key(letter))
            await until(app, pilot, lambda: app.screen.form.values()["words"] == WORDS, "typed")
            await pilot.press("ctrl+s")
            await until(app, pilot, lambda: isinstance(app.screen, FiledDialog), "filed, if late")
            wire.late_s = 0.0
        assert [ticket.description for ticket in filed(near)] == [WORDS]
        assert not tray(tmp_path)
        far.store.close()
        near.store.close()


def until_full(desk, kept: list[str]) -> None:
    """File until the disk takes no more, three times in a row; what was acknowledged is put down."""
    why: list[str] = []
    for number in range(20_000):
        draft = builders.a_draft(1, description="水" * 200, submission=f"full-{number}")
        try:
            kept.append(tickets.file(desk, draft).ticket.number)
            why.clear()
        except StorageFailed as error:
            why.append(error.code)
        if len(why) == 3:
            break
    assert why == ["storage.full"] * 3


async def test_a_disk_that_is_really_full_and_has_room_again(clock, tmp_path, monkeypatch, backend):
    monkeypatch.setattr(Backoff, "next", lambda _: 0.2)
    kept: list[str] = []
    with small_disk(160) as disk, own_server(disk.folder, *SMALL) as server:
        desk = founded(server, "filled", clock)
        a_caller(desk)
        async with console(desk, folder=tmp_path) as (app, pilot):
            await in_form(app, pilot)
            await write(app, pilot, WORDS)
            disk.fill()
            until_full(desk, kept)
            await press(app, pilot, "ctrl+s")
            await until(app, pilot, lambda: isinstance(app.screen, OutgoingDialog), "it waits")
            await shows(app, pilot, "磁盘已满")
            disk.clear()
            await until(app, pilot, lambda: not tray(tmp_path), "sent by itself")
        numbers = {ticket.number: ticket.description for ticket in filed(desk)}
        assert list(numbers.values()).count(WORDS) == 1
        with desk.read() as work:
            assert all(work.tickets.by_number(number) is not None for number in kept)
        audit.seal(desk)
        assert audit.verify(desk).fault is None
        desk.store.close()
