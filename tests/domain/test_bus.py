"""The viewing bus: which trips and bookings there may be, and what came of one (S5)."""

from __future__ import annotations

from datetime import date

import pendulum
import pytest
from hypothesis import given
from hypothesis import strategies as st

from deskapp.domain import bus as rules
from deskapp.domain.bus import Booking, BookingRow, Share, Trip, TripRow
from deskapp.domain.errors import RuleBroken

pytestmark = pytest.mark.row("S5")
NOW = pendulum.datetime(2026, 11, 23, 1)
TRIP = Trip(number="KF1", leaves_at=NOW.add(days=2), route="海棠湾", seats=10)


def code_of(act, *arguments, **named) -> str:
    try:
        act(*arguments, **named)
    except RuleBroken as refused:
        return refused.code
    return ""


@pytest.mark.parametrize(
    ("change", "moved", "code"),
    [
        ({}, True, ""),
        ({"route": " "}, False, "bus.route_missing"),
        ({"leaves_at": None}, True, "bus.leaves_missing"),
        ({"leaves_at": NOW}, True, "bus.leaves_past"),
        ({"leaves_at": NOW.subtract(days=1)}, False, ""),
        ({"seats": 0}, False, "bus.seats_wrong"),
        ({"seats": 201}, False, "bus.seats_wrong"),
        ({"seats": 4}, False, "bus.seats_booked"),
        ({"seats": 5}, False, ""),
    ],
)
def test_a_trip_goes_somewhere_later_with_seats_enough(change, moved: bool, code: str) -> None:
    from dataclasses import replace

    booked = [Booking(id=1, client_id=1, seats=2), Booking(id=2, client_id=2, seats=3)]
    assert code_of(rules.check_trip, replace(TRIP, **change), booked, NOW, moved=moved) == code


@pytest.mark.parametrize(
    ("trip", "seats", "client_id", "code"),
    [
        ({}, 7, 9, ""),
        ({}, 8, 9, "bus.full"),
        ({}, 0, 9, "bus.seats_none"),
        ({}, -1, 9, "bus.seats_none"),
        ({}, 1, 1, "bus.booked_already"),
        ({"state": "cancelled"}, 1, 9, "bus.cancelled"),
        ({"leaves_at": NOW}, 1, 9, "bus.departed"),
    ],
)
def test_a_booking_finds_seats_on_a_trip_to_come(trip, seats: int, client_id: int, code: str) -> None:
    from dataclasses import replace

    there = [Booking(id=1, client_id=1, seats=3)]
    booking = Booking(client_id=client_id, seats=seats)
    assert code_of(rules.check_booking, replace(TRIP, **trip), there, booking, NOW) == code


@given(st.lists(st.integers(-2, 12), max_size=30))
def test_no_order_of_bookings_oversells(wanted: list[int]) -> None:
    booked: list[Booking] = []
    for client_id, seats in enumerate(wanted, 1):
        booking = Booking(client_id=client_id, seats=seats)
        if not code_of(rules.check_booking, TRIP, booked, booking, NOW):
            booked.append(booking)
    assert rules.taken(booked) <= TRIP.seats
    refused = [
        seats for client_id, seats in enumerate(wanted, 1) if client_id not in {b.client_id for b in booked}
    ]
    assert all(seats < 1 or seats > TRIP.seats - rules.taken(booked) for seats in refused)


def test_who_came_is_said_from_the_day_of_the_trip_on() -> None:
    from dataclasses import replace

    today = date(2026, 11, 25)
    assert code_of(rules.check_came, TRIP, today, today) == ""
    assert code_of(rules.check_came, TRIP, today, date(2026, 11, 24)) == "bus.not_yet"
    assert code_of(rules.check_came, replace(TRIP, state="cancelled"), today, today) == "bus.cancelled"


def test_seats_left_are_never_fewer_than_none() -> None:
    assert TripRow(TRIP, taken=4).left == 6 and TripRow(TRIP, taken=12).left == 0
    assert TRIP.departed(NOW.add(days=2)) and not TRIP.departed(NOW)


rows = st.lists(
    st.builds(
        BookingRow,
        st.builds(Booking, seats=st.integers(1, 5), came=st.sampled_from([None, True, False])),
        client=st.sampled_from(["张", "李"]),
        designer=st.sampled_from(["", "王丽", "高翔"]),
        consultant=st.sampled_from(["", "宋倩"]),
    ),
    max_size=20,
)


@given(rows)
def test_what_came_of_a_trip_adds_up(there: list[BookingRow]) -> None:
    found = rules.outcome(there)
    total = found.total
    assert total.clients == len(there) and total.seats == sum(row.booking.seats for row in there)
    assert total.came + total.absent + total.unmarked == total.clients
    assert len(found.absent) == total.absent
    with_designer = [row for row in there if row.designer]
    assert sum(share.clients for share in found.designers.values()) == len(with_designer)
    assert all(share.came <= share.clients for share in found.consultants.values())
    assert rules.outcome([]).total == Share()
