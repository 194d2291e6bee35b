"""The viewing bus by keys: trips, seats, who came, the report, calling off (S5)."""

from __future__ import annotations

import pytest

from deskapp.domain.bus import Booking, Trip
from deskapp.domain.register import RegisterEntry
from deskapp.domain.register_kind import APPROVED
from deskapp.screens.bus import BusScreen
from deskapp.screens.bus_forms import (
    BookingDialog,
    CancelDialog,
    GiveBackDialog,
    ReportDialog,
    TripChoice,
    TripDialog,
)
from deskapp.screens.client import ClientScreen
from deskapp.services import bus, registers
from tests import builders
from tests.screens.pilot import console, press, seen, shows, until, write

pytestmark = [pytest.mark.row("S5"), pytest.mark.parametrize("backend", ["sqlite"], indirect=True)]
SIZES = [((120, 40), "zh"), ((80, 24), "zh"), ((120, 40), "en"), ((80, 24), "en")]


@pytest.fixture
def trip(desk):
    wanted = Trip(leaves_at=desk.now().add(days=5), route="海棠湾[b]样板间", seats=4, plate="沪A1")
    return bus.save_trip(desk, wanted)


def booked(desk, trip, name: str = "张伟[red]", seats: int = 2):
    client = builders.a_client(desk, name)
    wanted = Booking(trip_id=trip.id, client_id=client.client.id, seats=seats, pick_up="公司门口")
    return client, bus.book(desk, wanted)


def the_trip(desk, trip) -> Trip:
    with desk.read() as work:
        return work.bus_trips.find(trip.id)


async def here(app, pilot):
    await press(app, pilot, "f10", "b")
    await until(app, pilot, lambda: isinstance(app.screen, BusScreen), "the screen")


@pytest.mark.parametrize(("size", "language"), SIZES)
async def test_the_pictures(desk, trip, size, language):
    booked(desk, trip)
    async with console(desk, size=size, language=language) as (app, pilot):
        await here(app, pilot)
        await shows(app, pilot, "张伟[red]")
        glass = seen(app)
        words = (
            ("11-28 周六 09:42", "已订 2/4 剩 2") if language == "zh" else ("11-28 Sat 09:42", "2/4, 2 left")
        )
        assert all(word in glass for word in words)
        assert "⟦" not in glass and "公司门口" in glass and "海棠湾[b]" in glass


@pytest.mark.row("S6")
async def test_a_trip_to_an_approved_show_house_is_laid_on_by_keys(desk):
    site = builders.a_site(desk, builders.a_client(desk))
    driver = builders.a_member(desk, "沈师傅", "office")
    answers = {"site": site.id, "proposer": driver.id, "agreed": True, "reason": "好"}
    answers |= {"day": desk.local(desk.now()).date(), "valid_until": desk.local(desk.now()).date()}
    house = registers.save(desk, RegisterEntry(register="showhouses"), answers)
    registers.decide(desk, house, APPROVED)
    async with console(desk) as (app, pilot):
        await here(app, pilot)
        await shows(app, pilot, "没有班次")
        await press(app, pilot, "n")
        await until(app, pilot, lambda: isinstance(app.screen, TripDialog), "the form")
        await write(app, pilot, "20 9:00x")
        await press(app, pilot, "ctrl+s")
        await shows(app, pilot, "请写以后的时间")
        app.screen.form.field("leaves_at").fill("11-28 9:00")
        app.screen.form.field("route").focus()
        await write(app, pilot, "3-2")
        await press(app, pilot, "down", "enter")
        await write(app, pilot, "19")
        await press(app, pilot, "tab")
        await write(app, pilot, "ssf")
        await press(app, pilot, "enter")
        await press(app, pilot, "ctrl+s")
        await shows(app, pilot, "11-28 周六 09:00")
        await shows(app, pilot, "海棠湾 3-2-1101")
    stored = bus.to_come(desk)[0]
    assert (stored.trip.seats, stored.driver, stored.trip.number) == (19, "沈师傅", "KF20261123-0001")


async def test_seats_are_booked_refused_changed_and_given_back(desk, trip):
    booked(desk, trip)
    builders.a_client(desk, "李秀英")
    async with console(desk) as (app, pilot):
        await here(app, pilot)
        await press(app, pilot, "b")
        await until(app, pilot, lambda: isinstance(app.screen, BookingDialog), "the form")
        await write(app, pilot, "lxy")
        await press(app, pilot, "enter")
        app.screen.form.field("seats").fill("3")
        await press(app, pilot, "ctrl+s")
        await shows(app, pilot, "只剩 2 座")
        assert app.screen.form.values()["client.text"] == "李秀英", "nothing typed is lost"
        app.screen.form.field("seats").fill("2")
        await press(app, pilot, "ctrl+s")
        await shows(app, pilot, "已订 4/4 满座")
        await press(app, pilot, "enter", "down", "enter")
        await until(app, pilot, lambda: isinstance(app.screen, BookingDialog), "the booking")
        app.screen.form.field("seats").fill("1")
        await press(app, pilot, "ctrl+s")
        await shows(app, pilot, "已订 3/4 剩 1")
        await press(app, pilot, "x")
        await until(app, pilot, lambda: isinstance(app.screen, GiveBackDialog), "sure")
        assert "李秀英" in seen(app)
        await press(app, pilot, "y")
        await shows(app, pilot, "已订 2/4 剩 2")
    assert [row.client for row in bus.passengers(desk, trip.id)] == ["张伟[red]"]


