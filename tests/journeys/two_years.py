"""Two years of a service department played day by day: messy notices, a handful of operators, and a plain recount.

The recount knows nothing of the rules' code: it reads the manual's duties (text 4, 1.3.1, 3.3.6, 3.3.7) in plain dates.
"""

from __future__ import annotations

import calendar
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from random import Random
from typing import Any

import chinese_calendar
import pendulum

from deskapp.clock import StillClock
from deskapp.desk import Desk
from deskapp.domain.call import Result
from deskapp.domain.site import Milestone
from deskapp.domain.site_notice import NoticeDraft
from deskapp.services import calls, followups, site_notices
from tests import builders

FIRST, DAYS = date(2025, 3, 3), 731
CHAIN = ("start", "materials", "midterm", "final", "completed")
OUTCOMES = ("reached", "no_answer", "busy", "call_back", "refused", "wrong_number")
CHANCES = (76, 14, 5, 3, 1, 1)


@dataclass
class Told:
    """One notice as it reaches the department: the event, the day it names (None: taken back), the day it comes."""

    comes_on: date
    site: int
    event: str
    day: date | None


@dataclass
class Played:
    """What happened, as a clerk with a notebook would have it."""

    desk: Desk
    sites: list[int] = field(default_factory=list)
    truth: list[dict[str, date]] = field(default_factory=list)
    """The events of each site as they stand in the end."""
    corrected: set[tuple[int, str]] = field(default_factory=set)
    """The site and event of every notice that was not the last word on it."""
    ended_on: dict[int, date] = field(default_factory=dict)
    """The day on which the last word about each site's completion came."""
    reached: list[tuple[int, str, date]] = field(default_factory=list)
    """Site id, purpose and day of every planned call that reached its client."""
    tries: Counter[str] = field(default_factory=Counter)


def notices(dice: Random, count: int, played: Played) -> list[Told]:
    """Make up what is told of some sites: some late, some corrected, some twice, some taken back."""
    told: list[Told] = []
    for site in range(count):
        day = FIRST + timedelta(days=dice.randrange(0, 520))
        truth: dict[str, date] = {}
        for event in CHAIN:
            truth[event] = day
            told += _telling(dice, site, event, day, played)
            played.ended_on[site] = max(one.comes_on for one in told if one.site == site)
            day += timedelta(days=dice.randrange(9, 40))
        played.truth.append(truth)
    return sorted(told, key=lambda one: (one.comes_on, one.site))


def _telling(dice: Random, site: int, event: str, day: date, played: Played) -> Iterator[Told]:
    late = dice.choice((0, 0, 0, 1, 2, 3, 9, 20))
    on = day + timedelta(days=late)
    kind = dice.random()
    if kind < 0.12:
        wrong = day + timedelta(days=dice.choice((-12, -5, -2, 3, 6, 15)))
        yield Told(on, site, event, min(wrong, on))
        on += timedelta(days=dice.randrange(1, 15))
        played.corrected.add((site, event))
    elif kind < 0.16:
        yield Told(on, site, event, day)
        yield Told(on + timedelta(days=3), site, event, None)
        on += timedelta(days=dice.randrange(5, 12))
        played.corrected.add((site, event))
    yield Told(on, site, event, day)
    if dice.random() < 0.15:
        yield Told(on + timedelta(days=dice.randrange(0, 9)), site, event, day)


def play(desk: Desk, clock: StillClock, count: int, operators: int = 8, seed: int = 7) -> Played:
    """Play two years with so many sites and operators."""
    dice, played = Random(seed), Played(desk)
    told = notices(dice, count, played)
    seats = [desk.signed_in(builders.an_operator(desk, f"客服{n}")) for n in range(operators)]
    for n in range(count):
        client = builders.a_client(desk, f"业主{n}")
        played.sites.append(builders.a_site(desk, client, stage="signed", address=f"{n}-1-101").id)
    for place in range(DAYS):
        day = FIRST + timedelta(days=place)
        clock.at = pendulum.datetime(day.year, day.month, day.day, 1, 5)
        while told and told[0].comes_on <= day:
            _hear(played, told.pop(0))
        _round(played, seats, clock, dice, day)
    assert not told, "every notice was told"
    return played


