"""One person's month: every figure with its points and how they were reckoned; each opens to its cases (row A2)."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import TYPE_CHECKING, Any, ClassVar

from textual.binding import Binding, BindingType
from textual.content import Content
from textual.widget import Widget

from deskapp.domain.appraisal import ITEMS, MONEY, RATED, AppraisalBoard, AppraisalCase, AppraisalRow
from deskapp.i18n import say
from deskapp.screens import paint
from deskapp.screens.base import DeskScreen, Panel
from deskapp.screens.paged import Listing
from deskapp.services import appraisal_words as words
from deskapp.widgets import painting, signs
from deskapp.widgets.record_table import Column, ListSource, PaintContext, RecordTable
from deskapp.widgets.wrapped import Wrapped

if TYPE_CHECKING:
    from deskapp.desk import Desk


class AppraisalPersonScreen(Listing, DeskScreen[None]):
    """The items of a score, one a line; Enter opens the cases behind the one under the cursor."""

    PLACE, SCREEN_ID, ROWS = "more", "appraisal_person", ("A2",)
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "open", id="appraisal_person.open"),
        Binding("escape", "leave", id="back"),
    ]
    DEFAULT_CSS = """
    AppraisalPersonScreen #appraisal-words { height: auto; padding: 0 1; }
    """

    def __init__(self, month: date, staff_id: int) -> None:
        super().__init__()
        self.month, self.staff_id = month, staff_id
        self.board: AppraisalBoard | None = None
        self.row = AppraisalRow(staff_id)
        self.table = RecordTable((), empty_code="appraisal.empty", id="appraisal-items")
        self.words = Wrapped(grow=True, id="appraisal-words")
        self.panel = Panel("appraisal.person", self.table)

    def body(self) -> Iterable[Widget]:
        """The items, and the sum."""
        yield self.panel
        yield self.words

    def ready(self) -> None:
        """Read the month."""
        self.table.columns = self._columns()
        self.table.focus()
        self.changed()

    def changed(self) -> None:
        """Reckon anew."""
        from deskapp.services import appraisals

        if self.app.desk is None or self.app.desk.operator is None:
            return
        desk, month = self.desk, self.month
        self.ask(lambda: appraisals.board(desk, month), self._show, group="appraisal")

    def _show(self, board: AppraisalBoard) -> None:
        self.board = board
        self.row = next((one for one in board.rows if one.staff_id == self.staff_id), self.row)
        if isinstance(self.table.source, ListSource) and self.table.row_count:
            self.table.refresh_rows()
        else:
            self.table.source = ListSource(list(ITEMS), key=lambda item: item)
        self._say()

    def _say(self) -> None:
        board, row = self.board, self.row
        if board is None:
            return
        trade = say(f"staff.trade.{row.trade}") if row.trade else ""
        self.panel.entitle(
            name=row.name, trade=trade, month=f"{board.month:%Y-%m}", score=words.score_of(row.score)
        )
        ranked = sum(one.place is not None for one in board.of_trade(row.trade))
        lines = [Content.styled(words.sum_of(row, board), "bold")]
        if row.place is not None:
            lines.append(Content(say("appraisal.placed", place=row.place, count=ranked)))
        closed = say("appraisal.kept") if board.closed_at is not None else say("appraisal.left_out")
        self.words.show([*lines, Content.styled(closed, "$text-muted")])

    def relabel(self) -> None:
        """Say everything again."""
        super().relabel()
        self.table.columns = self._columns()
        self._say()

    def _columns(self) -> list[Column]:
        def figure(item: str, _: PaintContext) -> Content:
            return Content(words.in_full(item, self.row.figure(item)))

        def points(item: str, _: PaintContext) -> Content:
            value = self.row.points.get(item)
            tone = "$text-muted" if not value else "$success" if value > 0 else "$error"
            return Content.styled(words.points_of(value), tone)

        def formula(item: str, _: PaintContext) -> Content:
            weights = self.board.weights if self.board else {}
            text = words.formula_of(item, self.row.figure(item), weights) if weights else ""
            return Content.styled(text, "$text-muted")

        return [
            Column("item", "appraisal.column.item", 20, lambda item, _: Content(words.name_of(item))),
            Column("figure", "appraisal.column.figure", 19, figure),
            Column("points", "appraisal.column.points", 8, points, align="right"),
            Column("formula", "appraisal.column.formula", None, formula),
        ]

    def on_record_table_chosen(self, message: RecordTable.Chosen) -> None:
        """Open the cases behind a figure."""
        item: str = message.record
        if self.board is None or not self.row.figure(item).count:
            self.app.say("appraisal.none", item=words.name_of(item))
            return
        self.app.push_screen(AppraisalCasesScreen(self.board, self.row, item))

    def action_open(self) -> None:
        """Open the cases behind the figure under the cursor."""
        self.table.action_choose()

    def action_leave(self) -> None:
        """Back to the others."""
        self.dismiss(None)


class AppraisalCasesScreen(Listing, DeskScreen[None]):
    """The cases behind one figure of one person; Enter opens the ticket, the call, the site, the sanction."""

    PLACE, SCREEN_ID, ROWS = "more", "appraisal_cases", ("A2",)
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "open", id="appraisal_cases.open"),
        Binding("escape", "leave", id="back"),
    ]

    def __init__(self, board: AppraisalBoard, row: AppraisalRow, item: str) -> None:
        super().__init__()
        self.board, self.row, self.item = board, row, item
        self.table = RecordTable((), empty_code="appraisal.cases_gone", id="appraisal-cases")
        self.panel = Panel("appraisal.cases", self.table)

    def body(self) -> Iterable[Widget]:
        """The list."""
        yield self.panel

    def ready(self) -> None:
        """Read the first of them."""
        from deskapp.services.appraisals import Cases

        self.table.columns = _case_columns(self.desk, self.item)
        self.table.source = Cases(self.desk, self.board, self.row.staff_id, self.item)
        self.table.focus()
        self._say()

    def changed(self) -> None:
        """Read anew."""
        if self.app.desk is not None and self.app.desk.operator is not None:
            self.table.refresh_rows()

    def relabel(self) -> None:
        """Say everything again."""
        super().relabel()
        if self.app.desk is not None:
            self.table.columns = _case_columns(self.desk, self.item)
        self._say()

    def _say(self) -> None:
        figure = words.in_full(self.item, self.row.figure(self.item))
        month = f"{self.board.month:%Y-%m}"
        self.panel.entitle(name=self.row.name, item=words.name_of(self.item), figure=figure, month=month)
        self.panel.whisper(say(f"appraisal.means.{self.item}"))

    def on_record_table_chosen(self, message: RecordTable.Chosen) -> None:
        """Open what the case is."""
        one: AppraisalCase = message.record
        if one.noun == "sanction" and one.source_id is not None:
            self._open_sanction(one.source_id)
        elif one.ticket_id is not None:
            self.app.open_ticket(one.ticket_id)
        elif one.source == "call" and one.source_id is not None:
            from deskapp.screens.call_detail import CallDetailDialog

            self.app.push_screen(CallDetailDialog(one.source_id))
        elif one.source == "repair" and one.source_id is not None:
            self._open_repair(one.source_id)
        elif one.site_id is not None:
            from deskapp.screens.site import SiteScreen

            self.app.push_screen(SiteScreen(one.site_id))
        elif one.client_id is not None:
            self.app.open_client(one.client_id)

    def _open_sanction(self, sanction_id: int) -> None:
        from deskapp.screens.sanction import SanctionScreen
        from deskapp.services import sanctions

        desk = self.desk
        self.ask(
            lambda: sanctions.read(desk, sanction_id),
            lambda row: self.app.push_screen(SanctionScreen(row)),
            group="open",
        )

    def _open_repair(self, repair_id: int) -> None:
        """The rating of a repair opens its ticket."""
        desk = self.desk

        def ticket() -> int:
            with desk.read() as work:
                return work.repairs.find(repair_id).ticket_id

        self.ask(ticket, self.app.open_ticket, group="open")

    def action_open(self) -> None:
        """Open the case under the cursor."""
        self.table.action_choose()

    def action_leave(self) -> None:
        """Back to the figures."""
        self.dismiss(None)

    def context(self) -> dict[str, Any]:
        """Whom a new complaint is about: the client under the cursor."""
        row = self.table.selected
        return {"client_id": row.client_id, "site_id": row.site_id} if row else {}


def _case_columns(desk: Desk, item: str) -> list[Column]:
    def at(one: AppraisalCase, _: PaintContext) -> Content:
        if one.noun == "site":
            return Content.styled(str(one.at or ""), "$text-muted")
        return Content.styled(paint.when(desk, one.at), "$text-muted")  # type: ignore[arg-type]

    def amount(one: AppraisalCase, _: PaintContext) -> Content:
        if item == "timeliness":
            word = say("appraisal.case.in_time") if one.amount else say("appraisal.case.late")
            sign = signs.sign("met" if one.amount else "missed")
            return Content.styled(f"{sign} {word}", "$success" if one.amount else "$error")
        if item in MONEY:
            return Content(f"{(one.amount or 0) / 100:+,.2f}".removesuffix(".00"))
        return Content(str(one.amount))

    columns = [Column("at", "appraisal.column.at", 16, at)]
    if item in MONEY or item in ("complaints", "responsible", "repeats", "timeliness"):
        columns.append(
            Column("number", "appraisal.column.number", 16, lambda one, _: painting.safe(one.number))
        )
    if item in RATED or item in MONEY or item == "timeliness":
        columns.append(Column("amount", f"appraisal.amount.{item}", 9, amount, align="right"))
    if item not in MONEY:
        columns.append(Column("client", "appraisal.column.client", 10, _client))
    if item in RATED or item == "sites":
        columns.append(Column("address", "appraisal.column.address", None, _address))
    else:
        columns.append(Column("words", "appraisal.column.words", None, _words))
    if item not in RATED and item != "praises":
        columns.append(Column("state", "appraisal.column.state", 12, _state, min_terminal=76))
    return columns


def _client(one: AppraisalCase, _context: PaintContext) -> Content:
    return Content(paint.client_name(one.client))


def _address(one: AppraisalCase, _context: PaintContext) -> Content:
    return painting.safe(one.address)


def _words(one: AppraisalCase, _context: PaintContext) -> Content:
    return painting.safe(" ".join(one.words.split()))


_STATES = {"ticket": "ticket.state", "sanction": "sanction.act", "site": "site.stage"}


def _state(one: AppraisalCase, _context: PaintContext) -> Content:
    return Content(say(f"{_STATES[one.noun]}.{one.state}")) if one.state else Content("")
