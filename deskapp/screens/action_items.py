"""The action items of all documents by their day: one's own or everybody's, open, handed over, done (row K4)."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from textual.binding import Binding, BindingType

from deskapp.domain.office_document import STATES, ItemRow
from deskapp.domain.operator import LEADERS
from deskapp.i18n import say
from deskapp.screens import document_acts as acts
from deskapp.screens import document_lists as lists
from deskapp.screens.base import DeskScreen, Panel
from deskapp.screens.dated import Dated
from deskapp.screens.form_dialog import Editing
from deskapp.screens.paged import Listed
from deskapp.widgets.record_table import RecordTable

if TYPE_CHECKING:
    pass


class ActionItemsScreen(Editing, Listed, Dated, DeskScreen[None]):
    """What meetings asked, the most pressing first; one key ends an item, one hands it to a department."""

    PLACE, SCREEN_ID, ROWS = "more", "action_items", ("K4",)
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "open", id="action_items.open"),
        Binding("d", "settle", id="action_items.settle"),
        Binding("h", "hand_over", id="action_items.hand_over"),
        Binding("e", "edit", id="action_items.edit"),
        Binding("o", "ticket", id="action_items.ticket"),
        Binding("f", "filter", id="action_items.filter"),
        Binding("m", "mine", id="action_items.mine"),
        Binding("escape", "leave", id="back"),
    ]

    def __init__(self) -> None:
        super().__init__()
        self.state = STATES[0]
        self.mine = False
        self.table = RecordTable((), empty_code="action_item.none", id="action-items-table")
        self.panel = Panel("action_item.title", self.table)

    def ready(self) -> None:
        """Begin with one's own; whoever leads begins with everybody's."""
        operator = self.desk.operator
        self.mine = operator is not None and operator.role not in LEADERS and operator.staff_id is not None
        self.table.columns = lists.item_columns(self.today, of_all=True)
        self.table.focus()
        self._list()

    def _list(self) -> None:
        operator = self.desk.operator
        staff_id = operator.staff_id if self.mine and operator is not None else None
        self.table.source = lists.Items(self.desk, self.state, staff_id)
        self._titles()

    def _titles(self) -> None:
        count = self.table.row_count
        whose = say("action_item.mine") if self.mine else say("action_item.all")
        state = say(f"action_item.state.{self.state}")
        self.panel.entitle(whose=whose, state=state, count="" if count is None else count)

    def relabel(self) -> None:
        """Say everything again."""
        super().relabel()
        if self.app.desk is not None and self.app.desk.operator is not None:
            self.table.columns = lists.item_columns(self.today, of_all=True)
            self._titles()

    def on_record_table_chosen(self, message: RecordTable.Chosen) -> None:
        """Open the document it is of."""
        acts.show(self, message.record.item.document_id)

    def _selected(self) -> ItemRow | None:
        row: ItemRow | None = self.table.selected
        return row if row is not None and self.may("action_item.save") else None

    def _done(self, _: object) -> None:
        self.changed()

    def action_settle(self) -> None:
        """End the item under the cursor, or open it again."""
        row = self._selected()
        if row is not None:
            acts.settle(self, row, self._done)

    def action_hand_over(self) -> None:
        """Hand the item under the cursor to a department."""
        row = self._selected()
        if row is not None:
            acts.hand_over(self, row, self._done)

    def action_edit(self) -> None:
        """Change the item under the cursor."""
        row = self._selected()
        if row is None:
            return
        if row.item.waits:
            acts.item(self, row.item, row.staff, row.document_title, self._done)
        else:
            self.app.say("action_item.is_over", outcome=row.item.outcome)

    def action_ticket(self) -> None:
        """Open the ticket it was handed over by."""
        row: ItemRow | None = self.table.selected
        if row is not None:
            acts.open_ticket(self, row)

    def action_filter(self) -> None:
        """Show those in another state."""
        self.state = STATES[(STATES.index(self.state) + 1) % len(STATES)]
        self._list()

    def action_mine(self) -> None:
        """Show one's own only, or everybody's."""
        operator = self.desk.operator
        if not self.mine and (operator is None or operator.staff_id is None):
            self.app.say("action_item.not_in_staff")
            return
        self.mine = not self.mine
        self._list()

    def action_leave(self) -> None:
        """Go back."""
        self.dismiss(None)
