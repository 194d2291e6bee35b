"""What a month's scores come to by operator, each opening its samples; and how far two scorers agree (row A5)."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, ClassVar

from textual.binding import Binding, BindingType
from textual.content import Content
from textual.widget import Widget

from deskapp.domain.quality_figures import Agreement, Result
from deskapp.i18n import say
from deskapp.screens import quality_words as words
from deskapp.screens.base import DeskDialog, DeskScreen, Panel
from deskapp.screens.paged import Listing
from deskapp.services import quality
from deskapp.widgets import painting
from deskapp.widgets.record_table import Column, ListSource, PaintContext, RecordTable
from deskapp.widgets.wrapped import Wrapped

if TYPE_CHECKING:
    from deskapp.domain.period import Period
    from deskapp.services.quality import MonthFigures

Chosen = tuple["Period", "int | None", str]


class QualityResultsScreen(Listing, DeskScreen[Chosen]):
    """Operators with their mean, the lowest first, against the month before, and what went worst."""

    PLACE, SCREEN_ID, ROWS = "more", "quality_results", ("A5",)
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "open", id="quality_results.open"),
        Binding("left,left_square_bracket", "month(-1)", id="quality.earlier"),
        Binding("right,right_square_bracket", "month(1)", id="quality.later"),
        Binding("escape", "leave", id="back"),
    ]
    DEFAULT_CSS = """
    QualityResultsScreen #quality-formula { height: auto; padding: 0 1; }
    """

    def __init__(self, month: Period) -> None:
        super().__init__()
        self.month = month
        self.table = RecordTable((), empty_code="quality.no_results", id="quality-results")
        self.panel = Panel("quality.results_title", self.table)
        self.formula = Wrapped(grow=True, id="quality-formula")

    def body(self) -> Iterable[Widget]:
        """The figures, and how they are reckoned."""
        yield self.panel
        yield self.formula

    def ready(self) -> None:
        """Show the month."""
        self.table.focus()
        self.relabel()
        self._read()

    def changed(self) -> None:
        """Count anew."""
        if self.app.desk is not None and self.app.desk.operator is not None:
            self._read()

    def relabel(self) -> None:
        """Say everything again."""
        super().relabel()
        if self.app.desk is None or self.app.desk.operator is None:
            return
        self.table.columns = self._columns()
        line = self.desk.policy.quality_pass
        self.formula.show([Content.styled(say("quality.formula.mean", percent=line), "$text-muted")])
        self.panel.entitle(month=self.month.code)

    def _read(self) -> None:
        desk, month = self.desk, self.month
        self.ask(lambda: quality.figures(desk, month), self._show, group="results")

    def _show(self, found: MonthFigures) -> None:
        self.table.source = ListSource(found.results, key=lambda row: row.operator_id)
        self.panel.entitle(month=self.month.code)

    def _columns(self) -> list[Column]:
        line = self.desk.policy.quality_pass
        return [
            Column("who", "quality.column.who", 10, lambda row, _: painting.safe(row.name, "bold")),
            Column("mean", "quality.column.mean", 9, lambda row, _: words.passed(row.mean, line)),
            Column("change", "quality.column.change", 9, _change, align="right"),
            Column("count", "quality.column.count", 6, _count, align="right"),
            Column("worst", "quality.column.worst", None, _worst),
        ]

    def on_record_table_chosen(self, message: RecordTable.Chosen) -> None:
        """Show the samples behind it."""
        row: Result = message.record
        self.dismiss((self.month, row.operator_id, row.name))

    def action_open(self) -> None:
        """Show the samples of the one under the cursor."""
        self.table.action_choose()

    def action_month(self, by: int) -> None:
        """Show the month before or after; none to come."""
        month = self.month.before() if by < 0 else self.month.after()
        if month.first <= quality.this_month(self.desk).first:
            self.month = month
            self._read()

    def action_leave(self) -> None:
        """Go back."""
        self.dismiss(None)


def _change(row: Result, _: PaintContext) -> Content:
    change = row.change
    if change is None:
        return Content.styled("-", "$text-disabled")
    return Content.styled(f"{change / 100:+.1f}", "$success" if change >= 0 else "$warning")


def _count(row: Result, _: PaintContext) -> Content:
    return Content(str(row.samples))


def _worst(row: Result, _: PaintContext) -> Content:
    said = [f"{say(f'quality.question.{name}')} {words.percent(share)}" for name, share in row.worst]
    return Content.styled("  ".join(said), "$text-muted")


class AgreementDialog(DeskDialog[None]):
    """Every two scorers who scored the same samples: how much was answered alike, and by which formula."""

    SCREEN_ID, TITLE_CODE, ROWS = "quality_agreement", "quality.agreement_title", ("A5",)
    DEFAULT_CSS = """
    AgreementDialog .dialog { width: 96; }
    AgreementDialog RecordTable { height: auto; min-height: 3; max-height: 10; margin-bottom: 1; }
    """

    def __init__(self, month: Period, found: MonthFigures) -> None:
        super().__init__()
        self.month, self.found = month, found
        self.table = RecordTable(
            self._columns(),
            empty_code="quality.no_agreement",
            source=ListSource(found.agreements, key=lambda row: (row.first, row.second)),
        )
        self.formula = Wrapped(grow=True)

    def body(self) -> Iterable[Widget]:
        """The pairs, then the formulas."""
        yield self.table
        yield self.formula

    def ready(self) -> None:
        """Say which month it is and how the figures are reckoned."""
        self.query_one(".dialog", Panel).entitle(month=self.month.code)
        said = (say("quality.formula.alike"), say("quality.formula.kappa"), say("quality.formula.apart"))
        self.formula.show([Content.styled(line, "$text-muted") for line in said])
        self.table.focus()

    def _columns(self) -> list[Column]:
        names = self.found.names or {}

        def who(row: Agreement, _: PaintContext) -> Content:
            return painting.safe(" / ".join(names.get(one, "") for one in (row.first, row.second)), "bold")

        return [
            Column("who", "quality.column.scorers", None, who),
            Column(
                "count", "quality.column.count", 6, lambda row, _: Content(str(row.samples)), align="right"
            ),
            Column("alike", "quality.column.alike", 16, _alike, align="right"),
            Column("kappa", "quality.column.kappa", 7, _kappa, align="right"),
            Column("apart", "quality.column.apart", 8, _apart, align="right"),
        ]


def _alike(row: Agreement, _: PaintContext) -> Content:
    return Content(f"{row.alike}/{row.questions} {float(row.percent):.1%}")


def _kappa(row: Agreement, _: PaintContext) -> Content:
    return Content("-" if row.kappa is None else f"{float(row.kappa):.2f}")


def _apart(row: Agreement, _: PaintContext) -> Content:
    return Content(f"{row.apart / 100:.1f}")
