"""Scores, praise and evaluation forms."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from typing import Any

from pendulum import DateTime
from sqlalchemy import Select, and_, bindparam, exists, func, select, true

from deskapp.domain import praise
from deskapp.domain.address import full_address
from deskapp.domain.praise import EvaluationRow, PraiseRow
from deskapp.domain.site import Site
from deskapp.repository import paging, tables
from deskapp.repository.base import Repository
from deskapp.repository.prepared import Prepared, PreparedFor

Between = tuple[DateTime, DateTime]


class Ratings(Repository[praise.Rating]):
    """Scores of trades and people."""

    table, record, noun = tables.ratings, praise.Rating, "rating"

    def of_source(self, source: str, source_id: int) -> list[praise.Rating]:
        """The scores one call or form gave."""
        c = self.table.c
        query = self.select().where(c.source == bindparam("s"), c.source_id == bindparam("i"))
        return self.records(query.order_by(c.id), s=source, i=source_id)

    def by_source(self, source: str, ids: Sequence[int]) -> dict[int, dict[str, int]]:
        """The scores some calls or forms gave, by trade."""
        found: dict[int, dict[str, int]] = {}
        for row in _SCORES.rows(self.connection, sorted(set(ids)), source=source):
            found.setdefault(row[0], {})[row[1]] = row[2]
        return found

    def means_of_forms(self, month: date) -> dict[str, tuple[float, int]]:
        """The mean score of each trade in a month's forms, and how many scores it is the mean of."""
        rows = _MEANS.rows(self.connection, month=month)
        return {row[0]: (float(row[1]), int(row[2])) for row in rows}

    def remove(self, rating: praise.Rating) -> None:
        """Take a score back that was entered by mistake."""
        self.connection.execute(self.table.delete().where(self.table.c.id == rating.id))
        self.work.log(self.noun, rating.id, "remove", {"trade": rating.trade, "score": rating.score})


class Praises(Repository[praise.Praise]):
    """Praise by name."""

    table, record, noun = tables.praises, praise.Praise, "praise"

    def counts(self, since: DateTime, until: DateTime) -> tuple[int, int]:
        """How many there are between two instants, and how many of them were reported."""
        row = _PRAISED.rows(self.connection, since=since, until=until)[0]
        return int(row[0]), int(row[1])

    def newest(self, between: Between, limit: int, before: praise.Praise | None = None) -> list[PraiseRow]:
        """Those between two instants, the newest first, perhaps those after one of that list."""
        return self._rows(paging.before(self._listed(between), _NEWEST, _praise_key(before), limit))

    def newest_before(
        self, between: Between, limit: int, after: praise.Praise | None = None
    ) -> list[PraiseRow]:
        """Those just before one in that list, or its last ones, in its order."""
        return self._rows(paging.after(self._listed(between), _NEWEST, _praise_key(after), limit))[::-1]

    def newest_at(self, between: Between, offset: int, limit: int) -> list[PraiseRow]:
        """Those at an offset of that list."""
        return self._rows(paging.at(self._listed(between), [key.desc() for key in _NEWEST], offset, limit))

    def _listed(self, between: Between) -> Select[Any]:
        st, de, cl, si = tables.staff, tables.departments, tables.clients, tables.sites
        joined = (
            self.table.outerjoin(st, _P.staff_id == st.c.id)
            .outerjoin(de, st.c.department_id == de.c.id)
            .outerjoin(cl, _P.client_id == cl.c.id)
            .outerjoin(si, _P.site_id == si.c.id)
        )
        names = (st.c.name, st.c.trade, de.c.name, cl.c.name, si.c.estate, si.c.address)
        query = select(*self._columns, *names).select_from(joined)
        return query.where(_P.at >= between[0], _P.at < between[1])

    def _rows(self, query: Select[Any]) -> list[PraiseRow]:
        width = len(self._names)
        rows = [_praise_row(self.read(row[:width]), row[width:]) for row in self.connection.execute(query)]
        rewards = self.work.sanctions.states_of_praises([row.praise.id for row in rows])
        return [replace(row, reward=rewards.get(row.praise.id, "")) for row in rows]