def _hear(played: Played, one: Told) -> None:
    """Start and completion come as notices, control points are written down by the desk."""
    desk, site_id = played.desk, played.sites[one.site]
    if one.event in ("start", "completed"):
        _notice(desk, site_id, "start" if one.event == "start" else "completion", one.day)
        return
    with desk.write("milestone.save") as work:  # below the form, which would refuse days out of their order
        there = next((m for m in work.milestones.of([site_id]) if m.kind == one.event), None)
        if there is None:
            work.milestones.add(Milestone(site_id=site_id, kind=one.event, done_on=one.day))
        else:
            work.milestones.save(replace(there, done_on=one.day))
        followups.plan_in(work, desk, [site_id])


def _notice(desk: Desk, site_id: int, kind: str, day: date | None) -> None:
    with desk.read() as work:
        current, site = work.site_notices.current(site_id, kind), work.sites.find(site_id)
    if day is not None:
        draft = NoticeDraft(kind=kind, on_day=day, client_id=site.client_id, site_id=site_id)
        site_notices.file_notice(desk, draft)
    elif current is not None:
        site_notices.withdraw_notice(desk, current, "发错了")


def _round(played: Played, seats: list[Desk], clock: StillClock, dice: Random, day: date) -> None:
    """Two rounds of calls on a working day; now and then half the department is ill, or nobody calls at all."""
    followups.tick(played.desk)
    assert not followups.tick(played.desk).anything, "a second tick finds nothing to do"
    if not worked(day) or dice.random() < 0.03:
        return
    here = seats if dice.random() > 0.1 else seats[: len(seats) // 2]
    for hour in (2, 7):
        clock.at = pendulum.datetime(day.year, day.month, day.day, hour, 30)
        idle = 0
        while idle < len(here):
            for seat in here:
                idle = 0 if _call(played, seat, dice, day) else idle + 1


def _call(played: Played, seat: Desk, dice: Random, day: date) -> bool:
    call = calls.take_next(seat)
    if call is None:
        return False
    outcome = dice.choices(OUTCOMES, CHANCES)[0]
    back = seat.now().add(hours=dice.choice((2, 26))) if outcome == "call_back" else None
    calls.end(
        seat, call, Result(outcome, "通话记录", back, dice.randint(3, 5) if outcome == "reached" else None)
    )
    played.tries[outcome] += 1
    if outcome == "reached" and call.followup_id is not None:
        assert call.site_id is not None
        played.reached.append((call.site_id, call.purpose, day))
    return True


# The recount.


def worked(day: date) -> bool:
    """Whether a day is worked: as published, else Monday to Friday."""
    try:
        return bool(chinese_calendar.is_workday(day))
    except NotImplementedError:
        return day.weekday() < 5


def on_workday(day: date) -> date:
    """The day itself, or the next that is worked."""
    while not worked(day):
        day += timedelta(days=1)
    return day


def months_later(day: date, months: int) -> date:
    """So many months later, in a short month its last day."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1]))


def demanded(events: dict[str, date], last: date) -> list[tuple[str, date]]:
    """The purpose and day of every call the manual demands for a site's events, due by `last`."""
    found = [(kind, events[kind] + timedelta(days=1)) for kind in ("materials", "midterm", "final")]
    day = events["start"] + timedelta(days=7)
    while day < events["completed"]:
        found.append(("weekly", day))
        day += timedelta(days=7)
    # Weekly calls that a long holiday brings to the same working day are one call: the last of them.
    last_on = {(kind, on_workday(day)): day for kind, day in found}
    found = [(kind, day) for (kind, _), day in last_on.items()]
    done = events["completed"]
    found.append(("completed", months_later(done, 1)))
    found += [("monthly", months_later(done, months)) for months in range(2, 13)]
    found += [("quarterly", months_later(done, months)) for months in (15, 18, 21, 24)]
    return [(kind, day) for kind, day in found if on_workday(day) <= last]


def kept(played: Played) -> dict[int, list[Any]]:
    """The follow-ups of every site that count: all but those called off."""
    with played.desk.read() as work:
        found = work.followups.of_sites(played.sites)
    return {site: [one for one in found.get(site, []) if one.state != "dropped"] for site in played.sites}
