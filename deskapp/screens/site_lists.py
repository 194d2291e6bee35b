"""How sites are painted in lists: what comes next, what is owed, who builds (row S1)."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from textual.content import Content

from deskapp.domain.address import full_address
from deskapp.i18n import say
from deskapp.screens import paint
from deskapp.widgets import painting, signs
from deskapp.widgets.record_table import Column, PaintContext

if TYPE_CHECKING:
    from deskapp.domain.site import Due, SiteRow, WeekCounts

STAGE_TONES = {
    "deposit": "$secondary",
    "signed": "$secondary",
    "building": "$warning",
    "midterm": "$warning",
    "finished": "$success",
    "cancelled": "$text-disabled",
}


def short_day(day: date | None, today: date) -> str:
    """A day as month and day, with two digits of its year when that is another one: eight cells at most."""
    if day is None:
        return ""
    return f"{day:%m-%d}" if day.year == today.year else f"{day:%y-%m-%d}"


def stage_words(stage: str) -> Content:
    """A stage in its tone."""
    return Content.styled(say(f"site.stage.{stage}"), STAGE_TONES.get(stage, "$foreground"))


def site_columns(today: date) -> list[Column]:
    """Client, where, stage, what comes next, what is owed, last inspection, next call, project manager."""

    def upcoming(row: SiteRow, _: PaintContext) -> Content:
        mark = row.next_milestone
        if mark is None:
            return Content("")
        late = mark.planned_on is not None and mark.planned_on < today
        sign = signs.sign("overdue") if late else ""
        words = f"{sign}{short_day(mark.planned_on, today)} {say(f'site.milestone.{mark.kind}')}".strip()
        return Content.styled(words, "$error" if late else "$foreground")

    def owed(row: SiteRow, _: PaintContext) -> Content:
        return owed_words(row, today)

    def called(row: SiteRow, _: PaintContext) -> Content:
        return _day(row.next_call_on, today)

    def inspected(row: SiteRow, _: PaintContext) -> Content:
        return Content.styled(short_day(row.inspected_on, today), "$text-muted")

    return [
        Column("client", "sites.column.client", 8, lambda row, _: paint.client_name(row.client_name)),
        Column("where", "sites.column.where", None, _where),
        Column("stage", "sites.column.stage", 8, lambda row, _: stage_words(row.site.stage)),
        Column("next", "sites.column.next", 15, upcoming),
        Column("owed", "sites.column.owed", 17, owed),
        Column("called", "sites.column.called", 7, called),
        Column("inspected", "sites.column.inspected", 5, inspected, min_terminal=90),
        Column("manager", "sites.column.manager", 8, lambda row, _: _who(row, "manager"), min_terminal=100),
        Column(
            "designer", "sites.column.designer", 8, lambda row, _: _who(row, "designer"), min_terminal=110
        ),
    ]


def _where(row: SiteRow, _: PaintContext) -> Content:
    return painting.safe(full_address(row.site.estate, row.site.address))


def _who(row: SiteRow, role: str) -> Content:
    return painting.safe(row.people.get(role, ""), "$text-muted")


def _day(day: date | None, today: date) -> Content:
    late = day is not None and day < today
    sign = signs.sign("overdue") if late else ""
    return Content.styled(f"{sign}{short_day(day, today)}", "$error" if late else "$foreground")


def owed_words(row: SiteRow, today: date) -> Content:
    """The first payment to be made: late in red and in words, or with its day."""
    late = row.overdue(today)
    if late:
        first = late[0]
        days = (today - first.due_on).days if first.due_on else 0
        more = f"+{len(late) - 1}" if len(late) > 1 else ""
        kind = say(f"site.payment.{first.kind}")
        return Content.styled(f"{signs.sign('overdue')}{say('sites.late', days=days)}{more} {kind}", "$error")
    if not row.unpaid:
        return Content("")
    first = row.unpaid[0]
    words = f"{short_day(first.due_on, today)} {say(f'site.payment.{first.kind}')}".strip()
    soon = first.due_on is not None and (first.due_on - today).days <= 7
    return Content.styled(words, "$warning" if soon else "$text-muted")


def week_lines(counts: WeekCounts, today: date, *, narrow: bool) -> list[Content]:
    """The week's figures: sites in progress, mid-term and final payments due (text 4, 3.3.9); two lines when narrow."""
    here = counts.first <= today <= counts.last
    week = f"{counts.first:%m-%d}~{counts.last:%m-%d}"
    name = say("sites.this_week", week=week) if here else say("sites.week", week=week)
    parts = [
        Content.styled(name, "bold" if here else "$secondary"),
        Content(say("sites.running", count=counts.running)),
    ]
    owed = [_due("midterm", counts.midterm), _due("final", counts.final)]
    return [painting.join(parts), painting.join(owed)] if narrow else [painting.join([*parts, *owed])]


def _due(kind: str, due: Due) -> Content:
    from deskapp.screens.client_card import yuan

    words = say("sites.to_pay", kind=say(f"site.payment.{kind}"), count=due.sites, amount=yuan(due.amount))
    if not due.overdue:
        return Content(words)
    return Content.assemble(
        words, " ", (f"{signs.sign('overdue')}{say('sites.owed_before', count=due.overdue)}", "$error")
    )
