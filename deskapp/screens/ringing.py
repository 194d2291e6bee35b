"""Who rings is read while it rings: the answer key shows the caller's history without asking for it (row C3)."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from deskapp.screens.base import spawn

if TYPE_CHECKING:
    from deskapp.app import DeskApp
    from deskapp.screens.call_view import CallView


class Ringing:
    """The call that rings at this desk or has waited longest, as it was a moment ago."""

    def __init__(self, app: DeskApp) -> None:
        self._app = app
        self._call_id: int | None = None
        self._view: CallView | None = None

    def follow(self, call_id: int | None) -> None:
        """Another call rings, or none: read what its screen will show, in a thread."""
        if call_id == self._call_id:
            return
        self._call_id, self._view = call_id, None
        desk = self._app.desk
        if call_id is None or desk is None:
            return

        async def reading() -> None:
            from deskapp.screens.call_view import read_call

            try:
                view = await asyncio.to_thread(read_call, desk, call_id)
            except Exception:
                return
            if self._call_id == call_id and self._app.desk is desk:
                self._view = view

        spawn(self._app, reading, "ringing", exclusive=True)

    def known(self, call_id: int) -> CallView | None:
        """What was read of a call while it rang."""
        return self._view if call_id == self._call_id else None
