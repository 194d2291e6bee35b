"""Ctrl+Z: the last harmless act is taken back, for 15 seconds and by whoever did it (row T15)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual.content import Content
from textual.widgets import Input

from deskapp.i18n import say
from deskapp.widgets import painting

if TYPE_CHECKING:
    from deskapp.app import DeskApp
    from deskapp.services.harmless import Undo

KEY = "ctrl+z"


class Undoing:
    """What the app knows of the last act that can be undone."""

    def __init__(self, app: DeskApp) -> None:
        self.app = app
        self._last: tuple[Undo, float] | None = None
        self._told = False

    def offer(self, one: Undo | None, done: str, *, severity: str = "information") -> None:
        """Say what was done; while it can be undone the foot of the screen says so, and for how long."""
        self.app.notify(done, markup=False, timeout=6, severity=severity)
        if one is not None:
            self._last = one, self.app.monotonic()
        self.paint()

    def line(self) -> Content | None:
        """What can be undone and the seconds left; None when there is nothing."""
        if self._last is None:
            return None
        from deskapp.domain.undo import seconds_left
        from deskapp.screens.help import key_name

        one, since = self._last
        left = seconds_left(since, self.app.monotonic())
        if not left:
            return None
        key = key_name(self.app.keymap_now().get("undo", KEY))
        words = say("undo.line", key=key, act=say(f"undo.act.{one.act}"), seconds=left)
        return painting.safe(words, "$warning")

    def paint(self) -> None:
        """Show the line, or take it away when its time is over."""
        screen = self.app.top()
        there = self.line() is not None
        if screen is not None and (there or self._told):
            screen.paint_foot()
        self._told = there

    def run(self) -> None:
        """Undo the last act, once; in a field where something is typed the key does nothing."""
        from deskapp.domain.undo import UNDO_S, seconds_left

        focused = self.app.focused
        if self.app.desk is None or (isinstance(focused, Input) and focused.value):
            return
        last, self._last = self._last, None
        if last is None:
            self.app.say("undo.nothing", seconds=UNDO_S)
        elif not seconds_left(last[1], self.app.monotonic()):
            self.app.say("undo.late", seconds=UNDO_S)
        else:
            self._undo(*last)
        self.paint()

    def forget(self) -> None:
        """Another operator sits down: what was done before is not theirs to take back."""
        self._last = None

    def _undo(self, one: Undo, since: float) -> None:
        from deskapp.domain.errors import is_away
        from deskapp.services import harmless

        def wrong(error: Exception) -> None:
            if self._last is None and is_away(error):
                self._last = one, since
            self.app.tell(error)

        desk, screen = self.app.desk, self.app.top()
        if screen is not None and desk is not None:
            words = say("undo.done", act=say(f"undo.act.{one.act}"))
            screen.act(
                lambda: harmless.undo(desk, one),
                lambda _: self.app.notify(words, markup=False, timeout=4),
                wrong=wrong,
            )
