"""A site: one renovation contract at one address, its people, stage, milestones and payments (row S1)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import TypeVar

from pendulum import DateTime

from deskapp.domain.address import full_address
from deskapp.domain.errors import RuleBroken

STAGES = ("deposit", "signed", "building", "midterm", "finished", "warranty", "ended", "cancelled")
MILESTONES = ("start", "materials", "midterm", "final")
PAYMENTS = ("deposit", "midterm", "final")
RUNNING_STAGES = ("building", "midterm")
GROUPS: Mapping[str, tuple[str, ...]] = {
    "running": RUNNING_STAGES,
    "pending": ("deposit", "signed"),
    "finished": ("finished",),
    "warranty": ("warranty",),
    "all": STAGES,
}
"""What a list of sites may be narrowed to, and the stages in it."""
ROLES = ("designer", "consultant", "supervisor", "manager")


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


def check_site(site: Site) -> None:
    """Refuse a site nowhere, at an unknown stage, or finished before it was begun."""
    if not full_address(site.estate, site.address):
        raise RuleBroken("site.address_missing")
    if site.stage not in STAGES:
        raise RuleBroken("site.stage_unknown", value=site.stage)
    if site.start_date and site.completed_on and site.completed_on < site.start_date:
        raise RuleBroken("site.completed_first")


@dataclass(frozen=True, slots=True)
class SiteRow:
    """A site as lists show it: its client and people by name, what it waits for next, what it owes."""

    site: Site
    client_name: str = ""
    people: Mapping[str, str] = field(default_factory=dict)
    """Names by role."""
    next_milestone: Milestone | None = None
    unpaid: tuple[Payment, ...] = ()
    """Not paid yet, the first due first."""
    inspected_on: date | None = None
    next_call_on: date | None = None

    def overdue(self, today: date) -> tuple[Payment, ...]:
        """The payments that should have been made before a day."""
        return tuple(one for one in self.unpaid if one.due_on is not None and one.due_on < today)


@dataclass(frozen=True, slots=True)
class Due:
    """Payments of one kind to be made in a week: how many sites, how many of them already late, and fen."""

    sites: int = 0
    overdue: int = 0
    amount: int = 0


@dataclass(frozen=True, slots=True)
class WeekCounts:
    """What the department counts each week (text 4, 3.3.9): sites in progress, mid-term and final payments due."""

    first: date
    last: date
    running: int = 0
    midterm: Due = Due()
    final: Due = Due()


def week_of(day: date) -> tuple[date, date]:
    """The Monday and the Sunday of a day's week."""
    first = day - timedelta(days=day.weekday())
    return first, first + timedelta(days=6)


def next_milestone(milestones: Iterable[Milestone]) -> Milestone | None:
    """The control point that comes next: the first, in the order of building, that has not been reached."""
    waiting = [one for one in milestones if one.done_on is None and one.kind in MILESTONES]
    return min(waiting, key=lambda one: (MILESTONES.index(one.kind), one.id), default=None)


def proposed_stage(site: Site, milestones: Iterable[Milestone]) -> str:
    """The stage the control points reached speak for; "" when the site stands there, or further, already.

    A site that is over is never called back.
    """
    if site.stage not in ("deposit", "signed", *RUNNING_STAGES):
        return ""
    reached = {one.kind for one in milestones if one.done_on is not None}
    stage = ""
    for kind, stands in (("start", "building"), ("materials", "building"), ("midterm", "midterm")):
        stage = stands if kind in reached else stage
    stage = "finished" if "final" in reached else stage
    return stage if stage and STAGES.index(stage) > STAGES.index(site.stage) else ""


def check_milestone(site: Site, milestone: Milestone, others: Iterable[Milestone], today: date) -> None:
    """Refuse a control point nobody knows, without a day, reached in the future or out of the order of building."""
    if milestone.kind not in MILESTONES:
        raise RuleBroken("site.milestone_unknown", value=milestone.kind)
    done = milestone.done_on
    if milestone.planned_on is None and done is None:
        raise RuleBroken("site.milestone_no_day", milestone=milestone.kind)
    if done is None:
        return
    if done > today:
        raise RuleBroken("site.milestone_future", milestone=milestone.kind, day=done)
    if site.start_date is not None and milestone.kind != "start" and done < site.start_date:
        raise RuleBroken("site.milestone_order", milestone=milestone.kind, other="start", day=site.start_date)
    place = MILESTONES.index(milestone.kind)
    for one in others:
        if one.done_on is None or one.kind not in MILESTONES or one.kind == milestone.kind:
            continue
        before = MILESTONES.index(one.kind) < place
        if (done < one.done_on) if before else (done > one.done_on):
            code = "site.milestone_order" if before else "site.milestone_order_after"
            raise RuleBroken(code, milestone=milestone.kind, other=one.kind, day=one.done_on)


def check_payment(site: Site, payment: Payment, today: date) -> None:
    """Refuse a payment of nothing, one nobody knows, paid in the future or before there was a contract to pay for."""
    if payment.kind not in PAYMENTS:
        raise RuleBroken("site.payment_unknown", value=payment.kind)
    if payment.amount <= 0:
        raise RuleBroken("site.payment_amount")
    paid = payment.paid_on
    if paid is None:
        return
    if paid > today:
        raise RuleBroken("site.payment_future", day=paid)
    begun = site.deposit_date or site.signed_on
    if payment.kind != "deposit" and begun is not None and paid < begun:
        raise RuleBroken("site.payment_early", payment=payment.kind, day=begun)


K = TypeVar("K", Milestone, Payment)


def of_kind(records: Iterable[K], kind: str) -> K | None:
    """The control point or payment of a kind, if there is one: the latest written."""
    return max((one for one in records if one.kind == kind), key=lambda one: one.id, default=None)
