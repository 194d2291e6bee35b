"""Finding clients as one types: the search line, the list below it, and the reading behind them."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content

from deskapp.i18n import say
from deskapp.screens import paint
from deskapp.screens.base import Asking, Panel
from deskapp.widgets import painting
from deskapp.widgets.form_field import TextField
from deskapp.widgets.record_table import Column, ListSource, PaintContext, RecordTable, Source
from deskapp.widgets.safe_text import shown

if TYPE_CHECKING:
    from deskapp.app import DeskApp
    from deskapp.domain.client import ClientCard
    from deskapp.services.client_search import Hit

MOST_TYPED = 200


class SearchLine(TextField):
    """A line to type in while up, down and Enter work in the list below it."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "choose", id="clients.open"),
        Binding("tab", "to_list", id="clients.to_list"),
        Binding("up", "move(-1)", show=False, system=True, id="list.up"),
        Binding("down", "move(1)", show=False, system=True, id="list.down"),
        Binding("pageup", "page(-1)", show=False, system=True, id="list.page_up"),
        Binding("pagedown", "page(1)", show=False, system=True, id="list.page_down"),
    ]

    @property
    def finder(self) -> ClientFinder:
        """The finder this line is of."""
        finder = self.parent
        assert isinstance(finder, ClientFinder)
        return finder

    def action_choose(self) -> None:
        """Choose what is marked in the list."""
        self.finder.choose()

    def action_to_list(self) -> None:
        """Go to the list, where letters are keys."""
        self.finder.table.focus()

    def action_move(self, by: int) -> None:
        """Move in the list."""
        self.finder.table.action_move(by)

    def action_page(self, by: int) -> None:
        """Move in the list by windows."""
        self.finder.table.action_page(by)


class ClientFinder(Asking, Vertical):
    """A search line over a list of clients and tickets; while nothing is typed the list is `resting`.

    Typing never waits: one search runs at a time, the newest text is searched next, and an Enter that comes
    before its answer chooses from that answer, not from the rows of an earlier text.
    """

    app: DeskApp
    DEFAULT_CSS = """
    ClientFinder { width: 3fr; }
    """

    def __init__(
        self, resting: Callable[[], Source], resting_code: str, empty_code: str, **options: Any
    ) -> None:
        super().__init__(**options)
        self.resting, self.resting_code = resting, resting_code
        self.line = SearchLine(
            label_code="clients.search", max_length=MOST_TYPED, placeholder_code="clients.hint"
        )
        self.table = RecordTable(hit_columns(), empty_code=empty_code)
        self.panel = Panel(resting_code, self.table)
        self._wanted, self._shown = "", ""
        self._busy = self._owed = False

    def compose(self) -> ComposeResult:
        """The line, and the list."""
        yield self.line
        yield self.panel

    @property
    def typed(self) -> str:
        """What is looked for."""
        return self.line.read()

    @property
    def selected(self) -> Hit | None:
        """The line under the cursor; None while the answer to what was typed is still to come."""
        return self.table.selected if self._shown == self._wanted else None

    def begin(self) -> None:
        """Let the operator type, and show what there is."""
        self.line.focus()
        if self._wanted:
            self._search()
        else:
            self._rest()

    def again(self) -> None:
        """Read anew; the cursor stays on its line."""
        if self._wanted:
            self._search()
        else:
            self.table.refresh_rows()

    def choose(self) -> None:
        """Choose the marked line, or the first of the answer that is under way."""
        if self._shown == self._wanted:
            self.table.action_choose()
        else:
            self._owed = True

    def on_input_changed(self, event: TextField.Changed) -> None:
        """Search for what stands in the line now."""
        event.stop()
        if self.typed == self._wanted:
            return
        self._wanted, self._owed = self.typed, False
        if self._wanted:
            self._search()
        else:
            self._rest()

    def _rest(self) -> None:
        self._shown = ""
        self.table.source = self.resting()
        self._entitle(self.resting_code, count=self.table.row_count or 0)

    def _search(self) -> None:
        if self._busy:
            return
        from deskapp.services.client_search import find

        self._busy = True
        desk, typed = self.desk, self._wanted
        self.ask(
            lambda: find(desk, typed),
            lambda found: self._found(typed, found),
            group="find",
            wrong=self._wrong,
        )

    def _found(self, typed: str, found: list[Hit]) -> None:
        self._busy = False
        if typed != self._wanted:
            if self._wanted:
                self._search()
            return
        self._show(found, anew=typed != self._shown)
        self._shown = typed
        if self._owed:
            self._owed = False
            self.table.action_choose()

    def _show(self, found: list[Hit], anew: bool) -> None:
        from deskapp.services.client_search import MOST_CLIENTS, key_of

        source = self.table.source
        if anew or not isinstance(source, ListSource):
            self.table.source = ListSource(found, key=key_of)
        else:
            source.replace(found)
            self.table.refresh_rows()
        clients = sum(hit.ticket is None for hit in found)
        more = "+" if clients == MOST_CLIENTS else ""
        self._entitle("clients.found", clients=f"{clients}{more}", tickets=len(found) - clients)

    def _wrong(self, error: Exception) -> None:
        self._busy = self._owed = False
        self.app.tell(error)

    def _entitle(self, code: str, **facts: Any) -> None:
        self.panel.title_code, self.panel.facts = code, facts
        self.panel.relabel()

    def on_record_table_counted(self, message: RecordTable.Counted) -> None:
        """Say how many files there are."""
        if not self._wanted:
            self._entitle(self.resting_code, count=message.count)


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
    if hit.stage:
        return Content.styled(say(f"site.stage.{hit.stage}"), "$warning")
    return (
        Content.styled(say("client.kind.shop"), "$secondary") if hit.card.client.kind == "shop" else Content()
    )


def _open(hit: Hit, _context: PaintContext) -> Content:
    if hit.ticket:
        return Content.styled(say(f"ticket.state.{hit.ticket.ticket.state}"), "$warning")
    count = hit.card.open_tickets
    return Content.styled(say("clients.open_count", count=count), "$error") if count else Content()
