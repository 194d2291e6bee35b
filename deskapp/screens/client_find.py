"""Finding clients, and tickets, as one types."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Sequence
from typing import TYPE_CHECKING, Any, ClassVar

from textual.binding import Binding, BindingType
from textual.content import Content

from deskapp.i18n import say
from deskapp.screens import paint
from deskapp.screens.finder import MOST_TYPED, Finder, FinderLine
from deskapp.widgets import painting
from deskapp.widgets.record_table import Column, PaintContext, RecordTable, Source
from deskapp.widgets.safe_text import shown

if TYPE_CHECKING:
    from deskapp.domain.client import ClientCard
    from deskapp.services.client_search import Hit


class SearchLine(FinderLine):
    """The line above a list of clients and tickets."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "choose", id="clients.open"),
        Binding("tab", "to_list", id="clients.to_list"),
    ]


class ClientFinder(Finder):
    """A search line over a list of clients and tickets."""

    def __init__(
        self, resting: Callable[[], Source], resting_code: str, empty_code: str, **options: Any
    ) -> None:
        line = SearchLine(label_code="clients.search", max_length=MOST_TYPED, placeholder_code="clients.hint")
        table = RecordTable(hit_columns(), empty_code=empty_code)
        super().__init__(line, table, resting, resting_code, **options)

    def question(self, typed: str) -> Callable[[], Sequence[Hit]]:
        """Look in client files and tickets."""
        from deskapp.services.client_search import find

        desk = self.desk
        return lambda: find(desk, typed)

    def key(self, row: Hit) -> Hashable:
        """A client, or a ticket, stays itself."""
        from deskapp.services.client_search import key_of

        return key_of(row)

    def entitle_found(self, found: Sequence[Hit]) -> None:
        """Say how many clients and tickets."""
        from deskapp.services.client_search import MOST_CLIENTS

        clients = sum(hit.ticket is None for hit in found)
        more = "+" if clients == MOST_CLIENTS else ""
        self.say_title("clients.found", clients=f"{clients}{more}", tickets=len(found) - clients)


def hit_columns() -> list[Column]:
    """The columns of the list: who, number, where, how far the site is, open tickets or a ticket's state."""
    return [
        Column("sign", "", 1, _sign),
        Column("name", "clients.column.name", 10, _name),
        Column("phone", "clients.column.phone", 15, _phone, min_terminal=48),
        Column("about", "clients.column.about", None, _about),
        Column("stage", "clients.column.stage", 8, _stage, min_terminal=60),
        Column("open", "clients.column.open", 8, _open, align="right"),
    ]


def _sign(hit: Hit, _context: PaintContext) -> Content:
    return Content.styled("#", "$primary") if hit.ticket else Content(" ")


def _name(hit: Hit, _context: PaintContext) -> Content:
    tone = "$text-muted" if hit.ticket else "bold"
    return Content.styled(paint.client_name(hit.card.client.name[:60]), tone)


def _phone(hit: Hit, _context: PaintContext) -> Content:
    if hit.ticket:
        return painting.safe(hit.ticket.ticket.number, "$primary")
    return Content.styled(phones_line(hit.card), "$text-muted")


def phones_line(card: ClientCard) -> str:
    """The first number, its middle hidden, and how many more there are."""
    if not card.phones:
        return ""
    first = card.phones[0]
    number = paint.phone(first.normal, masked=True) or shown(first.raw)
    return f"{number} +{len(card.phones) - 1}" if len(card.phones) > 1 else number


def _about(hit: Hit, _context: PaintContext) -> Content:
    if hit.ticket:
        return painting.safe(hit.ticket.ticket.subject[:200])
    return painting.safe(hit.card.address[:200])


def _stage(hit: Hit, _context: PaintContext) -> Content:
    if hit.ticket:
        return Content()
    if hit.card.stage:
        return Content.styled(say(f"site.stage.{hit.card.stage}"), "$warning")
    return (
        Content.styled(say("client.kind.shop"), "$secondary") if hit.card.client.kind == "shop" else Content()
    )


def _open(hit: Hit, _context: PaintContext) -> Content:
    if hit.ticket:
        return Content.styled(say(f"ticket.state.{hit.ticket.ticket.state}"), "$warning")
    count = hit.card.open_tickets
    return Content.styled(say("clients.open_count", count=count), "$error") if count else Content()
