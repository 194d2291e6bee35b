"""The viewing bus at work: trips laid on, seats booked without overselling, who came, the report (row S5)."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

import pendulum

from deskapp.desk import Desk
from deskapp.domain import bus as rules
from deskapp.domain.bus import Booking, BookingRow, Outcome, Trip, TripRow
from deskapp.domain.call import Call
from deskapp.domain.errors import RuleBroken
from deskapp.services.planning import today_of
from deskapp.services.submissions import once

if TYPE_CHECKING:
    from pendulum import DateTime

    from deskapp.repository.work import Work

CHOSEN_FROM = 50
"""The most trips to come that seats are offered on."""


def save_trip(desk: Desk, trip: Trip, *, key: str = "") -> Trip:
    """Lay on a trip, or change one; under a `key` a new one is laid on once, however often it is sent."""
    trip = replace(trip, route=trip.route.strip(), plate=trip.plate.strip())
    with desk.write("bus.save") as work:
        if trip.id:
            return _change_trip(work, trip)
        return once(work, key, "bus.trip", partial(add_trip_in, work, desk, trip), work.bus_trips.find)


def add_trip_in(work: Work, desk: Desk, trip: Trip) -> Trip:
    """Lay on a trip inside a transaction that does more than that."""
    rules.check_trip(trip, (), work.now, moved=True)
    day = desk.day_in_number(work.now)
    return work.bus_trips.add(
        replace(
            trip,
            number=rules.number(day, work.counters.next(f"{rules.PREFIX}{day}")),
            created_at=work.now,
            created_by=work.operator.id if work.operator else None,
        )
    )


def _change_trip(work: Work, trip: Trip) -> Trip:
    before = work.bus_trips.held(trip.id)
    if before.state == rules.CANCELLED:
        raise RuleBroken("bus.cancelled", number=before.number)
    moved = trip.leaves_at != before.leaves_at
    if moved:
        rules.check_open(before, work.now)
    rules.check_trip(trip, work.bus_bookings.of(trip.id), work.now, moved=moved)
    return work.bus_trips.save(trip, known=before)


def book(desk: Desk, booking: Booking, *, key: str = "") -> Booking:
    """Keep seats for a client; the trip is held meanwhile, so that two desks never sell the same seat."""
    with desk.write("bus.save") as work:
        return once(work, key, "bus.book", partial(book_in, work, booking), work.bus_bookings.find)


def book_in(work: Work, booking: Booking) -> Booking:
    """Keep seats inside a transaction that does more than that."""
    trip = work.bus_trips.held(booking.trip_id)
    rules.check_booking(trip, work.bus_bookings.of(trip.id), booking, work.now)
    by = work.operator.id if work.operator else None
    return work.bus_bookings.add(replace(booking, created_at=work.now, created_by=by))


def change(desk: Desk, booking: Booking) -> Booking:
    """Change the seats, the pick-up or the note of a booking; no more seats than there are."""
    with desk.write("bus.save") as work:
        trip = work.bus_trips.held(booking.trip_id)
        there = work.bus_bookings.of(trip.id)
        before = work.bus_bookings.find(booking.id)
        if booking.seats != before.seats:
            others = [one for one in there if one.id != booking.id]
            rules.check_booking(trip, others, booking, work.now)
        return work.bus_bookings.save(booking, known=before)


def give_back(desk: Desk, booking: Booking) -> None:
    """Take a booking back; its seats are free again. Once the bus has left, nobody's booking is undone."""
    with desk.write("bus.save") as work:
        trip = work.bus_trips.held(booking.trip_id)
        rules.check_open(trip, work.now)
        now = work.bus_bookings.get(booking.id)
        if now is None or now.version != booking.version:
            raise work.bus_bookings.conflict(booking.id)
        work.bus_bookings.remove(now)


