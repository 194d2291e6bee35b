"""The sample's registers and viewing bus: talks, deposits, show-houses, trips gone and to come (rows S4 to S6)."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from random import Random
from typing import TYPE_CHECKING, Any

import pendulum

from deskapp.domain.bus import Booking, Trip
from deskapp.domain.register import RegisterEntry
from deskapp.domain.register_kind import APPROVED, REFUSED
from deskapp.services import bus, registers
from deskapp.services.planning import today_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from pendulum import DateTime

    from deskapp.domain.site import Site
    from deskapp.services.sample import Stage

BY, DECIDES = "limin", "liumin"
LOST = 9
"""How many talks of this month and the last came to nothing."""
SEATS = 19
SATURDAY = 6


def keep_registers(stage: Stage, seed: int) -> None:
    """Write the registers and lay on trips, on dice of their own: nothing else of the sample moves."""
    dice = Random(seed + 5)
    stage.seat(BY)
    today = today_of(stage.desk, stage.now)
    sites = list(stage.sites.values())
    for day, code, values in sorted(_lines(stage, dice, sites, today), key=lambda line: (line[0], line[1])):
        _write(stage, dice, day, code, values)
    _show_houses(stage, dice, [site for site in sites if site.stage == "finished"], today)
    _trips(stage, dice, sites, today)
    stage.work.now = stage.now


def _at(stage: Stage, day: date, hour: int, minute: int = 0) -> DateTime:
    local = pendulum.datetime(day.year, day.month, day.day, hour, minute, tz=stage.desk.policy.timezone)
    return local.in_timezone(pendulum.UTC)


def _lines(
    stage: Stage, dice: Random, sites: Sequence[Site], today: date
) -> Iterable[tuple[date, str, dict[str, Any]]]:
    """The talks that led to a deposit and what became of it; those that led to nothing."""
    words = stage.words["registers"]
    for site in sites:
        paid = site.deposit_date
        if paid is None or paid < today - timedelta(days=60) or paid > today:
            continue
        who = {"client": site.client_id, "site": site.id, "designer": site.designer_id}
        who["consultant"] = site.consultant_id
        first = paid - timedelta(days=dice.randint(2, 6))
        yield first, "talks", who | {"outcome": "first", "note": dice.choice(words["first_talks"])}
        yield paid, "talks", who | {"outcome": "deposit"}
        money = {"amount": site.deposit, "method": dice.choice(("transfer", "card", "mobile"))}
        yield paid, "deposits", who | money | {"standing": "paid"}
        if site.stage == "signed":
            yield min(today, paid + timedelta(days=3)), "talks", who | {"outcome": "signed"}
    late = [site for site in sites if site.stage in ("warranty", "ended")]
    for site in dice.sample(late, min(LOST, len(late))):
        day = today - timedelta(days=dice.randint(0, 40))
        reason = dice.choice(("price", "price", "design", "rival", "time"))
        who = {"client": site.client_id, "designer": stage.of_trade("designer").id}
        note = dice.choice(words["lost_talks"])
        yield day, "talks", who | {"outcome": "lost", "lost_reason": reason, "note": note}
    for site in dice.sample(list(sites), min(5, len(sites))):
        day = today - timedelta(days=dice.randint(0, 12))
        met = {"client": site.client_id, "received_by": stage.of_trade("service").id}
        purpose = dice.choice(("consult", "design", "site", "payment"))
        yield day, "visits", met | {"purpose": purpose, "note": dice.choice(words["visits"])}


def _write(stage: Stage, dice: Random, day: date, code: str, values: dict[str, Any]) -> RegisterEntry:
    stage.work.now = min(stage.now, _at(stage, day, dice.randint(9, 17), dice.randint(0, 59)))
    kind, entry = registers.kinds()[code], RegisterEntry(register=code)
    return registers.add_in(stage.work, stage.desk, kind, entry, {"day": day} | values)


def _show_houses(stage: Stage, dice: Random, sites: Sequence[Site], today: date) -> None:
    words, kind = stage.words["registers"], registers.kinds()["showhouses"]
    decisions = ((APPROVED, ""), (REFUSED, words["refused"]), ("", ""))
    for place, ((decision, why), site) in enumerate(zip(decisions, sites, strict=False)):
        day = today - timedelta(days=12 - 5 * place)
        answers = {
            "site": site.id,
            "designer": site.designer_id,
            "proposer": site.designer_id,
            "agreed": True,
        }
        answers |= {"style": words["styles"][place], "reason": words["reasons"][place]}
        entry = _write(stage, dice, day, kind.code, answers | {"valid_until": today + timedelta(days=160)})
        if decision:
            stage.seat(DECIDES)
            stage.work.now = stage.work.now.add(hours=20)
            registers.decide_in(stage.work, kind, entry, decision, why)
            stage.seat(BY)


def _trips(stage: Stage, dice: Random, sites: Sequence[Site], today: date) -> None:
    """Last Saturday's trip with who came and its report; the two Saturdays to come."""
    words = stage.words["registers"]
    saturday = today + timedelta(days=(SATURDAY - today.isoweekday()) % 7 or 7)
    waiting = [site for site in sites if site.stage in ("deposit", "signed")]
    plan = ((-1, 9, 7), (0, 9, 9), (0, 14, 3), (1, 9, 1))
    for place, (weeks, hour, clients) in enumerate(plan):
        leaves = _at(stage, saturday + timedelta(weeks=weeks), hour, 0 if hour == 9 else 30)
        stage.work.now = leaves.subtract(days=6) if weeks < 0 else stage.now.subtract(hours=16)
        driver = stage.of_trade("office").id
        route = words["routes"][place % len(words["routes"])]
        fresh = Trip(leaves_at=leaves, route=route, seats=SEATS, driver_id=driver, plate=words["plate"])
        trip = bus.add_trip_in(stage.work, stage.desk, fresh)
        booked = [_book(stage, dice, trip, site) for site in dice.sample(waiting, min(clients, len(waiting)))]
        if weeks < 0:
            for seat, one in enumerate(booked):
                stage.work.bus_bookings.save(replace(one, came=seat != 2))
            stage.work.bus_trips.save(replace(trip, report=words["report"]))


def _book(stage: Stage, dice: Random, trip: Trip, site: Site) -> Booking:
    words = stage.words["registers"]
    fresh = Booking(trip_id=trip.id, client_id=site.client_id, seats=dice.choice((1, 2, 2)))
    return bus.book_in(stage.work, replace(fresh, pick_up=dice.choice(words["pick_ups"])))
