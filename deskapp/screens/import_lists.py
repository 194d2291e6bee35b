"""The lists of the import screen: files of a folder, which column feeds which field, rows to come, errors."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from textual.content import Content

from deskapp.domain.errors import RuleBroken
from deskapp.i18n import say
from deskapp.i18n.errors import in_words
from deskapp.widgets.record_table import Column, PaintContext
from deskapp.widgets.safe_text import shown

if TYPE_CHECKING:
    from deskapp.domain.import_cells import Row
    from deskapp.domain.import_table import ParsedRow, RowError
    from deskapp.services.imports import Preview

SPREADSHEETS = frozenset({".xlsx", ".xlsm", ".xls", ".ods", ".csv", ".tsv", ".txt"})
MOST_FILES = 500


@dataclass(frozen=True, slots=True)
class Entry:
    """A file or folder that can be chosen."""

    path: str
    name: str
    is_folder: bool


def entries(typed: str) -> list[Entry]:
    """What lies at the path typed so far: folders and spreadsheets whose names begin like its last part."""
    place = Path(typed or ".").expanduser()
    folder, start = (
        (place, "") if typed.endswith("/") or typed in ("", "~", ".") else (place.parent, place.name)
    )
    found = []
    try:
        for path in folder.iterdir():
            if path.name.startswith(".") or not path.name.lower().startswith(start.lower()):
                continue
            if path.is_dir() or path.suffix.lower() in SPREADSHEETS:
                found.append(Entry(str(path), path.name, path.is_dir()))
                if len(found) >= MOST_FILES:
                    break
    except OSError:
        return []
    return sorted(found, key=lambda entry: (entry.is_folder, entry.name.lower()))


def file_columns() -> list[Column]:
    """The name, and whether it is a folder."""
    return [Column("file", "imports.column.file", None, _file)]


def _file(entry: Entry, _context: PaintContext) -> Content:
    return (
        Content.styled(shown(entry.name) + "/", "$text-muted")
        if entry.is_folder
        else Content(shown(entry.name))
    )


@dataclass(frozen=True, slots=True)
class FieldLine:
    """One field of the records to come and the headers that feed it."""

    field: str
    headers: tuple[str, ...]
    required: bool


def field_lines(preview: Preview) -> list[FieldLine]:
    """Every field of the noun, fed or not, in their order."""
    from deskapp.domain.import_table import FIELDS

    header = preview.reading.parsed.header
    columns, missing = header.columns(), set(header.missing(preview.reading.noun))
    return [
        FieldLine(name, tuple(columns.get(name, ())), name in missing)
        for name in FIELDS[preview.reading.noun]
    ]


def field_columns() -> list[Column]:
    """The field and what feeds it."""
    return [
        Column("field", "imports.column.field", 12, _field),
        Column("header", "imports.column.header", None, _header),
    ]


def _field(line: FieldLine, _context: PaintContext) -> Content:
    return Content.styled(say(f"import.field.{line.field}"), "$error" if line.required else "")


def _header(line: FieldLine, _context: PaintContext) -> Content:
    if line.headers:
        return Content(shown(" + ".join(line.headers)))
    return Content.styled(say("imports.no_column"), "$error" if line.required else "$text-disabled")


@dataclass(frozen=True, slots=True)
class RawSheet:
    """A sheet as it stands, with the row taken for its header."""

    sheet: str
    sheets: tuple[str, ...]
    encoding: str
    rows: tuple[Row, ...]
    header_row: int
    headers: tuple[str, ...]


RAW_ROWS = 200
"""How many rows of a sheet that was not understood are shown."""


def look(path: Path, sheet: str | None, header_row: int | None) -> RawSheet:
    """Read a sheet without understanding it; the header is the row told, else of the first the one with most words."""
    from deskapp.adapters.spreadsheet import read_sheet
    from deskapp.domain.import_cells import one_line
    from deskapp.domain.import_mapping import LOOKED_AT

    found = read_sheet(path, sheet)
    first = found.rows[:LOOKED_AT]
    if not first:
        raise RuleBroken("import.empty", file=path.name)
    words = [len({cell for cell in row.cells if isinstance(cell, str)}) for row in first]
    header = next((row for row in found.rows if row.number == header_row), None)
    header = header or first[words.index(max(words))]
    texts = tuple(one_line(cell) for cell in header.cells if isinstance(cell, str))
    headers = tuple(dict.fromkeys(text for text in texts if text))
    return RawSheet(found.name, found.sheets, found.encoding, found.rows[:RAW_ROWS], header.number, headers)


def raw_field_lines(noun: str, told: Mapping[str, tuple[str, ...]]) -> list[FieldLine]:
    """Every field of the noun with the columns told so far; the needed ones that lack one are marked."""
    from deskapp.domain.import_table import FIELDS
    from deskapp.domain.import_vocabulary import REQUIRED

    missing = {group[0] for group in REQUIRED[noun] if not any(name in told for name in group)}
    return [FieldLine(name, tuple(told.get(name, ())), name in missing) for name in FIELDS[noun]]


def raw_columns(raw: RawSheet) -> list[Column]:
    """The row's number, then its cells as they stand; the header's row stands out."""

    def number(row: Row, _context: PaintContext) -> Content:
        return Content.styled(
            str(row.number), "bold $primary" if row.number == raw.header_row else "$text-muted"
        )

    def cell(place: int) -> Callable[[Row, PaintContext], Content]:
        def paint(row: Row, _context: PaintContext) -> Content:
            from deskapp.domain.import_cells import shown as written

            value = row.cells[place] if place < len(row.cells) else None
            return Content.styled(shown(written(value)[:200]), "bold" if row.number == raw.header_row else "")

        return paint

    width = max((len(row.cells) for row in raw.rows), default=0)
    columns = [Column("row", "imports.column.row", 6, number, align="right")]
    return columns + [
        Column(f"cell-{place}", "", 14, cell(place), min_terminal=10 + 16 * place)
        for place in range(min(width, 30))
    ]


def row_columns(preview: Preview) -> list[Column]:
    """The row's number, then the fields that are fed, as they will come in."""
    fed = [line.field for line in field_lines(preview) if line.headers]
    columns = [Column("row", "imports.column.row", 6, _row_number, align="right")]
    return columns + [
        Column(name, f"import.field.{name}", 14, _value_of(name), min_terminal=10 + 16 * place)
        for place, name in enumerate(fed)
    ]


