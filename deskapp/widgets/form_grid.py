"""A choice among more than fit in one line: all of them in sight, in columns, each with its digit or initials."""

from __future__ import annotations

from textual import events
from textual.strip import Strip

from deskapp.widgets import painting
from deskapp.widgets.form_choice import ChoiceField


class ChoiceGrid(ChoiceField):
    """A ChoiceField as high as its choices need."""

    def _column(self) -> int:
        words = [painting.cells(self._words(n, choice)) for n, choice in enumerate(self._choices)]
        return max(words, default=0) + 2

    def _across(self) -> int:
        return max(1, (self.size.width + 2) // self._column())

    def on_resize(self) -> None:
        """Take as many lines as the choices need at this width."""
        self._take_height()

    def fill(self, value: object) -> None:
        """Pick the choice with this value."""
        super().fill(value)
        if self.is_mounted:
            self._take_height()

    def _take_height(self) -> None:
        needed = -(-len(self._choices) // self._across()) or 1
        if self.size.width and needed != self.lines:
            self.lines = needed
            self.styles.height = needed + bool(self.error)

    def on_click(self, event: events.Click) -> None:
        """Pick what was clicked."""
        at = event.get_content_offset_capture(self)
        number = at.y * self._across() + at.x // self._column()
        if 0 <= number < len(self._choices):
            self._pick(number)

    def render_line(self, y: int) -> Strip:
        """Paint one line of the columns."""
        across, column, base = self._across(), self._column(), self.visual_style
        segments = []
        for number in range(y * across, min((y + 1) * across, len(self._choices))):
            segments += painting.cell(self._words(number, self._choices[number]), base, column)
        width = self.size.width
        return Strip(segments).adjust_cell_length(width, base.rich_style)
