"""The forms of the viewing bus: a trip, a booking, the report; calling a trip off; which trip (row S5)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, ClassVar

from textual.binding import Binding, BindingType
from textual.content import Content
from textual.widget import Widget

from deskapp.domain.bus import Booking, Trip
from deskapp.domain.time_words import read_time
from deskapp.i18n import say
from deskapp.screens import bus_lists as lists
from deskapp.screens import paint
from deskapp.screens.base import DeskDialog, Panel
from deskapp.screens.form_dialog import FormDialog
from deskapp.screens.record_form import Values
from deskapp.screens.site_form import staff_choices
from deskapp.screens.staff_forms import yes_no
from deskapp.screens.ticket_form_fields import ClientLookup
from deskapp.widgets.form import Choice, ChoiceField, LongField, PickField, TextField
from deskapp.widgets.record_table import Column, ListSource, PaintContext, RecordTable
from deskapp.widgets.safe_text import shown

if TYPE_CHECKING:
    from pendulum import DateTime

    from deskapp.desk import Desk
    from deskapp.domain.bus import BookingRow, TripRow
    from deskapp.domain.staff import StaffMember

ROUTES = 20
"""The most show-houses offered as where to go."""


@dataclass(frozen=True, slots=True)
class TripFacts:
    """What the form of a trip begins with: the trip, who works here, show-houses that may be seen."""

    trip: Trip
    leaves: str = ""
    """When it leaves, as it is typed."""
    driver: str = ""
    staff: tuple[StaffMember, ...] = ()
    houses: tuple[str, ...] = ()


def read_trip(desk: Desk, trip: Trip) -> TripFacts:
    """Read what the form of a trip needs; runs in a thread."""
    from deskapp.services.registers import show_houses

    with desk.read() as work:
        trip = work.bus_trips.find(trip.id) if trip.id else trip
        everybody = work.staff.all()
    driver = next((one.name for one in everybody if one.id == trip.driver_id), "")
    leaves = desk.local(trip.leaves_at).format("YYYY-MM-DD HH:mm") if trip.leaves_at else ""
    here = tuple(one for one in everybody if one.left_on is None)
    return TripFacts(trip, leaves, driver, here, tuple(show_houses(desk, ROUTES)))


class TripDialog(FormDialog):
    """When the bus leaves, where to, with how many seats, who drives it."""

    SCREEN_ID, TITLE_CODE, ROWS = "bus_trip", "bus.trip.title", ("S5", "S6")
    FIELD_OF: ClassVar = {
        "bus.route_missing": "route",
        "bus.leaves_missing": "leaves_at",
        "bus.leaves_past": "leaves_at",
        "bus.departed": "leaves_at",
        "bus.seats_wrong": "seats",
        "bus.seats_booked": "seats",
    }

    def __init__(self, facts: TripFacts) -> None:
        self.facts = facts
        trip = facts.trip
        given = {
            "leaves_at": facts.leaves,
            "route.text": trip.route,
            "route": None,
            "seats": str(trip.seats or ""),
            "driver": trip.driver_id,
            "driver.text": facts.driver,
            "plate": trip.plate,
        }
        super().__init__(f"bus-trip-{trip.id or 'new'}", given)

    def fields(self) -> Iterable[Widget]:
        """Few lines, in the order people say them."""
        yield TextField(
            "leaves_at",
            "bus.field.leaves_at",
            max_length=30,
            required=True,
            placeholder_code="bus.leaves_hint",
        )
        yield PickField(
            "route",
            "bus.field.route",
            self._routes,
            free=True,
            required=True,
            placeholder_code="bus.route_hint",
        )
        yield TextField("seats", "bus.field.seats", max_length=3, required=True)
        yield PickField("driver", "bus.field.driver", self._people, placeholder_code="site.form.person_hint")
        yield TextField("plate", "bus.field.plate", max_length=20)

    def _routes(self, typed: str) -> list[Choice]:
        """Show-houses that may be seen."""
        return [Choice(one, shown(one)) for one in self.facts.houses if typed.lower() in one.lower()]

    def _people(self, typed: str) -> list[Choice]:
        return staff_choices(self.facts.staff, "driver", typed)

    def wrong(self, values: Values) -> dict[str, str]:
        """The time is one to come, the seats a number, the driver one of the staff."""
        wrong = {name: words for name, words in super().wrong(values).items() if name != "route"}
        if not values["route.text"].strip():
            wrong["route"] = say("form.missing")
        if values["leaves_at"] and self._leaves(self.desk, values) is None:
            wrong["leaves_at"] = say("bus.leaves_wrong")
        if values["seats"] and not values["seats"].isdecimal():
            wrong["seats"] = say("form.whole_number")
        if values["driver"] is None and values["driver.text"]:
            wrong["driver"] = say("site.form.nobody")
        return wrong

    def _leaves(self, desk: Desk, values: Values) -> DateTime | None:
        """When it leaves; the time it had is right even when it is past."""
        if values["leaves_at"] == self.facts.leaves:
            return self.facts.trip.leaves_at
        return read_time(values["leaves_at"], desk.now(), desk.policy.timezone)

    def save(self, desk: Desk, values: Values) -> Trip:
        """Store what was typed."""
        from deskapp.services import bus

        trip = replace(
            self.facts.trip,
            leaves_at=self._leaves(desk, values),
            route=values["route.text"],
            seats=int(values["seats"] or 0),
            driver_id=values["driver"],
            plate=values["plate"],
        )
        return bus.save_trip(desk, trip, key=values.get("submission", ""))


@dataclass(frozen=True, slots=True)
class BookingFacts:
    """What the form of a booking begins with: the trip with its seats, the booking, whose it is."""

    row: TripRow
    booking: Booking
    client: str = ""
    pick_up: str = ""
    """Where they get on; for a new booking where the client lives, or builds."""


def read_booking(desk: Desk, trip_id: int, booking: Booking, site_id: int | None = None) -> BookingFacts:
    """Read what the form of a booking needs; runs in a thread."""
    with desk.read() as work:
        booking = work.bus_bookings.find(booking.id) if booking.id else booking
        row = work.bus_trips.rows([work.bus_trips.find(trip_id)])[0]
        client, site = work.clients.get(booking.client_id or None), work.sites.get(site_id)
    near = (client.address if client else "") or (site.estate if site else "")
    return BookingFacts(row, booking, client.name if client else "", booking.pick_up if booking.id else near)


class BookingDialog(FormDialog):
    """Seats on a trip for a client: how many, where they get on."""

    SCREEN_ID, TITLE_CODE, ROWS = "bus_booking", "bus.booking.title", ("S5",)
    FIELD_OF: ClassVar = {"bus.seats_none": "seats", "bus.full": "seats", "bus.booked_already": "client"}

    def __init__(self, facts: BookingFacts) -> None:
        self.facts = facts
        booking = facts.booking
        given = {
            "client": booking.client_id or None,
            "client.text": paint.client_name(facts.client) if booking.client_id else "",
            "seats": str(booking.seats),
            "pick_up": facts.pick_up,
            "note": booking.note,
        }
        about = booking.id or f"{facts.row.trip.id}-of-{booking.client_id or 'new'}"
        super().__init__(f"bus-booking-{about}", given)

    def fields(self) -> Iterable[Widget]:
        """Who, how many, where, what else."""
        if not self.facts.booking.client_id:
            yield PickField(
                "client",
                "bus.field.client",
                lambda typed: ClientLookup(self.desk)(typed),
                required=True,
                placeholder_code="handoff.client_hint",
            )
        yield TextField("seats", "bus.field.booked", max_length=3, required=True)
        yield TextField("pick_up", "bus.field.pick_up", max_length=200)
        yield TextField("note", "bus.field.note", max_length=200)

    def ready(self) -> None:
        """Say which trip it is, whose seats, and how many are left."""
        super().ready()
        row = self.facts.row
        panel = self.query_one(".dialog", Panel)
        panel.entitle(when=lists.leaves(self.desk, row.trip), route=row.trip.route[:30])
        who = paint.client_name(self.facts.client) if self.facts.booking.client_id else ""
        panel.whisper("  ".join(filter(None, (who, lists.seat_words(row)))))

    def wrong(self, values: Values) -> dict[str, str]:
        """The client is one of the files, the seats are a number."""
        wrong = super().wrong(values)
        if values.get("client") is None and values.get("client.text"):
            wrong["client"] = say("handoff.no_client")
        if values["seats"] and not values["seats"].isdecimal():
            wrong["seats"] = say("form.whole_number")
        return wrong

    def save(self, desk: Desk, values: Values) -> Booking:
        """Keep the seats."""
        from deskapp.services import bus

        booking = replace(
            self.facts.booking,
            trip_id=self.facts.row.trip.id,
            client_id=values.get("client") or self.facts.booking.client_id,
            seats=int(values["seats"]),
            pick_up=values["pick_up"],
            note=values["note"],
        )
        return bus.change(desk, booking) if booking.id else bus.book(desk, booking, key=values["submission"])


class ReportDialog(FormDialog):
    """The viewing report: what the console knows is written already, the rest is added."""

    SCREEN_ID, TITLE_CODE, ROWS = "bus_report", "bus.report.title", ("S5", "R1")
    FIELD_OF: ClassVar = {"bus.report_long": "report"}
    DEFAULT_CSS = """
    ReportDialog .dialog { width: 96; }
    """

    def __init__(self, trip: Trip, draft: str) -> None:
        self.trip = trip
        super().__init__(f"bus-report-{trip.id}", {"report": trip.report or draft})

    def fields(self) -> Iterable[Widget]:
        """The words."""
        yield LongField("report", lines=14)

    def ready(self) -> None:
        """Say which trip it is of."""
        super().ready()
        self.query_one(".dialog", Panel).entitle(number=self.trip.number)


class CancelDialog(FormDialog):
    """Why a trip is called off, and whether those who booked are called."""

    SCREEN_ID, TITLE_CODE, ROWS = "bus_cancel", "bus.cancel.title", ("S5", "C1")
    FIELD_OF: ClassVar = {"bus.why_missing": "why"}

    def __init__(self, row: TripRow) -> None:
        self.row = row
        super().__init__(f"bus-cancel-{row.trip.id}", {"why": "", "call": True})

    def fields(self) -> Iterable[Widget]:
        """The reason, and whether they are called."""
        yield TextField("why", "bus.cancel.why", max_length=150, required=True)
        yield ChoiceField("call", "bus.cancel.call", yes_no())

    def ready(self) -> None:
        """Say which trip it is and whom it touches."""
        super().ready()
        panel = self.query_one(".dialog", Panel)
        panel.entitle(number=self.row.trip.number, when=lists.leaves(self.desk, self.row.trip))
        panel.whisper(say("bus.cancel.touches", clients=self.row.clients, seats=self.row.taken))


class GiveBackDialog(DeskDialog[bool]):
    """Whether a booking is taken back; y does it."""

    SCREEN_ID, TITLE_CODE, ROWS = "bus_give_back", "bus.give_back.title", ("S5",)
    BINDINGS: ClassVar[list[BindingType]] = [Binding("y", "yes", id="bus_give_back.yes")]

    def __init__(self, row: BookingRow) -> None:
        super().__init__()
        self.row = row

    def body(self) -> Iterable[Widget]:
        """Whose seats."""
        from deskapp.widgets.lines import Lines

        who = paint.client_name(self.row.client)
        yield Lines([Content(say("bus.give_back.ask", name=who, seats=self.row.booking.seats))], grow=True)

    def action_yes(self) -> None:
        """Take it back."""
        self.dismiss(True)


class TripChoice(DeskDialog[int]):
    """On which of the trips to come seats are booked: Enter or a digit takes one."""

    SCREEN_ID, TITLE_CODE, ROWS = "bus_choice", "bus.choice.title", ("S5",)
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding(str(n), f"take({n})", show=False, system=True, id=f"site_choice.{n}") for n in range(1, 10)
    ]
    DEFAULT_CSS = """
    TripChoice .dialog { width: 96; }
    TripChoice RecordTable { height: auto; max-height: 14; }
    """

    def __init__(self, desk: Desk, trips: Sequence[TripRow]) -> None:
        super().__init__()
        self.trips = tuple(trips)
        columns = lists.trip_columns(desk)
        kept = [one for one in columns if one.id in ("when", "route", "seats")]
        self.table = RecordTable(
            [Column("digit", "", 1, self._digit), *kept],
            source=ListSource(self.trips, key=lambda row: row.trip.id),
        )

    def _digit(self, row: TripRow, _: PaintContext) -> Content:
        place = self.trips.index(row) + 1
        return Content.styled(str(place) if place < 10 else "", "bold $primary")

    def body(self) -> Iterable[Widget]:
        """The trips."""
        yield self.table

    def ready(self) -> None:
        """Let the arrows work."""
        self.table.focus()

    def action_take(self, place: int) -> None:
        """Take the trip with this digit."""
        if place <= len(self.trips):
            self.dismiss(self.trips[place - 1].trip.id)

    def on_record_table_chosen(self, message: RecordTable.Chosen) -> None:
        """Take the trip under the cursor."""
        chosen: Any = message.record
        self.dismiss(chosen.trip.id)
