"""What is complained of and how often: the vital few, what is new, what grows, who was lost (row R3; text 5, 2.3.9)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

import pendulum
from pendulum import DateTime

from deskapp.domain.period import Period, period_of

DIMENSIONS = ("category", "trade", "crew", "material", "cause", "severity", "department", "month")
SCOPES: Mapping[str, tuple[str, ...]] = {
    "complaint": ("complaint",),
    "all": ("complaint", "followup_issue", "repair", "rectification"),
}
"""Kinds of ticket that are counted: complaints alone, or everything somebody found wrong."""
UNITS = ("week", "month", "quarter")
UNKNOWN = ""
"""The value of what was not recorded."""
POINTS = 12
"""Periods in a trend, and months in the months' bars."""
LOST = ("refunded", "talk", "cancelled", "withdrawn")
"""How a client is lost: deposit given back, a talk that ended so, a site cancelled; beside it, complaints withdrawn."""
QUARTER_S = 900
"""The grain in which instants are counted before they are folded into hours: every zone's offset is a multiple."""


@dataclass(frozen=True, slots=True)
class Measures:
    """What counts as growing, and how much the vital few make up."""

    least: int = 3
    times: float = 1.5
    vital_percent: int = 80


@dataclass(frozen=True, slots=True)
class Selection:
    """The tickets behind a bar: received from `since` up to `until`, of some kinds, with a dimension's value."""

    since: DateTime
    until: DateTime
    kinds: tuple[str, ...] = SCOPES["complaint"]
    dimension: str = ""
    """"" is all of them."""
    value: str = UNKNOWN


@dataclass(frozen=True, slots=True)
class Bar:
    """One value with its count, that of the period before, its share and the shares down to it, in percent."""

    value: str
    count: int = 0
    before: int = 0
    share: float = 0.0
    cumulative: float = 0.0
    vital: bool = False
    trend: str = ""
    """"new", "growing" or ""."""


@dataclass(frozen=True, slots=True)
class Lost:
    """A client lost, or a complaint withdrawn: when, how, and why as far as somebody wrote it."""

    kind: str
    day: date
    client_id: int | None = None
    client: str = ""
    site_id: int | None = None
    ticket_id: int | None = None
    number: str = ""
    reason: str = ""
    why: str = ""
    """The choice of the talks' register, where one was made."""


def pareto(
    counts: Mapping[str, int], before: Mapping[str, int], measures: Measures = Measures()
) -> tuple[Bar, ...]:
    """The values by how often they occur, with cumulative shares; what was not recorded comes last.

    Vital are the fewest of the most frequent that together reach the measure's share. New and growing are told
    only where the period before has anything to compare with.
    """
    total = sum(counts.values())
    comparable = any(before.values())
    bars, run = [], 0
    for value in sorted((one for one in counts if counts[one]), key=lambda one: _rank(one, counts)):
        count, earlier = counts[value], before.get(value, 0)
        vital = value != UNKNOWN and run * 100 < measures.vital_percent * total
        run += count
        trend = trend_of(value, count, earlier, measures) if comparable else ""
        bars.append(Bar(value, count, earlier, 100 * count / total, 100 * run / total, vital, trend))
    return tuple(bars)


def _rank(value: str, counts: Mapping[str, int]) -> tuple[bool, int, str]:
    return value == UNKNOWN, -counts[value], value


def trend_of(value: str, count: int, before: int, measures: Measures) -> str:
    """New: some now, none in the period before. Growing: at least `least`, and at least `times` as many as before."""
    if value == UNKNOWN or not count:
        return ""
    if not before:
        return "new"
    return "growing" if count >= measures.least and count >= measures.times * before else ""


def in_order(counts: Mapping[str, int], before: Mapping[str, int]) -> tuple[Bar, ...]:
    """The values as they come, none left out: months; shares as in a Pareto, nothing is vital."""
    total, run, bars = sum(counts.values()), 0, []
    for value, count in counts.items():
        run += count
        share, cumulative = (100 * count / total, 100 * run / total) if total else (0.0, 0.0)
        bars.append(Bar(value, count, before.get(value, 0), share, cumulative))
    return tuple(bars)


def fold(quarters: Iterable[tuple[int, int]], timezone: str) -> tuple[tuple[int, ...], ...]:
    """Counts by quarter of an hour since 1970 as a grid of seven weekdays from Monday by 24 hours of a zone."""
    zone = pendulum.timezone(timezone)
    grid = [[0] * 24 for _ in range(7)]
    for quarter, count in quarters:
        local = datetime.fromtimestamp(quarter * QUARTER_S, zone)
        grid[local.weekday()][local.hour] += count
    return tuple(map(tuple, grid))


def last_months(period: Period, count: int = POINTS) -> tuple[Period, ...]:
    """The months up to that of a period's last day, the earliest first."""
    return backwards(period_of("month", period.last), count)


def backwards(period: Period, count: int) -> tuple[Period, ...]:
    """A period and those before it, the earliest first."""
    found = [period]
    while len(found) < count:
        found.append(found[-1].before())
    return tuple(reversed(found))


def turned_to(period: Period, unit: str, today: date) -> Period:
    """The period of another unit: the one today lies in where the present one has it, else the one its end lies in."""
    return period_of(unit, today if period.first <= today <= period.last else period.last)


def elapsed(period: Period, today: date) -> int:
    """How many days of a period have begun by a day."""
    return max(0, min(period.days, (today - period.first).days + 1))


def one_each(found: Sequence[Lost]) -> tuple[Lost, ...]:
    """Each client once for each site, by the first of LOST that tells; withdrawn complaints all; the latest first."""
    ranked = sorted(found, key=lambda one: (LOST.index(one.kind), -one.day.toordinal()))
    kept, seen = [], set()
    for one in ranked:
        mark = (one.client_id, one.site_id)
        if one.kind != "withdrawn":
            if mark in seen and one.site_id is not None:
                continue
            seen.add(mark)
        kept.append(one)
    return tuple(
        sorted(kept, key=lambda one: (-one.day.toordinal(), LOST.index(one.kind), one.client_id or 0))
    )
