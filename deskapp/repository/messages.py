"""E-mail kept with tickets, and the addresses clients write from."""

from __future__ import annotations

from deskapp.domain import message
from deskapp.repository import tables
from deskapp.repository.base import Repository


class Messages(Repository[message.Message]):
    """Mail by ticket."""

    table, record, noun = tables.messages, message.Message, "message"


class Emails(Repository[message.Email]):
    """Addresses of clients."""

    table, record, noun = tables.emails, message.Email, "email"
