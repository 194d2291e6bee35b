"""The floor of everything stored: a bare driver, no library in between, as durable as the console's."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from typing import Any

from sqlalchemy.engine import make_url


class Bare:
    """One connection of sqlite3 or psycopg; statements are written with `?`."""

    def __init__(self, url: str) -> None:
        parsed = make_url(url)
        self.postgres = parsed.get_backend_name() == "postgresql"
        if self.postgres:
            import psycopg

            self.connection: Any = psycopg.connect(
                parsed.set(drivername="postgresql").render_as_string(False), autocommit=True
            )
        else:
            self.connection = sqlite3.connect(str(parsed.database), isolation_level=None, timeout=10)
            for pragma in ("foreign_keys=ON", "synchronous=FULL", "cache_size=-32000", "temp_store=MEMORY"):
                self.connection.execute(f"PRAGMA {pragma}")
        self._cursor = self.connection.cursor()

    def sql(self, statement: str) -> str:
        """The statement as the driver wants it."""
        return statement.replace("%", "%%").replace("?", "%s") if self.postgres else statement

    def rows(self, statement: str, *values: Any) -> list[Any]:
        """Run a query and fetch all it gives; one for words is planned for those, a kept plan would be far slower."""
        options = {"prepare": False} if self.postgres and "@>" in statement else {}
        return list(self._cursor.execute(self.sql(statement), values, **options).fetchall())

    def one(self, statement: str, *values: Any) -> Any:
        """The first column of the first row."""
        return self._cursor.execute(self.sql(statement), values).fetchone()[0]

    def do(self, statement: str, *values: Any) -> None:
        """Run a statement."""
        self._cursor.execute(self.sql(statement), values)

    def many(self, statement: str, rows: Sequence[Any]) -> None:
        """Run a statement for every row."""
        self._cursor.executemany(self.sql(statement), rows)

    def begin(self) -> None:
        """Begin to write."""
        self._cursor.execute("BEGIN" if self.postgres else "BEGIN IMMEDIATE")

    def commit(self) -> None:
        """Make it last."""
        self._cursor.execute("COMMIT")

    def columns(self, table: str) -> list[str]:
        """The names of a table's columns."""
        self._cursor.execute(f"SELECT * FROM {table} LIMIT 0")
        return [one[0] for one in self._cursor.description]

    def close(self) -> None:
        """Give the connection back."""
        self.connection.close()
