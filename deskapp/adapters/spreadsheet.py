"""Spreadsheets as files: xlsx, xls, ods and delimited text in any usual encoding, read into numbered rows.

The content decides what a file is, never its name. Formulas come as the values last computed; cells that hold an
error (#N/A) come empty. Sizes are limited before anything is unpacked, so that no file can take the desk's memory.
"""

from __future__ import annotations

import stat
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from io import BytesIO
from pathlib import Path
from typing import Any

from deskapp.adapters.delimited import decode, split_records
from deskapp.adapters.xls_trial import check_old_workbook
from deskapp.adapters.zip_guard import check_workbook
from deskapp.domain.errors import RuleBroken
from deskapp.domain.import_cells import Cell, Row

MOST_BYTES = 128 * 1024 * 1024
"""The largest file that is opened at all."""
MOST_CELLS = 16_000_000
"""The largest rectangle of cells a sheet may span."""

_ZIP, _OLE = b"PK\x03\x04", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_FOREIGN = (
    b"%PDF",
    b"\x89PNG",
    b"\xff\xd8\xff",
    b"GIF8",
    b"\x1f\x8b",
    b"Rar!",
    b"7z\xbc\xaf",
    b"{\\rtf",
    b"SQLite f",
)
_MARKUP = (b"<html", b"<!doctype html", b"<table", b"<?xml", b"<meta", b"<head", b"<style", b"<workbook")


@dataclass(frozen=True, slots=True)
class Sheet:
    """One sheet as read: its rows that hold something, the names of all sheets, the encoding of a text file.

    A row's number is the one the spreadsheet program shows, blank rows above it counted; in a text file that is
    the record's number, a quoted cell of several lines being one record.
    """

    name: str
    rows: tuple[Row, ...]
    sheets: tuple[str, ...]
    encoding: str = ""


def read_sheet(path: str | Path, sheet: str | None = None, encoding: str | None = None) -> Sheet:
    """Read one sheet of a file: the named one, or the first shown that holds a table.

    Raises RuleBroken import.no_file, import.unreadable, import.empty, import.too_big, import.format, import.markup,
    import.password, import.no_sheet, import.encoding…, import.open_quote; facts carry the file's name only.
    """
    path = Path(path)
    content = _load(path)
    if content.startswith(_ZIP):
        check_workbook(content, path.name, MOST_CELLS)
        return _read_workbook(content, path.name, sheet)
    if content.startswith(_OLE):
        check_old_workbook(content, path.name)
        return _read_workbook(content, path.name, sheet)
    return _read_text(content, path, sheet, encoding)


def _load(path: Path) -> bytes:
    """Read the whole file, if it is one and not too big."""
    try:
        status = path.stat()
        if not stat.S_ISREG(status.st_mode):
            raise RuleBroken("import.unreadable", file=path.name)
        if status.st_size > MOST_BYTES:
            raise RuleBroken("import.too_big", file=path.name)
        with path.open("rb") as file:
            content = file.read(MOST_BYTES + 1)
    except FileNotFoundError:
        raise RuleBroken("import.no_file", file=path.name) from None
    except (OSError, ValueError):
        raise RuleBroken("import.unreadable", file=path.name) from None
    if len(content) > MOST_BYTES:
        raise RuleBroken("import.too_big", file=path.name)
    if not content.strip(b"\x00 \t\r\n"):
        raise RuleBroken("import.empty", file=path.name)
    return content


def _read_text(content: bytes, path: Path, sheet: str | None, encoding: str | None) -> Sheet:
    """Read delimited text; pages and pictures that are only called a spreadsheet are refused by what they are."""
    start = content[:512].lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    if content.startswith(_FOREIGN):
        raise RuleBroken("import.format", file=path.name)
    if start.startswith(_MARKUP):
        raise RuleBroken("import.markup", file=path.name)
    if sheet is not None and sheet != path.stem:
        raise RuleBroken("import.no_sheet", file=path.name, sheet=sheet, sheets=path.stem)
    text, codec = decode(content, path.name, encoding)
    numbered = split_records(text, path.name)
    rows = tuple(Row(number, cells) for number, cells in numbered if any(cell is not None for cell in cells))
    if not rows:
        raise RuleBroken("import.empty", file=path.name)
    return Sheet(path.stem, rows, (path.stem,), codec)


