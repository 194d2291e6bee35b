"""A few painted lines: cards, previews, slips. Painted without a layout, so a change costs one repaint."""

from __future__ import annotations

from collections.abc import Sequence

from textual.strip import Strip
from textual.widget import Widget

from deskapp.widgets import painting
from deskapp.widgets.painting import Painted


class Lines(Widget):
    """Lines of text, cut at the width; give it its height by style, or let `grow` follow the lines."""

    DEFAULT_CSS = """
    Lines { height: 1fr; width: 1fr; }
    """

    def __init__(
        self,
        lines: Sequence[Painted] = (),
        *,
        grow: bool = False,
        id: str | None = None,  # noqa: A002 Textual's own name
        classes: str | None = None,
    ) -> None:
        super().__init__(id=id, classes=classes)
        self._lines: tuple[Painted, ...] = tuple(lines)
        self._grow = grow
        if grow:
            self.styles.height = max(1, len(self._lines))

    def show(self, lines: Sequence[Painted]) -> None:
        """Show other lines; the same ones cost nothing."""
        if painting.same(lines, self._lines):
            return
        if self._grow and len(lines) != len(self._lines):
            self.styles.height = max(1, len(lines))
        before, self._lines = self._lines, tuple(lines)
        self.repaint(before)

    def repaint(self, before: Sequence[Painted]) -> None:
        """The lines are others than before: show them."""
        self.refresh()

    @property
    def text(self) -> str:
        """What the lines say."""
        return "\n".join(line if isinstance(line, str) else line.plain for line in self._lines)

    def render_line(self, y: int) -> Strip:
        """Paint one line."""
        base = self.visual_style
        return painting.line(self._lines[y] if y < len(self._lines) else "", base, self.size.width)
