"""Load very many rows at once: plain rows, indexes and checks put off to the end, statistics gathered."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from functools import lru_cache
from itertools import islice
from typing import TYPE_CHECKING, Any

from sqlalchemy import select, text

from deskapp.domain.search_text import closed_up, grams, haystack, name_keys, pinyin_text
from deskapp.repository.tables import clients

if TYPE_CHECKING:
    from deskapp.repository.work import Work

BATCH = 20_000
IN_LIST = 1_000
CACHE_KB = 400_000
FTS_HASH_BYTES = 64 << 20
FTS_HASH_DEFAULT = 1 << 20

Values = tuple[Any, ...]

_KEEPS_SQLITE = """
SELECT type, name, sql FROM sqlite_master
WHERE type IN ('index', 'trigger') AND tbl_name = :t AND sql IS NOT NULL ORDER BY type, name
"""
_INDEXES_POSTGRES = """
SELECT i.indexname, i.indexdef FROM pg_indexes i WHERE i.schemaname = current_schema() AND i.tablename = :t
AND NOT EXISTS (SELECT 1 FROM pg_constraint c WHERE c.conindid = format('%I.%I', i.schemaname, i.indexname)::regclass)
"""
_STATISTICS_POSTGRES = """
SELECT format('ALTER INDEX %I ALTER COLUMN %s SET STATISTICS %s', c.relname, a.attnum, a.attstattarget)
FROM pg_index x JOIN pg_class c ON c.oid = x.indexrelid JOIN pg_attribute a ON a.attrelid = c.oid
WHERE x.indrelid = to_regclass(:t) AND a.attstattarget > 0
"""
_FOREIGN_POSTGRES = """
SELECT conname, pg_get_constraintdef(oid) FROM pg_constraint WHERE contype = 'f' AND conrelid = CAST(:t AS regclass)
"""


class Bulk:
    """Rows by the hundred thousand. Nothing is checked or logged here: the caller vouches for them and logs the act."""

    def __init__(self, work: Work) -> None:
        self.work = work

    def reserve(self, table: str, count: int) -> range:
        """Keep others off a table until the end of the transaction, and take `count` ids in a row."""
        if self.work.dialect == "postgresql":
            self._do(f"LOCK TABLE {table} IN SHARE ROW EXCLUSIVE MODE")
            sequence = f"pg_get_serial_sequence('{table}', 'id')"
            if count == 0:
                return range(0)
            last = self._one(f"SELECT setval({sequence}, nextval({sequence}) + {count} - 1)")
        else:
            last = self._one(f"SELECT coalesce(max(id), 0) FROM {table}") + count
        return range(last - count + 1, last + 1)

    def highest(self, table: str) -> int:
        """The highest id of a table: about how many rows it has."""
        return self._one(f"SELECT coalesce(max(id), 0) FROM {table}")

    def names(self, client_ids: Iterable[int]) -> dict[int, tuple[str, str]]:
        """Names and addresses of some clients."""
        ids, c = list(client_ids), clients.c
        found: dict[int, tuple[str, str]] = {}
        for start in range(0, len(ids), IN_LIST):
            query = select(c.id, c.name, c.address).where(c.id.in_(ids[start : start + IN_LIST]))
            found.update((row[0], (row[1], row[2])) for row in self.work.connection.execute(query))
        return found

    def load(
        self, table: str, columns: Sequence[str], rows: Iterable[Values], at_once: int | None = None
    ) -> int:
        """Store plain rows (instants in microseconds, JSON as text), so many at once; return how many."""
        source, count = iter(rows), 0
        while batch := list(islice(source, at_once or BATCH)):
            self._copy(table, columns, batch)
            count += len(batch)
        return count

    def _copy(self, table: str, columns: Sequence[str], batch: list[Values]) -> None:
        names = ", ".join(columns)
        if self.work.dialect != "postgresql":
            marks = ", ".join("?" * len(columns))
            self.work.connection.exec_driver_sql(f"INSERT INTO {table} ({names}) VALUES ({marks})", batch)
            return
        driver: Any = self.work.connection.connection.driver_connection
        with driver.cursor() as cursor, cursor.copy(f"COPY {table} ({names}) FROM STDIN") as copy:
            for row in batch:
                copy.write_row(row)

    @contextmanager
    def bare(self, tables: Sequence[str]) -> Iterator[None]:
        """Take indexes, triggers and foreign keys off some tables meanwhile; all comes back in this transaction."""
        keep = {"sqlite": self._bare_sqlite, "postgresql": self._bare_postgres}[self.work.dialect]
        with keep(tables):
            yield

    @contextmanager
    def _bare_sqlite(self, tables: Sequence[str]) -> Iterator[None]:
        cache = self._one("PRAGMA cache_size")
        self._do(f"PRAGMA cache_size = -{CACHE_KB}")
        kept = [row for table in tables for row in self._rows(_KEEPS_SQLITE, t=table)]
        for kind, name, _ in kept:
            self._do(f"DROP {kind} {name}")
        yield
        for _, _, sql in kept:
            self._driver(sql)
        for table in tables:
            if table.endswith("_search"):
                self._rebuild(table.replace("_search", "_fts"))
        self._do(f"PRAGMA cache_size = {cache}")

    def _rebuild(self, fts: str) -> None:
        self._do(f"INSERT INTO {fts} ({fts}, rank) VALUES ('hashsize', {FTS_HASH_BYTES})")
        self._do(f"INSERT INTO {fts} ({fts}) VALUES ('rebuild')")
        self._do(f"INSERT INTO {fts} ({fts}, rank) VALUES ('hashsize', {FTS_HASH_DEFAULT})")

    @contextmanager
    def _bare_postgres(self, tables: Sequence[str]) -> Iterator[None]:
        foreign = [(table, *row) for table in tables for row in self._rows(_FOREIGN_POSTGRES, t=table)]
        indexes = [row for table in tables for row in self._rows(_INDEXES_POSTGRES, t=table)]
        statistics = [row[0] for table in tables for row in self._rows(_STATISTICS_POSTGRES, t=table)]
        for table, name, _ in foreign:
            self._do(f"ALTER TABLE {table} DROP CONSTRAINT {name}")
        for name, _ in indexes:
            self._do(f"DROP INDEX {name}")
        yield
        self._do("SET LOCAL maintenance_work_mem = '256MB'")
        for sql in (*(sql for _, sql in indexes), *statistics):
            self._driver(sql)
        for table, name, sql in foreign:
            self._driver(f"ALTER TABLE {table} ADD CONSTRAINT {name} {sql}")

    def index_client(self, client_id: int, name: str, *texts: str) -> Values:
        """The search row of a client, as `clients.search_row` writes it: name, other texts, digits of numbers."""
        found = (name, *texts)
        tight = filter(None, map(closed_up, texts[::2]))
        return client_id, f"{haystack(*found, *tight)} {_pinyin(name)}", grams(*found)

    def index_ticket(self, ticket_id: int, name: str, words: Sequence[str], address: str) -> Values:
        """The search row of a ticket, as `tickets.search_row` writes it: its words, its client's name, the address."""
        found = (*words, name, address)
        return ticket_id, f"{haystack(*found, closed_up(address))} {_pinyin(name)}", grams(*found)

    def keys_of(self, client_id: int, name: str) -> list[Values]:
        """The b-tree keys of a client's name, as `clients` writes them."""
        return [(key, client_id) for key in _keys(name)]

    @contextmanager
    def sorted_keys(self) -> Iterator[str]:
        """Lend a table for name keys in any order; at the end they go into theirs sorted, which is much faster."""
        self._do("CREATE TEMPORARY TABLE new_keys (key TEXT, client_id BIGINT)")
        yield "new_keys"
        by = 'key COLLATE "C"' if self.work.dialect == "postgresql" else "key"
        self._do(
            f"INSERT INTO name_keys (key, client_id) SELECT key, client_id FROM new_keys ORDER BY {by}, client_id"
        )
        self._do("DROP TABLE new_keys")

    def _do(self, sql: str) -> None:
        self.work.connection.execute(text(sql))

    def _driver(self, sql: str) -> None:
        self.work.connection.exec_driver_sql(sql)

    def _one(self, sql: str) -> int:
        return int(self.work.connection.execute(text(sql)).scalar_one())

    def _rows(self, sql: str, **values: Any) -> list[Any]:
        return list(self.work.connection.execute(text(sql), values))


@lru_cache(maxsize=200_000)
def _pinyin(name: str) -> str:
    return pinyin_text(name)


@lru_cache(maxsize=200_000)
def _keys(name: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(key[:120] for key in name_keys(name)))
