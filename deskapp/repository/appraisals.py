"""Appraisals by month: closed ones, which nothing changes, and the figures an open one is reckoned from."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from typing import TYPE_CHECKING, Any

from sqlalchemy import Select, and_, bindparam, case, func, or_, select

from deskapp.domain import appraisal
from deskapp.domain.address import full_address
from deskapp.domain.appraisal import TRADES, AppraisalCase, AppraisalRow, CaseSelection, Figure
from deskapp.domain.errors import RuleBroken
from deskapp.domain.measure import Terms
from deskapp.repository import paging, tables
from deskapp.repository.appraisal_sets import BY_ITEM, FAMILIES, Family
from deskapp.repository.base import Repository

if TYPE_CHECKING:
    from deskapp.repository.work import Work


class AppraisalMonths(Repository[appraisal.AppraisalMonth]):
    """The months that were appraised; a closed one is never changed."""

    table, record, noun = tables.appraisal_months, appraisal.AppraisalMonth, "appraisal_month"

    def of(self, month: date) -> appraisal.AppraisalMonth | None:
        """The appraisal of a month."""
        return self.first(self.select().where(self.table.c.month == bindparam("m")), m=month)

    def closed(self, month: date) -> bool:
        """Whether a month is closed."""
        found = self.of(month)
        return found is not None and found.closed_at is not None

    def save(
        self, record: appraisal.AppraisalMonth, known: appraisal.AppraisalMonth | None = None
    ) -> appraisal.AppraisalMonth:
        """Store a change of a month that is still open."""
        _refuse(self.work, self.find(record.id).month)
        return super().save(record, known)

    def remove(self, record: appraisal.AppraisalMonth) -> None:
        """Take away a month that is still open."""
        _refuse(self.work, self.find(record.id).month)
        super().remove(record)


class Appraisals(Repository[appraisal.Appraisal]):
    """People's months as they were closed; nothing is added to a closed month, changed in it or taken from it."""

    table, record, noun = tables.appraisals, appraisal.Appraisal, "appraisal"

    def of_month(self, month: date) -> list[appraisal.Appraisal]:
        """Everybody's, by trade and place."""
        c = self.table.c
        query = self.select().where(c.month == bindparam("m"))
        return self.records(query.order_by(c.trade, c.place.is_(None), c.place, c.staff_id), m=month)

    def of_person(self, month: date, staff_id: int) -> appraisal.Appraisal | None:
        """One person's."""
        c = self.table.c
        query = self.select().where(c.month == bindparam("m"), c.staff_id == bindparam("s"))
        return self.first(query, m=month, s=staff_id)

    def add(self, record: appraisal.Appraisal) -> appraisal.Appraisal:
        """Store a person's month that is not closed yet."""
        _refuse(self.work, record.month)
        return super().add(record)

    def add_many(self, records: Sequence[appraisal.Appraisal]) -> list[appraisal.Appraisal]:
        """Store many people's months that are not closed yet."""
        for month in {one.month for one in records}:
            _refuse(self.work, month)
        return super().add_many(records)

    def save(
        self, record: appraisal.Appraisal, known: appraisal.Appraisal | None = None
    ) -> appraisal.Appraisal:
        """Store a change while the month is open."""
        _refuse(self.work, self.find(record.id).month)
        return super().save(record, known)

    def remove(self, record: appraisal.Appraisal) -> None:
        """Take a person's month away while it is open."""
        _refuse(self.work, self.find(record.id).month)
        super().remove(record)

    def people(self, first: date, last: date, known: Iterable[int]) -> list[AppraisalRow]:
        """The appraised trades' people who worked here in a month, and those its figures name; by name."""
        st, de = tables.staff, tables.departments
        here = and_(
            or_(st.c.joined_on.is_(None), st.c.joined_on <= last),
            or_(st.c.left_on.is_(None), st.c.left_on >= first),
        )
        query = (
            select(st.c.id, st.c.name, st.c.trade, de.c.name)
            .select_from(st.outerjoin(de, st.c.department_id == de.c.id))
            .where(st.c.trade.in_(TRADES), or_(here, st.c.id.in_(sorted(set(known)))))
            .order_by(st.c.name, st.c.id)
        )
        rows = self.connection.execute(query)
        return [AppraisalRow(row[0], row[1], row[2], row[3] or "") for row in rows]

    def figures(self, terms: Terms) -> dict[int, dict[str, Figure]]:
        """Every figure of a month by person: one statement a family."""
        found: dict[int, dict[str, Figure]] = {}
        for family in FAMILIES:
            counts: list[Any] = []
            for condition in family.items.values():
                counts += [
                    func.sum(case((condition, 1), else_=0)),
                    func.sum(case((condition, family.amount), else_=0)),
                ]
            query = (
                select(family.person, *counts)
                .select_from(family.joined)
                .where(family.within(terms), family.person.is_not(None))
                .group_by(family.person)
            )
            for row in self.connection.execute(query):
                mine = found.setdefault(row[0], {})
                for place, item in enumerate(family.items):
                    mine[item] = Figure(int(row[1 + 2 * place]), int(row[2 + 2 * place]))
        return found

    def cases(self, terms: Terms) -> dict[int, dict[str, list[tuple[int, int]]]]:
        """Every case of a month by person and item, each its id and amount: what a closing keeps."""
        found: dict[int, dict[str, list[tuple[int, int]]]] = {}
        for family in FAMILIES:
            flags = [case((condition, 1), else_=0) for condition in family.items.values()]
            query = (
                select(family.person, family.table.c.id, family.amount, *flags)
                .select_from(family.joined)
                .where(family.within(terms), family.person.is_not(None))
                .order_by(*family.order)
            )
            for row in self.connection.execute(query):
                mine = found.setdefault(row[0], {})
                for item, flag in zip(family.items, row[3:], strict=True):
                    if flag:
                        mine.setdefault(item, []).append((row[1], int(row[2])))
        return found

    def count(self, chosen: CaseSelection, terms: Terms) -> int:
        """How many cases stand behind a figure."""
        family = BY_ITEM[chosen.item]
        query = select(func.count()).select_from(family.source(chosen)).where(family.where(chosen, terms))
        return int(self.connection.execute(query).scalar_one())

    def page(
        self,
        chosen: CaseSelection,
        terms: Terms,
        limit: int,
        *,
        after: AppraisalCase | None = None,
        before: AppraisalCase | None = None,
        last: bool = False,
        offset: int = 0,
    ) -> list[AppraisalCase]:
        """A page of the cases behind a figure: from the start, after or before one, the last, at an offset."""
        family = BY_ITEM[chosen.item]
        query = _listed(family, chosen, terms)
        if offset:
            return self._cases(family, paging.at(query, family.order, offset, limit))
        if before is not None or last:
            key = before.place if before is not None else None
            return self._cases(family, paging.before(query, family.order, key, limit))[::-1]
        key = after.place if after is not None else None
        return self._cases(family, paging.after(query, family.order, key, limit))

    def _cases(self, family: Family, query: Select[Any]) -> list[AppraisalCase]:
        width = len(family.order)
        return [_case(family.noun, row[:width], row[width:]) for row in self.connection.execute(query)]


