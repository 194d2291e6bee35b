"""Decisions an agent takes on the spot in an emergency, put before the manager (row T12; text 4, 3.6.1)."""

from __future__ import annotations

from dataclasses import dataclass

from pendulum import DateTime


@dataclass(frozen=True, slots=True)
class Decision:
    """One decision on the spot: open until a manager confirms or changes it."""

    id: int = 0
    version: int = 0
    ticket_id: int = 0
    at: DateTime | None = None
    operator_id: int | None = None
    words: str = ""
    state: str = "open"
    decided_by: int | None = None
    decided_at: DateTime | None = None
    answer: str = ""
