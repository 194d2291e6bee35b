"""Penalties and rewards, and their ledger."""

from __future__ import annotations

from deskapp.domain import sanction
from deskapp.repository import tables
from deskapp.repository.base import Repository


class Sanctions(Repository[sanction.Sanction]):
    """Penalties and rewards as they stand."""

    table, record, noun = tables.sanctions, sanction.Sanction, "sanction"


class SanctionEntries(Repository[sanction.SanctionEntry]):
    """The ledger; its lines are only ever added."""

    table, record, noun = tables.sanction_entries, sanction.SanctionEntry, "sanction_entry"
