"""One row of a spreadsheet into typed values, or the full list of what is wrong with it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import partial
from typing import Any

from deskapp.domain.errors import RuleBroken
from deskapp.domain.import_cells import Cell, Row, clean, one_line, person, shown
from deskapp.domain.import_dates import NoYear, parse_date, parse_instant
from deskapp.domain.import_mapping import HeaderGuess
from deskapp.domain.import_values import parse_area, parse_choice, parse_kind, parse_money
from deskapp.domain.import_vocabulary import FIELDS, REQUIRED, means_nothing

NAME, LINE, TEXT = 200, 500, 20_000
"""The most characters of a name, of a text on one line, of a text of many lines."""
SHOWN = 200
"""How much of a refused cell an error repeats."""

PEOPLE = frozenset({"name", "client", "designer", "project_manager", "supervisor", "consultant", "crew"})
TEXTS = frozenset({"description", "response", "note"})
DATES = frozenset({"deposit_date", "start_date", "completed_on", "joined_on", "day"})
INSTANTS = frozenset({"received_at", "responded_at", "due_at", "closed_at"})
CHOICES = frozenset({"severity", "channel", "state", "trade", "stage"})
YEAR_FROM: Mapping[str, tuple[str, ...]] = {
    "start_date": ("deposit_date",),
    "completed_on": ("start_date", "deposit_date"),
    "day": ("start_date",),
}
"""Dates that may go without a year, and the earlier dates of the same row that say which."""

_QUOTES = "'`\u2018\u2019\uff07"

Reader = Callable[[Cell], Any]


@dataclass(frozen=True, slots=True)
class RowError:
    """Why a cell was refused, or how it was understood: row as the sheet numbers it, header, cell as shown."""

    row: int
    column: str
    value: str
    reason: RuleBroken


@dataclass(frozen=True, slots=True)
class ParsedRow:
    """One row understood: typed values by field (None where blank), and the texts of columns no field takes."""

    row: int
    values: dict[str, Any]
    extra: tuple[tuple[str, str], ...] = ()


@dataclass(slots=True)
class SheetReader:
    """One sheet while it is read: the reader of every mapped column, and what was found so far."""

    noun: str
    header: HeaderGuess
    area_code: str
    plan: Sequence[tuple[str, tuple[int, ...], Reader]]
    extra: Sequence[tuple[int, str]]
    dated: date | None
    errors: list[RowError] = field(default_factory=list)
    notices: list[RowError] = field(default_factory=list)


def open_sheet(
    noun: str, header: HeaderGuess, timezone: str, area_code: str, dated: date | None
) -> SheetReader:
    """Choose the reader of every mapped column once, before the rows."""
    plan = [
        (name, header.mapping[name], _reader(name, timezone))
        for name in FIELDS[noun]
        if name in header.mapping
    ]
    used = {column for _, columns, _ in plan for column in columns}
    extra = [(column, text) for column, text in enumerate(header.headers) if text and column not in used]
    return SheetReader(noun, header, area_code, plan, extra, dated)


def _reader(name: str, timezone: str) -> Reader:
    """How the cells of a field are read."""
    if name in INSTANTS:
        return partial(_or_nothing, partial(parse_instant, timezone=timezone))
    if name in DATES:
        return partial(_or_nothing, parse_date)
    if name == "kind":
        return partial(_or_nothing, lambda cell: parse_kind(clean(shown(cell))))
    if name in CHOICES:
        return partial(_or_nothing, lambda cell: parse_choice(name, clean(shown(cell))))
    if name in ("deposit", "area"):
        return partial(_or_nothing, parse_money if name == "deposit" else parse_area)
    if name in TEXTS:
        return partial(_text, clean, TEXT)
    return partial(_text, person, NAME) if name in PEOPLE else partial(_text, one_line, LINE)


def _or_nothing(parse: Callable[[Any], Any], cell: Cell) -> Any:
    """Read a cell by `parse`; a cell that only says there is nothing is None."""
    try:
        return parse(cell)
    except RuleBroken:
        if means_nothing(clean(shown(cell))):
            return None
        raise


def _text(tidy: Callable[[str], str], limit: int, cell: Cell) -> str | None:
    text = tidy(cell if isinstance(cell, str) else shown(cell))
    if len(text) > limit:
        raise RuleBroken("import.too_long", limit=limit, length=len(text))
    return text or None


def read_row(sheet: SheetReader, row: Row) -> ParsedRow | None:
    """Read one row; None when it is refused, with its errors added to the sheet's."""
    before = len(sheet.errors)
    values: dict[str, Any] = {}
    no_year: list[tuple[str, NoYear]] = []
    for name, columns, read in sheet.plan:
        if name == "phones":
            _read_phones(sheet, row, values)
        elif len(columns) > 1:
            values[name] = _read_several(sheet, row, columns, read, name)
        else:
            values[name] = _read_cell(sheet, row, name, columns[0], read, no_year)
    for name, reason in no_year:
        _supply_year(sheet, row, name, reason, values)
    _check_required(sheet, row, values, before)
    if len(sheet.errors) > before:
        return None
    if sheet.noun == "complaints" and not (values.get("subject") or values.get("description")):
        _supply_subject(sheet, row, values)
    return ParsedRow(row.number, values, tuple(_extra(sheet.extra, row.cells)) if sheet.extra else ())


def _read_cell(
    sheet: SheetReader, row: Row, name: str, column: int, read: Reader, no_year: list[tuple[str, NoYear]]
) -> Any:
    """Read the one cell of a field; None where it is blank, refused, or waits for its year."""
    cell = row.cells[column] if column < len(row.cells) else None
    if cell is None:
        return None
    try:
        return read(cell)
    except NoYear as reason:
        no_year.append((name, reason))
    except RuleBroken as reason:
        if reason.code == "import.trade":
            sheet.notices.append(_note(row, sheet, column, RuleBroken("import.trade_other", **reason.facts)))
            return "other"
        _refuse(sheet, row, column, reason)
    return None


