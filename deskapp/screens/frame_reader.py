"""Reads what the frame shows, one reading at a time, and tells the screen on the glass when records have changed."""

from __future__ import annotations

import asyncio
import time
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

from deskapp.screens.base import spawn
from deskapp.screens.evening import Evening
from deskapp.screens.outgoing import Backoff
from deskapp.screens.ringing import Ringing
from deskapp.screens.tidying import Tidying

if TYPE_CHECKING:
    from deskapp.app import DeskApp
    from deskapp.desk import Desk
    from deskapp.services.frame import FrameFacts

EVERY_S = 15.0
"""How often the facts are read though nothing was heard: a database that is gone must be noticed."""


class FrameReader:
    """Reads app.facts: when asked, when a count turns by time, and now and then."""

    def __init__(self, app: DeskApp) -> None:
        self.app = app
        self._due = 0.0
        self._asking = self._again = False
        self._anew = self._told = False
        self._backoff = Backoff()
        self.evening, self.ringing, self.tidying = Evening(app), Ringing(app), Tidying()

    def tick(self) -> None:
        """One second has passed: read when it is time."""
        self.evening.tick()
        self.tidying.tick(self.app.untouched_s)
        if time.monotonic() >= self._due or self._turns():
            self.read()

    def _turns(self) -> bool:
        """Whether time alone has made the counts others."""
        facts = self.app.facts
        return facts is not None and not facts.lost and self.app.now_us() >= facts.strip.until_us

    def read(self, *, anew: bool = False, told: bool = False) -> None:
        """Read the facts in a thread. `anew`: the screen must be read again; `told`: it is being read already."""
        desk = self.app.desk
        self._anew, self._told = self._anew or anew, self._told or told
        if desk is None or desk.operator is None or self._asking:
            self._again = self._asking
            return
        self._asking, self._again = True, False
        self._due = time.monotonic() + EVERY_S
        anew, told = self._anew, self._told
        self._anew = self._told = False
        spawn(self.app, partial(self._reading, desk, anew, told), "facts")

    async def _reading(self, desk: Desk, anew: bool, told: bool) -> None:
        app = self.app

        def look() -> tuple[FrameFacts, float]:
            from deskapp.services.frame import frame_facts

            return frame_facts(desk, app.facts, app.live.name), time.monotonic()

        try:
            facts, seen_at = await asyncio.to_thread(look)
        except Exception as error:
            self._anew = True
            self.failed(error)
            return
        finally:
            self._asking = False
        if app.desk is desk:
            self._came(facts, seen_at, anew, told)
            if facts.desk is not None and facts.desk is not desk:
                app.use_desk(facts.desk)
        if self._again or app.desk is not desk:
            self.read()

    def _came(self, facts: FrameFacts, seen_at: float, anew: bool, told: bool) -> None:
        before, self.app.facts = self.app.facts, facts
        self.ringing.follow(facts.ringing_id)
        self._backoff.reset()
        if self.app.tray.since is not None:
            self.app.tray.back()
        screen = self.app.top()
        if screen is None:
            return
        if facts != before:
            screen.paint_frame()
        if before is not None and before.elsewhere != facts.elsewhere:
            for framed in self.app.framed():
                framed.neighbours()
        moved = before is not None and before.version != facts.version and not told
        if (anew or moved) and not screen.read_since(seen_at):
            screen.changed()

    def failed(self, error: Exception) -> None:
        """The database did not answer: say so in the frame once, and go on asking."""
        app = self.app
        if app.facts is not None and not app.facts.lost:
            app.facts = replace(app.facts, lost=True)
            app.tray.lost(error)
        self._due = time.monotonic() + self._backoff.next()
        for screen in app.framed():
            screen.paint_frame()
