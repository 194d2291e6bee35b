"""Wrong passwords in a row, by login, shared by every desk; a right one ends the count."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pendulum import DateTime
from sqlalchemy import bindparam, delete, select, update
from sqlalchemy.dialects.postgresql import insert as postgresql_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert

from deskapp.domain.sign_in import FORGOTTEN_S, Attempts
from deskapp.repository.tables import sign_ins

if TYPE_CHECKING:
    from deskapp.repository.work import Work

_C = sign_ins.c
_OLD = (
    select(_C.login)
    .where(
        _C.last_at < bindparam("before", type_=_C.last_at.type),
        _C.until < bindparam("now", type_=_C.until.type),
    )
    .with_for_update(skip_locked=True)
)


class SignIns:
    """Attempts to sign in; `login` is the key of one, never what was typed."""

    def __init__(self, work: Work) -> None:
        self.work = work

    def taken(self, login: str) -> Attempts:
        """The attempts of a login, held by this transaction: whoever else asks for them waits for its end."""
        make = postgresql_insert if self.work.dialect == "postgresql" else sqlite_insert
        fresh = make(sign_ins).values(login=login, failures=0, last_at=self.work.now, until=self.work.now)
        held = fresh.on_conflict_do_update(index_elements=[_C.login], set_={"login": login})
        row = self.work.connection.execute(held.returning(_C.failures, _C.last_at, _C.until)).one()
        return Attempts(*row)

    def count(self, login: str, attempts: Attempts) -> None:
        """Store the attempts of a login that is held."""
        change = update(sign_ins).where(_C.login == login)
        self.work.connection.execute(
            change.values(failures=attempts.failures, last_at=attempts.last_at, until=attempts.until)
        )

    def lift(self, login: str) -> None:
        """End the count of a login: its password was right, or is another now."""
        self.work.connection.execute(delete(sign_ins).where(_C.login == login))

    def prune(self) -> None:
        """Forget the attempts that no longer count."""
        before: DateTime = self.work.now.subtract(seconds=FORGOTTEN_S)
        self.work.connection.execute(
            delete(sign_ins).where(_C.login.in_(_OLD)), {"before": before, "now": self.work.now}
        )
