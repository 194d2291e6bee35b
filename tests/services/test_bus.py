"""The viewing bus at the services: never oversold, however many desks book at once (S5)."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest

from deskapp.domain.bus import Booking, Trip
from deskapp.domain.errors import Conflict, RuleBroken
from deskapp.services import bus
from tests import builders

pytestmark = pytest.mark.row("S5")


def broken(act, *arguments, **named) -> str:
    with pytest.raises(RuleBroken) as refused:
        act(*arguments, **named)
    return refused.value.code


def a_trip(desk, seats: int = 10, **fields) -> Trip:
    values = {"leaves_at": desk.now().add(days=2), "route": "海棠湾", "seats": seats}
    return bus.save_trip(desk, Trip(**(values | fields)))


def a_booking(desk, trip: Trip, seats: int = 1, client=None, key: str = "") -> Booking:
    client_id = (client or builders.a_client(desk)).client.id
    return bus.book(desk, Booking(trip_id=trip.id, client_id=client_id, seats=seats), key=key)


def row(desk, trip: Trip):
    with desk.read() as work:
        return work.bus_trips.rows([work.bus_trips.find(trip.id)])[0]


def test_a_trip_is_laid_on_once_and_numbered(desk) -> None:
    wanted = Trip(leaves_at=desk.now().add(days=1), route=" 海棠湾 ", seats=9)
    trip = bus.save_trip(desk, wanted, key="k")
    assert (trip.number, trip.route) == ("KF20261123-0001", "海棠湾")
    assert bus.save_trip(desk, wanted, key="k").id == trip.id
    assert bus.save_trip(desk, wanted).number == "KF20261123-0002"
    assert broken(bus.save_trip, desk, replace(wanted, leaves_at=desk.now())) == "bus.leaves_past"


def test_seats_are_booked_once_changed_and_given_back(desk) -> None:
    trip, client = a_trip(desk, 5), builders.a_client(desk)
    one = a_booking(desk, trip, 3, client, key="k")
    assert a_booking(desk, trip, 3, client, key="k").id == one.id
    assert broken(a_booking, desk, trip, 1, client) == "bus.booked_already"
    assert broken(a_booking, desk, trip, 3) == "bus.full"
    more = bus.change(desk, replace(one, seats=5, pick_up="公司门口"))
    assert (more.seats, row(desk, trip).left) == (5, 0)
    assert broken(bus.change, desk, replace(more, seats=6)) == "bus.full"
    assert broken(bus.save_trip, desk, replace(trip, seats=4)) == "bus.seats_booked"
    with pytest.raises(Conflict):
        bus.give_back(desk, one)
    bus.give_back(desk, more)
    assert row(desk, trip).left == 5
    with pytest.raises(Conflict):
        bus.give_back(desk, more)
    assert a_booking(desk, trip, 5, client).seats == 5


def test_two_desks_never_sell_the_same_seat(desk, second_desk) -> None:
    trip = a_trip(desk, 7)
    clients = [builders.a_client(desk, f"客户{n}") for n in range(12)]

    def sell(number: int) -> str:
        at = (desk, second_desk)[number % 2]
        try:
            a_booking(at, trip, 2, clients[number])
        except RuleBroken as refused:
            return refused.code
        return ""

    with ThreadPoolExecutor(6) as pool:
        sold = list(pool.map(sell, range(12)))
    assert sorted(sold) == ["", "", "", *["bus.full"] * 9] and row(desk, trip).taken == 6
    assert a_booking(desk, trip, 1).seats == 1


def test_two_desks_that_enlarge_their_bookings_do_not_oversell(desk, second_desk) -> None:
    trip = a_trip(desk, 6)
    ours, theirs = a_booking(desk, trip, 2), a_booking(second_desk, trip, 2)

    def enlarge(pair) -> bool:
        at, booking = pair
        try:
            bus.change(at, replace(booking, seats=4))
        except RuleBroken:
            return False
        return True

    with ThreadPoolExecutor(2) as pool:
        done = list(pool.map(enlarge, ((desk, ours), (second_desk, theirs))))
    assert sorted(done) == [False, True] and row(desk, trip).taken == 6


def test_seats_taken_away_and_booked_at_once_never_leave_too_few(desk, second_desk) -> None:
    trip, client = a_trip(desk, 4), builders.a_client(desk)

    def shrink() -> str:
        try:
            bus.save_trip(desk, replace(trip, seats=2))
        except RuleBroken as refused:
            return refused.code
        return ""

    def sell() -> str:
        try:
            a_booking(second_desk, trip, 3, client)
        except RuleBroken as refused:
            return refused.code
        return ""

    with ThreadPoolExecutor(2) as pool:
        first, second = pool.submit(shrink), pool.submit(sell)
    assert sorted((first.result(), second.result())) in (["", "bus.full"], ["", "bus.seats_booked"])
    assert row(desk, trip).taken <= row(desk, trip).trip.seats


def test_what_has_left_is_closed_and_then_it_is_said_who_came(desk, clock) -> None:
    trip = a_trip(desk)
    one = a_booking(desk, trip)
    assert broken(bus.mark, desk, one, True) == "bus.not_yet"
    clock.at = clock.at.add(days=3)
    assert broken(a_booking, desk, trip) == "bus.departed"
    assert broken(bus.give_back, desk, one) == "bus.departed"
    assert broken(bus.cancel, desk, trip, "下雨") == "bus.departed"
    assert broken(bus.change, desk, replace(one, seats=2)) == "bus.departed"
    came = bus.mark(desk, one, True)
    assert (came.came, row(desk, trip).came, row(desk, trip).absent) == (True, 1, 0)
    assert row(desk, trip).came + bus.outcome(desk, trip.id).total.absent == 1
    assert bus.mark(desk, came, None).came is None
    assert bus.save_trip(desk, replace(trip, plate="沪A")).plate == "沪A", (
        "what is known later is still written"
    )


def test_a_trip_called_off_has_its_clients_called(desk) -> None:
    trip = a_trip(desk)
    client = builders.a_client(desk, "张伟明", "13800138000")
    one = a_booking(desk, trip, 2, client)
    assert broken(bus.cancel, desk, trip, " ") == "bus.why_missing"
    calls = bus.cancel(desk, trip, "暴雨")
    assert [(call.client_id, call.kind, call.reason) for call in calls] == [
        (client.client.id, "callback", f"{trip.number} 暴雨")
    ]
    assert (row(desk, trip).trip.state, row(desk, trip).trip.report) == ("cancelled", "暴雨")
    assert broken(a_booking, desk, trip) == "bus.cancelled"
    assert broken(bus.cancel, desk, trip, "暴雨") == "bus.cancelled"
    assert broken(bus.save_trip, desk, row(desk, trip).trip) == "bus.cancelled"
    assert broken(bus.mark, desk, one, True) == "bus.cancelled"
    other = a_trip(desk)
    a_booking(desk, other, 1, client)
    assert bus.cancel(desk, other, "暴雨", call=False) == []


def test_the_report_is_counted_from_the_bookings(desk, clock) -> None:
    trip = a_trip(desk)
    designer = builders.a_member(desk, "王丽", "designer")
    for name, came in (("张伟明", True), ("李秀英", False), ("陈建国", None)):
        client = builders.a_client(desk, name)
        builders.a_site(desk, client, designer_id=designer.id)
        bookings = a_booking(desk, trip, 2, client)
        clock.at, before = clock.at.add(days=2), clock.at
        bus.mark(desk, bookings, came)
        clock.at = before
    found = bus.outcome(desk, trip.id)
    assert (found.total.clients, found.total.seats, found.total.came, found.total.unmarked) == (3, 6, 1, 1)
    assert found.absent == ("李秀英",) and found.designers["王丽"].came == 1
    kept = bus.report(desk, trip, " 客户满意 ")
    assert kept.report == "客户满意"
    with pytest.raises(Conflict):
        bus.report(desk, trip, "另一份")
    assert broken(bus.report, desk, kept, "长" * 20_001) == "bus.report_long"


def test_trips_are_listed_from_today_on_and_before(desk, clock) -> None:
    now = clock.at
    earlier = [a_trip(desk, leaves_at=now.add(days=n)) for n in (1, 2, 3)]
    clock.at = now.add(days=6)
    today = a_trip(desk, leaves_at=clock.at.add(hours=1))
    later = [a_trip(desk, leaves_at=clock.at.add(days=n)) for n in (5, 2, 9)]
    clock.at = clock.at.add(hours=3)
    coming, past = bus.TripsListed(desk, "coming"), bus.TripsListed(desk, "past")
    whole = [today.id, later[1].id, later[0].id, later[2].id]
    assert [one.trip.id for one in coming.first(9)] == whole
    assert [one.trip.id for one in past.first(9)] == [one.id for one in reversed(earlier)]
    for source in (coming, past):
        rows = source.first(9)
        assert source.count() == len(rows)
        for place, one in enumerate(rows):
            assert source.after(one, 2) == rows[place + 1 : place + 3]
            assert source.before(one, 2) == rows[max(0, place - 2) : place]
            assert source.at(place, 2) == rows[place : place + 2]
        assert source.last(2) == rows[-2:]
    assert [one.trip.id for one in bus.to_come(desk)] == whole[1:], "what has left today is not offered"
