"""Rows out as a table: csv that Excel reads as Chinese, xlsx, or a JSON array; streamed, whole or not there."""

from __future__ import annotations

import csv
import io
import json
import os
import re
import tempfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any

Value = str | int | float | bool | None
Line = Mapping[str, Value]

MOST_CELL = 32_767
"""The longest text an Excel cell holds."""
MOST_ROWS = 1_048_575
"""The most rows of an Excel sheet under its header; more go to the next sheet."""

_UNPRINTABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]")
_UNSEEN = re.compile("[\x7f-\x9f\u00ad\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ud800-\udfff]")
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "\uff1d", "\uff0b", "\uff0d", "\uff20")


def clean(text: str) -> str:
    """Replace what neither XML nor a terminal can hold by U+FFFD."""
    return text if text.isprintable() else _UNPRINTABLE.sub("\ufffd", text)


def neutral(text: str) -> str:
    """Put an apostrophe before what a spreadsheet would run as a formula; an import takes it off again."""
    return f"'{text}" if text.startswith(_FORMULA) else text


def json_text(value: Any, indent: int | None = None) -> str:
    """Write JSON with its Chinese readable, and what is unseen or steers a terminal escaped."""
    written = json.dumps(value, ensure_ascii=False, indent=indent)
    return _UNSEEN.sub(lambda found: f"\\u{ord(found[0]):04x}", written)


def write_csv(columns: Sequence[str], lines: Iterable[Line], stream: IO[bytes]) -> int:
    """Write csv in UTF-8 with its mark; return how many lines."""
    text = io.TextIOWrapper(stream, "utf-8", errors="replace", newline="", write_through=False)
    count = 0
    try:
        text.write("\ufeff")
        writer = csv.writer(text)
        writer.writerow(columns)
        for line in lines:
            writer.writerow([_csv_cell(line.get(column)) for column in columns])
            count += 1
    finally:
        text.detach()
    return count


def _csv_cell(value: Value) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    return neutral(clean(value)) if isinstance(value, str) else str(value)


def write_json(lines: Iterable[Mapping[str, Any]], stream: IO[bytes]) -> int:
    """Write a JSON array, one object a line; return how many."""
    count = 0
    for line in lines:
        stream.write((",\n" if count else "[\n").encode() + json_text(line).encode("utf-8", "replace"))
        count += 1
    stream.write(b"\n]\n" if count else b"[]\n")
    return count


def write_xlsx(columns: Sequence[str], lines: Iterable[Line], path: Path, title: str) -> int:
    """Write a workbook in constant memory: texts as texts, never formulas or links; return how many lines.

    Raises OSError.
    """
    from xlsxwriter.exceptions import XlsxWriterException

    with tempfile.TemporaryDirectory(dir=path.parent, prefix=".deskapp-") as folder:
        try:
            return _write_book(columns, lines, path, title, folder)
        except XlsxWriterException as error:
            raise OSError(str(error)) from error


def _write_book(columns: Sequence[str], lines: Iterable[Line], path: Path, title: str, folder: str) -> int:
    import xlsxwriter

    options = {
        "constant_memory": True,
        "strings_to_formulas": False,
        "strings_to_urls": False,
        "strings_to_numbers": False,
        "tmpdir": folder,
    }
    count = 0
    with xlsxwriter.Workbook(str(path), options) as book:
        bold = book.add_format({"bold": True})
        sheet = None
        for line in _with_none(lines):
            if sheet is None or (count and count % MOST_ROWS == 0 and line is not None):
                sheet = book.add_worksheet(title if sheet is None else f"{title} {count // MOST_ROWS + 1}")
                sheet.freeze_panes(1, 0)
                for place, column in enumerate(columns):
                    sheet.write_string(0, place, column, bold)
            if line is None:
                break
            for place, column in enumerate(columns):
                _write_cell(sheet, count % MOST_ROWS + 1, place, line.get(column))
            count += 1
    return count


def _with_none(lines: Iterable[Line]) -> Iterator[Line | None]:
    """The lines, then None: so that an empty table has its header too."""
    yield from lines
    yield None


def _write_cell(sheet: Any, row: int, place: int, value: Value) -> None:
    if isinstance(value, bool):
        sheet.write_boolean(row, place, value)
    elif isinstance(value, int | float):
        sheet.write_number(row, place, value)
    elif value:
        text = clean(value)
        sheet.write_string(row, place, cut(text))


def _units(text: str) -> int:
    """The length of a text as Excel counts it."""
    return len(text) if text.isascii() else len(text.encode("utf-16-le", "replace")) // 2


def cut(text: str) -> str:
    """A text as long as a cell of Excel can hold."""
    if _units(text) <= MOST_CELL:
        return text
    kept = text.encode("utf-16-le", "replace")[: (MOST_CELL - 1) * 2]
    return kept.decode("utf-16-le", "ignore") + "\u2026"


@contextmanager
def whole(path: Path) -> Iterator[Path]:
    """Lend a file beside `path` to write to, put in its place at a clean end and taken away otherwise.

    What exists and is no file (a pipe, /dev/stdout) is written as it is. Raises OSError.
    """
    if path.exists() and not path.is_file():
        yield path
        return
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name[:80]}.", suffix=".part")
    os.close(handle)
    part = Path(name)
    try:
        yield part
        with part.open("rb") as written:
            os.fsync(written.fileno())
        part.replace(path)
    finally:
        part.unlink(missing_ok=True)
