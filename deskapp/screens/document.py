"""One document: its words, what it asked of people, and the files kept with it (row K4)."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any, ClassVar

from textual.binding import Binding, BindingType
from textual.widget import Widget

from deskapp.domain.office_document import ActionItem, ItemRow
from deskapp.screens import document_acts as acts
from deskapp.screens import document_lists as lists
from deskapp.screens.attachments import open_files
from deskapp.screens.base import DeskScreen, Panel
from deskapp.screens.dated import Dated
from deskapp.screens.form_dialog import Editing
from deskapp.screens.one_record import OneRecord
from deskapp.screens.paged import Listing
from deskapp.widgets.prose import Prose
from deskapp.widgets.record_table import ListSource, RecordTable

if TYPE_CHECKING:
    from deskapp.services.documents import Opened

MOST_ROWS = 6
"""Items or files that are shown at once; each list scrolls."""


class DocumentScreen(Editing, Listing, OneRecord, Dated, DeskScreen[None]):
    """The text above, the action items, the files; Tab goes from one to the next, Enter opens what the cursor is on."""

    PLACE, SCREEN_ID, ROWS = "more", "document", ("K4",)
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "open", id="document.open"),
        Binding("e", "edit", id="document.edit"),
        Binding("n", "item", id="document.item"),
        Binding("d", "settle", id="document.settle"),
        Binding("h", "hand_over", id="document.hand_over"),
        Binding("a", "files", id="document.files"),
        Binding("s", "save_file", id="document.save_file"),
        Binding("p", "export", id="document.export"),
        Binding("v", "preview", id="document.preview"),
        Binding("escape", "leave", id="back"),
    ]
    DEFAULT_CSS = """
    DocumentScreen #document-items, DocumentScreen #document-files { display: none; height: 5; }
    """

    def __init__(self, document_id: int) -> None:
        super().__init__()
        self.document_id = document_id
        self.opened: Opened | None = None
        self.text = Prose(id="document-text")
        self.items = RecordTable((), id="document-items-table")
        self.files = RecordTable((), id="document-files-table")
        self.panel = Panel("document.title", self.text)
        self.items_panel = Panel("document.items", self.items, id="document-items")
        self.files_panel = Panel("document.files", self.files, id="document-files")

    def body(self) -> Iterable[Widget]:
        """The text; below it the items and the files, where there are any."""
        yield self.panel
        yield self.items_panel
        yield self.files_panel

    def ready(self) -> None:
        """Read it."""
        self.text.focus()
        self._read(begin=True)

    def changed(self) -> None:
        """Read it anew."""
        if self.app.desk is not None and self.app.desk.operator is not None:
            self._read()

    def relabel(self) -> None:
        """Say everything again."""
        super().relabel()
        if self.opened is not None and self.app.desk is not None:
            self._show(self.opened)

    def _read(self, *, begin: bool = False) -> None:
        from deskapp.services import documents

        desk, document_id = self.desk, self.document_id

        def show(found: Opened) -> None:
            self._show(found)
            if begin and found.items:
                self.items.focus()

        self.read_record(lambda: documents.opened(desk, document_id), show, group="document")

    def _show(self, opened: Opened) -> None:
        self.opened = opened
        self.panel.entitle(title=opened.document.title)
        self.text.show(lists.text_lines(opened))
        self.items.columns = lists.item_columns(self.today)
        self.files.columns = lists.file_columns(self.desk)
        waiting = sum(row.item.waits for row in opened.items)
        self._fill(self.items_panel, self.items, opened.items, lambda row: row.item.id)
        self._fill(self.files_panel, self.files, opened.files, lambda row: row.attachment.id)
        self.items_panel.entitle(count=len(opened.items), waiting=waiting)
        self.files_panel.entitle(count=len(opened.files))
        self.refresh_bindings()

    def _fill(self, panel: Panel, table: RecordTable, rows: Any, key: Any) -> None:
        """Put rows into a list that takes no more room than they need; an empty one is not there."""
        panel.display = bool(rows)
        panel.styles.height = min(len(rows), MOST_ROWS) + 3
        source = table.source
        if isinstance(source, ListSource) and source.records and rows:
            source.replace(list(rows))
            table.refresh_rows()
        else:
            table.source = ListSource(list(rows), key=key)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """What needs an item or a file is there with one."""
        if action in ("settle", "hand_over"):
            return self.opened is not None and bool(self.opened.items)
        if action == "save_file":
            return self.opened is not None and bool(self.opened.files)
        return True

    def on_record_table_chosen(self, message: RecordTable.Chosen) -> None:
        """Change an item, or write a copy of a file."""
        if message.control is self.files:
            acts.save_file(self, message.record.attachment)
        else:
            self._change(message.record)

    def _change(self, row: ItemRow) -> None:
        if row.item.ticket_id is not None:
            acts.open_ticket(self, row)
        elif row.item.waits and self.may("action_item.save"):
            acts.item(self, row.item, row.staff, row.document_title, self._done)
        else:
            self.app.say("action_item.is_over", outcome=row.item.outcome)

    def _done(self, _: object) -> None:
        self._read()

    def action_open(self) -> None:
        """Open what the cursor is on."""
        filled = [table for table in (self.items, self.files) if table.row_count]
        focused = [table for table in (self.items, self.files) if table.has_focus]
        for table in (focused or filled)[:1]:
            table.action_choose()

    def action_edit(self) -> None:
        """Change the document."""
        opened = self.once_read(self.opened, self.action_edit)
        if opened is not None and self.may("document.save"):
            acts.write(self, opened.document, self._done)

    def action_item(self) -> None:
        """Add an action item."""
        opened = self.once_read(self.opened, self.action_item)
        if opened is not None and self.may("action_item.save"):
            new = ActionItem(document_id=self.document_id)
            acts.item(self, new, "", opened.document.title, self._added)

    def _added(self, _: object) -> None:
        self._read()
        self.items.focus()

    def action_settle(self) -> None:
        """End the item under the cursor, or open it again."""
        row: ItemRow | None = self.items.selected
        if row is not None and self.may("action_item.save"):
            acts.settle(self, row, self._done)

    def action_hand_over(self) -> None:
        """Hand the item under the cursor to a department."""
        row: ItemRow | None = self.items.selected
        if row is not None and self.may("action_item.save"):
            acts.hand_over(self, row, self._done)

    def action_files(self) -> None:
        """Add files, and see them."""
        open_files(self, "document", self.document_id)

    def action_save_file(self) -> None:
        """Write a copy of the file under the cursor."""
        if self.files.selected is not None:
            acts.save_file(self, self.files.selected.attachment)

    def action_export(self) -> None:
        """Write the document as a file."""
        acts.export(self, self.document_id)

    def action_preview(self) -> None:
        """Look at the document as it is printed."""
        from deskapp.screens.document_paper import DocumentPaperScreen

        self.app.push_screen(DocumentPaperScreen(self.document_id))

    def action_leave(self) -> None:
        """Go back."""
        self.dismiss(None)
