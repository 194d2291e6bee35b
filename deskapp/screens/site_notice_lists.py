"""The lists of notices and of handbooks: read by key, painted a line each."""

from __future__ import annotations

from collections.abc import Hashable
from datetime import date
from typing import TYPE_CHECKING

from textual.content import Content

from deskapp.domain.site_notice import HandbookRow, NoticeRow, lacking
from deskapp.i18n import say
from deskapp.screens import paint
from deskapp.services import handbooks
from deskapp.widgets import painting, signs
from deskapp.widgets.record_table import Column, PaintContext

if TYPE_CHECKING:
    from deskapp.desk import Desk
    from deskapp.domain.site_notice import Handbook, HandbookItem

KIND_TONES = {"start": "$primary", "completion": "$success"}
STATE_TONES = {"current": "", "replaced": "$text-muted", "withdrawn": "$warning"}
BOOK_TONES = {"asked": "$warning", "collected": "$primary", "incomplete": "$warning"}


class NoticesSource:
    """All notices, those received last first."""

    def __init__(self, desk: Desk) -> None:
        self.desk = desk

    def count(self) -> int:
        """How many there are."""
        with self.desk.read() as work:
            return work.site_notices.count()

    def first(self, limit: int) -> list[NoticeRow]:
        """The newest."""
        with self.desk.read() as work:
            return work.site_notices.newest(limit)

    def last(self, limit: int) -> list[NoticeRow]:
        """The oldest."""
        with self.desk.read() as work:
            return work.site_notices.newest_before(limit)

    def after(self, record: NoticeRow, limit: int) -> list[NoticeRow]:
        """The next older ones."""
        with self.desk.read() as work:
            return work.site_notices.newest(limit, record)

    def before(self, record: NoticeRow, limit: int) -> list[NoticeRow]:
        """The next newer ones."""
        with self.desk.read() as work:
            return work.site_notices.newest_before(limit, record)

    def at(self, offset: int, limit: int) -> list[NoticeRow]:
        """Those at a place in the middle."""
        with self.desk.read() as work:
            return work.site_notices.newest_at(offset, limit)

    def key(self, record: NoticeRow) -> Hashable:
        """A notice stays itself, corrected or not."""
        return record.notice.id


class HandbooksSource:
    """The handbooks still to be handed in, checked or completed, the first due first."""

    def __init__(self, desk: Desk) -> None:
        self.desk = desk

    def count(self) -> int:
        """How many there are."""
        with self.desk.read() as work:
            return work.handbooks.count_open()

    def late(self) -> int:
        """How many of them are overdue."""
        with self.desk.read() as work:
            return work.handbooks.count_late(_today(self.desk))

    def first(self, limit: int) -> list[HandbookRow]:
        """The first due."""
        with self.desk.read() as work:
            return work.handbooks.open_first(limit)

    def last(self, limit: int) -> list[HandbookRow]:
        """The last due."""
        with self.desk.read() as work:
            return work.handbooks.open_before(limit)

    def after(self, record: HandbookRow, limit: int) -> list[HandbookRow]:
        """The next ones."""
        with self.desk.read() as work:
            return work.handbooks.open_first(limit, record)

    def before(self, record: HandbookRow, limit: int) -> list[HandbookRow]:
        """Those before one."""
        with self.desk.read() as work:
            return work.handbooks.open_before(limit, record)

    def at(self, offset: int, limit: int) -> list[HandbookRow]:
        """Those at a place in the middle."""
        with self.desk.read() as work:
            return work.handbooks.open_at(offset, limit)

    def key(self, record: HandbookRow) -> Hashable:
        """A handbook stays itself."""
        return record.handbook.id


def notice_columns(desk: Desk) -> list[Column]:
    """Number, kind, client, site, the day told, when it came, how it stands."""

    def received(row: NoticeRow, _context: PaintContext) -> Content:
        return Content.styled(paint.when(desk, row.notice.received_at), "$text-muted")

    return [
        Column("number", "site_notices.column.number", 16, _number),
        Column("kind", "site_notices.column.kind", 10, _kind),
        Column("client", "site_notices.column.client", 8, lambda row, _: paint.client_name(row.client_name)),
        Column("address", "site_notices.column.address", None, lambda row, _: painting.safe(row.address)),
        Column("day", "site_notices.column.day", 10, lambda row, _: Content(str(row.notice.on_day))),
        Column("received", "site_notices.column.received", 11, received, min_terminal=90),
        Column("state", "site_notices.column.state", 9, _state),
    ]


def _number(row: NoticeRow, _context: PaintContext) -> Content:
    tone = "bold" if row.notice.state == "current" else "$text-disabled strike"
    return painting.safe(row.notice.number, tone)


def _kind(row: NoticeRow, _context: PaintContext) -> Content:
    return Content.styled(say(f"site_notices.kind.{row.notice.kind}"), KIND_TONES[row.notice.kind])


def _state(row: NoticeRow, _context: PaintContext) -> Content:
    return Content.styled(say(f"site_notices.state.{row.notice.state}"), STATE_TONES[row.notice.state])


def handbook_columns(desk: Desk) -> list[Column]:
    """By when, whose, of whom it is asked, how it stands, what is missing; what is late says so."""

    def due(row: HandbookRow, _context: PaintContext) -> Content:
        day = Content(str(row.handbook.due_on or ""))
        if not row.handbook.overdue(_today(desk)):
            return day
        return Content.styled(
            f"{day.plain} {signs.sign('error')}{say('site_notices.overdue')}", "bold $error"
        )

    return [
        Column("due", "site_notices.column.due", 20, due),
        Column("client", "site_notices.column.client", 10, lambda row, _: paint.client_name(row.client_name)),
        Column("address", "site_notices.column.address", None, lambda row, _: painting.safe(row.address)),
        Column("asked", "site_notices.column.asked_of", 8, lambda row, _: painting.safe(row.asked_of)),
        Column("state", "site_notices.column.state", 10, _book_state),
        Column("missing", "site_notices.column.missing", 34, _missing, min_terminal=100),
    ]


def _book_state(row: HandbookRow, _context: PaintContext) -> Content:
    state = row.handbook.state
    return Content.styled(say(f"site_notices.handbook.{state}"), BOOK_TONES.get(state, ""))


def _missing(row: HandbookRow, _context: PaintContext) -> Content:
    return painting.safe(missing_words(row.handbook), "$text-muted")


def missing_items(handbook: Handbook) -> list[HandbookItem]:
    """What the last check of a handbook did not find in it."""
    if not handbook.checks:
        return []
    absent = lacking(handbooks.items(), handbook.checks)
    return [item for item in handbooks.items() if item.code in absent]


def missing_words(handbook: Handbook) -> str:
    """The same in words."""
    return say("cli.list_comma").join(map(item_word, missing_items(handbook)))


def item_word(item: HandbookItem) -> str:
    """An item of a handbook in words: its own, or the manual's."""
    return item.name or say(f"site_notices.item.{item.code}")


def _today(desk: Desk) -> date:
    local = desk.local(desk.now())
    return date(local.year, local.month, local.day)
