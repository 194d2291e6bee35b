"""Keys do what they were typed for: the next key waits until the one before has moved the focus or opened a form.

Textual sends each key to whatever has the focus as it arrives. Somebody who types ahead of a busy machine would write
their password into the login, and the first words of a complaint would be read as commands of the screen before it.
"""

from __future__ import annotations

import asyncio
import time
from collections import deque
from collections.abc import Callable
from contextlib import suppress
from typing import Any

from textual import events
from textual.app import ScreenStackError
from textual.message_pump import MessagePump
from textual.worker import Worker

from deskapp.screens.failing import Failing

AT_ONCE = frozenset({"ctrl+q", "ctrl+c"})
"""Leaving waits for nothing."""
TURNS_AWAY = frozenset({"escape", *(f"f{number}" for number in range(1, 13))})
OPENING_S = 0.02
PATIENCE_S = 1.0
"""A handler that takes longer than this holds up the keys no more."""


class TypeAheadApp(Failing):
    """An app that gives keys on one at a time."""

    def __init__(self) -> None:
        super().__init__()
        self._typed: deque[events.Event] = deque()
        self._giving: asyncio.Task[None] | None = None

    async def on_event(self, event: events.Event) -> None:
        """Give a key or pasted text on when those before it have done their work."""
        waits = isinstance(event, events.Key | events.Paste) and not event.is_forwarded
        if not waits or (isinstance(event, events.Key) and event.key in AT_ONCE):
            await super().on_event(event)
        elif self._giving is not None:
            self._typed.append(event)
        elif not self.takes_keys:
            self._typed.append(event)
            self._giving = asyncio.create_task(self._follow(None))
        else:
            await self._give(event)

    def watch_app_focus(self, focus: bool) -> None:
        """Give what came up while nobody looked the place to type in that Textual denied it then."""
        if focus and self.screen_stack:
            self.screen._update_auto_focus()

    @property
    def takes_keys(self) -> bool:
        """Whether there is anything yet that keys could be for; until then they wait."""
        return True

    @property
    def keys_under_way(self) -> bool:
        """Whether a key has not yet done its work, or others wait behind it."""
        return self._giving is not None

    async def _give(self, event: events.Event) -> None:
        """Give one key on; what may change where the next one belongs is waited for."""
        target = self._target()
        await super().on_event(event)
        if target is not None and not _is_text(event, target):
            self._giving = asyncio.create_task(self._follow(target))

    async def _follow(self, target: MessagePump | None) -> None:
        """Wait until a key has passed whatever it was given to, then give on the keys that came meanwhile."""
        while True:
            if target is not None:
                await self._passed(target)
            while not self.takes_keys:
                await asyncio.sleep(OPENING_S)
            following = self._typed.popleft() if self._typed else None
            if following is None:
                self._giving = None
                return
            there = self._target()
            await super().on_event(following)
            target = self if there is None or _is_text(following, there) else there

    def _target(self) -> MessagePump | None:
        with suppress(ScreenStackError):
            return self.focused or self.screen
        return None

    async def _passed(self, target: MessagePump) -> None:
        """A key bubbles from what has the focus up to the app: each has done with it once it answers behind it."""
        node: Any = target
        below = getattr(target, "screen", None)
        while node is not None:
            await _answers(node)
            node = node._parent
        await self._done(lambda worker: worker.group == "acts")
        with suppress(ScreenStackError):
            screen = self.screen
            if not screen.is_mounted:
                with suppress(TimeoutError):
                    async with asyncio.timeout(PATIENCE_S):
                        await screen._mounted_event.wait()
                await _answers(screen)
            if screen is not below:
                await self._done(lambda worker: worker.node is screen, unless=TURNS_AWAY)
        await _answers(self)

    async def _done(
        self, is_meant: Callable[[Worker[Any]], bool], unless: frozenset[str] = frozenset()
    ) -> None:
        """Wait for work a key began: an act opens a screen, perhaps; the keys of a new one are for what it has read.

        `unless` the next key is one of these: whoever turns away from a screen need not wait for it.
        """
        over = time.monotonic() + PATIENCE_S
        while time.monotonic() < over and any(
            is_meant(worker) and not worker.is_finished for worker in self.workers
        ):
            if self._typed and isinstance(key := self._typed[0], events.Key) and key.key in unless:
                return
            await asyncio.sleep(0.004)


async def _answers(node: MessagePump) -> None:
    """Wait until a node has worked through what it was sent so far."""
    there = asyncio.Event()
    if node.is_running and node.call_later(there.set):
        with suppress(TimeoutError):
            async with asyncio.timeout(PATIENCE_S):
                await there.wait()


def _is_text(event: events.Event, target: MessagePump) -> bool:
    """Whether it only writes into a line of text: then the next one belongs there too."""
    from textual.widgets import Input, TextArea

    writes = isinstance(event, events.Paste) or (isinstance(event, events.Key) and event.is_printable)
    return writes and isinstance(target, Input | TextArea)
