"""Mass complaints: the groups, those still open first; one answer and one resolution for all of a cause (row T11)."""

from __future__ import annotations

from typing import ClassVar

from textual.binding import Binding, BindingType

from deskapp.screens.base import DeskScreen, Panel
from deskapp.screens.mass_lists import MassRows, group_columns
from deskapp.screens.paged import Listed
from deskapp.widgets.record_table import RecordTable


class MassScreen(Listed, DeskScreen[None]):
    """All groups: state, cause, how many clients, how many still wait; Enter opens one."""

    PLACE, SCREEN_ID, ROWS = "more", "mass", ("T11",)
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "open", id="mass.open"),
        Binding("escape", "leave", id="back"),
    ]

    def __init__(self) -> None:
        super().__init__()
        self.table = RecordTable((), empty_code="mass.none", id="mass-table")
        self.panel = Panel("mass.title", self.table)

    def ready(self) -> None:
        """Read the first of them."""
        self.table.columns = group_columns(self.desk)
        self.table.source = MassRows(self.desk)
        self.table.focus()
        self._titles()

    def relabel(self) -> None:
        """Say everything again."""
        super().relabel()
        self._titles()

    def _titles(self) -> None:
        count = self.table.row_count
        self.panel.entitle(count="" if count is None else count)

    def on_record_table_chosen(self, message: RecordTable.Chosen) -> None:
        """Open it."""
        from deskapp.screens.mass_group import MassGroupScreen

        self.app.push_screen(MassGroupScreen(message.record.mass.id))

    def action_leave(self) -> None:
        """Back to the queue."""
        self.app.go("queue")
