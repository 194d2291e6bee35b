"""Drive the console as a person does: keys in, words out; wait for what must show, never for time."""

from __future__ import annotations

import asyncio
import gc
from collections.abc import AsyncIterator, Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager
from itertools import count
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from textual.pilot import Pilot

from deskapp import i18n
from deskapp.app import DeskApp
from deskapp.config import Config
from deskapp.desk import Desk
from deskapp.gallery_glass import at_rest, laid_out, painted_at_rest, seen, settle, strike
from deskapp.widgets import signs
from deskapp.widgets.record_table import RecordTable

PATIENCE = 1500
"""Pauses of a hundredth of a second before a condition counts as never met."""

EITHER = pytest.mark.parametrize(
    ("backend", "size", "language"),
    [("sqlite", (80, 24), "en"), ("postgresql", (120, 40), "zh")],
    indirect=["backend"],
)
"""For a journey: either database, either size and either language, in two runs of it."""

_consoles = count(1)


@asynccontextmanager
async def console(
    desk: Desk,
    *,
    size: tuple[int, int] = (120, 40),
    language: str = "zh",
    login: str | None = None,
    folder: Path | None = None,
) -> AsyncIterator[tuple[DeskApp, Pilot[Any]]]:
    """The console on a test's database and clock, its operator (or `login`) already seated.

    Drafts and slips go into `folder`, or into one of its own that is thrown away.
    """
    who = login if login is not None else (desk.operator.login if desk.operator else "")
    own = TemporaryDirectory(prefix="deskapp-test-")
    config = Config(desk.store.url, language, folder or Path(own.name), who)
    app = DeskApp(config, desk.store.clock)
    threads, loop = ThreadPoolExecutor(), asyncio.get_running_loop()
    loop.set_default_executor(threads)
    try:
        with painted_at_rest():
            async with app.run_test(size=size, notifications=True) as pilot:
                if who:
                    await app.opened.wait()
                    app.read_facts()
                    await at_rest(app)
                yield app, pilot
    finally:
        if app.desk is not None:
            app.desk.store.close()
        i18n.use("zh")
        signs.use_plain(False)
        with ThreadPoolExecutor(1) as waiting:
            await loop.run_in_executor(
                waiting, threads.shutdown
            )  # chores under way still write into the folder
        loop.set_default_executor(ThreadPoolExecutor())
        own.cleanup()
        if next(_consoles) % 400 == 0:
            sweep()


def sweep() -> None:
    """Let go of consoles that were closed: each one, as it opens, freezes all it finds in memory.

    They are 5 MB each, and dear to take apart: as many are kept as a machine has room for.
    """
    gc.unfreeze()
    gc.collect()
    gc.freeze()


async def press(app: DeskApp, pilot: Pilot[Any], *keys: str) -> str:
    """Press keys one after the other, letting the glass come to rest after each; return what it shows."""
    return await strike(app, *keys)


async def write(app: DeskApp, pilot: Pilot[Any], text: str) -> None:
    """Type text into what has the focus, as a keyboard or an input method would."""
    from textual import events

    for character in text:
        app.screen.post_message(events.Key(character, character))
    await settle(app, pilot)


async def until(app: DeskApp, pilot: Pilot[Any], true: Callable[[], Any], what: str = "") -> None:
    """Wait until something is true, and for the glass to show it; fail with the glass as it is when it never is."""
    for _ in range(PATIENCE):
        await laid_out(app)
        if true():
            return
        await asyncio.sleep(0.01)
    raise AssertionError(f"never came true: {what}\n{seen(app)}")


async def listed(app: DeskApp, pilot: Pilot[Any], table: RecordTable, what: str = "the list") -> None:
    """Wait until a table shows the rows of the source it was given last, and knows how many there are."""
    await until(app, pilot, lambda: not table._reader.opening and table.row_count is not None, what)


async def shows(app: DeskApp, pilot: Pilot[Any], words: str) -> None:
    """Wait until the glass shows some words."""
    await until(app, pilot, lambda: words in seen(app), f"the glass shows {words!r}")
