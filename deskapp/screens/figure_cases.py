"""The cases behind a figure, page by page: as many as it says; Enter opens the ticket, the call, the site (row R2)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from textual.binding import Binding, BindingType

from deskapp.i18n import say
from deskapp.screens.base import DeskScreen, Panel
from deskapp.screens.figure_lists import case_columns
from deskapp.screens.form_dialog import Editing
from deskapp.screens.paged import Listed
from deskapp.services import figure_words
from deskapp.widgets.record_table import RecordTable

if TYPE_CHECKING:
    from deskapp.domain.measure import Board, Case, Line
    from deskapp.domain.praise import Evaluation


class FigureCasesScreen(Editing, Listed, DeskScreen[None]):
    """Those counted, the others, or all a share is of: t changes between them."""

    PLACE, SCREEN_ID, ROWS = "more", "figure_cases", ("R2",)
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "open", id="figure_cases.open"),
        Binding("t", "which", id="figure_cases.which"),
        Binding("escape", "leave", id="back"),
    ]

    def __init__(self, line: Line, board: Board) -> None:
        super().__init__()
        self.line, self.board = line, board
        filled = [part for part in line.measure.parts if line.now.cases(part)]
        self.which = (filled or ["top"])[0]
        self.table = RecordTable((), empty_code="figures.cases_empty", id="figure-cases")
        self.panel = Panel("figures.cases", self.table)

    def ready(self) -> None:
        """Read the first of them."""
        self.table.focus()
        self._list()

    def _list(self) -> None:
        from deskapp.services.figures import Cases

        self.table.columns = case_columns(self.desk, self.line, self.which)
        self.table.source = Cases(self.desk, self.line, self.board.period, self.which, self.board.at)
        self._titles()

    def _titles(self) -> None:
        from deskapp.services.papers.words import period_words

        count = self.table.row_count
        self.panel.entitle(
            figure=figure_words.name_of(self.line.measure),
            which=say(f"figures.which.{self.which}"),
            count="" if count is None else count,
            part=figure_words.part_words(self.line),
            period=period_words(self.board.period),
        )
        self.panel.whisper(figure_words.formula_words(self.desk, self.line))

    def relabel(self) -> None:
        """Say the title again in the language now in use."""
        super().relabel()
        self._titles()

    def action_which(self) -> None:
        """Those counted, the others, all: a count and a mean have one list only."""
        parts = self.line.measure.parts
        self.which = parts[(parts.index(self.which) + 1) % len(parts)]
        self._list()

    def on_record_table_chosen(self, message: RecordTable.Chosen) -> None:
        """Open what the case is."""
        one: Case = message.record
        if one.noun == "ticket":
            self.app.open_ticket(one.id)
        elif one.noun == "call":
            from deskapp.screens.call_detail import CallDetailDialog

            self.app.push_screen(CallDetailDialog(one.id))
        elif one.noun == "followup" and one.client_id is not None:
            self.app.open_client(one.client_id)
        elif one.form_id is not None:
            self._open_form(one.form_id)
        elif one.site_id is not None:
            from deskapp.screens.site import SiteScreen

            self.app.push_screen(SiteScreen(one.site_id))
        elif one.noun == "paper":
            self._open_paper(one)

    def _open_form(self, form_id: int) -> None:
        """An evaluation form with its scores, to be read and mended."""
        from deskapp.screens.praises_forms import ask_return

        desk = self.desk

        def read() -> Evaluation:
            with desk.read() as work:
                return work.evaluations.find(form_id)

        self.ask(read, lambda form: ask_return(self, form), group="open")

    def _open_paper(self, one: Case) -> None:
        """A paper as it was issued, or as it would be issued now."""
        from deskapp.screens.paper import IssuedPaperScreen, PreviewScreen

        if one.id > 0:
            self.app.push_screen(IssuedPaperScreen(one.id))
        elif one.first_on is not None:
            self.app.push_screen(PreviewScreen(one.state, one.first_on))

    def action_leave(self) -> None:
        """Back to the figures."""
        self.dismiss(None)

    def context(self) -> dict[str, Any]:
        """Whom a new complaint is about: the client under the cursor."""
        row = self.table.selected
        return {"client_id": row.client_id, "site_id": row.site_id} if row else {}
