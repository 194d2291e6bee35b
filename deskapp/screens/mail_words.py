"""Letters in words: how one stands, why it is not out yet, what it says; how the mailbox stands (row C6)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual.content import Content

from deskapp.domain.mail import from_kept
from deskapp.i18n import knows, say
from deskapp.i18n.errors import in_words
from deskapp.screens import paint
from deskapp.widgets import painting, signs
from deskapp.widgets.safe_text import shown

if TYPE_CHECKING:
    from deskapp.desk import Desk
    from deskapp.domain.message import LetterRow, Message
    from deskapp.services.mail import Standing

TONES = {"waiting": "$warning", "dead": "bold $error", "sent": "$success", "dropped": "$text-muted"}
SIGNS = {"waiting": "amber", "dead": "error", "sent": "met", "dropped": "missed"}


def standing_line(desk: Desk, standing: Standing) -> Content:
    """How the mail stands, in one line: off, well since when, or what is wrong."""
    if not standing.on:
        return Content.styled(say("mail.is_off"), "$text-muted")
    failed = from_kept(standing.error)
    if failed is not None:
        return Content.styled(f"{signs.sign('error')} {in_words(failed)}", "bold $error")
    if standing.checked_at is None:
        return Content.styled(say("mail.not_checked"), "$text-muted")
    words = say("mail.checked", at=paint.when(desk, standing.checked_at))
    return Content.styled(f"{signs.sign('met')} {words}", "$success")


def state_words(letter: Message) -> Content:
    """In or out, and how it stands; never by colour alone."""
    if letter.direction == "in":
        code = "mail.state.automatic" if letter.automatic else "mail.state.received"
        return Content.styled(say(code), "$text-muted" if letter.automatic else "$primary")
    sign = signs.sign(SIGNS.get(letter.state, "unknown"))
    return Content.styled(f"{sign} {say(f'mail.state.{letter.state}')}", TONES.get(letter.state, ""))


def why_lines(letter: Message, desk: Desk) -> list[Content]:
    """Why a letter is not out yet, or what of one that came could not be kept."""
    if letter.direction == "in":
        return [Content.styled(_left_out(line), "$warning") for line in letter.error.splitlines() if line]
    failed = from_kept(letter.error)
    if failed is None or letter.state not in ("waiting", "dead"):
        return []
    lines = [Content.styled(in_words(failed), TONES[letter.state])]
    if letter.state == "waiting" and letter.next_at is not None:
        words = say("mail.next_try", at=paint.when(desk, letter.next_at), count=letter.attempts)
        lines.append(Content.styled(words, "$text-muted"))
    return lines


def _left_out(line: str) -> str:
    code, _, name = line.partition("\t")
    words = f"mail.left.{code}"
    return say(words, name=shown(name)) if knows(words) else shown(line)


def letter_lines(desk: Desk, row: LetterRow) -> list[Content]:
    """A letter as it is read: from whom to whom, what about, its files, its words."""
    letter = row.message
    head = [
        painting.join(
            [
                state_words(letter),
                Content.styled(paint.when(desk, letter.at), "$text-muted"),
                painting.safe(row.ticket.ticket.number if row.ticket else "", "$accent"),
            ]
        ),
        painting.safe(paint.address(desk, f"{letter.sender} > {letter.recipient}"), "$text-muted"),
        painting.safe(letter.subject, "bold"),
        *why_lines(letter, desk),
    ]
    if row.files:
        head.append(Content.styled(say("mail.has_files", count=row.files), "$primary"))
    return [*head, Content(""), *(painting.safe(line) for line in letter.body.splitlines())]
