"""What a widget paints itself, as segments of an exact width: safe text, theme colours, no markup."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import lru_cache

from rich.cells import cell_len
from rich.segment import Segment
from rich.style import Style as RichStyle
from rich.text import Text
from textual._context import active_app
from textual.content import Content
from textual.strip import Strip
from textual.style import Style

from deskapp.widgets import signs
from deskapp.widgets.safe_text import Side, cut, fit, shown

Painted = Content | Text | str
"""What may be painted: styles inside are theme variables such as "$error", or Rich styles in a Text."""


def cell(painted: Painted, base: Style, width: int, align: Side = "left") -> list[Segment]:
    """Paint `painted` into exactly `width` cells over `base`; too long is cut with an ellipsis."""
    if width <= 0:
        return []
    if isinstance(painted, str):
        return [Segment(fit(shown(painted), width, align), base.rich_style)]
    pieces = _pieces(_content(painted), base)
    taken = sum(cell_len(segment.text) for segment in pieces)
    if taken > width:
        pieces = _cut(pieces, width, base)
        taken = sum(cell_len(segment.text) for segment in pieces)
    if taken < width:
        padding = Segment(" " * (width - taken), base.rich_style)
        pieces = [padding, *pieces] if align == "right" else [*pieces, padding]
    return pieces


def line(painted: Painted, base: Style, width: int, align: Side = "left") -> Strip:
    """A whole line of exactly `width` cells."""
    return Strip(cell(painted, base, width, align), width)


def ends(left: Painted, right: Painted, base: Style, width: int) -> Strip:
    """A line with something at both ends; the right end is kept when there is not room for both."""
    room = min(cells(right), width)
    return Strip([*cell(left, base, width - room), *cell(right, base, room, "right")], width)


def same(ones: Sequence[Painted], others: Sequence[Painted]) -> bool:
    """Whether two lots of lines look alike: Textual's own comparison sees the words, not their colours."""
    return len(ones) == len(others) and all(map(alike, ones, others))


def alike(one: Painted, other: Painted) -> bool:
    """Whether two lines say the same in the same colours."""
    return one is other or (type(one) is type(other) and _look(one) == _look(other))


def _look(painted: Painted) -> object:
    return painted if isinstance(painted, str) else (painted.plain, painted.spans)


def cells(painted: Painted) -> int:
    """How many cells `painted` takes when nothing is cut."""
    plain = painted if isinstance(painted, str) else painted.plain
    return cell_len(shown(plain))


def join(parts: Iterable[Painted], gap: str = "  ") -> Content:
    """Parts in one line with `gap` between those that are not empty."""
    joined: list[Content | str] = []
    for part in parts:
        if part:
            joined += [gap, _content(part)] if joined else [_content(part)]
    return Content.assemble(*joined)


def rows(parts: Iterable[Painted], width: int, gap: str = "  ") -> list[Content]:
    """Parts side by side in as many lines of at most `width` cells as they need."""
    lines: list[list[Painted]] = [[]]
    taken = 0
    for part in parts:
        room = cells(part) + (len(gap) if lines[-1] else 0)
        if lines[-1] and taken + room > width:
            lines.append([])
            taken, room = 0, cells(part)
        lines[-1].append(part)
        taken += room
    return [join(line, gap) for line in lines]


def safe(text: str, style: str = "") -> Content:
    """Text from outside as Content in one style: harmless, and never read as markup."""
    return Content.styled(shown(text), style) if style else Content(shown(text))


def _content(painted: Painted) -> Content:
    if isinstance(painted, Text):
        return Content.from_rich_text(painted)
    return Content(painted) if isinstance(painted, str) else painted


def _pieces(content: Content, base: Style) -> list[Segment]:
    theme = active_app.get().theme
    spans, text = content.spans, content.plain
    if len(spans) == 1 and spans[0].start == 0 and spans[0].end >= len(text):
        return [Segment(shown(text), _over(base, spans[0].style, theme))]
    return [
        Segment(shown(text), style.rich_style)
        for text, style in content.render(base, end="", parse_style=lambda style: _style(style, theme))
        if text
    ]


@lru_cache(maxsize=512)
def _over(base: Style, style: str | Style, theme: str) -> RichStyle:
    return (base + _style(style, theme)).rich_style


@lru_cache(maxsize=512)
def _style(style: str | Style, theme: str) -> Style:  # noqa: ARG001 the theme is part of the key
    return style if isinstance(style, Style) else Style.parse(style)


def _cut(pieces: list[Segment], width: int, base: Style) -> list[Segment]:
    kept: list[Segment] = []
    room = width - 1
    for piece in pieces:
        taken = cell_len(piece.text)
        if taken > room:
            kept.append(
                Segment(cut(piece.text, room) + signs.sign("ellipsis"), piece.style or base.rich_style)
            )
            break
        kept.append(piece)
        room -= taken
    return kept


def fit_end(text: str, tail: str, width: int) -> str:
    """Cut `text` to leave room for `tail` within `width` cells; not padded."""
    room = width - cell_len(tail)
    text = shown(text)
    return (text if cell_len(text) <= room else fit(text, room)) + tail
