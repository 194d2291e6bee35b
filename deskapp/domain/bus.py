"""The viewing bus: trips, seats, who is picked up where and who came (row S5; text 4, 1.3.3)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date

from pendulum import DateTime

from deskapp.domain.errors import RuleBroken

PREFIX = "KF"
PLANNED, CANCELLED = "planned", "cancelled"
MOST_SEATS = 200
LONGEST_REPORT = 20_000


@dataclass(frozen=True, slots=True)
class Trip:
    """One trip of the bus with the seats it has; `report` is the viewing report."""

    id: int = 0
    version: int = 0
    number: str = ""
    leaves_at: DateTime | None = None
    route: str = ""
    seats: int = 0
    driver_id: int | None = None
    plate: str = ""
    state: str = "planned"
    report: str = ""
    created_at: DateTime | None = None
    created_by: int | None = None

    def departed(self, now: DateTime) -> bool:
        """Whether it has left."""
        return self.leaves_at is not None and self.leaves_at <= now


@dataclass(frozen=True, slots=True)
class Booking:
    """Seats of a trip kept for a client; `came` is None until somebody has said."""

    id: int = 0
    version: int = 0
    trip_id: int = 0
    client_id: int = 0
    seats: int = 1
    pick_up: str = ""
    came: bool | None = None
    note: str = ""
    created_at: DateTime | None = None
    created_by: int | None = None


@dataclass(frozen=True, slots=True)
class TripRow:
    """A trip as lists show it: who drives, how many clients and seats are booked, how many came and did not."""

    trip: Trip
    driver: str = ""
    clients: int = 0
    taken: int = 0
    came: int = 0
    absent: int = 0

    @property
    def left(self) -> int:
        """Seats nobody has booked."""
        return max(0, self.trip.seats - self.taken)


@dataclass(frozen=True, slots=True)
class BookingRow:
    """A booking as lists show it: whose, the number to call, who brought the client."""

    booking: Booking
    client: str = ""
    phone: str = ""
    designer: str = ""
    consultant: str = ""


@dataclass(frozen=True, slots=True)
class Share:
    """Clients of one person, or of all: booked, their seats, how many came and did not, how many nobody marked."""

    clients: int = 0
    seats: int = 0
    came: int = 0
    absent: int = 0

    @property
    def unmarked(self) -> int:
        """Those nobody has said it of."""
        return self.clients - self.came - self.absent


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of a trip, as its report says: all, and by designer and consultant."""

    total: Share = Share()
    designers: Mapping[str, Share] = field(default_factory=dict)
    consultants: Mapping[str, Share] = field(default_factory=dict)
    absent: tuple[str, ...] = ()
    """Who did not come."""


def number(day: str, serial: int) -> str:
    """Write a trip's number: number("20261123", 1) → KF20261123-0001."""
    return f"{PREFIX}{day}-{serial:04d}"


def taken(bookings: Iterable[Booking]) -> int:
    """How many seats are booked."""
    return sum(one.seats for one in bookings)


def check_trip(trip: Trip, bookings: Iterable[Booking], now: DateTime, *, moved: bool) -> None:
    """Refuse a trip to nowhere, at no time, newly set into the past, or with fewer seats than are booked."""
    if not trip.route.strip():
        raise RuleBroken("bus.route_missing")
    if trip.leaves_at is None:
        raise RuleBroken("bus.leaves_missing")
    if moved and trip.leaves_at <= now:
        raise RuleBroken("bus.leaves_past")
    if not 1 <= trip.seats <= MOST_SEATS:
        raise RuleBroken("bus.seats_wrong", most=MOST_SEATS)
    booked = taken(bookings)
    if trip.seats < booked:
        raise RuleBroken("bus.seats_booked", booked=booked)


def check_open(trip: Trip, now: DateTime) -> None:
    """Refuse what can no longer be booked, changed or called off: a trip cancelled or gone."""
    if trip.state == CANCELLED:
        raise RuleBroken("bus.cancelled", number=trip.number)
    if trip.departed(now):
        raise RuleBroken("bus.departed", number=trip.number)


def check_booking(trip: Trip, others: Iterable[Booking], booking: Booking, now: DateTime) -> None:
    """Refuse no seats, more than are left, and a client who has seats on the trip already."""
    check_open(trip, now)
    others = list(others)
    if booking.seats < 1:
        raise RuleBroken("bus.seats_none")
    same = next((one for one in others if one.client_id == booking.client_id), None)
    if same is not None:
        raise RuleBroken("bus.booked_already", number=trip.number, seats=same.seats)
    left = trip.seats - taken(others)
    if booking.seats > left:
        raise RuleBroken("bus.full", number=trip.number, left=max(0, left), seats=booking.seats)


def check_came(trip: Trip, leaves_on: date, today: date) -> None:
    """Refuse to say who came on a trip that was cancelled, and before its day."""
    if trip.state == CANCELLED:
        raise RuleBroken("bus.cancelled", number=trip.number)
    if leaves_on > today:
        raise RuleBroken("bus.not_yet", day=leaves_on)


def outcome(rows: Iterable[BookingRow]) -> Outcome:
    """Count what came of a trip."""
    rows = list(rows)
    by: dict[str, dict[str, Share]] = {"designer": {}, "consultant": {}}
    total = Share()
    for row in rows:
        total = _with(total, row.booking)
        for role, shares in by.items():
            name = getattr(row, role)
            if name:
                shares[name] = _with(shares.get(name, Share()), row.booking)
    absent = tuple(row.client for row in rows if row.booking.came is False)
    return Outcome(total, by["designer"], by["consultant"], absent)


def _with(share: Share, booking: Booking) -> Share:
    return Share(
        share.clients + 1,
        share.seats + booking.seats,
        share.came + (booking.came is True),
        share.absent + (booking.came is False),
    )