def _read_workbook(content: bytes, file: str, wanted: str | None) -> Sheet:
    """Read the wanted sheet of a workbook, or the first that holds a table."""
    import python_calamine

    with _plain_errors(file):
        book = python_calamine.load_workbook(BytesIO(content))
        sheets = [
            kind for kind in book.sheets_metadata if kind.typ == python_calamine.SheetTypeEnum.WorkSheet
        ]
        names = tuple(kind.name for kind in sheets)
        if wanted is not None:
            return Sheet(wanted, _rows(book, _named(names, wanted, file), file), names)
        visible = python_calamine.SheetVisibleEnum.Visible
        order = sorted(sheets, key=lambda kind: kind.visible != visible)
        read = ((kind.name, _rows(book, kind.name, file)) for kind in order)
        best = _first_table(read)
    if best is None:
        raise RuleBroken("import.empty", file=file)
    return Sheet(best[0], best[1], names)


def _named(names: Sequence[str], wanted: str, file: str) -> str:
    if wanted not in names:
        raise RuleBroken("import.no_sheet", file=file, sheet=wanted, sheets=", ".join(names))
    return wanted


def _first_table(sheets: Iterator[tuple[str, tuple[Row, ...]]]) -> tuple[str, tuple[Row, ...]] | None:
    """The first sheet with two rows of two filled cells; failing that the first with anything."""
    fallback = None
    for name, rows in sheets:
        wide = (row for row in rows if sum(cell is not None for cell in row.cells) >= 2)
        if next(wide, None) and next(wide, None):
            return name, rows
        if rows and fallback is None:
            fallback = name, rows
    return fallback


@contextmanager
def _plain_errors(file: str) -> Iterator[None]:
    """Turn whatever the workbook reader throws, its Rust panics too, into one sentence with the file's name."""
    try:
        yield
    except (RuleBroken, KeyboardInterrupt, SystemExit, GeneratorExit):
        raise
    except BaseException as error:
        kind = type(error).__name__
        code = {"PasswordError": "import.password", "MemoryError": "import.too_big"}.get(
            kind, "import.unreadable"
        )
        raise RuleBroken(code, file=file) from None


def _rows(book: Any, name: str, file: str) -> tuple[Row, ...]:
    """The rows of one sheet that hold something, numbered as the spreadsheet program numbers them."""
    sheet = book.get_sheet_by_name(name)
    if sheet.start is None:
        return ()
    if sheet.height * sheet.width > MOST_CELLS:
        raise RuleBroken("import.too_big", file=file)
    top, left = sheet.start
    grid = sheet.to_python(skip_empty_area=True)
    ranges = sheet.merged_cell_ranges or ()
    if sum(min(last, top + len(grid)) - first for (first, _), (last, _) in ranges) > MOST_CELLS:
        raise RuleBroken("import.too_big", file=file)
    _fill_merged(grid, ranges, top, left)
    margin = (None,) * left
    rows = []
    for number, values in enumerate(grid, top + 1):
        cells = tuple(map(_cell, values))
        if any(cell is not None for cell in cells):
            rows.append(Row(number, margin + cells))
    return tuple(rows)


def _cell(value: Any) -> Cell:
    """A value as calamine gives it into a cell: whole numbers as int, times of day and durations as text."""
    if isinstance(value, str):
        return None if not value or value.isspace() else value
    if isinstance(value, float):
        return int(value) if value.is_integer() else value
    if isinstance(value, bool | int | datetime | date):
        return value
    if isinstance(value, time):
        return value.isoformat()
    return str(value) if isinstance(value, timedelta) else None


def _fill_merged(grid: list[list[Any]], ranges: Sequence[Any], top: int, left: int) -> None:
    """Repeat a cell merged over several rows in each of them that holds anything of its own."""
    held = [any(value != "" for value in values) for values in grid] if ranges else []
    for (first, column), (last, _) in ranges:
        place = column - left
        if last == first or not (0 <= first - top < len(grid) and 0 <= place < len(grid[0])):
            continue
        value = grid[first - top][place]
        for number in range(first - top + 1, min(last - top + 1, len(grid))):
            if held[number] and grid[number][place] == "":
                grid[number][place] = value
