"""Text to be read: broken into lines at the width there is, scrolled with the arrows, painted without a layout."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from textual.binding import Binding, BindingType
from textual.content import Content
from textual.geometry import Size
from textual.reactive import Reactive
from textual.scroll_view import ScrollView
from textual.strip import Strip

from deskapp.widgets import painting
from deskapp.widgets.painting import Painted


class Prose(ScrollView, can_focus=True):
    """Lines that wrap; only those on the glass are painted."""

    DEFAULT_CSS = """
    Prose {
        background: $surface; color: $foreground; height: 1fr; width: 1fr;
        overflow-x: hidden; overflow-y: auto; scrollbar-size-vertical: 1;
    }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("up", "scroll_up", show=False, system=True),
        Binding("down", "scroll_down", show=False, system=True),
        Binding("pageup", "page_up", show=False, system=True),
        Binding("pagedown", "page_down", show=False, system=True),
        Binding("home", "scroll_home", show=False, system=True),
        Binding("end", "scroll_end", show=False, system=True),
    ]

    virtual_size: Reactive[Size] = Reactive(Size(0, 0), layout=False)

    def __init__(
        self,
        *,
        wraps: bool = True,
        id: str | None = None,  # noqa: A002 Textual's own name
        classes: str | None = None,
    ) -> None:
        super().__init__(id=id, classes=classes)
        self._lines: tuple[Painted, ...] = ()
        self._wrapped: list[Painted] = []
        self._width = 0
        self._wraps = wraps

    @property
    def text(self) -> str:
        """What the lines say."""
        return "\n".join(line if isinstance(line, str) else line.plain for line in self._lines)

    def show(self, lines: Sequence[Painted]) -> None:
        """Show other lines; one stays where one was reading."""
        if not painting.same(lines, self._lines):
            self._lines = tuple(lines)
            self._flow()

    def _flow(self) -> None:
        width = self._width = self.scrollable_content_region.width or self.size.width
        self._wrapped = []
        for line in self._lines:
            self._wrapped += self._broken(line, width) if self._wraps and width > 1 else [line]
        size = Size(0, len(self._wrapped))
        if size != self.virtual_size:
            self.virtual_size = size
            self._scroll_update(size)
        self.refresh()

    @staticmethod
    def _broken(line: Painted, width: int) -> Sequence[Painted]:
        if painting.cells(line) <= width or not isinstance(line, str | Content):
            return [line]
        content = painting.safe(line) if isinstance(line, str) else line
        return content.wrap(width) or [content]

    def on_resize(self) -> None:
        """Break the lines anew when the width is another one."""
        if (self.scrollable_content_region.width or self.size.width) != self._width:
            self._flow()

    def render_line(self, y: int) -> Strip:
        """Paint one line of the window."""
        at = y + int(self.scroll_offset.y)
        line = self._wrapped[at] if at < len(self._wrapped) else ""
        return painting.line(line, self.visual_style, self.size.width)
