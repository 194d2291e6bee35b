"""Plans of a month and a quarter: what the data says is coming, and what people mean to do (2.3.13, 3.3.12)."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

from deskapp.domain.calendar import day_kind
from deskapp.domain.document import Block, Cell, Chart, Document, Facts
from deskapp.domain.period import Period, period_of
from deskapp.domain.programme import PURPOSES
from deskapp.i18n import say
from deskapp.services import problems
from deskapp.services.papers import parts, parts_people, parts_sites
from deskapp.services.papers.registry import kind_of
from deskapp.services.papers.words import paper, part, period_words
from deskapp.services.planning import today_of

if TYPE_CHECKING:
    from deskapp.desk import Desk
    from deskapp.domain.document import Table
    from deskapp.repository.work import Work


def month(desk: Desk, work: Work, period: Period) -> Document:
    """Make the plan of a month."""
    return _plan(desk, work, period, "month_plan")


def quarter(desk: Desk, work: Work, period: Period) -> Document:
    """Make the plan of a quarter."""
    return _plan(desk, work, period, "quarter_plan")


def _plan(desk: Desk, work: Work, period: Period, kind: str) -> Document:
    return paper(
        desk,
        kind_of(kind),
        period,
        part("goals"),
        *ahead(desk, work, period),
        _grows(desk, work, period),
        parts_people.pending(desk, work),
        parts_sites.rectifications(desk, work),
        part("tasks"),
        part("resources"),
    )


def ahead(desk: Desk, work: Work, period: Period) -> tuple[Block, ...]:
    """What days to come will bring, as far as it is laid out: calls, control points, payments; what is carried over."""
    days = [period.first + timedelta(count) for count in range(period.days)]
    kinds = [day_kind(day) for day in days]
    worked = sum(one.working for one in kinds)
    known = all(one.published for one in kinds)
    still = work.paper_counts.tickets(*period.bounds(desk.policy.timezone))
    carried = sum(one.open for one in still.values())
    facts = Facts(
        (
            (
                say("paper_parts.workdays"),
                str(worked) if known else say("paper_parts.provisional", days=worked),
            ),
            (say("paper_parts.carried"), str(carried)),
            (say("paper_parts.goal"), f"{desk.policy.response_goal_percent}%"),
            (say("paper_parts.pending"), str(work.sites.count_pending())),
        ),
        caption=say("paper_parts.caption.ahead", period=period_words(period)),
    )
    calls = _calls(work, period)
    chart = Chart(
        "bars",
        tuple(str(row[0]) for row in calls.rows),
        tuple(float(row[1] or 0) for row in calls.rows),
        caption=say("paper_parts.caption.calls_chart"),
    )
    return facts, calls, chart, parts_sites.control_points(work, period), parts_sites.money(work, period)


def _calls(work: Work, period: Period) -> Table:
    """The follow-up calls laid out, by purpose; those of a quarter by month too."""
    months = [period_of("month", period.first)]
    while months[-1].last < period.last:
        months.append(months[-1].after())
    whole = work.paper_counts.planned_calls(period.first, period.last)
    split = [work.paper_counts.planned_calls(one.first, one.last) for one in months]
    each = split if len(months) > 1 else []
    rows: tuple[tuple[Cell, ...], ...] = tuple(
        (say(f"followup.purpose.{purpose}"), whole[purpose], *(one.get(purpose, 0) for one in each))
        for purpose in PURPOSES
        if whole.get(purpose)
    )
    table = parts.counted(
        ("purpose", "calls", *("calls" for _ in each)),
        rows,
        "calls_ahead",
        note=say("paper_parts.note.calls_ahead"),
    )
    names = tuple(say("paper_parts.month", month=one.first.month) for one in months) if each else ()
    return replace(table, columns=(*table.columns[:2], *names))


def _grows(desk: Desk, work: Work, period: Period) -> Table:
    """What the month that runs was complained of most: where a plan begins."""
    present = period_of("month", min(today_of(desk, work.now), period.first - timedelta(1)))
    table = parts.complaints_by(desk, present, "category", "all")
    caption = say("paper_parts.caption.grows", period=period_words(present), what=table.caption)
    return replace(table, caption=caption, note=say("paper_parts.note.grows", least=_least(desk)))


def _least(desk: Desk) -> int:
    return problems.measures_of(desk).least
