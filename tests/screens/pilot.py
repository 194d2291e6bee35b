"""Drive the console as a person does: keys in, words out; wait for what must show, never for time."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from textual.pilot import Pilot

from deskapp import i18n
from deskapp.app import DeskApp
from deskapp.config import Config
from deskapp.desk import Desk
from deskapp.gallery import seen, settle, strike
from deskapp.widgets import signs

PATIENCE = 1500
"""Pauses of a hundredth of a second before a condition counts as never met."""


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
    try:
        async with app.run_test(size=size, notifications=True) as pilot:
            if who:
                await app.opened.wait()
                await settle(app, pilot)
            yield app, pilot
    finally:
        if app.desk is not None:
            app.desk.store.close()
        i18n.use("zh")
        signs.use_plain(False)
        own.cleanup()


async def press(app: DeskApp, pilot: Pilot[Any], *keys: str) -> str:
    """Press keys one after the other, letting the glass come to rest after each; return what it shows."""
    await strike(app, *keys)
    return seen(app)


async def write(app: DeskApp, pilot: Pilot[Any], text: str) -> None:
    """Type text into what has the focus, as a keyboard or an input method would."""
    from textual import events

    for character in text:
        app.screen.post_message(events.Key(character, character))
    await settle(app, pilot)


async def until(app: DeskApp, pilot: Pilot[Any], true: Callable[[], Any], what: str = "") -> None:
    """Wait until something is true; fail with the glass as it is when it never is."""
    for _ in range(PATIENCE):
        if true():
            return
        await pilot.pause(0.01)
    raise AssertionError(f"never came true: {what}\n{seen(app)}")


async def shows(app: DeskApp, pilot: Pilot[Any], words: str) -> None:
    """Wait until the glass shows some words."""
    await until(app, pilot, lambda: words in seen(app), f"the glass shows {words!r}")
