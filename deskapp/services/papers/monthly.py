"""The papers of a month about the department: service, summaries, the report to the company (1.3.4, 2.3.13, 3.3.12)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from deskapp.domain.document import Document, Table
from deskapp.i18n import say
from deskapp.services import figure_words, figures, problem_charts
from deskapp.services.papers import parts, parts_people, parts_sites, plans
from deskapp.services.papers.registry import kind_of
from deskapp.services.papers.words import paper, part

if TYPE_CHECKING:
    from deskapp.desk import Desk
    from deskapp.domain.period import Period
    from deskapp.repository.work import Work

_PERSONS = ("received", "resolved_met", "satisfaction", "followups_done", "handling_time")


def service(desk: Desk, work: Work, period: Period) -> Document:
    """Make the month's report of the department, with its pictures."""
    month = parts_people.month_of(period)
    trend, bars, heat, gauge = problem_charts.charts_of(desk, period)
    return paper(
        desk,
        kind_of("service_monthly"),
        period,
        part("summary"),
        parts.kpis(desk, work, period, (*parts.OF_TICKETS, *parts.OF_CALLS, *parts.OF_CLIENTS)),
        gauge,
        trend,
        parts.tickets_by_kind(desk, work, period),
        parts.complaints_by(desk, period, "category"),
        bars,
        parts.complaints_by(desk, period, "department"),
        parts.complaints_by(desk, period, "severity"),
        heat,
        parts.followups_by(desk, work, period, "purpose"),
        parts.followups_by(desk, work, period, "operator"),
        parts_people.evaluations(work, month),
        parts_people.praises(desk, work, period),
        parts_people.sanctions(work, month),
        part("problems"),
        part("suggestions"),
    )


def summary(desk: Desk, work: Work, period: Period) -> Document:
    """Make the month's summary: its figures beside the month before, and by who works here."""
    return paper(
        desk,
        kind_of("month_summary"),
        period,
        part("summary"),
        parts.kpis(desk, work, period),
        problem_charts.trend_chart(desk, period),
        by_operator(desk, work, period),
        parts.tickets_by_kind(desk, work, period),
        parts_people.praises(desk, work, period),
        part("shortcomings"),
        part("lessons"),
    )


def report(desk: Desk, work: Work, period: Period) -> Document:
    """Make the manager's report to the company: figures, what goes wrong, who was lost, what was suggested."""
    month = parts_people.month_of(period)
    return paper(
        desk,
        kind_of("work_report"),
        period,
        part("summary"),
        parts.kpis(desk, work, period, (*parts.OF_TICKETS, *parts.OF_CLIENTS)),
        problem_charts.gauge_chart(desk, period),
        parts.tickets_by_kind(desk, work, period),
        parts.complaints_by(desk, period, "category", "all"),
        parts.complaints_by(desk, period, "trade", "all"),
        parts.pareto(desk, period, "category", "all"),
        parts.lost(desk, period),
        parts.suggestions(desk, period),
        parts_people.praises(desk, work, period),
        parts_people.sanctions(work, month),
        part("problems"),
        part("suggestions"),
    )


def summary_and_plan(desk: Desk, work: Work, period: Period) -> Document:
    """Make the month's summary with the plan of the next one."""
    following = period.after()
    return paper(
        desk,
        kind_of("work_summary"),
        period,
        part("summary"),
        parts.kpis(desk, work, period),
        parts.tickets_by_kind(desk, work, period),
        parts_sites.month_sites(work, period),
        *plans.ahead(desk, work, following),
        part("next_month"),
    )


def by_operator(desk: Desk, work: Work, period: Period) -> Table:
    """A few figures of everybody at the desks."""
    board = figures.figures_in(work, desk, period, "operator", _PERSONS)
    people = {line.part.value: figure_words.part_words(line) for line in board.lines}
    lines = {(line.measure.code, line.part.value): line for line in board.lines}
    wanted = [line.measure for line in figures.figures_in(work, desk, period, codes=_PERSONS).lines]
    rows = tuple(
        (
            name,
            *(
                figure_words.value_words(measure, line.value) if line is not None else figure_words.NOTHING
                for measure in wanted
                for line in (lines.get((measure.code, who)),)
            ),
        )
        for who, name in people.items()
    )
    return Table(
        (say("figures.by.operator"), *(figure_words.name_of(measure) for measure in wanted)),
        rows,
        caption=say("paper_parts.caption.by_operator"),
        aligns=("left", *("right" for _ in wanted)),
        note=say("figures.by_means.operator"),
    )
