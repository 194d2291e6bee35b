"""Parts of papers about sites: the week's count, control points, money, inspections, rectifications (S1-S3, R1)."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from deskapp.domain.address import full_address
from deskapp.domain.document import Cell, Facts, Table
from deskapp.domain.site import MILESTONES, PAYMENTS, STAGES
from deskapp.i18n import say
from deskapp.services import sites
from deskapp.services.papers.parts import MOST_LINES, counted, more
from deskapp.services.planning import today_of

if TYPE_CHECKING:
    from datetime import date

    from deskapp.desk import Desk
    from deskapp.domain.inspection import InspectionRow
    from deskapp.domain.period import Period
    from deskapp.domain.rows import TicketRow
    from deskapp.domain.site import Due
    from deskapp.repository.work import Work

FEN = 100


def week_sites(desk: Desk, period: Period) -> Table:
    """The department's count of the week (text 4, 3.3.9): sites in progress, mid-term and final payments due."""
    counts = sites.week_counts(desk, period.first)

    def due(kind: str, one: Due) -> tuple[Cell, ...]:
        return (
            say("paper_parts.to_pay", kind=say(f"site.payment.{kind}")),
            one.sites,
            one.overdue,
            one.amount / FEN,
        )

    columns = ("what", "sites", "owed_before", "amount")
    return Table(
        tuple(say(f"paper_parts.column.{name}") for name in columns),
        (
            (say("paper_parts.running"), counts.running, None, None),
            due("midterm", counts.midterm),
            due("final", counts.final),
        ),
        caption=say("paper_parts.caption.week_sites"),
        formats=("", "count", "count", "yuan"),
        note=say("paper_parts.note.week_sites"),
    )


def stages(work: Work) -> Table:
    """How many sites stand at each stage today."""
    found = work.sites.count_by_stage()
    rows = tuple((say(f"site.stage.{stage}"), found[stage]) for stage in STAGES if found.get(stage))
    return counted(("stage", "sites"), rows, "stages")


def month_sites(work: Work, period: Period) -> Facts:
    """Sites in progress, begun and completed within days, and what inspections found."""
    begun, done = work.paper_counts.begun_and_completed(period.first, period.last)
    looked = work.paper_counts.inspections(period.first, period.last)
    running = work.sites.running_since(period.first, period.last)
    rate = "-" if looked.rate is None else f"{looked.rate:.1%}"
    return Facts(
        (
            (say("paper_parts.running"), str(running)),
            (say("paper_parts.begun"), str(begun)),
            (say("paper_parts.completed"), str(done)),
            (say("paper_parts.inspections"), str(looked.made)),
            (say("paper_parts.inspected_sites"), str(looked.sites)),
            (say("paper_parts.passed"), rate),
        ),
        across=3,
    )


def control_points(work: Work, period: Period) -> Table:
    """Control points planned and reached within days."""
    found = work.paper_counts.milestones(period.first, period.last)
    rows = tuple(
        (say(f"site.milestone.{kind}"), one.planned, one.in_time, one.late, one.waiting, one.reached)
        for kind in MILESTONES
        if (one := found.get(kind)) is not None
    )
    columns = ("milestone", "planned", "in_time", "late", "waiting", "reached")
    return counted(columns, rows, "milestones", note=say("paper_parts.note.milestones"))


def money(work: Work, period: Period) -> Table:
    """Payments due and paid within days, in yuan."""
    found = work.paper_counts.payments(period.first, period.last)
    rows = tuple(
        (say(f"site.payment.{kind}"), one.due, one.due_fen / FEN, one.paid, one.paid_fen / FEN)
        for kind in PAYMENTS
        if (one := found.get(kind)) is not None
    )
    all_of = list(found.values())
    fen = sum(one.due_fen for one in all_of), sum(one.paid_fen for one in all_of)
    counts = sum(one.due for one in all_of), sum(one.paid for one in all_of)
    columns = ("payment", "due", "due_yuan", "paid", "paid_yuan")
    return Table(
        tuple(say(f"paper_parts.column.{name}") for name in columns),
        rows,
        caption=say("paper_parts.caption.money"),
        total=(say("paper_parts.total"), counts[0], fen[0] / FEN, counts[1], fen[1] / FEN) if rows else (),
        formats=("", "count", "yuan", "count", "yuan"),
        note=say("paper_parts.note.money"),
    )


