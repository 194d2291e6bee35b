"""Small changes are painted by the widgets that show them: a key typed should not cost the composing of a screen.

Textual composes the smallest rectangle around all that has changed, line by line and widget by widget. Where each
changed part lies within the one widget that is on top there, as nearly always, that widget's own lines are all there
is to write.
"""

from __future__ import annotations

from typing import Any, cast

from textual._compositor import Compositor
from textual.geometry import Region
from textual.strip import Strip
from textual.widget import Widget

from deskapp.widgets.glass import Pieces


class QuickCompositor(Compositor):
    """Textual's compositor, asked only where several widgets have a part in what changed."""

    def render_partial_update(self) -> Any:
        """What has changed, as pieces of single widgets if it is that."""
        found = [(region, self._painter_of(region)) for region in self._dirty_regions]
        if not found or not all(painter for _, painter in found):
            return super().render_partial_update()
        self._dirty_regions.clear()
        update = Pieces()
        for region, painter in found:
            update.pieces += _pieces(region, *cast("tuple[Widget, Region]", painter))
        return update

    def _painter_of(self, spot: Region) -> tuple[Widget, Region] | None:
        """Who paints all of a spot, and where that stands; None if the topmost there paints a part of it only."""
        for widget, (region, clip) in self.visible_widgets.items():
            shown = region.intersection(clip)
            if shown.overlaps(spot):
                return (widget, region) if shown.contains_region(spot) else None
        return None


def _pieces(spot: Region, widget: Widget, region: Region) -> list[tuple[int, int, Strip]]:
    x, y, width, height = spot
    strips = widget.render_lines(Region(0, y - region.y, region.width, height))
    start = x - region.x
    return [(x, y + line, strip.crop(start, start + width)) for line, strip in enumerate(strips)]
