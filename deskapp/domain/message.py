"""E-mail to and from clients, kept with its ticket (row C6; text 5)."""

from __future__ import annotations

from dataclasses import dataclass

from pendulum import DateTime

from deskapp.domain.rows import TicketRow

LETTER_EVENTS = frozenset({"mail_in", "mail_out", "mail_failed", "mail_delayed"})
"""What a ticket's history says of its letters; a client's timeline shows the letters themselves."""


@dataclass(frozen=True, slots=True)
class Message:
    """One mail; `message_key` is its Message-ID, or a key of its content where it has none."""

    id: int = 0
    version: int = 0
    ticket_id: int = 0
    client_id: int | None = None
    direction: str = "in"
    message_key: str = ""
    in_reply_to: str = ""
    sender: str = ""
    recipient: str = ""
    subject: str = ""
    body: str = ""
    at: DateTime | None = None
    state: str = "received"
    automatic: bool = False
    responds: bool = False
    attempts: int = 0
    next_at: DateTime | None = None
    held_until: DateTime | None = None
    error: str = ""
    sent_at: DateTime | None = None
    operator_id: int | None = None


@dataclass(frozen=True, slots=True)
class LetterRow:
    """A letter as a list shows it: with its ticket and how many files it brought."""

    message: Message
    ticket: TicketRow | None = None
    files: int = 0


@dataclass(frozen=True, slots=True)
class Email:
    """An address a client writes from."""

    id: int = 0
    version: int = 0
    client_id: int = 0
    address: str = ""
