"""Rows of a spreadsheet into typed values: every row read or refused, and every refusal with its row and column."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from deskapp.domain.errors import RuleBroken
from deskapp.domain.import_cells import (
    Cell,
    Row,
    clean,
    filled,
    is_footer,
    is_total,
    may_be_footer,
    one_line,
)
from deskapp.domain.import_dates import parse_date, parse_instant, zone
from deskapp.domain.import_mapping import ColumnMapping, HeaderGuess, find_header, parse_mapping_file, resolve
from deskapp.domain.import_row import ParsedRow, RowError, open_sheet, read_row
from deskapp.domain.import_values import (
    parse_area,
    parse_channel,
    parse_choice,
    parse_money,
    parse_severity,
    parse_state,
)
from deskapp.domain.import_vocabulary import FIELDS, check_noun, headers_of

__all__ = [
    "FIELDS",
    "ColumnMapping",
    "HeaderGuess",
    "Parsed",
    "ParsedRow",
    "Row",
    "RowError",
    "find_header",
    "headers_of",
    "parse_area",
    "parse_channel",
    "parse_choice",
    "parse_date",
    "parse_instant",
    "parse_mapping_file",
    "parse_money",
    "parse_severity",
    "parse_state",
    "read_rows",
    "resolve",
]

LONGEST_FURNITURE = 80
"""The most characters of the first text of a total or of a line under the table."""

_DATE_ABOVE = re.compile("\\d{4} *[-/.\u5e74] *\\d{1,2} *[-/.\u6708] *\\d{1,2}")


@dataclass(frozen=True, slots=True)
class Parsed:
    """What a sheet holds: rows to store, all errors, `notices` on what was guessed, `read` rows with data."""

    rows: tuple[ParsedRow, ...]
    errors: tuple[RowError, ...]
    read: int
    notices: tuple[RowError, ...]
    header: HeaderGuess
    title: str = ""
    """What stands above the header."""


def read_rows(
    sheet_rows: Iterable[Row],
    noun: str,
    mapping: HeaderGuess | ColumnMapping | None = None,
    *,
    timezone: str = "Asia/Shanghai",
    area_code: str = "",
) -> Parsed:
    """Read the rows under the header into typed values; nothing is left out silently.

    Blank rows, totals, repeated headers and lines under the table are no data. Of a refused row all errors
    are listed. Raises RuleBroken import.no_header, import.no_column, import.map_… when the table itself is wrong.
    """
    rows = sheet_rows if isinstance(sheet_rows, Sequence) else tuple(sheet_rows)
    header = mapping if isinstance(mapping, HeaderGuess) else resolve(rows, check_noun(noun), mapping)
    missing = header.missing(noun)
    if missing:
        raise RuleBroken("import.no_column", field=missing[0], row=header.row_number)
    sheet = open_sheet(noun, header, zone(timezone).key, area_code, _date_above(rows, header.row_number))
    parsed, read = [], 0
    for row in _data_rows(rows, header):
        read += 1
        known = read_row(sheet, row)
        if known is not None:
            parsed.append(known)
    title = " ".join(text for row in rows if row.number < header.row_number for text in filled(row.cells))
    return Parsed(tuple(parsed), tuple(sheet.errors), read, tuple(sheet.notices), header, title)


def _data_rows(rows: Sequence[Row], header: HeaderGuess) -> Iterator[Row]:
    """The rows under the header that hold data: no blanks, totals, repeated headers, lines under the table."""
    columns = sorted({column for columns in header.mapping.values() for column in columns})
    for row in rows:
        number, cells = row
        if number <= header.row_number:
            continue
        width = len(cells)
        for column in columns:
            if column < width and _holds(cells[column]):
                break
        else:
            continue
        if not _is_furniture(cells, columns, header):
            yield row


def _holds(cell: Cell) -> bool:
    return cell is not None and (not isinstance(cell, str) or bool(clean(cell)))


def _is_furniture(cells: Sequence[Cell], columns: Sequence[int], header: HeaderGuess) -> bool:
    """Whether a row is a total, a line under the table or the header again: its first text tells."""
    first = next((cell for cell in cells if cell is not None and cell != ""), None)
    if not isinstance(first, str) or len(first) > LONGEST_FURNITURE:
        return False
    text = one_line(first)
    if not text or is_total(text):
        return bool(text) or _is_furniture([cell for cell in cells if _holds(cell)], columns, header)
    if may_be_footer(text):
        return is_footer(filled(cells), len(columns))
    return text in header.headers and _is_header(cells, columns, header)


def _is_header(cells: Sequence[Cell], columns: Sequence[int], header: HeaderGuess) -> bool:
    """Whether a row repeats the header, as the next printed page does."""
    held = [column for column in columns if column < len(cells) and cells[column] is not None]
    return len(held) * 2 > len(columns) and all(
        isinstance(cell := cells[column], str) and one_line(cell) == header.headers[column] for column in held
    )


def _date_above(rows: Iterable[Row], header_row: int) -> date | None:
    """The first date in the titles and notes above the header: the day the sheet was written."""
    for row in rows:
        if row.number >= header_row:
            return None
        for cell in row.cells:
            said = (
                cell
                if isinstance(cell, date)
                else _DATE_ABOVE.search(cell)
                if isinstance(cell, str)
                else None
            )
            try:
                if said:
                    return parse_date(said if isinstance(said, date) else said[0])
            except RuleBroken:
                continue
    return None
