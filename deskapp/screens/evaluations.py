"""Evaluation forms beyond their list: the sheet handed to a client, and the mean scores by trade (row A4)."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import TYPE_CHECKING, ClassVar

from textual.binding import Binding, BindingType
from textual.content import Content
from textual.widget import Widget

from deskapp.domain.praise import TRADES, EvaluationRow
from deskapp.i18n import say
from deskapp.screens.base import DeskDialog, Panel
from deskapp.screens.paper import PaperView
from deskapp.widgets import painting, signs
from deskapp.widgets.record_table import Column, ListSource, PaintContext, RecordTable

if TYPE_CHECKING:
    from collections.abc import Mapping

    from deskapp.domain.document import Document

BAR = 20
BEST = 5
Mean = tuple[str, float, int]
"""A trade, its mean score, and how many scores that is the mean of."""


class EvaluationPaperScreen(PaperView):
    """One form as it is printed: with boxes to tick, or with the scores it came back with."""

    PLACE, SCREEN_ID, ROWS = "more", "evaluation_paper", ("A4",)
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("x", "export", id="paper.export"),
        Binding("escape", "leave", id="back"),
    ]

    def __init__(self, evaluation_id: int) -> None:
        super().__init__()
        self.evaluation_id = evaluation_id

    def ready(self) -> None:
        """Make the form."""
        self.text.focus()
        self.changed()

    def changed(self) -> None:
        """Make it anew: it may have come back meanwhile."""
        from deskapp.services.papers import evaluation

        if self.app.desk is not None and self.app.desk.operator is not None:
            desk, one = self.desk, self.evaluation_id
            self.ask(lambda: evaluation.form_document(desk, one), self._show, group="paper")

    def relabel(self) -> None:
        """Say everything again: the form too is in the language in use."""
        super().relabel()
        self.changed()

    def _show(self, document: Document) -> None:
        self.show_document(document)
        self.panel.entitle(title=document.title, state=document.number)

    def action_export(self) -> None:
        """Write the form as a file to be printed."""
        from deskapp.screens.paper_dialogs import export_with
        from deskapp.services.papers import evaluation

        desk, one = self.desk, self.evaluation_id
        export_with(self, lambda form: evaluation.save_form(desk, one, form))


class MeansDialog(DeskDialog[str]):
    """The mean score of each trade in a month's forms; Enter lists the forms behind the one under the cursor."""

    SCREEN_ID, TITLE_CODE, ROWS = "evaluation_means", "praise.means_title", ("A4",)
    BINDINGS: ClassVar[list[BindingType]] = [Binding("enter", "take", id="evaluation_means.open")]
    DEFAULT_CSS = """
    MeansDialog RecordTable { height: 8; }
    """

    def __init__(self, month: date, by_trade: Mapping[str, tuple[float, int]]) -> None:
        super().__init__()
        self.month = month
        rows: list[Mean] = [(trade, *by_trade[trade]) for trade in TRADES if trade in by_trade]
        self.table = RecordTable(
            _columns(), source=ListSource(rows, key=lambda row: row[0]), empty_code="praise.figures.none"
        )

    def body(self) -> Iterable[Widget]:
        """The trades."""
        yield self.table

    def ready(self) -> None:
        """Say which month it is; the arrows work."""
        panel = self.query_one(".dialog", Panel)
        panel.entitle(month=f"{self.month:%Y-%m}")
        panel.whisper(say("praise.means_hint"))
        self.table.focus()

    def action_take(self) -> None:
        """List the forms behind the mean under the cursor."""
        self.table.action_choose()

    def on_record_table_chosen(self, message: RecordTable.Chosen) -> None:
        """Take the trade."""
        self.dismiss(message.record[0])


def form_columns() -> list[Column]:
    """Whose form, when it was sent and came back, the scores, the words."""

    def sent(row: EvaluationRow, _: PaintContext) -> Content:
        day = row.evaluation.sent_on
        return Content.styled(f"{day:%m-%d}" if day else say("praise.by_hand"), "$text-muted")

    def returned(row: EvaluationRow, _: PaintContext) -> Content:
        day = row.evaluation.returned_on
        if day is None:
            return Content.styled(f"{signs.sign('missed')} {say('praise.out')}", "$warning")
        return Content.styled(f"{signs.sign('met')} {day:%m-%d}", "")

    def scores(row: EvaluationRow, _: PaintContext) -> Content:
        there = row.scores or {}
        parts = [f"{say(f'praise.short.{trade}')}{there[trade]}" for trade in TRADES if trade in there]
        return Content(" ".join(parts))

    def words(row: EvaluationRow, _: PaintContext) -> Content:
        return painting.safe(" ".join(row.evaluation.words.split()), "$text-muted")

    return [
        Column("client", "praise.column.client", 10, lambda row, _: painting.safe(row.client, "bold")),
        Column("address", "praise.column.address", None, lambda row, _: painting.safe(row.address)),
        Column("sent", "praise.column.sent", 6, sent),
        Column("returned", "praise.column.returned", 8, returned),
        Column("scores", "praise.column.scores", 20, scores),
        Column("words", "praise.column.words", 26, words, min_terminal=100),
    ]


def _columns() -> list[Column]:
    def bar(row: Mean, _: object) -> Content:
        filled = round(BAR * row[1] / BEST)
        full, rest = signs.sign("full") * filled, signs.sign("rest") * (BAR - filled)
        return Content.assemble((full, "$primary"), (rest, "$text-disabled"))

    return [
        Column("trade", "praise.column.trade", 18, lambda row, _: Content(say(f"staff.trade.{row[0]}"))),
        Column("mean", "praise.column.mean", 6, lambda row, _: Content(f"{row[1]:.2f}"), align="right"),
        Column("count", "praise.column.count", 6, lambda row, _: Content(str(row[2])), align="right"),
        Column("bar", "", BAR, bar, min_terminal=76),
    ]
