"""The project handbook: asked of the project manager, collected, checked item by item (row F3; text 4, 3.3.7)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date, timedelta
from functools import cache, partial
from typing import TYPE_CHECKING

from deskapp.desk import Desk
from deskapp.domain import site_notice as rules
from deskapp.domain.address import full_address
from deskapp.domain.errors import RuleBroken
from deskapp.domain.site import Site
from deskapp.domain.site_notice import Handbook, HandbookItem
from deskapp.services.company import defaults
from deskapp.services.planning import today_of
from deskapp.services.submissions import once

if TYPE_CHECKING:
    from deskapp.repository.work import Work


@cache
def items() -> tuple[HandbookItem, ...]:
    """What a handbook must hold, in order."""
    return tuple(HandbookItem(**entry) for entry in defaults("handbook")["item"])


def ask_in(work: Work, desk: Desk, site: Site, completed_on: date) -> Handbook:
    """Ask the project manager of a completed site for its handbook; one that was handed in already stays as it is."""
    today = today_of(desk, work.now)
    due = rules.handbook_due(completed_on, desk.policy.handbook_days, today)
    there = work.handbooks.of_site(site.id)
    if there is None:
        asked = Handbook(site_id=site.id, asked_at=work.now, asked_of=site.manager_id, due_on=due)
        asked = work.handbooks.add(asked)
    elif there.state == "withdrawn":
        anew = replace(there, state="asked", asked_at=work.now, asked_of=site.manager_id, due_on=due)
        asked = work.handbooks.save(anew, there)
    elif there.state == "asked" and (there.due_on, there.asked_of) != (due, site.manager_id):
        asked = work.handbooks.save(replace(there, asked_of=site.manager_id, due_on=due), there)
    else:
        return there
    _tell(work, site, asked, "handbook.asked")
    return asked


def withdraw_in(work: Work, site_id: int) -> None:
    """Ask no more for the handbook of a site that is not completed after all; one handed in stays."""
    there = work.handbooks.of_site(site_id)
    if there is not None and there.state == "asked":
        work.handbooks.save(replace(there, state="withdrawn"), there)


def collect_handbook(desk: Desk, handbook: Handbook, note: str = "", *, key: str = "") -> Handbook:
    """Record that a handbook was handed in today, to be checked."""

    def collecting() -> Handbook:
        there = _as_seen(work, handbook)
        if there.state not in ("asked", "withdrawn"):
            raise RuleBroken("site_notices.handbook_here", day=there.collected_on or "")
        today = today_of(desk, work.now)
        return work.handbooks.save(
            replace(there, state="collected", collected_on=today, note=note.strip() or there.note), there
        )

    with desk.write("handbook.save") as work:
        return once(work, key, "handbook.collect", collecting, work.handbooks.find)


def check_handbook(
    desk: Desk, handbook: Handbook, checks: Mapping[str, bool], note: str = "", *, key: str = ""
) -> Handbook:
    """Record what a handbook holds and what not; what is missing is asked for again, with a new day."""
    with desk.write("handbook.save") as work:
        checking = partial(_checked, work, desk, handbook, checks, note)
        return once(work, key, "handbook.check", checking, work.handbooks.find)


def _checked(work: Work, desk: Desk, seen: Handbook, checks: Mapping[str, bool], note: str) -> Handbook:
    there = _as_seen(work, seen)
    unsaid = [item.code for item in items() if item.code not in checks]
    if unsaid:
        raise RuleBroken("site_notices.unchecked", count=len(unsaid))
    today = today_of(desk, work.now)
    missing = rules.lacking(items(), checks)
    after = replace(
        there,
        state="incomplete" if missing else "complete",
        collected_on=there.collected_on or today,
        checks={item.code: bool(checks[item.code]) for item in items()},
        checked_at=work.now,
        checked_by=work.operator.id if work.operator and work.operator.id else None,
        note=note.strip(),
        due_on=today + timedelta(days=desk.policy.handbook_days) if missing else there.due_on,
    )
    saved = work.handbooks.save(after, there)
    if missing:
        _tell(work, work.sites.find(saved.site_id), saved, "handbook.incomplete", missing)
    return saved


def _as_seen(work: Work, seen: Handbook) -> Handbook:
    """The handbook as it is now, held; Conflict when somebody changed it since it was seen."""
    there = work.handbooks.held(seen.id)
    if there.version != seen.version:
        raise work.handbooks.conflict(there.id)
    return there


def _tell(work: Work, site: Site, handbook: Handbook, reason: str, missing: tuple[str, ...] = ()) -> None:
    """Put a notice to whoever was asked into the outbox; nobody is told where nobody leads the site."""
    if handbook.asked_of is None:
        return
    client = work.clients.find(site.client_id)
    facts = {
        "client": client.name,
        "address": full_address(site.estate, site.address),
        "due_on": str(handbook.due_on or ""),
        "missing": list(missing),
        "site_id": site.id,
    }
    work.outbox.tell(reason, None, handbook.asked_of, facts)
