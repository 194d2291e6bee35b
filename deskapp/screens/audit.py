"""Who did what: the audit trail by record, person and time, and whether it is still what was written (row P2)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import TYPE_CHECKING, Any, ClassVar

from textual.binding import Binding, BindingType
from textual.content import Content
from textual.widget import Widget
from textual.widgets import Input

from deskapp.domain.audit import AuditFilter
from deskapp.i18n import say
from deskapp.i18n.errors import in_words
from deskapp.screens import audit_view, paint
from deskapp.screens.base import DeskDialog, DeskScreen, Panel
from deskapp.screens.paged import Listed
from deskapp.widgets import painting
from deskapp.widgets.form_field import TextField
from deskapp.widgets.lines import Lines
from deskapp.widgets.prose import Prose
from deskapp.widgets.record_table import Column, PaintContext, RecordTable

if TYPE_CHECKING:
    from deskapp.desk import Desk
    from deskapp.domain.audit import Verdict
    from deskapp.services.audit_trail import AuditRow, Trail

PAUSE_S = 0.2


class FindField(TextField):
    """The line one types in; Enter goes on to the list."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding("down", "next_field", show=False)]

    def action_next_field(self) -> None:
        """Go to the list."""
        if isinstance(self.screen, AuditScreen):
            self.screen.table.focus()


class AuditScreen(Listed, DeskScreen[None]):
    """Entries, the newest first; type a ticket number, a day or a colleague; a key narrows to the line's own."""

    PLACE, SCREEN_ID, ROWS = "more", "audit", ("P2",)
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "open", id="audit.open"),
        Binding("slash", "find", id="audit.find"),
        Binding("r", "this('record')", id="audit.record"),
        Binding("p", "this('person')", id="audit.person"),
        Binding("v", "verify", id="audit.verify"),
        Binding("escape", "clear", id="audit.clear"),
    ]
    DEFAULT_CSS = """
    AuditScreen #audit-find { margin: 0 0 1 0; }
    AuditScreen #audit-told { height: auto; display: none; padding: 0 1; }
    """

    def __init__(self) -> None:
        super().__init__()
        self.wanted = AuditFilter()
        self.typed = FindField("audit-find", "audit.find")
        self.table = RecordTable((), empty_code="audit.empty", id="audit-table")
        self.told = Lines(grow=True, id="audit-told")
        self.panel = Panel("audit.title", self.typed, self.told, self.table)

    def ready(self) -> None:
        """Show the newest."""
        self.table.columns = _columns(self.desk)
        self.table.focus()
        self._list(AuditFilter())

    def _list(self, wanted: AuditFilter) -> None:
        from deskapp.services.audit_trail import Trail

        desk = self.desk

        def listed(trail: Trail) -> None:
            self.wanted = wanted
            self.table.source = trail
            self._titles()

        self.ask(lambda: Trail(desk, wanted), listed, group="trail", wrong=self._refused)

    def _refused(self, error: Exception) -> None:
        self._tell(in_words(error), "bold $error")

    def _titles(self) -> None:
        count = self.table.row_count
        self.panel.entitle(count="" if count is None else count)

    def on_input_changed(self, event: Input.Changed) -> None:
        """Look for what is typed; a word nobody understands is said, the list stays."""
        from deskapp.services.audit_trail import read_filter

        if self.app.desk is None:
            return
        desk, typed = self.desk, event.value.strip()
        self.ask(
            lambda: read_filter(desk, typed),
            self._understood,
            group="filter",
            wrong=lambda _: self._tell(say("audit.not_yet"), "$text-muted"),
        )

    def _understood(self, wanted: AuditFilter) -> None:
        self._tell("")
        if wanted != self.wanted:
            self._list(wanted)

    def _tell(self, words: str, tone: str = "") -> None:
        self.told.display = bool(words)
        self.told.show([Content.styled(words, tone)] if words else [])

    def on_record_table_chosen(self, message: RecordTable.Chosen) -> None:
        """Show the whole entry."""
        self.app.push_screen(AuditEntryDialog(message.record))

    def action_find(self) -> None:
        """Type what is looked for."""
        self.typed.focus()

    def action_this(self, what: str) -> None:
        """Only what was done to this record, or by this person."""
        row: AuditRow | None = self.table.selected
        if row is None:
            return
        entry = row.entry
        if what == "record":
            wanted = replace(self.wanted, noun=entry.noun, record_id=entry.record_id)
        else:
            wanted = replace(self.wanted, operator_id=entry.operator_id)
        self._tell(audit_view.record_words(row) if what == "record" else entry.who, "$text-muted")
        self._list(wanted)

    def action_verify(self) -> None:
        """Walk the whole chain and say whether it is what was written."""
        from deskapp.services import audit

        desk = self.desk
        self._tell(say("audit.verifying"), "$text-muted")
        self.ask(lambda: audit.verify(desk), self._verified, group="verify", wrong=self._refused)

    def _verified(self, verdict: Verdict) -> None:
        fault = verdict.fault
        self.table.refresh_rows()
        if fault is None:
            self._tell(say("audit.whole", count=verdict.entries, head=verdict.head[:16]), "bold $success")
            return
        at = paint.when(self.desk, fault.at) if fault.at else ""
        number = fault.audit_id if fault.audit_id is not None else f"#{fault.seq}"
        who = fault.who or say("form.nothing")
        self._tell(say(f"audit.fault.{fault.code}", number=number, who=who, at=at), "bold $error")

    def action_clear(self) -> None:
        """Show everything again; from everything go back to the queue."""
        if self.typed.read():
            self.typed.fill("")
            self._list(AuditFilter())
        elif self.wanted != AuditFilter() or self.told.display:
            self._tell("")
            self._list(AuditFilter())
        elif self.typed.has_focus:
            self.table.focus()
        else:
            self.app.go("queue")

    def relabel(self) -> None:
        """Say everything again."""
        super().relabel()
        self._titles()


