"""Charts as pictures, drawn in the font of the papers: bars, line, Pareto, heat map, gauge (row R4)."""

from __future__ import annotations

import io
import math
from collections.abc import Sequence
from functools import cache
from typing import Any

from deskapp.domain.document import Chart, written
from deskapp.i18n import say
from deskapp.papers import sheet as shared
from deskapp.papers.slip import cells, wrap

SIZE = (1200, 560)
BACK, INK, SOFT, RULE = "#FFFFFF", "#262626", "#595959", "#D9D9D9"
BAR, LINE, AIM = "#4472C4", "#C55A11", "#C00000"
TEXT = 22
LEFT, RIGHT, TOP, BOTTOM = 90, 1150, 40, 470
MOST_LYING = 18
"""The most bars that lie one under another."""


@cache
def _font(size: int) -> Any:
    from PIL import ImageFont

    return ImageFont.truetype(str(shared.font_path()), size, index=0)


def picture(chart: Chart) -> bytes:
    """Draw a chart as a PNG of SIZE."""
    from PIL import Image, ImageDraw

    image = Image.new("RGB", SIZE, BACK)
    draw = ImageDraw.Draw(image)
    values = [value if math.isfinite(value) else 0.0 for value in chart.values]
    if not values:
        _centred(draw, SIZE[0] / 2, SIZE[1] / 2 - 16, say("paper.none"), SOFT, 30)
    else:
        {"line": _line, "pareto": _pareto, "heat": _heat, "gauge": _gauge}.get(chart.kind, _bars)(
            draw, chart, values
        )
    stream = io.BytesIO()
    image.save(stream, "PNG", optimize=True)
    return stream.getvalue()


def _drawn(text: str) -> str:
    from deskapp.papers.pdf import drawn

    return drawn(shared.line(text))


def _text(draw: Any, x: float, y: float, text: str, ink: str = INK, size: int = TEXT) -> None:
    draw.text((x, y), _drawn(text), fill=ink, font=_font(size))


def _wide(draw: Any, text: str, size: int = TEXT) -> float:
    return float(draw.textlength(_drawn(text), font=_font(size)))


def _centred(draw: Any, x: float, y: float, text: str, ink: str = INK, size: int = TEXT) -> None:
    _text(draw, x - _wide(draw, text, size) / 2, y, text, ink, size)


def _fitting(text: str, width: int) -> str:
    """A label cut to so many cells."""
    text = shared.line(text)
    return text if cells(text) <= width else wrap(text, max(2, width - 1))[0] + "\u2026"


def top_of(values: Sequence[float]) -> float:
    """A round number no value goes beyond, for the end of an axis."""
    most = max([*values, 0.0])
    if most <= 0:
        return 1.0
    step = 10.0 ** math.floor(math.log10(most))
    return next(step * part for part in (1, 2, 4, 8, 10) if step * part >= most)


def _number(value: float, unit: str) -> str:
    whole = int(value) if float(value).is_integer() else value
    text = written(whole, "count" if isinstance(whole, int) else "")
    return f"{text}{unit}"


def _axes(draw: Any, top: float, unit: str) -> None:
    """The frame's lines across, each with its number."""
    for at in range(5):
        y = BOTTOM - (BOTTOM - TOP) * at / 4
        draw.line((LEFT, y, RIGHT, y), fill=INK if at == 0 else RULE, width=2 if at == 0 else 1)
        text = _number(round(top * at / 4, 3), unit)
        _text(draw, LEFT - 10 - _wide(draw, text, 18), y - 12, text, SOFT, 18)


def _labels(draw: Any, chart: Chart, centres: Sequence[float], room: float) -> None:
    """The names under the axis, in two lines where they are long, some left out where there are too many."""
    every = max(1, math.ceil(44 / max(room, 1)))
    width = max(2, int(room * every / 11) - 1)
    for at, (centre, label) in enumerate(zip(centres, chart.labels, strict=False)):
        if at % every:
            continue
        first, *rest = wrap(shared.line(label), width)
        _centred(draw, centre, BOTTOM + 10, first, INK, 20)
        if rest:
            _centred(draw, centre, BOTTOM + 36, _fitting("".join(rest), width), INK, 20)


def _aim(draw: Any, chart: Chart, top: float) -> None:
    """The line of what was aimed at."""
    if chart.target is None:
        return
    y = BOTTOM - (BOTTOM - TOP) * min(1.0, chart.target / top)
    for x in range(LEFT, RIGHT, 18):
        draw.line((x, y, min(x + 10, RIGHT), y), fill=AIM, width=3)
    text = say("paper.target", value=_number(chart.target, chart.unit))
    _text(draw, RIGHT - _wide(draw, text, 18), y - 26, text, AIM, 18)


