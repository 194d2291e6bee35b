"""Which column feeds which field: guessed from the header row, or said by a mapping file; never a silent choice."""

from __future__ import annotations

import codecs
import re
import tomllib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from hashlib import sha256
from itertools import islice
from typing import Any, NamedTuple

from deskapp.domain.errors import RuleBroken
from deskapp.domain.import_cells import Cell, Row, one_line
from deskapp.domain.import_dates import zone
from deskapp.domain.import_vocabulary import FIELDS, REQUIRED, check_noun, headers_of, plain, words

LOOKED_AT = 20
"""How many filled rows from the top may hold titles and notes before the header must have come."""
MANY = frozenset({"phones", "address", "description", "note"})
"""Fields that may be fed by several columns."""
LONGEST_HEADER = 80

_BRACKETS = re.compile(r"[(\[{\uff08\u3010][^)\]}\uff09\u3011]*[)\]}\uff09\u3011]?")
_PARTS = re.compile("[/\\\\|\u3001\uff0f\u6216]")


class Ambiguity(NamedTuple):
    """Several columns could have fed one field: the header that was chosen, and those that were not."""

    field: str
    chosen: str
    others: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class HeaderGuess:
    """The header row, which columns feed which field (from 0), and what could not be decided or used."""

    row_number: int
    mapping: Mapping[str, tuple[int, ...]]
    headers: tuple[str, ...]
    ambiguous: tuple[Ambiguity, ...] = ()

    @property
    def unmapped(self) -> tuple[str, ...]:
        """The headers no field takes."""
        used = {column for columns in self.mapping.values() for column in columns}
        return tuple(text for column, text in enumerate(self.headers) if text and column not in used)

    @property
    def signature(self) -> str:
        """A short key of this header row, the same for every sheet with the same headers."""
        return sha256("\x1f".join(map(plain, self.headers)).encode()).hexdigest()[:16]

    def header(self, field: str) -> str:
        """The header of the first column that feeds a field; the field's own name where none does."""
        columns = self.mapping.get(field)
        return self.headers[columns[0]] if columns else field

    def columns(self) -> dict[str, list[str]]:
        """The mapping by header texts, as a mapping file or a remembered mapping holds it."""
        return {
            field: [self.headers[column] for column in columns] for field, columns in self.mapping.items()
        }

    def missing(self, noun: str) -> tuple[str, ...]:
        """The fields no row of this noun can do without and no column feeds (of each group the first)."""
        return tuple(group[0] for group in REQUIRED[noun] if not any(name in self.mapping for name in group))


@dataclass(frozen=True, slots=True)
class ColumnMapping:
    """What a mapping file says; where `columns` is empty the header is guessed."""

    columns: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    header_row: int | None = None
    sheet: str | None = None
    encoding: str | None = None
    timezone: str | None = None
    area_code: str | None = None


class _Match(NamedTuple):
    """How well a column fits a field: lower is better; the leftmost of equals wins."""

    tier: int
    rank: int
    column: int


Index = Mapping[str, tuple[str, int]]


def find_header(rows: Iterable[Row], vocabulary: Mapping[str, tuple[str, ...]]) -> HeaderGuess:
    """Find the row under titles and notes whose cells name most fields; raises RuleBroken import.no_header.

    `vocabulary` is `headers_of(noun)`. Of equal rows the upper one is taken; one field must be named at least,
    two unless the sheet has one column.
    """
    index = _index(vocabulary)
    best: HeaderGuess | None = None
    for row in islice(rows, LOOKED_AT):
        guess = _guess(row, index)
        if len(guess.mapping) > (len(best.mapping) if best else 0):
            best = guess
    if best is None or (len(best.mapping) < 2 and sum(map(bool, best.headers)) > 1):
        raise RuleBroken("import.no_header", rows=LOOKED_AT)
    return best


def resolve(rows: Sequence[Row], noun: str, mapping: ColumnMapping | None = None) -> HeaderGuess:
    """Find the header by a mapping file's word where there is one, by guess otherwise; raises RuleBroken."""
    vocabulary = headers_of(check_noun(noun))
    if mapping is None or not (mapping.columns or mapping.header_row):
        return find_header(rows, vocabulary)
    _check_fields(mapping.columns, FIELDS[noun])
    row = _header_row(rows, mapping)
    return _obey(row, mapping) if mapping.columns else find_header([row], vocabulary)


def parse_mapping_file(text: str, noun: str = "") -> ColumnMapping:
    """Read a mapping file (TOML): [columns] field = "header" or ["header", …]; options at the top or in [options].

    Raises RuleBroken import.map_file, import.map_field, import.map_many, import.map_option, import.map_value.
    """
    try:
        said = tomllib.loads(text.removeprefix("\ufeff"))
    except tomllib.TOMLDecodeError as error:
        raise RuleBroken("import.map_file", reason=str(error)) from None
    columns, options = said.pop("columns", {}), said.pop("options", {})
    for name, table in (("columns", columns), ("options", options)):
        if not isinstance(table, dict):
            raise RuleBroken("import.map_value", option=name, value=str(table))
    known = (
        FIELDS[check_noun(noun)]
        if noun
        else tuple(dict.fromkeys(name for all_ in FIELDS.values() for name in all_))
    )
    _check_fields(columns, known)
    chosen = {name: _headers_said(name, value) for name, value in columns.items()}
    return ColumnMapping(
        columns={name: headers for name, headers in chosen.items() if headers},
        **_options({**said, **options}),
    )


def _check_fields(columns: Iterable[str], known: Sequence[str]) -> None:
    for name in columns:
        if name not in known:
            raise RuleBroken("import.map_field", field=name, known=", ".join(known))


