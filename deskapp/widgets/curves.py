"""Curves over time in cells of a terminal: the present as a solid line, what was before as a dotted one (row R4).

Drawn in dots of braille, eight a cell, which no terminal draws double; with plain signs in ASCII.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import pairwise
from math import ceil, log10

from rich.cells import cell_len
from textual.content import Content

from deskapp.domain.document import Chart
from deskapp.i18n import say
from deskapp.widgets import signs
from deskapp.widgets.safe_text import cut, fit, shown

HIGH = 10
"""Lines of the plot where as many as one likes may be used."""
LEAST = 3
_DOTS = ((0x01, 0x08), (0x02, 0x10), (0x04, 0x20), (0x40, 0x80))
_BLANK = 0x2800
_GAP = 3
"""Every how many dots a dotted line has one."""


def curves(chart: Chart, width: int, height: int = 0) -> list[Content]:
    """A legend, the curves over their scale, the names along the axis, and the values where they fit."""
    count = len(chart.labels)
    names = [shown(name) for name in chart.rows] or [""]
    series = [list(chart.values[place * count : (place + 1) * count]) for place in range(len(names))][:2]
    ticks = scale(max(max(one, default=0.0) for one in series))
    marks = [number(tick) for tick in ticks]
    left = min(max(*map(len, marks), *(cell_len(name) for name in names)), max(1, width // 3))
    across = max(1, width - left - 1)
    tables = _values(series, names, left, across)
    around = 2 + len(tables)
    if height and height - around < LEAST:
        tables, around = [], 2
    high = max(1, height - around) if height else HIGH
    plot = _Plot(across, high, ticks[-1])
    for place in reversed(range(len(series))):
        plot.draw(series[place], dotted=place > 0)
    lines = [_legend(names, chart.unit, width)]
    labelled = {plot.row_of(tick): mark for tick, mark in zip(ticks, marks, strict=True)}
    for row in range(high):
        mark = fit(labelled.get(row, ""), left, "right")
        lines.append(Content.assemble((f"{mark} ", "$text-muted"), *plot.line(row)))
    labels = spread([shown(label) for label in chart.labels], across)
    return [*lines, Content.styled(f"{' ' * left} {labels}", "$text-muted"), *tables]


def number(value: float) -> str:
    """A figure of the scale, as short as it can be written."""
    return f"{value:.0f}" if value == int(value) else f"{value:g}"


def scale(most: float) -> list[float]:
    """Round figures from 0 to at least the most, three to six of them; whole ones for counts."""
    step = 1.0
    if most > 4:
        rough = most / 4
        ten = 10.0 ** int(log10(rough))
        step = next(ten * factor for factor in (1, 2, 5, 10) if ten * factor >= rough)
    return [step * place for place in range(max(1, ceil(most / step)) + 1)]


def centre(place: int, count: int, across: int) -> int:
    """The cell over which the n-th of some points stands."""
    return min(across - 1, (2 * place + 1) * across // (2 * count))


def spread(labels: Sequence[str], across: int) -> str:
    """As many labels along the axis as do not touch, the last always, each under its point."""
    taken: list[tuple[int, str]] = []
    free = across + 1
    for place in reversed(range(len(labels))):
        label = cut(labels[place], across)
        wide = cell_len(label)
        start = max(0, min(across - wide, centre(place, len(labels), across) - wide // 2))
        if start + wide < free:
            taken.append((start, label))
            free = start
    text = ""
    for start, label in reversed(taken):
        text += " " * (start - cell_len(text)) + label
    return text


def _values(series: Sequence[Sequence[float]], names: Sequence[str], left: int, across: int) -> list[Content]:
    """The values of each curve under its points; none at all where some would not fit."""
    lines: list[Content] = []
    for name, values in zip(names, series, strict=False):
        words = [f"{value:.0f}" if value == int(value) else f"{value:.1f}" for value in values]
        text = spread(words, across)
        if text.split() != words:
            return []
        tone = "$text-muted" if lines else "bold"
        lines.append(Content.styled(f"{fit(name, left, 'right')} {text}", tone))
    return lines


def _legend(names: Sequence[str], unit: str, width: int) -> Content:
    solid = signs.sign("node") if not signs.plain_signs() else "*"
    parts = []
    if names[0]:
        parts.append(f"{solid} {say('chart.curve.solid', name=names[0])}")
    if len(names) > 1:
        parts.append(f"+ {say('chart.curve.dotted', name=names[1])}")
    if unit:
        parts.append(say("chart.curve.unit", unit=shown(unit)))
    return Content.styled(fit("   ".join(parts), width), "$text-muted")


class _Plot:
    """Cells to draw curves into: dots of braille, or one character a cell with plain signs."""

    def __init__(self, across: int, high: int, top: float) -> None:
        self.plain = signs.plain_signs()
        self.across, self.high, self.top = across, high, top or 1.0
        self.fine = (1, 1) if self.plain else (2, 4)
        self.dots = [[0] * across for _ in range(high)]
        self.marks: dict[tuple[int, int], tuple[str, str]] = {}
        self.tones: dict[tuple[int, int], str] = {}

    def row_of(self, value: float) -> int:
        """The line a value stands on."""
        return self._y(value) // self.fine[1]

    def _y(self, value: float) -> int:
        most = self.high * self.fine[1] - 1
        return most - round(max(0.0, min(self.top, value)) / self.top * most)

    def draw(self, values: Sequence[float], *, dotted: bool) -> None:
        """Draw one curve; what is drawn later lies above."""
        points = [(centre(place, len(values), self.across), value) for place, value in enumerate(values)]
        tone = "$text-muted" if dotted else "bold $primary"
        fine = [(x * self.fine[0], self._y(value)) for x, value in points]
        for start, end in pairwise(fine):
            for place, (x, y) in enumerate(_straight(start, end)):
                if not dotted or place % _GAP == 0:
                    self._dot(x, y, tone, dotted)
        sign = "+" if dotted else ("*" if self.plain else signs.sign("node"))
        for x, value in points:
            self.marks[self.row_of(value), x] = (sign, tone)

    def _dot(self, x: int, y: int, tone: str, dotted: bool) -> None:
        row, column = y // self.fine[1], x // self.fine[0]
        if self.plain:
            self.dots[row][column] = ord("." if dotted else "o")
        else:
            self.dots[row][column] |= _DOTS[y % 4][x % 2]
        self.tones[row, column] = tone

    def line(self, row: int) -> list[tuple[str, str]]:
        """One line of cells with their tones."""
        found = []
        for column in range(self.across):
            dots = self.dots[row][column]
            text = " " if not dots else chr(dots if self.plain else _BLANK + dots)
            found.append(self.marks.get((row, column), (text, self.tones.get((row, column), ""))))
        return found


def _straight(start: tuple[int, int], end: tuple[int, int]) -> Iterator[tuple[int, int]]:
    """The dots of a straight line from one to another, both included."""
    steps = max(abs(end[0] - start[0]), abs(end[1] - start[1]), 1)
    for step in range(steps + 1):
        yield (
            round(start[0] + (end[0] - start[0]) * step / steps),
            round(start[1] + (end[1] - start[1]) * step / steps),
        )
