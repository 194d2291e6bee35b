"""Letters in and out: what nobody has taken yet first, all of them, or those of one ticket (row C6)."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable
from typing import TYPE_CHECKING, Any, ClassVar

from textual.binding import Binding, BindingType
from textual.containers import Horizontal
from textual.content import Content
from textual.widget import Widget

from deskapp.domain.mail import bare_subject, from_kept
from deskapp.i18n import say
from deskapp.screens import mail_forms, paint
from deskapp.screens.base import DeskScreen, Panel
from deskapp.screens.form_dialog import Editing
from deskapp.screens.mail_words import letter_lines, standing_line, state_words
from deskapp.screens.paged import Listing
from deskapp.widgets import painting
from deskapp.widgets.lines import Lines
from deskapp.widgets.prose import Prose
from deskapp.widgets.record_table import Column, PaintContext, RecordTable

if TYPE_CHECKING:
    from deskapp.desk import Desk
    from deskapp.domain.message import LetterRow, Message
    from deskapp.services.mail import Standing


class LettersSource:
    """A list of letters, the newest first, read by key."""

    def __init__(self, desk: Desk, which: int | str) -> None:
        self.desk, self.which = desk, which

    def count(self) -> int:
        """How many there are."""
        with self.desk.read() as work:
            return work.letters.count(self.which)

    def _page(self, limit: int, **place: Any) -> list[LetterRow]:
        with self.desk.read() as work:
            return work.letters.page(self.which, limit, **place)

    def first(self, limit: int) -> list[LetterRow]:
        """The newest."""
        return self._page(limit)

    def last(self, limit: int) -> list[LetterRow]:
        """The oldest."""
        return self._page(limit, last=True)

    def after(self, record: LetterRow, limit: int) -> list[LetterRow]:
        """Those after one."""
        return self._page(limit, after=record)

    def before(self, record: LetterRow, limit: int) -> list[LetterRow]:
        """Those before one."""
        return self._page(limit, before=record)

    def at(self, offset: int, limit: int) -> list[LetterRow]:
        """Those from a place on."""
        return self._page(limit, offset=offset)

    def key(self, record: LetterRow) -> Hashable:
        """A letter stays itself."""
        return record.message.id


class MailScreen(Editing, Listing, DeskScreen[None]):
    """Letters beside the words of the one under the cursor; Enter opens its ticket."""

    PLACE, SCREEN_ID, ROWS = "more", "mail", ("C6",)
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "open", id="mail.open"),
        Binding("n", "write", id="mail.write"),
        Binding("r", "retry", id="mail.retry"),
        Binding("x", "give_up", id="mail.give_up"),
        Binding("f", "files", id="mail.files"),
        Binding("g", "fetch", id="mail.fetch"),
        Binding("v", "view", id="mail.view"),
        Binding("escape", "leave", id="back"),
    ]
    DEFAULT_CSS = """
    MailScreen #mail-list { width: 3fr; }
    MailScreen #mail-words { width: 2fr; }
    MailScreen.-narrow #mail-below { layout: vertical; }
    MailScreen.-narrow #mail-list { width: 1fr; height: 2fr; }
    MailScreen.-narrow #mail-words { width: 1fr; height: 3fr; }
    """

    def __init__(self, ticket_id: int | None = None, number: str = "", letter_id: int | None = None) -> None:
        """Letters of a ticket, perhaps with the cursor on one of them, whose ticket is then a key away."""
        super().__init__()
        self.ticket_id, self.number, self.letter_id = ticket_id, number, letter_id
        self._sought = letter_id
        self.which: int | str = "unsent" if ticket_id is None else ticket_id
        self.standing = Lines(grow=True)
        self.table = RecordTable((), empty_code="mail.empty", id="mail-table")
        self.words = Prose(id="mail-text")
        self.panel = Panel("mail.title", self.table, id="mail-list")

    def body(self) -> Iterable[Widget]:
        """How the mailbox stands, the letters, the words of one."""
        yield self.standing
        yield Horizontal(self.panel, Panel("mail.words", self.words, id="mail-words"), id="mail-below")

    def ready(self) -> None:
        """Begin with what nobody has taken."""
        self.table.columns = _columns(self.desk)
        self.table.focus()
        self._look()
        self._stand()

    def changed(self) -> None:
        """Read anew; the cursor stays."""
        if self.app.desk is not None and self.app.desk.operator is not None:
            self.table.refresh_rows()
            self._stand()

    def relabel(self) -> None:
        """Say everything again."""
        super().relabel()
        if self.app.desk is not None and self.app.desk.operator is not None:
            self.table.columns = _columns(self.desk)
            self._titles()
            self._stand()

    def _look(self) -> None:
        self.table.empty_code = "mail.none_unsent" if self.which == "unsent" else "mail.empty"
        self.table.source = LettersSource(self.desk, self.which)
        self._titles()

    def _titles(self) -> None:
        count = self.table.row_count
        which = self.number or say(f"mail.list.{self.which}")
        self.panel.entitle(which=which, count="" if count is None else count)
        self.panel.relabel()

    def _stand(self) -> None:
        from deskapp.services import mail

        desk = self.desk
        self.ask(lambda: mail.standing(desk), self._stands, group="mail-standing")

    def _stands(self, standing: Standing) -> None:
        self.standing.show([standing_line(self.desk, standing)])

    def on_record_table_counted(self, message: RecordTable.Counted) -> None:
        """The list knows its length: go to the letter that is wanted."""
        self._titles()
        wanted = self._sought
        if wanted is not None and message.count:
            self._sought = None
            desk, which = self.desk, self.which

            def place() -> int:
                with desk.read() as work:
                    return work.letters.place(which, wanted)

            self.ask(place, lambda row: setattr(self.table, "cursor_row", row), group="mail-place")

    def on_record_table_highlighted(self, message: RecordTable.Highlighted) -> None:
        """Show the words of the letter under the cursor."""
        row = message.record
        self.words.show(letter_lines(self.desk, row) if row is not None else [])
        self.refresh_bindings()

    def on_record_table_chosen(self, message: RecordTable.Chosen) -> None:
        """Open the ticket."""
        if self.ticket_id is None or self.letter_id is not None:
            self.app.open_ticket(message.record.message.ticket_id)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Only a letter of ours can be tried again; only one with files has files to show."""
        row: LetterRow | None = self.table.selected
        if action in ("retry", "give_up"):
            return row is not None and row.message.state in ("waiting", "dead")
        if action == "files":
            return row is not None and row.files > 0
        if action == "open":
            return self.ticket_id is None or self.letter_id is not None
        return self.ticket_id is None if action == "view" else True

    def action_open(self) -> None:
        """Open the ticket of the letter under the cursor."""
        self.table.action_choose()

    def action_write(self) -> None:
        """Write about the ticket of the letter under the cursor."""
        row: LetterRow | None = self.table.selected
        ticket_id = self.ticket_id or (row.message.ticket_id if row else None)
        if ticket_id is not None:
            mail_forms.write(self, ticket_id)

    def action_retry(self) -> None:
        """Try the letter under the cursor again, now."""
        from deskapp.services import mail_out

        self._done(mail_out.retry, "mail.again", lambda: mail_forms.send(self))

    def action_give_up(self) -> None:
        """Send the letter under the cursor no more."""
        from deskapp.services import mail_out

        self._done(mail_out.give_up, "mail.dropped", lambda: None)

    def _done(self, verb: Callable[[Desk, Message], Message], said: str, then: Callable[[], object]) -> None:
        row: LetterRow | None = self.table.selected
        if row is None or row.message.direction != "out" or not self.may("ticket.note"):
            return
        desk, letter = self.desk, row.message

        def done(message: Message) -> None:
            self.app.say(said, to=message.recipient)
            then()

        self.act(lambda: verb(desk, letter), done)

    def action_files(self) -> None:
        """Show the files of the letter under the cursor."""
        from deskapp.screens.attachments import open_files

        row: LetterRow | None = self.table.selected
        if row is not None and row.files:
            open_files(self, "message", row.message.id)

    def action_fetch(self) -> None:
        """Look into the mailbox now."""
        from deskapp.services import mail

        desk = self.desk

        def looked(done: mail.Mailed) -> None:
            failed = from_kept(done.error)
            if failed is not None:
                self.app.tell(failed)
            else:
                self.app.say("mail.fetched", count=done.taken)
            self.app.changed()

        self.ask(lambda: mail.fetch(desk, at_once=True), looked, group="mail-fetch")

    def action_view(self) -> None:
        """Show all letters, or those nobody has taken again."""
        self.which = "all" if self.which == "unsent" else "unsent"
        self._look()

    def action_leave(self) -> None:
        """Back to where one came from, or to the queue."""
        if self.ticket_id is not None:
            self.dismiss(None)
        else:
            self.app.go("queue")


