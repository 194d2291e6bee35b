"""A document as data: what a paper says, whatever it is shown or printed as (row R1).

Services build a Document in the words of the reader's language; papers/ writes it as xlsx, docx and pdf, a screen
previews it. It is kept as JSON with the paper that was issued, so it must be read back as it was written.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from deskapp.domain.errors import RuleBroken

ALIGNS = ("left", "right", "center")
FORMATS = ("", "count", "percent", "yuan", "score")
"""How a column's numbers are shown: as they are, whole, 0.25 as 25.0 %, yuan with cents, one decimal."""
CHARTS = ("bars", "line", "pareto", "heat", "gauge")
Cell = str | int | float | None


@dataclass(frozen=True, slots=True)
class Facts:
    """Pairs of name and value, several a line: the head of a slip."""

    pairs: tuple[tuple[str, str], ...]
    caption: str = ""
    across: int = 2
    """How many pairs stand on one line."""
    lines: int = 1
    """How many lines a value takes at least: room for the pen."""


@dataclass(frozen=True, slots=True)
class Table:
    """A table with borders; `total` is a last row that sums up. Numbers are numbers, so that a sheet can reckon."""

    columns: tuple[str, ...]
    rows: tuple[tuple[Cell, ...], ...]
    caption: str = ""
    aligns: tuple[str, ...] = ()
    widths: tuple[int, ...] = ()
    """How the width is shared, in cells of a terminal; equal where none are given."""
    total: tuple[Cell, ...] = ()
    note: str = ""
    """What stands small under the table: the formula used, what was left out."""
    formats: tuple[str, ...] = ()
    """One of FORMATS a column; as they are where none are given."""


@dataclass(frozen=True, slots=True)
class Words:
    """A heading and what was written under it; `lines` empty lines to write on by hand when there is nothing."""

    words: str
    caption: str = ""
    part: str = ""
    """The part of the paper a person writes (PaperText.part); "" for words nobody edits."""
    lines: int = 0


@dataclass(frozen=True, slots=True)
class Chart:
    """A picture of figures: `kind` of CHARTS, one label a value; `percents` are a Pareto's cumulative shares.

    For a heat map `rows` names its lines and `values` go line by line; for a gauge the one value is a percentage.
    A line may have several curves: `rows` names them then, the present first, and `values` go curve by curve.
    """

    kind: str
    labels: tuple[str, ...]
    values: tuple[float, ...]
    caption: str = ""
    unit: str = ""
    percents: tuple[float, ...] = ()
    rows: tuple[str, ...] = ()
    target: float | None = None


Block = Facts | Table | Words | Chart
_BLOCKS: Mapping[str, type[Facts | Table | Words | Chart]] = {
    "facts": Facts,
    "table": Table,
    "words": Words,
    "chart": Chart,
}


@dataclass(frozen=True, slots=True)
class Document:
    """A whole paper: `kind` is its code, `period` the days it covers in words, `signatures` who signs its foot."""

    kind: str
    title: str
    company: str = ""
    number: str = ""
    period: str = ""
    made: str = ""
    """When and by whom it was made, in words."""
    revision: int = 1
    blocks: tuple[Block, ...] = ()
    signatures: tuple[str, ...] = ()
    footer: str = ""


def written(value: Cell, form: str = "") -> str:
    """A cell as people read it: written(0.2511, "percent") is "25.1%"."""
    if value is None:
        return ""
    if isinstance(value, str):
        return value
    if form == "percent":
        return f"{value:.1%}"
    if form == "yuan":
        return f"{value:,.2f}"
    if form == "score":
        return f"{value:.1f}"
    if form == "count":
        return f"{value:,.0f}"
    return str(value) if isinstance(value, int) else f"{value:.2f}".rstrip("0").rstrip(".")


def align_of(table: Table, place: int) -> str:
    """How a column stands: as it says, else numbers to the right and words to the left."""
    if place < len(table.aligns) and table.aligns[place]:
        return table.aligns[place]
    values = [row[place] for row in table.rows if place < len(row) and row[place] is not None]
    return "right" if values and all(isinstance(one, int | float) for one in values) else "left"


def format_of(table: Table, place: int) -> str:
    """How a column's numbers are shown."""
    return table.formats[place] if place < len(table.formats) else ""


def to_data(document: Document) -> dict[str, Any]:
    """Write a document as plain data for JSON."""
    data = {name: getattr(document, name) for name in Document.__dataclass_fields__ if name != "blocks"}
    names = {kind: name for name, kind in _BLOCKS.items()}
    return data | {"blocks": [{"block": names[type(block)], **asdict(block)} for block in document.blocks]}


def from_data(data: Mapping[str, Any]) -> Document:
    """Read a document that was written as data; what no program wrote breaks paper.unreadable."""
    try:
        given = {name: _tupled(data[name]) for name in Document.__dataclass_fields__ if name in data}
        blocks = tuple(_block(each) for each in data.get("blocks", ()))
        return Document(**(given | {"blocks": blocks}))
    except (KeyError, TypeError, AttributeError) as error:
        raise RuleBroken("paper.unreadable") from error


def _block(data: Mapping[str, Any]) -> Block:
    kind = _BLOCKS[data["block"]]
    return kind(**{name: _tupled(value) for name, value in data.items() if name != "block"})


def _tupled(value: Any) -> Any:
    if isinstance(value, Sequence) and not isinstance(value, str):
        return tuple(_tupled(each) for each in value)
    return value