class Evaluations(Repository[praise.Evaluation]):
    """Evaluation forms by month."""

    table, record, noun = tables.evaluations, praise.Evaluation, "evaluation"

    def counts(self, month: date) -> tuple[int, int]:
        """How many forms a month has, and how many came back."""
        row = _FORMS.rows(self.connection, month=month)[0]
        return int(row[0]), int(row[1])

    def count(self, month: date, which: str = "all", late_before: date = date.min, trade: str = "") -> int:
        """How many forms a month has, sent or handed over; of one of WHICH_FORMS, or with a score of a trade."""
        query = select(func.count()).where(_E.month == month, _which(which, late_before), _scored(trade))
        return int(self.connection.execute(query).scalar_one())

    def newest_of(self, site_id: int) -> praise.Evaluation | None:
        """The newest form of a site."""
        query = self.select().where(_E.site_id == bindparam("s")).order_by(_E.month.desc()).limit(1)
        return self.first(query, s=site_id)

    def of_month(self, site_id: int, month: date) -> praise.Evaluation | None:
        """The form of a site for a month."""
        query = self.select().where(_E.site_id == bindparam("s"), _E.month == bindparam("m"))
        return self.first(query, s=site_id, m=month)

    def to_send(self, since: date, until: date, limit: int) -> list[Site]:
        """Sites completed from a day on and before another that no form was made for, the earliest first."""
        s = tables.sites.c
        never = ~exists().where(_E.site_id == s.id)
        query = select(*(s[name] for name in self.work.sites._names)).where(
            s.completed_on >= since, s.completed_on < until, s.stage != "cancelled", never
        )
        return self.work.sites.records(query.order_by(s.completed_on, s.id).limit(limit))

    def page(
        self,
        month: date,
        limit: int,
        *,
        after: EvaluationRow | None = None,
        before: EvaluationRow | None = None,
        last: bool = False,
        offset: int = 0,
        which: str = "all",
        late_before: date = date.min,
        trade: str = "",
    ) -> list[EvaluationRow]:
        """A month's forms by id, a page at a time: from the start, after or before one, the last, at an offset."""
        query = self._named().where(_E.month == month, _which(which, late_before), _scored(trade))
        if offset:
            return self._rows(paging.at(query, (_E.id,), offset, limit))
        if before is not None or last:
            key = (before.evaluation.id,) if before is not None else None
            return self._rows(paging.before(query, (_E.id,), key, limit))[::-1]
        key = (after.evaluation.id,) if after is not None else None
        return self._rows(paging.after(query, (_E.id,), key, limit))

    def row(self, evaluation_id: int) -> EvaluationRow | None:
        """One form with the names beside it."""
        rows = self._rows(self._named().where(_E.id == evaluation_id))
        return rows[0] if rows else None

    def _named(self) -> Select[Any]:
        cl, si = tables.clients, tables.sites
        joined = self.table.outerjoin(cl, _E.client_id == cl.c.id).outerjoin(si, _E.site_id == si.c.id)
        names = (cl.c.name, si.c.estate, si.c.address, si.c.completed_on)
        return select(*self._columns, *names).select_from(joined)

    def _rows(self, query: Select[Any]) -> list[EvaluationRow]:
        width, rows = len(self._names), self.connection.execute(query).all()
        scores = self.work.ratings.by_source("evaluation", [row[0] for row in rows])
        return [
            EvaluationRow(
                self.read(row[:width]),
                row[width] or "",
                full_address(row[width + 1] or "", row[width + 2] or ""),
                row[width + 3],
                scores.get(row[0], {}),
            )
            for row in rows
        ]


def _which(which: str, late_before: date) -> Any:
    """What puts a form among those sent, returned, still out, or late: said once for figures and lists."""
    sent, back = _E.sent_on.is_not(None), _E.returned_on.is_not(None)
    return {
        "all": true(),
        "sent": sent,
        "returned": sent & back,
        "out": sent & ~back,
        "late": sent & ~back & (_E.sent_on < late_before),
    }[which]


def _scored(trade: str) -> Any:
    """What puts a form behind the mean score of a trade; all are behind none."""
    if not trade:
        return true()
    return exists().where(_R.source == "evaluation", _R.source_id == _E.id, _R.trade == trade)


def _praise_row(one: praise.Praise, names: Sequence[Any]) -> PraiseRow:
    staff, trade, department, client, estate, address = (name or "" for name in names)
    return PraiseRow(one, staff, trade, department, client, full_address(estate, address))


def _praise_key(one: praise.Praise | None) -> tuple[Any, ...] | None:
    return None if one is None else (one.at, one.id)


_P, _E, _R = tables.praises.c, tables.evaluations.c, tables.ratings.c
_NEWEST = (_P.at, _P.id)
_SCORES = PreparedFor(
    lambda keys: select(_R.source_id, _R.trade, _R.score).where(
        _R.source == bindparam("source"), _R.source_id.in_(keys)
    )
)
_MEANS = Prepared(
    select(_R.trade, func.avg(_R.score), func.count())
    .select_from(
        tables.ratings.join(tables.evaluations, and_(_R.source == "evaluation", _R.source_id == _E.id))
    )
    .where(_E.month == bindparam("month", type_=_E.month.type))
    .group_by(_R.trade)
)
_PRAISED = Prepared(
    select(func.count(), func.count(_P.reported_at)).where(
        _P.at >= bindparam("since", type_=_P.at.type), _P.at < bindparam("until", type_=_P.at.type)
    )
)
_FORMS = Prepared(
    select(func.count(), func.count(_E.returned_on)).where(
        _E.month == bindparam("month", type_=_E.month.type), _E.sent_on.is_not(None)
    )
)
