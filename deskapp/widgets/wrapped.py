"""A few painted lines, each broken at the width there is: a script, the text of a notice."""

from __future__ import annotations

from collections.abc import Sequence

from textual.content import Content

from deskapp.widgets import painting
from deskapp.widgets.lines import Lines
from deskapp.widgets.painting import Painted


class Wrapped(Lines):
    """Lines that wrap; as high as they need, or as their style says."""

    def __init__(
        self,
        *,
        grow: bool = False,
        id: str | None = None,  # noqa: A002 Textual's own name
        classes: str | None = None,
    ) -> None:
        super().__init__(grow=grow, id=id, classes=classes)
        self._whole: tuple[Painted, ...] = ()
        self._width = 0

    @property
    def text(self) -> str:
        """What the lines say, each in one piece."""
        return "\n".join(line if isinstance(line, str) else line.plain for line in self._whole)

    def show(self, lines: Sequence[Painted]) -> None:
        """Show other lines."""
        self._whole = tuple(lines)
        self._flow()

    def on_resize(self) -> None:
        """Break the lines anew when the width is another one."""
        if self.size.width != self._width:
            self._flow()

    def _flow(self) -> None:
        width = self._width = self.size.width
        broken: list[Painted] = []
        for line in self._whole:
            content = painting.safe(line) if isinstance(line, str) else line
            if width < 2 or not isinstance(content, Content) or painting.cells(content) <= width:
                broken.append(content)
            else:
                broken += content.wrap(width) or [content]
        super().show(broken)
