"""Fresh databases for tests: empty, or copied from a template built once a worker."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from itertools import count
from pathlib import Path
from typing import Any

import psycopg
from psycopg import sql
from sqlalchemy import Engine
from sqlalchemy.engine.default import DefaultDialect
from sqlalchemy.util import LRUCache

Build = Callable[[str], None]

_compiled: LRUCache[Any, Any] = LRUCache(5000)


def compile_once() -> None:
    """Compile a statement once a worker, not once a test: every test opens engines of its own, all alike."""
    make = Engine.__init__

    def made(engine: Engine, *arguments: Any, **options: Any) -> None:
        make(engine, *arguments, **options)
        engine._compiled_cache = _compiled

    Engine.__init__ = made  # type: ignore[method-assign]
    DefaultDialect.__eq__ = lambda one, other: type(one) is type(other)  # type: ignore[method-assign, assignment]
    DefaultDialect.__hash__ = lambda one: hash(type(one))  # type: ignore[method-assign, assignment]


class SqliteDatabases:
    """SQLite files under one folder."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._numbers = count()
        self._templates: dict[str, Path] = {}

    @contextmanager
    def fresh(self, template: str | None = None, build: Build | None = None) -> Iterator[str]:
        """Lend the URL of a new database, a copy of `template` (which `build` fills once) if one is named."""
        file = self._folder / f"t{next(self._numbers)}.db"
        if template is not None and build is not None:
            _copy(self._template(template, build), file)
        yield _sqlite_url(file)
        for left in file.parent.glob(f"{file.name}*"):
            left.unlink()

    def _template(self, key: str, build: Build) -> Path:
        if key not in self._templates:
            file = self._folder / f"template-{len(self._templates)}.db"
            build(_sqlite_url(file))
            self._templates[key] = file
        return self._templates[key]


class PostgresDatabases:
    """Databases on the run's one server, named after the worker."""

    def __init__(self, url: str, worker: str) -> None:
        self._url = url
        self._server = psycopg.connect(url.replace("+psycopg", "", 1), autocommit=True)
        self._worker = worker
        self._numbers = count()
        self._templates: dict[str, str] = {}

    def close(self) -> None:
        """Give back the connection that makes and drops databases."""
        self._server.close()

    @contextmanager
    def fresh(self, template: str | None = None, build: Build | None = None) -> Iterator[str]:
        """Lend the URL of a new database, a copy of `template` (which `build` fills once) if one is named."""
        source = "template0" if template is None or build is None else self._template(template, build)
        name = f"t_{self._worker}_{next(self._numbers)}"
        # With nothing to lose, copying files costs two thirds of logging every page of them.
        self._do("CREATE DATABASE {} TEMPLATE {} STRATEGY FILE_COPY", name, source)
        yield self._url_of(name)
        self._do("DROP DATABASE {} WITH (FORCE)", name)

    def _template(self, key: str, build: Build) -> str:
        if key not in self._templates:
            name = f"template_{self._worker}_{len(self._templates)}"
            self._do("CREATE DATABASE {} TEMPLATE template0", name)
            build(self._url_of(name))
            # A database is copied only while nobody is in it: put out whom `build` may have left there.
            self._do("ALTER DATABASE {} ALLOW_CONNECTIONS false", name)
            self._server.execute(
                "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE datname = %s", [name]
            )
            self._templates[key] = name
        return self._templates[key]

    def _url_of(self, name: str) -> str:
        return self._url.replace("@/postgres?", f"@/{name}?")

    def _do(self, command: str, *names: str) -> None:
        self._server.execute(sql.SQL(command).format(*map(sql.Identifier, names)))


def _sqlite_url(file: Path) -> str:
    return f"sqlite:///{file}"


def _copy(source: Path, target: Path) -> None:
    """Copy by SQLite itself, so that what still lies in a write-ahead log comes along."""
    with closing(sqlite3.connect(source)) as old, closing(sqlite3.connect(target)) as new:
        old.backup(new)
