"""How trips of the viewing bus and their passengers are painted (row S5)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual.content import Content

from deskapp.domain.bus import CANCELLED
from deskapp.i18n import say
from deskapp.screens import paint
from deskapp.widgets import painting, signs
from deskapp.widgets.record_table import Column, PaintContext

if TYPE_CHECKING:
    from deskapp.desk import Desk
    from deskapp.domain.bus import BookingRow, Outcome, Share, Trip, TripRow

BAR = 10
FEW = 3
"""Seats left that are few."""


def leaves(desk: Desk, trip: Trip) -> str:
    """When a trip leaves, with its weekday."""
    if trip.leaves_at is None:
        return ""
    local, now = desk.local(trip.leaves_at), desk.local(desk.now())
    day = local.format("MM-DD" if local.year == now.year else "YY-MM-DD")
    return f"{day} {say(f'bus.weekday.{local.isoweekday()}')} {local.format('HH:mm')}"


def seat_words(row: TripRow) -> str:
    """How many seats are taken and left, in words."""
    if row.left:
        return say("bus.taken", taken=row.taken, seats=row.trip.seats, left=row.left)
    return say("bus.taken_all", taken=row.taken, seats=row.trip.seats)


def seats_bar(row: TripRow) -> Content:
    """Seats taken and left as a bar, with the words beside it."""
    seats = max(1, row.trip.seats)
    filled = min(BAR, -(-BAR * row.taken // seats))
    tone = "$error" if not row.left else "$warning" if row.left <= FEW else "$success"
    return Content.assemble(
        (signs.sign("full") * filled, tone),
        (signs.sign("rest") * (BAR - filled), "$text-disabled"),
        " ",
        (seat_words(row), tone if row.left <= FEW else ""),
    )


def trip_columns(desk: Desk) -> list[Column]:
    """When, where to, the seats, who drives, how it stands."""

    def left_already(row: TripRow) -> bool:
        return row.trip.departed(desk.now())

    def when(row: TripRow, _: PaintContext) -> Content:
        gone = left_already(row) or row.trip.state == CANCELLED
        return Content.styled(leaves(desk, row.trip), "$text-muted" if gone else "bold")

    def route(row: TripRow, _: PaintContext) -> Content:
        style = "strike $text-muted" if row.trip.state == CANCELLED else ""
        return painting.safe(" ".join(row.trip.route.split()), style)

    def state(row: TripRow, _: PaintContext) -> Content:
        if row.trip.state == CANCELLED:
            return Content.styled(f"{signs.sign('missed')} {say('bus.state.cancelled')}", "$error")
        if not left_already(row):
            return Content.styled(say("bus.state.planned"), "$primary")
        if row.came or row.absent:
            unmarked = row.clients - row.came - row.absent
            words = say("bus.came_of", came=row.came, clients=row.clients)
            return Content.styled(words, "$warning" if unmarked else "$success")
        return Content.styled(say("bus.state.departed"), "$text-muted")

    def report(row: TripRow, _: PaintContext) -> Content:
        if row.trip.report or row.trip.state == CANCELLED or not left_already(row):
            return Content.styled(signs.sign("met") if row.trip.report else "", "$success")
        return Content.styled(f"{signs.sign('missed')} {say('bus.no_report')}", "$warning")

    return [
        Column("when", "bus.column.when", 16, when),
        Column("number", "bus.column.number", 16, _number, min_terminal=130),
        Column("route", "bus.column.route", None, route),
        Column("seats", "bus.column.seats", 26, lambda row, _: seats_bar(row)),
        Column("driver", "bus.column.driver", 16, _driver, min_terminal=110),
        Column("state", "bus.column.state", 9, state),
        Column("report", "bus.column.report", 8, report, min_terminal=96),
    ]


def _number(row: TripRow, _: PaintContext) -> Content:
    return painting.safe(row.trip.number, "$text-muted")


def _driver(row: TripRow, _: PaintContext) -> Content:
    return painting.safe(f"{row.driver} {row.trip.plate}".strip(), "$text-muted")


def passenger_columns(desk: Desk) -> list[Column]:
    """Who, the number to call, where they get on, seats, came or not, who brought them, the note."""

    def came(row: BookingRow, _: PaintContext) -> Content:
        if row.booking.came is None:
            return Content.styled(say("bus.came.unknown"), "$text-muted")
        if row.booking.came:
            return Content.styled(f"{signs.sign('met')} {say('bus.came.yes')}", "$success")
        return Content.styled(f"{signs.sign('missed')} {say('bus.came.no')}", "$warning")

    def seats(row: BookingRow, _: PaintContext) -> Content:
        return Content(str(row.booking.seats))

    def people(row: BookingRow, _: PaintContext) -> Content:
        return painting.safe(" ".join(filter(None, (row.designer, row.consultant))), "$text-muted")

    return [
        Column("client", "bus.column.client", 10, _client),
        Column("phone", "bus.column.phone", 14, lambda row, _: painting.safe(paint.number(desk, row.phone))),
        Column("pick_up", "bus.column.pick_up", None, lambda row, _: painting.safe(row.booking.pick_up)),
        Column("seats", "bus.column.seats_booked", 4, seats, align="right"),
        Column("came", "bus.column.came", 8, came),
        Column("people", "bus.column.people", 14, people),
        Column("note", "bus.column.note", 20, _note, min_terminal=104),
    ]


def _client(row: BookingRow, _: PaintContext) -> Content:
    return painting.safe(paint.client_name(row.client), "bold")


def _note(row: BookingRow, _: PaintContext) -> Content:
    return painting.safe(" ".join(row.booking.note.split()), "$text-muted")


def draft_report(desk: Desk, row: TripRow, found: Outcome) -> str:
    """The viewing report as the console can write it: what was booked, who came, by designer and consultant."""
    trip, all_ = row.trip, found.total
    when = desk.local(trip.leaves_at).format("YYYY-MM-DD HH:mm") if trip.leaves_at else ""
    lines = [
        say("bus.report.head", number=trip.number, when=when, route=trip.route),
        say("bus.report.driver", driver=row.driver or "-", plate=trip.plate or "-"),
        say("bus.report.all", clients=all_.clients, seats=all_.seats, of=trip.seats),
        say("bus.report.came", came=all_.came, absent=all_.absent, unmarked=all_.unmarked),
    ]
    if found.absent:
        names = say("cli.list_comma").join(paint.client_name(name) for name in found.absent)
        lines.append(say("bus.report.absent", names=names))
    for code, shares in (("designer", found.designers), ("consultant", found.consultants)):
        lines += [_share_line(code, name, share) for name, share in sorted(shares.items())]
    return "\n".join([*lines, "", say("bus.report.words"), ""])


def _share_line(trade: str, name: str, share: Share) -> str:
    who = f"{say(f'staff.trade.{trade}')} {name}"
    return say("bus.report.share", who=who, clients=share.clients, seats=share.seats, came=share.came)
