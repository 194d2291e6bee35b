"""Decisions on the spot."""

from __future__ import annotations

from deskapp.domain import decision
from deskapp.repository import tables
from deskapp.repository.base import Repository


class Decisions(Repository[decision.Decision]):
    """Decisions that wait for a manager, and those that do not."""

    table, record, noun = tables.decisions, decision.Decision, "decision"
