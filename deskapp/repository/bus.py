"""Trips of the viewing bus and the seats kept."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from pendulum import DateTime
from sqlalchemy import Select, case, func, select

from deskapp.domain import bus
from deskapp.domain.bus import BookingRow, TripRow
from deskapp.repository import paging, tables
from deskapp.repository.base import Repository
from deskapp.repository.prepared import PreparedFor


class Trips(Repository[bus.Trip]):
    """Trips by departure."""

    table, record, noun = tables.bus_trips, bus.Trip, "bus_trip"

    def page(
        self,
        which: str,
        since: DateTime,
        limit: int,
        *,
        after: bus.Trip | None = None,
        before: bus.Trip | None = None,
        last: bool = False,
        offset: int | None = None,
    ) -> list[bus.Trip]:
        """A page of a list: trips that leave from an instant on, the first first, or those before, the latest first."""
        query, past = self._listed(which, since), which == "past"
        if offset is not None:
            keys = [key.desc() for key in _LEAVES] if past else _LEAVES
            return self.records(paging.at(query, keys, offset, limit))
        backward = before is not None or last
        turn = paging.before if backward != past else paging.after
        found = self.records(turn(query, _LEAVES, _key(after or before), limit))
        return found[::-1] if backward else found

    def count(self, which: str, since: DateTime) -> int:
        """How many trips that list has."""
        query = self._listed(which, since).with_only_columns(func.count(), maintain_column_froms=True)
        return int(self.connection.execute(query).scalar_one())

    def _listed(self, which: str, since: DateTime) -> Select[Any]:
        return self.select().where(_T.leaves_at < since if which == "past" else _T.leaves_at >= since)

    def open(self, now: DateTime, limit: int) -> list[bus.Trip]:
        """The next trips that can be booked, the first first."""
        query = self.select().where(_T.leaves_at > now, _T.state == bus.PLANNED)
        return self.records(query.order_by(*_LEAVES).limit(limit))

    def rows(self, trips: Sequence[bus.Trip]) -> list[TripRow]:
        """Put beside some trips who drives and how many clients booked, and came."""
        drivers = self.work.staff.get_many(one.driver_id for one in trips if one.driver_id)
        counts = {row[0]: row[1:] for row in _COUNTS.rows(self.connection, [one.id for one in trips])}
        found = []
        for one in trips:
            driver = drivers.get(one.driver_id or 0)
            clients, seats, came, absent = (int(n or 0) for n in counts.get(one.id, (0, 0, 0, 0)))
            found.append(TripRow(one, driver.name if driver else "", clients, seats, came, absent))
        return found


class Bookings(Repository[bus.Booking]):
    """Seats kept for clients."""

    table, record, noun = tables.bus_bookings, bus.Booking, "bus_booking"

    def of(self, trip_id: int) -> list[bus.Booking]:
        """The bookings of a trip, in the order they were made."""
        return self.records(self.select().where(_B.trip_id == trip_id).order_by(_B.id))

    def rows(self, bookings: Sequence[bus.Booking]) -> list[BookingRow]:
        """Put beside some bookings whose they are, the number to call, and who works for the client."""
        work, ids = self.work, [one.client_id for one in bookings]
        clients, phones = work.clients.get_many(ids), work.phones.of_many(ids)
        sites = work.sites.of_many(ids)
        newest = {client_id: found[-1] for client_id, found in sites.items() if found}
        roles = ("designer", "consultant")
        staff = work.staff.get_many(getattr(site, f"{role}_id") for site in newest.values() for role in roles)
        found = []
        for one in bookings:
            numbers, site = phones.get(one.client_id, ()), newest.get(one.client_id)
            named = {role: staff.get(getattr(site, f"{role}_id", None) or 0) for role in roles}
            people = {role: member.name if member else "" for role, member in named.items()}
            client = clients.get(one.client_id)
            number = (numbers[0].normal or numbers[0].raw) if numbers else ""
            found.append(BookingRow(one, client.name if client else "", number, **people))
        return found


def _key(trip: bus.Trip | None) -> tuple[Any, ...] | None:
    return None if trip is None else (trip.leaves_at, trip.id)


_T, _B = tables.bus_trips.c, tables.bus_bookings.c
_LEAVES = (_T.leaves_at, _T.id)
_COUNTS = PreparedFor(
    lambda keys: (
        select(
            _B.trip_id,
            func.count(),
            func.sum(_B.seats),
            func.sum(case((_B.came, 1), else_=0)),
            func.sum(case((_B.came.is_(False), 1), else_=0)),
        )
        .where(_B.trip_id.in_(keys))
        .group_by(_B.trip_id)
    )
)
