"""The monthly appraisal of designers, supervisors and project managers (row A2; text 4, 1.3.4c and 2.3.10)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from pendulum import DateTime


@dataclass(frozen=True, slots=True)
class AppraisalMonth:
    """A month's appraisal: the weights it was reckoned with, and who closed it; closed, it never changes again."""

    id: int = 0
    version: int = 0
    month: date = date.min
    weights: Mapping[str, object] | None = None
    closed_at: DateTime | None = None
    closed_by: int | None = None


@dataclass(frozen=True, slots=True)
class Appraisal:
    """One person's month as it was closed: `score` in hundredths, the place among the trade, the figures behind it."""

    id: int = 0
    version: int = 0
    month: date = date.min
    staff_id: int = 0
    trade: str = ""
    score: int = 0
    place: int | None = None
    figures: Mapping[str, object] | None = None
