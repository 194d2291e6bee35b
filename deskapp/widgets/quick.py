"""Small changes are painted by the widgets that show them: a key typed should not cost the composing of a screen.

Textual composes the smallest rectangle around all that has changed, line by line and widget by widget. Where each
changed part lies within the one widget that is on top there, as nearly always, that widget's own lines are all there
is to write.
"""

from __future__ import annotations

from typing import Any

from textual._compositor import Compositor
from textual.geometry import Region
from textual.strip import Strip
from textual.widget import Widget

from deskapp.widgets.glass import Pieces, painter_of


class QuickCompositor(Compositor):
    """Textual's compositor, asked only where several widgets have a part in what changed."""

    def render_partial_update(self) -> Any:
        """What has changed, as pieces of single widgets if it is that."""
        places = self.visible_widgets
        update = Pieces()
        for spot in self._dirty_regions:
            painter = painter_of(places, spot)
            if painter is None:
                return super().render_partial_update()
            update.pieces += _pieces(spot, painter, places[painter][0])
        self._dirty_regions.clear()
        return update if update.pieces else None


def _pieces(spot: Region, widget: Widget, region: Region) -> list[tuple[int, int, Strip]]:
    x, y, width, height = spot
    strips = widget.render_lines(Region(0, y - region.y, region.width, height))
    start = x - region.x
    return [(x, y + line, strip.crop(start, start + width)) for line, strip in enumerate(strips)]
