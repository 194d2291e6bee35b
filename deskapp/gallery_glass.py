"""A console without a terminal, driven by keys and read as text: for pictures and for tests."""

from __future__ import annotations

import asyncio
import time
import unicodedata
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from textual import events
from textual._compositor import Compositor
from textual._context import active_app, visible_screen_stack
from textual.keys import REPLACED_KEYS, _character_to_key, _get_unicode_name_from_key
from textual.screen import Screen

if TYPE_CHECKING:
    from deskapp.app import DeskApp

PATIENCE_S = 10.0


@contextmanager
def painted_at_rest() -> Iterator[None]:
    """Paint a glass nobody sees when it has come to rest, once, not at every step on the way there."""
    paint = Compositor.render_update

    def forget(compositor: Compositor, *_: object, **__: object) -> None:
        compositor._dirty_regions.clear()

    Compositor.render_update = forget  # type: ignore[method-assign, assignment]
    try:
        yield
    finally:
        Compositor.render_update = paint  # type: ignore[method-assign]


async def settle(app: DeskApp, _pilot: object = None) -> str:
    """Wait, not for a time but until there is nothing left to read, write or lay out; return the glass as text.

    What never comes to rest is left after PATIENCE_S.
    """
    with _at(app):
        app.read_facts()
    await at_rest(app)
    return seen(app)


async def at_rest(app: DeskApp) -> None:
    """Wait until there is nothing left to read, write or lay out; nothing is painted yet."""
    end = time.monotonic() + PATIENCE_S
    while time.monotonic() < end:
        await laid_out(app)
        if app.keys_under_way or any(not worker.is_finished for worker in app.workers):
            await asyncio.sleep(0.001)
        elif not app.animator._complete_event.is_set():
            await asyncio.sleep(0.005)
        else:
            break


async def laid_out(app: DeskApp) -> None:
    """Wait until all that came has been worked through and laid out; what is still being read may follow."""
    loop: Any = asyncio.get_running_loop()
    end = time.monotonic() + PATIENCE_S
    while time.monotonic() < end:
        await asyncio.sleep(0)
        if loop._ready:
            continue
        if app._exit:
            break
        behind = [screen for screen in app._background_screens if _lies_wrong(screen)]
        behind += [app.screen] if _behind(app.screen) else []
        if not behind:
            break
        with _at(app):
            for screen in behind:
                screen._on_timer_update()
        if not loop._ready:
            await asyncio.sleep(
                0.001
            )  # It will not be laid out now: the app holds it back, or is busy closing.


@contextmanager
def _at(app: DeskApp) -> Iterator[None]:
    """Work as this console: each of two in one process lays out its own glass."""
    before = active_app.set(app)
    try:
        yield
    finally:
        active_app.reset(before)


def _behind(screen: Screen[Any]) -> bool:
    """Whether the glass is behind what the screen holds."""
    return _lies_wrong(screen) or bool(screen._repaint_required or screen._dirty_widgets or screen._callbacks)


def _lies_wrong(screen: Screen[Any]) -> bool:
    """Whether a screen is still to be laid out: one seen under a dialog, too, though that always wants painting."""
    return bool(screen._layout_required or screen._scroll_required or screen._recompose_required)


async def strike(app: DeskApp, *keys: str) -> str:
    """Press keys, each when the one before has done its work; return the glass after the last as text.

    `pilot.press` would sleep on both sides of each key.
    """
    for place, key in enumerate(keys):
        if place:
            await at_rest(app)
        name = key if len(key) > 1 or key.isalnum() else _character_to_key(key)
        character: str | None
        try:
            character = unicodedata.lookup(_get_unicode_name_from_key(REPLACED_KEYS.get(name, name)))
        except KeyError:
            character = name if len(name) == 1 else None
        app.post_message(events.Key(name, character))
    return await settle(app)


def seen(app: DeskApp) -> str:
    """The glass as text: the screen on top, and what shows through from under it."""
    width, height = app.size
    with _at(app):
        visible_screen_stack.set(app._background_screens)
        lines = app.screen._compositor.render_strips(app.size)
    return "\n".join(line.text[:width].rstrip() for line in lines[:height])