def _centres(count: int) -> tuple[list[float], float]:
    room = (RIGHT - LEFT) / count
    return [LEFT + room * (at + 0.5) for at in range(count)], room


def _bars(draw: Any, chart: Chart, values: Sequence[float]) -> None:
    """Bars that stand; that lie, where their names are long."""
    longest = max((cells(shared.line(label)) for label in chart.labels), default=0)
    if len(values) <= MOST_LYING and longest * 11 > 2 * (RIGHT - LEFT) / len(values):
        _lying(draw, chart, values, longest)
        return
    top = top_of([*values, chart.target or 0.0])
    _axes(draw, top, chart.unit)
    centres, room = _centres(len(values))
    _standing(draw, chart, values, top)
    _labels(draw, chart, centres, room)
    _aim(draw, chart, top)


def _standing(draw: Any, chart: Chart, values: Sequence[float], top: float) -> None:
    centres, room = _centres(len(values))
    half = max(1.0, min(room * 0.34, 60))
    for centre, value in zip(centres, values, strict=True):
        y = BOTTOM - (BOTTOM - TOP) * max(0.0, value) / top
        draw.rectangle((centre - half, y, centre + half, BOTTOM), fill=BAR)
        if room > 34:
            _centred(draw, centre, y - 26, _number(value, chart.unit), INK, 18)


def _lying(draw: Any, chart: Chart, values: Sequence[float], longest: int) -> None:
    label = min(longest, 30) * 11 + 40
    right = RIGHT - 90
    top, room = max([*values, chart.target or 0.0]) or 1.0, (SIZE[1] - 40) / len(values)
    for at, (name, value) in enumerate(zip(chart.labels, values, strict=False)):
        y = 20 + room * at
        words = _fitting(name, 30)
        _text(draw, label - 14 - _wide(draw, words, 20), y + room / 2 - 14, words, INK, 20)
        end = label + (right - label) * max(0.0, value) / top
        half = min(room * 0.35, 22)
        draw.rectangle((label, y + room / 2 - half, end, y + room / 2 + half), fill=BAR)
        _text(draw, end + 10, y + room / 2 - 14, _number(value, chart.unit), INK, 20)
    draw.line((label, 16, label, SIZE[1] - 16), fill=INK, width=2)
    if chart.target is not None:
        x = label + (right - label) * chart.target / top
        draw.line((x, 16, x, SIZE[1] - 16), fill=AIM, width=3)


def _line(draw: Any, chart: Chart, values: Sequence[float]) -> None:
    """A curve over time, its values beside its points; what was before as a second one of squares, unjoined."""
    top = top_of([*values, chart.target or 0.0])
    _axes(draw, top, chart.unit)
    count = len(chart.labels) or len(values)
    values, before = values[:count], values[count : 2 * count]
    centres, room = _centres(len(values))
    points = [
        (x, BOTTOM - (BOTTOM - TOP) * max(0.0, value) / top) for x, value in zip(centres, values, strict=True)
    ]
    for x, value in zip(centres, before, strict=False):
        y = BOTTOM - (BOTTOM - TOP) * max(0.0, value) / top
        draw.rectangle((x - 6, y - 6, x + 6, y + 6), outline=LINE, width=3)
    if len(chart.rows) > 1:
        draw.ellipse((LEFT, 8, LEFT + 14, 22), fill=BAR)
        _text(draw, LEFT + 22, 2, _fitting(chart.rows[0], 20), INK, 18)
        draw.rectangle((LEFT + 280, 8, LEFT + 292, 20), outline=LINE, width=3)
        _text(draw, LEFT + 302, 2, _fitting(chart.rows[1], 20), INK, 18)
    if len(points) > 1:
        draw.line(points, fill=BAR, width=5, joint="curve")
    for (x, y), value in zip(points, values, strict=True):
        draw.ellipse((x - 7, y - 7, x + 7, y + 7), fill=BAR)
        if room > 40:
            _centred(draw, x, y - 36, _number(value, chart.unit), INK, 18)
    _labels(draw, chart, centres, room)
    _aim(draw, chart, top)


