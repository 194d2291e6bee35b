"""The pictures of problem analysis as data, in words: drawn in the terminal and in the papers alike (rows R3, R4)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from deskapp.domain.document import Chart
from deskapp.domain.problem_analysis import UNKNOWN
from deskapp.i18n import knows, say
from deskapp.services import problems

if TYPE_CHECKING:
    from deskapp.desk import Desk
    from deskapp.domain.period import Period
    from deskapp.services.problems import Analysis

_WORDED = {"trade": "staff.trade", "severity": "ticket.severity"}


def period_words(period: Period) -> str:
    """A period as people say it."""
    first, last = period.first, period.last
    year, week, _ = first.isocalendar()
    return say(
        f"problems.period.{period.unit}",
        year=year if period.unit == "week" else first.year,
        week=week,
        month=first.month,
        quarter=(first.month + 2) // 3,
        first=f"{first:%m-%d}",
        last=f"{last:%m-%d}",
    )


def short_words(period: Period) -> str:
    """A period as it stands under a curve."""
    _, week, _ = period.first.isocalendar()
    return say(
        f"problems.short.{period.unit}",
        year=f"{period.first:%y}",
        month=f"{period.first:%m}",
        week=week,
        quarter=(period.first.month + 2) // 3,
        first=f"{period.first:%m-%d}",
    )


def value_words(dimension: str, value: str) -> str:
    """What a bar is called."""
    if value == UNKNOWN:
        return say("problems.unknown")
    code = f"{_WORDED[dimension]}.{value}" if dimension in _WORDED else ""
    return say(code) if code and knows(code) else value


def bars_chart(analysis: Analysis, vital_percent: int) -> Chart:
    """The bars of an analysis: a Pareto with its 80 % line; months as they come."""
    by = say(f"problems.by.{analysis.dimension}")
    caption = say(
        "problems.chart.bars", what=say(f"problems.scope.{analysis.scope}"), by=by, period=period_words(analysis.period)
    )  # fmt: skip
    labels = tuple(value_words(analysis.dimension, bar.value) for bar in analysis.bars)
    values = tuple(float(bar.count) for bar in analysis.bars)
    if analysis.dimension == "month":
        return Chart("bars", labels, values, caption)
    shares = tuple(round(bar.cumulative, 1) for bar in analysis.bars)
    return Chart("pareto", labels, values, caption, "", shares, target=float(vital_percent))


def trend_chart(desk: Desk, period: Period, scope: str = "complaint") -> Chart:
    """Twelve periods up to one as a curve, and the twelve before them as a second."""
    periods, now, before = problems.trend(desk, period, scope)
    caption = say(
        f"problems.chart.trend.{period.unit}",
        what=say(f"problems.scope.{scope}"),
        period=period_words(period),
    )
    rows = (say("problems.chart.now"), say("problems.chart.before"))
    values = tuple(map(float, (*now, *before)))
    return Chart("line", tuple(map(short_words, periods)), values, caption, rows=rows)


def heat_chart(desk: Desk, period: Period, of: str = "complaint") -> Chart:
    """When it happens: weekdays by hours."""
    grid = problems.heat(desk, period, of)
    values = tuple(float(count) for line in grid for count in line)
    caption = say(
        "problems.chart.heat", what=say(f"problems.heat.{of}"), period=period_words(period), zone=desk.policy.timezone
    )  # fmt: skip
    days = tuple(say(f"widgets.weekday.{day}") for day in range(1, 8))
    return Chart("heat", tuple(map(str, range(24))), values, caption, rows=days)


def gauge_chart(desk: Desk, period: Period) -> Chart:
    """First responses within target, in percent, beside what is aimed at; no value where none fell due."""
    since, until = period.bounds(desk.policy.timezone)
    with desk.report() as work:
        figures = work.figures.first_response(since, until)
    caption = say(
        "problems.chart.gauge",
        period=period_words(period),
        met=figures.answered_within_target,
        due=figures.fell_due,
    )
    rate = figures.met_percent
    values = () if rate is None else (rate,)
    labels = () if rate is None else (say("problems.chart.rate"),)
    return Chart("gauge", labels, values, caption, "%", target=float(desk.policy.response_goal_percent))


def charts_of(desk: Desk, period: Period) -> tuple[Chart, ...]:
    """The pictures a paper about a period shows: the trend, the Pareto by category, when, and the response rate."""
    analysis = problems.analyse(desk, period, "category")
    return (
        trend_chart(desk, period),
        bars_chart(analysis, desk.policy.vital_percent),
        heat_chart(desk, period),
        gauge_chart(desk, period),
    )
