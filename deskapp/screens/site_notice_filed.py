"""What filing a notice gave, and later how that stands: its number, calls, handbook, warranty, settlement."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, ClassVar

from textual.binding import Binding, BindingType
from textual.content import Content
from textual.widget import Widget

from deskapp.domain.address import full_address
from deskapp.i18n import say
from deskapp.screens import paint
from deskapp.screens.base import DeskDialog, Panel
from deskapp.widgets import painting
from deskapp.widgets.lines import Lines
from deskapp.widgets.safe_text import shown

if TYPE_CHECKING:
    from deskapp.services.site_notices import FiledNotice

WIDTH = 68
"""Cells of a line in a dialog."""


class NoticeFiledDialog(DeskDialog[None]):
    """What filing a notice gave: its number, the calls, the handbook, the warranty, the settlement."""

    SCREEN_ID, TITLE_CODE, ROWS = "site_notice_filed", "site_notices.filed.title", ("F2", "F3", "S3")
    BINDINGS: ClassVar[list[BindingType]] = [Binding("enter,escape", "leave", id="back")]

    def __init__(self, filed: FiledNotice, *, fresh: bool = True) -> None:
        super().__init__()
        self.fresh = fresh
        self.lines = Lines(folded(filed_lines(filed, fresh=fresh)), grow=True)

    def body(self) -> Iterable[Widget]:
        """The lines."""
        yield self.lines

    def ready(self) -> None:
        """Say whether it was filed just now."""
        panel = self.query_one(".dialog", Panel)
        panel.title_code = self.TITLE_CODE if self.fresh else "site_notices.filed.detail"
        panel.relabel()


def filed_lines(filed: FiledNotice, *, fresh: bool = True) -> list[Content]:
    """What filing gave, in words; of a notice filed some time ago how it and what hangs on it stand."""
    notice, place = filed.notice, filed.place
    kind = say(f"site_notices.kind.{notice.kind}")
    where = full_address(place.site.estate, place.site.address)
    lines = [
        Content.styled(
            say("site_notices.filed.number", number=notice.number, kind=kind, day=notice.on_day),
            "bold $primary",
        ),
        painting.join([Content(paint.client_name(place.client.name)), painting.safe(where)]),
        Content(""),
    ]
    if not fresh:
        lines += _standing_lines(filed)
    elif filed.again:
        lines.append(Content.styled(say("site_notices.filed.again"), "$warning"))
    if filed.replaced is not None:
        facts = {"number": filed.replaced.number, "day": filed.replaced.on_day}
        lines.append(Content.styled(say("site_notices.filed.corrected", **facts), "$warning"))
    lines += _opened_lines(filed, where)
    if not filed.again:
        lines.append(_calls_line(filed))
    if notice.kind == "completion":
        lines += _completed_lines(filed)
    return [*lines, Content(""), Content.styled(say("site_notices.filed.how"), "$text-muted")]


def _standing_lines(filed: FiledNotice) -> list[Content]:
    """Whether the notice stands, why not, and what was noted on it."""
    notice = filed.notice
    state = Content.styled(
        say(f"site_notices.state.{notice.state}"), "" if notice.state == "current" else "$warning"
    )
    lines = [painting.join([state, painting.safe(notice.reason, "$warning")])]
    return [*lines, painting.safe(notice.note)] if notice.note else lines


def _calls_line(filed: FiledNotice) -> Content:
    """What became of the site's calls; those a late notice cost are said in another tone."""
    laid = filed.laid
    counts = {"created": laid.created, "moved": laid.moved, "dropped": laid.dropped, "missed": laid.missed}
    parts = [say(f"site_notices.filed.{name}", count=count) for name, count in counts.items() if count]
    what = say("cli.list_comma").join(parts) or say("site_notices.filed.no_calls")
    return Content.styled(say("site_notices.filed.calls", what=what), "$warning" if laid.missed else "")


def _opened_lines(filed: FiledNotice, where: str) -> list[Content]:
    """What was not known before: worth a look, it may be a slip of the pen."""
    place = filed.place
    lines = []
    if place.new_client:
        name = paint.client_name(place.client.name)
        lines.append(Content.styled(say("site_notices.filed.opened_client", name=name), "$success"))
    if place.new_site:
        words = say("site_notices.filed.opened_site", address=shown(where))
        lines.append(Content.styled(words, "$success"))
    if place.new_staff:
        names = say("cli.list_comma").join(shown(name) for name in place.new_staff)
        lines.append(Content.styled(say("site_notices.filed.new_staff", names=names), "$success"))
    if filed.notice.kind == "completion" and place.site.start_date is None:
        lines.append(Content.styled(say("site_notices.filed.no_start"), "$warning"))
    return lines


def _completed_lines(filed: FiledNotice) -> list[Content]:
    """The handbook, the warranty, the settlement."""
    comma, book = say("cli.list_comma"), filed.handbook
    lines: list[Content] = []
    if book is not None and book.state != "asked":
        state = say(f"site_notices.handbook.{book.state}")
        lines.append(Content(say("site_notices.filed.handbook_here", state=state)))
    elif book is not None and filed.manager:
        facts = {"who": shown(filed.manager), "day": book.due_on}
        lines.append(Content(say("site_notices.filed.handbook", **facts)))
    elif book is not None:
        words = say("site_notices.filed.handbook_nobody", day=book.due_on)
        lines.append(Content.styled(words, "$warning"))
    if filed.warranties:
        scopes = comma.join(
            say("site_notices.filed.scope", scope=say(f"repair.scope.{one.scope}"), day=one.until_on)
            for one in filed.warranties
        )
        lines.append(Content(say("site_notices.filed.warranty", scopes=scopes)))
    if filed.handoffs:
        numbers = comma.join(
            f"{ticket.number} {say(f'ticket.state.{ticket.state}')}" for ticket in filed.handoffs
        )
        lines.append(Content(say("site_notices.filed.handoffs", numbers=numbers)))
    if filed.unsettled:
        names = comma.join(say(f"site_notices.department.{code}") for code in filed.unsettled)
        lines.append(Content.styled(say("site_notices.filed.unsettled", names=names), "$error"))
    return lines


def folded(lines: Iterable[Content], width: int = WIDTH) -> list[Content]:
    """Lines no wider than a dialog."""
    return [part for line in lines for part in (line.wrap(width) if line.plain else [line])]