def _columns(desk: Desk) -> list[Column]:
    def at(row: LetterRow, _: PaintContext) -> Content:
        return Content.styled(paint.when(desk, row.message.at), "$text-muted")

    def who(row: LetterRow, _: PaintContext) -> Content:
        letter = row.message
        return painting.safe(
            paint.address(desk, letter.sender if letter.direction == "in" else letter.recipient)
        )

    return [
        Column("state", "mail.column.state", 9, lambda row, _: state_words(row.message)),
        Column("at", "mail.column.at", 11, at),
        Column("who", "mail.column.who", 22, who, min_terminal=100),
        Column("subject", "mail.column.subject", None, _subject),
        Column("ticket", "mail.column.ticket", 16, _ticket, min_terminal=150),
    ]


def _subject(row: LetterRow, _context: PaintContext) -> Content:
    name = paint.client_name(row.ticket.client_name) if row.ticket else ""
    files = Content.styled(f"+{row.files}", "$primary") if row.files else Content("")
    number = row.ticket.ticket.number if row.ticket else ""
    subject = painting.safe(bare_subject(row.message.subject, number))
    return painting.join([Content.styled(name, "bold"), files, subject])


def _ticket(row: LetterRow, _context: PaintContext) -> Content:
    return painting.safe(row.ticket.ticket.number if row.ticket else "", "$accent")
