"""Keeps the draft of one form behind the typing: in order, in a thread, at once when the form is left."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from threading import Lock
from typing import TYPE_CHECKING, Any

from deskapp.screens.base import spawn

if TYPE_CHECKING:
    from deskapp.app import DeskApp
    from deskapp.desk import Desk


class DraftKeeper:
    """Writes and forgets the draft of one form; of two writes under way the newer one stays."""

    def __init__(self, app: DeskApp, desk: Desk, form: str) -> None:
        self.app, self.desk, self.form = app, desk, form
        self.closed = False
        """Whether the form has been filed: nothing is kept any more."""
        self._turn = 0
        self._done = 0
        self._lock = Lock()
        self._troubled = False

    def keep(self, values: Mapping[str, Any]) -> None:
        """Keep these values, in a thread."""
        if not self.closed:
            self._later(dict(values))

    def keep_now(self, values: Mapping[str, Any]) -> None:
        """Keep these values before this returns: the screen is going away."""
        if not self.closed:
            self._turn += 1
            self._write(self._turn, dict(values))

    def forget(self, *, close: bool = False) -> None:
        """Throw the draft away; `close` it for good once the form has been filed."""
        self.closed = self.closed or close
        self._later(None)

    def _later(self, values: dict[str, Any] | None) -> None:
        self._turn += 1
        turn = self._turn

        async def writing() -> None:
            try:
                await asyncio.to_thread(self._write, turn, values)
                self._troubled = False
            except Exception as error:
                if not self._troubled:
                    self._troubled = True
                    self.app.tell(error)

        spawn(self.app, writing, "drafts")

    def _write(self, turn: int, values: dict[str, Any] | None) -> None:
        from deskapp.services import drafts

        with self._lock:
            if turn <= self._done:
                return
            self._done = turn
            if values is None:
                drafts.forget(self.desk, self.form)
            else:
                drafts.keep(self.desk, self.form, values)
