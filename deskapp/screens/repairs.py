"""Repairs to be worked off: those without an appointment first, then by appointment, and who comes (row T13)."""

from __future__ import annotations

from collections.abc import Hashable
from typing import TYPE_CHECKING, Any, ClassVar

from textual.binding import Binding, BindingType
from textual.content import Content

from deskapp.domain.repair import RepairRow
from deskapp.i18n import say
from deskapp.screens import clock_paint, paint, repair_forms, repair_view
from deskapp.screens.base import DeskScreen, Panel
from deskapp.screens.paged import Listed, Paged
from deskapp.screens.ticket import save_slip
from deskapp.screens.ticket_view import STATE_TONES
from deskapp.widgets import painting
from deskapp.widgets.record_table import Column, PaintContext, RecordTable

if TYPE_CHECKING:
    from pendulum import DateTime

    from deskapp.desk import Desk
    from deskapp.screens.base import Framed

LISTS = ("open", "today", "done")


class RepairsSource(Paged[RepairRow]):
    """One of the lists of repairs, read by key."""

    def __init__(self, desk: Desk, which: str) -> None:
        super().__init__(desk)
        self.which = which

    def _day(self) -> tuple[DateTime, DateTime] | None:
        """Today, for the list of today."""
        if self.which != "today":
            return None
        start = self.desk.local(self.desk.now()).start_of("day")
        return start, start.add(days=1)

    def count(self) -> int:
        """How many there are."""
        with self.desk.read() as work:
            return work.repairs.count(self.which, self._day())

    def _page(self, work: Any, limit: int, **place: Any) -> list[RepairRow]:
        found: list[RepairRow] = work.repairs.page(self.which, limit, day=self._day(), **place)
        return found

    def key(self, record: RepairRow) -> Hashable:
        """A repair stays itself, whatever becomes of it."""
        return record.ticket.id


class RepairsScreen(Listed, DeskScreen[None]):
    """What is broken at whose home, whether the warranty covers it, who comes when; the next step in one key."""

    PLACE, SCREEN_ID, ROWS = "more", "repairs", ("T13", "T2")
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "open", id="repairs.open"),
        Binding("n", "add", id="repairs.add"),
        Binding("a", "appoint", id="repairs.appoint"),
        Binding("d", "done", id="repairs.done"),
        Binding("s", "slip", id="repairs.slip"),
        Binding("o", "open_client", id="repairs.client"),
        Binding("f", "turn", id="repairs.turn"),
        Binding("escape", "back", id="back"),
    ]

    def __init__(self) -> None:
        super().__init__()
        self.which = LISTS[0]
        """The list shown."""
        self.table = RecordTable((), empty_code="repair.empty", id="repairs")
        self.panel = Panel("repair.title", self.table)

    def ready(self) -> None:
        """Show what is to be done."""
        self.table.columns = _columns(self.desk)
        self.table.focus()
        self._list()

    def _list(self) -> None:
        self.table.source = RepairsSource(self.desk, self.which)
        self._titles()

    def _titles(self) -> None:
        count = self.table.row_count
        self.panel.entitle(which=say(f"repair.list.{self.which}"), count="" if count is None else count)
        self.panel.whisper(say(f"repair.order.{self.which}"))

    def relabel(self) -> None:
        """Say everything again."""
        super().relabel()
        self._titles()

    def on_record_table_chosen(self, message: RecordTable.Chosen) -> None:
        """Open the ticket."""
        self.app.open_ticket(message.record.ticket.id)

    def action_add(self) -> None:
        """Report a repair of anybody."""
        from deskapp.screens.ticket_form import TicketFormScreen

        self.app.push_screen(TicketFormScreen(kind="repair"))

    def action_appoint(self) -> None:
        """Ask when who comes."""
        if self.table.selected is not None:
            repair_forms.appoint(self, self.table.selected.ticket.id)

    def action_done(self) -> None:
        """Ask what was done."""
        if self.table.selected is not None:
            repair_forms.finish(self, self.table.selected.ticket.id)

    def action_slip(self) -> None:
        """Write the slip where it can be printed from."""
        if self.table.selected is not None:
            save_slip(self, self.table.selected.ticket.id)

    def action_open_client(self) -> None:
        """Open the client's history."""
        if self.table.selected is not None:
            self.app.open_client(self.table.selected.ticket.client_id)

    def action_turn(self) -> None:
        """Show the next list: to do, today's, done."""
        self.which = LISTS[(LISTS.index(self.which) + 1) % len(LISTS)]
        self._list()

    def action_back(self) -> None:
        """Back to what is to be done; from there to the queue."""
        if self.which != LISTS[0]:
            self.which = LISTS[0]
            self._list()
        else:
            self.app.go("queue")

    def context(self) -> dict[str, Any]:
        """Whom a new complaint is about: the client under the cursor."""
        row: RepairRow | None = self.table.selected
        return {"client_id": row.ticket.client_id, "site_id": row.ticket.site_id} if row else {}


def open_repair(screen: Framed, client_id: int, site_id: int | None) -> None:
    """Report a repair of a client: the form with client and site filled in, and how the warranty stands."""
    from deskapp.screens.ticket_form import TicketFormScreen

    give = getattr(screen, "context", None)
    context = give() if give is not None else {}
    call_id = context.get("call_id") if context.get("client_id") == client_id else None
    screen.app.push_screen(TicketFormScreen(client_id, site_id, call_id, kind="repair"))


def _columns(desk: Desk) -> list[Column]:
    def appointment(row: RepairRow, _context: PaintContext) -> Content:
        return repair_view.appointment_words(desk, row)

    def state(row: RepairRow, context: PaintContext) -> Content:
        if row.ticket.clock_runs:
            return clock_paint.response_left(row.row, context.now_us, desk.policy)
        word = say(f"ticket.state.{row.ticket.state}")
        return Content.styled(word, STATE_TONES.get(row.ticket.state, "$foreground"))

    return [
        Column("number", "repair.column.number", 16, _number, min_terminal=96),
        Column("client", "repair.column.client", 8, lambda row, _: paint.client_name(row.row.client_name)),
        Column("address", "repair.column.address", 18, _address, min_terminal=130),
        Column("subject", "repair.column.subject", None, _subject),
        Column(
            "warranty",
            "repair.column.warranty",
            8,
            lambda row, _: repair_view.warranty_short(row.repair.warranty),
        ),
        Column("worker", "repair.column.worker", 10, lambda row, _: repair_view.who_goes(row)),
        Column("appointment", "repair.column.appointment", 17, appointment),
        Column("state", "repair.column.state", 11, state),
    ]


def _number(row: RepairRow, _context: PaintContext) -> Content:
    return painting.safe(row.ticket.number, "$text-muted")


def _address(row: RepairRow, _context: PaintContext) -> Content:
    return painting.safe(row.row.address, "$text-muted")


def _subject(row: RepairRow, _context: PaintContext) -> Content:
    subject = painting.safe(row.ticket.subject)
    if row.ticket.severity == "minor":
        return subject
    return painting.join([paint.severity(row.ticket.severity), subject], " ")
