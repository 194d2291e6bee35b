"""Find a client by anything: a search line, what it finds as one types, and the card beside it (rows C3, P5)."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any, ClassVar

from textual.binding import Binding, BindingType
from textual.containers import Horizontal
from textual.content import Content
from textual.screen import ModalScreen
from textual.widget import Widget

from deskapp.i18n import say
from deskapp.screens import client_acts, paint, telephone
from deskapp.screens.base import DeskDialog, DeskScreen, Panel
from deskapp.screens.client_find import ClientFinder
from deskapp.widgets.lines import Lines
from deskapp.widgets.record_table import ListSource, RecordTable, Source
from deskapp.widgets.safe_text import shown

if TYPE_CHECKING:
    from deskapp.domain.client import ClientCard
    from deskapp.domain.rows import TimelineItem
    from deskapp.services.client_search import Hit
    from deskapp.services.clients import ClientFile

LETTERS = frozenset({"complaint", "new_client", "edit", "promise", "call_now", "to_line"})
"""Acts whose key is a letter: typed into the search line it is a letter and nothing else."""
WHILE_TYPING = frozenset({"typing_new", "typing_promise"})
LINES_OF_HISTORY = 12


class ClientsScreen(DeskScreen[None]):
    """Type any part of a name, pinyin, initials, a number, an address or a ticket: Enter opens the history.

    Up, down and Enter work in the list while one types; Tab goes to the list, where letters are keys.
    """

    PLACE, SCREEN_ID, ROWS = "clients", "clients", ("C3", "P5")
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("n", "complaint", id="clients.complaint"),
        Binding("a", "new_client", id="clients.new"),
        Binding("e", "edit", id="clients.edit"),
        Binding("z", "promise", id="clients.promise"),
        Binding("c", "dial", id="clients.dial"),
        Binding("d", "call_now", id="clients.call_now"),
        Binding("slash,tab", "to_line", id="clients.to_line"),
        Binding("ctrl+n", "typing_new", id="clients.typing_new"),
        Binding("ctrl+r", "typing_promise", id="clients.typing_promise"),
        Binding("f3", "search_anew", id="clients.search_anew", system=True),
        Binding("escape", "leave", id="back"),
    ]
    DEFAULT_CSS = """
    ClientsScreen #clients-card-panel { width: 2fr; max-width: 60; }
    ClientsScreen.-narrow #clients-card-panel { display: none; }
    ClientsScreen #clients-brief { height: 4; padding: 0 1; background: $surface; }
    ClientsScreen.-wide #clients-brief { display: none; }
    """

    def __init__(self) -> None:
        super().__init__()
        self.finder = ClientFinder(self._newest, "clients.newest", "clients.nothing", id="clients-finder")
        self.card = Lines(id="clients-card")
        self.brief = Lines(id="clients-brief")
        self._file: tuple[Hit, ClientFile, list[TimelineItem]] | None = None

    def body(self) -> Iterable[Widget]:
        """Search line and list at the left, the client's card at the right or below."""
        yield Horizontal(self.finder, Panel("clients.card", self.card, id="clients-card-panel"))
        yield self.brief

    def _newest(self) -> Source:
        from deskapp.services.client_search import NewestClients

        return NewestClients(self.desk)

    def ready(self) -> None:
        """Show the newest files, the cursor in the search line."""
        self.finder.begin()

    def changed(self) -> None:
        """Read list and card anew."""
        if self.app.desk is not None and self.app.desk.operator is not None:
            self.finder.again()
            self._preview(self.finder.table.selected)

    def relabel(self) -> None:
        """Say everything again."""
        super().relabel()
        if self._file is not None:
            self._show_card(*self._file)

    def on_screen_suspend(self) -> None:
        """Remember whether another screen came, or but a dialog over this one."""
        self._left = not isinstance(self.app.screen, ModalScreen)

    _left = False

    def on_screen_resume(self) -> None:
        """Come back from another screen: what is typed next begins a new search."""
        super().on_screen_resume()
        if self._left:
            self._left = False
            self.finder.line.select_all()

    @property
    def typing(self) -> bool:
        """Whether the search line has the focus."""
        return self.finder.line.has_focus

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Letters are keys in the list only."""
        if action in LETTERS:
            return not self.typing
        return self.typing if action in WHILE_TYPING else True

    def context(self) -> dict[str, Any]:
        """Whom a new complaint is about: the client under the cursor."""
        hit = self.finder.selected
        if hit is None:
            return {}
        return {"client_id": hit.client_id, "site_id": hit.ticket.ticket.site_id if hit.ticket else None}

    def on_record_table_highlighted(self, message: RecordTable.Highlighted) -> None:
        """Show the card of the client under the cursor."""
        self._preview(message.record)

    def _preview(self, hit: Hit | None) -> None:
        if hit is None:
            self._file = None
            self.card.show([])
            self.brief.show([])
            return
        from deskapp.services.clients import whole_file

        desk = self.desk

        def read() -> tuple[ClientFile | None, list[TimelineItem]]:
            with desk.read() as work:
                items = work.timeline.of(hit.client_id, LINES_OF_HISTORY)
            return whole_file(desk, hit.client_id), items

        self.ask(read, lambda found: self._show_card(hit, *found), group="preview")

    def _show_card(self, hit: Hit, file: ClientFile | None, items: list[TimelineItem]) -> None:
        if file is None:
            return
        self._file = (hit, file, items)
        card, history = paint.card_lines(self.desk, file), paint.recent_lines(self.desk, items)
        about = [ticket_line(hit)] if hit.ticket else []
        self.card.show([*about, *card, Content(""), *history])
        self.brief.show([*about, *card[:2], *history][:4])

    def on_record_table_chosen(self, message: RecordTable.Chosen) -> None:
        """Open the history, or the ticket."""
        hit: Hit = message.record
        if hit.ticket:
            self.app.open_ticket(hit.ticket.ticket.id)
        else:
            self.app.open_client(hit.client_id)

    def action_leave(self) -> None:
        """From the list to the search line; from there to the queue, the text staying."""
        if self.typing:
            self.app.go("queue")
        else:
            self.action_to_line()

    def action_to_line(self) -> None:
        """Back to the search line."""
        self.finder.line.focus()

    def action_search_anew(self) -> None:
        """To the search line, the next letter beginning a new search."""
        self.finder.line.focus()
        self.finder.line.select_all()

    def action_complaint(self) -> None:
        """File a complaint for the client under the cursor."""
        from deskapp.screens.places import open_form

        open_form(self.app)

    def action_new_client(self) -> None:
        """Open a new file, with what was searched for filled in."""
        name, phone = client_acts.guess(self.finder.typed)
        client_acts.new_client(
            self, lambda card: self.app.open_client(card.client.id), name=name, phone=phone
        )

    action_typing_new = action_new_client

    def action_edit(self) -> None:
        """Change the file under the cursor."""
        hit = self.finder.selected
        if hit is not None:
            client_acts.edit_client(self, hit.client_id)

    def action_promise(self) -> None:
        """Plan a callback to the client under the cursor."""
        hit = self.finder.selected
        if hit is not None:
            client_acts.promise_call(self, hit.client_id)

    action_typing_promise = action_promise

    def action_call_now(self) -> None:
        """Call the client under the cursor."""
        hit = self.finder.selected
        if hit is not None:
            client_acts.call_now(self, hit.client_id)

    def action_dial(self) -> None:
        """Have the telephone system dial the client under the cursor."""
        hit = self.finder.selected
        if hit is not None:
            telephone.dial_client(self, hit.client_id)


def ticket_line(hit: Hit) -> Content:
    """A ticket that was found, in one line."""
    if hit.ticket is None:
        return Content()
    ticket = hit.ticket.ticket
    return Content.assemble(
        (shown(ticket.number), "$primary"),
        " ",
        (say(f"ticket.state.{ticket.state}"), "$warning"),
        " ",
        shown(ticket.subject[:200]),
    )


class PickClientDialog(DeskDialog[int]):
    """Say which client it is: one of those who share the number, another found as one types, or a new file."""

    SCREEN_ID, TITLE_CODE, ROWS = "pick_client", "clients.pick.title", ("C3",)
    BINDINGS: ClassVar[list[BindingType]] = [Binding("ctrl+n", "new_client", id="clients.typing_new")]
    DEFAULT_CSS = """
    PickClientDialog ClientFinder { width: 1fr; height: 1fr; }
    """

    def __init__(self, candidates: list[ClientCard], phone: str = "") -> None:
        super().__init__()
        self.candidates, self.phone = candidates, phone
        self.whose = Lines(grow=True)
        self.finder = ClientFinder(self._candidates, "clients.pick.candidates", "clients.pick.nobody")

    def body(self) -> Iterable[Widget]:
        """Whose number it is, the search line, and the list."""
        yield self.whose
        yield self.finder

    def _candidates(self) -> Source:
        from deskapp.services.client_search import Hit, key_of

        return ListSource([Hit(card) for card in self.candidates], key=key_of)

    def ready(self) -> None:
        """Show who shares the number; let the operator type."""
        self.relabel()
        self.finder.begin()

    def relabel(self) -> None:
        """Say everything again."""
        super().relabel()
        number = paint.number(self.desk, self.phone) or say("client.hidden")
        code = "clients.pick.shared" if self.candidates else "clients.pick.unknown"
        words = say(code, number=number, count=len(self.candidates))
        self.whose.show(
            [Content.styled(words, "$warning"), Content.styled(say("clients.pick.how"), "$text-muted")]
        )

    def on_record_table_chosen(self, message: RecordTable.Chosen) -> None:
        """It is this client, or the client of this ticket."""
        self.dismiss(message.record.client_id)

    def action_new_client(self) -> None:
        """Nobody known: open a file with the number filled in."""
        name, _ = client_acts.guess(self.finder.typed)
        client_acts.new_client(self, self._opened, name=name, phone=self.phone)

    def _opened(self, card: ClientCard) -> None:
        if self.is_attached:
            self.dismiss(card.client.id)
