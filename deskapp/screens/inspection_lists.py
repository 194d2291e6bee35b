"""How inspections are painted: those due, those made, and the defects not put right yet (row S2)."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from textual.content import Content

from deskapp.domain.address import full_address
from deskapp.domain.inspection import overdue
from deskapp.i18n import say
from deskapp.screens import paint
from deskapp.screens.site_lists import short_day, stage_words
from deskapp.screens.ticket_view import STATE_TONES
from deskapp.widgets import painting, signs
from deskapp.widgets.countdown import paint_countdown
from deskapp.widgets.record_table import Column, PaintContext

if TYPE_CHECKING:
    from deskapp.desk import Desk
    from deskapp.domain.inspection import DueRow, InspectionRow
    from deskapp.domain.rows import TicketRow


def due_columns(today: date) -> list[Column]:
    """When, how late in words, which site, last visit, who builds and who supervises."""

    def state(row: DueRow, _: PaintContext) -> Content:
        late = overdue(row.due_on, today)
        if late > 0:
            return Content.styled(f"{signs.sign('overdue')}{say('sites.late', days=late)}", "$error")
        if late == 0:
            return Content.styled(say("inspections.today"), "$warning")
        return Content.styled(say("inspections.in_days", days=-late), "$text-muted")

    def last(row: DueRow, _: PaintContext) -> Content:
        words = short_day(row.last_on, today) if row.last_on else say("inspections.never")
        return Content.styled(words, "$text-muted" if row.last_on else "$warning")

    return [
        Column("due", "inspections.column.due", 5, lambda row, _: Content(short_day(row.due_on, today))),
        Column("state", "inspections.column.state", 12, state),
        Column("client", "sites.column.client", 8, lambda row, _: paint.client_name(row.client_name)),
        Column("where", "sites.column.where", None, _due_where),
        Column("stage", "sites.column.stage", 8, lambda row, _: stage_words(row.site.stage)),
        Column("last", "inspections.column.last", 9, last),
        Column("manager", "sites.column.manager", 8, lambda row, _: painting.safe(row.manager)),
        Column(
            "supervisor",
            "inspections.column.supervisor",
            8,
            lambda row, _: painting.safe(row.supervisor),
            min_terminal=100,
        ),
    ]


def _due_where(row: DueRow, _: PaintContext) -> Content:
    return painting.safe(full_address(row.site.estate, row.site.address))


def made_columns(today: date) -> list[Column]:
    """When, its number, which site, what was found, the rectification it brought."""

    def found(row: InspectionRow, _: PaintContext) -> Content:
        one = row.inspection
        ok = one.verdict == "ok"
        sign = Content.styled(
            f"{signs.sign('met' if ok else 'missed')} {say(f'inspections.verdict.{one.verdict}')}",
            "$success" if ok else "$error",
        )
        first = next(iter(one.findings.strip().splitlines()), "")
        return painting.join([sign, painting.safe(first[:200])], " ")

    def slip(row: InspectionRow, _: PaintContext) -> Content:
        if not row.ticket_number:
            return Content("")
        state = row.ticket_state
        return painting.join(
            [
                painting.safe(row.ticket_number, "$text-muted"),
                Content.styled(say(f"ticket.state.{state}"), STATE_TONES.get(state, "$foreground")),
            ],
            " ",
        )

    return [
        Column(
            "day",
            "inspections.column.day",
            10,
            lambda row, _: Content(short_day(row.inspection.done_on, today)),
        ),
        Column("number", "inspections.column.number", 15, _number, min_terminal=100),
        Column("client", "sites.column.client", 8, lambda row, _: paint.client_name(row.client_name)),
        Column(
            "where", "sites.column.where", None, lambda row, _: painting.safe(row.address), min_terminal=90
        ),
        Column("found", "inspections.column.found", None, found),
        Column("slip", "inspections.column.slip", 25, slip),
        Column(
            "who",
            "inspections.column.inspector",
            8,
            lambda row, _: painting.safe(row.inspector),
            min_terminal=90,
        ),
    ]


def _number(row: InspectionRow, _: PaintContext) -> Content:
    return painting.safe(row.inspection.number, "$text-muted")


def rectification_columns(desk: Desk) -> list[Column]:
    """Time left, number, whom, what, who puts it right, how it stands."""

    def left(row: TicketRow, context: PaintContext) -> Content:
        if row.ticket.state in ("resolved", "verified"):
            return Content.styled(f"{signs.sign('node')} {say('inspections.to_look_again')}", "$secondary")
        amber, red = int(desk.policy.rectification_warn_hours * 3600), int(desk.policy.red_hours * 3600)
        return paint_countdown(row.due_us or None, context.now_us, amber_s=max(amber, red), red_s=red)

    def due(row: TicketRow, _: PaintContext) -> Content:
        return Content.styled(paint.when(desk, row.ticket.due_at), "$text-muted")

    return [
        Column("left", "inspections.column.left", 11, left),
        Column("due", "inspections.column.until", 11, due, min_terminal=100),
        Column("number", "tickets.column.number", 15, _ticket_number),
        Column("client", "sites.column.client", 8, lambda row, _: paint.client_name(row.client_name)),
        Column(
            "where", "sites.column.where", None, lambda row, _: painting.safe(row.address), min_terminal=90
        ),
        Column("subject", "tickets.column.subject", None, lambda row, _: painting.safe(row.ticket.subject)),
        Column("who", "inspections.column.responsible", 8, _responsible),
        Column("state", "tickets.column.state", 8, _state),
    ]


def _ticket_number(row: TicketRow, _: PaintContext) -> Content:
    return painting.safe(row.ticket.number, "$text-muted")


def _responsible(row: TicketRow, _: PaintContext) -> Content:
    if not row.responsible:
        return Content.styled(say("board.nobody"), "$warning")
    return painting.safe(row.responsible)


def _state(row: TicketRow, _: PaintContext) -> Content:
    state = row.ticket.state
    return Content.styled(say(f"ticket.state.{state}"), STATE_TONES.get(state, "$foreground"))
