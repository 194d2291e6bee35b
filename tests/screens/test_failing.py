"""What goes wrong where nobody foresaw it: said in a line, written down, and nothing above is taken away for it."""

from __future__ import annotations

import logging

import pytest

from deskapp.screens.call import CallScreen
from deskapp.screens.queue import QueueScreen
from deskapp.screens.retention import RetentionScreen
from deskapp.services import harmless, tickets
from deskapp.traces import MOST_BYTES, kept_in, write_down
from deskapp.widgets.record_table import RecordTable
from tests import builders
from tests.away import away
from tests.screens.pilot import console, press, seen, shows, until

pytestmark = [pytest.mark.row("P3"), pytest.mark.parametrize("backend", ["sqlite"], indirect=True)]


def fails(*_: object) -> None:
    raise ZeroDivisionError("张伟明 13800138000")


def told(app, words: str) -> bool:
    return any(words in one.message for one in app._notifications)


async def test_an_error_nobody_foresaw_is_one_line_and_its_trace_is_kept(desk, tmp_path):
    async with console(desk, size=(80, 24), folder=tmp_path) as (app, pilot):
        written = app.written
        app.screen.act(lambda: 1, fails)
        await until(app, pilot, lambda: told(app, "ZeroDivisionError"), "a line")
        assert app.written == written + 1
        app.clear_notifications()
        app.screen.on_record_table_failed(RecordTable.Failed(app.screen.table, KeyError("x")))
        await until(app, pilot, lambda: told(app, "errors.log"), "where its trace is")
        assert not app.facts.lost, "a fault of ours is no network that is down"
        assert "张伟明" not in seen(app)
    trace = (tmp_path / "errors.log").read_text()
    assert "in fails" in trace and "KeyError" in trace
    assert (tmp_path / "errors.log").stat().st_mode & 0o77 == 0


async def test_what_ends_below_takes_nothing_away_from_above(desk):
    builders.a_ring(desk, "13800138000")
    async with console(desk) as (app, pilot):
        await until(app, pilot, lambda: app.screen.table.selected is not None, "it rings")
        await press(app, pilot, "enter")
        await shows(app, pilot, "138 0013 8000")
        await until(app, pilot, lambda: isinstance(app.screen, CallScreen), "the call")
        below = app.screen
        await press(app, pilot, "f10")
        above = app.screen
        assert above is not below
        below.dismiss(None)
        await pilot.pause()
        assert app.screen is above
        await press(app, pilot, "escape")
        await until(
            app, pilot, lambda: isinstance(app.screen, QueueScreen), "the call's screen went when it could"
        )
        below.dismiss(None)
        await pilot.pause()
        assert isinstance(app.screen, QueueScreen)


async def test_an_undo_that_met_a_database_away_may_be_tried_again_but_not_by_another(desk, tmp_path):
    ticket = builders.a_complaint(desk)
    async with console(desk, folder=tmp_path) as (app, pilot):
        noted = tickets.note(app.desk, ticket, "x")
        app.undoing.offer(harmless.after(app.desk, "note", ticket, noted, "x"), "done")
        with away(app.desk):
            app.undoing.run()
            await until(app, pilot, lambda: app.undoing.line() is not None, "it can be tried again")
        app.undoing.run()
        await until(app, pilot, lambda: app.undoing.line() is None, "taken back")
        again = tickets.note(app.desk, ticket, "y")
        app.undoing.offer(harmless.after(app.desk, "note", ticket, again, "y"), "done")
        await app._clear()
        assert app.undoing.line() is None


async def test_long_reckonings_wait_a_minute_for_others_and_not_for_oneself(desk, monkeypatch):
    async with console(desk) as (app, pilot):
        screen = RetentionScreen(app.desk.policy)
        reckoned = []
        monkeypatch.setattr(screen, "reckon", lambda: reckoned.append(1))
        now = [1000.0]
        monkeypatch.setattr(app, "monotonic", lambda: now[0])
        app.push_screen(screen)
        await until(app, pilot, lambda: reckoned == [1], "at once")
        screen.changed()
        screen.tick(0)
        assert reckoned == [1]
        now[0] += 61
        screen.tick(0)
        assert reckoned == [1, 1]
        app.written += 1
        screen.changed()
        assert reckoned == [1, 1, 1]


def test_the_log_is_set_aside_when_it_is_full_and_threads_log_there_too(tmp_path, backend):
    (tmp_path / "errors.log").write_text("x" * (MOST_BYTES + 1))
    write_down(ValueError("one"), tmp_path)
    with kept_in(tmp_path):
        logging.getLogger("deskapp.adapters.asterisk").error("link ended")
    assert "link ended" in (tmp_path / "errors.log").read_text()
    assert (tmp_path / "errors.log.1").stat().st_size > MOST_BYTES
