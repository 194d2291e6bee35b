"""What a benchmark gives: a figure, its floor from the same run, and the ratio between them."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

Take = Callable[[], float]
"""Take one figure: seconds, bytes, whatever the unit is."""


@dataclass(frozen=True, slots=True)
class Figure:
    """One line of the table."""

    id: str
    what: str
    engine: str
    figure: float
    floor: float
    ratio: float
    target: float | None = None
    unit: str = "ms"
    at_least: bool = False
    """Whether the ratio must reach its target rather than stay below it."""

    @property
    def verdict(self) -> str:
        """ok, missed, or nothing where no target is set."""
        if self.target is None:
            return ""
        met = self.ratio >= self.target if self.at_least else self.ratio <= self.target
        return "ok" if met else "MISSED"


@dataclass(frozen=True, slots=True)
class Pair:
    """Figures and floors taken in turns, a round a place."""

    figures: Sequence[float]
    floors: Sequence[float]

    @property
    def figure(self) -> float:
        """The figure in the middle."""
        return statistics.median(self.figures)

    @property
    def floor(self) -> float:
        """The floor in the middle."""
        return statistics.median(self.floors)

    @property
    def ratio(self) -> float:
        """The middle of the rounds' own ratios: a machine that slows down slows both sides of a round."""
        return statistics.median(a / b for a, b in zip(self.figures, self.floors, strict=True))

    def against(
        self,
        number: str,
        what: str,
        engine: str,
        target: float | None = None,
        *,
        unit: str = "ms",
        at_least: bool = False,
    ) -> Figure:
        """Put it down as a line of the table."""
        return Figure(number, what, engine, self.figure, self.floor, self.ratio, target, unit, at_least)


def in_turns(rounds: int, figure: Take, floor: Take) -> Pair:
    """Take both once a round, the other one first every other round."""
    figures, floors = [], []
    for turn in range(rounds):
        for act, taken in ((figure, figures), (floor, floors))[:: 1 if turn % 2 else -1]:
            taken.append(act())
    return Pair(figures, floors)


def timed(act: Callable[..., object], *arguments: object) -> float:
    """The seconds an act takes."""
    begun = time.perf_counter()
    act(*arguments)
    return time.perf_counter() - begun


def p95(values: Sequence[float]) -> float:
    """The value nineteen of twenty stay under."""
    return sorted(values)[min(len(values) - 1, int(len(values) * 0.95))]


_SCALES = {"ms": 1000.0, "MB": 1 / 2**20, "%": 100.0, "s": 1.0, "/s": 1.0}


def _shown(value: float, unit: str) -> str:
    scaled = value * _SCALES[unit]
    digits = 3 if scaled < 1 else 2 if scaled < 10 else 1 if scaled < 1000 else 0
    return f"{scaled:.{digits}f} {unit}"


def lines(figures: Sequence[Figure], before: Mapping[tuple[str, str, str], float] | None = None) -> list[str]:
    """The table: id, what, engine, figure, floor, ratio, target, verdict, and the ratio of a run before."""
    head = ("id", "what", "engine", "figure", "floor", "ratio", "target", "", "before")
    rows = [head, *(_row(one, before or {}) for one in figures)]
    widths = [max(len(row[place]) for row in rows) for place in range(len(head))]
    left = {0, 1, 2, 7}
    return [
        "  ".join(
            cell.ljust(width) if place in left else cell.rjust(width)
            for place, (cell, width) in enumerate(zip(row, widths, strict=True))
        ).rstrip()
        for row in rows
    ]


def _row(one: Figure, before: Mapping[tuple[str, str, str], float]) -> tuple[str, ...]:
    sign = ">=" if one.at_least else "<="
    target = f"{sign} {one.target:g}x" if one.target is not None else ""
    shown = _shown(one.figure, one.unit), _shown(one.floor, one.unit)
    was = before.get((one.id, one.what, one.engine))
    told = f"{was:.2f}x" if was is not None else ""
    return one.id, one.what, one.engine, *shown, f"{one.ratio:.2f}x", target, one.verdict, told
