"""Widgets their screen speaks to every second: they make themselves known, so that nobody looks for them."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from textual.screen import Screen


class Lively:
    """Something that shows the time, or is painted again with whatever the frame knows."""

    _among: list[Lively] | None = None
    screen: Screen[object]

    def on_mount(self) -> None:
        """Make oneself known to the screen."""
        self._among = lively_on(self.screen)
        self._among.append(self)

    def on_unmount(self) -> None:
        """Gone from the screen."""
        if self._among is not None and self in self._among:
            self._among.remove(self)
            self._among = None

    def tick(self, now_us: int) -> None:
        """A second has passed; what shows no time lets it."""


def lively_on(screen: Screen[object]) -> list[Lively]:
    """What on a screen is spoken to every second, in the order it came."""
    known: list[Lively] = screen.__dict__.setdefault("_known_lively", [])
    return known
