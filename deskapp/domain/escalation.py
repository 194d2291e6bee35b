"""Escalation: before and at each deadline the next person up is told, once a level (row T6)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from pendulum import DateTime


@dataclass(frozen=True, slots=True)
class Escalation:
    """One level reached for one clock of a ticket; `round` counts how often it was opened again."""

    id: int = 0
    version: int = 0
    ticket_id: int = 0
    clock: str = "respond"
    round: int = 0
    level: int = 0
    due_at: DateTime | None = None
    at: DateTime | None = None
    told: Mapping[str, object] | None = None
