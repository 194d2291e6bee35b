"""The weekly account of follow-up calls: due, made, late, missed; by kind, by whom, what was found (rows F6, R1)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from deskapp.domain import coverage
from deskapp.domain.document import Chart, Document, Facts
from deskapp.i18n import say
from deskapp.services.papers import parts
from deskapp.services.papers.registry import kind_of
from deskapp.services.papers.words import paper
from deskapp.services.planning import today_of

if TYPE_CHECKING:
    from deskapp.desk import Desk
    from deskapp.domain.period import Period
    from deskapp.repository.work import Work


def build(desk: Desk, work: Work, period: Period) -> Document:
    """Make the week's account of follow-up calls."""
    days = coverage.Period(period.first, period.last)
    lines = work.coverage.lines(days, today_of(desk, work.now), "purpose")
    total = sum((line.counts for line in lines), coverage.Counts())
    return paper(
        desk,
        kind_of("followups_weekly"),
        period,
        Facts(
            (
                *((say(f"coverage.figure.{name}"), str(getattr(total, name))) for name in parts.COVERAGE),
                (say("coverage.rate"), "-" if total.rate is None else f"{total.rate:.1%}"),
            ),
            across=3,
        ),
        parts.followups_by(desk, work, period, "purpose"),
        Chart(
            "bars",
            tuple(say(f"followup.purpose.{line.part.value}") for line in lines),
            tuple(float(line.counts.due) for line in lines),
            caption=say("paper.followups_weekly.chart"),
        ),
        parts.followups_by(desk, work, period, "operator"),
        parts.kpis(desk, work, period, ("satisfaction", "answer_rate")),
        parts.tickets_listed(desk, work, period, "followup_issue"),
    )
