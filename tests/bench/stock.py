"""The databases measured on: filled once and kept in a folder of the user's, copied before anything is written."""

from __future__ import annotations

import os
import shutil
import sqlite3
import time
from collections.abc import Callable
from contextlib import ExitStack, closing
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from zlib import crc32

from deskapp.config import Config
from deskapp.desk import Desk
from deskapp.domain import escalation
from deskapp.repository.migrations import HEAD
from deskapp.services import company, operators, sample, volume
from deskapp.wiring import open_desk
from tests.bench import server

ROOT = Path(__file__).parents[2]
LOGIN, OTHER = "limin", "liumin"
CLOCKS = 10_000
ABOVE_ALL_MIN = 1_000_000
"""Minutes past a deadline: higher than any level of escalation."""
HOUR_US = 3_600_000_000


@dataclass(frozen=True, slots=True)
class Sizes:
    """How much a database holds."""

    clients: int
    tickets: int
    calls: int
    rows: int = 0
    """Open calls and running clocks besides."""
    seed: int = 7

    @property
    def name(self) -> str:
        """A name that is another one for other sizes or another schema."""
        numbers = (self.clients, self.tickets, self.calls, self.rows, self.seed)
        return "_".join(["desk", HEAD, _maker(), *map(str, numbers)])


@cache
def _maker() -> str:
    """A mark of what the databases are made by: those of another maker are filled anew."""
    made_by = ("services/volume*.py", "repository/bulk.py", "domain/search_text.py", "data/volume.toml")
    files = sorted(file for pattern in made_by for file in (ROOT / "deskapp").glob(pattern))
    return f"{crc32(b''.join(file.read_bytes() for file in files)):08x}"


def cache_folder() -> Path:
    """Where databases are kept: the user's cache; for root the site's, as PostgreSQL runs as somebody else."""
    from platformdirs import site_cache_path, user_cache_path

    where = site_cache_path if os.geteuid() == 0 else user_cache_path
    return Path(where("deskapp-bench", appauthor=False))


