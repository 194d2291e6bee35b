"""The form a letter to a client is written in: to whom, under which subject, in which words (row C6)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from textual.content import Content
from textual.widget import Widget

from deskapp.domain.article import About, about_ticket
from deskapp.domain.courtesy import needs_of
from deskapp.domain.mail import LONGEST_ADDRESS, LONGEST_SUBJECT, from_kept
from deskapp.i18n import say
from deskapp.screens import paint
from deskapp.screens.courtesy_advice import AdvisedForm
from deskapp.screens.form_dialog import edit
from deskapp.screens.record_form import Values
from deskapp.screens.staff_forms import yes_no
from deskapp.widgets import painting
from deskapp.widgets.form import ChoiceField, LongField, TextField
from deskapp.widgets.lines import Lines

if TYPE_CHECKING:
    from deskapp.desk import Desk
    from deskapp.domain.message import Message
    from deskapp.domain.rows import TicketRow
    from deskapp.screens.base import Framed
    from deskapp.services.mail_out import Reply


@dataclass(frozen=True, slots=True)
class Answering:
    """A ticket to be written about: what is proposed, and what would be quoted."""

    row: TicketRow
    reply: Reply
    words: str = ""


class MailDialog(AdvisedForm):
    """A letter to a client; it begins with the greeting of the hour and ends with the company's signature."""

    SCREEN_ID, TITLE_CODE, ROWS = "mail_write", "mail.write_title", ("C6", "T2", "K2")
    FIELD_OF: ClassVar = {
        "mail.no_recipient": "recipient",
        "mail.address": "recipient",
        "mail.no_words": "words",
        "mail.too_long": "words",
    }

    def __init__(self, about: Answering) -> None:
        self.about, self.head = about, Lines(grow=True)
        ticket = about.row.ticket
        given = {
            "recipient": about.reply.recipient,
            "subject": about.reply.subject,
            "responds": about.reply.responds,
            "words": about.words,
        }
        super().__init__(f"mail-{ticket.id}", given, needs_of(ticket.kind, letter=True))

    def body(self) -> Iterable[Widget]:
        """Which ticket; then the fields."""
        yield self.head
        yield from super().body()

    def fields(self) -> Iterable[Widget]:
        """To whom, what about, whether it is the answer that stops the clock, the words."""
        yield TextField("recipient", "mail.field.recipient", max_length=LONGEST_ADDRESS, required=True)
        yield TextField("subject", "mail.field.subject", max_length=LONGEST_SUBJECT)
        yield LongField("words", "mail.field.words", lines=8, required=True)
        yield ChoiceField("responds", "mail.field.responds", yes_no())

    def ready(self) -> None:
        """Say which ticket it is about; begin at the first thing that is missing."""
        row = self.about.row
        self.head.show(
            [
                painting.join(
                    [
                        painting.safe(row.ticket.number, "$accent"),
                        Content.styled(paint.client_name(row.client_name), "bold"),
                        painting.safe(row.ticket.subject),
                    ]
                )
            ]
        )
        super().ready()
        if self.typed is None:
            words = self.form.field("words")
            if isinstance(words, LongField):
                words.move_cursor((1, 0))
            (words if self.about.reply.recipient else self.form.field("recipient")).focus()

    def article_about(self) -> About:
        """What articles should fit: the ticket, and the answer so far."""
        return about_ticket(self.about.row.ticket, str(self.form.values().get("words") or ""))

    def speaks_of(self) -> tuple[int | None, int | None]:
        """The ticket's client, and the ticket."""
        return self.about.row.ticket.client_id, self.about.row.ticket.id

    @staticmethod
    def save(desk: Desk, about: Answering, values: Values) -> Message:
        """Keep it, to be sent from now on."""
        from deskapp.services import mail_out

        reply = mail_out.Reply(
            values["recipient"], values["subject"], values["words"], responds=values["responds"] is not False
        )
        return mail_out.reply(desk, about.row.ticket, reply, key=values["submission"])


def answering(desk: Desk, ticket_id: int) -> Answering:
    """Read what a letter about a ticket begins with."""
    from dataclasses import replace

    from deskapp.services import mail_out
    from deskapp.services.outside import outside_in

    with desk.read() as work:
        row = work.tickets.row(ticket_id)
        mail = outside_in(work).mail
    if row is None:
        raise LookupError(f"ticket {ticket_id}")
    reply, quote = mail_out.proposed(desk, row.ticket)
    reply = replace(reply, responds=row.ticket.clock_runs)
    hour = desk.local(desk.now()).hour
    greeting = "morning" if hour < 12 else "afternoon" if hour < 18 else "evening"
    signature = mail.signature.strip() or desk.company
    hello = say("mail.hello", client=row.client_name, greeting=say(f"script.greeting.{greeting}"))
    return Answering(row, reply, "\n".join((hello, "", "", signature, "", quote)).rstrip())


def write(screen: Framed, ticket_id: int) -> None:
    """Write a letter about a ticket from whatever screen; it goes out by itself, and the history says when."""
    from deskapp.services import mail_out

    desk = screen.desk

    def kept(message: Message) -> None:
        screen.app.say("mail.kept", to=message.recipient)
        screen.app.changed()
        send(screen)

    def opened(about: Answering) -> None:
        edit(
            screen,
            about,
            MailDialog,
            lambda one, values: MailDialog.save(desk, one, values),
            lambda: answering(desk, ticket_id),
            then=kept,
        )

    def ask() -> Answering:
        mail_out.check_on(desk)
        return answering(desk, ticket_id)

    screen.ask(ask, opened, group="mail")


def send(screen: Framed) -> None:
    """Hand over at once what waits; the screen does not."""
    from deskapp.services import mail

    desk = screen.desk

    def sent(done: mail.Mailed) -> None:
        failed = from_kept(done.error)
        if failed is not None and failed.code == "mail.no_password":
            screen.app.tell(failed)
        if done.anything:
            screen.app.changed()

    screen.ask(lambda: mail.attend(desk), sent, group="mail-send")
