"""The monthly appraisal by trade: figures, score and place of everybody; closed once the month is over (row A2)."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from functools import partial
from typing import ClassVar

from textual.binding import Binding, BindingType
from textual.content import Content
from textual.widget import Widget

from deskapp.domain.appraisal import ITEMS, TRADES, AppraisalBoard, AppraisalRow
from deskapp.domain.praise import month_after
from deskapp.i18n import say
from deskapp.screens.base import DeskDialog, Panel
from deskapp.screens.dated import Monthly
from deskapp.screens.form_dialog import Editing
from deskapp.screens.paged import Listing
from deskapp.screens.seldom import Seldom
from deskapp.services import appraisal_words as words
from deskapp.widgets import painting, signs
from deskapp.widgets.lines import Lines
from deskapp.widgets.record_table import Column, ListSource, PaintContext, RecordTable
from deskapp.widgets.wrapped import Wrapped

ALWAYS = ("complaints", "calls", "evaluations", "repairs", "praises", "penalties", "timeliness")
"""The figures an eighty-column terminal has room for; Enter shows all of them."""


class AppraisalTable(RecordTable):
    """A table one goes through time in: left is the month before, right the one after."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("left", "screen.month(-1)", id="appraisals.earlier"),
        Binding("right", "screen.month(1)", id="appraisals.later"),
    ]


class AppraisalsScreen(Editing, Listing, Monthly, Seldom):
    """One trade's month; Enter opens every figure of a person with its points."""

    PLACE, SCREEN_ID, ROWS = "more", "appraisals", ("A2",)
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "open", id="appraisals.open"),
        Binding("d", "trade('designer')", id="appraisals.designer"),
        Binding("s", "trade('supervisor')", id="appraisals.supervisor"),
        Binding("m", "trade('project_manager')", id="appraisals.project_manager"),
        Binding("c", "close", id="appraisals.close"),
        Binding("p", "paper", id="appraisals.paper"),
        Binding("escape", "leave", id="back"),
    ]
    DEFAULT_CSS = """
    AppraisalsScreen #appraisals-words { height: auto; padding: 0 1; }
    """

    def __init__(self) -> None:
        super().__init__()
        self.trade, self.month = TRADES[0], date.min
        self.board: AppraisalBoard | None = None
        self.table = AppraisalTable(_columns(), empty_code="appraisal.empty", id="appraisals-table")
        self.words = Wrapped(grow=True, id="appraisals-words")
        self.panel = Panel("appraisal.title", self.table)

    def body(self) -> Iterable[Widget]:
        """The people, and how their scores are reckoned."""
        yield self.panel
        yield self.words

    def ready(self) -> None:
        """Begin with the last month that is over: the one to be closed."""
        self.month = month_after(self.this_month, -1)
        self.table.focus()
        self._read(anew=True)

    def reckon(self) -> None:
        """Reckon anew."""
        self._read()

    def relabel(self) -> None:
        """Say everything again."""
        super().relabel()
        self.table.columns = _columns()
        self._say()

    def _read(self, *, anew: bool = False) -> None:
        from deskapp.services import appraisals

        desk, month = self.desk, self.month
        self.ask(lambda: appraisals.board(desk, month), partial(self._show, anew), group="appraisals")

    def _show(self, anew: bool, board: AppraisalBoard) -> None:
        self.board = board
        rows, source = board.of_trade(self.trade), self.table.source
        if anew or not isinstance(source, ListSource):
            self.table.source = ListSource(rows, key=lambda row: row.staff_id)
        else:
            source.replace(rows)
            self.table.refresh_rows()
        self._say()
        self.refresh_bindings()

    def _say(self) -> None:
        board = self.board
        if board is None or self.app.desk is None:
            return
        facts = {"month": f"{board.month:%Y-%m}", "trade": say(f"staff.trade.{self.trade}")}
        self.panel.entitle(**facts, count=len(board.of_trade(self.trade)))
        self.words.show(
            [
                state_line(board, self.desk.local(board.closed_at).format("MM-DD HH:mm"))
                if board.closed_at is not None
                else state_line(board),
                Content.styled(words.rules_of(board.weights), "$text-muted"),
            ]
        )

    def action_trade(self, trade: str) -> None:
        """Show another trade."""
        self.trade = trade
        if self.board is not None:
            self._show(True, self.board)

    def month_turned(self) -> None:
        """Show the month it is now about."""
        self._read(anew=True)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """A month is closed once it is over, and once only."""
        if action == "close":
            return self.board is not None and self.board.over and self.board.closed_at is None
        return True

    def action_close(self) -> None:
        """Close the month, once one is sure."""
        board = self.board
        if board is not None and self.may("appraisal.close"):
            self.app.push_screen(CloseMonthDialog(board), self._close)

    def _close(self, month: date | None) -> None:
        from deskapp.services import appraisals

        desk = self.desk
        if month is not None:
            self.act(
                lambda: appraisals.close(desk, month),
                lambda board: self.app.say("appraisal.closed", month=f"{board.month:%Y-%m}"),
            )

    def action_paper(self) -> None:
        """Look at the month on paper."""
        from deskapp.screens.paper import PreviewScreen

        self.app.push_screen(PreviewScreen("appraisal_monthly", self.month))

    def on_record_table_chosen(self, message: RecordTable.Chosen) -> None:
        """Open a person's month."""
        from deskapp.screens.appraisal_person import AppraisalPersonScreen

        if self.board is not None:
            self.app.push_screen(AppraisalPersonScreen(self.board.month, message.record.staff_id))

    def action_open(self) -> None:
        """Open the month of the person under the cursor."""
        self.table.action_choose()

    def action_leave(self) -> None:
        """Back to the queue."""
        self.app.go("queue")


