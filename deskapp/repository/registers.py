"""Lines of the registers declared as data."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from sqlalchemy import Select, and_, func, or_, select

from deskapp.domain import register
from deskapp.domain.register import Wanted
from deskapp.domain.register_kind import VOID
from deskapp.domain.search_text import Term, like_pattern
from deskapp.repository import paging, tables
from deskapp.repository.base import Repository

LOOKED_AT = 5_000
"""The newest lines of a register that a search looks at."""


class RegisterEntries(Repository[register.RegisterEntry]):
    """Lines of every register."""

    table, record, noun = tables.register_entries, register.RegisterEntry, "register_entry"

    def page(
        self,
        wanted: Wanted,
        limit: int,
        *,
        after: register.RegisterEntry | None = None,
        before: register.RegisterEntry | None = None,
        last: bool = False,
        offset: int | None = None,
    ) -> list[register.RegisterEntry]:
        """A page of a list, the latest day first: after or before a line, the last ones, at an offset, or the first."""
        query = self._narrowed(self.select(), wanted)
        if offset is not None:
            return self.records(paging.at(query, [key.desc() for key in _LATEST], offset, limit))
        if before is not None or last:
            return self.records(paging.after(query, _LATEST, _key(before), limit))[::-1]
        return self.records(paging.before(query, _LATEST, _key(after), limit))

    def count(self, wanted: Wanted) -> int:
        """How many lines that list has."""
        query = self._narrowed(select(func.count()).select_from(self.table), wanted)
        return int(self.connection.execute(query).scalar_one())

    def finding(
        self, wanted: Wanted, terms: Sequence[Term], client_ids: Sequence[int], limit: int
    ) -> list[register.RegisterEntry]:
        """The latest lines that have every word, or are some clients', among the newest of the list."""
        newest = self._narrowed(select(_R.id), wanted).order_by(*(key.desc() for key in _LATEST))
        near = newest.limit(LOOKED_AT).subquery()
        words = [_R.haystack.like(like_pattern(term), escape="\\") for term in terms]
        said = or_(and_(*words), _R.client_id.in_(client_ids))
        query = self.select().where(_R.id.in_(select(near.c.id)), said)
        return self.records(query.order_by(*(key.desc() for key in _LATEST)).limit(limit))

    def by_person(self, name: str, first: date, last: date) -> list[tuple[int | None, str, int]]:
        """How many lines of a register each person has within days, by how they stand; without those struck out."""
        query = (
            select(_R.staff_id, _R.state, func.count())
            .where(_R.register == name, _R.day >= first, _R.day <= last, _R.state != VOID)
            .group_by(_R.staff_id, _R.state)
        )
        return [(row[0], row[1], int(row[2])) for row in self.connection.execute(query)]

    def _narrowed(self, query: Select[Any], wanted: Wanted) -> Select[Any]:
        query = query.where(_R.register == wanted.register)
        if wanted.first is not None:
            query = query.where(_R.day >= wanted.first)
        if wanted.last is not None:
            query = query.where(_R.day <= wanted.last)
        if wanted.staff_id is not None:
            query = query.where(_R.staff_id == wanted.staff_id if wanted.staff_id else _R.staff_id.is_(None))
        if wanted.state:
            query = query.where(_R.state == wanted.state)
        if wanted.written_by is not None:
            query = query.where(_R.created_by == wanted.written_by)
        return query.where(_R.state != VOID) if wanted.live else query


def _key(entry: register.RegisterEntry | None) -> tuple[Any, ...] | None:
    return None if entry is None else (entry.day, entry.id)


_R = tables.register_entries.c
_LATEST = (_R.day, _R.id)
