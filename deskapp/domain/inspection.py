"""Inspections of running sites, at least one a week, and what they found (row S2; text 4, 1.3.2)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from pendulum import DateTime

from deskapp.domain.errors import RuleBroken
from deskapp.domain.site import Site

VERDICTS = ("ok", "defects")
PREFIX = "XJ"
SEVERITIES = ("minor", "major", "critical")
"""How bad a defect may be; a crisis is a client's."""


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


@dataclass(frozen=True, slots=True)
class Draft:
    """What the form of an inspection hands over; who puts a defect right and until when, unless left to the rules."""

    site_id: int
    done_on: date
    inspector_id: int | None = None
    verdict: str = "ok"
    findings: str = ""
    severity: str = "minor"
    responsible_id: int | None = None
    due_at: DateTime | None = None


@dataclass(frozen=True, slots=True)
class InspectionRow:
    """An inspection as lists show it."""

    inspection: Inspection
    client_id: int = 0
    client_name: str = ""
    address: str = ""
    inspector: str = ""
    ticket_number: str = ""
    ticket_state: str = ""


@dataclass(frozen=True, slots=True)
class DueRow:
    """A running site as the list of inspections due shows it."""

    site: Site
    client_name: str = ""
    manager: str = ""
    supervisor: str = ""
    last_on: date | None = None
    due_on: date = date.min


def number(day: str, serial: int) -> str:
    """Write an inspection's number: number("20261123", 1) → XJ20261123-0001."""
    return f"{PREFIX}{day}-{serial:04d}"


def due_on(last: date | None, begun: date, days: int) -> date:
    """The last day of the next inspection: so many days after the last one, or after work began."""
    return (last if last is not None and last > begun else begun) + timedelta(days=days)


def overdue(due: date, today: date) -> int:
    """How many days an inspection is late; 0 on its day, below while there is time."""
    return (today - due).days


def check_inspection(site: Site, draft: Draft, today: date) -> None:
    """Refuse an inspection of what is not built, in the future, or one that says nothing of what it found."""
    if site.stage in ("deposit", "cancelled"):
        raise RuleBroken("inspections.not_building", stage=site.stage)
    if draft.verdict not in VERDICTS:
        raise RuleBroken("inspections.verdict_unknown", value=draft.verdict)
    if draft.done_on > today:
        raise RuleBroken("inspections.future", day=draft.done_on)
    if site.start_date is not None and draft.done_on < site.start_date:
        raise RuleBroken("inspections.before_start", day=site.start_date)
    if draft.verdict == "defects":
        if not draft.findings.strip():
            raise RuleBroken("inspections.findings_missing")
        if draft.severity not in SEVERITIES:
            raise RuleBroken("ticket.severity", value=draft.severity)


def subject(findings: str) -> str:
    """What a rectification is called: the first line of what was found."""
    return next((line.strip() for line in findings.splitlines() if line.strip()), "")[:80]
