"""Connect to SQLite or PostgreSQL so that both behave alike: transactions, durability, time, errors."""

from __future__ import annotations

import os
import random
import sqlite3
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pendulum import DateTime
from sqlalchemy import Connection, Engine, create_engine, event, text
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError, DBAPIError, IntegrityError, NoSuchModuleError, SQLAlchemyError

from deskapp.domain.errors import StorageFailed
from deskapp.repository.instants import from_micros
from deskapp.repository.prepared import as_sqlalchemy

LOCK_PATIENCE_S = 20.0
SYNC_EVERY_S = 60.0
MOST_CORRECTED_S = 120
"""Seconds by which a clock may be put right at once, as time servers do; more is somebody setting it."""


@dataclass(slots=True)
class Patience:
    """How many seconds a server may say nothing before it counts as away; None is for ever."""

    seconds: float | None = None

    @contextmanager
    def unlimited(self) -> Iterator[None]:
        """Wait for ever meanwhile: something long is asked."""
        before, self.seconds = self.seconds, None
        try:
            yield
        finally:
            self.seconds = before


def connect(url: str, patience: Patience | None = None) -> Engine:
    """Make the engine of a database URL; a bad URL or a missing driver is a StorageFailed.

    A PostgreSQL server that says nothing for as long as the `patience` counts as away.
    """
    try:
        parsed = parse_url(url)
        if parsed.get_backend_name() == "sqlite":
            return _sqlite(parsed)
        if parsed.get_backend_name() == "postgresql":
            return _postgresql(parsed, patience)
    except (ArgumentError, ValueError) as error:
        raise StorageFailed("storage.url", url=_safe(url)) from error
    except (NoSuchModuleError, ModuleNotFoundError) as error:
        raise StorageFailed("storage.driver", url=_safe(url)) from error
    raise StorageFailed("storage.url", url=_safe(url))


def parse_url(url: str) -> URL:
    """Read a database URL, however its driver is named; one that cannot be read is a StorageFailed."""
    try:
        parsed = make_url(url)
    except (ArgumentError, ValueError) as error:
        raise StorageFailed("storage.url", url=_safe(url)) from error
    plain = parsed.drivername in ("postgres", "postgresql")
    return parsed.set(drivername="postgresql+psycopg") if plain else parsed


def _postgresql(url: URL, patience: Patience | None) -> Engine:
    from deskapp.repository import server

    return server.open_engine(url, patience or Patience())


def _safe(url: str) -> str:
    head, at, tail = url.rpartition("@")
    return f"{head.split('://')[0]}://***@{tail}" if at else url


def _sqlite(url: URL) -> Engine:
    path = url.database or ""
    if path and path != ":memory:":
        _make_private(Path(path))
    engine = create_engine(
        url, connect_args={"timeout": 0.05, "check_same_thread": False}, pool_size=8, pool_use_lifo=True
    )
    event.listen(engine, "connect", _prepare_sqlite)
    event.listen(engine, "begin", _begin_sqlite)
    return engine


def _make_private(path: Path) -> None:
    try:
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        os.close(os.open(path, os.O_CREAT | os.O_RDWR, 0o600))
        os.chmod(path, 0o600)
    except OSError as error:
        raise StorageFailed("storage.file", path=str(path), why=error.strerror or str(error)) from error


def _prepare_sqlite(connection: sqlite3.Connection, _record: object) -> None:
    connection.isolation_level = None
    cursor = connection.cursor()
    cursor.execute("PRAGMA busy_timeout=50")
    _patiently(lambda: cursor.execute("PRAGMA journal_mode=WAL"))
    for pragma in ("foreign_keys=ON", "synchronous=FULL", "cache_size=-8000", "temp_store=MEMORY"):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def _begin_sqlite(connection: Connection) -> None:
    driver: Any = connection.connection.driver_connection
    begin = "BEGIN IMMEDIATE" if connection.get_execution_options().get("deskapp_write") else "BEGIN"
    try:
        _patiently(lambda: driver.execute(begin))
    except sqlite3.Error as error:
        raise as_sqlalchemy(connection.dialect, begin, (), error) from error


def _patiently(act: Any) -> Any:
    """Try until the file's write lock is free: short, jittered waits, so that no desk starves."""
    give_up = time.monotonic() + LOCK_PATIENCE_S
    while True:
        try:
            return act()
        except (sqlite3.OperationalError, DBAPIError) as error:
            if not _is_lock(error) or time.monotonic() > give_up:
                raise
            time.sleep(random.uniform(0.001, 0.015))


