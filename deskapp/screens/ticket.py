"""One ticket: its clocks, the caller's words, its history, and every legal move by one key (rows T2–T7, T15)."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, ClassVar

from textual.binding import Binding, BindingType
from textual.containers import Horizontal
from textual.widget import Widget

from deskapp.domain.article import About, about_ticket
from deskapp.domain.ticket import INTERNAL_KINDS
from deskapp.i18n import say
from deskapp.screens.base import DeskScreen, Panel
from deskapp.screens.ticket_acts import TicketActs, possible
from deskapp.screens.ticket_history import history_lines
from deskapp.screens.ticket_view import (
    TicketView,
    elsewhere_lines,
    head_lines,
    read_ticket,
    words_lines,
)
from deskapp.widgets.live_lines import LiveLines
from deskapp.widgets.prose import Prose

ACT_KEYS = (
    ("a", "respond"),
    ("d", "dispatch"),
    ("s", "resolve"),
    ("b", "settle"),
    ("v", "verify"),
    ("c", "close"),
    ("o", "reopen"),
    ("t", "note"),
    ("u", "urge"),
    ("e", "escalate"),
    ("g", "grade"),
    ("m", "merge"),
    ("w", "withdraw"),
    ("y", "decide"),
    ("p", "pause"),
    ("p", "resume"),
)


class TicketScreen(DeskScreen[None], TicketActs):
    """A ticket to be read and moved on; a key is there only while its act is legal."""

    PLACE, SCREEN_ID, ROWS = (
        "clocks",
        "ticket",
        ("T2", "T3", "T4", "T5", "T6", "T7", "T8", "T9", "T11", "T12", "T15"),
    )
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("f", "appoint", id="ticket.appoint"),
        Binding("r", "answer", id="ticket.answer"),
        *(
            Binding(key, f"begin('{name}')", id=f"ticket.{name}")
            for key, name in ACT_KEYS
            if name != "resume"
        ),
        Binding("number_sign,h", "tags", id="ticket.tags"),
        Binding("z", "watch", id="ticket.watch"),
        Binding("i", "watchers", id="ticket.watchers"),
        Binding("j", "open_into", id="ticket.into"),
        Binding("l", "open_client", id="ticket.client"),
        Binding("k", "slip", id="ticket.slip"),
        Binding("full_stop", "macros", id="ticket.macros"),
        Binding("x", "mail", id="ticket.mail"),
        Binding("q", "letters", id="ticket.letters"),
        Binding("n", "responsibility", id="ticket.responsibility"),
        Binding("plus", "group", id="ticket.group"),
        Binding("equals_sign", "open_group", id="ticket.open_group"),
        Binding("escape", "leave", id="back"),
    ]
    DEFAULT_CSS = """
    TicketScreen #ticket-head { height: auto; }
    TicketScreen #ticket-words { width: 2fr; }
    TicketScreen #ticket-history { width: 3fr; }
    TicketScreen.-narrow #ticket-below { layout: vertical; }
    TicketScreen.-narrow #ticket-words { width: 1fr; height: 2fr; }
    TicketScreen.-narrow #ticket-history { width: 1fr; height: 3fr; }
    """

    def __init__(self, ticket_id: int) -> None:
        super().__init__()
        self.ticket_id = ticket_id
        self.view: TicketView | None = None
        self.acts: frozenset[str] = frozenset()
        self.head = LiveLines(grow=True)
        self.words = Prose(id="ticket-words-text")
        self.history = Prose(id="ticket-history-text")
        self.panel = Panel("ticket_view.title", self.head, id="ticket-head")
        self.said = Panel("ticket_view.words", self.words, id="ticket-words")

    def body(self) -> Iterable[Widget]:
        """The head; below it the caller's words and the history."""
        yield self.panel
        yield Horizontal(
            self.said,
            Panel("ticket_view.history", self.history, id="ticket-history"),
            id="ticket-below",
        )

    def ready(self) -> None:
        """Read the ticket."""
        self.history.focus()
        self._read()

    def changed(self) -> None:
        """Read the ticket anew; one stays where one was reading."""
        self._read()

    def opens(self) -> tuple[str, int]:
        """This ticket, so that the other desks know who has it."""
        return ("ticket", self.ticket_id)

    def neighbours(self) -> None:
        """Somebody else has opened the ticket too, or has left it."""
        if self.view is not None:
            self._show(self.view)

    def _read(self) -> None:
        desk, ticket_id = self.desk, self.ticket_id
        self.ask(lambda: read_ticket(desk, ticket_id), self._show, group="ticket")

    def _show(self, view: TicketView) -> None:
        desk, self.view = self.desk, view
        ticket = view.row.ticket
        self.acts = possible(ticket, desk.operator, desk.policy)
        self.panel.entitle(
            kind=say(f"ticket.kind.{ticket.kind}"), number=ticket.number, subject=ticket.subject
        )
        self.said.title_code = "ticket_view.words" if ticket.kind == "complaint" else "complaint.content"
        self.said.relabel()
        others = elsewhere_lines(desk, self.app.facts, self.ticket_id)
        self.head.follow(lambda now_us: [*head_lines(desk, view, now_us), *others], self.app.now_us())
        self.words.show(words_lines(view))
        self.history.show(history_lines(desk, view))
        self.refresh_bindings()

    def relabel(self) -> None:
        """Say everything again."""
        super().relabel()
        if self.view is not None and self.app.desk is not None:
            self._show(self.view)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """An act is there while the ticket's state and the operator's rights allow it."""
        if action == "begin" and parameters:
            name = parameters[0]
            return name in self.acts or (name == "pause" and "resume" in self.acts)
        if action in ("appoint", "answer"):
            ticket = self.view.row.ticket if self.view else None
            kind = {"appoint": "repair", "answer": "handoff"}[action]
            return ticket is not None and ticket.kind == kind and ticket.is_open
        if action in ("tags", "watch", "watchers", "macros"):
            return "note" in self.acts
        if action == "mail":
            ticket = self.view.row.ticket if self.view else None
            return ticket is not None and ticket.kind not in INTERNAL_KINDS and "note" in self.acts
        if action == "open_group":
            return self.view is not None and self.view.part_of is not None
        if action == "group":
            view = self.view
            return view is not None and view.part_of is None and view.row.ticket.is_groupable
        if action == "letters":
            return self.view is not None and bool(self.view.letters)
        return action != "open_into" or (self.view is not None and bool(self.view.merged_into))

    def action_begin(self, name: str) -> None:
        """Begin an act; the pause key lets a stopped clock run on."""
        if self.view is not None:
            resumes = name == "pause" and "resume" in self.acts
            self.begin("resume" if resumes else name, self.view.row)

    def context(self) -> dict[str, Any]:
        """Whom a new complaint is about: this ticket's client."""
        if self.view is None:
            return {}
        ticket = self.view.row.ticket
        return {"client_id": ticket.client_id, "site_id": ticket.site_id}

    def article_about(self) -> About:
        """What articles should fit: this ticket."""
        return About() if self.view is None else about_ticket(self.view.row.ticket)

    def action_tags(self) -> None:
        """Put tags on or take them off."""
        from deskapp.screens.ticket_tags import TagsDialog

        if self.view is not None:
            self.app.push_screen(TagsDialog(self.view.row))

    def action_watch(self) -> None:
        """Watch this ticket, or no more."""
        from deskapp.services import collaboration

        desk, view = self.desk, self.view
        if view is None or desk.operator is None:
            return
        watching = desk.operator.id in dict(view.watchers)
        verb = collaboration.unwatch if watching else collaboration.watch
        done = "ticket_tags.unwatched" if watching else "ticket_tags.watched"
        ticket = view.row.ticket
        self.act(lambda: verb(desk, ticket), lambda _: self.app.say(done, number=ticket.number))

    def action_watchers(self) -> None:
        """Put a colleague on to watch."""
        from deskapp.screens.ticket_tags import WatchersDialog

        if self.view is not None:
            self.app.push_screen(WatchersDialog(self.view.row))

    def action_open_into(self) -> None:
        """Open the ticket this one was merged into."""
        into = self.view.row.ticket.merged_into if self.view else None
        if into is not None:
            self.app.open_ticket(into)

    def action_open_client(self) -> None:
        """Open the client's history."""
        if self.view is not None:
            self.app.open_client(self.view.row.ticket.client_id)

    def action_slip(self) -> None:
        """Write the slip where it can be printed from."""
        save_slip(self, self.ticket_id)

    def action_appoint(self) -> None:
        """Ask when who comes to a repair."""
        from deskapp.screens import repair_forms

        repair_forms.appoint(self, self.ticket_id)

    def action_answer(self) -> None:
        """Record what was answered to a handoff."""
        from deskapp.screens import handoff_forms

        handoff_forms.answer(self, self.ticket_id)

    def action_macros(self) -> None:
        """Choose a series of moves by its key."""
        from deskapp.screens import macros

        if self.view is not None:
            macros.choose(self, self.view.row.ticket)

    def action_mail(self) -> None:
        """Write to the client."""
        from deskapp.screens import mail_forms

        mail_forms.write(self, self.ticket_id)

    def action_letters(self) -> None:
        """Show the letters of this ticket, to read them whole, to try again, to see their files."""
        from deskapp.screens.mail import MailScreen

        if self.view is not None:
            self.app.push_screen(MailScreen(self.ticket_id, self.view.row.ticket.number))

    def action_responsibility(self) -> None:
        """Show who answers for it: finding, apology, penalty."""
        from deskapp.screens.responsibility import ResponsibilityScreen

        if self.view is not None:
            self.app.push_screen(ResponsibilityScreen(self.ticket_id))

    def action_group(self) -> None:
        """Group it with others alike."""
        from deskapp.screens import mass_forms

        if self.view is not None:
            mass_forms.group(self, self.view.row.ticket, lambda _: self._read())

    def action_open_group(self) -> None:
        """Open the mass complaint it is part of."""
        from deskapp.screens.mass_group import MassGroupScreen

        if self.view is not None and self.view.part_of is not None:
            self.app.push_screen(MassGroupScreen(self.view.part_of.mass.id))

    def action_leave(self) -> None:
        """Go back."""
        self.dismiss(None)


def save_slip(screen: Any, ticket_id: int) -> None:
    """Write a ticket's slip from whatever screen in the format that is chosen, and say where it lies."""
    from deskapp.screens.paper_dialogs import export_with
    from deskapp.services import slips

    desk = screen.desk
    export_with(screen, lambda form: slips.save_slip(desk, ticket_id, form), text=True, told="slip.saved")
