"""The letters in a ticket's history: what came, in its own words; what is not out yet, and why (row C6)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual.content import Content

from deskapp.domain.mail import fresh_part
from deskapp.i18n import say
from deskapp.screens import paint
from deskapp.screens.mail_words import state_words, why_lines
from deskapp.screens.ticket_view import paragraph
from deskapp.widgets import painting

if TYPE_CHECKING:
    from deskapp.desk import Desk
    from deskapp.domain.ticket import TicketEvent
    from deskapp.screens.ticket_view import TicketView

INDENT = "  "


def unsent_lines(desk: Desk, view: TicketView) -> list[Content]:
    """Letters of ours nobody has taken yet, with the reason; they stand above all that happened."""
    lines: list[Content] = []
    for row in view.letters:
        letter = row.message
        if letter.direction == "out" and letter.state in ("waiting", "dead"):
            when = Content.styled(paint.when(desk, letter.at), "$text-muted")
            lines.append(painting.join([when, state_words(letter), painting.safe(letter.recipient)]))
            lines += [Content.assemble(INDENT, line) for line in why_lines(letter, desk)]
            lines += paragraph(letter.body, INDENT, "$text-muted")
    return lines


def came_lines(desk: Desk, view: TicketView, event: TicketEvent) -> list[Content]:
    """The words of a letter that came, without what it quotes; of the one that opened the ticket only its files."""
    facts = event.facts or {}
    row = next((one for one in view.letters if one.message.id == facts.get("message_id")), None)
    if row is None:
        return []
    letter = row.message
    lines = [Content.assemble(INDENT, state_words(letter))] if letter.automatic else []
    if not facts.get("opens"):
        lines += paragraph(fresh_part(letter.body), INDENT)
    lines += [Content.assemble(INDENT, line) for line in why_lines(letter, desk)]
    if row.files:
        lines.append(Content.styled(INDENT + say("mail.has_files", count=row.files), "$primary"))
    return lines