async def test_who_came_is_marked_and_the_report_begins_with_it(desk, trip, clock):
    booked(desk, trip)
    booked(desk, trip, "李秀英", 1)
    async with console(desk) as (app, pilot):
        await here(app, pilot)
        await shows(app, pilot, "李秀英")
        await press(app, pilot, "c")
        await shows(app, pilot, "还不能登记到场")
        clock.at = clock.at.add(days=6)
        app.changed()
        await press(app, pilot, "f")
        await shows(app, pilot, "李秀英")
        await press(app, pilot, "enter", "c")
        await until(app, pilot, lambda: bus.passengers(desk, trip.id)[0].booking.came is True, "came")
        await until(app, pilot, lambda: app.screen.seats.cursor_row == 1, "on to the next")
        await press(app, pilot, "c")
        await until(app, pilot, lambda: bus.passengers(desk, trip.id)[1].booking.came is True, "came")
        await press(app, pilot, "c")
        await until(app, pilot, lambda: bus.passengers(desk, trip.id)[1].booking.came is False, "or not")
        await shows(app, pilot, "到 1/2")
        await press(app, pilot, "r")
        await until(app, pilot, lambda: isinstance(app.screen, ReportDialog), "the report")
        text = app.screen.form.values()["report"]
        assert "预订 2 户 3 座" in text and "到场 1 户,未到 1 户" in text and "未到客户:李秀英" in text
        await write(app, pilot, "客户满意")
        await press(app, pilot, "ctrl+s")
        await until(app, pilot, lambda: the_trip(desk, trip).report, "kept")
        await press(app, pilot, "escape", "r")
        await until(app, pilot, lambda: isinstance(app.screen, ReportDialog), "again")
        assert app.screen.form.values()["report"] == the_trip(desk, trip).report
    assert the_trip(desk, trip).report.endswith("客户满意")


async def test_a_trip_called_off_puts_its_clients_into_the_queue(desk, trip):
    client, _ = booked(desk, trip)
    async with console(desk) as (app, pilot):
        await here(app, pilot)
        await shows(app, pilot, "张伟[red]")
        await press(app, pilot, "x")
        await until(app, pilot, lambda: isinstance(app.screen, CancelDialog), "why")
        assert "已订 1 户 2 座" in seen(app)
        await press(app, pilot, "ctrl+s")
        await shows(app, pilot, "请填写")
        await write(app, pilot, "暴雨")
        await press(app, pilot, "ctrl+s")
        await shows(app, pilot, "已取消")
        await press(app, pilot, "b")
        assert isinstance(app.screen, BusScreen), "nothing more is booked on it"
    with desk.read() as work:
        assert [call.reason for call in work.calls.of_client(client.client.id)] == [f"{trip.number} 暴雨"]


async def test_seats_from_the_client_s_history(desk, trip):
    client = builders.a_client(desk, "李秀英")
    builders.a_site(desk, client, estate="翠湖")
    full = bus.save_trip(desk, Trip(leaves_at=desk.now().add(days=1), route="满", seats=1))
    booked(desk, full, seats=1)
    async with console(desk) as (app, pilot):
        app.open_client(client.client.id)
        await until(app, pilot, lambda: isinstance(app.screen, ClientScreen) and app.screen.file, "history")
        await press(app, pilot, "m", "b")
        await until(app, pilot, lambda: isinstance(app.screen, BookingDialog), "the only trip with seats")
        await press(app, pilot, "ctrl+s")
        await until(app, pilot, lambda: len(bus.passengers(desk, trip.id)) == 1, "booked")
        bus.save_trip(desk, Trip(leaves_at=desk.now().add(days=9), route="第二班", seats=9))
        await until(app, pilot, lambda: isinstance(app.screen, ClientScreen), "history again")
        await press(app, pilot, "m", "b")
        await until(app, pilot, lambda: isinstance(app.screen, TripChoice), "which trip")
        await press(app, pilot, "2")
        await until(app, pilot, lambda: isinstance(app.screen, BookingDialog), "the second")
        assert "第二班" in seen(app)
