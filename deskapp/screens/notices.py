"""What one is told: called on in words, or something done to a ticket one watches; the newest first (row T15)."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from textual.binding import Binding, BindingType
from textual.content import Content

from deskapp.domain.notice import COACHED, ESCALATED, PUT_ON, WATCHED
from deskapp.i18n import knows, say
from deskapp.screens import paint
from deskapp.screens.base import DeskScreen, Panel
from deskapp.screens.escalated import escalated_words
from deskapp.screens.paged import Listed
from deskapp.screens.ticket_history import event_word
from deskapp.services.notices import OwnNotices
from deskapp.widgets import painting
from deskapp.widgets.record_table import Column, PaintContext, RecordTable
from deskapp.widgets.safe_text import shown

if TYPE_CHECKING:
    from deskapp.desk import Desk
    from deskapp.domain.notice import NoticeRow
    from deskapp.domain.ticket import TicketEvent


class NoticesScreen(Listed, DeskScreen[None]):
    """One's own notices; Enter opens the ticket and has read it."""

    PLACE, SCREEN_ID, ROWS = "more", "notices", ("T15",)
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "open", id="notices.open"),
        Binding("r", "read", id="notices.read"),
        Binding("a", "read_all", id="notices.read_all"),
        Binding("escape", "leave", id="back"),
    ]

    def __init__(self) -> None:
        super().__init__()
        self.unread = 0
        self.table = RecordTable((), empty_code="notices.empty", id="notices-table")
        self.panel = Panel("notices.title", self.table)

    def ready(self) -> None:
        """Show the newest."""
        self.table.columns = _columns(self.desk)
        self.table.source = OwnNotices(self.desk)
        self.table.focus()
        self._count()

    def changed(self) -> None:
        """Read anew; another operator reads their own."""
        if self.app.desk is None or self.app.desk.operator is None:
            return
        source = self.table.source
        if isinstance(source, OwnNotices) and source.own == self.app.desk.operator.id:
            self.table.refresh_rows()
            self._count()
        else:
            self.ready()

    def _count(self) -> None:
        source = OwnNotices(self.desk)
        self.ask(source.unread, self._counted, group="unread")

    def _counted(self, unread: int) -> None:
        self.unread = unread
        self._titles()

    def _titles(self) -> None:
        count = self.table.row_count
        self.panel.entitle(unread=self.unread, count="" if count is None else count)

    def relabel(self) -> None:
        """Say everything again."""
        super().relabel()
        if self.app.desk is not None and self.app.desk.operator is not None:
            self.table.columns = _columns(self.desk)
            self._titles()

    def on_record_table_chosen(self, message: RecordTable.Chosen) -> None:
        """Open the ticket, or the coaching told of: then the notice has been read."""
        row: NoticeRow = message.record
        self._read(row)
        if row.notice.reason == COACHED:
            self.app.go("quality")
        elif row.ticket is not None:
            self.app.open_ticket(row.ticket.ticket.id)

    def action_read(self) -> None:
        """Mark the one under the cursor as read, and go on to the next."""
        row = self.table.selected
        if row is not None:
            self._read(row)
            self.table.action_move(1)

    def _read(self, row: NoticeRow) -> None:
        from deskapp.services import notices

        desk = self.desk
        if row.notice.read_at is None:
            self.act(lambda: notices.mark_read(desk, row.notice.id))

    def action_read_all(self) -> None:
        """Mark all as read, up to the newest this list has shown."""
        from deskapp.services import notices

        desk, source = self.desk, self.table.source
        if isinstance(source, OwnNotices) and source.seen:
            newest = source.seen
            self.act(
                lambda: notices.mark_all_read(desk, newest),
                lambda count: self.app.say("notices.all_read", count=count),
            )

    def action_leave(self) -> None:
        """Back to the queue."""
        self.app.go("queue")


def _columns(desk: Desk) -> list[Column]:
    def at(row: NoticeRow, _context: PaintContext) -> Content:
        return Content.styled(paint.when(desk, row.notice.at), "$text-muted")

    return [
        Column("new", "", 4, _new),
        Column("at", "notices.column.at", 11, at),
        Column("who", "notices.column.who", 8, _who),
        Column("what", "notices.column.what", None, _what),
        Column("ticket", "notices.column.ticket", 16, _number, min_terminal=70),
        Column("about", "notices.column.about", 24, _about, min_terminal=100),
    ]


def _new(row: NoticeRow, _context: PaintContext) -> Content:
    return Content("") if row.notice.read_at else Content.styled(say("notices.new"), "bold $warning")


def _who(row: NoticeRow, _context: PaintContext) -> Content:
    return painting.safe(row.who, "bold" if row.notice.read_at is None else "")


def _what(row: NoticeRow, _context: PaintContext) -> Content:
    """Why one is told, what was done, and in whose words."""
    code = f"notices.reason.{row.notice.reason.removeprefix('ticket.')}"
    why = say(code) if knows(code) else shown(row.notice.reason)
    if row.notice.reason == ESCALATED and any(event.kind == "escalated" for event in row.events):
        why = ""
    done = say("cli.list_comma").join(_done(event) for event in row.events)
    said = next((" ".join(event.text.split()) for event in row.events if event.text.strip()), "")
    tone = "$text-muted" if row.notice.reason in (WATCHED, PUT_ON) else "$warning"
    words = painting.safe(said, "" if row.notice.read_at is None else "$text-muted")
    parts = [Content.styled(why, tone), Content.styled(done, "" if why else tone), words]
    return painting.join([part for part in parts if part.plain], " ")


def _done(event: TicketEvent) -> str:
    """What was done; of an escalation, which deadline and who is told."""
    escalated = escalated_words(event.facts or {}) if event.kind == "escalated" else ""
    return escalated or event_word(event.kind)


def _number(row: NoticeRow, _context: PaintContext) -> Content:
    return painting.safe(row.ticket.ticket.number if row.ticket else "", "$text-muted")


def _about(row: NoticeRow, _context: PaintContext) -> Content:
    if row.ticket is None:
        return Content("")
    return painting.safe(f"{paint.client_name(row.ticket.client_name)} {row.ticket.ticket.subject}")
