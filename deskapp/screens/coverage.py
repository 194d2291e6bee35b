"""The follow-up completion rate: due, in time, late, missed; by kind, operator and week; every figure opens (F6)."""

from __future__ import annotations

from collections.abc import Iterable
from functools import partial
from typing import TYPE_CHECKING, ClassVar

from textual.binding import Binding, BindingType
from textual.content import Content
from textual.widget import Widget

from deskapp.domain.coverage import (
    FIGURES,
    GROUPINGS,
    SPANS,
    Counts,
    Line,
    Part,
    Period,
    Selection,
    neighbour,
    period_of,
)
from deskapp.i18n import say
from deskapp.screens.base import DeskScreen, Panel
from deskapp.screens.paged import Listing
from deskapp.widgets import painting
from deskapp.widgets.lines import Lines
from deskapp.widgets.record_table import Column, ListSource, PaintContext, RecordTable
from deskapp.widgets.safe_text import shown

if TYPE_CHECKING:
    from datetime import date

    from deskapp.desk import Desk

TONES = {
    "due": "$foreground",
    "done": "$success",
    "late": "$warning",
    "missed": "$error",
    "overdue": "bold $error",
    "today": "$primary",
}

WIDTHS = {"due": 6, "done": 7, "late": 6, "missed": 6, "overdue": 8, "today": 8}


class FigureTable(RecordTable):
    """A table one goes across in as well: left and right mark another figure of the row."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("left", "screen.across(-1)", id="coverage.left", show=False, system=True),
        Binding("right", "screen.across(1)", id="coverage.right", show=False, system=True),
    ]


class CoverageScreen(Listing, DeskScreen[None]):
    """A table of figures with the formula beneath; Enter opens the calls behind the figure that is marked."""

    PLACE, SCREEN_ID, ROWS = "more", "coverage", ("F6",)
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "open", id="coverage.open"),
        Binding("g", "group", id="coverage.group"),
        Binding("t", "span", id="coverage.span"),
        Binding("left_square_bracket", "period(-1)", id="coverage.earlier"),
        Binding("right_square_bracket", "period(1)", id="coverage.later"),
        Binding("h", "now", id="coverage.now"),
        Binding("escape", "leave", id="back"),
    ]
    DEFAULT_CSS = """
    CoverageScreen #coverage-words { height: auto; padding: 0 1; }
    """

    def __init__(self) -> None:
        super().__init__()
        self.grouping, self.span, self.figure = GROUPINGS[0], SPANS[1], FIGURES[0]
        self.period: Period | None = None
        self.today: date | None = None
        self.table = FigureTable(self._columns(), empty_code="coverage.empty", id="coverage-table")
        self.words = Lines(grow=True, id="coverage-words")
        self.panel = Panel("coverage.title", self.table)

    def body(self) -> Iterable[Widget]:
        """The figures, and how they are reckoned."""
        yield self.panel
        yield self.words

    def ready(self) -> None:
        """Show the present month by kind of call."""
        self.table.focus()
        self._words()
        self.action_now()

    def changed(self) -> None:
        """Count anew."""
        if self.app.desk is not None and self.app.desk.operator is not None:
            self._read()

    def relabel(self) -> None:
        """Say everything again."""
        super().relabel()
        self._words()
        self._title()

    def action_now(self) -> None:
        """Go to the present week, month or quarter."""
        self.today = _today(self.desk)
        self.period = period_of(self.span, self.today)
        self._read(anew=True)

    def action_period(self, by: int) -> None:
        """Go to the period before or after."""
        if self.period is not None:
            self.period = neighbour(self.span, self.period, by)
            self._read(anew=True)

    def action_span(self) -> None:
        """Count by week, month or quarter; the last day looked at stays in sight."""
        self.span = SPANS[(SPANS.index(self.span) + 1) % len(SPANS)]
        if self.period is not None and self.today is not None:
            self.period = period_of(self.span, min(self.period.last, max(self.today, self.period.first)))
            self._read(anew=True)

    def action_group(self) -> None:
        """Group by kind of call, by operator, or by week."""
        self.grouping = GROUPINGS[(GROUPINGS.index(self.grouping) + 1) % len(GROUPINGS)]
        self.table.columns = self._columns()
        self._read(anew=True)

    def action_across(self, by: int) -> None:
        """Mark another figure of the row."""
        self.figure = FIGURES[(FIGURES.index(self.figure) + by) % len(FIGURES)]
        self.table.columns = self._columns()
        self._title()

    def _read(self, *, anew: bool = False) -> None:
        desk, period, grouping = self.desk, self.period, self.grouping
        if period is None:
            return
        today = self.today = _today(desk)

        def read() -> list[Line]:
            with desk.report() as work:
                return work.coverage.lines(period, today, grouping)

        self.ask(read, partial(self._show, anew), group="coverage")

    def _show(self, anew: bool, lines: list[Line]) -> None:
        total = sum((line.counts for line in lines), Counts())
        rows = [*lines, Line(counts=total)] if lines else []
        source = self.table.source
        if anew or not isinstance(source, ListSource):
            self.table.source = ListSource(rows, key=lambda line: line.part)
        else:
            source.replace(rows)
            self.table.refresh_rows()
        self._title()

    def _title(self) -> None:
        if self.period is not None:
            self.panel.entitle(
                period=period_words(self.span, self.period), by=say(f"coverage.by.{self.grouping}")
            )
        self.panel.whisper(say("coverage.marked", figure=say(f"coverage.figure.{self.figure}")))

    def _words(self) -> None:
        lines = [say(f"coverage.formula.{part}") for part in ("rate", "due", "today", "late")]
        self.words.show([Content.styled(line, "$text-muted") for line in lines])

    def on_record_table_chosen(self, message: RecordTable.Chosen) -> None:
        """Open the calls behind the marked figure of the row."""
        line: Line = message.record
        if self.period is None or self.today is None:
            return
        if not getattr(line.counts, self.figure):
            self.app.say("coverage.none", figure=say(f"coverage.figure.{self.figure}"))
            return
        from deskapp.screens.coverage_calls import CoverageCallsScreen

        span, period = self.span, self.period
        chosen = Selection(period, self.today, self.figure, line.part)
        self.app.push_screen(
            CoverageCallsScreen(chosen, lambda: (period_words(span, period), group_words(line)))
        )

    def action_open(self) -> None:
        """Open the calls behind the marked figure."""
        self.table.action_choose()

    def action_leave(self) -> None:
        """Back to the queue."""
        self.app.go("queue")

    def _columns(self) -> list[Column]:
        return [
            Column("group", f"coverage.by.{self.grouping}", None, _group),
            *(
                Column(
                    name,
                    f"coverage.figure.{name}",
                    WIDTHS[name],
                    partial(_figure, name, name == self.figure),
                    align="right",
                )
                for name in FIGURES
            ),
            Column("rate", "coverage.rate", 6, _rate, align="right"),
        ]


def _group(line: Line, _context: PaintContext) -> Content:
    total = not line.part.grouping
    return painting.safe(group_words(line), "bold" if total else "")


def group_words(line: Line) -> str:
    """A group's name: the kind of call, who made it, the week, or all."""
    part = line.part
    if part.grouping == "purpose":
        return say(f"followup.purpose.{part.value}")
    if part.grouping == "operator":
        return say("coverage.nobody") if part.value is None else shown(line.name)
    if part.grouping == "week":
        return week_words(part)
    return say("coverage.total")


