"""The day's plan: tonight the clients to call tomorrow are chosen, each for a reason (row C7; text 1)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from pendulum import DateTime


@dataclass(frozen=True, slots=True)
class PlannedClient:
    """A client an operator chose for a day, why the console had proposed them, and the call that came of it."""

    id: int = 0
    version: int = 0
    operator_id: int = 0
    day: date = date.min
    client_id: int = 0
    call_id: int | None = None
    reason: str = ""
    facts: Mapping[str, object] | None = None
    position: int = 0
    created_at: DateTime | None = None
