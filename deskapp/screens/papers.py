"""Papers issued, the newest first; a new one is looked at, written, issued, exported (row R1; text 4, 1.3.4)."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from functools import partial
from typing import TYPE_CHECKING, ClassVar

from textual.binding import Binding, BindingType
from textual.content import Content
from textual.widget import Widget

from deskapp.i18n import say
from deskapp.screens import paint
from deskapp.screens.base import DeskScreen, Panel
from deskapp.screens.form_dialog import Editing
from deskapp.screens.paged import Listed
from deskapp.screens.paper_due import due_columns, due_key
from deskapp.widgets import painting, signs
from deskapp.widgets.record_pages import ListSource
from deskapp.widgets.record_table import Column, PaintContext, RecordTable

if TYPE_CHECKING:
    from deskapp.desk import Desk
    from deskapp.domain.paper import PaperRow
    from deskapp.services.papers.dues import OpenDue

MOST_DUES = 7
"""Papers due that are shown at once; the list of them scrolls."""


class PapersScreen(Editing, Listed, DeskScreen[None]):
    """What is due first, then every paper in its last revision; Enter makes the one, reads the other."""

    PLACE, SCREEN_ID, ROWS = "more", "papers", ("R1",)
    DEFAULT_CSS = """
    PapersScreen #papers-due { display: none; height: 5; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "open", id="papers.open"),
        Binding("n", "make", id="papers.make"),
        Binding("x", "export", id="papers.export"),
        Binding("v", "revisions", id="papers.revisions"),
        Binding("f", "filter", id="papers.filter"),
        Binding("t", "templates", id="papers.templates"),
        Binding("escape", "leave", id="back"),
    ]

    def __init__(self) -> None:
        super().__init__()
        self.kind = ""
        self.table = RecordTable((), empty_code="paper.empty", id="papers-table")
        self.panel = Panel("paper.screen.list", self.table)
        self.dues = RecordTable((), id="papers-due-table")
        self.due_panel = Panel("paper_due.title", self.dues, id="papers-due")
        self._began = False

    def body(self) -> Iterable[Widget]:
        """What is due, and the list of what was issued."""
        yield self.due_panel
        yield self.panel

    def ready(self) -> None:
        """Read the list."""
        self.table.columns = columns(self.desk)
        self._look()
        self._read_dues()

    def _read_dues(self) -> None:
        desk = self.desk

        def due() -> list[OpenDue]:
            from deskapp.services.papers import dues

            return dues.open_dues(desk)

        self.ask(due, self._show_dues, group="dues")

    def _show_dues(self, found: list[OpenDue]) -> None:
        """What is due stands first, and there the cursor begins; with nothing due its place is the list's."""
        focused = self.dues.has_focus
        self.due_panel.display = bool(found)
        self.due_panel.styles.height = min(len(found), MOST_DUES) + 3
        late = sum(one.state == "late" for one in found)
        self.due_panel.entitle(count=len(found), late=late)
        self.dues.columns = due_columns()
        source = self.dues.source
        if isinstance(source, ListSource) and source.records and found:
            source.replace(found)
            self.dues.refresh_rows()
        else:
            self.dues.source = ListSource(found, key=due_key)
        if found and not self._began:
            self.dues.focus()
        elif focused and not found:
            self.table.focus()
        self._began = True

    def _look(self) -> None:
        from deskapp.services.papers import Issued

        self.table.source = Issued(self.desk, self.kind)
        self.table.focus()
        self._titles()

    def _titles(self) -> None:
        count = self.table.row_count
        which = say(f"paper.title.{self.kind}") if self.kind else say("paper.all")
        self.panel.entitle(which=which, count="" if count is None else count)
        self.panel.relabel()

    def changed(self) -> None:
        """Read anew; the cursor stays."""
        if self.app.desk is not None and self.app.desk.operator is not None:
            self.table.refresh_rows()
            self._read_dues()

    def relabel(self) -> None:
        """Say everything again."""
        super().relabel()
        if self.app.desk is not None and self.app.desk.operator is not None:
            self.table.columns = columns(self.desk)
            self.dues.columns = due_columns()
            self.due_panel.relabel()
            self._titles()

    def on_record_table_chosen(self, message: RecordTable.Chosen) -> None:
        """Read the paper as it was issued, or make the one that is due."""
        from deskapp.screens.paper import IssuedPaperScreen, PreviewScreen

        if self.dues.has_focus:
            self.app.push_screen(PreviewScreen(*message.record.due.key))
        else:
            self.app.push_screen(IssuedPaperScreen(message.record.paper.id))

    def action_open(self) -> None:
        """Read or make the paper under the cursor."""
        (self.dues if self.dues.has_focus else self.table).action_choose()

    def action_make(self) -> None:
        """Choose a kind and a period, and look at the paper as it would be."""
        from deskapp.screens.paper_dialogs import KindsDialog

        self.app.push_screen(KindsDialog(), self._chosen)

    def _chosen(self, chosen: tuple[str, date] | None) -> None:
        from deskapp.screens.paper import PreviewScreen

        if chosen is not None:
            self.app.push_screen(PreviewScreen(*chosen))

    def action_export(self) -> None:
        """Write the paper under the cursor as a file."""
        from deskapp.screens.paper_dialogs import export_issued

        row: PaperRow | None = self.table.selected
        if row is not None:
            export_issued(self, row.paper.id)

    def action_revisions(self) -> None:
        """Show the revisions of the paper under the cursor."""
        from deskapp.screens.paper import show_revisions

        row: PaperRow | None = self.table.selected
        if row is not None:
            show_revisions(self, row.paper.kind, row.paper.first_on)

    def action_filter(self) -> None:
        """Show the papers of the next kind that was declared, after the last one all."""
        from deskapp.services.papers import KINDS

        kinds = ["", *KINDS]
        self.kind = kinds[(kinds.index(self.kind) + 1) % len(kinds)]
        self._look()

    def action_templates(self) -> None:
        """Show the templates papers and slips follow."""
        from deskapp.screens.paper_templates import TemplatesDialog

        self.app.push_screen(TemplatesDialog())

    def action_leave(self) -> None:
        """Back to the queue."""
        self.app.go("queue")


