"""Diagnoses of shops and sites."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from pendulum import DateTime
from sqlalchemy import Select, bindparam, func, select

from deskapp.domain import diagnosis
from deskapp.domain.address import full_address
from deskapp.domain.diagnosis import Diagnosis, DiagnosisRow
from deskapp.repository import paging, tables
from deskapp.repository.base import Repository
from deskapp.repository.prepared import Prepared, PreparedFor


class Diagnoses(Repository[diagnosis.Diagnosis]):
    """Problems found, and what came of the advice."""

    table, record, noun = tables.diagnoses, diagnosis.Diagnosis, "diagnosis"

    def open_of(self, client_ids: Iterable[int]) -> dict[int, list[Diagnosis]]:
        """The open ones of some clients, the newest first."""
        found: dict[int, list[Diagnosis]] = {}
        for row in _OPEN_OF.rows(self.connection, sorted(set(client_ids))):
            one = self.read(row)
            found.setdefault(one.client_id, []).append(one)
        return found

    def count(self, *, only_open: bool = False) -> int:
        """How many there are, or how many nobody has said the outcome of."""
        query = select(func.count()).select_from(self.table)
        return int(self.connection.execute(_narrowed(query, only_open)).scalar_one())

    def listed(
        self,
        limit: int,
        *,
        only_open: bool = False,
        after: Diagnosis | None = None,
        before: Diagnosis | None = None,
        last: bool = False,
        offset: int | None = None,
    ) -> list[DiagnosisRow]:
        """A page of all or of the open ones, the newest first: after or before one, the last, or at an offset."""
        query = _narrowed(self._named(), only_open)
        if offset is not None:
            return self._rows(paging.at(query, [key.desc() for key in _KEYS], offset, limit))
        if before is not None or last:
            return self._rows(paging.after(query, _KEYS, _key(before), limit))[::-1]
        return self._rows(paging.before(query, _KEYS, _key(after), limit))

    def row(self, diagnosis_id: int) -> DiagnosisRow | None:
        """One with the names beside it."""
        rows = self._rows(self._named().where(_D.id == diagnosis_id))
        return rows[0] if rows else None

    def helped_since(self, operator_id: int, since: DateTime) -> int:
        """How many an operator has recorded as helped since an instant."""
        return int(_HELPED.rows(self.connection, o=operator_id, since=since)[0][0])

    def _named(self) -> Select[Any]:
        cl, sh, si, op = tables.clients, tables.shops, tables.sites, tables.operators
        joined = (
            self.table.outerjoin(cl, _D.client_id == cl.c.id)
            .outerjoin(sh, _D.shop_id == sh.c.id)
            .outerjoin(si, _D.site_id == si.c.id)
            .outerjoin(op, _D.operator_id == op.c.id)
        )
        names = (cl.c.name, sh.c.name, si.c.estate, si.c.address, op.c.name)
        return select(*self._columns, *names).select_from(joined)

    def _rows(self, query: Select[Any]) -> list[DiagnosisRow]:
        width = len(self._names)
        return [_row(self.read(row[:width]), row[width:]) for row in self.connection.execute(query)]


_D = tables.diagnoses.c
_KEYS = (_D.at, _D.id)
_OPEN_OF = PreparedFor(
    lambda keys: Diagnoses._select.where(_D.client_id.in_(keys), tables.OPEN_DIAGNOSIS).order_by(
        _D.at.desc(), _D.id.desc()
    )
)
_HELPED = Prepared(
    select(func.count()).where(
        _D.ended_at >= bindparam("since", type_=_D.ended_at.type),
        _D.ended_by == bindparam("o"),
        _D.state == "helped",
    )
)


def _narrowed(query: Select[Any], only_open: bool) -> Select[Any]:
    return query.where(tables.OPEN_DIAGNOSIS) if only_open else query


def _key(one: Diagnosis | None) -> tuple[Any, ...] | None:
    return None if one is None else (one.at, one.id)


def _row(one: Diagnosis, names: Sequence[Any]) -> DiagnosisRow:
    client, shop, estate, address, operator = (name or "" for name in names)
    return DiagnosisRow(one, client, shop or full_address(estate, address), operator)
