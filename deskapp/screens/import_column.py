"""The question which column of a sheet feeds a field (row P4)."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, ClassVar

from textual import events
from textual.binding import Binding, BindingType
from textual.content import Content
from textual.widget import Widget

from deskapp.i18n import say
from deskapp.screens import import_lists as lists
from deskapp.screens.base import DeskDialog
from deskapp.widgets.lines import Lines
from deskapp.widgets.record_table import Column, ListSource, PaintContext, RecordTable
from deskapp.widgets.safe_text import shown


class ColumnDialog(DeskDialog["tuple[str, ...]"]):
    """Which column feeds a field: Enter takes one, Space puts several together, Backspace takes all away."""

    SCREEN_ID, TITLE_CODE, ROWS = "import_column", "imports.column.title", ("P4",)
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("space", "mark", id="import_column.mark"),
        Binding("backspace", "none", id="import_column.none"),
    ]
    DEFAULT_CSS = """
    ColumnDialog RecordTable { height: 14; }
    """

    def __init__(self, line: lists.FieldLine, headers: list[str]) -> None:
        super().__init__()
        self.line = line
        self.marked = list(line.headers)
        self.table = RecordTable([Column("header", "imports.column.header", None, self._paint)])
        self.table.source = ListSource(headers, key=str)

    def body(self) -> Iterable[Widget]:
        """The headers of the sheet."""
        yield Lines([Content.styled(say(f"import.field.{self.line.field}"), "bold")], grow=True)
        yield self.table

    def ready(self) -> None:
        """The list has the focus."""
        self.table.focus()

    def _paint(self, header: str, _context: PaintContext) -> Content:
        mark = f"{self.marked.index(header) + 1} " if header in self.marked else "  "
        return Content.assemble((mark, "bold $primary"), shown(header))

    def action_mark(self) -> None:
        """Mark or unmark the column under the cursor."""
        header: Any = self.table.selected
        if header is not None:
            self.marked = [one for one in self.marked if one != header] + (
                [] if header in self.marked else [header]
            )
            self.table.refresh_rows()

    def action_none(self) -> None:
        """No column feeds this field."""
        self.dismiss(())

    def on_record_table_chosen(self, message: RecordTable.Chosen) -> None:
        """Take the marked columns, or the one under the cursor."""
        several = len(self.marked) > 1 or (self.marked and tuple(self.marked) != self.line.headers)
        self.dismiss(tuple(self.marked) if several else (message.record,))

    def on_key(self, event: events.Key) -> None:
        """Nothing pressed here may reach the screen below."""