def inspected(work: Work, period: Period) -> Facts:
    """The inspections of the days in figures: at least one a week on every running site."""
    looked = work.paper_counts.inspections(period.first, period.last)
    missing = work.paper_counts.sites_not_inspected(period.first, period.last)
    rate = "-"
    if looked.rate is not None:
        rate = say("paper_parts.passed_of", passed=looked.passed, made=looked.made, rate=f"{looked.rate:.1%}")
    return Facts(
        (
            (say("paper_parts.running"), str(work.sites.running_since(period.first, period.last))),
            (say("paper_parts.inspections"), str(looked.made)),
            (say("paper_parts.inspected_sites"), str(looked.sites)),
            (say("paper_parts.not_inspected"), str(missing)),
            (say("paper_parts.defects"), str(looked.made - looked.passed)),
            (say("paper_parts.passed"), rate),
        ),
        across=2,
    )


def inspection_list(work: Work, period: Period) -> Table:
    """The inspections of the days: where, by whom, what was found, the slip issued and how it stands."""
    rows = work.paper_counts.inspection_rows(period.first, period.last, MOST_LINES)
    count = work.paper_counts.inspections(period.first, period.last).made
    columns = ("day", "address", "inspector", "verdict", "findings", "slip")
    return Table(
        tuple(say(f"paper_parts.column.{name}") for name in columns),
        tuple(_inspection(row) for row in rows),
        caption=say("paper_parts.caption.inspections", count=count),
        widths=(7, 22, 9, 8, 28, 21),
        note=more(count, len(rows)),
    )


def _inspection(row: InspectionRow) -> tuple[Cell, ...]:
    one, slip = row.inspection, row.ticket_number
    if slip and row.ticket_state:
        slip = f"{slip} {say(f'ticket.state.{row.ticket_state}')}"
    verdict = say(f"inspections.verdict.{one.verdict}")
    return f"{one.done_on:%m-%d}", row.address, row.inspector, verdict, one.findings, slip


def not_inspected(work: Work, period: Period) -> Table:
    """The running sites nobody inspected within the days, with who is to see to it."""
    found = [
        row
        for row in work.inspections.running()
        if (row.site.start_date is None or row.site.start_date <= period.last)
        and not (row.last_on is not None and row.last_on >= period.first)
    ]
    columns = ("address", "client", "manager", "supervisor", "last_inspected")
    return Table(
        tuple(say(f"paper_parts.column.{name}") for name in columns),
        tuple(
            (
                full_address(row.site.estate, row.site.address),
                row.client_name,
                row.manager,
                row.supervisor,
                row.last_on.isoformat() if row.last_on else say("inspections.never"),
            )
            for row in found[:MOST_LINES]
        ),
        caption=say("paper_parts.caption.not_inspected", count=len(found)),
        widths=(30, 10, 12, 12, 12),
        note=more(len(found), min(len(found), MOST_LINES)),
    )


def rectifications(desk: Desk, work: Work) -> Table:
    """Rectifications not proved to be done, the one due first first; what is past its deadline says so."""
    rows = work.inspections.open_rectifications()
    today = today_of(desk, work.now)
    return Table(
        tuple(
            say(f"paper_parts.column.{name}")
            for name in ("number", "address", "subject", "responsible", "deadline", "state")
        ),
        tuple(_rectification(desk, today, row) for row in rows[:MOST_LINES]),
        caption=say("paper_parts.caption.rectifications", count=len(rows)),
        widths=(21, 20, 24, 10, 14, 10),
        note=more(len(rows), min(len(rows), MOST_LINES)),
    )


def _rectification(desk: Desk, today: date, row: TicketRow) -> tuple[Cell, ...]:
    ticket, deadline = row.ticket, ""
    if ticket.due_at is not None:
        day = today_of(desk, ticket.due_at)
        deadline = f"{day:%m-%d}"
        if day < today:
            deadline = say("paper_parts.overdue", day=deadline, days=(today - day) // timedelta(1))
    state = say(f"ticket.state.{ticket.state}")
    return ticket.number, row.address, ticket.subject, row.responsible, deadline, state