class Stock:
    """Databases of one engine."""

    def __init__(self, engine: str, folder: Path, say: Callable[[str], None]) -> None:
        self.engine, self.folder, self.say = engine, folder, say
        self._left = ExitStack()
        self._url = ""
        self._copies: dict[str, str] = {}

    def __enter__(self) -> Stock:
        self.folder.mkdir(parents=True, exist_ok=True)
        if self.engine == "postgresql":
            self._url = self._left.enter_context(server.running(self.folder / "postgresql"))
        return self

    def __exit__(self, *_: object) -> None:
        for name in self._copies.values():
            self._drop(name)
        self._left.close()

    def kept(self, sizes: Sizes) -> str:
        """The URL of the kept database of these sizes, filled now if there is none: nothing may be written there."""
        if not self._exists(sizes.name):
            self._forget_older(sizes)
            self.say(f"filling {sizes.name} on {self.engine} (kept in {self.folder})")
            begun = time.monotonic()
            part = f"{sizes.name}_part"
            self._drop(part)
            self._create(part)
            _fill(self._url_of(part), sizes)
            self._rename(part, sizes.name)
            self.say(f"  {time.monotonic() - begun:.0f} s")
        return self._url_of(sizes.name)

    def _forget_older(self, sizes: Sizes) -> None:
        """Drop databases of the same sizes that another schema or maker left."""
        tail = sizes.name.split("_", 3)[3]
        for name in self._names():
            if name.startswith("desk_") and name.split("_", 3)[-1] == tail:
                self._drop(name)

    def _names(self) -> list[str]:
        if self.engine == "sqlite":
            return [file.stem for file in self.folder.glob("*.db")]
        return [str(row[0]) for row in self._server("SELECT datname FROM pg_database")]

    def copy(self, sizes: Sizes) -> str:
        """The URL of this run's copy, to be written to."""
        if sizes.name not in self._copies:
            self.kept(sizes)
            name = f"{sizes.name}_copy{os.getpid()}"
            self._copies[sizes.name] = name
            self._copy(sizes.name, name)
        return self._url_of(self._copies[sizes.name])

    def empty(self) -> str:
        """The URL of a founded company with nothing in it, made for this run."""
        name = f"empty_{os.getpid()}_{len(self._copies)}"
        self._copies[name] = name
        self._create(name)
        _found(self._url_of(name)).store.close()
        return self._url_of(name)

    def _file(self, name: str) -> Path:
        return self.folder / f"{name}.db"

    def _url_of(self, name: str) -> str:
        if self.engine == "sqlite":
            return f"sqlite:///{self._file(name)}"
        return self._url.replace("@/postgres?", f"@/{name}?")

    def _server(self, command: str) -> list[tuple[object, ...]]:
        import psycopg

        with psycopg.connect(self._url.replace("+psycopg", ""), autocommit=True) as connection:
            cursor = connection.execute(command)
            return cursor.fetchall() if cursor.description else []

    def _exists(self, name: str) -> bool:
        return name in self._names()

    def _create(self, name: str) -> None:
        if self.engine == "postgresql":
            self._server(f"CREATE DATABASE {name} TEMPLATE template0")

    def _drop(self, name: str) -> None:
        if self.engine == "postgresql":
            self._server(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")
            return
        for left in self.folder.glob(f"{name}.db*"):
            left.unlink()

    def _rename(self, old: str, new: str) -> None:
        if self.engine == "postgresql":
            self._server(f"ALTER DATABASE {old} RENAME TO {new}")
            return
        with closing(sqlite3.connect(self._file(old))) as connection:
            connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        self._file(old).rename(self._file(new))

    def _copy(self, old: str, new: str) -> None:
        if self.engine == "postgresql":
            self._server(f"CREATE DATABASE {new} TEMPLATE {old} STRATEGY FILE_COPY")
        else:
            shutil.copyfile(self._file(old), self._file(new))


def open_as(url: str, login: str = LOGIN) -> Desk:
    """Open a database with an operator at the desk."""
    desk = open_desk(Config(url))
    with desk.read() as work:
        found = work.operators.by_login(login)
    assert found is not None, login
    return desk.signed_in(found)


def _found(url: str) -> Desk:
    desk = company.first_start(
        open_desk(Config(url)), "海棠装饰", "李敏", LOGIN, "admin", sample.DEMO_PASSWORD
    )
    operators.add(desk, OTHER, "刘敏", "agent", sample.DEMO_PASSWORD)
    return desk


def _fill(url: str, sizes: Sizes) -> None:
    desk = _found(url)
    volume.fill(desk, sizes.clients, sizes.tickets, sizes.calls, sizes.seed)
    if sizes.rows:
        _more_rows(desk, sizes.rows)
    desk.store.close()
    at_rest(url)


def at_rest(url: str) -> None:
    """Put every level of escalation that is to come down as told already.

    Else the kept database grows older than its clocks, and each console measured on it begins by telling of thousands.
    """
    desk = open_as(url)
    with desk.store.write("bench.rest", desk.operator) as work:
        for clock in escalation.CLOCKS:
            work.escalations.pass_over(clock, ABOVE_ALL_MIN, work.now.add(years=10), None)
    desk.store.settle()
    desk.store.close()


MARK = "R{:07d}"
"""Stands in the words of the rows made here, in list order: how a terminal's bytes tell which row is shown."""


def _more_rows(desk: Desk, count: int) -> None:
    """Add calls that wait and clocks that run, each marked with its place in the list."""
    with desk.store.write("bench.rows", desk.operator) as work:
        bulk = work.bulk
        now = int(work.now.timestamp()) * 1_000_000
        clients = work.clients.ids_after(0, max(1, count // 10))
        clocks, calls = bulk.reserve("tickets", count), bulk.reserve("calls", count)
        with bulk.bare(["tickets", "calls"]):
            bulk.load(
                "tickets",
                (
                    "id",
                    "number",
                    "kind",
                    "client_id",
                    "severity",
                    "subject",
                    "state",
                    "received_at",
                    "target_s",
                )
                + ("respond_by", "due_at"),
                (
                    (ticket, f"TS20200101-{place:07d}", "complaint", clients[place % len(clients)], "minor")
                    + (
                        MARK.format(place),
                        "received",
                        now - 30 * HOUR_US,
                        86_400,
                        now - 20 * HOUR_US + place,
                        now + place,
                    )
                    for place, ticket in enumerate(clocks)
                ),
            )
            bulk.load(
                "calls",
                ("id", "kind", "direction", "state", "client_id", "reason", "notes", "due_at"),
                (
                    (
                        call,
                        "followup",
                        "out",
                        "open",
                        clients[place % len(clients)],
                        MARK.format(place),
                        "-",  # Stands for the reason in the client's history beside the list.
                        now - 20 * HOUR_US + place,
                    )
                    for place, call in enumerate(calls)
                ),
            )
    desk.store.settle()
