"""Settings by key, and counters that never skip a number."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import bindparam, select, text

from deskapp.repository.prepared import Prepared
from deskapp.repository.tables import settings

if TYPE_CHECKING:
    from deskapp.repository.work import Work

_READ = Prepared(select(settings.c.value).where(settings.c.key == bindparam("k")))
_NEXT = Prepared(
    text(
        "INSERT INTO counters (name, last) VALUES (:name, :n) "
        "ON CONFLICT (name) DO UPDATE SET last = counters.last + :n RETURNING last"
    )
)


_AT_LEAST = text(
    "INSERT INTO counters (name, last) VALUES (:name, :n) ON CONFLICT (name) DO UPDATE "
    "SET last = CASE WHEN counters.last < excluded.last THEN excluded.last ELSE counters.last END"
)


class Settings:
    """What the company decided, as JSON by key."""

    def __init__(self, work: Work) -> None:
        self.work = work

    def get(self, key: str, default: Any = None) -> Any:
        """Read a setting, or the default."""
        rows = _READ.rows(self.work.connection, k=key)
        return rows[0][0] if rows else default

    def put(self, key: str, value: Any) -> None:
        """Store a setting and log old and new."""
        old = self.get(key)
        if old == value:
            return
        if old is None:
            self.work.connection.execute(settings.insert(), {"key": key, "value": value, "version": 1})
        else:
            change = settings.update().where(settings.c.key == key)
            self.work.connection.execute(change.values(value=value, version=settings.c.version + 1))
        self.work.log("setting", None, "change", {key: [old, value]})


class Counters:
    """Serial numbers without a gap: a number taken in a transaction that fails is given again."""

    def __init__(self, work: Work) -> None:
        self.work = work

    def next(self, name: str, count: int = 1) -> int:
        """Take `count` numbers of a series; return the first."""
        last: int = _NEXT.rows(self.work.connection, name=name, n=count)[0][0]
        return last - count + 1

    def at_least(self, name: str, last: int) -> None:
        """Take note that a series has come this far: numbers that came from elsewhere are not given again."""
        self.work.connection.execute(_AT_LEAST, {"name": name, "n": last})