def cancel(desk: Desk, trip: Trip, why: str, *, call: bool = True) -> list[Call]:
    """Call a trip off; with `call` a callback to each client who booked is put into the queue, with the reason."""
    if not why.strip():
        raise RuleBroken("bus.why_missing")
    with desk.write("bus.save") as work:
        held = work.bus_trips.held(trip.id)
        rules.check_open(held, work.now)
        work.bus_trips.save(
            replace(held, state=rules.CANCELLED, report=held.report or why.strip()), known=held
        )
        booked = work.bus_bookings.of(held.id) if call else []
        return [_tell(work, one.client_id, f"{held.number} {why.strip()}") for one in booked]


def _tell(work: Work, client_id: int, why: str) -> Call:
    """Put a call into the queue that tells a client the trip is off."""
    phones = work.phones.of(client_id)
    return work.calls.add(
        Call(
            kind="callback",
            direction="out",
            client_id=client_id,
            number=phones[0].normal if phones else "",
            reason=why[:200],
            due_at=work.now,
            created_at=work.now,
            created_by=work.operator.id if work.operator else None,
        )
    )


def mark(desk: Desk, booking: Booking, came: bool | None) -> Booking:
    """Say whether a client came, or that nobody knows after all."""
    with desk.write("bus.save") as work:
        trip = work.bus_trips.find(booking.trip_id)
        leaves_on = today_of(desk, trip.leaves_at or work.now)
        rules.check_came(trip, leaves_on, today_of(desk, work.now))
        return work.bus_bookings.save(replace(booking, came=came))


def report(desk: Desk, trip: Trip, text: str) -> Trip:
    """Keep the viewing report of a trip."""
    if len(text) > rules.LONGEST_REPORT:
        raise RuleBroken("bus.report_long", most=rules.LONGEST_REPORT)
    with desk.write("bus.save") as work:
        return work.bus_trips.save(replace(trip, report=text.strip()))


def outcome(desk: Desk, trip_id: int) -> Outcome:
    """What came of a trip, counted from its bookings."""
    return rules.outcome(passengers(desk, trip_id))


def passengers(desk: Desk, trip_id: int) -> list[BookingRow]:
    """Who has booked a trip, in the order they did."""
    with desk.read() as work:
        return work.bus_bookings.rows(work.bus_bookings.of(trip_id))


def to_come(desk: Desk) -> list[TripRow]:
    """The next trips that can be booked, the first first."""
    with desk.read() as work:
        return work.bus_trips.rows(work.bus_trips.open(work.now, CHOSEN_FROM))


class TripsListed:
    """Trips from today on, the first first, or those before, the latest first; read page by page."""

    def __init__(self, desk: Desk, which: str) -> None:
        self.desk, self.which = desk, which
        self._since = _today(desk)

    def count(self) -> int:
        """How many there are."""
        with self.desk.read() as work:
            return work.bus_trips.count(self.which, self._since)

    def first(self, limit: int) -> list[TripRow]:
        """The first."""
        with self.desk.read() as work:
            return work.bus_trips.rows(work.bus_trips.page(self.which, self._since, limit))

    def last(self, limit: int) -> list[TripRow]:
        """The last."""
        with self.desk.read() as work:
            return work.bus_trips.rows(work.bus_trips.page(self.which, self._since, limit, last=True))

    def after(self, record: TripRow, limit: int) -> list[TripRow]:
        """Those that follow one."""
        with self.desk.read() as work:
            return work.bus_trips.rows(work.bus_trips.page(self.which, self._since, limit, after=record.trip))

    def before(self, record: TripRow, limit: int) -> list[TripRow]:
        """Those before one."""
        with self.desk.read() as work:
            return work.bus_trips.rows(
                work.bus_trips.page(self.which, self._since, limit, before=record.trip)
            )

    def at(self, offset: int, limit: int) -> list[TripRow]:
        """Those at a place in the middle."""
        with self.desk.read() as work:
            return work.bus_trips.rows(work.bus_trips.page(self.which, self._since, limit, offset=offset))

    def key(self, record: TripRow) -> int:
        """A trip stays itself."""
        return record.trip.id


def _today(desk: Desk) -> DateTime:
    return desk.local(desk.now()).start_of("day").in_timezone(pendulum.UTC)
