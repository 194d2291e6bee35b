"""Record ⇄ row by field name, optimistic versions, and the audit entry nobody can forget."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import cache, lru_cache
from typing import TYPE_CHECKING, Any, ClassVar, Generic, TypeVar

from sqlalchemy import Connection, Row, Select, Table, bindparam, func, select, text
from sqlalchemy.engine import Dialect

from deskapp.domain.errors import Conflict
from deskapp.domain.records import maker, names_of, replace, values_of
from deskapp.repository.prepared import Convert, Prepared, PreparedFor, execute, writer_of
from deskapp.repository.tables import audit

if TYPE_CHECKING:
    from deskapp.repository.work import Work

R = TypeVar("R")
BATCH = 2_000
_OWN = ("id", "version")


class Repository(Generic[R]):
    """One noun's table: `get`, `add`, `save`, `add_many`; subclasses add the questions asked of it."""

    table: ClassVar[Table]
    record: ClassVar[Any]
    noun: ClassVar[str]
    hidden: ClassVar[frozenset[str]] = frozenset()
    reckoned: ClassVar[frozenset[str]] = frozenset()
    """Columns kept by statements of their own: saving a record never changes them."""
    _names: ClassVar[tuple[str, ...]]

    def __init_subclass__(cls) -> None:
        super().__init_subclass__()
        if "record" in cls.__dict__:
            cls._names = names_of(cls.record)
            missing = set(cls._names) ^ set(cls.table.c.keys())
            if missing:
                raise TypeError(f"{cls.record.__name__} and table {cls.table.name} differ: {sorted(missing)}")
            c = cls.table.c
            cls._new_names = tuple(f"new_{name}" for name in cls._names)
            new = {name: bindparam(f"new_{name}", type_=c[name].type) for name in cls._names if name != "id"}
            cls._insert = Prepared(cls.table.insert().values(new).returning(c.id))
            cls._columns = [cls.table.c[name] for name in cls._names]
            cls._select = select(*cls._columns)
            cls._by_id = Prepared(cls._select.where(c.id == bindparam("id")))
            cls._held = Prepared(cls._select.where(c.id == bindparam("id")).with_for_update())
            cls._by_ids = PreparedFor(lambda keys: cls._select.where(c.id.in_(keys)))

    _new_names: ClassVar[tuple[str, ...]]
    _insert: ClassVar[Prepared]
    _columns: ClassVar[list[Any]]
    _select: ClassVar[Select[Any]]
    _by_id: ClassVar[Prepared]
    _held: ClassVar[Prepared]
    _by_ids: ClassVar[PreparedFor]

    def __init__(self, work: Work) -> None:
        self.work = work

    @property
    def connection(self) -> Any:
        """The connection of the transaction this repository works in."""
        return self.work.connection

    def select(self) -> Select[Any]:
        """Start a query whose rows `records` can read."""
        return self._select

    def read(self, row: Row[Any] | Sequence[Any]) -> R:
        """Make the record of a row selected by `select`."""
        return maker(self.record)(*row)  # type: ignore[no-any-return]

    def rows_of(self, query: Any, **values: Any) -> Sequence[Any]:
        """Run a query, prepared or plain, and fetch its rows."""
        if isinstance(query, Prepared):
            return query.rows(self.connection, **values)
        return self.connection.execute(query, values).all()  # type: ignore[no-any-return]

    def records(self, query: Any, **values: Any) -> list[R]:
        """Run a query and read every row."""
        make = maker(self.record)
        return [make(*row) for row in self.rows_of(query, **values)]

    def first(self, query: Any, **values: Any) -> R | None:
        """Run a query and read its first row, if any."""
        rows = self.rows_of(query, **values)
        return self.read(rows[0]) if rows else None

    def get(self, record_id: int | None) -> R | None:
        """Read one record, or None."""
        return None if record_id is None else self.first(self._by_id, id=record_id)

    def find(self, record_id: int) -> R:
        """Read one record that must be there."""
        found = self.get(record_id)
        if found is None:
            raise LookupError(f"{self.noun} {record_id}")
        return found

    def held(self, record_id: int) -> R:
        """Read one record as it is now, that nobody else changes until this transaction ends."""
        found = self.first(self._held, id=record_id)
        if found is None:
            raise LookupError(f"{self.noun} {record_id}")
        return found

    def get_many(self, ids: Iterable[int]) -> dict[int, R]:
        """Read several records by id."""
        wanted = sorted({i for i in ids if i is not None})
        rows = self._by_ids.rows(self.connection, wanted)
        return {record.id: record for record in map(self.read, rows)}  # type: ignore[attr-defined]

    def all(self) -> list[R]:
        """Read every record of a table that stays small, by id."""
        return self.records(self.select().order_by(self.table.c.id))

    def values(self, record: R) -> dict[str, Any]:
        """The record's fields by column name."""
        return dict(zip(self._names, values_of(self.record)(record), strict=True))

    def add(self, record: R) -> R:
        """Store a new record; return it with its id and version 1."""
        values = self.values(record) | {"version": 1}
        if values["id"]:
            insert_rows(self.connection, self.table, self._names, [tuple(values.values())])
        else:
            new = dict(zip(self._new_names, values.values(), strict=True))
            values["id"] = self._insert.rows(self.connection, **new)[0][0]
        self.work.log(self.noun, values["id"], "add", self._shown(values))
        return maker(self.record)(*values.values())  # type: ignore[no-any-return]

    def add_many(self, records: Sequence[R]) -> list[R]:
        """Store many new records fast, each with its audit entry; ids are given in order."""
        names, make, values = self._names, maker(self.record), values_of(self.record)
        own, shown = (
            names.index("id"),
            [(place, name) for place, name in enumerate(names) if name not in _OWN],
        )
        version = names.index("version")
        stored: list[R] = []
        for start in range(0, len(records), BATCH):
            part = records[start : start + BATCH]
            rows = [list(values(record)) for record in part]
            for row, record_id in zip(rows, new_ids(self.work, self.table, len(part)), strict=True):
                row[own], row[version] = record_id, 1
            insert_rows(self.connection, self.table, names, rows)
            self.work.log_many(
                (self.noun, row[own], "add", self._shown({name: row[place] for place, name in shown}))
                for row in rows
            )
            stored += [make(*row) for row in rows]
        return stored

    def save(self, record: R, known: R | None = None) -> R:
        """Store a changed record; refuse with Conflict when somebody saved it since it was read.

        `known` is the record as this transaction has just read it: it is not read again.
        """
        record_id: int = record.id  # type: ignore[attr-defined]
        version: int = record.version  # type: ignore[attr-defined]
        old = self.find(record_id) if known is None else known
        if old.version != version:  # type: ignore[attr-defined]
            raise self.conflict(record_id)
        before, after = self.values(old), self.values(record)
        changes = {
            name: [was, value]
            for name, value in after.items()
            if (was := before[name]) is not value and was != value and name not in self.reckoned
        }
        if not changes:
            return record
        return self._change(record, {name: after[name] for name in changes}, self._shown(changes))

    def touch(self, record: R, /, **changes: object) -> R:
        """Count a change to what hangs on a record as one to it, so that who was about to change it is told."""
        return self._change(record, {}, changes)

    def _change(self, record: R, written: dict[str, Any], shown: dict[str, Any]) -> R:
        """Write some columns of a record and its next version; Conflict when it was changed since it was read."""
        record_id, version = record.id, record.version  # type: ignore[attr-defined]
        values = {f"new_{name}": value for name, value in written.items()}
        values |= {"old_id": record_id, "old_version": version, "new_version": version + 1}
        if _changing(self.table, tuple(written)).count(self.connection, **values) != 1:
            raise self.conflict(record_id)
        self.work.log(self.noun, record_id, "change", shown)
        return replace(record, version=version + 1)

    def remove(self, record: R) -> None:
        """Take a record away; the audit keeps what it said."""
        record_id: int = record.id  # type: ignore[attr-defined]
        self.connection.execute(self.table.delete().where(self.table.c.id == record_id))
        self.work.log(self.noun, record_id, "remove", self._shown(self.values(record)))

    def _shown(self, values: dict[str, Any]) -> dict[str, Any]:
        return {
            name: "***" if name in self.hidden else value
            for name, value in values.items()
            if (value or value not in (None, "", 0)) and name not in _OWN
        }

    def conflict(self, record_id: int) -> Conflict:
        """Say who was first."""
        last = self.connection.execute(
            select(audit.c.who, audit.c.at)
            .where(audit.c.noun == self.noun, audit.c.record_id == record_id)
            .order_by(audit.c.id.desc())
            .limit(1)
        ).first()
        return Conflict(self.noun, record_id, last[0] if last else "", last[1] if last else None)


