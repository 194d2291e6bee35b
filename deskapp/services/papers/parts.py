"""Parts of papers: figures with their formulas, complaints and their causes, calls, tickets (rows R1-R3, F6)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import TYPE_CHECKING

from deskapp.domain import coverage
from deskapp.domain.document import Cell, Chart, Table
from deskapp.domain.ticket import KINDS as TICKET_KINDS
from deskapp.i18n import say
from deskapp.services import figure_words, figures, problem_charts, problems
from deskapp.services.planning import today_of

if TYPE_CHECKING:
    from deskapp.desk import Desk
    from deskapp.domain.period import Period
    from deskapp.domain.problem_analysis import Bar
    from deskapp.domain.rows import TicketRow
    from deskapp.repository.work import Work

MOST_LINES = 40
"""Lines of a list a paper prints; how many more there are stands under it."""
MOST_BARS = 12
COVERAGE = ("due", "done", "late", "missed", "overdue")
OF_CALLS = ("offered", "service_level", "abandoned", "speed_of_answer", "handling_time", "first_contact")
OF_TICKETS = (
    "received",
    "response_met",
    "response_24h",
    "response_median",
    "resolved_met",
    "resolution_median",
)
OF_CLIENTS = ("satisfaction", "complaint_rate", "repeat_rate", "reopened", "followups_done")
OF_SITES = ("complaint_rate", "quality_passed", "records_complete")


def kpis(desk: Desk, work: Work, period: Period, codes: Iterable[str] = ()) -> Table:
    """Figures beside those of the period before, each with the formula it was reckoned by."""
    board = figures.figures_in(work, desk, period, codes=codes)
    words = figure_words
    rows = tuple(
        (
            _capital(words.name_of(line.measure)),
            words.value_words(line.measure, line.value),
            words.value_words(line.measure, line.earlier),
            words.change_words(line),
            words.formula_words(desk, line),
        )
        for line in board.lines
    )
    return Table(
        tuple(say(f"paper_parts.column.{name}") for name in ("figure", "now", "before", "change", "formula")),
        rows,
        caption=say("paper_parts.caption.kpis"),
        aligns=("left", "right", "right", "right", "left"),
        widths=(22, 12, 12, 14, 40),
    )


def tickets_by_kind(desk: Desk, work: Work, period: Period) -> Table:
    """Complaints, follow-up issues, repairs, rectifications and handoffs: received, closed, open."""
    found = work.paper_counts.tickets(*period.bounds(desk.policy.timezone))
    rows = tuple(
        (say(f"ticket.kind.{kind}"), one.received, one.closed, one.open)
        for kind in TICKET_KINDS
        if (one := found.get(kind)) is not None
    )
    return counted(
        ("kind", "received", "closed", "open"), rows, "tickets", note=say("paper_parts.note.tickets")
    )


def counted(
    columns: Iterable[str],
    rows: tuple[tuple[Cell, ...], ...],
    caption: str,
    note: str = "",
    total: bool = True,
) -> Table:
    """A table of counts by the first column, summed up."""
    names = tuple(columns)
    sums = [sum(int(row[place] or 0) for row in rows) for place in range(1, len(names))]
    return Table(
        tuple(say(f"paper_parts.column.{name}") for name in names),
        rows,
        caption=say(f"paper_parts.caption.{caption}"),
        total=(say("paper_parts.total"), *sums) if total and rows else (),
        formats=("", *("count" for _ in names[1:])),
        note=note,
    )


def complaints_by(desk: Desk, period: Period, dimension: str, scope: str = "complaint") -> Table:
    """The complaints of a period by one dimension, the most frequent first, beside the period before."""
    analysis = problems.analyse(desk, period, dimension, scope)
    bars = analysis.bars[:MOST_BARS]
    rest = analysis.bars[MOST_BARS:]
    rows = [_bar(dimension, bar) for bar in bars]
    if rest:
        count, before = sum(bar.count for bar in rest), sum(bar.before for bar in rest)
        share = count / analysis.total if analysis.total else None
        rows.append((say("paper_parts.others", count=len(rest)), count, before, share, ""))
    what, by = say(f"problems.scope.{scope}"), say(f"problems.by.{dimension}")
    return Table(
        (_capital(by), *(say(f"paper_parts.column.{name}") for name in ("now", "before", "share", "trend"))),
        tuple(rows),
        caption=_capital(say("paper_parts.caption.complaints_by", what=what, by=by)),
        total=(say("paper_parts.total"), analysis.total, analysis.before, None, "") if rows else (),
        formats=("", "count", "count", "percent", ""),
        widths=(30, 10, 10, 10, 14),
        note=say("paper_parts.note.complaints"),
    )


def _capital(words: str) -> str:
    """Words at the head of something: a screen begins them small."""
    return words[:1].upper() + words[1:]


def _bar(dimension: str, bar: Bar) -> tuple[Cell, ...]:
    trend = say(f"problems.trend.{bar.trend}") if bar.trend else ""
    return problem_charts.value_words(dimension, bar.value), bar.count, bar.before, bar.share / 100, trend


def pareto(desk: Desk, period: Period, dimension: str = "category", scope: str = "complaint") -> Chart:
    """The same as a picture."""
    chart = problem_charts.bars_chart(
        problems.analyse(desk, period, dimension, scope), desk.policy.vital_percent
    )
    return replace(chart, caption=_capital(chart.caption))


def tickets_listed(desk: Desk, work: Work, period: Period, kind: str) -> Table:
    """The tickets of a kind received in a period, the first first, with who answers for them and how they stand."""
    from deskapp.domain.problem_analysis import Selection

    chosen = Selection(*period.bounds(desk.policy.timezone), kinds=(kind,))
    rows, count = work.problems.page(chosen, MOST_LINES), work.problems.count(chosen)
    columns = ("number", "received_on", "client", "subject", "severity", "responsible", "state")
    return Table(
        tuple(say(f"paper_parts.column.{name}") for name in columns),
        tuple(_ticket(desk, row) for row in reversed(rows)),
        caption=say("paper_parts.caption.listed", kind=say(f"ticket.kind.{kind}"), count=count),
        widths=(21, 8, 9, 30, 8, 10, 10),
        note=more(count, len(rows)),
    )


def _ticket(desk: Desk, row: TicketRow) -> tuple[Cell, ...]:
    ticket = row.ticket
    at = desk.local(ticket.received_at).format("MM-DD") if ticket.received_at else ""
    about = ticket.subject or ticket.category
    return (
        ticket.number,
        at,
        row.client_name,
        about,
        say(f"ticket.severity.{ticket.severity}"),
        row.responsible or row.department,
        say(f"ticket.state.{ticket.state}"),
    )


def more(count: int, shown: int) -> str:
    """What stands under a list that is longer than what is printed."""
    return say("paper_parts.note.more", count=count - shown) if count > shown else ""


def followups_by(desk: Desk, work: Work, period: Period, grouping: str = "purpose") -> Table:
    """Follow-up calls due: made in time, late, missed, not made yet; by purpose or by who made them."""
    days = coverage.Period(period.first, period.last)
    lines = work.coverage.lines(days, today_of(desk, work.now), grouping)
    total = sum((line.counts for line in lines), coverage.Counts())
    if grouping == "purpose":
        names = [say(f"followup.purpose.{line.part.value}") for line in lines]
    else:
        names = [line.name or say("coverage.nobody") for line in lines]
    by = say(f"coverage.by.{grouping}")
    return Table(
        (by, *(say(f"coverage.figure.{figure}") for figure in COVERAGE), say("coverage.rate")),
        tuple(_covered(name, line.counts) for name, line in zip(names, lines, strict=True)),
        caption=say("paper_parts.caption.followups", by=by),
        total=_covered(say("coverage.total"), total),
        formats=("", *("count" for _ in COVERAGE), "percent"),
        note=say("coverage.formula.rate"),
    )


def _covered(name: str, one: coverage.Counts) -> tuple[Cell, ...]:
    return (name, *(getattr(one, figure) for figure in COVERAGE), one.rate)


def lost(desk: Desk, period: Period) -> Table:
    """The clients lost in a period and why, and the complaints withdrawn."""
    found = problems.lost(desk, period)
    return Table(
        tuple(say(f"paper_parts.column.{name}") for name in ("day", "lost_how", "client", "number", "why")),
        tuple(
            (
                f"{one.day:%m-%d}",
                say(f"problems.lost.{one.kind}"),
                one.client,
                one.number,
                one.reason or (say(f"registers.choice.talks.lost_reason.{one.why}") if one.why else ""),
            )
            for one in found[:MOST_LINES]
        ),
        caption=say("paper_parts.caption.lost", count=len(found)),
        widths=(8, 12, 12, 18, 40),
        note=more(len(found), min(len(found), MOST_LINES)),
    )


def suggestions(desk: Desk, period: Period) -> Table:
    """The suggestions made or settled in a period, and what came of them."""
    found = [
        row
        for row in problems.analyse(desk, period, "category").suggestions
        if any(
            day is not None and period.first <= day <= period.last
            for day in (row.entry.day, row.values.get("settled_on"))
        )
    ]
    columns = ("day", "about", "suggestion", "state", "outcome")
    return Table(
        tuple(say(f"paper_parts.column.{name}") for name in columns),
        tuple(
            (
                f"{row.entry.day:%m-%d}",
                str(row.values.get("about") or ""),
                str(row.values.get("words") or ""),
                say(f"registers.choice.suggestions.standing.{row.entry.state}"),
                str(row.values.get("outcome") or ""),
            )
            for row in found[:MOST_LINES]
        ),
        caption=say("paper_parts.caption.suggestions", count=len(found)),
        widths=(8, 14, 34, 10, 24),
        note=more(len(found), min(len(found), MOST_LINES)),
    )
