"""The monthly appraisal of designers, supervisors and project managers (row A2; text 4, 1.3.4c and 2.3.10).

A score begins at the policy's base. Every item adds or takes points by its weight; an item nobody has data for (no
scores, nothing that fell due) adds and takes nothing, so silence is never counted as a bad mark.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date

from pendulum import DateTime

from deskapp.domain.errors import RuleBroken
from deskapp.domain.praise import month_after, month_of

TRADES = ("designer", "supervisor", "project_manager")
ITEMS = (
    *("complaints", "responsible", "repeats", "calls", "evaluations", "repairs", "praises", "penalties"),
    *("rewards", "timeliness", "sites"),
)
"""Every figure of a person's month, in the order it is read; `sites` says how much there was to do, without points."""
RATED = ("calls", "evaluations", "repairs")
MONEY = ("penalties", "rewards")
UNSCORED = ("sites",)
ROLES: Mapping[str, str] = {
    "designer": "designer_id",
    "supervisor": "supervisor_id",
    "project_manager": "manager_id",
}
"""Which person of a site somebody of a trade is."""
DEFAULT_WEIGHTS: Mapping[str, float] = {
    "base": 100,
    "complaints": 2,
    "responsible": 3,
    "repeats": 3,
    "neutral": 4,
    "calls": 4,
    "evaluations": 6,
    "repairs": 4,
    "praises": 2,
    "praises_most": 10,
    "penalties": 2,
    "rewards": 1,
    "timeliness": 10,
    "floor": 0,
    "cap": 120,
}
"""Points by item: of each case; of each point of a mean above `neutral`; of each 100 yuan; of nothing done in time."""
MOST_POINTS = 1000
_FEN = 10_000
"""Fen in the 100 yuan points are given for."""


@dataclass(frozen=True, slots=True)
class AppraisalMonth:
    """A month's appraisal: the weights it was reckoned with, and who closed it; closed, it never changes again."""

    id: int = 0
    version: int = 0
    month: date = date.min
    weights: Mapping[str, object] | None = None
    closed_at: DateTime | None = None
    closed_by: int | None = None


@dataclass(frozen=True, slots=True)
class Appraisal:
    """One person's month as it was closed: `score` in hundredths, the place among the trade, the figures behind it.

    Figures are by item [count, total, the ids of the cases]; without any the place is None and the score says nothing.
    """

    id: int = 0
    version: int = 0
    month: date = date.min
    staff_id: int = 0
    trade: str = ""
    score: int = 0
    place: int | None = None
    figures: Mapping[str, object] | None = None


@dataclass(frozen=True, slots=True)
class Figure:
    """How many cases stand behind an item, and what they add up to: the scores, fen, those done in time."""

    count: int = 0
    total: int = 0

    @property
    def mean(self) -> float | None:
        """What a case comes to on average: a mean score, a share; None where there is none."""
        return self.total / self.count if self.count else None


Figures = Mapping[str, Figure]
NONE = Figure()


@dataclass(frozen=True, slots=True)
class AppraisalRow:
    """A person's month: figures, points by item (hundredths; None where there is no data), score and place."""

    staff_id: int
    name: str = ""
    trade: str = ""
    department: str = ""
    figures: Figures = field(default_factory=dict)
    points: Mapping[str, int | None] = field(default_factory=dict)
    score: int | None = None
    place: int | None = None

    def figure(self, item: str) -> Figure:
        """The figure of an item."""
        return self.figures.get(item, NONE)


@dataclass(frozen=True, slots=True)
class AppraisalBoard:
    """A month's appraisal as it stands, or as it was closed, with the weights it is reckoned with."""

    month: date
    weights: Mapping[str, float]
    rows: tuple[AppraisalRow, ...] = ()
    closed_at: DateTime | None = None
    closed_by: str = ""
    over: bool = True
    """Whether the month has ended: before that it cannot be closed."""
    at: DateTime | None = None
    """When it was read: what falls due later is not among the cases."""

    def of_trade(self, trade: str) -> list[AppraisalRow]:
        """The people of a trade, the best first, those without any data last."""
        mine = [row for row in self.rows if row.trade == trade]
        return sorted(mine, key=lambda row: (row.place is None, row.place or 0, row.staff_id))


@dataclass(frozen=True, slots=True)
class CaseSelection:
    """The cases behind one figure of one person: found as the figure is, or by their ids once the month is closed."""

    item: str
    staff_id: int
    ids: tuple[int, ...] | None = None


