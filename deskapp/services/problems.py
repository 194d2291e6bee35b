"""Problem analysis read: what is complained of, what is new or grows, who was lost, what was suggested (row R3)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from deskapp.desk import Desk
from deskapp.domain import problem_analysis as rules
from deskapp.domain.problem_analysis import POINTS, SCOPES, Bar, Lost, Measures, Selection
from deskapp.domain.register import EntryRow, Wanted
from deskapp.services.planning import today_of

if TYPE_CHECKING:
    from deskapp.domain.period import Period
    from deskapp.repository.work import Work

SUGGESTIONS = "suggestions"
"""The register suggestions are kept in."""
LOOKED_AT = 1_000
"""The newest suggestions looked through for those on a problem."""
HEAT_OF = ("complaint", "all", "in", "out")
"""What a heat map counts: complaints, everything found wrong, calls that came in, calls made."""


@dataclass(frozen=True, slots=True)
class Analysis:
    """The problems of a period by one dimension, beside the period before."""

    period: Period
    dimension: str
    scope: str
    bars: tuple[Bar, ...] = ()
    total: int = 0
    before: int = 0
    """How many the period before had."""
    begun: int = 0
    """How many days of the period have begun."""
    lost: tuple[Lost, ...] = ()
    suggestions: tuple[EntryRow, ...] = ()
    """The newest first, whatever they are about."""

    @property
    def runs(self) -> bool:
        """Whether the period is not over yet: its counts may still grow."""
        return self.begun < self.period.days

    def trending(self, trend: str) -> tuple[Bar, ...]:
        """The bars that are new, or those that grow."""
        return tuple(bar for bar in self.bars if bar.trend == trend)


def measures_of(desk: Desk) -> Measures:
    """What counts as growing and vital, by the policy in force."""
    policy = desk.policy
    return Measures(policy.growing_least, policy.growing_times, policy.vital_percent)


def selection(
    desk: Desk, period: Period, scope: str, dimension: str = "", value: str = rules.UNKNOWN
) -> Selection:
    """The tickets behind a bar; those of a month are the month's own."""
    if dimension == "month":
        from deskapp.domain.period import read_period

        period, dimension, value = read_period(value), "", rules.UNKNOWN
    since, until = period.bounds(desk.policy.timezone)
    return Selection(since, until, SCOPES[scope], dimension, value)


def analyse(desk: Desk, period: Period, dimension: str, scope: str = "complaint") -> Analysis:
    """Count the problems of a period by a dimension, and read what else is known of them."""
    from deskapp.services import registers

    whole = selection(desk, period, scope)
    earlier = selection(desk, period.before(), scope)
    with desk.report() as work:
        if dimension == "month":
            bars = _months(work, desk, period, scope)
        else:
            counts, before = work.problems.counts(whole, dimension), work.problems.counts(earlier, dimension)
            bars = rules.pareto(counts, before, measures_of(desk))
        entries = work.registers.page(Wanted(SUGGESTIONS, live=True), LOOKED_AT)
        return Analysis(
            period,
            dimension,
            scope,
            bars,
            work.problems.count(whole),
            work.problems.count(earlier),
            rules.elapsed(period, today_of(desk, work.now)),
            _lost(work, period, whole),
            tuple(registers.rows(work, entries)),
        )


def lost(desk: Desk, period: Period) -> tuple[Lost, ...]:
    """Who was lost in a period and why, and the complaints withdrawn, the latest first."""
    whole = selection(desk, period, "complaint")
    with desk.report() as work:
        return _lost(work, period, whole)


def _lost(work: Work, period: Period, whole: Selection) -> tuple[Lost, ...]:
    return rules.one_each(work.problems.lost(period.first, period.last, whole.since, whole.until))


def _months(work: Work, desk: Desk, period: Period, scope: str) -> tuple[Bar, ...]:
    """Twelve months up to the period's, each beside the month before it."""
    months = rules.last_months(period, POINTS + 1)
    found = _between(work, desk, months, SCOPES[scope])
    codes = [month.code for month in months]
    return rules.in_order(
        dict(zip(codes[1:], found[1:], strict=True)), dict(zip(codes[1:], found, strict=False))
    )


def _between(work: Work, desk: Desk, periods: tuple[Period, ...], kinds: tuple[str, ...]) -> list[int]:
    """Counts of periods that follow one another."""
    edges = [period.bounds(desk.policy.timezone) for period in periods]
    return work.problems.between([*(since for since, _ in edges), edges[-1][1]], kinds)


def trend(desk: Desk, period: Period, scope: str) -> tuple[tuple[Period, ...], list[int], list[int]]:
    """Counts of twelve periods up to one, and of the twelve before those."""
    periods = rules.backwards(period, 2 * POINTS)
    with desk.report() as work:
        found = _between(work, desk, periods, SCOPES[scope])
    return periods[POINTS:], found[POINTS:], found[:POINTS]


def heat(desk: Desk, period: Period, of: str = "complaint") -> tuple[tuple[int, ...], ...]:
    """Counts by weekday, from Monday, and hour of the company's zone: tickets received, or calls begun."""
    zone = desk.policy.timezone
    since, until = period.bounds(zone)
    with desk.report() as work:
        if of in SCOPES:
            return rules.fold(work.problems.ticket_quarters(since, until, SCOPES[of]), zone)
        return rules.fold(work.problems.call_quarters(since, until, of), zone)


def problem_key(dimension: str, value: str) -> str:
    """How a suggestion names the problem it was made from."""
    return f"{dimension}:{value}"


def suggested(analysis: Analysis, value: str, label: str) -> list[EntryRow]:
    """The suggestions on a problem: made from it, or written by hand about what it is called."""
    key = problem_key(analysis.dimension, value)
    found = []
    for row in analysis.suggestions:
        about = (row.entry.data or {}).get("problem")
        if about == key or (
            about is None and str(row.values.get("about", "")).strip() in {label, value} - {""}
        ):
            found.append(row)
    return found


def answers_for(desk: Desk, chosen: Selection) -> str:
    """The department that has most of the tickets behind a bar; "" where none has."""
    with desk.report() as work:
        counts = work.problems.counts(chosen, "department")
    named = {name: count for name, count in counts.items() if name}
    return min(named, key=lambda name: (-named[name], name), default="")
