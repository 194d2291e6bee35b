"""Databases that fail on purpose: away altogether, or gone between a commit and its answer."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import psycopg

from deskapp.desk import Desk
from deskapp.domain.errors import StorageFailed


@contextmanager
def away(desk: Desk) -> Iterator[None]:
    """Let the desk's database be away: whatever is asked of it fails."""

    def fails(*_: Any) -> Any:
        raise StorageFailed("storage.lost", why="connection refused")

    store: Any = desk.store
    store.read = store.write = fails
    try:
        yield
    finally:
        del store.read, store.write


@contextmanager
def unanswered(desk: Desk, made: Callable[[Desk], Any] | None = None) -> Iterator[None]:
    """Let a commit be done and its answer lost on the way: the next one, or the first after which `made` says yes."""
    dialect: Any = desk.store.engine.dialect
    commit = dialect.do_commit

    def commits_and_is_lost(connection: Any) -> None:
        commit(connection)
        if made is not None and not made(desk):
            return
        dialect.do_commit = commit
        if desk.store.dialect == "sqlite":
            raise sqlite3.OperationalError("disk I/O error")
        connection.driver_connection.close()
        raise psycopg.OperationalError("server closed the connection unexpectedly")

    dialect.do_commit = commits_and_is_lost
    try:
        yield
    finally:
        dialect.do_commit = commit
