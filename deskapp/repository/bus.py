"""Trips of the viewing bus and the seats kept."""

from __future__ import annotations

from deskapp.domain import bus
from deskapp.repository import tables
from deskapp.repository.base import Repository


class Trips(Repository[bus.Trip]):
    """Trips by departure."""

    table, record, noun = tables.bus_trips, bus.Trip, "bus_trip"


class Bookings(Repository[bus.Booking]):
    """Seats kept for clients."""

    table, record, noun = tables.bus_bookings, bus.Booking, "bus_booking"
