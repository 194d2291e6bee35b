"""Inspections of running sites, at least one a week, and what they found (row S2; text 4, 1.3.2)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from pendulum import DateTime


@dataclass(frozen=True, slots=True)
class Inspection:
    """One visit to a site; a defect found brings a rectification ticket, which a re-inspection is about."""

    id: int = 0
    version: int = 0
    number: str = ""
    site_id: int = 0
    done_on: date = date.min
    inspector_id: int | None = None
    verdict: str = "ok"
    findings: str = ""
    ticket_id: int | None = None
    created_at: DateTime | None = None
    created_by: int | None = None