def _extra(columns: Sequence[tuple[int, str]], cells: Sequence[Cell]) -> Iterator[tuple[str, str]]:
    for column, header in columns:
        if column < len(cells) and cells[column] is not None:
            text = clean(shown(cells[column]))
            if text:
                yield header, text


def _note(row: Row, sheet: SheetReader, column: int, reason: RuleBroken) -> RowError:
    cell = row.cells[column] if column < len(row.cells) else None
    return RowError(row.number, sheet.header.headers[column], clean(shown(cell))[:SHOWN], reason)


def _refuse(sheet: SheetReader, row: Row, column: int, reason: RuleBroken) -> None:
    sheet.errors.append(_note(row, sheet, column, reason))


def _read_several(
    sheet: SheetReader, row: Row, columns: Sequence[int], read: Reader, name: str
) -> str | None:
    """Read a text that stands in several columns: lines of a description, parts of an address."""
    parts: list[str] = []
    for column in columns:
        cell = row.cells[column] if column < len(row.cells) else None
        try:
            part = None if cell is None else read(cell)
        except RuleBroken as reason:
            _refuse(sheet, row, column, reason)
            continue
        if part:
            parts.append(part)
    return ("\n" if name in TEXTS else " ").join(parts) or None


def _read_phones(sheet: SheetReader, row: Row, values: dict[str, Any]) -> None:
    """Read all numbers of a row: `phones` as typed, `phone_numbers` understood; doubles are dropped."""
    from deskapp.domain.phone_number import parse_many

    numbers: dict[str, Any] = {}
    empty: list[int] = []
    columns, before = sheet.header.mapping["phones"], len(sheet.errors)
    for column in columns:
        cell = row.cells[column] if column < len(row.cells) else None
        text = clean(shown(cell)).lstrip(_QUOTES)
        if means_nothing(text):
            if text:
                empty.append(column)
            continue
        try:
            for number in parse_many(text, sheet.area_code):
                numbers.setdefault(number.normal, number)
        except RuleBroken as reason:
            _refuse(sheet, row, column, reason)
    if not numbers and len(sheet.errors) == before and ("phones",) in REQUIRED[sheet.noun]:
        _refuse(sheet, row, (empty or columns)[0], RuleBroken("import.no_phone"))
    values["phone_numbers"] = tuple(numbers.values())
    values["phones"] = tuple(number.raw for number in numbers.values())


def _check_required(sheet: SheetReader, row: Row, values: Mapping[str, Any], before: int) -> None:
    """Refuse a row that lacks what it cannot do without, unless the same cell was refused already.

    A complaint without a word but with the number it had elsewhere is kept: its clock counts.
    """
    for group in REQUIRED[sheet.noun]:
        if group == ("phones",) or any(values.get(name) for name in group) or values.get("number"):
            continue
        mapped = [sheet.header.mapping[name][0] for name in group if name in sheet.header.mapping]
        headers = {sheet.header.headers[column] for column in mapped}
        if not any(error.column in headers for error in sheet.errors[before:]):
            _refuse(sheet, row, mapped[0], RuleBroken("import.required"))


def _supply_subject(sheet: SheetReader, row: Row, values: dict[str, Any]) -> None:
    """Give a complaint without a word of its own its category or number as subject, and say so."""
    source = "category" if values.get("category") else "number"
    values["subject"] = values[source]
    mapped = sheet.header.mapping.get("subject") or sheet.header.mapping.get("description")
    column = mapped[0] if mapped else sheet.header.mapping[source][0]
    sheet.notices.append(
        _note(row, sheet, column, RuleBroken("import.subject_from", subject=values["subject"]))
    )


def _supply_year(sheet: SheetReader, row: Row, name: str, reason: NoYear, values: dict[str, Any]) -> None:
    """Complete a month and day by an earlier date of its row, or by the date above the table, and say so."""
    column = sheet.header.mapping[name][0]
    bases = YEAR_FROM.get(name, ())
    base = next((values[other] for other in bases if values.get(other)), None)
    if base is None and any(_was_refused(sheet, row, other) for other in bases):
        return
    found = _first_from(base, reason) if base else _nearest(sheet.dated, reason) if bases else None
    if found is None:
        _refuse(sheet, row, column, reason)
        return
    values[name] = found
    sheet.notices.append(
        _note(row, sheet, column, RuleBroken("import.year_guessed", date=found.isoformat(), **reason.facts))
    )


def _was_refused(sheet: SheetReader, row: Row, name: str) -> bool:
    """Whether a field of this row has an error, so that what hangs on it need not be told too."""
    column = sheet.header.header(name)
    return any(
        error.row == row.number and error.column == column for error in sheet.errors[-len(sheet.plan) :]
    )


def _first_from(base: date, said: NoYear) -> date | None:
    """The first such day on or after `base`."""
    return next((day for day in _in_years(said, base.year, base.year + 1) if day >= base), None)


def _nearest(base: date | None, said: NoYear) -> date | None:
    """The such day nearest to `base`."""
    if base is None:
        return None
    days = _in_years(said, base.year - 1, base.year, base.year + 1)
    return min(days, key=lambda day: abs((day - base).days), default=None)


def _in_years(said: NoYear, *years: int) -> list[date]:
    days = []
    for year in years:
        try:
            days.append(date(year, said.month, said.day))
        except ValueError:
            continue
    return days