@cache
def _changing(table: Table, columns: tuple[str, ...]) -> Prepared:
    """Write those columns and the version: SQLite files a row anew in each index of what is written, even as it was."""
    c = table.c
    return Prepared(
        table.update()
        .where(c.id == bindparam("old_id"), c.version == bindparam("old_version"))
        .values({name: bindparam(f"new_{name}", type_=c[name].type) for name in (*columns, "version")})
    )


def insert_rows(
    connection: Connection, table: Table, names: Sequence[str], rows: Sequence[Sequence[Any]]
) -> None:
    """Insert rows by the driver itself, each value as its column's type writes it: half the time of statements."""
    if not rows:
        return
    insert, writers = _insertion(connection.dialect, table, tuple(names))
    columns = list(zip(*rows, strict=True))
    for place, write in writers:
        columns[place] = tuple(map(write, columns[place]))
    values = list(zip(*columns, strict=True))
    execute(connection, insert, values if len(values) > 1 else values[0], many=len(values) > 1)


@lru_cache(maxsize=256)
def _insertion(
    dialect: Dialect, table: Table, names: tuple[str, ...]
) -> tuple[str, Sequence[tuple[int, Convert]]]:
    """The driver's statement for those columns, and how their values are written, by place."""
    quote = dialect.identifier_preparer.quote
    mark = "?" if dialect.paramstyle == "qmark" else "%s"
    into, marks = ", ".join(map(quote, names)), ", ".join([mark] * len(names))
    writers = [(place, writer_of(table.c[name].type, dialect)) for place, name in enumerate(names)]
    return (
        f"INSERT INTO {quote(table.name)} ({into}) VALUES ({marks})",
        tuple((place, write) for place, write in writers if write is not None),
    )


def new_ids(work: Work, table: Table, count: int) -> list[int]:
    """Reserve ids for a bulk insert: from the sequence on PostgreSQL, after the highest on SQLite (one writer)."""
    if count == 0:
        return []
    if work.dialect == "postgresql":
        query = text(
            f"SELECT nextval(pg_get_serial_sequence('{table.name}', 'id')) FROM generate_series(1, :n)"
        )
        return [row[0] for row in work.connection.execute(query, {"n": count})]
    highest = work.connection.execute(select(func.coalesce(func.max(table.c.id), 0))).scalar_one()
    return list(range(highest + 1, highest + 1 + count))
