"""Submissions: the keys of what desks have sent, so that nothing is made twice when an answer was lost (row P3)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pendulum import DateTime
from sqlalchemy import and_, bindparam, select, text
from sqlalchemy.dialects.postgresql import insert as postgresql_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert

from deskapp.repository.prepared import Prepared
from deskapp.repository.tables import submissions

if TYPE_CHECKING:
    from deskapp.repository.work import Work


class Submissions:
    """One row a key, written in the transaction of the act it stands for."""

    def __init__(self, work: Work) -> None:
        self.work = work

    def begin(self, key: str, act: str) -> bool:
        """Take a key; False when it was taken before. A desk that sends the same key now waits for this one's end."""
        take = _TAKE[self.work.dialect]
        return take.count(self.work.connection, key=key, at=self.work.now, act=act) == 1

    def end(self, key: str, record_id: int | None) -> None:
        """Note what was made under a key that was taken in this transaction."""
        _MADE.count(self.work.connection, k=key, made=record_id)

    def made(self, key: str) -> int | None:
        """The record made under a key; None when the key is not known, or made none."""
        rows = _WHICH.rows(self.work.connection, k=key)
        return rows[0][0] if rows else None

    def any_older(self, before: DateTime) -> bool:
        """Whether there are keys from before an instant."""
        return bool(_OLD.rows(self.work.connection, before=before))

    def sweep(self, before: DateTime) -> int:
        """Forget the keys from before an instant; return how many."""
        return _SWEEP.count(self.work.connection, before=before)


_C = submissions.c
_VALUES = {
    "key": bindparam("key"),
    "at": bindparam("at", type_=_C.at.type),
    "act": bindparam("act"),
}
_TAKE = {
    "postgresql": Prepared(postgresql_insert(submissions).values(_VALUES).on_conflict_do_nothing()),
    "sqlite": Prepared(sqlite_insert(submissions).values(_VALUES).on_conflict_do_nothing()),
}
_MADE = Prepared(submissions.update().where(_C.key == bindparam("k")).values(record_id=bindparam("made")))
_WHICH = Prepared(select(_C.record_id).where(_C.key == bindparam("k")))
# A client is called about one evaluation form once, however long ago that was.
_FOR_GOOD = text("act <> 'evaluation.remind'")
_BEFORE = and_(_C.at < bindparam("before", type_=_C.at.type), _FOR_GOOD)
_OLD = Prepared(select(_C.key).where(_BEFORE).limit(1))
_SWEEP = Prepared(submissions.delete().where(_BEFORE))