def _listed(family: Family, chosen: CaseSelection, terms: Terms) -> Select[Any]:
    cl, si = tables.clients.alias("whose"), tables.sites.alias("place")
    client, site = family.shown[6], family.shown[7]
    table = family.source(chosen).outerjoin(cl, cl.c.id == client).outerjoin(si, si.c.id == site)
    cells = (
        *family.order,
        family.table.c.id,
        family.amount,
        *(cl.c.name, si.c.estate, si.c.address),
        *family.shown,
    )
    unique = [cell.label(f"cell{place}") for place, cell in enumerate(cells)]
    return select(*unique).select_from(table).where(family.where(chosen, terms))


def _case(noun: str, place: Sequence[Any], cells: Sequence[Any]) -> AppraisalCase:
    record_id, amount, client, estate, address = cells[:5]
    at, number, words, state, source, source_id, client_id, site_id, ticket_id = cells[5:]
    return AppraisalCase(
        noun,
        record_id,
        tuple(place),
        at,
        number or "",
        client or "",
        full_address(estate or "", address or ""),
        words or "",
        state or "",
        int(amount),
        source or "",
        source_id,
        client_id,
        site_id,
        ticket_id,
    )


def _refuse(work: Work, month: date) -> None:
    if work.appraisal_months.closed(month):
        raise RuleBroken("appraisal.unchangeable", month=f"{month:%Y-%m}")