def _row_number(row: ParsedRow, _context: PaintContext) -> Content:
    return Content.styled(str(row.row), "$text-muted")


def _value_of(name: str) -> Any:
    def paint(row: ParsedRow, _context: PaintContext) -> str:
        return value_words(name, row.values.get(name))

    return paint


def value_words(name: str, value: Any) -> str:
    """A value as people read it: money in yuan, several numbers side by side, days as days."""
    if value is None:
        return ""
    if name == "deposit":
        return f"{value / 100:,.2f}".removesuffix(".00")
    if name == "kind":
        return say(f"site_notices.kind.{value}")
    if isinstance(value, tuple | list):
        return " ".join(str(one) for one in value)
    if hasattr(value, "hour"):
        return str(value)[:16].replace("T", " ")
    return str(value)


def error_columns() -> list[Column]:
    """Row, column, value, reason."""
    return [
        Column("row", "imports.column.row", 6, _error_row, align="right"),
        Column("column", "imports.column.header", 12, _error_column),
        Column("value", "imports.column.value", 18, _error_value),
        Column("reason", "imports.column.reason", None, _error_reason),
    ]


def _error_row(error: RowError, _context: PaintContext) -> Content:
    return Content.styled(str(error.row), "$text-muted")


def _error_column(error: RowError, _context: PaintContext) -> str:
    return error.column


def _error_value(error: RowError, _context: PaintContext) -> str:
    return str(error.value)


def _error_reason(error: RowError, _context: PaintContext) -> Content:
    return Content.styled(shown(in_words(error.reason)), "$error")
