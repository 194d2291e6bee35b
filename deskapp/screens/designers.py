"""Designers in figures: talks, deposits, conversion; clients who paid a deposit and have not signed (row S4)."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import TYPE_CHECKING, Any, ClassVar

from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.widget import Widget

from deskapp.domain.designer import SPANS, DesignerFigures, check_span, span_of, total
from deskapp.domain.errors import RuleBroken
from deskapp.domain.register import EntryRow, Wanted
from deskapp.domain.time_words import read_day
from deskapp.i18n import say
from deskapp.i18n.errors import in_words
from deskapp.screens.base import DeskScreen, Panel
from deskapp.screens.dated import Dated
from deskapp.screens.designer_lists import ALL, designer_name, figure_columns, pending_columns
from deskapp.screens.form_dialog import Editing, FormDialog
from deskapp.screens.paged import Listed, Listing
from deskapp.screens.record_form import Values
from deskapp.screens.register_form import write
from deskapp.screens.register_lists import columns_of, name_of
from deskapp.screens.site_form import read_day as read_whole_day
from deskapp.services.designers import TALKS, Pending, figures
from deskapp.services.registers import Entries, kinds
from deskapp.widgets.form import TextField
from deskapp.widgets.record_table import ListSource, RecordTable

if TYPE_CHECKING:
    from deskapp.domain.site import SiteRow


class DesignersScreen(Editing, Listing, Dated, DeskScreen[None]):
    """Each designer's talks, deposits and conversion over some days; below, who has paid and not signed."""

    PLACE, SCREEN_ID, ROWS = "more", "designers", ("S4",)
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("t", "behind('talks', '')", id="designers.talks"),
        Binding("d", "behind('deposits', '')", id="designers.deposits"),
        Binding("s", "behind('talks', 'signed')", id="designers.signed"),
        Binding("l", "behind('talks', 'lost')", id="designers.lost"),
        Binding("left_square_bracket,less_than_sign", "turn(-1)", id="designers.earlier"),
        Binding("right_square_bracket,greater_than_sign", "turn(1)", id="designers.later"),
        Binding("m", "span", id="designers.span"),
        Binding("u", "days", id="designers.days"),
        Binding("o", "client", id="designers.client"),
        Binding("escape", "leave", id="back"),
    ]
    DEFAULT_CSS = """
    DesignersScreen #designers-high { height: 3fr; }
    DesignersScreen #designers-low { height: 2fr; }
    """

    def __init__(self) -> None:
        super().__init__()
        self.span = "month"
        self.first = self.last = date.min
        self.figures = RecordTable(figure_columns(), empty_code="designers.empty", id="designers-figures")
        self.pending = RecordTable((), empty_code="designers.none_pending", id="designers-pending")
        self.high = Panel("designers.title", self.figures)
        self.low = Panel("designers.pending_title", self.pending)

    def body(self) -> Iterable[Widget]:
        """The figures above, the clients who wait below."""
        yield Vertical(self.high, id="designers-high")
        yield Vertical(self.low, id="designers-low")

    def ready(self) -> None:
        """Begin with this month."""
        self.first, self.last = span_of(self.today, self.span)
        self.pending.columns = pending_columns(self.today)
        self.pending.source = Pending(self.desk)
        self.figures.focus()
        self._read()

    def changed(self) -> None:
        """Read anew; the cursors stay."""
        if self.app.desk is None or self.app.desk.operator is None:
            return
        self._read()
        self.pending.refresh_rows()

    def relabel(self) -> None:
        """Say everything again."""
        super().relabel()
        if self.app.desk is not None and self.app.desk.operator is not None:
            self.pending.columns = pending_columns(self.today)
            self._titles()

    def _read(self) -> None:
        desk, first, last = self.desk, self.first, self.last
        self._titles()
        self.ask(lambda: figures(desk, first, last), self._show, group="figures")

    def _show(self, rows: list[DesignerFigures]) -> None:
        from dataclasses import replace

        shown_rows = [replace(total(rows), staff_id=ALL), *rows] if rows else []
        source = self.figures.source
        if isinstance(source, ListSource) and source.records:
            source.replace(shown_rows)
            self.figures.refresh_rows()
        else:
            self.figures.source = ListSource(shown_rows, key=lambda row: row.staff_id)

    def _titles(self) -> None:
        self.high.entitle(first=self.first.isoformat(), last=self.last.isoformat())
        self.high.whisper(say("designers.formula"))
        count = self.pending.row_count
        self.low.entitle(count="" if count is None else count)
        self.low.whisper(say("designers.longest_first"))

    def on_record_table_counted(self, message: RecordTable.Counted) -> None:
        """A list knows its length."""
        self._titles()

    def on_record_table_chosen(self, message: RecordTable.Chosen) -> None:
        """Enter opens the talks behind a figure, or the client who waits."""
        if message.table is self.pending:
            self.action_client()
        else:
            self.action_behind(TALKS, "")

    def action_behind(self, register: str, state: str) -> None:
        """Open the lines a figure was counted from."""
        row: DesignerFigures | None = self.figures.selected
        if row is None:
            return
        person = None if row.staff_id == ALL else row.staff_id
        wanted = Wanted(register, self.first, self.last, person, state, live=True)
        self.app.push_screen(BehindScreen(wanted, designer_name(row)))

    def action_turn(self, by: int) -> None:
        """The span before, or the next."""
        self.first, self.last = span_of(self.first, self.span, by)
        self._read()

    def action_span(self) -> None:
        """Count a quarter, a year, a month."""
        names = list(SPANS)
        self.span = names[(names.index(self.span) + 1) % len(names)]
        self.first, self.last = span_of(min(self.last, self.today), self.span)
        self._read()

    def action_days(self) -> None:
        """Ask for days of one's own."""
        self.app.push_screen(PeriodDialog(self.first, self.last, self.today), self._take_days)

    def _take_days(self, typed: Any) -> None:
        if typed is not None:
            self.first, self.last = days_of(typed.values, self.today)
            self._read()

    def action_client(self) -> None:
        """Open the history of the client who waits."""
        row: SiteRow | None = self.pending.selected
        if row is not None:
            self.app.open_client(row.site.client_id)

    def action_leave(self) -> None:
        """Back."""
        self.dismiss(None)

    def context(self) -> dict[str, Any]:
        """Whom a new complaint is about: the client who waits under the cursor."""
        row: SiteRow | None = self.pending.selected
        if row is None or not self.pending.has_focus:
            return {}
        return {"client_id": row.site.client_id, "site_id": row.site.id}