class CloseMonthDialog(DeskDialog[date]):
    """What closing a month means; y closes it."""

    SCREEN_ID, TITLE_CODE, ROWS = "appraisals_close", "appraisal.close.title", ("A2",)
    BINDINGS: ClassVar[list[BindingType]] = [Binding("y", "yes", id="appraisals_close.yes")]

    def __init__(self, board: AppraisalBoard) -> None:
        super().__init__()
        self.board = board

    def body(self) -> Iterable[Widget]:
        """How many people, and that nothing changes it afterwards."""
        board, scored = self.board, sum(row.score is not None for row in self.board.rows)
        month = f"{board.month:%Y-%m}"
        yield Lines(
            [
                Content(say("appraisal.close.ask", month=month, count=len(board.rows), scored=scored)),
                Content.styled(say("appraisal.close.final"), "$warning"),
                Content(""),
                Content(say("appraisal.close.how")),
            ],
            grow=True,
        )

    def action_yes(self) -> None:
        """It is closed."""
        self.dismiss(self.board.month)


def state_line(board: AppraisalBoard, at: str = "") -> Content:
    """Whether a month is closed and by whom, still runs, or can be closed."""
    if board.closed_at is not None:
        return Content.styled(
            f"{signs.sign('met')} {say('appraisal.state.closed', who=board.closed_by, at=at)}", "$success"
        )
    word = say("appraisal.state.over") if board.over else say("appraisal.state.running")
    return Content.styled(f"{signs.sign('alarm')} {word}", "$warning")


def _columns() -> list[Column]:
    def name(row: AppraisalRow, _: PaintContext) -> Content:
        return painting.safe(row.name, "bold")

    def place(row: AppraisalRow, _: PaintContext) -> Content:
        return Content(words.NOTHING if row.place is None else str(row.place))

    def score(row: AppraisalRow, _: PaintContext) -> Content:
        return Content.styled(words.score_of(row.score), "bold" if row.score is not None else "$text-muted")

    return [
        Column("place", "appraisal.column.place", 5, place, align="right"),
        Column("name", "appraisal.column.name", None, name),
        *(
            Column(
                item,
                f"appraisal.short.{item}",
                6,
                partial(_figure, item),
                align="right",
                min_terminal=0 if item in ALWAYS else 110,
            )
            for item in ITEMS
        ),
        Column("score", "appraisal.column.score", 6, score, align="right"),
    ]


def _figure(item: str, row: AppraisalRow, _context: PaintContext) -> Content:
    text = words.brief(item, row.figure(item))
    return Content.styled(text, "$text-disabled" if text in (words.NOTHING, "0") else "")
