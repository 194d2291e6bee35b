"""Screens whose reading is long: what others write is read once a minute, what is done here at once."""

from __future__ import annotations

from deskapp.screens.base import DeskScreen

SELDOM_S = 60.0


class Seldom(DeskScreen[None]):
    """A screen that reckons much: `reckon` is called when it is due."""

    _reckoned: tuple[float, int] | None = None
    _late = False

    def changed(self) -> None:
        """Somebody wrote: reckon anew, unless that was done a moment ago and it was not this desk that wrote."""
        app = self.app
        if app.desk is None or app.desk.operator is None:
            return
        at, written = self._reckoned or (0.0, -1)
        self._late = written == app.written and app.monotonic() - at < SELDOM_S
        if not self._late:
            self._reckoned = app.monotonic(), app.written
            self.reckon()

    def reckon(self) -> None:
        """Read what the screen shows."""

    def tick(self, now_us: int) -> None:
        """A second has passed: what was put off may be due."""
        super().tick(now_us)
        if self._late:
            self.changed()
