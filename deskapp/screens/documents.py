"""Documents of the department by kind and day, found as one types, in their files too (row K4; text 4, 3.3.1-3.3.3)."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Sequence
from typing import TYPE_CHECKING, ClassVar

from textual.binding import Binding, BindingType
from textual.content import Content
from textual.widget import Widget

from deskapp.domain.office_document import KINDS, DocumentRow, OfficeDocument
from deskapp.i18n import say
from deskapp.screens import document_acts as acts
from deskapp.screens import document_lists as lists
from deskapp.screens.base import DeskScreen, Panel
from deskapp.screens.dated import Dated
from deskapp.screens.form_dialog import Editing
from deskapp.screens.found_list import FoundList, PageFindLine
from deskapp.widgets import painting
from deskapp.widgets.lines import Lines
from deskapp.widgets.record_table import RecordTable

if TYPE_CHECKING:
    pass

DIGITS = (("1", ""), *((str(place), kind) for place, kind in enumerate(KINDS, 2)))
"""The keys of the kinds; 1 is all."""


class DocumentsScreen(Editing, FoundList, Dated, DeskScreen[None]):
    """Minutes, forms, regulations and files, the newest first; typing finds any of them. Enter opens one."""

    PLACE, SCREEN_ID, ROWS = "more", "documents", ("K4",)
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "open", id="documents.open"),
        Binding("slash", "find", id="documents.find"),
        Binding("n", "make", id="documents.make"),
        Binding("e", "edit", id="documents.edit"),
        Binding("t", "items", id="documents.items"),
        Binding("p", "export", id="documents.export"),
        Binding("x", "retire", id="documents.retire"),
        Binding("v", "retired", id="documents.retired"),
        *(
            Binding(digit, f"kind('{kind}')", id=f"documents.kind.{kind or 'all'}", system=True)
            for digit, kind in DIGITS
        ),
        Binding("escape", "clear", id="documents.clear"),
    ]
    DEFAULT_CSS = """
    DocumentsScreen #documents-kinds { height: 1; padding: 0 1; }
    DocumentsScreen.-narrow #documents-kinds { height: 2; }
    """

    def __init__(self) -> None:
        super().__init__()
        self.kind = ""
        self.active = True
        self.counts: dict[str, int] = {}
        self.kinds = Lines(id="documents-kinds")
        self.typed = PageFindLine("documents-find", "documents.find_label")
        self.table = RecordTable((), empty_code="documents.empty", id="documents-table")
        self.panel = Panel("documents.title", self.typed, self.table)

    def body(self) -> Iterable[Widget]:
        """The kinds, a line to type in, and the list."""
        yield self.kinds
        yield self.panel

    def ready(self) -> None:
        """Show all."""
        self.table.columns = lists.document_columns(self.today)
        self.table.focus()
        self._list()
        self._count()

    def changed(self) -> None:
        """Read anew; the cursor stays on its document."""
        if self.app.desk is not None and self.app.desk.operator is not None:
            self._count()
        super().changed()

    def relabel(self) -> None:
        """Say everything again."""
        super().relabel()
        if self.app.desk is not None:
            self.table.columns = lists.document_columns(self.today)
            self._titles()

    def _list(self) -> None:
        self.table.source = lists.Documents(self.desk, self.kind, self.active)
        self._titles()

    def _count(self) -> None:
        desk = self.desk

        def counts() -> dict[str, int]:
            with desk.read() as work:
                return work.documents.counts()

        def counted(found: dict[str, int]) -> None:
            self.counts = found
            self._titles()

        self.ask(counts, counted, group="counts")

    def _titles(self) -> None:
        words = [self._kind_words(digit, kind) for digit, kind in DIGITS]
        half = 4 if self.has_class("-narrow") else len(words)
        self.kinds.show([painting.join(part) for part in (words[:half], words[half:]) if part])
        which = say(f"document.kind.{self.kind}") if self.kind else say("documents.all")
        if self.typed.read():
            which = f"{which} \u00b7 {say('documents.found')}"
        if not self.active:
            which = f"{which} \u00b7 {say('document.retired')}"
        rows = self.table.row_count
        self.panel.entitle(which=which, count="" if rows is None else rows)

    def _kind_words(self, digit: str, kind: str) -> Content:
        name = say(f"document.kind.{kind}") if kind else say("documents.all")
        count = self.counts.get(kind, 0) if kind else sum(self.counts.values())
        tone = "bold reverse $primary" if kind == self.kind else "$foreground"
        return Content.assemble((f"{digit} ", "$primary"), (f"{name} {count}", tone))

    def _question(self, typed: str) -> Callable[[], Sequence[DocumentRow]]:
        from deskapp.services import documents

        desk, kind, active = self.desk, self.kind, self.active
        return lambda: documents.find(desk, typed, kind, active=active)

    def _key(self, row: DocumentRow) -> Hashable:
        return row.document.id

    def on_record_table_chosen(self, message: RecordTable.Chosen) -> None:
        """Open the document."""
        acts.show(self, message.record.document.id)

    def action_kind(self, kind: str) -> None:
        """Show another kind, or all."""
        self.kind = kind
        self._again()

    def action_retired(self) -> None:
        """Show those out of use, or those in use again."""
        self.active = not self.active
        self._again()

    def action_clear(self) -> None:
        """Empty the line, then show those in use again, then all kinds; then back to the queue."""
        if self.typed.read():
            self.typed.fill("")
            self._list()
        elif self.typed.has_focus:
            self.table.focus()
        elif not self.active:
            self.action_retired()
        elif self.kind:
            self.action_kind("")
        else:
            self.app.go("queue")

    def action_make(self) -> None:
        """Write a new document, of the kind that is shown; then open it."""
        if self.may("document.save"):
            new = OfficeDocument(kind=self.kind or KINDS[0], day=self.today)
            acts.write(self, new, lambda one: acts.show(self, one.id))

    def action_edit(self) -> None:
        """Change the document under the cursor."""
        row: DocumentRow | None = self.table.selected
        if row is not None and self.may("document.save"):
            acts.write(self, row.document)

    def action_items(self) -> None:
        """Show the action items of all documents."""
        from deskapp.screens.action_items import ActionItemsScreen

        self.app.push_screen(ActionItemsScreen())

    def action_export(self) -> None:
        """Write the document under the cursor as a file."""
        row: DocumentRow | None = self.table.selected
        if row is not None:
            acts.export(self, row.document.id)

    def action_retire(self) -> None:
        """Take the document under the cursor out of use, or bring it back."""
        from deskapp.services import documents

        row: DocumentRow | None = self.table.selected
        if row is None or not self.may("document.retire"):
            return
        desk, document = self.desk, row.document
        told = "document.is_retired" if document.active else "document.is_back"

        def done(one: OfficeDocument) -> None:
            from deskapp.services import harmless

            back = harmless.turned(
                desk, one.active, lambda here: documents.retire(here, one, active=not one.active)
            )
            self.app.undoing.offer(back, say(told, number=one.number))
            self.changed()

        self.act(lambda: documents.retire(desk, document, active=not document.active), done)
