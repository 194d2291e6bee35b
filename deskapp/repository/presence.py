"""Who has what open at which desk, as long as that desk lives (rows T15, P1)."""

from __future__ import annotations

from collections.abc import Collection
from typing import TYPE_CHECKING

from pendulum import DateTime
from sqlalchemy import bindparam, select

from deskapp.domain.rows import Elsewhere
from deskapp.repository import tables
from deskapp.repository.prepared import Prepared

if TYPE_CHECKING:
    from deskapp.repository.work import Work

Record = tuple[str, int]
"""A noun and the record's number: ("ticket", 17)."""


class Presence:
    """One row a desk and open record, with a lease: a desk that died is gone when it ends."""

    def __init__(self, work: Work) -> None:
        self.work = work

    def hold(self, desk: str, operator_id: int, records: Collection[Record], until: DateTime) -> bool:
        """Say that a desk has just these records open, until then; True when that is news to others."""
        connection, now = self.work.connection, self.work.now
        before = {(noun, record): who for noun, record, who in _OF_DESK.rows(connection, desk=desk)}
        wanted = dict.fromkeys(records, operator_id)
        for noun, record in before.keys() - wanted.keys():
            _LEAVE.count(connection, desk=desk, noun=noun, record=record)
        for (noun, record), who in wanted.items():
            key = {"desk": desk, "noun": noun, "record": record}
            if (noun, record) in before:
                _STAY.count(connection, **key, who=who, until=until)
            else:
                _COME.count(connection, **key, who=who, since=now, until=until)
        news = before != wanted
        self.work.touched |= news
        return news

    def elsewhere(self, desk: str) -> tuple[Elsewhere, ...]:
        """What other desks have open now, the longest open first."""
        rows = _ELSEWHERE.rows(self.work.connection, desk=desk, now=self.work.now)
        return tuple(Elsewhere(*row) for row in rows)

    def any_dead(self) -> bool:
        """Whether any desk has died and left something open."""
        return bool(_DEAD.rows(self.work.connection, now=self.work.now))

    def sweep(self) -> int:
        """Forget desks that died; return how many rows went."""
        gone = _SWEEP.count(self.work.connection, now=self.work.now)
        self.work.touched |= gone > 0
        return gone


_P = tables.presence.c
_HERE = (_P.desk == bindparam("desk"), _P.noun == bindparam("noun"), _P.record_id == bindparam("record"))
_OF_DESK = Prepared(select(_P.noun, _P.record_id, _P.operator_id).where(_P.desk == bindparam("desk")))
_LEAVE = Prepared(tables.presence.delete().where(*_HERE))
_STAY = Prepared(
    tables.presence.update()
    .where(*_HERE)
    .values(operator_id=bindparam("who"), until=bindparam("until", type_=_P.until.type))
)
_COME = Prepared(
    tables.presence.insert().values(
        desk=bindparam("desk"),
        noun=bindparam("noun"),
        record_id=bindparam("record"),
        operator_id=bindparam("who"),
        since=bindparam("since", type_=_P.since.type),
        until=bindparam("until", type_=_P.until.type),
    )
)
_ELSEWHERE = Prepared(
    select(_P.noun, _P.record_id, tables.operators.c.name, _P.since)
    .select_from(tables.presence.join(tables.operators, tables.operators.c.id == _P.operator_id))
    .where(_P.desk != bindparam("desk"), _P.until > bindparam("now", type_=_P.until.type))
    .order_by(_P.since, _P.desk)
)
_DEAD = Prepared(select(_P.desk).where(_P.until <= bindparam("now", type_=_P.until.type)).limit(1))
_SWEEP = Prepared(tables.presence.delete().where(_P.until <= bindparam("now", type_=_P.until.type)))
