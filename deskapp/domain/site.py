"""A site: one renovation contract at one address, its people, stage, milestones and payments (row S1)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from pendulum import DateTime

from deskapp.domain.errors import RuleBroken

STAGES = ("deposit", "signed", "building", "midterm", "finished", "warranty", "ended", "cancelled")
MILESTONES = ("start", "materials", "midterm", "final")
PAYMENTS = ("deposit", "midterm", "final")
RUNNING_STAGES = ("building", "midterm")


@dataclass(frozen=True, slots=True)
class Site:
    """One contract. Money is whole fen (1/100 yuan), area is square metres times 100."""

    id: int = 0
    version: int = 0
    client_id: int = 0
    estate: str = ""
    address: str = ""
    area: int | None = None
    stage: str = "deposit"
    designer_id: int | None = None
    consultant_id: int | None = None
    supervisor_id: int | None = None
    manager_id: int | None = None
    crew: str = ""
    deposit: int | None = None
    deposit_date: date | None = None
    signed_on: date | None = None
    start_date: date | None = None
    completed_on: date | None = None
    note: str = ""
    created_at: DateTime | None = None
    source_key: str | None = None
    plan_mark: str = ""
    """What the calls laid out for it were laid out from; "" when they must be laid out anew."""
    plan_until: date | None = None
    """The day until which calls are laid out; None when none are left to lay out."""


@dataclass(frozen=True, slots=True)
class Milestone:
    """One control point of a site: planned for a day, reached on a day."""

    id: int = 0
    version: int = 0
    site_id: int = 0
    kind: str = ""
    planned_on: date | None = None
    done_on: date | None = None


@dataclass(frozen=True, slots=True)
class Payment:
    """One payment of a site, in fen: due on a day, paid on a day."""

    id: int = 0
    version: int = 0
    site_id: int = 0
    kind: str = ""
    amount: int = 0
    due_on: date | None = None
    paid_on: date | None = None


def full_address(estate: str, address: str) -> str:
    """Join estate and house number, saying neither twice."""
    estate, address = estate.strip(), address.strip()
    if not estate or address.startswith(estate):
        return address
    return f"{estate} {address}".strip()


def check_site(site: Site) -> None:
    """Refuse a site nowhere, at an unknown stage, or finished before it was begun."""
    if not full_address(site.estate, site.address):
        raise RuleBroken("site.address_missing")
    if site.stage not in STAGES:
        raise RuleBroken("site.stage_unknown", value=site.stage)
    if site.start_date and site.completed_on and site.completed_on < site.start_date:
        raise RuleBroken("site.completed_first")
