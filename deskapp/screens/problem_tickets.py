"""The tickets behind a bar of the problem analysis, page by page; and the clients who were lost (row R3)."""

from __future__ import annotations

from collections.abc import Hashable
from typing import TYPE_CHECKING, Any, ClassVar

from textual.binding import Binding, BindingType
from textual.content import Content

from deskapp.domain.period import Period
from deskapp.domain.rows import TicketRow
from deskapp.i18n import say
from deskapp.screens import paint
from deskapp.screens import problem_lists as lists
from deskapp.screens.base import DeskScreen, Panel
from deskapp.screens.paged import Listed, Paged
from deskapp.services import problems
from deskapp.services.problem_charts import period_words, value_words
from deskapp.widgets.record_table import Column, ListSource, RecordTable

if TYPE_CHECKING:
    from deskapp.desk import Desk
    from deskapp.domain.problem_analysis import Lost, Selection
    from deskapp.services.problems import Analysis
    from deskapp.widgets.record_table import PaintContext


class Behind(Paged[TicketRow]):
    """The tickets behind a bar, the newest first."""

    def __init__(self, desk: Desk, chosen: Selection) -> None:
        super().__init__(desk)
        self.chosen = chosen

    def _page(self, work: Any, limit: int, **place: Any) -> list[TicketRow]:
        found: list[TicketRow] = work.problems.page(self.chosen, limit, **place)
        return found

    def count(self) -> int:
        """As many as the bar says."""
        with self.desk.read() as work:
            return work.problems.count(self.chosen)

    def key(self, record: TicketRow) -> Hashable:
        """A ticket stays itself."""
        return record.ticket.id


class ProblemTicketsScreen(Listed, DeskScreen[None]):
    """Every ticket behind a bar; Enter opens it."""

    PLACE, SCREEN_ID, ROWS = "more", "problem_tickets", ("R3",)
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "open", id="problem_tickets.open"),
        Binding("escape", "leave", id="back"),
    ]

    def __init__(self, analysis: Analysis, value: str) -> None:
        super().__init__()
        self.analysis, self.value = analysis, value
        self.table = RecordTable((), empty_code="problems.empty", id="problem-tickets")
        self.panel = Panel("problems.tickets", self.table)

    def ready(self) -> None:
        """Read the newest of them."""
        desk, one = self.desk, self.analysis

        def received(row: TicketRow, _context: PaintContext) -> Content:
            return Content.styled(paint.when(desk, row.ticket.received_at), "$text-muted")

        self.table.columns = lists.ticket_columns(Column("received", "tickets.column.received", 11, received))
        chosen = problems.selection(desk, one.period, one.scope, one.dimension, self.value)
        self.table.source = Behind(desk, chosen)
        self.table.focus()
        self._titles()

    def relabel(self) -> None:
        """Say everything again."""
        super().relabel()
        self._titles()

    def _titles(self) -> None:
        from deskapp.domain.period import read_period

        one, count = self.analysis, self.table.row_count
        months = one.dimension == "month"
        period = read_period(self.value) if months else one.period
        label = say("problems.by.month") if months else value_words(one.dimension, self.value)
        self.panel.entitle(
            label=label,
            what=say(f"problems.scope.{one.scope}"),
            period=period_words(period),
            count="" if count is None else count,
        )

    def on_record_table_chosen(self, message: RecordTable.Chosen) -> None:
        """Open the ticket."""
        self.app.open_ticket(message.record.ticket.id)

    def action_leave(self) -> None:
        """Back to the bars."""
        self.dismiss(None)

    def context(self) -> dict[str, Any]:
        """Whom a new complaint is about: the client under the cursor."""
        row = self.table.selected
        return {"client_id": row.ticket.client_id, "site_id": row.ticket.site_id} if row else {}


class LostScreen(Listed, DeskScreen[None]):
    """Who was lost in a period, how, and why as far as it is recorded; Enter opens the client's history."""

    PLACE, SCREEN_ID, ROWS = "more", "lost_clients", ("R3",)
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "open", id="lost_clients.open"),
        Binding("escape", "leave", id="back"),
    ]

    def __init__(self, period: Period) -> None:
        super().__init__()
        self.period = period
        self.table = RecordTable(lists.lost_columns(), empty_code="problems.lost_empty", id="lost-clients")
        self.panel = Panel("problems.lost_title", self.table)

    def ready(self) -> None:
        """Read them."""
        self.table.focus()
        self._read()

    def changed(self) -> None:
        """Read anew."""
        if self.app.desk is not None and self.app.desk.operator is not None:
            self._read()

    def relabel(self) -> None:
        """Say everything again."""
        super().relabel()
        self._titles()

    def _read(self) -> None:
        desk, period = self.desk, self.period
        self._titles()
        self.ask(lambda: problems.lost(desk, period), self._show, group="lost")

    def _show(self, found: tuple[Lost, ...]) -> None:
        source = self.table.source
        if isinstance(source, ListSource) and source.records:
            source.replace(list(found))
            self.table.refresh_rows()
        else:
            self.table.source = ListSource(list(found), key=lambda one: one)
        self._titles()

    def _titles(self) -> None:
        count = self.table.row_count
        self.panel.entitle(period=period_words(self.period), count="" if count is None else count)

    def on_record_table_chosen(self, message: RecordTable.Chosen) -> None:
        """Open the withdrawn complaint, or the client."""
        one: Lost = message.record
        if one.ticket_id is not None:
            self.app.open_ticket(one.ticket_id)
        elif one.client_id is not None:
            self.app.open_client(one.client_id)

    def action_leave(self) -> None:
        """Back to the bars."""
        self.dismiss(None)

    def context(self) -> dict[str, Any]:
        """Whom a new complaint is about: the client under the cursor."""
        one: Lost | None = self.table.selected
        return {"client_id": one.client_id, "site_id": one.site_id} if one else {}
