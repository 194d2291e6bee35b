"""Put a backup into a database: all of it or nothing; on SQLite built aside first, on PostgreSQL one transaction."""

from __future__ import annotations

import shutil
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, closing, contextmanager
from pathlib import Path
from secrets import token_hex
from typing import Any

from sqlalchemy import Connection, inspect, text
from sqlalchemy.engine import make_url

from deskapp.domain.backup import Columns, Reading
from deskapp.domain.errors import RuleBroken, StorageFailed
from deskapp.domain.operator import Operator
from deskapp.repository import migrate, tables
from deskapp.repository.dumping import Dump
from deskapp.repository.engine import storage_errors
from deskapp.repository.migrations import HEAD
from deskapp.repository.work import Store, Work

Opened = Callable[[], AbstractContextManager[Reading]]
_FUNCTIONS = ("audit_refuse", "audit_seals_refuse")
_INHABITED = ("operators", "clients", "tickets", "calls")
PATIENCE_MS = 30_000


def is_empty(store: Store) -> bool:
    """Whether a database has no schema yet, or nobody has ever worked in it."""
    if migrate.version(store) is None:
        return True
    with storage_errors(), store.engine.connect() as connection:
        there = set(inspect(connection).get_table_names())
        asked = (f"SELECT 1 FROM {name} LIMIT 1" for name in _INHABITED if name in there)
        return all(connection.execute(text(one)).first() is None for one in asked)


def check_known(schema: str) -> None:
    """Refuse a backup of a schema this program does not know."""
    if schema > HEAD:
        raise RuleBroken("backup.newer", found=schema, known=HEAD)


def restore(store: Store, opened: Opened, operator: Operator, told: dict[str, Any]) -> None:
    """Make a database what the backup says; `told` goes into the audit trail, the only thing that is new in it."""
    if store.dialect == "postgresql":
        with store.patience.unlimited(), _writing(store) as connection:
            connection.execute(text("SELECT pg_advisory_xact_lock(:k)"), {"k": migrate.LOCK})
            _drop_all(connection)
            _fill(store, connection, opened, operator, told)
    else:
        _aside(store, opened, operator, told)
    store.engine.dispose()
    store.settle()


@contextmanager
def _writing(store: Store) -> Iterator[Connection]:
    with storage_errors(), store.engine.connect() as bare:
        connection = bare.execution_options(deskapp_write=True)
        with connection.begin():
            yield connection


def _aside(store: Store, opened: Opened, operator: Operator, told: dict[str, Any]) -> None:
    """Build a file beside the database and let SQLite copy it over in one go, under whoever has it open."""
    target = Path(make_url(store.url).database or "").absolute()
    part = target.with_name(f".{target.name}.{token_hex(4)}.part")
    try:
        built = Store(f"sqlite:///{part}", store.clock)
        try:
            with _writing(built) as connection:
                connection.exec_driver_sql("PRAGMA defer_foreign_keys = ON")
                _fill(built, connection, opened, operator, told)
        finally:
            built.close()
        store.engine.dispose()
        _copy_over(part, target)
    finally:
        for left in target.parent.glob(f"{part.name}*"):
            left.unlink(missing_ok=True)


def _copy_over(source: Path, target: Path) -> None:
    try:
        with closing(sqlite3.connect(source)) as new, closing(sqlite3.connect(target, timeout=30)) as old:
            old.execute(f"PRAGMA busy_timeout = {PATIENCE_MS}")
            old.execute("PRAGMA synchronous = FULL")
            new.backup(old)
            old.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    except sqlite3.Error as error:
        raise StorageFailed("storage.locked", why=str(error)) from error


def put_aside(store: Store, folder: Path) -> Path:
    """Move a database file that cannot be read into a folder, with its log; whoever runs consoles has closed them."""
    store.engine.dispose()
    file = Path(make_url(store.url).database or "").absolute()
    try:
        folder.mkdir(mode=0o700)
        for part in (file, *(file.with_name(file.name + tail) for tail in ("-wal", "-shm"))):
            if part.exists():
                shutil.move(part, folder / part.name)
    except OSError as error:
        raise StorageFailed("storage.file", path=str(folder), why=error.strerror or str(error)) from error
    return folder / file.name


def _drop_all(connection: Connection) -> None:
    """Take away what a database of ours has, and nothing of anybody else's."""
    there = set(inspect(connection).get_table_names())
    for name in (*tables.metadata.tables, "alembic_version"):
        if name in there:
            connection.execute(text(f"DROP TABLE {name} CASCADE"))
    for name in _FUNCTIONS:
        connection.execute(text(f"DROP FUNCTION IF EXISTS {name}()"))


def _fill(
    store: Store, connection: Connection, opened: Opened, operator: Operator, told: dict[str, Any]
) -> None:
    with opened() as reading:
        check_known(reading.head.schema)
        migrate.upgrade(connection, reading.head.schema)
        work = Work(connection, store.clock.now(), "backup.restore", operator)
        known = {one.table: one for one in Dump(work).tables()}
        with work.bulk.bare(sorted(known)):
            for name in known:
                if connection.execute(text(f"SELECT 1 FROM {name} LIMIT 1")).first() is not None:
                    connection.execute(text(f"DELETE FROM {name}"))
            for columns, rows in reading.tables():
                _load(work, known, columns, rows)
        if set(reading.sums.rows) != set(known):
            raise RuleBroken("backup.tables")
        _sequences(work, known)
        _compare(work, reading)
    migrate.upgrade(connection)
    work.log("backup", None, "restore", told)
    work.finish(store.token)


def _load(work: Work, known: dict[str, Columns], columns: Columns, rows: Iterator[tuple[Any, ...]]) -> None:
    """Load one table; its columns must be those the schema has, of the same kinds."""
    ours = known.get(columns.table)
    if ours is None or sorted(ours.columns) != sorted(columns.columns):
        raise RuleBroken("backup.tables")
    quote = Dump(work).quoted
    batch = 8 if any(kind == "bytes" for _, kind in columns.columns) else None
    names = [quote(name) for name, _ in columns.columns]
    work.bulk.load(columns.table, names, rows, batch)


def _sequences(work: Work, known: dict[str, Columns]) -> None:
    """Let the next number of each table follow the highest there."""
    if work.dialect != "postgresql":
        return
    for name in known:
        found = work.connection.execute(
            text(
                "SELECT pg_get_serial_sequence(:t, 'id') WHERE EXISTS (SELECT 1 FROM information_schema.columns "
                "WHERE table_schema = current_schema() AND table_name = :t AND column_name = 'id')"
            ),
            {"t": name},
        ).scalar()
        if found:
            top = f"(SELECT max(id) FROM {name})"
            work.connection.execute(text(f"SELECT setval('{found}', coalesce({top}, 1), {top} IS NOT NULL)"))


def _compare(work: Work, reading: Reading) -> None:
    """Count what is there, and walk the audit trail: both must be as the backup says."""
    for name, rows in reading.sums.rows.items():
        there = work.connection.execute(text(f"SELECT count(*) FROM {name}")).scalar_one()
        if there != rows:
            raise RuleBroken("backup.counts", table=name, there=there, wanted=rows)
    found = Dump(work).trail()
    wanted = (reading.head.entries, reading.head.audit_head, reading.head.audit_fault)
    if found != wanted:
        raise RuleBroken("backup.audit")
