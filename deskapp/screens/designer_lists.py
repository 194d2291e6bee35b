"""How designers' figures and clients who have not signed are painted (row S4)."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from textual.content import Content

from deskapp.domain.address import full_address
from deskapp.i18n import say
from deskapp.screens import paint
from deskapp.widgets import painting, signs
from deskapp.widgets.record_table import Column, PaintContext
from deskapp.widgets.safe_text import shown

if TYPE_CHECKING:
    from deskapp.domain.designer import DesignerFigures
    from deskapp.domain.site import SiteRow

ALL = -1
"""The line of all designers together."""
LONG_WAIT = 14
"""Days after which a client who has not signed stands out."""


def designer_name(row: DesignerFigures) -> str:
    """A designer's name, or who stands for none or for all."""
    if row.staff_id == ALL:
        return say("designers.all")
    return shown(row.name) if row.name else say("designers.nobody")


def rate_words(row: DesignerFigures) -> str:
    """The conversion rate; a dash where there was no talk."""
    return "-" if row.rate is None else f"{row.rate * 100:.0f}%"


def figure_columns() -> list[Column]:
    """Who, talks, deposits, of those refunded, signed, lost, deposits ÷ talks."""

    def who(row: DesignerFigures, _: PaintContext) -> Content:
        return Content.styled(designer_name(row), "bold $primary" if row.staff_id == ALL else "bold")

    def rate(row: DesignerFigures, _: PaintContext) -> Content:
        return Content.styled(rate_words(row), "$text-muted" if row.rate is None else "bold")

    def counted(name: str, tone: str = "") -> Column:
        def cell(row: DesignerFigures, _: PaintContext) -> Content:
            value = getattr(row, name)
            return Content.styled(str(value), tone if value else "$text-disabled")

        return Column(name, f"designers.column.{name}", 9, cell, align="right")

    def bar(row: DesignerFigures, context: PaintContext) -> Content:
        cells = round(min(1.0, row.rate or 0.0) * context.width)
        return Content.styled(signs.sign("full") * cells, "$primary")

    return [
        Column("who", "designers.column.who", 12, who),
        counted("talks"),
        counted("deposits"),
        Column("rate", "designers.column.rate", 8, rate, align="right"),
        counted("signed", "$success"),
        counted("lost", "$warning"),
        counted("refunded", "$warning"),
        Column("bar", "", None, bar, min_terminal=100),
    ]


def pending_columns(today: date) -> list[Column]:
    """Whose site, when the deposit was paid, how long they have waited, the next call, who looks after them."""

    def day(value: date | None) -> str:
        if value is None:
            return ""
        return f"{value:%m-%d}" if value.year == today.year else f"{value:%y-%m-%d}"

    def waited(row: SiteRow, _: PaintContext) -> Content:
        days = (today - row.site.deposit_date).days if row.site.deposit_date else 0
        words = say("designers.waited", days=days)
        return (
            Content.styled(f"{signs.sign('overdue')}{words}", "$warning")
            if days > LONG_WAIT
            else Content(words)
        )

    def next_call(row: SiteRow, _: PaintContext) -> Content:
        if row.next_call_on is None:
            return Content.styled(say("designers.no_call"), "$warning")
        late = row.next_call_on < today
        sign = signs.sign("overdue") if late else ""
        return Content.styled(f"{sign}{day(row.next_call_on)}", "$error" if late else "")

    def person(role: str) -> Column:
        return Column(
            role,
            f"staff.trade.{role}",
            8,
            lambda row, _: painting.safe(row.people.get(role, ""), "$text-muted"),
        )

    def amount(row: SiteRow, _: PaintContext) -> Content:
        fen = row.site.deposit
        return Content("" if fen is None else f"{fen / 100:,.0f}")

    return [
        Column("client", "designers.column.client", 8, _client),
        Column("site", "designers.column.site", None, _address),
        Column("deposit", "designers.column.deposit", 9, amount, align="right"),
        Column("day", "designers.column.day", 8, lambda row, _: Content(day(row.site.deposit_date))),
        Column("waited", "designers.column.waited", 8, waited),
        Column("next", "designers.column.next", 9, next_call),
        person("designer"),
        person("consultant"),
    ]


def _client(row: SiteRow, _: PaintContext) -> Content:
    return painting.safe(paint.client_name(row.client_name), "bold")


def _address(row: SiteRow, _: PaintContext) -> Content:
    return painting.safe(full_address(row.site.estate, row.site.address), "$text-muted")
