"""The department in figures: a period beside the one before, whole or sliced; every figure opens to its cases (R2)."""

from __future__ import annotations

from collections.abc import Iterable
from functools import partial
from typing import TYPE_CHECKING, Any, ClassVar

from textual.binding import Binding, BindingType
from textual.content import Content
from textual.widget import Widget

from deskapp.domain.measure import BY_CODE, MEASURES, Board, Line, Measure
from deskapp.domain.period import period_of
from deskapp.i18n import say
from deskapp.screens.base import DeskScreen, Panel
from deskapp.screens.figure_lists import figure_columns
from deskapp.screens.paged import Listing
from deskapp.services import figure_words
from deskapp.widgets.record_table import ListSource, RecordTable
from deskapp.widgets.wrapped import Wrapped

if TYPE_CHECKING:
    from deskapp.desk import Desk
    from deskapp.domain.period import Period


class FigureTable(RecordTable):
    """A table one goes through time in: left is the period before, right the one after."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("left", "screen.period(-1)", id="figures.earlier"),
        Binding("right", "screen.period(1)", id="figures.later"),
    ]


class FiguresScreen(Listing, DeskScreen[None]):
    """The formula of the figure under the cursor stands beneath, with its numbers in; Enter opens the cases."""

    PLACE, SCREEN_ID, ROWS = "more", "figures", ("R2",)
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "open", id="figures.open"),
        Binding("g", "slice", id="figures.slice"),
        Binding("d", "unit('day')", id="figures.day"),
        Binding("w", "unit('week')", id="figures.week"),
        Binding("m", "unit('month')", id="figures.month"),
        Binding("q", "unit('quarter')", id="figures.quarter"),
        Binding("h", "now", id="figures.now"),
        Binding("f", "formula", id="figures.formula"),
        Binding("left_square_bracket", "figure(-1)", id="figures.figure_before"),
        Binding("right_square_bracket", "figure(1)", id="figures.figure_after"),
        Binding("escape", "leave", id="back"),
    ]
    DEFAULT_CSS = """
    FiguresScreen #figures-words { height: auto; padding: 0 1; }
    """

    def __init__(self) -> None:
        super().__init__()
        self.unit, self.by = "month", ""
        self.measure: Measure = MEASURES[0]
        self.formulas: dict[str, str] = {}
        """The rival formulas chosen here, by measure."""
        self.period: Period | None = None
        self.board: Board | None = None
        self.table = FigureTable(figure_columns(""), empty_code="figures.empty", id="figures-table")
        self.words = Wrapped(grow=True, id="figures-words")
        self.panel = Panel("figures.title", self.table)

    def body(self) -> Iterable[Widget]:
        """The figures, and how the one under the cursor is reckoned."""
        yield self.panel
        yield self.words

    def ready(self) -> None:
        """Show the present month."""
        self.table.focus()
        self.action_now()

    def changed(self) -> None:
        """Count anew."""
        if self.app.desk is not None and self.app.desk.operator is not None:
            self._read()

    def relabel(self) -> None:
        """Say everything again."""
        super().relabel()
        self._say()

    def action_now(self) -> None:
        """Go to the present day, week, month or quarter."""
        self.period = period_of(self.unit, _today(self.desk))
        self._read()

    def action_unit(self, unit: str) -> None:
        """Count by another length of time; the last day looked at stays in sight."""
        self.unit = unit
        if self.period is not None:
            today = _today(self.desk)
            day = today if self.period.first <= today <= self.period.last else self.period.last
            self.period = period_of(unit, day)
            self._read()

    def action_period(self, by: int) -> None:
        """Go to the period before or after."""
        if self.period is not None:
            self.period = self.period.before() if by < 0 else self.period.after()
            self._read()

    def action_slice(self) -> None:
        """Show the figure under the cursor by operator, department and so on; after the last the whole again."""
        slices = ("", *self.measure.slices)
        self._sliced(slices[(slices.index(self.by) + 1) % len(slices)])

    def _sliced(self, by: str) -> None:
        self.by = by
        self.table.columns = figure_columns(by)
        self._read(anew=True)

    def action_figure(self, by: int) -> None:
        """Go to another figure that can be sliced so; in the whole, up or down the list."""
        if not self.by:
            self.table.action_move(by)
            return
        fit = [one for one in MEASURES if self.by in one.slices]
        self.measure = fit[(fit.index(self.measure) + by) % len(fit)]
        self._read(anew=True)

    def action_formula(self) -> None:
        """Reckon the figure by the next of its rival formulas."""
        rivals = self.measure.formulas
        if len(rivals) < 2:
            self.app.say("figures.no_rival", figure=figure_words.name_of(self.measure))
            return
        from deskapp.services.figures import formula_of

        used = formula_of(self.desk, self.measure, self.formulas)
        self.formulas[self.measure.code] = rivals[(rivals.index(used) + 1) % len(rivals)].code
        self._read()

    def _read(self, *, anew: bool = False) -> None:
        desk, period, by, code = self.desk, self.period, self.by, self.measure.code
        formulas = dict(self.formulas)
        if period is None:
            return

        def read() -> Board:
            from deskapp.services.figures import figures_in, figures_of

            if not by:
                return figures_of(desk, period, formulas=formulas)
            with desk.read() as work:
                whole = figures_in(work, desk, period, "", (code,), formulas)
                sliced = figures_in(work, desk, period, by, (code,), formulas)
            lines = (*sliced.lines, *whole.lines)
            return Board(period, sliced.before, sliced.at, by, lines, sliced.cut)

        self.ask(read, partial(self._show, anew), group="figures")

    def _show(self, anew: bool, board: Board) -> None:
        self.board = board
        source = self.table.source
        if anew or not isinstance(source, ListSource) or not source.records:
            self.table.source = ListSource(board.lines, key=_key)
        else:
            source.replace(board.lines)
            self.table.refresh_rows()
        self._say()

    def _line(self) -> Line | None:
        """The line under the cursor, as it was read last."""
        if self.board is None:
            return None
        lines, chosen = self.board.lines, self.table.selected
        key = _key(chosen) if chosen is not None else None
        found = [line for line in lines if _key(line) == key] or [
            line for line in lines if line.measure.code == self.measure.code
        ]
        return found[0] if found else None

    def _say(self) -> None:
        board = self.board
        if board is None or self.app.desk is None:
            return
        from deskapp.services.papers.words import period_words

        facts = {"period": period_words(board.period), "by": say(f"figures.by.{board.by or 'whole'}")}
        self.panel.title_code = "figures.title_part" if board.by else "figures.title"
        if board.by:
            facts["figure"] = figure_words.name_of(self.measure)
        self.panel.entitle(**facts)
        notes = [say("figures.compared", period=period_words(board.before))]
        if board.period.last >= self.desk.local(board.at).date():
            notes.append(say("figures.running"))
        if board.cut:
            notes.append(say("figures.cut", count=board.cut))
        self.panel.whisper(" · ".join(notes))
        self._explain()

    def _explain(self) -> None:
        line = self._line()
        if line is None:
            self.words.show([Content("")])
            return
        lines = [Content.styled(figure_words.formula_words(self.desk, line), "bold")]
        if line.formula.code:
            rival = say(f"figures.rival.{line.measure.code}.{line.formula.code}")
            lines.append(Content.styled(say("figures.rival_of", rival=rival), "$accent"))
        about = figure_words.left_out_words(self.desk, line.measure)
        if self.by:
            means = "scored" if line.measure.noun == "score" else self.by
            about = f"{about} · {say(f'figures.by_means.{means}')}"
        self.words.show([*lines, Content.styled(about, "$text-muted")])

    def on_record_table_highlighted(self, message: RecordTable.Highlighted) -> None:
        """Explain the figure the cursor has come to."""
        if not self.by:
            self.measure = BY_CODE[message.record.measure.code]
        self._explain()

    def on_record_table_chosen(self, message: RecordTable.Chosen) -> None:
        """Open the cases behind the figure."""
        line: Line = message.record
        board = self.board
        if board is None:
            return
        if not (line.now.bottom or line.now.top):
            self.app.say("figures.none", figure=figure_words.name_of(line.measure))
            return
        from deskapp.screens.figure_cases import FigureCasesScreen

        self.app.push_screen(FigureCasesScreen(line, board))

    def action_open(self) -> None:
        """Open the cases behind the figure under the cursor."""
        self.table.action_choose()

    def action_leave(self) -> None:
        """From a slice back to the whole, from the whole to the queue."""
        if self.by:
            self._sliced("")
        else:
            self.app.go("queue")


def _key(line: Line) -> Any:
    return line.measure.code, line.part


def _today(desk: Desk) -> Any:
    return desk.local(desk.now()).date()
