"""A backup as lines: a head, each table's rows and their digest, an end; the same for either database (row P6).

Nothing in it is a path or a command: a reader checks each line for what it must be, and believes no count it is told.
"""

from __future__ import annotations

import json
import re
from base64 import b64decode, b64encode
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from hashlib import sha256
from typing import Any

from deskapp.domain.errors import RuleBroken

FORMAT = 1
MOST_LINE = 96 * 1024 * 1024
"""The longest line there is: a file as large as may be kept, in base64, is far shorter."""
MOST_HEAD = 1024 * 1024
KINDS = ("text", "int", "bool", "date", "bytes")
_NAME = re.compile(r"[a-z][a-z0-9_]{0,60}")
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_SCHEMA = re.compile(r"[0-9]{4}")
_TYPES: Mapping[str, type] = {"text": str, "int": int, "bool": bool}


@dataclass(frozen=True, slots=True)
class Head:
    """What a backup says of itself: when and of what, which schema, and how the audit trail stood."""

    schema: str
    company: str = ""
    at: str = ""
    engine: str = ""
    entries: int = 0
    audit_head: str = ""
    audit_fault: str = ""


@dataclass(frozen=True, slots=True)
class Columns:
    """One table: its name, and the name and kind of each column."""

    table: str
    columns: tuple[tuple[str, str], ...]


@dataclass(slots=True)
class Sums:
    """What was written or read: rows and digest a table."""

    rows: dict[str, int] = field(default_factory=dict)
    digests: dict[str, str] = field(default_factory=dict)

    @property
    def total(self) -> int:
        """How many rows in all."""
        return sum(self.rows.values())

    def digest(self) -> str:
        """One digest over all tables."""
        told = [[name, self.rows[name], self.digests[name]] for name in sorted(self.rows)]
        return sha256(_line(told)).hexdigest()


def _line(value: Any) -> bytes:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "replace") + b"\n"


def written(
    head: Head, tables: Iterable[tuple[Columns, Iterable[Sequence[Any]]]], sums: Sums
) -> Iterator[bytes]:
    """The lines of a backup, one at a time; `sums` is filled meanwhile."""
    told = {name: getattr(head, name) for name in Head.__dataclass_fields__}
    yield _line({"deskapp": "backup", "format": FORMAT, **told})
    for columns, rows in tables:
        yield _line({"table": columns.table, "columns": columns.columns})
        kinds, count, seen = [kind for _, kind in columns.columns], 0, sha256()
        for row in rows:
            line = _line([_told(kind, value) for kind, value in zip(kinds, row, strict=True)])
            seen.update(line)
            count += 1
            yield line
        sums.rows[columns.table], sums.digests[columns.table] = count, seen.hexdigest()
        yield _line({"end": columns.table, "rows": count, "sha256": seen.hexdigest()})
    yield _line({"end": "", "rows": sums.total, "sha256": sums.digest()})


def _told(kind: str, value: Any) -> Any:
    if value is None:
        return None
    if kind == "date":
        return value.isoformat() if isinstance(value, date) else str(value)
    if kind == "bool":
        return bool(value)
    if kind == "bytes":
        return b64encode(value).decode("ascii")
    return value


class Reading:
    """A backup being read: its head at once, then table after table; anything odd is a RuleBroken."""

    def __init__(self, lines: Iterator[bytes]) -> None:
        self._lines = lines
        self._at = 0
        self.sums = Sums()
        found = self._next()
        if not isinstance(found, dict) or found.get("deskapp") != "backup":
            raise RuleBroken("backup.no_backup")
        if found.get("format") != FORMAT:
            raise RuleBroken("backup.newer_format")
        told = {name: found.get(name) for name in Head.__dataclass_fields__}
        whole = all(isinstance(value, int if name == "entries" else str) for name, value in told.items())
        if not whole or not _SCHEMA.fullmatch(str(told["schema"])):
            raise self._damaged()
        self.head = Head(**told)  # type: ignore[arg-type]

    def tables(self) -> Iterator[tuple[Columns, Iterator[tuple[Any, ...]]]]:
        """Each table and its rows; the rows must be read to their end before the next table."""
        while True:
            found = self._next()
            if not isinstance(found, dict):
                raise self._damaged()
            if found.get("end") == "":
                self._ended(found)
                return
            columns = self._columns(found)
            yield columns, self._rows(columns)

    def _columns(self, found: Mapping[str, Any]) -> Columns:
        name, listed = found.get("table"), found.get("columns")
        if not isinstance(name, str) or not _NAME.fullmatch(name) or name in self.sums.rows:
            raise self._damaged()
        if not isinstance(listed, list) or not listed or not all(map(_is_column, listed)):
            raise self._damaged()
        pairs = tuple((column, kind) for column, kind in listed)
        if len({column for column, _ in pairs}) != len(pairs):
            raise self._damaged()
        return Columns(name, pairs)

    def _rows(self, columns: Columns) -> Iterator[tuple[Any, ...]]:
        kinds, count, seen = [kind for _, kind in columns.columns], 0, sha256()
        while True:
            line = self._line()
            found = self._parsed(line)
            if isinstance(found, dict):
                break
            if not isinstance(found, list) or len(found) != len(kinds):
                raise self._damaged()
            seen.update(line)
            count += 1
            yield tuple(self._value(kind, value) for kind, value in zip(kinds, found, strict=True))
        if found != {"end": columns.table, "rows": count, "sha256": seen.hexdigest()}:
            raise self._damaged()
        self.sums.rows[columns.table], self.sums.digests[columns.table] = count, seen.hexdigest()

    def _value(self, kind: str, value: Any) -> Any:
        if value is None:
            return None
        if kind in _TYPES:
            if type(value) is _TYPES[kind]:
                return value
        elif isinstance(value, str):
            if kind == "date" and _DAY.fullmatch(value):
                return value
            if kind == "bytes":
                try:
                    return b64decode(value, validate=True)
                except ValueError:
                    pass
        raise self._damaged()

    def _ended(self, found: Mapping[str, Any]) -> None:
        whole = {"end": "", "rows": self.sums.total, "sha256": self.sums.digest()}
        if found != whole or next(self._lines, None) is not None:
            raise self._damaged()

    def read_through(self) -> Sums:
        """Read everything and keep nothing: the sums of a backup that is whole."""
        for _, rows in self.tables():
            for _ in rows:
                pass
        return self.sums

    def _next(self) -> Any:
        return self._parsed(self._line())

    def _line(self) -> bytes:
        line = next(self._lines, None)
        self._at += 1
        if line is None or not line.endswith(b"\n"):
            raise self._damaged()
        return line

    def _parsed(self, line: bytes) -> Any:
        try:
            return json.loads(line)
        except (ValueError, RecursionError):
            if self._at == 1:
                raise RuleBroken("backup.no_backup") from None
            raise self._damaged() from None

    def _damaged(self) -> RuleBroken:
        return RuleBroken("backup.damaged", line=self._at)


def _is_column(found: Any) -> bool:
    return (
        isinstance(found, list)
        and len(found) == 2
        and isinstance(found[0], str)
        and _NAME.fullmatch(found[0]) is not None
        and found[1] in KINDS
    )
