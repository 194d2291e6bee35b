"""Pictures of figures in cells of a terminal, drawn from the same Chart the papers draw (row R4).

`draw` is given cells and gives back lines, none wider. A sign, a word or a number stands for whatever a colour says.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from math import ceil

from rich.cells import cell_len
from textual.content import Content

from deskapp.domain.document import Chart
from deskapp.i18n import say
from deskapp.widgets import signs
from deskapp.widgets.lines import Lines
from deskapp.widgets.safe_text import cut, fit, shown

LEAST_BAR = 4
"""Cells under which bars are left out: the numbers say it."""
LEVELS = 4
_TONES = ("$text-disabled", "$text-muted", "$primary", "$accent", "bold $warning")


def draw(chart: Chart, width: int, height: int = 0) -> list[Content]:
    """The lines of a chart, at most `width` cells each, and at most `height` lines where that is not 0."""
    if width <= 0:
        return []
    if not chart.values:
        lines = [Content.styled(fit(say("chart.none"), width), "$text-muted")]
    else:
        lines = [_within(line, width) for line in _KINDS[chart.kind](chart, width, height)]
    return lines[:height] if height else lines


def _within(line: Content, width: int) -> Content:
    """A line cut where there are too few cells for any picture."""
    return line if cell_len(line.plain) <= width else Content(cut(line.plain, width))


def number(value: float) -> str:
    """A figure as short as it can be written."""
    return f"{value:.0f}" if value == int(value) else f"{value:.1f}"


def bar(value: float, largest: float, cells: int) -> str:
    """A bar of full cells, in proportion to the largest; what is more than nothing has one at least."""
    if value <= 0 or largest <= 0 or cells <= 0:
        return ""
    return signs.sign("full") * max(1, min(cells, round(value / largest * cells)))


def _bars(chart: Chart, width: int, height: int) -> list[Content]:
    """A bar a line, in the order given; what there is no room for is summed up in a last line."""
    labels, values = [shown(label) for label in chart.labels], list(chart.values)
    percents = list(chart.percents)
    line = vital_line(percents, chart.target or 0, width)
    vital = vital_count(percents, chart.target or 0)
    parted = 1 if chart.kind == "pareto" and chart.target is not None and percents else 0
    room = max(1, height - parted) if height else len(values)
    if len(values) > room:
        rest = len(values) - max(0, room - 1)
        labels = [*labels[:-rest], say("chart.rest", count=rest)]
        values = [*values[:-rest], sum(values[-rest:])]
        percents = [*percents[: len(values) - 1], *percents[-1:]]
    numbers = [f"{number(value)}{shown(chart.unit)}" for value in values]
    shares = [f"{percent:.1f}%" for percent in percents]
    lines = _bar_lines(labels, values, numbers, shares, width)
    if parted:
        lines.insert(min(vital, len(lines)), Content.styled(line, "$warning"))
    return lines


def _bar_lines(
    labels: Sequence[str], values: Sequence[float], numbers: Sequence[str], shares: Sequence[str], width: int
) -> list[Content]:
    ends = [f" {count}" for count in _aligned(numbers)]
    if shares:
        ends = [f"{end} {share}" for end, share in zip(ends, _aligned(shares), strict=True)]
    tail = max(map(cell_len, ends))
    named = max(1, min(max(map(cell_len, labels)), max(width // 3, 8), width - tail))
    wide = width - tail - named - 1
    if wide < LEAST_BAR:
        named, wide = max(1, min(max(map(cell_len, labels)), width - tail)), 0
    lines = []
    largest = max(values)
    for label, value, end in zip(labels, values, ends, strict=True):
        drawn = f" {fit(bar(value, largest, wide), wide)}" if wide else ""
        name = fit(label, named)
        if cell_len(name) + cell_len(drawn) + cell_len(end) > width:
            lines.append(Content(fit(f"{name}{end}", width)))
        else:
            lines.append(Content.assemble(name, (drawn, "$primary"), end))
    return lines


def _aligned(words: Sequence[str]) -> list[str]:
    wide = max(map(cell_len, words))
    return [fit(word, wide, "right") for word in words]


def vital_count(percents: Sequence[float], target: float) -> int:
    """How many of the most frequent reach a share together; all where they never do."""
    return next((place for place, percent in enumerate(percents, 1) if percent >= target), len(percents))


def vital_line(percents: Sequence[float], target: float, width: int) -> str:
    """The line drawn under the vital few, which says what it stands for."""
    words = cut(f" {say('chart.vital', count=vital_count(percents, target), percent=number(target))} ", width)
    dashes = width - cell_len(words)
    return "-" * min(4, dashes) + words + "-" * max(0, dashes - 4)


def _gauge(chart: Chart, width: int, _height: int) -> list[Content]:
    """A bar from 0 to 100 %, the target marked beneath, and in words whether it is reached."""
    value, target = chart.values[0], chart.target
    words = [shown(label) for label in chart.labels[:1]] + [f"{number(value)}%"]
    tone = "bold"
    if target is not None:
        met = value >= target
        tone = "bold $success" if met else "bold $error"
        gap = number(round(abs(target - value), 1))
        verdict = say("chart.gauge.met", gap=gap) if met else say("chart.gauge.missed", gap=gap)
        words += [f"{signs.sign('met' if met else 'missed')} {verdict}"]
    filled = round(max(0.0, min(100.0, value)) / 100 * width)
    full, rest = signs.sign("full") * filled, signs.sign("rest") * (width - filled)
    lines = [
        Content.styled(fit("  ".join(words), width), tone),
        Content.assemble((full, tone), (rest, "$text-muted")),
    ]
    if target is not None:
        lines.append(Content.styled(_mark(target, width), "bold"))
    lines.append(Content.styled(_scale(width), "$text-muted"))
    return lines


def _mark(target: float, width: int) -> str:
    """A pointer up to where the target lies on the bar, its words to the side that has room."""
    place = max(0, min(width - 1, round(target / 100 * width) - 1))
    words = say("chart.gauge.target", target=number(target))
    if place + 2 + cell_len(words) <= width:
        return fit(f"{' ' * place}^ {words}", width)
    return f"{fit(words, place - 1, 'right')} ^" if place > 1 else fit("^", width)


def _scale(width: int) -> str:
    if width < 16:
        return fit("0", width - 4) + "100%" if width > 4 else " " * width
    marks = "".join(f"{mark:<{width // 4}}" for mark in ("0", "25", "50", "75"))
    return f"{marks[: width - 4]:<{width - 4}}100%"


def _heat(chart: Chart, width: int, height: int) -> list[Content]:
    """Lines by columns, shaded by how many; numbers where there is room; sums at the right, the legend in words."""
    grid = _Grid(chart, width)
    lines = [grid.head(), *(grid.line(place) for place in range(len(grid.rows)))]
    if grid.sums_fit:
        lines.append(grid.foot())
    room = height - len(lines) if height else 3
    return [*lines, *grid.legend()[: max(0, room)]]


class _Grid:
    """The cells of a heat map: empty columns at both ends left away, columns joined until they fit."""

    def __init__(self, chart: Chart, width: int) -> None:
        self.width, self.unit = width, shown(chart.unit)
        across = len(chart.labels)
        self.rows = [shown(row) for row in chart.rows]
        self.whole = [list(chart.values[y * across : (y + 1) * across]) for y in range(len(self.rows))]
        busy = [x for x in range(across) if any(line[x] for line in self.whole)] or [0, across - 1]
        self.first, self.last = busy[0], busy[-1]
        self.left_away = across - (self.last - self.first + 1)
        labels = [shown(label) for label in chart.labels[self.first : self.last + 1]]
        cells = [line[self.first : self.last + 1] for line in self.whole]
        self.totals = [number(sum(line)) for line in self.whole]
        self.named = min(max(map(cell_len, self.rows)), max(1, width // 4))
        self.tail = max(map(len, [*self.totals, say("chart.sum")])) if width >= 30 else 0
        self.tail = max(self.tail, cell_len(say("chart.sum"))) if self.tail else 0
        inner = max(1, width - self.named - 1 - (self.tail + 1 if self.tail else 0))
        joined = max(1, ceil(len(labels) / inner))
        self.labels = labels[::joined]
        self.cells = [_joined(line, joined) for line in cells]
        self.step = max(1, min(6, inner // len(self.labels)))
        self.most = max(max(line) for line in self.cells)
        self.numbered = self.step > len(number(self.most))
        sums = [number(sum(column)) for column in zip(*self.cells, strict=True)]
        self.sums = sums
        self.sums_fit = self.step > max(map(len, sums))

    def head(self) -> Content:
        """The names of the columns: every one, or every second, third … where they would touch."""
        every = ceil((max(map(cell_len, self.labels)) + 1) / self.step)
        text = ""
        for place in range(0, len(self.labels), every):
            room = min(every, len(self.labels) - place) * self.step
            label = self.labels[place]
            words = fit(label, self.step, "right") if every == 1 else f" {label}"
            text += fit(words if cell_len(words) <= room else "", room)
        return Content.styled(self._whole("", text, say("chart.sum")), "$text-muted")

    def _whole(self, name: str, text: str, total: str) -> str:
        tail = f" {fit(total, self.tail, 'right')}" if self.tail else ""
        return cut(f"{fit(name, self.named)} {text}{tail}", self.width)

    def line(self, place: int) -> Content:
        """One line with its sum."""
        parts: list[str | tuple[str, str]] = [fit(self.rows[place], self.named), " "]
        for value in self.cells[place]:
            level = self.level(value)
            parts.append((self._cell(value, level), _TONES[level]))
        if self.tail:
            parts += [" ", (fit(self.totals[place], self.tail, "right"), "bold")]
        return Content.assemble(*parts)

    def _cell(self, value: float, level: int) -> str:
        shade = signs.sign(f"shade{level}") if level else " "
        if not self.numbered:
            return f" {shade * (self.step - 1)}" if self.step > 1 else shade
        return fit(f"{shade}{number(value)}" if level else ".", self.step, "right")

    def foot(self) -> Content:
        """The sums of the columns."""
        text = "".join(fit(each, self.step, "right") for each in self.sums)
        total = number(sum(map(sum, self.whole)))
        return Content.styled(self._whole(say("chart.sum"), text, total), "bold")

    def level(self, value: float) -> int:
        """How dark: nothing 0, then four equal steps up to the most."""
        return ceil(LEVELS * value / self.most) if value > 0 else 0

    def legend(self) -> list[Content]:
        """What the shades mean, where most are, and which columns had nothing."""
        edges = [int(self.most * level / LEVELS) for level in range(LEVELS + 1)]
        parts = [
            f"{signs.sign(f'shade{level}')} {_range(low + 1, high)}{self.unit}"
            for level, low, high in zip(range(1, LEVELS + 1), edges, edges[1:], strict=False)
            if high > low
        ]
        lines = [f"{say('chart.heat.shades')} {'  '.join(parts)}" if parts else say("chart.heat.nothing")]
        if self.most:
            place, line = max(enumerate(self.cells), key=lambda one: max(one[1]))
            column = self.labels[line.index(max(line))]
            facts = {"row": self.rows[place], "column": column, "count": f"{number(max(line))}{self.unit}"}
            lines.append(say("chart.heat.most", **facts))
        if self.left_away:
            shown_from, shown_to = self.labels[0], number(float(self.last))
            lines.append(say("chart.heat.left_away", first=shown_from, last=shown_to))
        return [Content.styled(fit(line, self.width), "$text-muted") for line in lines]


def _joined(line: Sequence[float], joined: int) -> list[float]:
    return [sum(line[place : place + joined]) for place in range(0, len(line), joined)]


def _range(low: int, high: int) -> str:
    return f"{low}" if low == high else f"{low}-{high}"


def _line(chart: Chart, width: int, height: int) -> list[Content]:
    from deskapp.widgets.curves import curves

    return curves(chart, width, height)


_KINDS: dict[str, Callable[[Chart, int, int], list[Content]]] = {
    "bars": _bars,
    "pareto": _bars,
    "heat": _heat,
    "gauge": _gauge,
    "line": _line,
}


class ChartView(Lines):
    """A chart as large as there is room for, or several under one another; drawn anew when that changes."""

    charts: Sequence[Chart] = ()

    def show_charts(self, charts: Sequence[Chart]) -> None:
        """Show other charts; several have their captions above them."""
        self.charts = charts
        self._draw()

    def on_resize(self) -> None:
        """Draw for the room there is now."""
        self._draw()

    def relabel(self) -> None:
        """Draw with the signs and words in use."""
        self._draw()

    def _draw(self) -> None:
        width, height = self.size
        if len(self.charts) == 1:
            self.show(draw(self.charts[0], width, height))
            return
        lines: list[Content] = []
        for chart in self.charts:
            caption = Content.styled(fit(shown(chart.caption), width), "bold")
            lines += [caption, *draw(chart, width), Content("")]
        self.show(lines)