class BehindScreen(Editing, Listed, DeskScreen[None]):
    """The lines behind a figure: as many as it says. Enter opens one."""

    PLACE, SCREEN_ID, ROWS = "more", "register_behind", ("S4",)
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "open", id="register_behind.open"),
        Binding("o", "client", id="register_behind.client"),
        Binding("escape", "leave", id="back"),
    ]

    def __init__(self, wanted: Wanted, who: str) -> None:
        super().__init__()
        self.wanted, self.who = wanted, who
        self.kind = kinds()[wanted.register]
        self.table = RecordTable((), empty_code="designers.none_behind", id="behind-table")
        self.panel = Panel("designers.behind_title", self.table)

    def ready(self) -> None:
        """Show them."""
        self._columns()
        self.table.source = Entries(self.desk, self.wanted)
        self.table.focus()
        self._titles()

    def _columns(self) -> None:
        from deskapp.services.planning import today_of

        self.table.columns = columns_of(self.kind, today_of(self.desk, self.desk.now()))

    def relabel(self) -> None:
        """Say everything again."""
        super().relabel()
        if self.app.desk is not None:
            self._columns()
            self._titles()

    def _titles(self) -> None:
        from deskapp.screens.register_lists import choice_word

        wanted, count = self.wanted, self.table.row_count
        state = choice_word(self.kind, self.kind.state, wanted.state) if wanted.state else ""
        self.panel.entitle(
            register=name_of(self.kind),
            who=self.who,
            state=state,
            first=str(wanted.first or ""),
            last=str(wanted.last or ""),
            count="" if count is None else count,
        )

    def on_record_table_chosen(self, message: RecordTable.Chosen) -> None:
        """Open the line."""
        row: EntryRow = message.record
        if self.may("register.save"):
            write(self, self.kind, row.entry)

    def action_client(self) -> None:
        """Open the history of the client."""
        row: EntryRow | None = self.table.selected
        if row is not None and row.entry.client_id is not None:
            self.app.open_client(row.entry.client_id)

    def action_leave(self) -> None:
        """Back to the figures."""
        self.dismiss(None)

    def context(self) -> dict[str, Any]:
        """Whom a new complaint is about."""
        row: EntryRow | None = self.table.selected
        return {"client_id": row.entry.client_id, "site_id": row.entry.site_id} if row else {}


class PeriodDialog(FormDialog):
    """Over which days is counted."""

    SCREEN_ID, TITLE_CODE, ROWS = "period", "designers.days_title", ("S4",)

    def __init__(self, first: date, last: date, today: date) -> None:
        self.today = today
        super().__init__("designers-days", {"first": first.isoformat(), "last": last.isoformat()})

    def fields(self) -> Iterable[Widget]:
        """The first day and the last."""
        for name in ("first", "last"):
            yield TextField(
                name,
                f"designers.field.{name}",
                max_length=30,
                required=True,
                placeholder_code="sites.day_hint",
            )

    def wrong(self, values: Values) -> dict[str, str]:
        """Both are days, in order."""
        wrong = super().wrong(values)
        for name in ("first", "last"):
            try:
                _day(values[name], self.today)
            except RuleBroken as error:
                wrong[name] = in_words(error)
        if not wrong:
            try:
                days_of(values, self.today)
            except RuleBroken as error:
                wrong["last"] = in_words(error)
        return wrong


def _day(typed: str, today: date) -> date | None:
    return read_day(typed, today) or read_whole_day(typed)


def days_of(values: Values, today: date) -> tuple[date, date]:
    """The days typed, in order; RuleBroken when they are not."""
    return check_span(_day(values["first"], today), _day(values["last"], today))
