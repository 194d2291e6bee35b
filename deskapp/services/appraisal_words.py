"""An appraisal in words: a figure, the points it comes to and how they were reckoned, a score (row A2)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from deskapp.domain.appraisal import ITEMS, MONEY, RATED, UNSCORED
from deskapp.i18n import say

if TYPE_CHECKING:
    from deskapp.domain.appraisal import AppraisalBoard, AppraisalRow, Figure

NOTHING = "-"
_FEN = 100


def name_of(item: str) -> str:
    """What an item is called."""
    return say(f"appraisal.item.{item}")


def short_of(item: str) -> str:
    """What an item is called at the head of a column."""
    return say(f"appraisal.short.{item}")


def brief(item: str, figure: Figure) -> str:
    """A figure as a column shows it: a count, a mean, yuan, a percentage; a dash where there is no data."""
    mean = figure.mean
    if item in RATED:
        return NOTHING if mean is None else f"{mean:.2f}"
    if item == "timeliness":
        return NOTHING if mean is None else f"{mean:.0%}"
    if item in MONEY:
        return f"{figure.total / _FEN:+,.2f}".removesuffix(".00") if figure.total else "0"
    return str(figure.count)


def in_full(item: str, figure: Figure) -> str:
    """A figure with the cases behind it."""
    if item in RATED and figure.count:
        return say("appraisal.figure.rated", mean=brief(item, figure), count=figure.count)
    if item == "timeliness" and figure.count:
        share = brief(item, figure)
        return say("appraisal.figure.timely", met=figure.total, count=figure.count, share=share)
    if item in MONEY:
        return say("appraisal.figure.money", amount=brief(item, figure), count=figure.count)
    return brief(item, figure)


def points_of(value: int | None) -> str:
    """Points with their sign; a dash where there is no data."""
    return NOTHING if value is None else f"{value / 100:+.2f}" if value else "0"


def score_of(value: int | None) -> str:
    """A score with its two decimals."""
    return NOTHING if value is None else f"{value / 100:.2f}"


def formula_of(item: str, figure: Figure, weights: Mapping[str, float]) -> str:
    """How the points of an item were reckoned, with its numbers in."""
    if item in UNSCORED:
        return say("appraisal.formula.unscored")
    weight = f"{weights[item]:g}"
    if item in RATED or item == "timeliness":
        if not figure.count:
            return say("appraisal.formula.no_data")
        if item == "timeliness":
            return say("appraisal.formula.timeliness", weight=weight, share=brief(item, figure))
        neutral = f"{weights['neutral']:g}"
        return say("appraisal.formula.rated", weight=weight, neutral=neutral, mean=brief(item, figure))
    if item in MONEY:
        return say("appraisal.formula.money", weight=weight, amount=brief(item, figure))
    if item == "praises":
        most = f"{weights['praises_most']:g}"
        return say("appraisal.formula.praises", weight=weight, count=figure.count, most=most)
    return say("appraisal.formula.cases", weight=weight, count=figure.count)


def sum_of(row: AppraisalRow, board: AppraisalBoard) -> str:
    """The base, the points of every item that has some, and what they come to within floor and cap."""
    weights = board.weights
    if row.score is None:
        return say("appraisal.nothing")
    parts = [f"{weights['base']:g}"]
    parts += [
        f"{'+' if value > 0 else '-'} {abs(value) / 100:g} ({short_of(item)})"
        for item in ITEMS
        if (value := row.points.get(item))
    ]
    limits = {"floor": f"{weights['floor']:g}", "cap": f"{weights['cap']:g}"}
    return say("appraisal.sum", parts=" ".join(parts), score=score_of(row.score), **limits)


def rules_of(weights: Mapping[str, float]) -> str:
    """The whole formula with the weights in, as a note under a table."""
    return say("appraisal.rules", **{name: f"{value:g}" for name, value in weights.items()})
