"""Departments, posts, staff, categories, mottos, operators."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, bindparam, func, or_, select

from deskapp.domain import operator, staff
from deskapp.repository import paging, tables
from deskapp.repository.base import Repository


def _here(today: date) -> ColumnElement[bool]:
    """Whether a member of staff works here on a day."""
    left = tables.staff.c.left_on
    return or_(left.is_(None), left > today)


class Departments(Repository[staff.Department]):
    """Departments of the company."""

    table, record, noun = tables.departments, staff.Department, "department"

    def listed(self) -> list[staff.Department]:
        """All departments in the order people list them."""
        return self.records(self.select().order_by(self.table.c.position, self.table.c.id))

    def by_name(self, name: str) -> staff.Department | None:
        """The department of that name or code, if any."""
        query = self.select().where(
            (self.table.c.name == bindparam("n")) | (self.table.c.code == bindparam("n"))
        )
        return self.first(query.order_by(self.table.c.id), n=name)

    def overview(self, today: date) -> list[staff.DepartmentRow]:
        """All departments in their order, each with its head's name and how many work there on a day."""
        heads, people, c = tables.staff.alias("heads"), tables.staff, self.table.c
        joined = self.table.outerjoin(heads, heads.c.id == c.head_id).outerjoin(
            people, and_(people.c.department_id == c.id, _here(today))
        )
        query = (
            select(*self._columns, func.coalesce(func.min(heads.c.name), ""), func.count(people.c.id))
            .select_from(joined)
            .group_by(*self._columns)
            .order_by(c.position, c.id)
        )
        width = len(self._columns)
        return [
            staff.DepartmentRow(self.read(tuple(row[:width])), row[width], row[width + 1])
            for row in self.connection.execute(query)
        ]


class Posts(Repository[staff.Post]):
    """Posts with their duties (text 5)."""

    table, record, noun = tables.posts, staff.Post, "post"

    def of(self, department_id: int) -> list[staff.Post]:
        """The posts of one department."""
        query = self.select().where(self.table.c.department_id == bindparam("d"))
        return self.records(query.order_by(self.table.c.position, self.table.c.id), d=department_id)


class Staff(Repository[staff.StaffMember]):
    """People who work here; the keys their names are found by are always those of their names."""

    table, record, noun = tables.staff, staff.StaffMember, "staff"

    def values(self, record: staff.StaffMember) -> dict[str, Any]:
        """The record's fields by column name."""
        from deskapp.domain.search_text import name_keys

        return super().values(record) | {"named_keys": " ".join(("", *name_keys(record.name)))}

    def _shown(self, values: dict[str, Any]) -> dict[str, Any]:
        return {name: value for name, value in super()._shown(values).items() if name != "named_keys"}

    def named(self, name: str, trade: str = "") -> staff.StaffMember | None:
        """The member of that name, of that trade when one is named; those still here first."""
        c = self.table.c
        query = self.select().where(c.name == bindparam("n"))
        if trade:
            query = query.where(c.trade == bindparam("t"))
        query = query.order_by(c.left_on.is_not(None), c.id).limit(1)
        return self.first(query, n=name, **({"t": trade} if trade else {}))

    def of(self, department_id: int, today: date) -> list[staff.StaffMember]:
        """Who works in a department on a day."""
        c = self.table.c
        query = self.select().where(c.department_id == bindparam("d"), _here(today))
        return self.records(query.order_by(c.id), d=department_id)

    def finding(self, typed: str, today: date, limit: int = 20) -> list[staff.StaffMember]:
        """Who works here on a day and is found by part of a name, pinyin, initials, or digits of the number."""
        from deskapp.domain.search_text import fold

        c, words = self.table.c, fold(typed)
        ways = [func.lower(c.name).contains(words, autoescape=True)]
        ways.append(c.named_keys.contains(" " + words, autoescape=True))
        if words.isdigit():
            ways.append(c.phone.contains(words, autoescape=True))
        query = self.select().where(or_(*ways), _here(today)).order_by(c.name, c.id).limit(limit)
        return self.records(query)

    def _listed(self, query: Select[Any], department_id: int | None, today: date | None) -> Select[Any]:
        if department_id is not None:
            query = query.where(self.table.c.department_id == department_id)
        return query if today is None else query.where(_here(today))

    def count(self, department_id: int | None = None, today: date | None = None) -> int:
        """How many work in a department (or in all) on a day; without a day, those who left are counted too."""
        query = self._listed(select(func.count()).select_from(self.table), department_id, today)
        return int(self.connection.execute(query).scalar_one())

    def page(
        self,
        limit: int,
        department_id: int | None = None,
        today: date | None = None,
        *,
        after: staff.StaffMember | None = None,
        before: staff.StaffMember | None = None,
        last: bool = False,
        offset: int = 0,
    ) -> list[staff.StaffMember]:
        """The staff by trade, a page at a time: from the start, after or before a member, the last, at an offset."""
        c = self.table.c
        keys, query = (c.trade, c.id), self._listed(self.select(), department_id, today)
        if before is not None or last:
            found = self.records(paging.before(query, keys, _place(before), limit))
            return found[::-1]
        if after is not None:
            return self.records(paging.after(query, keys, _place(after), limit))
        return self.records(paging.at(query, keys, offset, limit))


def _place(member: staff.StaffMember | None) -> Sequence[Any] | None:
    return None if member is None else (member.trade, member.id)


class Operators(Repository[operator.Operator]):
    """Those who sign in."""

    table, record, noun = tables.operators, operator.Operator, "operator"
    hidden = frozenset({"password_hash"})

    def by_login(self, login: str) -> operator.Operator | None:
        """The operator of that login, whatever its case."""
        written = self.table.c.login
        asked = bindparam("l", type_=written.type)
        return self.first(self.select().where(func.lower(written) == asked), l=login.strip().lower())

    def any(self) -> bool:
        """Whether the first start is over."""
        return self.connection.execute(select(self.table.c.id).limit(1)).first() is not None

    def listed(self) -> list[operator.Operator]:
        """All accounts, those in use first."""
        c = self.table.c
        return self.records(self.select().order_by(c.active.desc(), c.id))

    def others_in(self, role: str, operator_id: int) -> bool:
        """Whether anybody else in use has a role."""
        c = self.table.c
        query = select(c.id).where(c.role == role, c.active, c.id != operator_id).limit(1)
        return self.connection.execute(query).first() is not None


class Categories(Repository[staff.Category]):
    """What is complained of."""

    table, record, noun = tables.categories, staff.Category, "category"

    def listed(self) -> list[staff.Category]:
        """Active categories in the order the form shows them."""
        c = self.table.c
        return self.records(self.select().where(c.active).order_by(c.position, c.id))

    def by_name(self, name: str) -> staff.Category | None:
        """The category of that name or code, if any."""
        query = self.select().where(
            (self.table.c.name == bindparam("n")) | (self.table.c.code == bindparam("n"))
        )
        return self.first(query.order_by(self.table.c.id), n=name)


class Mottos(Repository[staff.Motto]):
    """Mottos of the day (text 2)."""

    table, record, noun = tables.mottos, staff.Motto, "motto"
