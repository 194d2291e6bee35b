"""Statements that change in their values only: compiled once a dialect, then run by the driver itself.

SQLAlchemy builds, compares and wraps a statement anew at every execution, which costs ten times the query of a record
by its key. What the console asks all the time is prepared; whatever is asked now and then stays plain Core.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import repeat
from math import inf
from typing import Any

from sqlalchemy import Connection, bindparam
from sqlalchemy.engine import Dialect
from sqlalchemy.exc import DBAPIError

Convert = Callable[[Any], Any]
MOST_KEYS = 512
OFTEN = 5
"""After so many runs a server keeps a statement's plan."""


@dataclass(frozen=True, slots=True)
class _Ready:
    """A statement as one driver takes it, and how values are written and read."""

    sql: str
    names: tuple[str, ...] | None
    """The values' names in the order of their marks; None where the driver takes them by name."""
    given: dict[str, Any]
    """The values written into the statement."""
    write: tuple[tuple[str, Convert], ...]
    read: tuple[tuple[int, Convert], ...]

    def values(self, asked: dict[str, Any]) -> Any:
        """The values as the driver takes them; `asked` is written over."""
        for name, write in self.write:
            if asked.get(name) is not None:
                asked[name] = write(asked[name])
        values = self.given | asked if self.given else asked
        return values if self.names is None else [values[name] for name in self.names]

    def rows(self, fetched: list[Any]) -> list[Any]:
        """The rows as their columns' types read them."""
        if not self.read:
            return fetched
        found = []
        for row in fetched:
            cells = list(row)
            for place, read in self.read:
                if (cell := cells[place]) is not None:
                    cells[place] = read(cell)
            found.append(cells)
        return found


class Prepared:
    """A statement with bound parameters; those called new_<column> are its new values.

    PostgreSQL keeps the plan of one that is run often, unless it is to be planned `anew` for every value: where the
    best way to a few rows depends on how common a word is, a kept plan may take a thousand times as long.
    """

    def __init__(self, statement: Any, *, anew: bool = False) -> None:
        self.statement = statement
        self._ready: dict[str, _Ready] = {}
        self._runs = -inf if anew else 0

    def rows(self, connection: Connection, /, **values: Any) -> list[Any]:
        """Run it and read every row."""
        ready, cursor = self._run(connection, values)
        return ready.rows(cursor.fetchall())

    def count(self, connection: Connection, /, **values: Any) -> int:
        """Run it and say how many rows it changed."""
        return int(self._run(connection, values)[1].rowcount)

    def _run(self, connection: Connection, values: dict[str, Any]) -> tuple[_Ready, Any]:
        dialect = connection.dialect
        ready = self._ready.get(dialect.name) or self._make(dialect)
        self._runs += 1
        return ready, execute(connection, ready.sql, ready.values(values), keep=self._runs > OFTEN)

    def _make(self, dialect: Dialect) -> _Ready:
        made = self.statement.compile(dialect=dialect, compile_kwargs={"render_postcompile": True})
        write = {name: writer_of(bind.type, dialect) for name, bind in made.binds.items()}
        known = {name: convert for name, convert in write.items() if convert is not None}
        given = {
            name: known[name](value) if name in known else value
            for name, value in made.params.items()
            if value is not None
        }
        columns = getattr(self.statement, "selected_columns", ())
        readers = [(place, _reader(column.type, dialect)) for place, column in enumerate(columns)]
        ready = _Ready(
            str(made),
            tuple(made.positiontup) if made.positional else None,
            given,
            tuple(known.items()),
            tuple((place, convert) for place, convert in readers if convert is not None),
        )
        self._ready[dialect.name] = ready
        return ready


class PreparedFor:
    """A statement about several keys, prepared for every power of two of them: the last key fills up the rest."""

    def __init__(self, statement: Callable[[Sequence[Any]], Any]) -> None:
        self._statement = statement
        """Makes the statement for some bound keys."""
        self._sizes: dict[int, Prepared] = {}

    def rows(self, connection: Connection, keys: Sequence[Any], /, **values: Any) -> list[Any]:
        """Run it and read every row; no keys, no rows."""
        found: list[Any] = []
        for start in range(0, len(keys), MOST_KEYS):
            part = keys[start : start + MOST_KEYS]
            size = 1 << (len(part) - 1).bit_length()
            filled = [*part, *repeat(part[-1], size - len(part))]
            found += self._of(size).rows(connection, **dict(zip(_names(size), filled, strict=True)), **values)
        return found

    def _of(self, size: int) -> Prepared:
        if size not in self._sizes:
            self._sizes[size] = Prepared(self._statement([bindparam(name, None) for name in _names(size)]))
        return self._sizes[size]


@cache
def _names(size: int) -> tuple[str, ...]:
    return tuple(f"key{place}" for place in range(size))


def writer_of(kind: Any, dialect: Dialect) -> Convert | None:
    """How a column's type writes a value for a driver; None where it goes as it is."""
    convert: Convert | None = kind.dialect_impl(dialect).bind_processor(dialect)
    return convert


def _reader(kind: Any, dialect: Dialect) -> Convert | None:
    convert: Convert | None = kind.dialect_impl(dialect).result_processor(dialect, None)
    return convert


def execute(connection: Connection, sql: str, values: Any, *, many: bool = False, keep: bool = False) -> Any:
    """Run a statement on the driver inside the connection's transaction; return the driver's cursor.

    `keep` lets PostgreSQL keep how it is done; SQLite's driver keeps every statement by itself.
    """
    cursor = connection.connection.cursor()
    options = {"prepare": True} if keep and connection.dialect.name == "postgresql" else {}
    try:
        (cursor.executemany if many else cursor.execute)(sql, values, **options)
    except connection.dialect.loaded_dbapi.Error as error:
        raise as_sqlalchemy(connection.dialect, sql, values, error) from error
    return cursor


def as_sqlalchemy(dialect: Dialect, sql: str, values: Any, error: Exception) -> BaseException:
    """The driver's error as SQLAlchemy would raise it."""
    base = dialect.loaded_dbapi.Error
    return DBAPIError.instance(sql, values, error, base, dialect=dialect)
