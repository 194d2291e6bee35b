"""The sample's sites looked at each week: what was found, put right, still open or late; a few payments overdue."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, timedelta
from random import Random
from typing import TYPE_CHECKING

import pendulum

from deskapp.domain.inspection import Draft
from deskapp.domain.site import RUNNING_STAGES, Site
from deskapp.services import inspections, rectifications, tickets
from deskapp.services.planning import today_of
from deskapp.services.sample import Stage

if TYPE_CHECKING:
    from pendulum import DateTime

    from deskapp.desk import Desk
    from deskapp.domain.ticket import Ticket

BY = "limin"
"""Who writes inspections down."""
LATE = {0: 3, 7: 1, 14: 2}
"""Which sites' inspections are late now, and by how many days."""
DEFECTS = 7
"""Every so many inspections finds a defect."""
OPEN = ((5.0, ""), (3.0, ""), (2.4, "said"), (1.1, ""), (0.4, ""))
"""Defects not put right yet: found so many days ago, and whether it is said they are."""
OWING = 3
"""How many mid-term payments are overdue."""


@dataclass(frozen=True, slots=True)
class Visit:
    """One visit that took place."""

    site: Site
    day: date
    found: str = ""


def inspect_sites(stage: Stage, seed: int) -> None:
    """Play the inspections of every running site, on dice of their own: nothing else of the sample moves."""
    dice, desk = Random(seed), stage.seat(BY)
    today = today_of(desk, stage.now)
    running = [site for site in stage.sites.values() if site.stage in RUNNING_STAGES and site.start_date]
    for visit in sorted(_visits(stage, dice, running, today), key=lambda one: (one.day, one.site.id)):
        _play(stage, desk, dice, visit)
    for place, (days, said) in enumerate(OPEN):
        _leave_open(stage, desk, running[place * 5 + 2], days, said=bool(said), words=_defect(stage, place))
    _owe(stage, running, today)
    stage.work.now = stage.now
    for notice in stage.work.outbox.all():
        if notice.sent_at is None:
            stage.work.outbox.save(replace(notice, sent_at=notice.at))


def _visits(stage: Stage, dice: Random, running: list[Site], today: date) -> Iterator[Visit]:
    """A visit a week since work began; some sites wait for theirs."""
    for place, site in enumerate(running):
        begun = site.start_date or today
        last = today - timedelta(days=7 + LATE[place] if place in LATE else dice.randint(1, 7))
        count, day = 0, last
        while day > begun:
            count += 1
            found = (
                _defect(stage, count + place)
                if (count + place) % DEFECTS == 0 and day < today - timedelta(days=9)
                else ""
            )
            yield Visit(site, day, found)
            day -= timedelta(days=dice.randint(5, 7))


def _defect(stage: Stage, place: int) -> str:
    words: list[str] = stage.words["defects"]
    return words[place % len(words)]


def _inspector(stage: Stage, dice: Random) -> int:
    return dice.choice([one for one in stage.staff if one.trade in ("inspector", "supervisor")]).id


def _at(desk: Desk, day: date, hour: int) -> DateTime:
    return pendulum.datetime(day.year, day.month, day.day, hour, 20, tz=desk.policy.timezone).in_timezone(
        "UTC"
    )


def _play(stage: Stage, desk: Desk, dice: Random, visit: Visit) -> None:
    """Write a visit down on its afternoon; what it found was put right three days later."""
    work, who = stage.work, _inspector(stage, dice)
    work.now = _at(desk, visit.day, 16)
    if not visit.found:
        words = dice.choice(stage.words["in_order"])
        inspections.record_in(work, desk, Draft(visit.site.id, visit.day, who, findings=words))
        return
    draft = Draft(visit.site.id, visit.day, who, "defects", visit.found)
    ticket = inspections.record_in(work, desk, draft).ticket
    again = visit.day + timedelta(days=3)
    work.now = _at(desk, again, 15)
    if ticket is not None:
        look = Draft(visit.site.id, again, who, findings=stage.words["put_right"])
        rectifications.reinspected_in(work, desk, ticket, look)


def _leave_open(stage: Stage, desk: Desk, site: Site, days: float, *, said: bool, words: str) -> None:
    """Find a defect that is not put right yet; of one it is said that it is."""
    work = stage.work
    work.now = stage.ago(days=days)
    draft = Draft(site.id, today_of(desk, work.now), None, "defects", words)
    ticket: Ticket | None = inspections.record_in(work, desk, draft).ticket
    if ticket is not None and said:
        work.now = stage.ago(hours=20)
        answered = tickets.move_in(work, desk, ticket, "respond", stage.words["put_right"])
        tickets.move_in(work, desk, answered, "resolve", stage.words["put_right"])


def _owe(stage: Stage, running: list[Site], today: date) -> None:
    """Let a few mid-term payments be overdue."""
    work = stage.work
    due = [one for one in work.payments.of([site.id for site in running]) if one.kind == "midterm"]
    for one in [one for one in due if one.due_on and one.due_on < today and one.paid_on][-OWING:]:
        work.payments.save(replace(one, paid_on=None))
