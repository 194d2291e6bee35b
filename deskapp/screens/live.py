"""Keeps a console in step with all the others: hears what they change, says what it has open, does the chores."""

from __future__ import annotations

import asyncio
import time
from contextlib import suppress
from contextvars import Context, copy_context
from typing import TYPE_CHECKING
from uuid import uuid4

from deskapp.screens.base import spawn

if TYPE_CHECKING:
    from textual.timer import Timer

    from deskapp.app import DeskApp
    from deskapp.desk import Desk
    from deskapp.repository.live import Listener, Signal
    from deskapp.repository.work import Store

TOGETHER_S = 0.01
"""Changes that come this close together are read once."""
APART_S = 0.25
"""However much the others write, this console reads no more often."""
CHORES_S = 15.0


class Live:
    """One console's ear and voice; all but `_told` runs on the event loop."""

    def __init__(self, app: DeskApp) -> None:
        self.app = app
        self.name = uuid4().hex
        """Names this console in the presence of desks."""
        self.listener: Listener | None = None
        self._store: Store | None = None
        self._loop: asyncio.AbstractEventLoop | None = None
        self._context: Context | None = None
        self._timer: Timer | None = None
        self._chores: Timer | None = None
        self._foreign = False
        self._read_at = 0.0
        self._open: frozenset[tuple[str, int]] = frozenset()
        self._saying = False

    def start(self, desk: Desk) -> None:
        """Listen to a desk's database from now on; called again for the same one it does nothing."""
        if self._store is desk.store:
            return
        self.stop()
        self._loop, self._store = asyncio.get_running_loop(), desk.store
        self._context = copy_context()
        self.listener = desk.store.listen(self._told)
        if self._chores is None:
            self._chores = self.app.set_interval(CHORES_S, self.do_chores, name="chores")

    def leave(self, desk: Desk) -> None:
        """The console has closed: nothing is open here any more. What fails now ends by itself with its lease."""
        from deskapp.domain.errors import StorageFailed
        from deskapp.services import presence

        if self._open:
            with suppress(StorageFailed):
                presence.gone(desk, self.name)

    def stop(self) -> None:
        """Listen no more."""
        if self.listener is not None:
            self.listener.stop()
        self.listener = self._store = None

    def _told(self, signal: Signal) -> None:
        """In the listener's thread: hand over to the event loop, if there still is one."""
        loop = self._loop
        if loop is not None and not loop.is_closed():
            loop.call_soon_threadsafe(self._heard, signal, context=self._context)

    def _heard(self, signal: Signal) -> None:
        if self.listener is None or not self.app.is_running:
            return
        self._foreign = self._foreign or signal.foreign
        if self._timer is None:
            wait = max(TOGETHER_S, self._read_at + APART_S - time.monotonic())
            self._timer = self.app.set_timer(wait, self._read)

    def _read(self) -> None:
        foreign, self._foreign, self._timer = self._foreign, False, None
        self._read_at = time.monotonic()
        self.app.read_facts(anew=foreign)

    def look(self) -> None:
        """Tell the others when other records are open here than they know of."""
        desk = self.app.desk
        if desk is None or desk.operator is None or self._saying:
            return
        records = self._records()
        if records != self._open:
            self._say(desk, records)

    def _records(self) -> frozenset[tuple[str, int]]:
        return frozenset(
            opened for screen in self.app.framed() if (opened := screen.opens()) and screen.is_mounted
        )

    def _say(self, desk: Desk, records: frozenset[tuple[str, int]]) -> None:
        from deskapp.services import presence

        self._saying = True

        async def saying() -> None:
            try:
                await asyncio.to_thread(presence.here, desk, self.name, records)
                self._open = records
            except Exception as error:
                self.app.facts_failed(error)
            finally:
                self._saying = False

        spawn(self.app, saying, "presence")

    def idle(self) -> None:
        """Do no chores by itself any more: pictures must not depend on how long they take."""
        if self._chores is not None:
            self._chores.stop()

    def do_chores(self) -> None:
        """Renew this desk's claims and its presence, and do what time has brought."""
        desk = self.app.desk
        if desk is None or desk.operator is None:
            return
        from deskapp.services import presence
        from deskapp.services.tick import Ticked, tick

        records = self._records()

        def chores() -> Ticked:
            presence.keep_claims(desk)
            self.app.telephone.follow(desk)
            if records or self._open:
                presence.here(desk, self.name, records)
            return tick(desk)

        async def doing() -> None:
            try:
                ticked = await asyncio.to_thread(chores)
            except Exception as error:
                self.app.facts_failed(error)
                return
            self._open = records
            if ticked.anything:
                self.app.changed()

        spawn(self.app, doing, "chores", exclusive=True)
