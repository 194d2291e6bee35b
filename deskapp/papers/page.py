"""A document as lines of a terminal: tables in boxes, Chinese in double cells, bars for charts (row R1)."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from deskapp.domain.document import (
    Block,
    Cell,
    Chart,
    Document,
    Facts,
    Table,
    Words,
    align_of,
    format_of,
    written,
)
from deskapp.i18n import say
from deskapp.papers import sheet as shared
from deskapp.papers.sheet import line, plain
from deskapp.papers.slip import cells, centred, padded, wrap

LEAST = 2
"""The fewest cells of a column."""
ROOMY = 6
"""Cells a column must have at least, if it asks for as many, or the table is shown in parts."""
BAR = 30


@dataclass(frozen=True, slots=True)
class Strokes:
    """What boxes are drawn with."""

    across: str = "\u2500"
    down: str = "\u2502"
    top: tuple[str, str, str] = ("\u250c", "\u252c", "\u2510")
    middle: tuple[str, str, str] = ("\u251c", "\u253c", "\u2524")
    bottom: tuple[str, str, str] = ("\u2514", "\u2534", "\u2518")
    bar: str = "\u2588"


BOXES = Strokes()
PLAIN = Strokes("-", "|", ("+", "+", "+"), ("+", "+", "+"), ("+", "+", "+"), "#")
"""For terminals that draw boxes in double cells."""


def page(document: Document, width: int, strokes: Strokes = BOXES) -> list[str]:
    """Write a document as lines, none wider than `width` cells."""
    left, right = shared.head_ends(document)
    gap = width - cells(left) - cells(right)
    ends = [left + " " * gap + right] if gap > 0 else [*wrap(left, width), *wrap(right, width)]
    lines = [centred(line(document.company), width), centred(line(document.title), width), *ends]
    for before, block in zip((None, *document.blocks), document.blocks, strict=False):
        fits = isinstance(block, Facts) and not block.caption
        joined = before if fits and isinstance(before, Facts) and before.pairs else None
        lines[-1:] = [] if joined else [lines[-1], ""]
        lines += _block(block, width, strokes, joined)
    signed = "   ".join(map(shared.signature, document.signatures))
    return [
        *lines,
        "",
        *wrap(signed, width),
        *(each for one in shared.foot_lines(document) for each in wrap(one, width)),
    ]


def _block(block: Block, width: int, strokes: Strokes, joined: Facts | None) -> Iterator[str]:
    if block.caption:
        yield from wrap(line(block.caption), width)
    if isinstance(block, Facts):
        yield from _facts(block, width, strokes, joined)
    elif isinstance(block, Table):
        yield from _table(block, width, strokes)
    elif isinstance(block, Chart):
        yield from _chart(block, width, strokes)
    else:
        yield from _words(block, width, strokes)


def _rule(widths: Sequence[int], corners: tuple[str, str, str], strokes: Strokes) -> str:
    left, middle, right = corners
    return left + middle.join(strokes.across * (one + 2) for one in widths) + right


def _between(above: Sequence[int], below: Sequence[int], strokes: Strokes) -> str:
    """The rule between rows of different columns: a corner where either has one."""
    if list(above) == list(below) or strokes is PLAIN:
        return _rule(below, strokes.middle, strokes)
    ups, downs = _joints(above), _joints(below)
    inner = sum(below) + 3 * len(below) - 1
    signs = {(True, True): strokes.middle[1], (True, False): strokes.bottom[1], (False, True): strokes.top[1]}
    body = "".join(signs.get((at in ups, at in downs), strokes.across) for at in range(inner))
    return strokes.middle[0] + body + strokes.middle[2]


def _joints(widths: Sequence[int]) -> set[int]:
    found, at = set(), -1
    for one in widths[:-1]:
        at += one + 3
        found.add(at)
    return found


def _row(
    texts: Sequence[str], widths: Sequence[int], aligns: Sequence[str], strokes: Strokes, least: int = 1
) -> Iterator[str]:
    wrapped = [wrap(text, width) for text, width in zip(texts, widths, strict=True)]
    for y in range(max(least, *(len(lines) for lines in wrapped))):
        parts = []
        for lines, width, align in zip(wrapped, widths, aligns, strict=True):
            parts.append(_set(lines[y] if y < len(lines) else "", width, align))
        yield f"{strokes.down} " + f" {strokes.down} ".join(parts) + f" {strokes.down}"


def _set(text: str, width: int, align: str) -> str:
    room = width - cells(text)
    before = {"right": room, "center": room // 2}.get(align, 0)
    return padded(" " * before + text, width)


def fitted(asked: Sequence[int], width: int) -> list[int]:
    """Widths of columns that fit a line: the widest give first, none has fewer than LEAST cells."""
    wanted = [max(LEAST, one) for one in asked]
    room = width - 3 * len(wanted) - 1
    cap = max(wanted, default=LEAST)
    while cap > LEAST and sum(min(one, cap) for one in wanted) > room:
        cap -= 1
    widths = [min(one, cap) for one in wanted]
    for place, one in enumerate(wanted):
        if one > widths[place] and sum(widths) < room:
            widths[place] += 1
    return widths


def _facts(facts: Facts, width: int, strokes: Strokes, joined: Facts | None) -> Iterator[str]:
    before = _columns(joined, width)[-1] if joined else None
    for one, widths in zip(_laid(facts, width), _columns(facts, width), strict=True):
        yield _rule(widths, strokes.top, strokes) if before is None else _between(before, widths, strokes)
        texts = [text for name, value in one.pairs for text in (line(name), plain(value))]
        yield from _row(texts, widths, ["left"] * len(widths), strokes, one.lines)
        before = widths
    if before is not None:
        yield _rule(before, strokes.bottom, strokes)


def _laid(facts: Facts, width: int) -> list[shared.Line]:
    """The lines of facts, with no more pairs on each than have room."""
    across = max(1, min(facts.across, width // 26 or 1))
    return shared.fact_lines(Facts(facts.pairs, across=across, lines=facts.lines))


def _columns(facts: Facts, width: int) -> list[list[int]]:
    return [_halves(len(one.pairs), width) for one in _laid(facts, width)]


def _halves(pairs: int, width: int) -> list[int]:
    """The columns of a line of facts, which is exactly as wide as the page."""
    room = width - 3 * 2 * pairs - 1
    label = min(12, max(4, room // (2 * pairs)))
    values = [(room - label * pairs) // pairs] * pairs
    values[-1] += room - label * pairs - sum(values)
    return [one for value in values for one in (label, value)]


def _table(table: Table, width: int, strokes: Strokes) -> Iterator[str]:
    parts = _parts(shared.natural_widths(table), width)
    for places in parts:
        yield from _part(table, places, width, strokes)
    if table.note:
        yield from wrap(line(table.note), width)


def _parts(asked: Sequence[int], width: int) -> list[list[int]]:
    """Which columns stand together: all, or as many as have room, the first one before each part."""
    room, parts, taken = width - 1, [[0]] if asked else [], min(asked[0], ROOMY) + 3 if asked else 0
    first = taken
    for place, one in enumerate(asked[1:], start=1):
        needs = min(one, ROOMY) + 3
        if taken + needs > room and len(parts[-1]) > 1:
            parts.append([0])
            taken = first
        parts[-1].append(place)
        taken += needs
    return parts


def _part(table: Table, places: Sequence[int], width: int, strokes: Strokes) -> Iterator[str]:
    asked = shared.natural_widths(table)
    columns = len(places)
    widths = fitted([asked[place] for place in places], width)
    aligns = [align_of(table, place) for place in places]

    def texts(row: Sequence[Cell]) -> list[str]:
        whole = shared.padded_row(row, len(table.columns))
        return [shared.text_of(whole[place], format_of(table, place)) for place in places]

    yield _rule(widths, strokes.top, strokes)
    yield from _row([line(table.columns[place]) for place in places], widths, ["center"] * columns, strokes)
    yield _rule(widths, strokes.middle, strokes)
    for row in table.rows:
        yield from _row(texts(row), widths, aligns, strokes)
    if not table.rows:
        yield from _row([say("paper.none"), *[""] * (columns - 1)], widths, ["left"] * columns, strokes)
    if table.total:
        yield _rule(widths, strokes.middle, strokes)
        yield from _row(texts(table.total), widths, aligns, strokes)
    yield _rule(widths, strokes.bottom, strokes)


def _words(words: Words, width: int, strokes: Strokes) -> Iterator[str]:
    text = plain(words.words).strip()
    if not text and words.lines:
        inner = [width - 4]
        yield _rule(inner, strokes.top, strokes)
        for _ in range(min(words.lines, 3)):
            yield from _row([""], inner, ["left"], strokes)
        yield _rule(inner, strokes.bottom, strokes)
        return
    for one in text.split("\n"):
        yield from wrap(one, width)


def _chart(chart: Chart, width: int, strokes: Strokes) -> Iterator[str]:
    """Bars that lie; a heat map as its numbers."""
    values = [float(one) if math.isfinite(one) else 0.0 for one in chart.values]
    if chart.kind == "heat":
        across = max(1, len(chart.labels))
        rows = tuple(
            (name, *map(_short, values[at * across : (at + 1) * across]))
            for at, name in enumerate(chart.rows)
        )
        yield from _table(Table(("", *chart.labels), rows), width, strokes)
        return
    label = min(20, max((cells(line(one)) for one in chart.labels), default=4))
    numbers = [f"{_short(one)}{chart.unit}" for one in values]
    tail = max((cells(one) for one in numbers), default=1)
    room = max(5, min(BAR, width - label - tail - 3))
    most = 100.0 if chart.kind == "gauge" else max([*values, 0.0]) or 1.0
    for name, value, number in zip(chart.labels, values, numbers, strict=False):
        bar = strokes.bar * max(0, min(room, round(room * value / most)))
        yield f"{padded(wrap(line(name), label)[0], label)} {bar} {number}"
    if chart.target is not None:
        yield say("paper.target", value=f"{_short(chart.target)}{chart.unit}")


def _short(value: float) -> str:
    """A figure without idle decimals."""
    return written(int(value) if float(value).is_integer() else value)
