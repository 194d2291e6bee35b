"""Ctrl+Z: the last harmless act is taken back, for 15 seconds and by whoever did it (row T15)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual.widgets import Input

from deskapp.i18n import say

if TYPE_CHECKING:
    from deskapp.app import DeskApp
    from deskapp.services.harmless import Undo

UNDO_S = 15
KEY = "ctrl+z"


class Undoing:
    """What the app knows of the last act that can be undone."""

    def __init__(self, app: DeskApp) -> None:
        self.app = app
        self._last: tuple[Undo, float] | None = None

    def offer(self, one: Undo | None, done: str, *, severity: str = "information") -> None:
        """Say what was done; when it can be undone, by which key and for how long."""
        from deskapp.screens.help import key_name

        if one is None:
            self.app.notify(done, markup=False, timeout=6, severity=severity)
            return
        self._last = one, self.app.monotonic()
        key = key_name(self.app.keymap_now().get("undo", KEY))
        words = say("undo.hint", done=done, key=key, seconds=UNDO_S)
        self.app.notify(words, markup=False, timeout=UNDO_S, severity=severity)

    def run(self) -> None:
        """Undo the last act, once; in a field where something is typed the key does nothing."""
        focused = self.app.focused
        if self.app.desk is None or (isinstance(focused, Input) and focused.value):
            return
        last, self._last = self._last, None
        if last is None or self.app.monotonic() - last[1] > UNDO_S:
            self.app.say("undo.nothing", seconds=UNDO_S)
            return
        from deskapp.services import harmless

        desk, screen = self.app.desk, self.app.top()
        if screen is not None:
            screen.act(lambda: harmless.undo(desk, last[0]), lambda _: self.app.say("undo.done"))
