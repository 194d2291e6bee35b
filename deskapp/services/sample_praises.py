"""Praise and evaluation forms of the sample morning: some reported, some returned, some still out."""

from __future__ import annotations

from datetime import timedelta
from random import Random
from typing import TYPE_CHECKING

from deskapp.domain.praise import Evaluation, Praise, Rating, month_after, month_of
from deskapp.services.followups import today_of
from deskapp.services.intake import site_people

if TYPE_CHECKING:
    from datetime import date

    from deskapp.domain.site import Site
    from deskapp.services.sample import Stage

SCORES = (5, 5, 5, 4, 4, 4, 3, 2)
RETURNED = 0.6
PRAISED_AGO = (0.5, 18, 90, 161)
"""Hours ago at which somebody was praised; the last ones have been reported."""


def praise_and_evaluate(stage: Stage, seed: int) -> None:
    """Send last month's forms and this month's, let some come back, and praise a few people by name."""
    dice, today = Random(seed + 3), today_of(stage.desk, stage.now)
    this = month_of(today)
    done = sorted(
        (site for site in stage.sites.values() if site.completed_on is not None),
        key=lambda site: (site.completed_on, site.id),
    )
    for site in done:
        if site.completed_on is not None and month_of(site.completed_on) == month_after(this, -1):
            _form(stage, dice, site, month_after(this, -1), month_after(this) - timedelta(days=33))
        elif site.completed_on is not None and month_of(site.completed_on) == this and today.day > 3:
            _form(stage, dice, site, this, today - timedelta(days=3))
    _praise(stage, dice)


def _form(stage: Stage, dice: Random, site: Site, month: date, sent_on: date) -> None:
    """One site's form: sent, and perhaps returned with its scores."""
    today = today_of(stage.desk, stage.now)
    form = Evaluation(site_id=site.id, client_id=site.client_id, month=month, sent_on=sent_on)
    if dice.random() > RETURNED or sent_on >= today:
        stage.work.evaluations.add(form)
        return
    day = min(today, sent_on + timedelta(days=dice.randint(1, 6)))
    words = dice.choice(stage.words["praise"]["evaluations"])
    form = Evaluation(
        site_id=site.id, client_id=site.client_id, month=month, sent_on=sent_on, returned_on=day, words=words
    )
    stored = stage.work.evaluations.add(form)
    for trade, staff_id in site_people(stage.work, site.id).items():
        if staff_id is not None:
            stage.work.ratings.add(
                Rating(
                    at=stage.now,
                    source="evaluation",
                    source_id=stored.id,
                    client_id=site.client_id,
                    site_id=site.id,
                    staff_id=staff_id,
                    trade=trade,
                    score=dice.choice(SCORES),
                )
            )


def _praise(stage: Stage, dice: Random) -> None:
    """A few people are praised; what is older has been reported."""
    led = [site for site in stage.sites.values() if site.manager_id is not None]
    words = stage.words["praise"]["words"]
    for place, (hours, site) in enumerate(zip(PRAISED_AGO, dice.sample(led, len(PRAISED_AGO)), strict=True)):
        at = stage.ago(hours=hours)
        staff_id = site.designer_id if place == 1 and site.designer_id is not None else site.manager_id
        reported = place >= 2
        stage.work.praises.add(
            Praise(
                at=at,
                client_id=site.client_id,
                site_id=site.id,
                staff_id=staff_id or 0,
                words=words[place],
                reported_at=at.add(hours=4) if reported else None,
                reported_by=stage.operators["limin"].id if reported else None,
                created_by=stage.operators["limin"].id,
            )
        )
