"""Every ticket, the newest first, and any of them found as one types: number, client, pinyin, phone, words."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, ClassVar

from textual import events
from textual.binding import Binding, BindingType
from textual.content import Content

from deskapp.domain.ticket import KINDS
from deskapp.i18n import say
from deskapp.screens import clock_paint, paint
from deskapp.screens.base import DeskScreen, Panel
from deskapp.screens.found_list import FoundList, PageFindLine
from deskapp.screens.saved_views import SavedViews
from deskapp.screens.ticket_bulk import BulkActs, bulk_bindings
from deskapp.screens.ticket_view import STATE_TONES, tag_words
from deskapp.widgets import painting
from deskapp.widgets.countdown import sign_and_style
from deskapp.widgets.mark_table import MarkTable
from deskapp.widgets.record_table import Column, PaintContext, RecordTable

if TYPE_CHECKING:
    from deskapp.desk import Desk
    from deskapp.domain.rows import TicketRow

FOUND = 200
NEXT_KIND = dict(zip(("", *KINDS), (*KINDS, ""), strict=True))
WIDE = 110
"""Columns from which a list has room for every tag."""


class TicketsSource:
    """All tickets, or the open ones, those with a tag or of a kind, by receipt, the newest first; read by key."""

    def __init__(self, desk: Desk, only_open: bool, tag: str = "", kind: str = "") -> None:
        self.desk = desk
        self.only: dict[str, Any] = {"only_open": only_open, "tag": tag, "kind": kind}

    def count(self) -> int:
        """How many there are."""
        with self.desk.read() as work:
            return work.tickets.count_listed(**self.only)

    def first(self, limit: int) -> list[TicketRow]:
        """The newest."""
        with self.desk.read() as work:
            return work.tags.beside(work.tickets.newest(limit, **self.only))

    def last(self, limit: int) -> list[TicketRow]:
        """The oldest."""
        with self.desk.read() as work:
            return work.tags.beside(work.tickets.newest_before(limit, **self.only))

    def after(self, record: TicketRow, limit: int) -> list[TicketRow]:
        """The next older ones."""
        with self.desk.read() as work:
            return work.tags.beside(work.tickets.newest(limit, record, **self.only))

    def before(self, record: TicketRow, limit: int) -> list[TicketRow]:
        """The next newer ones."""
        with self.desk.read() as work:
            return work.tags.beside(work.tickets.newest_before(limit, record, **self.only))

    def at(self, offset: int, limit: int) -> list[TicketRow]:
        """Those at a place in the middle."""
        with self.desk.read() as work:
            return work.tags.beside(work.tickets.newest_at(offset, limit, **self.only))

    def key(self, record: TicketRow) -> Hashable:
        """A ticket stays itself."""
        return record.ticket.id


class FindField(PageFindLine):
    """The line one types in; arrows and Enter belong to the list below, in an empty line the marking keys too."""

    async def _on_key(self, event: events.Key) -> None:
        """Nothing is found by a space or an asterisk alone: they mark rows."""
        if not self.value and event.key in ("space", "asterisk") and isinstance(self.screen, TicketsScreen):
            event.stop()
            event.prevent_default()
            table = self.screen.table
            table.focus()
            table.action_mark() if event.key == "space" else table.action_mark_all()
            return
        await super()._on_key(event)


class TicketsScreen(BulkActs, FoundList, SavedViews, DeskScreen[None]):
    """A list of tickets to be looked through or searched; Enter opens one, marked ones share an act."""

    table: MarkTable
    PLACE, SCREEN_ID, ROWS = "more", "tickets", ("T1", "T5", "T15", "P5")
    BINDINGS: ClassVar[list[BindingType]] = [
        *bulk_bindings(),
        Binding("enter", "open", id="tickets.open"),
        Binding("slash", "find", id="tickets.find"),
        Binding("ctrl+o", "only_open", id="tickets.only_open"),
        Binding("ctrl+b", "tag", id="tickets.tag"),
        Binding("ctrl+g", "kind", id="tickets.kind"),
        Binding("ctrl+y", "views", id="tickets.views"),
        Binding("escape", "clear", id="tickets.clear"),
    ]
    DEFAULT_CSS = """
    TicketsScreen #tickets-find { margin: 0 0 1 0; }
    """

    def __init__(self) -> None:
        super().__init__()
        self.only_open = False
        self.tag = ""
        """The tag the list is narrowed to."""
        self.kind = ""
        """The kind of ticket the list is narrowed to."""
        self.typed = FindField("tickets-find", "tickets.find")
        self.table = MarkTable((), empty_code="tickets.empty", id="tickets-table")
        self.panel = Panel("tickets.title", self.typed, self.table)

    def ready(self) -> None:
        """Show the newest."""
        self.table.columns = _columns(self.desk)
        self.typed.focus()
        self._list()

    def _list(self) -> None:
        self.table.source = TicketsSource(self.desk, self.only_open, self.tag, self.kind)
        self._titles()

    def _titles(self) -> None:
        which = say(
            "tickets.found" if self.typed.read() else f"tickets.{'open' if self.only_open else 'all'}"
        )
        if self.kind:
            which = f"{which} {say(f'ticket.kind.{self.kind}')}"
        if self.tag and not self.typed.read():
            which = f"{which} #{self.tag}"
        count = self.table.row_count
        self.panel.entitle(which=which, count="" if count is None else count)

    def _question(self, typed: str) -> Callable[[], Sequence[TicketRow]]:
        desk, only_open, kind = self.desk, self.only_open, self.kind

        def find() -> list[TicketRow]:
            with desk.read() as work:
                found = work.tags.beside(work.search.tickets(typed, FOUND))
            return [
                row
                for row in found
                if (row.ticket.is_open or not only_open) and kind in ("", row.ticket.kind)
            ]

        return find

    def _key(self, row: TicketRow) -> Hashable:
        return row.ticket.id

    def relabel(self) -> None:
        """Say everything again."""
        super().relabel()
        self._titles()

    def on_record_table_chosen(self, message: RecordTable.Chosen) -> None:
        """Open the ticket."""
        self.app.open_ticket(message.record.ticket.id)

    def action_only_open(self) -> None:
        """Show open tickets only, or all again."""
        self.only_open = not self.only_open
        self._again()

    def action_kind(self) -> None:
        """Show the next kind of ticket only, after the last all kinds again."""
        self.kind = NEXT_KIND[self.kind]
        self._again()

    def action_tag(self) -> None:
        """Ask which tag the list is narrowed to."""
        from deskapp.screens.ticket_tags import TagFilterDialog

        def narrow(tag: str | None) -> None:
            if tag:
                self.tag = tag
                self.typed.fill("")
                self._list()

        self.app.push_screen(TagFilterDialog(), narrow)

    def action_clear(self) -> None:
        """Unmark, empty the line, then show every tag and kind; from an empty line go on in the list with letters."""
        if self.table.marked:
            self.table.unmark()
        elif self.typed.read():
            self.typed.fill("")
        elif self.tag or self.kind:
            self.tag = self.kind = ""
            self._list()
        elif self.typed.has_focus:
            self.table.focus()
        else:
            self.app.go("queue")

    def wanted(self) -> dict[str, object]:
        """What the list is narrowed to, to be kept as a view."""
        typed = self.typed.read()
        return {"open": self.only_open, "tag": self.tag, "kind": self.kind, "words": typed}

    def narrow(self, wanted: Mapping[str, object]) -> None:
        """Narrow the list as a view says."""
        kind = str(wanted.get("kind") or "")
        self.only_open, self.kind = bool(wanted.get("open")), kind if kind in KINDS else ""
        self.tag = str(wanted.get("tag") or "")
        self.typed.fill(str(wanted.get("words") or ""))
        self._again()

    def context(self) -> dict[str, Any]:
        """Whom a new complaint is about: the client under the cursor."""
        row = self.table.selected
        return {"client_id": row.ticket.client_id, "site_id": row.ticket.site_id} if row else {}


def _columns(desk: Desk) -> list[Column]:
    def received(row: TicketRow, _context: PaintContext) -> Content:
        return Content.styled(paint.when(desk, row.ticket.received_at), "$text-muted")

    return [
        Column("received", "tickets.column.received", 11, received),
        Column("number", "tickets.column.number", 16, _number, min_terminal=74),
        Column("client", "tickets.column.client", 10, _client),
        Column("subject", "tickets.column.subject", None, _subject),
        Column("severity", "tickets.column.severity", 8, _severity, min_terminal=90),
        Column("state", "tickets.column.state", 10, _state),
        Column("verdict", "", 1, _verdict),
        Column("who", "tickets.column.who", 16, _who, min_terminal=90),
    ]


def _number(row: TicketRow, _context: PaintContext) -> Content:
    return painting.safe(row.ticket.number, "$text-muted")


def _client(row: TicketRow, _context: PaintContext) -> str:
    return paint.client_name(row.client_name)


def _subject(row: TicketRow, context: PaintContext) -> Content:
    """What is no complaint says so, then tags: a long subject is cut, they are not; a narrow list names one."""
    tags, more = row.tags, ""
    if context.table_width < WIDE and len(tags) > 1:
        tags, more = tags[:1], f"+{len(tags) - 1}"
    kind = row.ticket.kind
    named = "" if kind == "complaint" else say(f"ticket.kind.{kind}")
    parts = [Content.styled(named, "$accent"), tag_words(tags), Content.styled(more, "$primary")]
    return painting.join([*parts, painting.safe(row.ticket.subject)], " ")


def _severity(row: TicketRow, _context: PaintContext) -> Content:
    return paint.severity(row.ticket.severity)


def _state(row: TicketRow, _context: PaintContext) -> Content:
    state = row.ticket.state
    return Content.styled(say(f"ticket.state.{state}"), STATE_TONES.get(state, "$foreground"))


def _verdict(row: TicketRow, _context: PaintContext) -> Content:
    """Whether the first answer came in time."""
    met = row.ticket.response_met
    if met is None:
        return Content("")
    mark, tone = sign_and_style("met" if met else "missed")
    return Content.styled(mark, tone)


def _who(row: TicketRow, _context: PaintContext) -> Content:
    return clock_paint.who_has_it(row)
