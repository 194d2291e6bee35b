"""Paint the rows of a record table; a cell is painted once, one that asks the time at each tick."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any, NamedTuple

from rich.segment import Segment
from textual.strip import Strip
from textual.style import Style
from textual.widget import Widget

from deskapp.i18n import knows, language, say
from deskapp.widgets import painting, signs
from deskapp.widgets.record_columns import Column, PaintContext, Placed, place

_MARGIN = 2
_RECORDS_KEPT = 256


class Cell(NamedTuple):
    """A cell as painted last: what it said, how that looks, and of which tick it is if it shows the time."""

    painted: painting.Painted
    segments: list[Segment]
    timed: bool
    now_us: int


Cells = list[Cell | None]


class RowPainter:
    """Lines of one table; what was painted is kept until width, language, theme or focus changes."""

    def __init__(self, widget: Widget, failed: Callable[[Exception], object]) -> None:
        self._widget = widget
        self._failed = failed
        self._width = 0
        self._look: object = None
        self._placed: tuple[Placed, ...] = ()
        self._kept: dict[int, tuple[Any, bool, Cells]] = {}
        self._timed: set[str] = set()
        self._bases: dict[bool, Style] = {}
        self._troubled: set[str] = set()

    def forget(self) -> None:
        """Paint everything anew from now on."""
        self._look = None
        self._troubled.clear()

    def arrange(self, columns: Sequence[Column], width: int) -> None:
        """Share out the width, when it or the look changed since the last line."""
        widget = self._widget
        look = (columns, width, language(), signs.plain_signs(), widget.app.theme, widget.has_focus)
        if look != self._look:
            self._look, self._width = look, width
            self._placed = place(columns, width, _MARGIN)
            self._kept.clear()
            self._timed.clear()
            self._bases.clear()

    def tick(self, rows: Iterable[tuple[int, Any, bool]], now_us: int) -> Iterator[tuple[int, int, Strip]]:
        """Paint the time cells of these rows (line, record, selected) anew: column, line and cell of the changed."""
        timed = [number for number, spot in enumerate(self._placed) if spot.column.id in self._timed]
        for y, record, selected in rows:
            entry = self._kept.get(id(record))
            if not timed or entry is None or entry[0] is not record or entry[1] != selected:
                continue
            for number in timed:
                old = entry[2][number]
                if old is None:
                    continue
                segments = self._paint(number, record, selected, now_us, entry[2])
                if segments is not old.segments:
                    spot = self._placed[number]
                    yield spot.x, y, Strip(segments, spot.width)

    def titles(self) -> Strip:
        """The header line."""
        style = self._style("header")
        titles = [
            painting.cell(
                say(spot.column.title_code) if spot.column.title_code else "",
                style,
                spot.width,
                spot.column.align,
            )
            for spot in self._placed
        ]
        return self._line(Segment(" " * _MARGIN, style.rich_style), titles, style)

    def said(self, style: str, words: str) -> Strip:
        """A line of words instead of a row: "error" or "faint"."""
        return painting.line(words, self._style(style), self._width)

    def row(self, record: Any | None, selected: bool, now_us: int, marked: bool = False) -> Strip:
        """The line of `record`; None is one still being read, painted as faint dots; a marked one has a sign."""
        base = self._base(selected)
        edge = Segment(" " * _MARGIN, base.rich_style)
        if selected or marked:
            mark = base + Style(foreground=self._style("mark").foreground)
            sign = (signs.sign("cursor") if selected else "") + (signs.sign("marked") if marked else "")
            edge = Segment(sign.ljust(_MARGIN), mark.rich_style)
        if record is None:
            faint = base + Style(foreground=self._style("faint").foreground)
            dots = signs.sign("unknown") * 3
            return self._line(edge, [painting.cell(dots, faint, spot.width) for spot in self._placed], base)
        kept = self._cells_of(record, selected)
        cells = [
            cell.segments
            if cell is not None and (not cell.timed or cell.now_us == now_us)
            else self._paint(number, record, selected, now_us, kept)
            for number, cell in enumerate(kept)
        ]
        return self._line(edge, cells, base)

    def _style(self, name: str) -> Style:
        return self._widget.get_visual_style(f"record-table--{name}")

    def _cells_of(self, record: Any, selected: bool) -> Cells:
        """The cells of this record painted so far; the caller fills in the rest."""
        entry = self._kept.get(id(record))
        if entry is None or entry[0] is not record or entry[1] != selected:
            if len(self._kept) > _RECORDS_KEPT:
                self._kept.clear()
            entry = (record, selected, [None] * len(self._placed))
            self._kept[id(record)] = entry
        return entry[2]

    def _paint(self, number: int, record: Any, selected: bool, now_us: int, kept: Cells) -> list[Segment]:
        """Paint a cell and keep it; one that says what it said before looks as it looked before."""
        spot, old = self._placed[number], kept[number]
        context = PaintContext(now_us, spot.width, selected, self._width)
        try:
            painted = spot.column.paint(record, context)
            if old is not None and painting.alike(painted, old.painted):
                segments = old.segments
            else:
                segments = painting.cell(painted, self._base(selected), spot.width, spot.column.align)
        except Exception as error:
            painted = signs.sign("error")
            segments = painting.cell(painted, self._base(selected), spot.width)
            if spot.column.id not in self._troubled:
                self._troubled.add(spot.column.id)
                self._failed(error)
        if context.asked_time:
            self._timed.add(spot.column.id)
        kept[number] = Cell(painted, segments, context.asked_time, now_us)
        return segments

    def _base(self, selected: bool) -> Style:
        base = self._bases.get(selected)
        if base is None:
            widget = self._widget
            focused = "cursor" if widget.has_focus else "resting"
            base = self._bases[selected] = self._style(focused) if selected else widget.visual_style
        return base

    def _line(self, edge: Segment, cells: Sequence[list[Segment]], base: Style) -> Strip:
        segments, x, filler = [edge], _MARGIN, base.rich_style
        for spot, painted in zip(self._placed, cells, strict=True):
            if spot.x > x:
                segments.append(Segment(" " * (spot.x - x), filler))
            segments += painted
            x = spot.x + spot.width
        if x < self._width:
            segments.append(Segment(" " * (self._width - x), filler))
        return Strip(segments, max(x, self._width))


def trouble(error: Exception) -> str:
    """Why rows could not be read, in words."""
    code = getattr(error, "code", "")
    words = say(code, **getattr(error, "facts", {})) if code and knows(code) else type(error).__name__
    return f" {signs.sign('error')} {say('widgets.table.failed', error=words)}"
