"""The sample's notices: every running site begun by one, old ones completed, some handbooks late or incomplete."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta
from typing import TYPE_CHECKING

import pendulum

from deskapp.domain import site_notice as rules
from deskapp.domain.site import RUNNING_STAGES, Site
from deskapp.domain.site_notice import Before, Handbook, NoticeDraft, SiteNotice
from deskapp.services import handbooks, site_notices
from deskapp.services.sample import Stage

if TYPE_CHECKING:
    from pendulum import DateTime

BY = "limin"
"""Who files notices."""
FRESH = 3
"""How many of the sites completed lately have had their notice; that of the others is still to come."""
LATE_BOOK, SHORT_BOOK = 2, 4
"""Which of the older handbooks has not come yet, and which lacks something."""
LACKING = ("hidden", "wiring")


def file_notices(stage: Stage) -> None:
    """File them as they came, without laying out calls: the programme begins when the sample opens."""
    desk = stage.seat(BY)
    running = [site for site in stage.sites.values() if site.stage in RUNNING_STAGES and site.start_date]
    over = [
        site for site in stage.sites.values() if site.stage in ("warranty", "ended") and site.completed_on
    ]
    fresh = [site for site in stage.sites.values() if site.stage == "finished" and site.completed_on]
    told = [(site.start_date, "start", site) for site in (*running, *over, *fresh) if site.start_date]
    told += [(site.completed_on, "completion", site) for site in over if site.completed_on]
    by_day = sorted(told, key=lambda one: (one[0], one[2].id))
    for place, (day, kind, site) in enumerate(by_day):
        _keep(stage, site, kind, day, _at(stage, day, place))
    _hand_in(stage, sorted(over, key=lambda one: str(one.completed_on)))
    fresh.sort(key=lambda one: (str(one.completed_on), one.id))
    for site in fresh[:FRESH]:
        stage.work.now = _at(stage, site.completed_on or date.min, 0)
        draft = NoticeDraft("completion", site.completed_on, site_id=site.id, client_id=site.client_id)
        filed = site_notices.file_in(stage.work, desk, draft, plan=False)
        stage.sites[site.client_id] = filed.place.site
    stage.work.now = stage.now
    for notice in stage.work.outbox.all():
        if notice.sent_at is None:
            stage.work.outbox.save(replace(notice, sent_at=notice.at))


def _at(stage: Stage, day: date, place: int) -> DateTime:
    """The evening of a day, after everything else that day."""
    local = pendulum.datetime(day.year, day.month, day.day, 17, 50, place % 60, tz=stage.desk.policy.timezone)
    return min(local.in_timezone("UTC"), stage.now)


def _keep(stage: Stage, site: Site, kind: str, day: date, at: DateTime) -> None:
    """Keep a notice as it came, of a site that stands where it left it; the warranty opens with a completion."""
    work = stage.work
    work.now = at
    written = stage.desk.day_in_number(at)
    serial = work.counters.next(f"{rules.PREFIXES[kind]}{written}")
    before = Before("signed") if kind == "start" else Before("midterm", site.start_date)
    work.site_notices.add(
        SiteNotice(
            number=rules.number(kind, written, serial),
            kind=kind,
            site_id=site.id,
            client_id=site.client_id,
            on_day=day,
            received_at=at,
            facts={"before": before.told()},
            created_by=work.operator.id if work.operator else None,
        )
    )
    if kind == "completion":
        for one in rules.warranties(site.id, day, stage.desk.policy.warranty_months):
            work.warranties.add(one)


def _hand_in(stage: Stage, over: Sequence[Site]) -> None:
    """Let the handbooks of completed sites be handed in and checked, but for a few."""
    work, days = stage.work, stage.desk.policy.handbook_days
    for place, site in enumerate(over):
        completed = site.completed_on or date.min
        work.now = _at(stage, completed, 30)
        due = completed + timedelta(days=days)
        book = work.handbooks.add(
            Handbook(site_id=site.id, asked_at=work.now, asked_of=site.manager_id, due_on=due)
        )
        if len(over) - place == LATE_BOOK:
            continue
        short = len(over) - place == SHORT_BOOK
        checks = {item.code: not (short and item.code in LACKING) for item in handbooks.items()}
        work.now = _at(stage, due, 40)
        checked = replace(
            book,
            state="incomplete" if short else "complete",
            collected_on=due,
            checks=checks,
            checked_at=work.now,
            checked_by=work.operator.id if work.operator else None,
            due_on=due + timedelta(days=days) if short else due,
        )
        work.handbooks.save(checked, book)
