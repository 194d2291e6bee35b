"""Hear at once what any desk has changed: LISTEN on PostgreSQL, the file's own counter on SQLite (row P1)."""

from __future__ import annotations

import os
import random
import select
import sqlite3
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from threading import Event, Thread
from typing import Any

from sqlalchemy import Engine
from sqlalchemy.engine import URL

CHANNEL = "deskapp"
LOOK_EVERY_S = 0.2
"""How often a SQLite file is looked at; its counter is read when it was touched."""
YOUNG_NS = 2_000_000_000
"""A file written this short a time ago is looked into again: its clock is coarse, and may be another machine's."""
WAIT_S = 1.0
ALIVE_EVERY_S = 10.0
SLEPT_S = 20.0
"""A pause of the thread as long as this means that the machine slept: anything may have happened."""
BACK_OFF_S = (0.5, 1, 2, 4, 8)


@dataclass(frozen=True, slots=True)
class Signal:
    """What a console hears: something was written, or the connection is lost, or it is back."""

    foreign: bool = False
    """Whether others have surely changed records; else one looks whether anything is new."""
    lost: bool = False


def told(token: str, *, written: bool) -> str:
    """What a transaction tells the others as it commits: who, and whether records changed."""
    return f"{token} {'w' if written else '-'}"


def heard(payload: str, token: str) -> Signal:
    """Read what another desk told; anything not understood counts as a change."""
    who, _, what = payload.partition(" ")
    return Signal(foreign=what != "-" and who != token)


class Listener(Thread):
    """One thread and one connection a console; `tell` is called in that thread and must return at once."""

    def __init__(
        self, engine: Engine, token: str, tell: Callable[[Signal], None], url: URL | None = None
    ) -> None:
        super().__init__(name="deskapp-listener", daemon=True)
        self._engine, self._token, self._tell = engine, token, tell
        self._url = url or engine.url
        """Where to listen: past a pooler that lets nobody listen, if one is told the way."""
        self._over = Event()
        self.ready = Event()
        """Set while changes are heard."""
        self.deaf = False
        """Whether a pooler lets nobody listen: the audit trail is looked at once a second instead."""

    def stop(self) -> None:
        """End within a second; nothing more is told."""
        self._over.set()

    def run(self) -> None:
        """Listen until stopped; a lost connection is told, made again, and counts as a change."""
        hear = self._hear_file if self._engine.dialect.name == "sqlite" else self._hear_server
        tries = 0
        while not self._over.is_set():
            try:
                hear(tries > 0)
            except Exception:
                if self.ready.is_set():
                    tries = 0
                self.ready.clear()
                if not self._over.is_set():
                    self._tell(Signal(lost=True))
                self._over.wait(BACK_OFF_S[min(tries, len(BACK_OFF_S) - 1)] * random.uniform(0.7, 1.3))
                tries += 1
        self.ready.clear()

    def _listening(self, again: bool) -> None:
        self.ready.set()
        if again:
            self._tell(Signal(foreign=True))

    def _hear_file(self, again: bool) -> None:
        path = _path(self._engine.url)
        connection = sqlite3.connect(f"{path.as_uri()}?mode=ro", uri=True, isolation_level=None, timeout=0.05)
        try:
            before, files = _version(connection), _Files(path)
            self._listening(again)
            awake = time.monotonic()
            while not self._over.wait(LOOK_EVERY_S):
                now = _version(connection) if files.touched() else before
                since = time.monotonic() - awake
                if now != before or since > SLEPT_S:
                    self._tell(Signal(foreign=since > SLEPT_S))
                before, awake = now, time.monotonic()
        finally:
            connection.close()

    def _hear_server(self, again: bool) -> None:
        from deskapp.repository.engine import Patience
        from deskapp.repository.server import Impatient, pooled, reach

        dialect: Any = self._engine.dialect
        arguments, options = dialect.create_connect_args(self._url)
        options = reach(self._url) | options | {"prepare_threshold": None}
        connection = Impatient.connect(
            *arguments, **options, autocommit=True, application_name="deskapp listener"
        )
        connection.patience = Patience(ALIVE_EVERY_S)
        try:
            self.deaf = pooled(connection) and not self._hears(
                connection, Impatient.connect(*arguments, **options)
            )
            connection.add_notify_handler(self._note)
            if not self.deaf:
                connection.execute(f"LISTEN {CHANNEL}")
            before = self._newest(connection) if self.deaf else 0
            self._listening(again)
            asked = awake = time.monotonic()
            while not self._over.is_set():
                ready, _, _ = select.select([connection.fileno()], [], [], WAIT_S)
                slept, awake = time.monotonic() - awake > SLEPT_S, time.monotonic()
                if self.deaf:
                    now = self._newest(connection)
                    if now != before:
                        self._tell(Signal())
                    before = now
                elif ready or slept or awake - asked > ALIVE_EVERY_S:
                    connection.execute("SELECT 1")
                    asked = awake
                if slept:
                    self._tell(Signal(foreign=True))
        finally:
            connection.close()

    def _hears(self, connection: Any, other: Any) -> bool:
        """Whether what another connection tells arrives here: a pool of transactions forgets who listens."""
        mine = f"{CHANNEL}_{self._token}"
        connection.execute(f'LISTEN "{mine}"')
        with other:
            other.execute(f'NOTIFY "{mine}"')
        return any(note.channel == mine for note in connection.notifies(timeout=WAIT_S, stop_after=1))

    @staticmethod
    def _newest(connection: Any) -> int:
        """The last entry of the audit trail: every act leaves one."""
        return int(connection.execute("SELECT coalesce(max(id), 0) FROM audit").fetchone()[0])

    def _note(self, note: Any) -> None:
        if note.channel == CHANNEL:
            self._tell(heard(note.payload, self._token))


class _Files:
    """A database's file and the log beside it: whether SQLite need be asked if anything was written."""

    def __init__(self, path: Path) -> None:
        self._path, self._log = str(path), f"{path}-wal"
        self._seen: list[int] = []

    def touched(self) -> bool:
        """Whether either is another than at the last look, or so young that a write after it may look the same.

        Raises FileNotFoundError where there is no database any more.
        """
        found = os.stat(self._path)
        newest, seen = found.st_mtime_ns, [found.st_mtime_ns, found.st_size]
        with suppress(FileNotFoundError):
            log = os.stat(self._log)
            newest, seen = max(newest, log.st_mtime_ns), [*seen, log.st_mtime_ns, log.st_size]
        same, self._seen = seen == self._seen, seen
        return not same or abs(time.time_ns() - newest) < YOUNG_NS


def _path(url: URL) -> Path:
    return Path(url.database or "").resolve()


def _version(connection: sqlite3.Connection) -> int:
    return int(connection.execute("PRAGMA data_version").fetchone()[0])
