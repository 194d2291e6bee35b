"""Requests to other departments by deadline: what was asked of whom, what they answered (row T14)."""

from __future__ import annotations

from collections.abc import Hashable
from typing import TYPE_CHECKING, Any, ClassVar

from textual.binding import Binding, BindingType
from textual.content import Content

from deskapp.domain.handoff import HandoffRow
from deskapp.i18n import say
from deskapp.screens import clock_paint, handoff_forms, paint
from deskapp.screens.base import DeskScreen, Panel
from deskapp.screens.handoff_view import TONES, status_words
from deskapp.screens.paged import Listed, Paged
from deskapp.screens.ticket import save_slip
from deskapp.widgets import painting, signs
from deskapp.widgets.record_table import Column, PaintContext, RecordTable

if TYPE_CHECKING:
    from deskapp.desk import Desk
    from deskapp.screens.base import Framed

LISTS = ("open", "done")


class HandoffsSource(Paged[HandoffRow]):
    """The handoffs to be answered, or those that were, read by key."""

    def __init__(self, desk: Desk, which: str) -> None:
        super().__init__(desk)
        self.which = which

    def count(self) -> int:
        """How many there are."""
        with self.desk.read() as work:
            return work.handoffs.count(self.which)

    def _page(self, work: Any, limit: int, **place: Any) -> list[HandoffRow]:
        found: list[HandoffRow] = work.handoffs.page(self.which, limit, **place)
        return found

    def key(self, record: HandoffRow) -> Hashable:
        """A handoff stays itself, whatever is answered."""
        return record.ticket.id


class HandoffsScreen(Listed, DeskScreen[None]):
    """What other departments owe an answer to, the first deadline first; what is late says so."""

    PLACE, SCREEN_ID, ROWS = "more", "handoffs", ("T14", "S3")
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "open", id="handoffs.open"),
        Binding("n", "add", id="handoffs.add"),
        Binding("r", "answer", id="handoffs.answer"),
        Binding("u", "urge", id="handoffs.urge"),
        Binding("s", "slip", id="handoffs.slip"),
        Binding("o", "open_client", id="handoffs.client"),
        Binding("f", "turn", id="handoffs.turn"),
        Binding("escape", "back", id="back"),
    ]

    def __init__(self) -> None:
        super().__init__()
        self.which = LISTS[0]
        """The list shown."""
        self.table = RecordTable((), empty_code="handoff.empty", id="handoffs")
        self.panel = Panel("handoff.title", self.table)

    def ready(self) -> None:
        """Show what is to be answered."""
        self.table.columns = _columns(self.desk)
        self.table.focus()
        self._list()

    def _list(self) -> None:
        self.table.source = HandoffsSource(self.desk, self.which)
        self._titles()

    def _titles(self) -> None:
        count = self.table.row_count
        self.panel.entitle(which=say(f"handoff.list.{self.which}"), count="" if count is None else count)
        self.panel.whisper(say(f"handoff.order.{self.which}"))

    def relabel(self) -> None:
        """Say everything again."""
        super().relabel()
        self._titles()

    def on_record_table_chosen(self, message: RecordTable.Chosen) -> None:
        """Open the ticket."""
        self.app.open_ticket(message.record.ticket.id)

    def action_add(self) -> None:
        """Ask a department something."""
        handoff_forms.ask(self, None)

    def action_answer(self) -> None:
        """Record what was answered."""
        if self.table.selected is not None:
            handoff_forms.answer(self, self.table.selected.ticket.id)

    def action_urge(self) -> None:
        """Tell whoever is to answer once more."""
        from deskapp.services import tickets

        desk, row = self.desk, self.table.selected
        if row is not None:
            self.act(
                lambda: tickets.urge(desk, row.ticket),
                lambda _: self.app.say("handoff.urged", number=row.ticket.number),
            )

    def action_slip(self) -> None:
        """Write the slip where it can be printed from."""
        if self.table.selected is not None:
            save_slip(self, self.table.selected.ticket.id)

    def action_open_client(self) -> None:
        """Open the client's history."""
        if self.table.selected is not None:
            self.app.open_client(self.table.selected.ticket.client_id)

    def action_turn(self) -> None:
        """Show those answered, or those to be answered again."""
        self.which = LISTS[(LISTS.index(self.which) + 1) % len(LISTS)]
        self._list()

    def action_back(self) -> None:
        """Back to what is to be answered; from there to the queue."""
        if self.which != LISTS[0]:
            self.action_turn()
        else:
            self.app.go("queue")

    def context(self) -> dict[str, Any]:
        """Whom a new complaint is about: the client under the cursor."""
        row: HandoffRow | None = self.table.selected
        return {"client_id": row.ticket.client_id, "site_id": row.ticket.site_id} if row else {}


def open_handoff(screen: Framed, client_id: int, site_id: int | None) -> None:
    """Ask a department something about a client."""
    handoff_forms.ask(screen, client_id, site_id)


def _columns(desk: Desk) -> list[Column]:
    def due(row: HandoffRow, context: PaintContext) -> Content:
        when = paint.when(desk, row.ticket.due_at) or say("handoff.no_due")
        waits = row.ticket.state not in ("resolved", "verified", "closed")
        if waits and row.row.due_us and row.row.due_us < context.now_us:
            return Content.styled(f"{when} {signs.sign('error')}{say('handoff.overdue')}", "bold $error")
        return Content(when)

    def status(row: HandoffRow, _context: PaintContext) -> Content:
        """How a refund stands; for anything else how its ticket stands."""
        words = status_words(row.state, desk.local(desk.now()).year)
        if words:
            return Content.styled(words, TONES.get(row.state.status, ""))
        return Content.styled(say(f"ticket.state.{row.ticket.state}"), "$text-muted")

    return [
        Column("due", "handoff.column.due", 17, due),
        Column("number", "handoff.column.number", 16, _number, min_terminal=104),
        Column("topic", "handoff.column.topic", 10, _topic),
        Column("client", "handoff.column.client", 8, lambda row, _: paint.client_name(row.row.client_name)),
        Column("subject", "handoff.column.subject", None, lambda row, _: painting.safe(row.ticket.subject)),
        Column("who", "handoff.column.who", 12, _who),
        Column("status", "handoff.column.status", 13, status),
    ]


def _number(row: HandoffRow, _context: PaintContext) -> Content:
    return painting.safe(row.ticket.number, "$text-muted")


def _topic(row: HandoffRow, _context: PaintContext) -> Content:
    return Content.styled(say(f"handoff.topic.{row.state.topic}"), "$primary")


def _who(row: HandoffRow, _context: PaintContext) -> Content:
    """The person, or the department where nobody is named."""
    named = row.row.responsible or row.row.department
    return painting.safe(named) if named else clock_paint.who_has_it(row.row)