def _headers_said(name: str, value: object) -> tuple[str, ...]:
    headers = value if isinstance(value, list) else [value]
    said = tuple(header for header in headers if isinstance(header, str) and plain(header))
    if not all(isinstance(header, str) for header in headers):
        raise RuleBroken("import.map_value", option=name, value=str(value))
    if len(said) > 1 and name not in MANY:
        raise RuleBroken("import.map_many", field=name)
    return said


def _options(said: Mapping[str, Any]) -> dict[str, Any]:
    """Check the options of a mapping file, each by its kind."""
    for option, value in said.items():
        if option not in ("header_row", "sheet", "encoding", "timezone", "area_code"):
            raise RuleBroken("import.map_option", option=option)
        right = isinstance(value, int) and not isinstance(value, bool) and value >= 1
        if not (right if option == "header_row" else isinstance(value, str)):
            raise RuleBroken("import.map_value", option=option, value=str(value))
    if said.get("timezone"):
        zone(said["timezone"])
    if said.get("encoding"):
        check_encoding(said["encoding"])
    return {option: value or None for option, value in said.items()}


def check_encoding(name: str) -> str:
    """The codec of an encoding's name, GBK and GB2312 as their superset GB18030; raises import.encoding_name."""
    try:
        codec = codecs.lookup(name).name
        "".encode(codec)
    except (LookupError, ValueError):
        raise RuleBroken("import.encoding_name", encoding=name) from None
    return "gb18030" if codec in ("gbk", "gb2312", "cp936", "hz") else codec


def _header_row(rows: Sequence[Row], mapping: ColumnMapping) -> Row:
    """The row the mapping file names, or the one that holds most of its headers."""
    if mapping.header_row:
        for row in rows:
            if row.number == mapping.header_row:
                return row
        raise RuleBroken("import.map_row", row=mapping.header_row)
    wanted = {plain(header) for headers in mapping.columns.values() for header in headers}
    top = rows[:LOOKED_AT]
    if not top:
        raise RuleBroken("import.no_header", rows=LOOKED_AT)
    return max(top, key=lambda row: len(wanted & {plain(text) for text in _texts(row)}))


def _obey(row: Row, mapping: ColumnMapping) -> HeaderGuess:
    """Point each field at the columns its mapping names; raises RuleBroken import.map_header."""
    headers = _texts(row)
    places: dict[str, list[int]] = {}
    for column, text in enumerate(headers):
        places.setdefault(plain(text), []).append(column)
    chosen: dict[str, tuple[int, ...]] = {}
    ambiguous: list[Ambiguity] = []
    for name, wanted in mapping.columns.items():
        for header in wanted:
            found = places.get(plain(header))
            if not found:
                raise RuleBroken("import.map_header", field=name, header=header, row=row.number)
            if len(found) > 1 and name != "phones":
                ambiguous.append(Ambiguity(name, header, tuple(headers[column] for column in found[1:])))
            used = found if name == "phones" else found[:1]
            chosen[name] = tuple(dict.fromkeys((*chosen.get(name, ()), *used)))
    return HeaderGuess(row.number, chosen, headers, tuple(ambiguous))


def _texts(row: Row) -> tuple[str, ...]:
    return tuple(one_line(cell) if isinstance(cell, str) else "" for cell in row.cells)


def _index(vocabulary: Mapping[str, tuple[str, ...]]) -> Index:
    """Turn the vocabulary round: plain word → field and its rank; a word said twice stays with the first field."""
    index: dict[str, tuple[str, int]] = {}
    for name, said in vocabulary.items():
        for rank, word in enumerate(said):
            index.setdefault(plain(word), (name, rank))
    return index


def _guess(row: Row, index: Index) -> HeaderGuess:
    """Name the field of every cell of one row, as if it were the header."""
    headers = _texts(row)
    found: dict[str, list[_Match]] = {}
    for column, cell in enumerate(row.cells):
        match = _field_of(cell, index)
        if match:
            name, tier, rank = match
            found.setdefault(name, []).append(_Match(tier, rank, column))
    mapping: dict[str, tuple[int, ...]] = {}
    ambiguous: list[Ambiguity] = []
    for name, matches in found.items():
        best, *others = sorted(matches)
        if name == "phones":
            mapping[name] = tuple(sorted(match.column for match in matches))
            continue
        mapping[name] = (best.column,)
        if others:
            ambiguous.append(Ambiguity(name, headers[best.column], tuple(headers[m.column] for m in others)))
    return HeaderGuess(row.number, mapping, headers, tuple(ambiguous))


def _field_of(cell: Cell, index: Index) -> tuple[str, int, int] | None:
    """The field a header names, with how directly: as it stands, without brackets, number or prefix, by parts."""
    if not isinstance(cell, str) or not 0 < len(cell) <= LONGEST_HEADER:
        return None
    bare = _BRACKETS.sub("", cell)
    aside = {index[word][0] for word in map(plain, _BRACKETS.findall(cell)) if word in index}
    for tier, word in enumerate(_variants(cell, bare)):
        if word in index:
            name, rank = index[word]
            return None if aside - {name} and tier else (name, tier, rank)
    parts = [index[word] for word in map(plain, _PARTS.split(bare)) if word in index]
    if len(parts) > 1 and len({name for name, _ in parts}) == 1:
        return parts[0][0], 9, parts[0][1]
    return None


def _variants(cell: str, bare: str) -> Iterable[str]:
    """What a header may be called, best first."""
    whole, core = plain(cell), plain(bare)
    numerals = "0123456789" + "".join(words()["numbers"]["digits"])
    unnumbered = core.rstrip(numerals)
    yield whole
    yield core
    yield unnumbered
    for prefix in map(plain, words()["prefixes"]):
        if unnumbered.startswith(prefix):
            yield unnumbered[len(prefix) :]
