"""Two simulated years: every call the manual demands was made, late or shown missed, none twice, by a plain recount."""

from __future__ import annotations

import os
from collections import Counter
from datetime import timedelta

import pendulum
import pytest

from tests.journeys import two_years
from tests.journeys.two_years import DAYS, FIRST, demanded, kept, on_workday, play

LAST = FIRST + timedelta(days=DAYS - 1)
HANGS_ON = {"weekly": {"start", "completed"}, "monthly": {"completed"}, "quarterly": {"completed"}}
LONG = os.environ.get("DESKAPP_LONG") == "1"
REACH = {"weekly": 3, "monthly": 13, "quarterly": 41}
"""Days by which a call made may stand apart from its place after its event was corrected."""


@pytest.mark.row("F1", "F2", "F3", "F6")
@pytest.mark.timeout(1800 if LONG else 170)
def test_every_call_the_manual_demands_is_made_late_or_missed_and_none_twice(desk, clock, backend) -> None:
    many = 300 if LONG else 24
    clock.at = pendulum.datetime(FIRST.year, FIRST.month, FIRST.day)
    with desk.store.write("test", desk.operator) as work:
        for rule in work.followup_rules.listed():
            work.followup_rules.save(two_years.replace(rule, since_on=FIRST))
    played = play(desk, clock, many, operators=8 if LONG else 3)
    there = kept(played)
    extra, met = Counter(), Counter()
    for place, site in enumerate(played.sites):
        left = sorted((one for one in there[site] if one.due_on <= LAST), key=lambda one: one.planned_on)
        for kind, day in demanded(played.truth[place], LAST):
            reach = REACH.get(kind, 400)
            near = [one for one in left if one.purpose == kind and abs((one.planned_on - day).days) <= reach]
            assert near, f"{kind} of {day} at site {site} was never demanded"
            best = min(near, key=lambda one: abs((one.planned_on - day).days))
            assert best.planned_on == day or disturbed(played, place, kind), (kind, day, best)
            assert best.due_on == on_workday(best.planned_on)
            left.remove(best)
            met[kind] += 1
        for one in left:
            assert not one.waits, "what waits is demanded"
            known = disturbed(played, place, one.purpose) or before_the_notice(played, place, one)
            assert known, f"nobody demanded {one}"
            extra[one.purpose] += 1
    counted = Counter(one.purpose for found in there.values() for one in found if one.due_on <= LAST)
    assert counted == met + extra
    made = Counter(one.purpose for found in there.values() for one in found if one.state == "done")
    assert made == Counter(purpose for _, purpose, _ in played.reached)
    days = Counter(played.reached)
    assert [one for one, times in days.items() if times > 1] == [], "nobody is called twice for one thing"
    states = Counter(one.state for found in there.values() for one in found if one.due_on <= LAST)
    late = sum(one.done_on > one.due_on for found in there.values() for one in found if one.done_on)
    assert states["done"] > 8 * states["missed"]
    assert states["missed"] > 0
    assert late > 0
    print(
        f"{backend}: {many} sites, {played.tries.total()} calls, {dict(states)}, {late} late, extra {dict(extra)}"
    )


def disturbed(played, place, purpose) -> bool:
    """Whether some notice of the event a call hangs on was not the last word."""
    return any((place, event) in played.corrected for event in HANGS_ON.get(purpose, {purpose}))


def before_the_notice(played, place, one) -> bool:
    """Whether it is a weekly call of the time between completion and its late notice."""
    return one.purpose == "weekly" and (
        played.truth[place]["completed"] <= one.planned_on <= played.ended_on[place]
    )