def _is_lock(error: BaseException) -> bool:
    words = str(getattr(error, "orig", error)).lower()
    return "database is locked" in words or "database table is locked" in words or "busy" in words


@contextmanager
def storage_errors() -> Iterator[None]:
    """Turn whatever the driver raises into a StorageFailed with a code people can be told."""
    try:
        yield
    except IntegrityError as error:
        raise StorageFailed("storage.refused", why=_short(error)) from error
    except DBAPIError as error:
        raise StorageFailed(_TROUBLE[_trouble(error)], why=_short(error)) from error
    except SQLAlchemyError as error:
        raise StorageFailed("storage.lost", why=_short(error)) from error
    except UnicodeEncodeError as error:  # half a character in a text no column's type has seen
        raise StorageFailed("storage.refused", why=error.reason) from error


_TROUBLE = {
    "lost": "storage.lost",
    "locked": "storage.locked",
    "refused": "storage.refused",
    "full": "storage.full",
    "readonly": "storage.readonly",
    "damaged": "storage.damaged",
}
_OF_FILES = {
    sqlite3.SQLITE_FULL: "full",
    sqlite3.SQLITE_READONLY: "readonly",
    sqlite3.SQLITE_CORRUPT: "damaged",
    sqlite3.SQLITE_NOTADB: "damaged",
}


def _trouble(error: DBAPIError) -> str:
    """Whether the database is away, is busy, or refused what it was asked."""
    if _is_lock(error):
        return "locked"
    cause = error.orig
    if (code := getattr(cause, "sqlite_errorcode", None)) is not None and code & 0xFF in _OF_FILES:
        return _OF_FILES[code & 0xFF]
    if cause is None or isinstance(cause, sqlite3.Error):
        wrong = isinstance(cause, sqlite3.ProgrammingError | sqlite3.DataError | sqlite3.InterfaceError)
        return "refused" if wrong else "lost"
    from deskapp.repository import server

    return server.trouble(cause)


def _short(error: BaseException) -> str:
    words = str(getattr(error, "orig", None) or error).strip().splitlines()[0]
    return words.removeprefix("connection is bad: ")[:200]


def _running_us() -> int:
    """Microseconds of a clock nobody can set, that also runs while the machine sleeps."""
    boot = getattr(time, "CLOCK_BOOTTIME", None)
    return (time.monotonic_ns() if boot is None else time.clock_gettime_ns(boot)) // 1000


class DatabaseClock:
    """The shared database's time: asked of PostgreSQL now and then; SQLite's is this machine's.

    Between two questions it runs on by itself: setting a desk's own clock moves no deadline there. On SQLite small
    corrections are followed; a clock set by more than two minutes while the program runs is not, and is told of.
    """

    def __init__(self, engine: Engine) -> None:
        self._ahead_us: int | None = None
        """What has to be added to the clock nobody can set; None until the time was asked for."""
        self._asked_us = 0
        self._own = engine.dialect.name == "sqlite"
        self.jumped_s = 0
        """By how many seconds this machine's clock was set, where that is not followed; 0 when all is well."""

    def now(self) -> DateTime:
        """The present instant in UTC, on the database's clock."""
        if self._own:
            return from_micros(self._steady(time.time_ns() // 1000, _running_us()))
        if self._ahead_us is None:
            return from_micros(time.time_ns() // 1000)
        return from_micros(_running_us() + self._ahead_us)

    def _steady(self, shown_us: int, running_us: int) -> int:
        """What this machine's clock shows, unless somebody has set it meanwhile."""
        ahead_us = shown_us - running_us
        known_us = ahead_us if self._ahead_us is None else self._ahead_us
        was_set = abs(ahead_us - known_us) > MOST_CORRECTED_S * 1_000_000 and hasattr(time, "CLOCK_BOOTTIME")
        self._ahead_us = known_us if was_set else ahead_us
        self.jumped_s = round((ahead_us - known_us) / 1_000_000) if was_set else 0
        return running_us + self._ahead_us

    def sync(self, connection: Connection) -> None:
        """Ask the database for its time again, at most once a minute."""
        before = _running_us()
        if self._own or (self._ahead_us is not None and before - self._asked_us < SYNC_EVERY_S * 1_000_000):
            return
        there = connection.execute(
            text("SELECT (extract(epoch FROM clock_timestamp()) * 1000000)::bigint")
        ).scalar_one()
        self._asked_us = (before + _running_us()) // 2
        self._ahead_us = int(there) - self._asked_us
