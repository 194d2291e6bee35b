"""Notices going out, in words: the columns of their list, and why one is not out (row N1)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual.content import Content

from deskapp.i18n import knows, say
from deskapp.screens import paint
from deskapp.widgets import painting, signs
from deskapp.widgets.record_table import Column, PaintContext

if TYPE_CHECKING:
    from deskapp.desk import Desk
    from deskapp.repository.outbox import OutboxRow


def columns(desk: Desk, state: str) -> list[Column]:
    """The columns of the notices in one state."""

    def at(row: OutboxRow, _: PaintContext) -> Content:
        instant = row.notice.sent_at if state == "sent" else row.notice.at
        return Content.styled(paint.when(desk, instant), "$text-muted")

    def after(row: OutboxRow, _: PaintContext) -> Content:
        return painting.safe(paint.when(desk, row.notice.next_at) if row.notice.next_at else "")

    columns = [
        Column("at", "notice_out.column.at", 11, at),
        Column("who", "notice_out.column.who", 8, lambda row, _: who_of(row)),
        Column("way", "notice_out.column.way", 8, lambda row, _: _way(row)),
        Column("what", "notice_out.column.what", None, lambda row, _: what_of(row)),
    ]
    if state == "waiting":
        columns.append(Column("next", "notice_out.column.next", 11, after))
    if state != "sent":
        columns.append(
            Column("error", "notice_out.column.error", 24, lambda row, _: _error(row), min_terminal=100)
        )
    return columns


def who_of(row: OutboxRow) -> Content:
    """Whom a notice is for."""
    return painting.safe(row.member.name if row.member else "-", "bold")


def phone_of(row: OutboxRow) -> Content:
    """The telephone of whom it is for."""
    return painting.safe(row.member.phone if row.member else "", "$accent")


def _way(row: OutboxRow) -> Content:
    channel = row.notice.channel or (row.member.channel if row.member else "none")
    return painting.safe(say(f"staff.channel.{channel}"))


def what_of(row: OutboxRow) -> Content:
    """The title of the notice as the console has it, and its client."""
    number = row.ticket.ticket.number if row.ticket else ""
    title = say(f"notice_texts.{row.notice.reason}.title", number=number)
    return painting.safe(f"{title} {row.ticket.client_name if row.ticket else ''}".strip())


def _error(row: OutboxRow) -> Content:
    return painting.safe(why_words(row), "$warning")


def why_words(row: OutboxRow) -> str:
    """Why a notice is not out, in words; "" where nothing is wrong with it."""
    code, _, why = row.notice.error.partition(" ")
    if not code:
        return ""
    if code.startswith("probe.") and knows(code):
        host, _, why = why.partition(" ")
        return say(code, host=host, why=why)
    phone = row.member.phone if row.member else ""
    known = f"notice_out.error.{code}"
    return say(known, why=why, phone=phone) if knows(known) else row.notice.error


def notice_lines(desk: Desk, row: OutboxRow) -> list[Content]:
    """A notice in full: to whom and of what, why it is not out yet, and what can be done."""
    notice = row.notice
    lines = [painting.join([who_of(row), phone_of(row), _way(row), what_of(row)], " ")]
    if why := why_words(row):
        by_hand = notice.state == "hand"
        said = why if by_hand else say("notice_out.channel_why", way=_way(row).plain, why=why)
        lines.append(painting.safe(f"{signs.sign('error')} {said}", "bold $error"))
    if notice.state == "waiting" and notice.attempts and notice.next_at is not None:
        at = paint.when(desk, notice.next_at)
        lines.append(painting.safe(say("notice_out.next_try", count=notice.attempts, at=at), "$text-muted"))
    elif notice.state in ("dead", "hand"):
        lines.append(
            painting.safe(say(f"notice_out.todo.{notice.state}", count=notice.attempts), "$text-muted")
        )
    return lines