def _pareto(draw: Any, chart: Chart, values: Sequence[float]) -> None:
    """Bars by size, and over them the line of what they come to together, the target (80 %) marked."""
    top = top_of(values)
    _axes(draw, top, chart.unit)
    centres, room = _centres(len(values))
    _standing(draw, chart, values, top)
    _labels(draw, chart, centres, room)
    sums = chart.percents or cumulated(values)
    points = [(x, BOTTOM - (BOTTOM - TOP) * one / 100) for x, one in zip(centres, sums, strict=False)]
    share = 80.0 if chart.target is None else chart.target
    y = BOTTOM - (BOTTOM - TOP) * share / 100
    for begin in range(LEFT, RIGHT, 18):
        draw.line((begin, y, min(begin + 10, RIGHT), y), fill=LINE, width=1)
    _text(draw, RIGHT + 6, y - 12, f"{share:.0f}%", LINE, 18)
    if len(points) > 1:
        draw.line(points, fill=LINE, width=4)
    for (x, at), one in zip(points, sums, strict=False):
        draw.ellipse((x - 6, at - 6, x + 6, at + 6), fill=LINE)
        if room > 60:
            _text(draw, x + 8, at - 28, f"{one:.0f}%", LINE, 17)


def cumulated(values: Sequence[float]) -> list[float]:
    """The share of all each value makes together with those before it, in percent."""
    total, sums, reached = sum(values) or 1.0, [], 0.0
    for value in values:
        reached += value
        sums.append(100 * reached / total)
    return sums


def _heat(draw: Any, chart: Chart, values: Sequence[float]) -> None:
    """Rows by columns, darker where there is more; the number stands in its square where it has room."""
    across, down = max(1, len(chart.labels)), max(1, len(chart.rows))
    label = min(14, max((cells(shared.line(one)) for one in chart.rows), default=2)) * 11 + 30
    wide, high = (SIZE[0] - label - 30) / across, (SIZE[1] - 70) / down
    most = max([*values, 0.0]) or 1.0
    every = max(1, math.ceil(max(cells(one) for one in chart.labels or (" ",)) * 11 / wide))
    for at, name in enumerate(chart.labels):
        if at % every == 0:
            _centred(draw, label + wide * (at + 0.5), 14, _fitting(name, 10), INK, 18)
    for at, name in enumerate(chart.rows):
        words = _fitting(name, 14)
        _text(draw, label - 12 - _wide(draw, words, 20), 50 + high * (at + 0.5) - 13, words, INK, 20)
    for at, value in enumerate(values[: across * down]):
        x, y = label + wide * (at % across), 50 + high * (at // across)
        part = max(0.0, value) / most
        draw.rectangle((x, y, x + wide - 2, y + high - 2), fill=_shade(part))
        text = _number(value, "")
        if value and _wide(draw, text, 17) < wide - 4:
            ink = BACK if part > 0.55 else INK
            _centred(draw, x + wide / 2, y + high / 2 - 11, text, ink, 17)


def _shade(part: float) -> tuple[int, int, int]:
    """From nearly white to a deep blue."""
    light, deep = (242, 246, 252), (31, 78, 140)
    red, green, blue = (round(a + (b - a) * part) for a, b in zip(light, deep, strict=True))
    return red, green, blue


def _gauge(draw: Any, chart: Chart, values: Sequence[float]) -> None:
    """Half a ring filled as far as the percentage goes, a mark at what was aimed at."""
    value = min(100.0, max(0.0, values[0]))
    x, y, outer = SIZE[0] / 2, SIZE[1] - 110, 380
    box = (x - outer, y - outer, x + outer, y + outer)
    draw.pieslice(box, 180, 360, fill=RULE)
    enough = chart.target is None or values[0] >= chart.target
    if value > 0:
        draw.pieslice(box, 180, 180 + 1.8 * value, fill=BAR if enough else AIM)
    inner = 250
    draw.pieslice((x - inner, y - inner, x + inner, y + inner), 179, 361, fill=BACK)
    _centred(draw, x, y - 110, f"{values[0]:.1f}%", INK, 84)
    _text(draw, x - outer, y + 10, "0%", SOFT)
    _text(draw, x + outer - 60, y + 10, "100%", SOFT)
    if chart.labels:
        _centred(draw, x, y + 10, _fitting(chart.labels[0], 40), INK, 26)
    if chart.target is not None:
        turn = math.pi * (1 - min(100.0, max(0.0, chart.target)) / 100)
        for radius in range(inner - 6, outer + 14, 2):
            px, py = x + radius * math.cos(turn), y - radius * math.sin(turn)
            draw.ellipse((px - 3, py - 3, px + 3, py + 3), fill=INK)
        _centred(draw, x, y + 46, say("paper.target", value=_number(chart.target, "%")), SOFT, 22)
