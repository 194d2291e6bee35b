"""The viewing report: trips of a month or a day, who booked, who came, what they said (row S5; text 4, 1.3.3)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from deskapp.domain import bus
from deskapp.domain.document import Block, Cell, Chart, Document, Facts, Table, Words
from deskapp.i18n import say
from deskapp.services.papers.registry import kind_of
from deskapp.services.papers.words import paper, part

if TYPE_CHECKING:
    from collections.abc import Mapping

    from deskapp.desk import Desk
    from deskapp.domain.bus import BookingRow, Share, TripRow
    from deskapp.domain.period import Period
    from deskapp.repository.work import Work

MOST_TRIPS = 200


def month(desk: Desk, work: Work, period: Period) -> Document:
    """Make the viewing report of a month."""
    return paper(desk, kind_of("viewing_monthly"), period, *_blocks(desk, work, period), part("suggestions"))


def day(desk: Desk, work: Work, period: Period) -> Document:
    """Make the viewing report of the trips of a day, with everybody on them."""
    trips = _trips(desk, work, period)
    lists = [_passengers(row, _booked(work, row)) for row in trips if row.trip.state != bus.CANCELLED]
    return paper(desk, kind_of("viewing_day"), period, *_blocks(desk, work, period), *lists)


def _trips(desk: Desk, work: Work, period: Period) -> list[TripRow]:
    return work.paper_counts.trips(*period.bounds(desk.policy.timezone), MOST_TRIPS)


def _booked(work: Work, row: TripRow) -> list[BookingRow]:
    return work.bus_bookings.rows(work.bus_bookings.of(row.trip.id))


def _blocks(desk: Desk, work: Work, period: Period) -> list[Block]:
    trips = _trips(desk, work, period)
    ran = [row for row in trips if row.trip.state != bus.CANCELLED]
    whole = bus.outcome([one for row in ran for one in _booked(work, row)])
    total, left = whole.total, [row for row in ran if row.trip.departed(work.now)]
    facts = Facts(
        (
            (say("paper_parts.trips"), str(len(ran))),
            (say("paper_parts.cancelled"), str(len(trips) - len(ran))),
            (say("paper_parts.booked"), str(total.clients)),
            (say("paper_parts.came"), str(total.came)),
            (say("paper_parts.absent"), str(total.absent)),
            (say("paper_parts.came_rate"), _rate_words(total)),
        ),
        across=3,
    )
    reports = [
        Words(row.trip.report, caption=say("paper_parts.trip_report", number=row.trip.number))
        for row in ran
        if row.trip.report
    ]
    chart = Chart(
        "bars",
        tuple(_when(desk, row) for row in left[-20:]),
        tuple(float(row.came) for row in left[-20:]),
        caption=say("paper_parts.caption.came"),
    )
    return [
        facts,
        _table(desk, trips),
        *([chart] if left else []),
        _shares("designer", whole.designers),
        _shares("consultant", whole.consultants),
        *reports,
        part("summary"),
    ]


def _rate(share: Share) -> float | None:
    told = share.came + share.absent
    return share.came / told if told else None


def _rate_words(share: Share) -> str:
    rate = _rate(share)
    return "-" if rate is None else f"{rate:.1%}"


def _when(desk: Desk, row: TripRow) -> str:
    return desk.local(row.trip.leaves_at).format("MM-DD HH:mm") if row.trip.leaves_at else ""


def _table(desk: Desk, trips: list[TripRow]) -> Table:
    columns = ("leaves", "number", "route", "driver", "seats_of", "booked", "came", "absent", "state")
    now = desk.now()

    def state(row: TripRow) -> str:
        if row.trip.state == bus.CANCELLED:
            return say("bus.state.cancelled")
        return say("bus.state.departed") if row.trip.departed(now) else say("bus.state.planned")

    rows: tuple[tuple[Cell, ...], ...] = tuple(
        (
            _when(desk, row),
            row.trip.number,
            row.trip.route,
            row.driver,
            f"{row.taken}/{row.trip.seats}",
            row.clients,
            row.came,
            row.absent,
            state(row),
        )
        for row in trips
    )
    return Table(
        tuple(say(f"paper_parts.column.{name}") for name in columns),
        rows,
        caption=say("paper_parts.caption.trips", count=len(trips)),
        widths=(12, 21, 18, 8, 9, 7, 7, 7, 8),
        formats=("", "", "", "", "", "count", "count", "count", ""),
        note=say("paper_parts.note.trips"),
    )


def _shares(role: str, shares: Mapping[str, Share]) -> Table:
    """Bookings and who came by designer, or by consultant, the most bookings first."""
    ordered = sorted(shares.items(), key=lambda pair: (-pair[1].clients, pair[0]))
    columns = (role, "booked", "seats_of", "came", "absent", "came_rate")
    return Table(
        tuple(say(f"paper_parts.column.{name}") for name in columns),
        tuple((name, one.clients, one.seats, one.came, one.absent, _rate(one)) for name, one in ordered),
        caption=say("paper_parts.caption.shares", role=say(f"paper_parts.column.{role}")),
        formats=("", "count", "count", "count", "count", "percent"),
        note=say("paper_parts.note.came_rate"),
    )


def _passengers(row: TripRow, booked: list[BookingRow]) -> Table:
    columns = ("client", "seats_of", "pick_up", "designer", "consultant", "state", "remark")
    names = {True: "bus.came.yes", False: "bus.came.no", None: "bus.came.unknown"}
    return Table(
        tuple(say(f"paper_parts.column.{name}") for name in columns),
        tuple(
            (
                one.client,
                one.booking.seats,
                one.booking.pick_up,
                one.designer,
                one.consultant,
                say(names[one.booking.came]),
                one.booking.note,
            )
            for one in booked
        ),
        caption=say("paper_parts.caption.passengers", number=row.trip.number, route=row.trip.route),
        widths=(10, 6, 18, 10, 10, 8, 22),
    )
