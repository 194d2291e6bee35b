"""What papers count, in a company at random, and counted again in plain Python over the records as they are stored."""

from __future__ import annotations

from collections import Counter
from zoneinfo import ZoneInfo

from deskapp.domain.bus import Booking, Trip
from deskapp.domain.praise import Praise, Rating
from deskapp.domain.site import MILESTONES, PAYMENTS, RUNNING_STAGES, Milestone, Payment
from tests.services.figure_data import Chance
from tests.services.figure_data import fill as fill_figures


def fill(desk, seed: int, size: int) -> None:
    """Store a company's two months, with its control points, money, scores, praise and trips."""
    fill_figures(desk, seed, size)
    chance = Chance(seed + 1, desk.policy.timezone)
    dice = chance.dice
    with desk.store.write("test", desk.operator) as work:
        sites, people, clients = work.sites.all(), work.staff.all(), work.clients.all()
        for _ in range(size * 2):
            planned = dice.choice((None, chance.day()))
            done = dice.choice((None, chance.day()))
            work.milestones.add(
                Milestone(
                    site_id=dice.choice(sites).id,
                    kind=dice.choice(MILESTONES),
                    planned_on=planned,
                    done_on=done,
                )
            )
            work.payments.add(
                Payment(
                    site_id=dice.choice(sites).id,
                    kind=dice.choice(PAYMENTS),
                    amount=dice.randrange(1, 9_000_000),
                    due_on=dice.choice((None, chance.day())),
                    paid_on=dice.choice((None, chance.day())),
                )
            )
            work.ratings.add(
                Rating(
                    at=chance.instant(),
                    source="call",
                    source_id=1,
                    staff_id=dice.choice((None, dice.choice(people).id)),
                    trade=dice.choice(("designer", "crew")),
                    score=dice.randint(1, 5),
                )
            )
        for _ in range(size):
            work.praises.add(Praise(at=chance.instant(), staff_id=dice.choice(people).id, words="好"))
        for number in range(max(3, size // 4)):
            trip = work.bus_trips.add(
                Trip(
                    number=f"K{number}",
                    leaves_at=chance.instant(),
                    route="样板间",
                    seats=40,
                    state=dice.choice(("planned", "planned", "cancelled")),
                )
            )
            for client in dice.sample(clients, min(3, len(clients))):
                came = dice.choice((None, True, False))
                work.bus_bookings.add(
                    Booking(trip_id=trip.id, client_id=client.id, seats=dice.randint(1, 4), came=came)
                )


class Again:
    """Every count of papers in plain Python: no SQL, no code of the papers."""

    def __init__(self, desk, period) -> None:
        self.period, self.zone = period, ZoneInfo(desk.policy.timezone)
        with desk.read() as work:
            self.tickets, self.sites = work.tickets.all(), work.sites.all()
            self.milestones, self.payments = work.milestones.all(), work.payments.all()
            self.ratings, self.praises = work.ratings.all(), work.praises.all()
            self.inspections, self.followups = work.inspections.all(), work.followups.all()
            self.trips, self.bookings = work.bus_trips.all(), work.bus_bookings.all()
        self.kept = {one.id for one in self.sites if one.stage != "cancelled"}

    def on(self, day) -> bool:
        return day is not None and self.period.first <= day <= self.period.last

    def at(self, instant) -> bool:
        return instant is not None and self.on(instant.astimezone(self.zone).date())

    def tickets_by_kind(self) -> dict[str, tuple[int, int, int]]:
        received, closed, still = Counter(), Counter(), Counter()
        for one in self.tickets:
            if one.state != "merged" and self.at(one.received_at):
                received[one.kind] += 1
            if one.state not in ("merged", "withdrawn") and self.at(one.closed_at):
                closed[one.kind] += 1
            if one.state not in ("closed", "withdrawn", "merged"):
                still[one.kind] += 1
        return {kind: (received[kind], closed[kind], still[kind]) for kind in {*received, *closed, *still}}

    def begun_and_completed(self) -> tuple[int, int]:
        there = [one for one in self.sites if one.id in self.kept]
        return sum(self.on(one.start_date) for one in there), sum(self.on(one.completed_on) for one in there)

    def points(self) -> dict[str, tuple[int, ...]]:
        found = {}
        for kind in MILESTONES:
            mine = [one for one in self.milestones if one.kind == kind and one.site_id in self.kept]
            planned = [one for one in mine if self.on(one.planned_on)]
            counts = (
                len(planned),
                sum(one.done_on is not None and one.done_on <= one.planned_on for one in planned),
                sum(one.done_on is not None and one.done_on > one.planned_on for one in planned),
                sum(one.done_on is None for one in planned),
                sum(self.on(one.done_on) for one in mine),
            )
            if any(counts):
                found[kind] = counts
        return found

    def money(self) -> dict[str, tuple[int, int, int, int]]:
        found = {}
        for kind in PAYMENTS:
            mine = [one for one in self.payments if one.kind == kind and one.site_id in self.kept]
            due = [one.amount for one in mine if self.on(one.due_on)]
            paid = [one.amount for one in mine if self.on(one.paid_on)]
            if due or paid:
                found[kind] = len(due), sum(due), len(paid), sum(paid)
        return found

    def inspected(self) -> tuple[int, int, int]:
        made = [one for one in self.inspections if self.on(one.done_on)]
        return len(made), sum(one.verdict == "ok" for one in made), len({one.site_id for one in made})

    def not_inspected(self) -> set[int]:
        looked = {one.site_id for one in self.inspections if self.on(one.done_on)}
        return {
            one.id
            for one in self.sites
            if one.stage in RUNNING_STAGES
            and (one.start_date is None or one.start_date <= self.period.last)
            and one.id not in looked
        }

    def scores(self, trade: str) -> dict[int, tuple[int, int, int]]:
        found = {}
        for one in self.ratings:
            if one.trade == trade and self.at(one.at):
                count, total, good = found.get(one.staff_id or 0, (0, 0, 0))
                found[one.staff_id or 0] = count + 1, total + one.score, good + (one.score >= 4)
        return found

    def praised(self) -> dict[int, int]:
        return dict(Counter(one.staff_id for one in self.praises if self.at(one.at)))

    def complained_of(self) -> dict[int, int]:
        mine = [one for one in self.tickets if one.kind == "complaint" and one.state != "merged"]
        return dict(Counter(one.responsible_id or 0 for one in mine if self.at(one.received_at)))

    def planned_calls(self) -> dict[str, int]:
        return dict(
            Counter(one.purpose for one in self.followups if self.on(one.due_on) and one.state != "dropped")
        )

    def bus(self) -> tuple[int, int, int, int, int]:
        trips = [one for one in self.trips if self.at(one.leaves_at)]
        ran = {one.id for one in trips if one.state != "cancelled"}
        mine = [one for one in self.bookings if one.trip_id in ran]
        return (
            len(ran),
            len(trips) - len(ran),
            len(mine),
            sum(one.came is True for one in mine),
            sum(one.came is False for one in mine),
        )
