"""The events of a site that the follow-up programme hangs on, read from its dates, milestones and payments (F1)."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from deskapp.domain.site import RUNNING_STAGES, STAGES, Milestone, Payment, Site

_COMPLETED = frozenset(STAGES[STAGES.index("finished") : STAGES.index("cancelled")])
_MILESTONES = ("materials", "midterm", "final")


def events_of(site: Site, milestones: Iterable[Milestone], payments: Iterable[Payment]) -> dict[str, date]:
    """The day of every event that has taken place; a cancelled site has none, a plan is no event.

    A start counts from the day of the start notice on, which may lie ahead, and no more once a site is finished
    on a day nobody knows: calls while building would never end. A payment is an event on its due day as long as
    it is not paid, and on the day it was paid.
    """
    if site.stage == "cancelled":
        return {}
    found: dict[str, date] = {}
    signed = site.stage != "deposit"
    if site.deposit_date is not None:
        found["deposit"] = site.deposit_date
        if signed:
            found["signed"] = site.signed_on or site.start_date or site.deposit_date
    completed_on = site.completed_on if site.stage in _COMPLETED else None
    if site.start_date is not None and (site.stage in RUNNING_STAGES or completed_on is not None):
        found["start"] = site.start_date
    if completed_on is not None:
        found["completed"] = completed_on
    for one in milestones:
        if one.done_on is not None and one.kind in _MILESTONES:
            found[one.kind] = max(found.get(one.kind, one.done_on), one.done_on)
    found |= _money(payments)
    return found


def _money(payments: Iterable[Payment]) -> dict[str, date]:
    due: dict[str, date] = {}
    paid: dict[str, date] = {}
    for one in payments:
        if one.kind not in ("midterm", "final"):
            continue
        if one.paid_on is None and one.due_on is not None:
            due[f"{one.kind}_due"] = min(due.get(f"{one.kind}_due", one.due_on), one.due_on)
        elif one.paid_on is not None:
            paid[f"{one.kind}_paid"] = max(paid.get(f"{one.kind}_paid", one.paid_on), one.paid_on)
    return due | {name: day for name, day in paid.items() if name.replace("_paid", "_due") not in due}
