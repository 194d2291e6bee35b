"""The board's long lists: running clocks by time left, and departments by how many run; sources and columns."""

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from textual.content import Content

from deskapp.i18n import say
from deskapp.screens import clock_paint, paint
from deskapp.screens.ticket_history import event_word
from deskapp.widgets import painting
from deskapp.widgets.countdown import bar
from deskapp.widgets.record_table import Column, ListSource, PaintContext
from deskapp.widgets.safe_text import shown

if TYPE_CHECKING:
    from deskapp.desk import Desk
    from deskapp.domain.policy import Policy
    from deskapp.domain.rows import TicketRow
    from deskapp.domain.ticket import TicketEvent

BAR = 10


@dataclass(frozen=True, slots=True)
class BoardRow:
    """A running clock, and what happened last to its ticket."""

    row: TicketRow
    last: TicketEvent | None = None


@dataclass(frozen=True, slots=True)
class Group:
    """A department with running clocks; id 0 is for tickets nobody answers for yet."""

    id: int
    name: str
    running: int
    overdue: int


class BoardSource:
    """Every running clock, the least time left first, read by key; perhaps of one department only."""

    def __init__(self, desk: Desk, department_id: int | None = None) -> None:
        self.desk, self.department_id = desk, department_id

    def count(self) -> int:
        """How many clocks run."""
        with self.desk.read() as work:
            return work.tickets.count_running(self.department_id)

    def first(self, limit: int) -> list[BoardRow]:
        """The most urgent."""
        with self.desk.read() as work:
            return _with_last(work, work.tickets.running_clocks(limit, department_id=self.department_id))

    def last(self, limit: int) -> list[BoardRow]:
        """Those with the most time left."""
        with self.desk.read() as work:
            rows = work.tickets.running_clocks_before(limit, department_id=self.department_id)
            return _with_last(work, rows)

    def after(self, record: BoardRow, limit: int) -> list[BoardRow]:
        """The next ones."""
        with self.desk.read() as work:
            rows = work.tickets.running_clocks(limit, after=record.row, department_id=self.department_id)
            return _with_last(work, rows)

    def before(self, record: BoardRow, limit: int) -> list[BoardRow]:
        """The more urgent ones just before."""
        with self.desk.read() as work:
            rows = work.tickets.running_clocks_before(
                limit, before=record.row, department_id=self.department_id
            )
            return _with_last(work, rows)

    def at(self, offset: int, limit: int) -> list[BoardRow]:
        """Those at a place in the middle."""
        with self.desk.read() as work:
            return _with_last(work, work.tickets.running_clocks_at(offset, limit, self.department_id))

    def key(self, record: BoardRow) -> Hashable:
        """A ticket stays itself however its clock moves."""
        return record.row.ticket.id


def _with_last(work: Any, rows: list[TicketRow]) -> list[BoardRow]:
    last = work.ticket_events.latest_of([row.ticket.id for row in rows])
    return [BoardRow(row, last.get(row.ticket.id)) for row in rows]


def read_groups(desk: Desk) -> list[Group]:
    """Departments with running clocks, the most overdue first."""
    with desk.read() as work:
        found = work.tickets.running_departments()
    return [Group(key or 0, name, running, late) for key, name, running, late in found]


def group_source(groups: list[Group]) -> ListSource:
    """The departments as a list."""
    return ListSource(groups, key=lambda group: group.id)


def clock_columns(policy: Policy) -> list[Column]:
    """The columns of the board, under the policy's amber and red."""

    def left(record: BoardRow, context: PaintContext) -> Content:
        return clock_paint.response_left(record.row, context.now_us, policy)

    def used(record: BoardRow, context: PaintContext) -> Content:
        now_us = context.now_us
        state = clock_paint.response_state(record.row, now_us, policy)
        return bar(clock_paint.used(record.row, now_us), BAR, state)

    def state(record: BoardRow, context: PaintContext) -> Content:
        return clock_paint.standing(record.row, context.now_us, policy)

    return [
        Column("left", "board.column.left", 11, left),
        Column("used", "", BAR, used),
        Column("state", "board.column.state", 9, state),
        Column("number", "board.column.number", 9, _number, min_terminal=104),
        Column("client", "board.column.client", 8, _client),
        Column("subject", "board.column.subject", None, _subject),
        Column("severity", "board.column.severity", 8, _severity, min_terminal=90),
        Column("who", "board.column.who", 14, _who),
        Column("last", "board.column.last", 10, _last, min_terminal=104),
    ]


def _number(record: BoardRow, _context: PaintContext) -> Content:
    """Day and serial: enough to tell them apart among running clocks."""
    return painting.safe(record.row.ticket.number[-9:], "$text-muted")


def _client(record: BoardRow, _context: PaintContext) -> str:
    return paint.client_name(record.row.client_name)


def _subject(record: BoardRow, context: PaintContext) -> Content:
    """The subject; in a narrow list what is worse than minor stands before it."""
    ticket = record.row.ticket
    subject = painting.safe(ticket.subject)
    if ticket.kind != "complaint":
        subject = painting.join([Content.styled(say(f"ticket.kind.{ticket.kind}"), "$accent"), subject], " ")
    if context.table_width >= 90 or ticket.severity == "minor":
        return subject
    return painting.join([paint.severity(ticket.severity), subject], " ")


def _severity(record: BoardRow, _context: PaintContext) -> Content:
    return paint.severity(record.row.ticket.severity)


def _who(record: BoardRow, _context: PaintContext) -> Content:
    return clock_paint.who_has_it(record.row)


def _last(record: BoardRow, _context: PaintContext) -> Content:
    return last_done(record)


def last_done(record: BoardRow) -> Content:
    """What was done last, in its own words if it has any."""
    if record.last is None:
        return Content("")
    words = "" if record.last.kind == "filed" else shown(record.last.text.strip().partition("\n")[0])
    return painting.join([Content(event_word(record.last.kind)), painting.safe(words, "$text-muted")], " ")


def group_columns() -> list[Column]:
    """The columns of the board by department."""
    return [
        Column("name", "board.column.department", 20, _group_name),
        Column("running", "board.column.running", 8, _group_running, align="right"),
        Column("overdue", "board.column.overdue", 8, _group_overdue, align="right"),
        Column("share", "", None, _group_share),
    ]


def _group_name(group: Group, _context: PaintContext) -> Content:
    return Content(shown(group.name)) if group.id else Content.styled(say("board.nobody"), "$warning")


def _group_running(group: Group, _context: PaintContext) -> str:
    return str(group.running)


def _group_overdue(group: Group, _context: PaintContext) -> Content:
    return Content.styled(str(group.overdue), "bold $error" if group.overdue else "$text-muted")


def _group_share(group: Group, context: PaintContext) -> Content:
    width = min(40, context.width)
    return bar(group.overdue / group.running if group.running else 0, width, "overdue")