@dataclass(frozen=True, slots=True)
class AppraisalCase:
    """One record behind a figure; `amount` is the score, fen, or whether it was done in time."""

    noun: str
    id: int
    place: tuple[object, ...]
    at: DateTime | date | None = None
    number: str = ""
    client: str = ""
    address: str = ""
    words: str = ""
    state: str = ""
    amount: int | None = None
    source: str = ""
    source_id: int | None = None
    client_id: int | None = None
    site_id: int | None = None
    ticket_id: int | None = None


def points(item: str, figure: Figure, weights: Mapping[str, float]) -> int | None:
    """What an item adds to a score, in hundredths of a point; None where there is no data, and no weight then."""
    if item in UNSCORED:
        return None
    weight = weights[item]
    if item in RATED:
        mean = figure.mean
        return None if mean is None else _hundredths(weight * (mean - weights["neutral"]))
    if item == "timeliness":
        mean = figure.mean
        return None if mean is None else _hundredths(weight * (mean - 1))
    if item in MONEY:
        return _hundredths(weight * figure.total / _FEN)
    if item == "praises":
        return min(_hundredths(weight * figure.count), _hundredths(weights["praises_most"]))
    return _hundredths(-weight * figure.count)


def score_of(found: Mapping[str, int | None], weights: Mapping[str, float]) -> int:
    """The base and all points, not below the floor and not above the cap, in hundredths."""
    total = _hundredths(weights["base"]) + sum(one for one in found.values() if one is not None)
    return max(_hundredths(weights["floor"]), min(_hundredths(weights["cap"]), total))


def scored(row: AppraisalRow, weights: Mapping[str, float]) -> AppraisalRow:
    """A row with its points and its score; with no figure at all there is nothing to appraise."""
    found = {item: points(item, row.figure(item), weights) for item in ITEMS}
    nothing = not any(row.figure(item).count for item in ITEMS)
    return replace(row, points=found, score=None if nothing else score_of(found, weights))


def placed(rows: Iterable[AppraisalRow]) -> tuple[AppraisalRow, ...]:
    """Give everybody with a score a place among their trade: alike in score is alike in place."""
    listed = list(rows)
    scores: dict[str, list[int]] = {}
    for row in listed:
        if row.score is not None:
            scores.setdefault(row.trade, []).append(row.score)
    return tuple(
        replace(
            row,
            place=None if row.score is None else 1 + sum(one > row.score for one in scores[row.trade]),
        )
        for row in listed
    )


def frozen(figures: Mapping[str, Iterable[tuple[int, int]]]) -> dict[str, object]:
    """Write the cases of a person's month, each an id and its amount, as they are kept for good."""
    kept: dict[str, object] = {}
    for item in ITEMS:
        cases = list(figures.get(item, ()))
        kept[item] = [len(cases), sum(amount for _, amount in cases), [one for one, _ in cases]]
    return kept


def kept_figures(stored: Mapping[str, object] | None) -> dict[str, Figure]:
    """Read the figures of a closed month."""
    found = {}
    for item, value in (stored or {}).items():
        if isinstance(value, list | tuple) and len(value) == 3:
            found[item] = Figure(int(value[0]), int(value[1]))
    return found


def kept_ids(stored: Mapping[str, object] | None, item: str) -> tuple[int, ...]:
    """The cases a figure of a closed month was made of."""
    value = (stored or {}).get(item)
    return tuple(int(one) for one in value[2]) if isinstance(value, list | tuple) and len(value) == 3 else ()


def kept_weights(stored: Mapping[str, object] | None) -> dict[str, float]:
    """The weights of a closed month."""
    given = stored or {}
    return {name: float(str(given.get(name, value))) for name, value in DEFAULT_WEIGHTS.items()}


def check_month(month: date) -> None:
    """Refuse a day that is not a month's first."""
    if month != month_of(month):
        raise RuleBroken("appraisal.month", value=month)


def check_over(month: date, today: date) -> None:
    """Refuse to close a month that is not over."""
    if today < month_after(month):
        raise RuleBroken("appraisal.not_over", month=f"{month:%Y-%m}")


def weights_possible(weights: Mapping[str, float]) -> str:
    """The name of the first weight that cannot go with the others; "" when all can."""
    if not weights["floor"] <= weights["base"]:
        return "floor"
    return "" if weights["base"] <= weights["cap"] else "cap"


def _hundredths(value: float) -> int:
    return round(value * 100)
