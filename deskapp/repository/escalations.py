"""Levels reached, each once."""

from __future__ import annotations

from deskapp.domain import escalation
from deskapp.repository import tables
from deskapp.repository.base import Repository


class Escalations(Repository[escalation.Escalation]):
    """Levels reached by tickets."""

    table, record, noun = tables.escalations, escalation.Escalation, "escalation"
