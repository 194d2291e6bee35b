"""The columns of a record table: what each paints, and how they share the width."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from deskapp.widgets.painting import Painted
from deskapp.widgets.safe_text import Side

_LEAST = 6


class PaintContext:
    """What a column may ask when it paints a cell; whoever asks the time is painted anew each second."""

    __slots__ = ("_now_us", "asked_time", "selected", "table_width", "width")

    def __init__(self, now_us: int, width: int, selected: bool, table_width: int = 0) -> None:
        self._now_us = now_us
        self.width = width
        """Cells the cell has."""
        self.selected = selected
        """Whether the cursor is on this row."""
        self.table_width = table_width
        """Cells the whole line has."""
        self.asked_time = False

    @property
    def now_us(self) -> int:
        """Microseconds since 1970, as of the last tick."""
        self.asked_time = True
        return self._now_us


@dataclass(frozen=True, slots=True)
class Column:
    """One column: id, its title's code, width in cells (None shares what is left), what it paints."""

    id: str
    title_code: str
    width: int | None
    paint: Callable[[Any, PaintContext], Painted]
    min_terminal: int = 0
    """The column hides when the table is narrower than this many cells."""
    align: Side = "left"


@dataclass(frozen=True, slots=True)
class Placed:
    """A column with its place in the line."""

    column: Column
    x: int
    width: int


def place(columns: Sequence[Column], width: int, margin: int) -> tuple[Placed, ...]:
    """Share `width` cells among the columns that fit, `margin` cells kept free at the left."""
    here = [column for column in columns if width >= column.min_terminal]
    gap = 2 if width >= 90 else 1
    flexible = sum(column.width is None for column in here)
    fixed = sum(column.width or 0 for column in here) + gap * max(0, len(here) - 1) + margin
    spare = max(0, width - fixed)
    placed, x = [], margin
    for column in here:
        if column.width is None:
            own = max(_LEAST, spare // flexible)
            spare, flexible = spare - spare // flexible, flexible - 1
        else:
            own = column.width
        own = min(own, width - x)
        if own <= 0:
            break
        placed.append(Placed(column, x, own))
        x += own + gap
    return tuple(placed)
