"""One mass complaint: how far it has spread, its complaints with their clocks, one answer and one resolution (T11)."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any, ClassVar

from textual.binding import Binding, BindingType
from textual.containers import Horizontal
from textual.widget import Widget

from deskapp.i18n import say
from deskapp.screens import mass_forms
from deskapp.screens import mass_lists as lists
from deskapp.screens.base import DeskScreen, Panel
from deskapp.screens.paged import Listing
from deskapp.widgets.charts import ChartView
from deskapp.widgets.record_table import ListSource, RecordTable
from deskapp.widgets.wrapped import Wrapped

if TYPE_CHECKING:
    from deskapp.domain.mass_complaint import MassComplaint
    from deskapp.domain.rows import TicketRow
    from deskapp.services.mass import Applied, Opened

CHANGES = ("answer", "resolve", "add", "take_out", "dissolve")


class MassGroupScreen(Listing, DeskScreen[None]):
    """The spread above with a bar a day, the complaints below; keys answer and resolve all of them at once."""

    PLACE, SCREEN_ID, ROWS = "more", "mass_group", ("T11", "T7")
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "open", id="mass_group.open"),
        Binding("a", "answer", id="mass_group.answer"),
        Binding("s", "resolve", id="mass_group.resolve"),
        Binding("plus", "add", id="mass_group.add"),
        Binding("minus", "take_out", id="mass_group.take_out"),
        Binding("x", "dissolve", id="mass_group.dissolve"),
        Binding("escape", "leave", id="back"),
    ]
    DEFAULT_CSS = """
    MassGroupScreen #mass-above { height: 11; }
    MassGroupScreen.-narrow #mass-above { height: 9; }
    MassGroupScreen #mass-head { width: 3fr; }
    MassGroupScreen #mass-days { width: 2fr; }
    """

    def __init__(self, mass_id: int) -> None:
        super().__init__()
        self.mass_id = mass_id
        self.opened: Opened | None = None
        self.head = Wrapped(id="mass-head-lines")
        self.chart = ChartView(id="mass-chart")
        self.table = RecordTable((), empty_code="mass.no_members", id="mass-children")
        self.panel = Panel("mass.group_title", self.head, id="mass-head")
        self.below = Panel("mass.members", self.table)

    def body(self) -> Iterable[Widget]:
        """How far it has spread, per day; below the complaints."""
        yield Horizontal(self.panel, Panel("mass.days", self.chart, id="mass-days"), id="mass-above")
        yield self.below

    def ready(self) -> None:
        """Read it."""
        self.table.columns = lists.child_columns(self.desk)
        self.table.focus()
        self._read()

    def changed(self) -> None:
        """Read anew."""
        if self.app.desk is not None and self.app.desk.operator is not None:
            self._read()

    def relabel(self) -> None:
        """Say everything again."""
        super().relabel()
        if self.opened is not None and self.app.desk is not None:
            self._show(self.opened)

    def _read(self) -> None:
        from deskapp.services import mass

        desk, mass_id = self.desk, self.mass_id
        self.ask(lambda: mass.look(desk, mass_id), self._show, group="mass")

    def _show(self, opened: Opened) -> None:
        self.opened = opened
        self.panel.entitle(number=opened.mass.number)
        self.below.entitle(count=len(opened.rows))
        self.head.show(lists.head_lines(self.desk, opened))
        self.chart.show_charts([lists.day_chart(opened.spread)])
        source = self.table.source
        if isinstance(source, ListSource) and source.records:
            source.replace(list(opened.rows))
            self.table.refresh_rows()
        else:
            self.table.source = ListSource(list(opened.rows), key=lambda row: row.ticket.id)
        self.refresh_bindings()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """A group that is over is only looked at."""
        return action not in CHANGES or (self.opened is not None and self.opened.mass.is_live)

    def on_record_table_chosen(self, message: RecordTable.Chosen) -> None:
        """Open the complaint."""
        self.app.open_ticket(message.record.ticket.id)

    def action_open(self) -> None:
        """Open the complaint under the cursor."""
        self.table.action_choose()

    def action_answer(self) -> None:
        """Give all of them one answer."""
        if self.opened is not None:
            mass_forms.words(self, self.opened.mass, "answer", self._applied)

    def action_resolve(self) -> None:
        """Report all of them solved."""
        if self.opened is not None:
            mass_forms.words(self, self.opened.mass, "resolve", self._applied)

    def _applied(self, done: Applied) -> None:
        """Say how many it reached, and name those it could not be given to."""
        self._read()
        left = say("cli.list_comma").join(one.number for one in done.left)
        if left:
            self.app.say("mass.applied_left", count=len(done.moved), left=left)
        else:
            self.app.say("mass.applied", count=len(done.moved))

    def action_add(self) -> None:
        """Put more complaints in."""
        if self.opened is not None and self.opened.rows:
            mass_forms.add(self, self.opened.rows[0].ticket, self.opened.mass, self._changed)

    def action_take_out(self) -> None:
        """Take the complaint under the cursor out."""
        row: TicketRow | None = self.table.selected
        if row is not None and self.opened is not None:
            mass_forms.take_out(self, self.opened.mass, row.ticket, self._changed)

    def action_dissolve(self) -> None:
        """Take all of them out."""
        if self.opened is not None:
            mass_forms.words(self, self.opened.mass, "dissolve", self._changed)

    def _changed(self, _: MassComplaint) -> None:
        self._read()

    def action_leave(self) -> None:
        """Back to where it was opened."""
        self.dismiss(None)

    def context(self) -> dict[str, Any]:
        """Whom a new complaint is about: the client under the cursor."""
        row: TicketRow | None = self.table.selected
        return {"client_id": row.ticket.client_id, "site_id": row.ticket.site_id} if row else {}
