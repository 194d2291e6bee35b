"""The queue as a long list: its source, read by key, and its columns."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Hashable
from concurrent.futures import Future
from datetime import UTC, datetime, tzinfo
from threading import Lock
from typing import TYPE_CHECKING, Any

from textual.content import Content

from deskapp.i18n import say
from deskapp.screens import paint
from deskapp.screens.call_followup import purpose_words
from deskapp.screens.telephone import state_words
from deskapp.widgets.record_table import Column, PaintContext
from deskapp.widgets.safe_text import shown

if TYPE_CHECKING:
    from deskapp.desk import Desk
    from deskapp.domain.call import Call
    from deskapp.domain.call_queue import QueueRow


class QueueSource:
    """The queue as a long list: bands in order, pages by key; one's own claims stand first."""

    def __init__(self, desk: Desk, kind: str = "") -> None:
        self.desk = desk
        self.mine = desk.operator.id if desk.operator else 0
        self.kind = kind
        self._lock = Lock()
        self._counting: Future[Counter[str]] | None = None
        self._told: Counter[str] | None = None
        self.renew()

    def renew(self) -> None:
        """Order the queue as of now: what was soon may be due."""
        from deskapp.services.call_queue import queue_bands

        # What is being counted may have been begun before what is to be shown.
        self._counting, self._told = None, None
        self.whole = queue_bands(self.desk)
        self.bands = tuple(band for band in self.whole if self.kind in ("", band.kind))

    def _own(self, work: Any) -> list[QueueRow]:
        return [row for row in work.calls.taken_by(self.mine) if self.kind in ("", row.call.kind)]

    def count(self) -> int:
        """How many calls wait, one's own claims included."""
        waiting = self.totals()
        with self.desk.read() as work:
            return (waiting[self.kind] if self.kind else waiting.total()) + len(self._own(work))

    def totals(self) -> Counter[str]:
        """How many calls of each kind wait; asked while another thread counts them, its answer is waited for."""
        with self._lock:
            asked = self._counting
            counting = self._counting = asked or Future()
        if asked is None:
            try:
                counting.set_result(self._count())
            except BaseException as error:
                counting.set_exception(error)
            with self._lock:
                if self._counting is counting:
                    self._counting, self._told = None, None if counting.exception() else counting.result()
        return counting.result()

    def told(self) -> Counter[str]:
        """The same, as it was counted last since the queue was put in order, or counted now."""
        told = self._told
        return self.totals() if told is None else told

    def _count(self) -> Counter[str]:
        totals: Counter[str] = Counter()
        with self.desk.read() as work:
            for band, count in zip(self.whole, work.calls.count_bands(self.whole), strict=True):
                totals[band.kind] += count
        return totals

    def head(self) -> Call | None:
        """The call that stands first of all, whatever kind is listed."""
        with self.desk.read() as work:
            rows = work.calls.queue(self.whole, 1)
            return rows[0].call if rows else None

    def first(self, limit: int) -> list[QueueRow]:
        """The head of the queue."""
        with self.desk.read() as work:
            own = self._own(work)
            return (own + work.calls.queue(self.bands, max(1, limit - len(own))))[:limit]

    def last(self, limit: int) -> list[QueueRow]:
        """The tail of the queue."""
        with self.desk.read() as work:
            rows = work.calls.queue_before(self.bands, limit)
            return rows if len(rows) == limit else (self._own(work) + rows)[-limit:]

    def after(self, record: QueueRow, limit: int) -> list[QueueRow]:
        """The calls behind one."""
        with self.desk.read() as work:
            if record.band >= 0:
                return list(work.calls.queue(self.bands, limit, after=record))
            own = self._own(work)
            rest = own[[row.call.id for row in own].index(record.call.id) + 1 :] if own else []
            return (rest + work.calls.queue(self.bands, limit))[:limit]

    def before(self, record: QueueRow, limit: int) -> list[QueueRow]:
        """The calls before one."""
        with self.desk.read() as work:
            own = self._own(work)
            if record.band < 0:
                ids = [row.call.id for row in own]
                return own[: ids.index(record.call.id)][-limit:] if record.call.id in ids else []
            rows = work.calls.queue_before(self.bands, limit, before=record)
            return rows if len(rows) == limit else (own + rows)[-limit:]

    def at(self, offset: int, limit: int) -> list[QueueRow]:
        """The calls at a place in the middle."""
        with self.desk.read() as work:
            own = self._own(work)
            head = own[offset : offset + limit]
            if len(head) == limit:
                return head
            return head + work.calls.queue_at(self.bands, max(0, offset - len(own)), limit - len(head))

    def key(self, record: QueueRow) -> Hashable:
        """A call stays itself while it moves in the queue."""
        return record.call.id


def columns(zone: Callable[[], tzinfo | None]) -> list[Column]:
    """Kind, time, client, number, and what it is about; `zone` gives the company's, in which days are counted."""

    def when(row: QueueRow, context: PaintContext) -> Content:
        return _paint_when(row, context, zone() or UTC)

    return [
        Column("kind", "queue.column.kind", 10, _paint_kind),
        Column("when", "queue.column.when", 9, when, align="right"),
        Column("client", "queue.column.client", 10, _paint_client),
        Column("number", "queue.column.number", 14, _paint_number, min_terminal=64),
        Column("about", "queue.column.about", None, _paint_about),
    ]


def _paint_kind(row: QueueRow, _context: PaintContext) -> Content:
    kind = row.call.kind
    words = f"{paint.call_sign(kind)} {say(f'queue.kind.{kind}')}"
    return Content.styled(words, CALL_MINE if row.band < 0 else paint.CALL_TONES.get(kind, ""))


CALL_MINE = "bold $primary"
DAY_US = 24 * 3_600_000_000


def _paint_when(row: QueueRow, context: PaintContext, zone: tzinfo) -> Content:
    """Waiting callers count up; what is promised shows its hour; what is late says by how much."""
    late_us = context.now_us - row.due_us
    if row.band < 0:
        return Content.styled(say("queue.mine"), CALL_MINE)
    if row.call.kind == "inbound":
        return Content.styled(paint.span(late_us // 1_000_000), "bold $error")
    if row.call.kind == "callback" and late_us < DAY_US:
        from deskapp.domain.countdown import countdown

        return Content.styled(countdown(-late_us // 1_000_000), "$error" if late_us > 0 else "$warning")
    from deskapp.domain.call_queue import days_late

    days = days_late(_instant(row.due_us), _instant(context.now_us), zone)
    if days > 0:
        return Content.styled(say("queue.days_late", days=days), "$error")
    return Content.styled(say("queue.today"), "$text-muted")


def _instant(micros: int) -> datetime:
    return datetime.fromtimestamp(micros / 1_000_000, UTC)


def _paint_client(row: QueueRow, _context: PaintContext) -> str:
    return paint.client_name(row.client_name) if row.call.client_id else say("client.unknown")


def _paint_number(row: QueueRow, _context: PaintContext) -> Content:
    return Content.styled(paint.phone(row.call.number, masked=True) or say("client.hidden"), "$text-muted")


def _paint_about(row: QueueRow, _context: PaintContext) -> Content:
    parts = [
        state_words(row.call),
        purpose_words(row),
        row.call.reason,
        row.ticket_number[-4:] if row.ticket_number else "",
        row.ticket_subject,
        row.address,
    ]
    tries = say("queue.tries", count=row.call.attempts + 1) if row.call.attempts else ""
    return Content.styled("  ".join(shown(part) for part in (tries, *parts) if part), "$text-muted")
