"""Every table as plain rows that mean the same on both databases: read for a backup, loaded by a restore."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

from sqlalchemy import Boolean, Date, Inspector, LargeBinary, String, inspect, text

from deskapp.domain.backup import Columns

if TYPE_CHECKING:
    from deskapp.repository.work import Work

AT_ONCE = 1_000
_APART = ("alembic_version",)


class Dump:
    """The tables of a database as they are there, whatever schema it has."""

    def __init__(self, work: Work) -> None:
        self.work = work
        self._inspector: Inspector = inspect(work.connection)

    def tables(self) -> list[Columns]:
        """Our tables, by name, with the kinds of their columns; SQLite's own and its full-text ones left out."""
        names = [name for name in self._inspector.get_table_names() if name not in _APART]
        ours = (name for name in sorted(names) if "_fts" not in name and not name.startswith("sqlite_"))
        return [Columns(name, tuple(self._columns(name))) for name in ours]

    def schema(self) -> str:
        """The version of the schema."""
        return str(self.work.connection.execute(text("SELECT version_num FROM alembic_version")).scalar_one())

    def trail(self) -> tuple[int, str, str]:
        """How the audit trail stands: entries sealed, the last seal, the first fault; at first there were no seals."""
        if not self._inspector.has_table("audit_seals"):
            return 0, "", ""
        entries, seal, fault = self.work.audit.verify()
        return entries, seal.digest if seal else "", fault.code if fault else ""

    def _columns(self, table: str) -> Iterator[tuple[str, str]]:
        for column in self._inspector.get_columns(table):
            yield column["name"], kind_of(column["type"])

    def rows(self, columns: Columns) -> Iterator[Sequence[Any]]:
        """A table's rows by their key, a few at a time, in the same order on both engines."""
        kinds = dict(columns.columns)
        collate = ' COLLATE "C"' if self.work.dialect == "postgresql" else ""
        key = self._inspector.get_pk_constraint(columns.table)["constrained_columns"]
        order = ", ".join(f"{self.quoted(one)}{collate if kinds[one] == 'text' else ''}" for one in key)
        names = ", ".join(map(self.quoted, kinds))
        query = text(f"SELECT {names} FROM {self.quoted(columns.table)} ORDER BY {order}")
        few = 8 if "bytes" in kinds.values() else AT_ONCE
        found = self.work.connection.execute(query, execution_options={"yield_per": few})
        yield from (tuple(row) for row in found)

    def quoted(self, name: str) -> str:
        """A name as SQL of this database spells it."""
        return str(self.work.connection.dialect.identifier_preparer.quote(name))


def kind_of(column: Any) -> str:
    """The kind of a column's values, the same for both databases."""
    for kind, types in (("bool", Boolean), ("date", Date), ("bytes", LargeBinary), ("text", String)):
        if isinstance(column, types):
            return kind
    return "int"
