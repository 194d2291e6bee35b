"""Lines of the registers declared as data."""

from __future__ import annotations

from deskapp.domain import register
from deskapp.repository import tables
from deskapp.repository.base import Repository


class RegisterEntries(Repository[register.RegisterEntry]):
    """Lines of every register."""

    table, record, noun = tables.register_entries, register.RegisterEntry, "register_entry"
