"""The one long list: lines painted from the few pages near the window, fetched by key in a thread."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

from textual import events
from textual.binding import Binding, BindingType
from textual.filter import ANSIToTruecolor, LineFilter
from textual.geometry import Size
from textual.message import Message
from textual.reactive import Reactive
from textual.scroll_view import ScrollView
from textual.strip import Strip

from deskapp.i18n import say
from deskapp.widgets import glass
from deskapp.widgets.lively import Lively
from deskapp.widgets.record_columns import Column, PaintContext
from deskapp.widgets.record_lines import RowPainter, trouble
from deskapp.widgets.record_pages import ListSource, Pages, Source
from deskapp.widgets.record_reader import Reader

__all__ = ["Column", "ListSource", "PaintContext", "RecordTable", "Source"]


@dataclass
class OfTable(Message):
    """What a table tells."""

    table: RecordTable

    @property
    def control(self) -> RecordTable:
        """The table."""
        return self.table


class RecordTable(Lively, ScrollView, can_focus=True):
    """A list of any length: the window is painted, a few pages are held, the rest stays in the store."""

    DEFAULT_CSS = """
    RecordTable {
        background: $surface;
        color: $foreground;
        overflow-x: hidden;
        overflow-y: auto;
        scrollbar-size-vertical: 1;
        scrollbar-gutter: stable;
        & > .record-table--header { color: $text-muted; }
        & > .record-table--cursor { background: $primary 18%; color: $foreground; }
        & > .record-table--resting { background: $primary 8%; color: $foreground; }
        & > .record-table--mark { color: $primary; }
        & > .record-table--faint { color: $text-disabled; }
        & > .record-table--error { color: $error; background: $error 15%; }
    }
    """
    COMPONENT_CLASSES: ClassVar[set[str]] = {
        "record-table--header",
        "record-table--cursor",
        "record-table--resting",
        "record-table--mark",
        "record-table--faint",
        "record-table--error",
    }
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("up,k", "move(-1)", show=False, system=True, id="list.up"),
        Binding("down,j", "move(1)", show=False, system=True, id="list.down"),
        Binding("pageup", "page(-1)", show=False, system=True, id="list.page_up"),
        Binding("pagedown", "page(1)", show=False, system=True, id="list.page_down"),
        Binding("home", "first", show=False, system=True, id="list.first"),
        Binding("end", "last", show=False, system=True, id="list.last"),
        Binding("enter", "choose", show=False, system=True, id="list.choose"),
    ]

    is_marked: Callable[[Any], bool] = staticmethod(lambda _: False)
    """Whether a record is painted as one of those chosen together."""
    may_choose: Callable[[], bool] = staticmethod(lambda: True)
    """Whether the rows are those meant; where others are to come, who says no remembers the Enter."""
    virtual_size: Reactive[Size] = Reactive(Size(0, 0), layout=False)

    @dataclass
    class Highlighted(OfTable):
        """The cursor came to stand on `record`."""

        record: Any

    @dataclass
    class Chosen(OfTable):
        """`record` was chosen with Enter or a second click."""

        record: Any

    @dataclass
    class Failed(OfTable):
        """The source raised `error`; the rows shown before stay."""

        error: Exception

    @dataclass
    class Counted(OfTable):
        """The list's length became known or changed."""

        count: int

    def __init__(
        self,
        columns: Sequence[Column],
        *,
        source: Source | None = None,
        empty_code: str = "widgets.table.empty",
        now_us: int = 0,
        header: bool = True,
        id: str | None = None,  # noqa: A002 Textual's own name
        classes: str | None = None,
    ) -> None:
        super().__init__(id=id, classes=classes)
        self._columns = tuple(columns)
        self._reader = Reader(self, self, ListSource() if source is None else source)
        self._error: Exception | None = None
        self._foreshown = False
        self._cursor = 0
        self._held: Any | None = None
        self._told: int | None = None
        self._owed: set[str] = set()
        self._now_us = now_us
        self._header = int(header)
        self.empty_code = empty_code
        """The words shown when there is nothing to list."""
        self._painter = RowPainter(self, self._paint_failed)

    @property
    def source(self) -> Source:
        """Where the records come from; setting it starts at the first row, old rows show until it answers."""
        return self._reader.source

    @source.setter
    def source(self, source: Source) -> None:
        self._foreshown = False
        self._reader.open(source)

    def foreshow(self, source: ListSource) -> None:
        """Show rows until the source they come from is there: to be looked at, none of them is selected."""
        self._foreshown = True
        self.opened(self._reader.put(source))

    @property
    def columns(self) -> tuple[Column, ...]:
        """The columns, in order."""
        return self._columns

    @columns.setter
    def columns(self, columns: Sequence[Column]) -> None:
        self._columns = tuple(columns)
        self._painter.forget()
        self.refresh()

    @property
    def row_count(self) -> int | None:
        """How many records there are; None while that is not known."""
        return self._pages.count

    @property
    def cursor_row(self) -> int:
        """The row the cursor stands on, from 0."""
        return self._cursor

    @cursor_row.setter
    def cursor_row(self, row: int) -> None:
        self._go(row)

    @property
    def now_us(self) -> int:
        """Microseconds since 1970, as of the last tick."""
        return self._now_us

    @property
    def selected(self) -> Any | None:
        """The record under the cursor; None when there is none, it is still being read, or only shown."""
        return None if self._reader.opening or self._foreshown else self._pages.get(self._cursor)

    @property
    def loading_rows(self) -> bool:
        """Whether a read is under way."""
        return self._reader.busy or self._reader.counting

    @property
    def held(self) -> int:
        """How many records are in memory."""
        return self._pages.held

    def refresh_rows(self) -> None:
        """Read what is on the glass anew, keeping the selected record by its key and the scroll position."""
        self._reader.reread()

    def tick(self, now_us: int) -> None:
        """Repaint the time cells of the visible rows as of `now_us`; nothing else."""
        self._now_us = now_us
        rows = range(self._top, min(self._top + self._window, self._pages.known))
        sight = ((row - self._top + self._header, self._pages.get(row), row == self._cursor) for row in rows)
        glass.put(self, self._painter.tick(sight, now_us))

    def action_move(self, rows: int) -> None:
        """Move the cursor by `rows`."""
        self._go(self._cursor + rows)

    def action_page(self, pages: int) -> None:
        """Move the cursor by `pages` windows."""
        self._go(self._cursor + pages * max(1, self._window - 1))

    def action_first(self) -> None:
        """Go to the first row."""
        self._go(0)

    def action_last(self) -> None:
        """Go to the last row, as soon as it is known which that is."""
        if self._pages.count is None:
            self._owed.add("last")
            self._reader.read()
        else:
            self._go(self._pages.count - 1)

    def action_choose(self) -> None:
        """Choose the record under the cursor; one still being read is chosen when it comes."""
        if not self.may_choose():
            return
        record = self.selected
        if record is not None:
            self.post_message(self.Chosen(self, record))
        elif self._reader.busy:
            self._owed.add("choose")

    def forget_choice(self) -> None:
        """Choose nothing when the record comes: it is no longer what an Enter was meant for."""
        self._owed.discard("choose")

    def on_click(self, event: events.Click) -> None:
        """Put the cursor on the row clicked; a second click chooses it."""
        row = self._top + event.get_content_offset_capture(self).y - self._header
        if row < self._top or row >= self._pages.known:
            return
        again = row == self._cursor
        self._go(row)
        if again or event.chain > 1:
            self.action_choose()

    @property
    def _pages(self) -> Pages:
        return self._reader.pages

    @property
    def _window(self) -> int:
        return max(1, self.scrollable_content_region.height - self._header)

    @property
    def _top(self) -> int:
        return round(self.scroll_y)

    def _go(self, row: int) -> None:
        row = max(0, min(row, self._pages.known - 1))
        if row != self._cursor:
            self._owed.discard("choose")
            self._refresh_row(self._cursor)
            self._cursor = row
            self._refresh_row(row)
            self._owed.add("highlight")
        self._reveal()
        self._reader.read()
        self._pay()

    def _reveal(self) -> None:
        top = self._top
        if self._cursor < top:
            top = self._cursor
        elif self._cursor >= top + self._window:
            top = self._cursor - self._window + 1
        if top != self._top:
            self.scroll_to(y=top, animate=False, force=True)

    def _refresh_row(self, row: int) -> None:
        self.refresh_line(row + self._header)

    def _pay(self) -> None:
        """Do what waited for a record or the count."""
        if "last" in self._owed and self._pages.count is not None:
            self._owed.discard("last")
            self._go(self._pages.count - 1)
        record = self._held = self.selected
        if record is None:
            return
        if "highlight" in self._owed:
            self._owed.discard("highlight")
            self.post_message(self.Highlighted(self, record))
        if "choose" in self._owed:
            self._owed.discard("choose")
            self.post_message(self.Chosen(self, record))

    def on_mount(self) -> None:
        """Start reading."""
        self._refresh_scrollbars()
        self._reader.read()

    def on_resize(self) -> None:
        """Keep the cursor in sight and read what came into it."""
        self._reveal()
        self._reader.read()

    def watch_scroll_y(self, old_value: float, new_value: float) -> None:
        """Read what came into sight."""
        super().watch_scroll_y(old_value, new_value)
        self._reader.read()

    def rows_in_sight(self) -> tuple[int, int]:
        """The first row on the glass, and how many the glass holds."""
        return self._top, self._window

    def opened(self, pages: Pages) -> None:
        """Show the first page of a new source, from its first row."""
        self._cursor = 0
        self._owed.add("highlight")
        self._painter.forget()
        self.arrived()
        self.scroll_to(y=0, animate=False, force=True)

    def replaced(self, pages: Pages) -> None:
        """Show the rows read anew with the cursor on the record it was on, and on the line it was on."""
        old, held = self._cursor, self._held
        row = None if held is None else pages.find(pages.source.key(held))
        in_sight = old in range(self._top, self._top + self._window)
        self._cursor = max(0, min(old if row is None else row, pages.known - 1))
        if pages.get(self._cursor) != held:
            self._owed.add("highlight")
        self.arrived()
        if row is not None and row != old and self._top > 0:
            self.scroll_to(y=self._top + row - old, animate=False, force=True)
        if in_sight:
            self._reveal()

    def arrived(self) -> None:
        """Let the glass show what the pages now hold."""
        self._error = None
        size = Size(0, self._pages.known + self._header)
        if size != self.virtual_size:
            self.virtual_size = size
            self._scroll_update(size)
            if self.styles.auto_dimensions:
                self.refresh(layout=True)
        if self._pages.count is not None and self._pages.count != self._told:
            self._told = self._pages.count
            self.post_message(self.Counted(self, self._told))
        self.refresh()
        self._pay()

    def rested(self) -> None:
        """Forget an Enter that no record came for."""
        self._pay()
        self._owed.discard("choose")

    def failed(self, error: Exception) -> None:
        """Say it on the last line and to whoever listens; the rows stay."""
        self._error = error
        self._owed.clear()
        self.refresh()
        self.post_message(self.Failed(self, error))

    def _paint_failed(self, error: Exception) -> None:
        """Tell it from the table's own task; rows of the old source may not fit the new columns: they go at once."""
        if not self._reader.opening:
            self.call_later(lambda: self.post_message(self.Failed(self, error)))

    def notify_style_update(self) -> None:
        """Forget what was painted in other colours."""
        super().notify_style_update()
        self._painter.forget()

    def get_line_filters(self) -> Sequence[LineFilter]:
        """The app's filters but the one for ANSI colours, which this table does not paint."""
        return [each for each in super().get_line_filters() if not isinstance(each, ANSIToTruecolor)]

    def render_line(self, y: int) -> Strip:
        """Paint one line of the window."""
        painter, (width, height) = self._painter, self.scrollable_content_region.size
        painter.arrange(self._columns, width)
        if self._error is not None and y == height - 1:
            return painter.said("error", trouble(self._error))
        if y < self._header:
            return painter.titles()
        row = self._top + y - self._header
        if row < self._pages.known:
            record, here = self._pages.get(row), row == self._cursor
            return painter.row(record, here, self._now_us, self.is_marked(record))
        if row == 1 and not self._pages.known:
            words = "widgets.table.loading" if self._pages.count is None else self.empty_code
            return painter.said("faint", "  " + say(words))
        return Strip.blank(width, self.visual_style.rich_style)
