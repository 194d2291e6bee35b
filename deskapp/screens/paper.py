"""One paper on the whole glass: as it would be issued now, or as it was issued (row R1)."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar

from textual.binding import Binding, BindingType
from textual.widget import Widget

from deskapp.i18n import say
from deskapp.screens.base import DeskScreen, Framed, Panel
from deskapp.screens.form_dialog import Editing
from deskapp.widgets import painting, signs
from deskapp.widgets.prose import Prose

if TYPE_CHECKING:
    from deskapp.domain.document import Document
    from deskapp.domain.paper import IssuedPaper, PaperRow
    from deskapp.screens.record_form import Values
    from deskapp.services.papers import Preview

WIDEST = 110
"""Cells of the page at most: longer lines are hard to read."""


class PaperView(Editing, DeskScreen[None]):
    """A document as a page that scrolls; its width is the same whether there is anything to scroll or not."""

    DEFAULT_CSS = """
    PaperView #paper-text { scrollbar-gutter: stable; overflow-y: auto; }
    """

    def __init__(self) -> None:
        super().__init__()
        self.document: Document | None = None
        self.text = Prose(wraps=False, id="paper-text")
        self.panel = Panel("paper.screen.paper", self.text)

    def body(self) -> Iterable[Widget]:
        """The page."""
        yield self.panel

    def on_resize(self) -> None:
        """Lay the page out anew at another width."""
        self.call_after_refresh(self._lay)

    def show_document(self, document: Document) -> None:
        """Show a document."""
        self.document = document
        self._lay()

    def _lay(self) -> None:
        from deskapp.papers.page import BOXES, PLAIN, page

        width = self.text.scrollable_content_region.width or self.text.size.width
        if self.document is None or width < 20:
            return
        strokes = PLAIN if signs.plain_signs() else BOXES
        lines = page(self.document, min(width - 1, WIDEST), strokes)
        self.text.show([painting.safe(one) for one in lines])

    def action_leave(self) -> None:
        """Go back."""
        self.dismiss(None)


class PreviewScreen(PaperView):
    """A paper as it would be issued now: its written parts, its number once it is issued."""

    PLACE, SCREEN_ID, ROWS = "more", "paper_preview", ("R1",)
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("e", "write", id="paper.write"),
        Binding("i", "issue", id="paper.issue"),
        Binding("x", "export", id="paper.export"),
        Binding("v", "revisions", id="paper.revisions"),
        Binding("left_square_bracket", "period(-1)", id="paper.earlier"),
        Binding("right_square_bracket", "period(1)", id="paper.later"),
        Binding("escape", "leave", id="back"),
    ]

    def __init__(self, kind: str, day: date) -> None:
        super().__init__()
        self.kind, self.day = kind, day
        self.preview: Preview | None = None

    def ready(self) -> None:
        """Make the paper."""
        self.text.focus()
        self._read()

    def changed(self) -> None:
        """Make it anew: what it is made from may have changed."""
        if self.app.desk is not None and self.app.desk.operator is not None:
            self._read()

    def relabel(self) -> None:
        """Say everything again: the paper too is in the language in use."""
        super().relabel()
        self.changed()

    def _read(self) -> None:
        self.ask(self._made, self._show, group="paper")

    def _made(self) -> Preview:
        from deskapp.services import papers

        return papers.preview(self.desk, self.kind, self.day)

    def _show(self, preview: Preview) -> None:
        self.preview = preview
        self.show_document(preview.document)
        issued = preview.issued
        state = say("paper.state.issued", number=issued.number) if issued else say("paper.state.not_issued")
        if preview.due_on is not None and issued is None:
            state = f"{state} {say('paper.due', day=preview.due_on.isoformat())}"
        self.panel.entitle(title=preview.document.title, state=state)
        self.refresh_bindings()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """What needs something there is not is not there."""
        if action == "write":
            return self.preview is not None and bool(self.preview.kind.parts)
        if action == "revisions":
            return self.preview is not None and self.preview.issued is not None
        return True

    def action_period(self, by: int) -> None:
        """Make the paper of the period before or after."""
        if self.preview is not None:
            period = self.preview.period
            self.day = (period.before() if by < 0 else period.after()).first
            self._read()

    def action_write(self) -> None:
        """Write the parts a person writes."""
        from deskapp.screens.paper_dialogs import TextsDialog, save_texts

        if self.preview is None or not self.may("paper.write"):
            return
        desk = self.desk
        self.edit(
            self.preview,
            TextsDialog,
            lambda begun, values: save_texts(desk, begun, values),
            self._made,
            then=lambda _: self.app.say("paper.written"),
        )

    def action_issue(self) -> None:
        """Issue the paper; one that was issued is corrected, for a reason."""
        from deskapp.screens.paper_dialogs import CorrectDialog, IssueDialog

        preview = self.preview
        if preview is None or not self.may("paper.issue"):
            return
        if preview.issued is None:
            dialog = IssueDialog(preview)
            self.app.push_screen(dialog, lambda sure: self._issue(preview, dialog.key) if sure else None)
            return

        def correct(begun: Preview, values: Values) -> IssuedPaper:
            return self._issued(begun, values["reason"] or "", values["submission"])

        self.edit(preview, CorrectDialog, correct, self._made, then=self._told)

    def _issued(self, preview: Preview, reason: str, key: str) -> IssuedPaper:
        from deskapp.services import papers

        first = preview.period.first
        return papers.issue(self.desk, preview.kind.code, first, reason, key, preview.seen)

    def _issue(self, preview: Preview, key: str) -> None:
        self.act(lambda: self._issued(preview, "", key), self._told, wrong=self._refused)

    def _refused(self, error: Exception) -> None:
        self.app.tell(error)
        self._read()

    def _told(self, paper: IssuedPaper) -> None:
        """Go on to the paper as it was issued."""
        self.app.say("paper.issued", number=paper.number)
        if self.app.screen is self:
            self.dismiss(None)
            self.app.push_screen(IssuedPaperScreen(paper.id))

    def action_export(self) -> None:
        """Write the paper as a file: as it was issued, or as a draft."""
        from deskapp.screens.paper_dialogs import export_issued, export_with

        preview = self.preview
        if preview is None:
            return
        if preview.issued is not None:
            export_issued(self, preview.issued.id)
            return
        desk = self.desk

        def write(form: str) -> Path:
            from deskapp.services.papers import files

            return files.export_draft(desk, preview.document, preview.period.code, form)

        export_with(self, write)

    def action_revisions(self) -> None:
        """Show what was issued for this period."""
        if self.preview is not None:
            show_revisions(self, self.preview.kind.code, self.preview.period.first)


class IssuedPaperScreen(PaperView):
    """A paper as it was issued: what it says never changes."""

    PLACE, SCREEN_ID, ROWS = "more", "paper_issued", ("R1",)
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("x", "export", id="paper.export"),
        Binding("v", "revisions", id="paper.revisions"),
        Binding("c", "correct", id="paper.correct"),
        Binding("escape", "leave", id="back"),
    ]

    def __init__(self, paper_id: int) -> None:
        super().__init__()
        self.paper_id = paper_id
        self.row: PaperRow | None = None

    def ready(self) -> None:
        """Read the paper."""
        from deskapp.services import papers

        self.text.focus()
        desk, paper_id = self.desk, self.paper_id
        self.ask(lambda: papers.opened(desk, paper_id), self._show, group="paper")

    def _show(self, found: tuple[PaperRow, Document]) -> None:
        self.row, document = found
        self.show_document(document)
        state = say("paper.state.issued", number=self.row.paper.number)
        self.panel.entitle(title=document.title, state=state)

    def action_export(self) -> None:
        """Write the paper as a file."""
        from deskapp.screens.paper_dialogs import export_issued

        export_issued(self, self.paper_id)

    def action_revisions(self) -> None:
        """Show all revisions."""
        if self.row is not None:
            show_revisions(self, self.row.paper.kind, self.row.paper.first_on)

    def action_correct(self) -> None:
        """Look at the paper as it would be now, to correct this one."""
        if self.row is not None:
            self.app.push_screen(PreviewScreen(self.row.paper.kind, self.row.paper.first_on))


def show_revisions(screen: Framed, kind: str, first_on: date) -> None:
    """Show the revisions of a paper, and the one chosen as it was issued."""
    from deskapp.screens.paper_dialogs import RevisionsDialog
    from deskapp.services import papers

    desk = screen.desk

    def chosen(paper_id: int | None) -> None:
        if paper_id is not None:
            screen.app.push_screen(IssuedPaperScreen(paper_id))

    def show(rows: list[Any]) -> None:
        screen.app.push_screen(RevisionsDialog(rows), chosen)

    screen.ask(lambda: papers.revisions(desk, kind, first_on), show, group="revisions")
