"""The viewing bus: trips to come and gone, who sits in them, who came, the report (row S5; text 4, 1.3.3)."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any, ClassVar

from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.widget import Widget

from deskapp.domain.bus import Booking, BookingRow, Trip, TripRow
from deskapp.domain.errors import RuleBroken
from deskapp.i18n import say
from deskapp.screens import bus_forms as forms
from deskapp.screens import bus_lists as lists
from deskapp.screens import paint
from deskapp.screens.base import DeskScreen, Panel
from deskapp.screens.form_dialog import Editing, edit
from deskapp.screens.paged import Listing
from deskapp.services import bus
from deskapp.widgets.record_table import ListSource, RecordTable

if TYPE_CHECKING:
    from deskapp.domain.call import Call
    from deskapp.screens.base import Framed
    from deskapp.screens.record_form import Values

LISTS = ("coming", "past")


class BusScreen(Editing, Listing, DeskScreen[None]):
    """Trips above with their seats, the passengers of the highlighted one below."""

    PLACE, SCREEN_ID, ROWS = "more", "bus", ("S5",)
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("b", "book", id="bus.book"),
        Binding("c", "came", id="bus.came"),
        Binding("r", "report", id="bus.report"),
        Binding("n", "add", id="bus.add"),
        Binding("e", "edit", id="bus.edit"),
        Binding("x", "cancel", id="bus.cancel"),
        Binding("f", "turn", id="bus.turn"),
        Binding("o", "client", id="bus.client"),
        Binding("escape", "back", id="back"),
    ]
    DEFAULT_CSS = """
    BusScreen #bus-high { height: 2fr; }
    BusScreen #bus-low { height: 3fr; }
    """

    def __init__(self) -> None:
        super().__init__()
        self.which = LISTS[0]
        """The list shown."""
        self.trips = RecordTable((), empty_code="bus.none", id="bus-trips")
        self.seats = RecordTable((), empty_code="bus.nobody", id="bus-seats")
        self.high = Panel("bus.title", self.trips)
        self.low = Panel("bus.passengers", self.seats)

    def body(self) -> Iterable[Widget]:
        """Trips above, passengers below."""
        yield Vertical(self.high, id="bus-high")
        yield Vertical(self.low, id="bus-low")

    def ready(self) -> None:
        """Show the trips to come."""
        self.trips.columns = lists.trip_columns(self.desk)
        self.seats.columns = lists.passenger_columns(self.desk)
        self.seats.source = ListSource([], key=lambda row: row.booking.id)
        self.trips.focus()
        self._list()

    def changed(self) -> None:
        """Read anew; the cursors stay."""
        if self.app.desk is not None and self.app.desk.operator is not None:
            self.trips.refresh_rows()
            self._read_seats()

    def relabel(self) -> None:
        """Say everything again."""
        super().relabel()
        if self.app.desk is not None and self.app.desk.operator is not None:
            self.trips.columns = lists.trip_columns(self.desk)
            self.seats.columns = lists.passenger_columns(self.desk)
            self._titles()

    def _list(self) -> None:
        self.trips.source = bus.TripsListed(self.desk, self.which)
        self._titles()

    def _titles(self) -> None:
        count = self.trips.row_count
        self.high.entitle(which=say(f"bus.list.{self.which}"), count="" if count is None else count)
        row: TripRow | None = self.trips.selected
        self.low.entitle(
            when=lists.leaves(self.desk, row.trip) if row else "", route=row.trip.route if row else ""
        )
        self.low.whisper(lists.seat_words(row) if row else "")

    def on_record_table_highlighted(self, message: RecordTable.Highlighted) -> None:
        """Show who sits in the trip under the cursor."""
        if message.table is self.trips:
            self._titles()
            self._read_seats()

    def _read_seats(self) -> None:
        row: TripRow | None = self.trips.selected
        desk, trip_id = self.desk, row.trip.id if row is not None else 0
        self.ask(lambda: bus.passengers(desk, trip_id) if trip_id else [], self._show_seats, group="seats")

    def _show_seats(self, rows: list[BookingRow]) -> None:
        source = self.seats.source
        if isinstance(source, ListSource):
            source.replace(rows)
            self.seats.refresh_rows()
        self._titles()

    def on_record_table_counted(self, message: RecordTable.Counted) -> None:
        """A list knows its length."""
        self._titles()
        if message.table is self.trips and not message.count:
            self._show_seats([])

    def on_record_table_chosen(self, message: RecordTable.Chosen) -> None:
        """Enter on a trip goes to its passengers; on a passenger it opens the booking."""
        if message.table is self.trips:
            self.seats.focus()
        else:
            self.action_edit()

    def _trip(self) -> Trip | None:
        row: TripRow | None = self.trips.selected
        return row.trip if row is not None else None

    def _seat(self) -> BookingRow | None:
        found: BookingRow | None = self.seats.selected
        return found

    def action_add(self) -> None:
        """Lay on a trip."""
        if self.may("bus.save"):
            self._write_trip(Trip())

    def action_edit(self) -> None:
        """Change the booking under the cursor, or the trip."""
        trip, seat = self._trip(), self._seat()
        if not self.may("bus.save") or trip is None:
            return
        if not self.seats.has_focus:
            self._write_trip(trip)
        elif seat is not None:
            book(self, trip.id, seat.booking)

    def _write_trip(self, trip: Trip) -> None:
        desk = self.desk
        made: list[forms.TripDialog] = []

        def make(facts: forms.TripFacts) -> forms.TripDialog:
            made.append(forms.TripDialog(facts))
            return made[-1]

        def opened(facts: forms.TripFacts) -> None:
            self.edit(
                facts,
                make,
                lambda _, values: made[-1].save(desk, values),
                lambda: forms.read_trip(desk, trip),
                then=lambda stored: self.app.say("bus.saved", number=stored.number),
            )

        self.ask(lambda: forms.read_trip(desk, trip), opened, group="edit")

    def action_book(self) -> None:
        """Keep seats on the trip under the cursor for a client."""
        trip = self._trip()
        if trip is not None and self.may("bus.save") and self._is_open(trip):
            book(self, trip.id, Booking(trip_id=trip.id))

    def _is_open(self, trip: Trip) -> bool:
        from deskapp.domain.bus import check_open

        try:
            check_open(trip, self.desk.now())
        except RuleBroken as error:
            self.app.tell(error)
            return False
        return True

    def action_came(self) -> None:
        """Came, did not come, nobody knows: for the passenger under the cursor."""
        seat, desk = self._seat(), self.desk
        if seat is None or not self.may("bus.save"):
            return
        came = {None: True, True: False, False: None}[seat.booking.came]

        def marked(_: Booking) -> None:
            if came is True and self.seats.has_focus:
                self.seats.action_move(1)

        self.act(lambda: bus.mark(desk, seat.booking, came), marked)

    def action_report(self) -> None:
        """Write the viewing report; what is known is in it already."""
        row: TripRow | None = self.trips.selected
        if row is None or not self.may("bus.save"):
            return
        desk, seen = self.desk, row

        def read() -> tuple[TripRow, str]:
            with desk.read() as work:
                fresh = work.bus_trips.rows([work.bus_trips.find(seen.trip.id)])[0]
            return fresh, lists.draft_report(desk, fresh, bus.outcome(desk, fresh.trip.id))

        def opened(found: tuple[TripRow, str]) -> None:
            self.edit(
                found,
                lambda facts: forms.ReportDialog(facts[0].trip, facts[1]),
                lambda facts, values: bus.report(desk, facts[0].trip, values["report"]),
                read,
                then=lambda stored: self.app.say("bus.report.kept", number=stored.number),
            )

        self.ask(read, opened, group="edit")

    def action_cancel(self) -> None:
        """Take the booking under the cursor back; or call the trip off."""
        trip, seat = self._trip(), self._seat()
        if trip is None or not self.may("bus.save") or not self._is_open(trip):
            return
        if self.seats.has_focus:
            if seat is not None:
                self.app.push_screen(forms.GiveBackDialog(seat), lambda yes: self._give_back(seat, yes))
        else:
            self._call_off()

    def _give_back(self, seat: BookingRow, yes: bool | None) -> None:
        desk = self.desk
        if yes:
            name = paint.client_name(seat.client)
            self.act(
                lambda: bus.give_back(desk, seat.booking), lambda _: self.app.say("bus.given_back", name=name)
            )

    def _call_off(self) -> None:
        row: TripRow | None = self.trips.selected
        if row is None:
            return
        desk, seen = self.desk, row

        def save(facts: TripRow, values: Values) -> list[Call]:
            return bus.cancel(desk, facts.trip, values["why"], call=values["call"] is not False)

        def done(calls: list[Call]) -> None:
            self.app.say("bus.called_off", number=seen.trip.number, calls=len(calls))

        self.edit(seen, forms.CancelDialog, save, lambda: seen, then=done)

    def action_turn(self) -> None:
        """Show the trips before today, or those from today on."""
        self.which = LISTS[(LISTS.index(self.which) + 1) % len(LISTS)]
        self._list()

    def action_client(self) -> None:
        """Open the history of the passenger."""
        seat = self._seat()
        if seat is not None:
            self.app.open_client(seat.booking.client_id)

    def action_back(self) -> None:
        """From the passengers to the trips; from the past to what comes; then to the queue."""
        if self.seats.has_focus:
            self.trips.focus()
        elif self.which != LISTS[0]:
            self.action_turn()
        else:
            self.app.go("queue")

    def context(self) -> dict[str, Any]:
        """Whom a new complaint is about: the passenger under the cursor."""
        seat = self._seat()
        return {"client_id": seat.booking.client_id} if seat is not None and self.seats.has_focus else {}


def book(screen: Framed, trip_id: int, booking: Booking, site_id: int | None = None) -> None:
    """Ask how many seats, and keep them; or change them."""
    desk = screen.desk
    made: list[forms.BookingDialog] = []

    def read() -> forms.BookingFacts:
        return forms.read_booking(desk, trip_id, booking, site_id)

    def make(facts: forms.BookingFacts) -> forms.BookingDialog:
        made.append(forms.BookingDialog(facts))
        return made[-1]

    def done(stored: Booking) -> None:
        screen.app.say("bus.booked", number=made[-1].facts.row.trip.number, seats=stored.seats)

    def opened(facts: forms.BookingFacts) -> None:
        edit(screen, facts, make, lambda _, values: made[-1].save(desk, values), read, then=done)

    screen.ask(read, opened, group="edit")


def book_seats(screen: Framed, client_id: int, site_id: int | None) -> None:
    """Keep seats for a client on one of the trips to come; asked which, when there are several with seats."""
    desk = screen.desk

    def chosen(trip_id: int | None) -> None:
        if trip_id is not None:
            book(screen, trip_id, Booking(trip_id=trip_id, client_id=client_id), site_id)

    def opened(rows: list[TripRow]) -> None:
        free = [row for row in rows if row.left]
        if not free:
            screen.app.say("bus.none_free")
        elif len(free) == 1:
            chosen(free[0].trip.id)
        else:
            screen.app.push_screen(forms.TripChoice(desk, free), chosen)

    screen.ask(lambda: bus.to_come(desk), opened, group="trips")
