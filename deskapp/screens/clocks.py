"""The 24-hour board: every running clock by time left, the most urgent in big digits, the next step in one key (T4)."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any, ClassVar, Literal

from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.widget import Widget

from deskapp.i18n import say
from deskapp.screens import clock_paint, paint
from deskapp.screens.base import DeskScreen, Panel
from deskapp.screens.clock_lists import (
    BoardSource,
    Group,
    clock_columns,
    group_columns,
    group_source,
    last_done,
    read_groups,
)
from deskapp.screens.paged import Listed
from deskapp.screens.ticket_acts import TicketActs, possible
from deskapp.widgets import painting
from deskapp.widgets.countdown import BigDigits
from deskapp.widgets.live_lines import LiveLines
from deskapp.widgets.record_table import RecordTable
from deskapp.widgets.safe_text import shown

if TYPE_CHECKING:
    from deskapp.domain.rows import TicketRow
    from deskapp.screens.clock_lists import BoardRow


class ClocksScreen(Listed, DeskScreen[None], TicketActs):
    """Whose client still waits for a first answer, the least time left first; by department with one key."""

    PLACE, SCREEN_ID, ROWS = "clocks", "clocks", ("T4", "T5", "T6", "T15")
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "open", id="board.open"),
        Binding("a", "begin('respond')", id="board.respond"),
        Binding("u", "begin('urge')", id="board.urge"),
        Binding("t", "begin('dispatch')", id="board.dispatch"),
        Binding("e", "begin('escalate')", id="board.escalate"),
        Binding("b", "begin('settle')", id="board.settle", system=True),
        Binding("g,d", "group", id="board.group"),
        Binding("slash", "find", id="board.find"),
        Binding("l", "open_client", id="board.client"),
        Binding("escape", "all", id="board.all"),
        Binding("r", "reload", id="board.reload", system=True),
    ]
    DEFAULT_CSS = """
    ClocksScreen #board-top { height: 6; }
    ClocksScreen #board-digits { width: 38; padding: 0 2 0 1; }
    ClocksScreen #board-groups { display: none; }
    """

    def __init__(self) -> None:
        super().__init__()
        self.department: Group | None = None
        """The department shown alone."""
        self.grouped = False
        self.first: BoardRow | None = None
        self.digits = BigDigits(id="board-digits")
        self.about = LiveLines(id="board-about")
        self.top = Panel("board.top", Horizontal(self.digits, self.about), id="board-top")
        self.table = RecordTable((), empty_code="board.empty", id="board-table")
        self.groups = RecordTable(group_columns(), empty_code="board.empty", id="board-groups")
        self.panel = Panel("board.title", self.table, self.groups, id="board-list")

    def body(self) -> Iterable[Widget]:
        """The most urgent clock above; all of them below."""
        yield Vertical(self.top, self.panel)

    def ready(self) -> None:
        """Read the board."""
        self.table.columns = clock_columns(self.desk.policy)
        self.table.focus()
        self._open()

    def changed(self) -> None:
        """Read the board anew; the cursor stays on its ticket."""
        if self.app.desk is None or self.app.desk.operator is None:
            return
        if not isinstance(self.table.source, BoardSource):
            return
        if self.table.source.desk is not self.desk:
            self.ready()
            return
        self.table.refresh_rows()
        self._read_groups()
        self._read_first()

    def _open(self) -> None:
        """Turn the list to the department shown, or to all."""
        self.table.source = BoardSource(self.desk, self.department.id if self.department else None)
        self._titles()
        self._read_first()

    def _read_first(self) -> None:
        desk = self.desk
        source = BoardSource(desk, self.department.id if self.department else None)
        self.ask(
            lambda: source.first(1), lambda rows: self._show_first(rows[0] if rows else None), group="top"
        )

    def _show_first(self, first: BoardRow | None) -> None:
        now_us, policy = self.app.now_us(), self.desk.policy
        self.first = first
        self._alarm(now_us)
        if first is None:
            self.top.entitle(number="")
            self.digits.show(None, now_us)
            self.about.follow(lambda _: [Content.styled(say("board.empty"), "$success")], now_us)
            return
        row = first.row
        self.top.entitle(number=row.ticket.number)
        amber_s, red_s = clock_paint.thresholds(policy)
        at = clock_paint.reading_us(row.ticket, now_us)
        state: Literal["paused"] | None = "paused" if row.ticket.paused_since else None
        self.digits.show(row.respond_by_us, at, state, amber_s=amber_s, red_s=red_s)
        self.about.follow(lambda at_us: self._about(first, at_us), now_us)

    def tick(self, now_us: int) -> None:
        """Count; the frame of the most urgent turns red with its clock."""
        super().tick(now_us)
        self._alarm(now_us)

    def _alarm(self, now_us: int) -> None:
        first = self.first
        state = clock_paint.response_state(first.row, now_us, self.desk.policy) if first else "calm"
        self.top.set_class(state in ("red", "overdue"), "-alarm")
        self.top.set_class(state == "amber", "-warn")

    def _about(self, first: BoardRow, now_us: int) -> list[Content]:
        """The most urgent in words: who and where, what, who answers for it, what was done last."""
        row = first.row
        received = say("board.received", when=paint.when(self.desk, row.ticket.received_at))
        return [
            painting.join(
                [
                    Content.styled(paint.client_name(row.client_name), "bold"),
                    painting.safe(row.address, "$text-muted"),
                ]
            ),
            painting.join([paint.severity(row.ticket.severity), Content(shown(row.ticket.subject))]),
            painting.join([clock_paint.who_has_it(row), Content.styled(received, "$text-muted")]),
            painting.join([clock_paint.standing(row, now_us, self.desk.policy), last_done(first)]),
        ]

    def _titles(self) -> None:
        count = self.table.row_count
        what = say("board.running", count=count) if count is not None else ""
        whose = (self.department.name or say("board.nobody")) if self.department else ""
        self.panel.entitle(count=" · ".join(part for part in (what, whose) if part))

    def relabel(self) -> None:
        """Say everything again."""
        super().relabel()
        if self.app.desk is not None and self.app.desk.operator is not None:
            self._titles()

    def on_record_table_highlighted(self, message: RecordTable.Highlighted) -> None:
        """Other keys may be legal for the ticket the cursor is on."""
        self.refresh_bindings()

    def on_record_table_chosen(self, message: RecordTable.Chosen) -> None:
        """Open the ticket, or show the department alone."""
        if isinstance(message.record, Group):
            self.department = message.record
            self._show_groups(False)
            self._open()
        else:
            self.app.open_ticket(message.record.row.ticket.id)

    @property
    def row(self) -> TicketRow | None:
        """The ticket under the cursor."""
        record = None if self.grouped else self.table.selected
        return None if record is None else record.row

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """An act is there while it is legal for the ticket under the cursor."""
        if action == "begin" and parameters:
            desk = self.app.desk
            if desk is None or self.row is None:
                return False
            return parameters[0] in possible(self.row.ticket, desk.operator, desk.policy)
        if action == "all":
            return self.grouped or self.department is not None
        return True

    def action_begin(self, name: str) -> None:
        """Begin an act on the ticket under the cursor."""
        self.begin(name, self.row)

    def context(self) -> dict[str, Any]:
        """Whom a new complaint is about: the client under the cursor."""
        row = self.row
        return {"client_id": row.ticket.client_id, "site_id": row.ticket.site_id} if row else {}

    def action_open(self) -> None:
        """Open the ticket under the cursor."""
        (self.groups if self.grouped else self.table).action_choose()

    def action_open_client(self) -> None:
        """Open the client's history."""
        if self.row is not None:
            self.app.open_client(self.row.ticket.client_id)

    def action_group(self) -> None:
        """Show the departments that answer for running clocks, or the clocks again."""
        self._show_groups(not self.grouped)

    def _show_groups(self, grouped: bool) -> None:
        self.grouped = grouped
        self.table.display, self.groups.display = not grouped, grouped
        (self.groups if grouped else self.table).focus()
        if grouped:
            self._read_groups()
        self.refresh_bindings()

    def _read_groups(self) -> None:
        if not self.grouped:
            return
        desk = self.desk
        self.ask(lambda: read_groups(desk), self._show_departments, group="groups")

    def _show_departments(self, groups: list[Group]) -> None:
        at = self.groups.cursor_row
        self.groups.source = group_source(groups)
        self.groups.cursor_row = at

    def action_all(self) -> None:
        """Back to every clock of every department."""
        self.department = None
        self._show_groups(False)
        self._open()

    def action_find(self) -> None:
        """Find any ticket."""
        self.app.go("tickets")

    def action_reload(self) -> None:
        """Read the board anew."""
        self.changed()
