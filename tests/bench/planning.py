"""B15: laying out the calls of ten thousand sites, against reading the events they hang on."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from random import Random

from deskapp.desk import Desk
from deskapp.domain import followup as rules
from deskapp.domain.client import Client
from deskapp.domain.site import Milestone, Payment, Site
from deskapp.domain.site_events import events_of
from deskapp.services import followups
from tests.bench.bench import Bench
from tests.bench.measure import Figure, Pair, in_turns, timed
from tests.bench.stock import open_as

SITES = 10_000
PART = 500


def planning(bench: Bench) -> Iterator[Figure]:
    """B15: all sites decided on from their events; those whose calls are laid out already; and all laid out anew."""
    desk = open_as(bench.stock.empty())
    ids = _build(desk)
    first = timed(lambda: followups.plan_pending(desk, SITES))

    def read() -> float:
        return timed(lambda: [_events(desk, part) for part in _parts(ids)])

    def decide() -> float:
        return timed(lambda: [_decided(desk, part) for part in _parts(ids)])

    def look() -> float:
        return timed(lambda: [_looked(desk, part) for part in _parts(ids)])

    decide(), read()
    rounds = max(3, bench.rounds // 2)
    what = "decide all calls of 10,000 sites / read their events"
    yield in_turns(rounds, decide, read).against("B15", what, bench.engine, 2.0, unit="s")
    what = "10,000 sites laid out already / read their events"
    yield in_turns(rounds, look, read).against("B15", what, bench.engine, 2.0, unit="s")

    def anew() -> float:
        with desk.store.write("bench", desk.operator) as work:
            work.followups.plan_all_anew()
        return timed(lambda: followups.plan_pending(desk, SITES))

    pair = Pair([anew()], [read()])
    yield pair.against("B15", "compare with all stored calls / read events", bench.engine, unit="s")
    yield Pair([first], [read()]).against(
        "B15", "store the first lay-out / read events", bench.engine, unit="s"
    )
    desk.store.close()


def _parts(ids: list[int]) -> list[list[int]]:
    return [ids[start : start + PART] for start in range(0, len(ids), PART)]


def _events(desk: Desk, part: list[int]) -> dict[int, tuple[Site, list[Milestone], list[Payment]]]:
    with desk.read() as work:
        found = {site.id: (site, [], []) for site in work.sites.get_many(part).values()}
        for milestone in work.milestones.of(part):
            found[milestone.site_id][1].append(milestone)
        for payment in work.payments.of(part):
            found[payment.site_id][2].append(payment)
    return found


def _decided(desk: Desk, part: list[int]) -> int:
    """The pure planner on what was read: events → calls that should exist → what to create."""
    with desk.read() as work:
        programme = [rule for rule in work.followup_rules.listed() if rule.anchor != "solved"]
        today = followups.today_of(desk, work.now)
    horizon = today + timedelta(days=desk.policy.followup_horizon_days)
    count = 0
    for site, milestones, payments in _events(desk, part).values():
        events = events_of(site, milestones, payments)
        for rule in programme:
            count += len(rules.decide(rule, (), rules.wanted(rule, events, today, horizon)))
    return count


def _looked(desk: Desk, part: list[int]) -> None:
    """The service on sites whose events are what their calls were laid out from."""
    with desk.store.write("bench", desk.operator) as work:
        laid = followups.plan_in(work, desk, part)
        assert not laid.anything


def _build(desk: Desk) -> list[int]:
    """Sites at every stage of two and a half years, with their events."""
    dice, today = Random(3), desk.local(desk.now()).date()
    day = date(today.year, today.month, today.day)
    with desk.store.write("bench", desk.operator) as work:
        client = work.clients.add(Client(name="业主"))
        for rule in work.followup_rules.listed():
            work.followup_rules.save(replace(rule, since_on=day))
        sites = [_site(dice, client.id, day - timedelta(days=dice.randrange(0, 900))) for _ in range(SITES)]
        stored = work.sites.add_many(sites)
        milestones: list[Milestone] = []
        payments: list[Payment] = []
        for site in stored:
            assert site.start_date is not None
            for place, kind in enumerate(("start", "materials", "midterm", "final")):
                on = site.start_date + timedelta(days=place * 30)
                milestones.append(
                    Milestone(site_id=site.id, kind=kind, planned_on=on, done_on=on if on <= day else None)
                )
            for kind, after in (("deposit", -20), ("midterm", 60), ("final", 92)):
                on = site.start_date + timedelta(days=after)
                paid = on if on < day else None
                payments.append(
                    Payment(site_id=site.id, kind=kind, amount=3_000_000, due_on=on, paid_on=paid)
                )
        work.milestones.add_many(milestones)
        work.payments.add_many(payments)
    desk.store.settle()
    return [site.id for site in stored]


def _site(dice: Random, client_id: int, start: date) -> Site:
    completed = start + timedelta(days=dice.randrange(80, 110))
    done = dice.random() < 0.7
    return Site(
        client_id=client_id,
        address=f"{dice.randrange(99)}-1-{dice.randrange(9999)}",
        stage="warranty" if done else "building",
        deposit_date=start - timedelta(days=20),
        start_date=start,
        completed_on=completed if done else None,
    )
