"""Quality monitoring: calls and tickets drawn, scored on a form, talked over (row A5; texts 3 and 5)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from pendulum import DateTime


@dataclass(frozen=True, slots=True)
class QualitySample:
    """One call or one ticket drawn to be scored, and the operator whose work it was."""

    id: int = 0
    version: int = 0
    drawn_at: DateTime | None = None
    drawn_by: int | None = None
    month: date = date.min
    operator_id: int | None = None
    call_id: int | None = None
    ticket_id: int | None = None
    reason: str = "random"
    state: str = "open"


@dataclass(frozen=True, slots=True)
class QualityScore:
    """What one scorer gave a sample: points by question, the `total` in hundredths of a percent, and coaching."""

    id: int = 0
    version: int = 0
    sample_id: int = 0
    scored_at: DateTime | None = None
    scored_by: int = 0
    form: str = ""
    answers: Mapping[str, object] | None = None
    total: int = 0
    words: str = ""
    coaching: str = ""
    read_at: DateTime | None = None
