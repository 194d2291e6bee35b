"""A few painted lines that show the time: worked out anew each second, repainted only when they say another thing."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from deskapp.widgets import glass, painting
from deskapp.widgets.lines import Lines
from deskapp.widgets.lively import Lively
from deskapp.widgets.painting import Painted

Telling = Callable[[int], Sequence[Painted]]
"""Microseconds since 1970 → the lines."""


class LiveLines(Lively, Lines):
    """Lines that follow the clock; `tell` gives what they say at an instant."""

    def __init__(
        self,
        *,
        grow: bool = False,
        id: str | None = None,  # noqa: A002 Textual's own name
    ) -> None:
        super().__init__(grow=grow, id=id)
        self._tell: Telling | None = None

    def follow(self, tell: Telling, now_us: int) -> None:
        """Say what `tell` says, from now on."""
        self._tell = tell
        self.tick(now_us)

    def tick(self, now_us: int) -> None:
        """Say what is true as of `now_us`."""
        if self._tell is None:
            return
        self.show(tuple(self._tell(now_us)))

    def repaint(self, before: Sequence[Painted]) -> None:
        """As many lines as before: those that say another thing are shown at once."""
        if len(before) != len(self._lines):
            self.refresh()
            return
        pairs = enumerate(zip(before, self._lines, strict=True))
        glass.paint(self, [y for y, (a, b) in pairs if y < self.size.height and not painting.alike(a, b)])
