"""The ledger of penalties and rewards: a month's sums by person, each opens to the lines it is the sum of (T9, A3)."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from functools import partial
from typing import TYPE_CHECKING, ClassVar

from textual.binding import Binding, BindingType
from textual.content import Content
from textual.widget import Widget

from deskapp.domain.sanction import MonthSum
from deskapp.i18n import say
from deskapp.screens import sanction_words
from deskapp.screens.base import DeskScreen, Panel
from deskapp.screens.dated import Monthly
from deskapp.screens.paged import Listing
from deskapp.widgets import painting
from deskapp.widgets.record_table import Column, ListSource, PaintContext, RecordTable

if TYPE_CHECKING:
    from deskapp.domain.sanction import EntryRow, SanctionRow


class LedgerScreen(Listing, Monthly, DeskScreen[None]):
    """A month by person with its total; Enter opens the lines."""

    PLACE, SCREEN_ID, ROWS = "more", "ledger", ("T9", "A3")
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "open", id="ledger.open"),
        Binding("left_square_bracket", "month(-1)", id="ledger.earlier"),
        Binding("right_square_bracket", "month(1)", id="ledger.later"),
        Binding("escape", "leave", id="back"),
    ]

    def __init__(self) -> None:
        super().__init__()
        self.month = date.min
        self.table = RecordTable(_columns(), empty_code="sanction.ledger_empty", id="ledger-table")
        self.panel = Panel("sanction.ledger_title", self.table)

    def body(self) -> Iterable[Widget]:
        """The list."""
        yield self.panel

    def ready(self) -> None:
        """Begin with this month."""
        self.month = self.this_month
        self.table.focus()
        self._read(anew=True)

    def changed(self) -> None:
        """Add up anew."""
        if self.app.desk is not None and self.app.desk.operator is not None:
            self._read()

    def relabel(self) -> None:
        """Say everything again."""
        super().relabel()
        self.table.columns = _columns()

    def _read(self, *, anew: bool = False) -> None:
        from deskapp.services import sanctions

        desk, month = self.desk, self.month
        self.ask(lambda: sanctions.sums(desk, month), partial(self._show, anew), group="ledger")

    def _show(self, anew: bool, found: list[MonthSum]) -> None:
        rows = [*found, sum(found, MonthSum())] if found else []
        source = self.table.source
        if anew or not isinstance(source, ListSource):
            self.table.source = ListSource(rows, key=lambda row: row.staff_id)
        else:
            source.replace(rows)
            self.table.refresh_rows()
        self.panel.entitle(month=f"{self.month:%Y-%m}", count=len(found))

    def on_record_table_chosen(self, message: RecordTable.Chosen) -> None:
        """Open the lines of whoever it is; the total has none of its own."""
        row: MonthSum = message.record
        if row.staff_id:
            self.app.push_screen(EntriesScreen(row.staff_id, row.name, self.month))

    def action_open(self) -> None:
        """Open the lines behind the sum under the cursor."""
        self.table.action_choose()

    def month_turned(self) -> None:
        """Show the month it is now about."""
        self._read(anew=True)

    def action_leave(self) -> None:
        """Go back."""
        self.dismiss(None)


class EntriesScreen(Listing, DeskScreen[None]):
    """The lines one person's month is the sum of; Enter opens the penalty or reward."""

    PLACE, SCREEN_ID, ROWS = "more", "ledger_entries", ("T9", "A3")
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "open", id="ledger_entries.open"),
        Binding("escape", "leave", id="back"),
    ]

    def __init__(self, staff_id: int, name: str, month: date) -> None:
        super().__init__()
        self.staff_id, self.person, self.month = staff_id, name, month
        self.table = RecordTable((), empty_code="sanction.ledger_empty", id="entries-table")
        self.panel = Panel("sanction.entries_title", self.table)

    def body(self) -> Iterable[Widget]:
        """The list."""
        yield self.panel

    def ready(self) -> None:
        """Read them."""
        self.table.columns = sanction_words.entry_columns(self.desk)
        self.table.focus()
        self.changed()

    def changed(self) -> None:
        """Read them anew."""
        desk, who, month = self.desk, self.staff_id, self.month

        def read() -> list[EntryRow]:
            with desk.read() as work:
                return work.sanction_entries.of_month(who, month)

        self.ask(read, self._show, group="entries")

    def _show(self, rows: list[EntryRow]) -> None:
        source = self.table.source
        if isinstance(source, ListSource) and self.table.row_count:
            source.replace(rows)
            self.table.refresh_rows()
        else:
            self.table.source = ListSource(rows, key=lambda row: row.entry.id)
        total = sanction_words.moved(sum(row.entry.amount for row in rows)).plain
        self.panel.entitle(name=self.person, month=f"{self.month:%Y-%m}", total=total)

    def relabel(self) -> None:
        """Say everything again."""
        super().relabel()
        if self.app.desk is not None:
            self.table.columns = sanction_words.entry_columns(self.desk)

    def on_record_table_chosen(self, message: RecordTable.Chosen) -> None:
        """Open the penalty or reward with all its entries."""
        from deskapp.services import sanctions

        desk, one = self.desk, message.record.sanction.id
        self.ask(lambda: sanctions.read(desk, one), self._open, group="open")

    def _open(self, row: SanctionRow) -> None:
        from deskapp.screens.sanction import SanctionScreen

        self.app.push_screen(SanctionScreen(row))

    def action_open(self) -> None:
        """Open the penalty or reward of the line under the cursor."""
        self.table.action_choose()

    def action_leave(self) -> None:
        """Go back."""
        self.dismiss(None)


def _columns() -> list[Column]:
    """Who, where, how many penalties and rewards, what they come to, and what was taken back."""

    def name(row: MonthSum, _: PaintContext) -> Content:
        return (
            painting.safe(row.name, "bold") if row.staff_id else Content.styled(say("sanction.total"), "bold")
        )

    def where(row: MonthSum, _: PaintContext) -> Content:
        trade = say(f"staff.trade.{row.trade}") if row.trade else ""
        return painting.join([Content(trade), painting.safe(row.department, "$text-muted")], " ")

    def figure(name: str) -> Column:
        def paint(row: MonthSum, _: PaintContext) -> Content:
            count = getattr(row, name)
            return Content(str(count)) if count else Content.styled("-", "$text-disabled")

        return Column(name, f"sanction.column.{name}", 8, paint, align="right")

    def money(name: str) -> Column:
        def paint(row: MonthSum, _: PaintContext) -> Content:
            return sanction_words.moved(getattr(row, name))

        return Column(name, f"sanction.column.{name}", 10, paint, align="right")

    return [
        Column("name", "sanction.column.staff", None, name),
        Column("where", "sanction.column.where", 20, where, min_terminal=100),
        figure("penalty_count"),
        money("penalties"),
        figure("reward_count"),
        money("rewards"),
        figure("reversed_count"),
        money("net"),
    ]