class AuditEntryDialog(DeskDialog[None]):
    """One entry, every field before and after."""

    SCREEN_ID, ROWS, TITLE_CODE = "audit_entry", ("P2",), "audit.entry"
    DEFAULT_CSS = """
    AuditEntryDialog .dialog { height: 80%; }
    """

    def __init__(self, row: AuditRow) -> None:
        super().__init__()
        self.row = row
        self.text = Prose()

    def body(self) -> Iterable[Widget]:
        """The entry's lines."""
        yield self.text

    def ready(self) -> None:
        """Show it."""
        self.text.focus()
        self.relabel()

    def relabel(self) -> None:
        """Say it in the language in use."""
        super().relabel()
        if self.app.desk is not None:
            self.text.show(audit_view.whole(self.desk, self.row))


def _columns(desk: Desk) -> list[Column]:
    def at(row: AuditRow, _context: PaintContext) -> Content:
        return Content.styled(desk.local(row.entry.at).format("MM-DD HH:mm:ss"), "$text-muted")

    def what(row: AuditRow, _context: PaintContext) -> Content:
        return audit_view.summary(desk, row.entry)

    return [
        Column("at", "audit.column.at", 14, at),
        Column("who", "audit.column.who", 10, _who),
        Column("act", "audit.column.act", 14, _act),
        Column("record", "audit.column.record", 24, _record),
        Column("what", "audit.column.what", None, what, min_terminal=90),
        Column("sealed", "", 1, _sealed),
    ]


def _who(row: AuditRow, _context: PaintContext) -> Content:
    return painting.safe(row.entry.who)


def _act(row: AuditRow, _context: PaintContext) -> Content:
    return painting.safe(audit_view.act_words(row.entry))


def _record(row: AuditRow, _context: PaintContext) -> Content:
    return painting.safe(audit_view.record_words(row))


def _sealed(row: AuditRow, _context: PaintContext) -> Any:
    return Content.styled("\u00b7", "$warning") if not row.entry.sealed else Content("")
