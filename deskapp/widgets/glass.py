"""What every second changes goes straight to the terminal: to compose the screen for a few digits costs ten times more.

Textual paints whatever lies within the smallest rectangle around all that has changed. A clock above, one in the middle
and a column of them make that the whole screen, each second. Where nothing lies over them, they are written where they
stand; where anything does, or the screen is being laid out, they are painted as everything else is.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, cast

from rich.control import Control
from textual._compositor import CompositorUpdate
from textual.filter import ANSIToTruecolor
from textual.geometry import Region, Size
from textual.strip import Strip
from textual.widget import Widget

if TYPE_CHECKING:
    from rich.console import Console
    from textual.screen import Screen


Places = Mapping[Widget, tuple[Region, Region]]
"""Where widgets stand on the glass, and what of that is not cut off."""


class Pieces(CompositorUpdate):
    """Strips, and where on the glass they go."""

    def __init__(self) -> None:
        self.pieces: list[tuple[int, int, Strip]] = []
        """Column, line, strip."""

    def render_segments(self, console: Console) -> str:
        """What the terminal is sent."""
        move_to = Control.move_to
        return "".join(f"{move_to(x, y)}{strip.render(console)}" for x, y, strip in self.pieces)


class Glass:
    """The changes of one second on one screen."""

    def __init__(self, screen: Screen[object]) -> None:
        self._screen = screen
        self.update = Pieces()
        self._places = _places(screen)

    def bears(self, widget: Widget) -> bool:
        """Whether a widget may be written straight to the glass."""
        return widget in self._places

    def put(self, widget: Widget, x: int, y: int, strip: Strip) -> bool:
        """Write a strip at a spot of a widget's content; False where it can't stand there as it is."""
        region, gutter = self._places[widget][0], widget.gutter
        spot = Region(region.x + gutter.left + x, region.y + gutter.top + y, strip.cell_length, 1)
        if painter_of(self._places, spot) is not widget:
            return False
        for each in widget.get_line_filters():
            if each.enabled and not isinstance(each, ANSIToTruecolor):
                strip = strip.apply_filter(each, widget.background_colors[1])
        # Kept pictures of this line are old from now on; nobody is asked to paint it.
        widget._styles_cache.set_dirty(Region(0, gutter.top + y, 1, 1))
        self.update.pieces.append((spot.x, spot.y, strip))
        return True

    def show(self) -> None:
        """Send it."""
        if self.update.pieces:
            self._screen.app._display(self._screen, cast("Any", self.update))


def begin(screen: Screen[object]) -> Glass:
    """Gather from now on what this screen's widgets have to say of a second."""
    glass = Glass(screen)
    screen.__dict__["_glass"] = glass
    return glass


def end(screen: Screen[object]) -> None:
    """Send what was gathered."""
    glass = screen.__dict__.pop("_glass", None)
    if glass is not None:
        glass.show()


def paint(widget: Widget, lines: Sequence[int]) -> None:
    """Show some lines of a widget anew: at once while a second is being told, else when the screen is painted."""
    if gathering(widget) is None:
        widget.refresh(*(Region(0, y, widget.size.width, 1) for y in lines))
    else:
        put(widget, ((0, y, widget.render_line(y)) for y in lines))


def put(widget: Widget, strips: Iterable[tuple[int, int, Strip]]) -> None:
    """Show strips at a column and a line of a widget, which paints the same there when it is asked."""
    glass = gathering(widget)
    later = [
        Region(x, y, strip.cell_length, 1)
        for x, y, strip in strips
        if glass is None or not glass.put(widget, x, y, strip)
    ]
    if later:
        widget.refresh(*later)


def gathering(widget: Widget) -> Glass | None:
    """The second that is being told on a widget's screen, where the widget may be written straight to the glass."""
    if not widget.is_attached:
        return None
    glass = cast("Glass | None", widget.screen.__dict__.get("_glass"))
    return glass if glass is not None and glass.bears(widget) else None


def _places(screen: Screen[object]) -> Places:
    """Where each widget stands, the topmost first; nothing under a dialog, or while everything is about to move."""
    app = screen.app
    moving = screen._layout_required or screen._scroll_required or screen._dirty_widgets or app._batch_count
    if app.screen is not screen or moving or screen.size == Size(0, 0):
        return {}
    return screen._compositor.visible_widgets


def painter_of(places: Places, spot: Region) -> Widget | None:
    """Who paints all of a spot; None if the topmost there paints a part of it only. `places` are the topmost first."""
    for widget, (region, clip) in places.items():
        shown = region.intersection(clip)
        if shown.overlaps(spot):
            return widget if shown.contains_region(spot) else None
    return None
