"""Repairs under and after warranty: who goes, when, and what was done (row T13; text 4, 1.3.6)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from pendulum import DateTime


@dataclass(frozen=True, slots=True)
class Repair:
    """What a repair slip says beside its ticket; `cost` is fen, for work outside the warranty."""

    id: int = 0
    version: int = 0
    ticket_id: int = 0
    crew: str = ""
    worker_id: int | None = None
    scope: str = "general"
    in_warranty: bool = False
    warranty_until: date | None = None
    appointment_at: DateTime | None = None
    done_at: DateTime | None = None
    cost: int | None = None
    work_done: str = ""