def columns(desk: Desk) -> list[Column]:
    """What a list of issued papers shows."""
    return [
        Column("number", "paper.column.number", 16, _number),
        Column("title", "paper.column.title", None, _title),
        Column("period", "paper.column.period", 10, _period),
        Column("revision", "paper.column.revision", 4, _revision, align="right"),
        Column("who", "paper.column.who", 8, lambda row, _: painting.safe(row.who), min_terminal=90),
        Column("when", "paper.column.when", 11, partial(_when, desk)),
        Column("state", "paper.column.state", 9, _state),
    ]


def _number(row: PaperRow, _context: PaintContext) -> Content:
    return painting.safe(row.paper.number, "$accent")


def _title(row: PaperRow, _context: PaintContext) -> Content:
    return painting.safe(row.paper.title, "bold")


def _period(row: PaperRow, _context: PaintContext) -> Content:
    from deskapp.services.papers import KINDS

    paper = row.paper
    kind = KINDS.get(paper.kind)
    return painting.safe(kind.period_of(paper.first_on).code if kind else paper.first_on.isoformat())


def _revision(row: PaperRow, _context: PaintContext) -> Content:
    return painting.safe(str(row.paper.revision), "$warning" if row.paper.revision > 1 else "$text-muted")


def _when(desk: Desk, row: PaperRow, _context: PaintContext) -> Content:
    return Content.styled(paint.when(desk, row.paper.issued_at), "$text-muted")


def _state(row: PaperRow, _context: PaintContext) -> Content:
    return state_words(row)


def state_words(row: PaperRow) -> Content:
    """Whether a paper was issued in time."""
    if row.paper.due_on is None:
        return Content.styled("-", "$text-disabled")
    if row.paper.revision > 1:
        return Content.styled(say("paper.state.corrected"), "$warning")
    if row.late_days:
        return Content.styled(
            f"{signs.sign('overdue')}{say('paper.state.late', days=row.late_days)}", "bold $error"
        )
    return Content.styled(f"{signs.sign('met')} {say('paper.state.in_time')}", "$success")
