"""Read a spreadsheet with the mapping chosen now, or the one remembered for its header, or a guess."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from deskapp.desk import Desk
from deskapp.domain.import_cells import Row, one_line
from deskapp.domain.import_mapping import LOOKED_AT, ColumnMapping, HeaderGuess, resolve
from deskapp.domain.import_table import Parsed, ParsedRow, read_rows
from deskapp.domain.import_vocabulary import check_noun

_QUOTED = ("'=", "'+", "'-", "'@", "'\t", "'\r")


@dataclass(frozen=True, slots=True)
class Reading:
    """One sheet as read for import: which file and sheet, its rows typed, where the mapping came from."""

    noun: str
    source: str
    """The file's name, without its folder."""
    sheet: str
    sheets: tuple[str, ...]
    encoding: str
    parsed: Parsed
    chosen: bool = False
    """Whether somebody chose the mapping, which is then remembered."""
    remembered: bool = False
    """Whether the mapping was remembered from an earlier import."""

    @property
    def rows(self) -> tuple[ParsedRow, ...]:
        """The rows that can be stored."""
        return self.parsed.rows


def read(
    desk: Desk, noun: str, path: str | Path, mapping: ColumnMapping | None = None, sheet: str | None = None
) -> Reading:
    """Read one sheet of a file; raises RuleBroken when the file or its table cannot be understood at all."""
    from deskapp.adapters.spreadsheet import read_sheet

    check_noun(noun)
    told = mapping or ColumnMapping()
    found = read_sheet(path, sheet or told.sheet, told.encoding)
    known = None if told.columns else _remembered(desk, noun, found.rows, told.header_row)
    header = resolve(found.rows, noun, known or told)
    parsed = read_rows(
        found.rows,
        noun,
        header,
        timezone=told.timezone or desk.policy.timezone,
        area_code=told.area_code or desk.policy.phone_area_code,
    )
    rows = tuple(replace(row, values=_unquoted(row.values)) for row in parsed.rows)
    return Reading(
        noun,
        Path(path).name,
        found.name,
        found.sheets,
        found.encoding,
        replace(parsed, rows=rows),
        chosen=bool(told.columns),
        remembered=known is not None,
    )


def _remembered(desk: Desk, noun: str, rows: Sequence[Row], header_row: int | None) -> ColumnMapping | None:
    """The mapping last chosen for a header like one of the first rows."""
    with desk.read() as work:
        for row in rows[:LOOKED_AT]:
            if header_row not in (None, row.number):
                continue
            texts = tuple(one_line(cell) if isinstance(cell, str) else "" for cell in row.cells)
            known = work.mappings.recall(noun, HeaderGuess(row.number, {}, texts).signature)
            if known is not None and known.columns:
                columns = {field: _names(headers) for field, headers in known.columns.items()}
                return ColumnMapping(columns=columns, header_row=row.number)
    return None


def _names(headers: object) -> tuple[str, ...]:
    return (headers,) if isinstance(headers, str) else tuple(map(str, headers))  # type: ignore[call-overload]


def _unquoted(values: dict[str, Any]) -> dict[str, Any]:
    """Take off the apostrophe that an export puts before what a spreadsheet would take for a formula."""
    return {
        field: value[1:] if isinstance(value, str) and value.startswith(_QUOTED) else value
        for field, value in values.items()
    }
