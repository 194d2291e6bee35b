"""A database that cannot be opened: said whole; where it is damaged a backup is offered, looked at, put in place."""

from __future__ import annotations

from pathlib import Path

import pytest

from deskapp.app import DeskApp
from deskapp.config import Config
from deskapp.domain.errors import StorageFailed
from deskapp.recovery import offer
from deskapp.screens.sign_in import SignInScreen
from deskapp.screens.trouble import RestoreScreen, TroubleScreen
from deskapp.services import backups
from tests import builders
from tests.screens.pilot import press, seen, settle, shows, until, write

pytestmark = [pytest.mark.row("P6"), pytest.mark.parametrize("backend", ["sqlite"], indirect=True)]


def damaged(desk, tmp_path, key=b""):
    """A backup beside a database that was damaged after one more complaint; gives the file and the backup."""
    client = builders.a_client(desk, "张伟明")
    builders.a_complaint(desk, client)
    file = Path(desk.store.engine.url.database)
    backup = file.parent / "monday.backup"
    backups.make(desk, backup, key)
    builders.a_complaint(desk, client)
    desk.store.engine.dispose()
    bad = file.read_bytes()[:9000]
    for part in file.parent.glob(f"{file.name}*"):
        part.unlink()
    file.write_bytes(bad)
    return file, backup


@pytest.mark.parametrize(("size", "language"), [((80, 24), "zh"), ((120, 40), "en")])
async def test_a_backup_takes_the_damaged_database_s_place(desk, tmp_path, size, language):
    file, backup = damaged(desk, tmp_path)
    bad = file.read_bytes()
    app = DeskApp(Config(f"sqlite:///{file}", language, tmp_path / "own"))
    async with app.run_test(size=size) as pilot:
        await until(app, pilot, lambda: isinstance(app.screen, TroubleScreen), "the trouble")
        await shows(app, pilot, "deskapp restore")
        await press(app, pilot, "b")
        await until(app, pilot, lambda: app.screen.panel.values()["file"] == str(backup), "the proposal")
        await press(app, pilot, "ctrl+s")
        await shows(app, pilot, builders.COMPANY)
        assert file.read_bytes() == bad
        await press(app, pilot, "ctrl+s")
        await until(app, pilot, lambda: isinstance(app.screen, SignInScreen), "the sign-in")
        await settle(app, pilot)
        with app.desk.read() as work:
            assert len(list(work.tickets.all())) == 1
            assert work.audit.verify()[2] is None
    kept = list((tmp_path / "own").glob("damaged-*/*.db"))
    assert [one.read_bytes() for one in kept] == [bad]


async def test_what_is_wrong_with_a_backup_is_said_and_nothing_is_touched(desk, tmp_path):
    file, backup = damaged(desk, tmp_path, key=b"haitang-and-more")
    bad = file.read_bytes()
    app = DeskApp(Config(f"sqlite:///{file}", "en", tmp_path / "own"))
    async with app.run_test(size=(80, 24)) as pilot:
        await until(app, pilot, lambda: isinstance(app.screen, TroubleScreen), "the trouble")
        await press(app, pilot, "b")
        await until(app, pilot, lambda: app.screen.panel.values()["file"] == str(backup), "the proposal")
        await press(app, pilot, "enter")
        await write(app, pilot, "not the key")
        await press(app, pilot, "enter")
        await shows(app, pilot, "does not open this backup")
        await write(app, pilot, "x" * 9)
        await press(app, pilot, "enter")
        await shows(app, pilot, "does not open this backup")
        app.screen.panel.fill({"file": str(tmp_path / "no-such.backup"), "key": ""})
        await press(app, pilot, "ctrl+s")
        await shows(app, pilot, "no-such.backup")
        app.screen.panel.fill({"file": str(backup), "key": "haitang-and-more"})
        await press(app, pilot, "ctrl+s")
        await shows(app, pilot, builders.COMPANY)
        app.screen.panel.fill({"key": "haitang-and-mor"})
        await press(app, pilot, "ctrl+s")
        await shows(app, pilot, "does not open this backup")
        assert "haitang" not in seen(app)
        await press(app, pilot, "escape")
        await until(app, pilot, lambda: isinstance(app.screen, TroubleScreen), "the trouble again")
    assert file.read_bytes() == bad


def test_it_is_offered_only_for_a_damaged_file(tmp_path, backend):
    ruined, away = StorageFailed("storage.damaged", why="x"), StorageFailed("storage.lost", why="x")
    here, there = Config("sqlite:////tmp/x.db", "zh", tmp_path), Config("postgresql://x/y", "zh", tmp_path)
    assert offer(here, ruined) is not None
    assert offer(here, away) is None
    assert offer(there, ruined) is None


async def test_without_an_offer_there_is_no_key_for_it(desk):
    from tests.screens.pilot import console

    async with console(desk, size=(80, 24)) as (app, pilot):
        app.push_screen(TroubleScreen(StorageFailed("storage.lost", why="refused")))
        await shows(app, pilot, "refused")
        await press(app, pilot, "b")
        assert not isinstance(app.screen, RestoreScreen)