def week_words(part: Part) -> str:
    """A week by its number and its days."""
    from datetime import date, timedelta

    assert isinstance(part.value, date)
    _, number, _ = part.value.isocalendar()
    last = part.value + timedelta(days=6)
    return say("coverage.week", number=number, first=f"{part.value:%m-%d}", last=f"{last:%m-%d}")


def _figure(name: str, marked: bool, line: Line, context: PaintContext) -> Content:
    count = getattr(line.counts, name)
    tone = TONES[name] if count else "$text-disabled"
    if marked and context.selected:
        return Content.styled(f"[{count}]", "bold reverse")
    return Content.styled(f"{count} ", tone)


def _rate(line: Line, _context: PaintContext) -> Content:
    rate = line.counts.rate
    if rate is None:
        return Content.styled("-", "$text-disabled")
    return Content.styled(f"{rate:.1%}", "bold")


def period_words(span: str, period: Period) -> str:
    """A period as people say it."""
    first, last = period.first, period.last
    if span == "week":
        year, number, _ = first.isocalendar()
        return say(
            "coverage.period.week", year=year, number=number, first=f"{first:%m-%d}", last=f"{last:%m-%d}"
        )
    if span == "month":
        return say("coverage.period.month", year=first.year, month=first.month)
    return say("coverage.period.quarter", year=first.year, quarter=(first.month + 2) // 3)


def _today(desk: Desk) -> date:
    from deskapp.services.followups import today_of

    return today_of(desk, desk.now())
