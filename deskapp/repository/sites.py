"""Sites, their milestones and payments."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from typing import Any

from sqlalchemy import Date, Select, bindparam, distinct, func, select

from deskapp.domain import site
from deskapp.domain.site import GROUPS, ROLES, RUNNING_STAGES, SiteRow
from deskapp.repository import paging, tables
from deskapp.repository.base import Repository
from deskapp.repository.prepared import PreparedFor


class Sites(Repository[site.Site]):
    """One renovation contract at one address each."""

    table, record, noun = tables.sites, site.Site, "site"

    def of(self, client_id: int) -> list[site.Site]:
        """A client's sites, the newest first."""
        query = self.select().where(self.table.c.client_id == bindparam("c")).order_by(self.table.c.id.desc())
        return self.records(query, c=client_id)

    def add(self, record: site.Site) -> site.Site:
        """Store a site, findable by its address from now on."""
        stored = super().add(record)
        self.work.clients.index(stored.client_id)
        return stored

    def save(self, record: site.Site, known: site.Site | None = None) -> site.Site:
        """Store a changed site and its address in the search, its tickets' too.

        Where it stands in the plan is not the caller's to say: a record read before it was planned says it wrongly.
        """
        old = self.find(record.id) if known is None else known
        record = replace(record, plan_mark=old.plan_mark, plan_until=old.plan_until)
        stored = super().save(record, old)
        self.work.clients.index(stored.client_id)
        if (old.estate, old.address) != (stored.estate, stored.address):
            self.work.tickets.index_of_client(stored.client_id)
        return stored

    def of_many(self, client_ids: Sequence[int]) -> dict[int, list[site.Site]]:
        """The sites of several clients, the oldest first."""
        found: dict[int, list[site.Site]] = {client_id: [] for client_id in client_ids}
        for start in range(0, len(client_ids), 500):
            part = self.table.c.client_id.in_(client_ids[start : start + 500])
            for one in self.records(self.select().where(part).order_by(self.table.c.id)):
                found[one.client_id].append(one)
        return found

    def count_by_stage(self) -> dict[str, int]:
        """How many sites stand at each stage."""
        c = self.table.c
        return {
            row[0]: row[1] for row in self.connection.execute(select(c.stage, func.count()).group_by(c.stage))
        }

    def listed(
        self,
        group: str,
        limit: int,
        *,
        after: site.Site | None = None,
        before: site.Site | None = None,
        last: bool = False,
        offset: int | None = None,
        owing_on: date | None = None,
    ) -> list[SiteRow]:
        """A page of a list of sites, the newest file first; with `owing_on` those with a payment late on that day.

        The pages after a site, before one, at the end, at an offset, or the first.
        """
        query, keys = self._narrowed(self.select(), group, owing_on), (self.table.c.id,)
        if offset is not None:
            found = self.records(paging.at(query, [keys[0].desc()], offset, limit))
        elif before is not None or last:
            given = None if before is None else (before.id,)
            found = self.records(paging.after(query, keys, given, limit))[::-1]
        else:
            given = None if after is None else (after.id,)
            found = self.records(paging.before(query, keys, given, limit))
        return self.rows(found)

    def count(self, group: str, owing_on: date | None = None) -> int:
        """How many sites that list has."""
        query = self._narrowed(select(func.count()).select_from(self.table), group, owing_on)
        return int(self.connection.execute(query).scalar_one())

    def _narrowed(self, query: Select[Any], group: str, owing_on: date | None) -> Select[Any]:
        c, stages = self.table.c, GROUPS[group]
        if group != "all":
            query = query.where(c.stage == stages[0] if len(stages) == 1 else c.stage.in_(stages))
        if owing_on is not None:
            p = tables.payments.c
            owing = select(p.site_id).where(p.paid_on.is_(None), p.due_on < owing_on)
            query = query.where(c.id.in_(owing), c.stage != "cancelled")
        return query

    def rows(self, sites: Sequence[site.Site]) -> list[SiteRow]:
        """Put beside some sites what lists show: names, what comes next, what is owed."""
        ids, work = [one.id for one in sites], self.work
        if not ids:
            return []
        clients = {row[0]: row[1] for row in _NAMES.rows(self.connection, [one.client_id for one in sites])}
        staff = work.staff.get_many(getattr(one, f"{role}_id") for one in sites for role in ROLES)
        milestones, payments = work.milestones.of(ids), work.payments.of(ids)
        inspected = {row[0]: row[1] for row in _INSPECTED.rows(self.connection, ids)}
        called = {row[0]: row[1] for row in _NEXT_CALLS.rows(self.connection, ids)}
        return [
            SiteRow(
                one,
                clients.get(one.client_id, ""),
                {
                    role: staff[member].name
                    for role in ROLES
                    if (member := getattr(one, f"{role}_id")) in staff
                },
                site.next_milestone(mark for mark in milestones if mark.site_id == one.id),
                tuple(due for due in payments if due.site_id == one.id and due.paid_on is None),
                inspected.get(one.id),
                called.get(one.id),
            )
            for one in sites
        ]

    def pending(
        self,
        limit: int,
        *,
        after: site.Site | None = None,
        before: site.Site | None = None,
        last: bool = False,
        offset: int | None = None,
    ) -> list[SiteRow]:
        """A page of the sites with a deposit paid and no contract signed, the longest waiting first (row S4)."""
        keys = (self.table.c.deposit_date, self.table.c.id)
        query = self.select().where(*self._waiting())
        if offset is not None:
            return self.rows(self.records(paging.at(query, keys, offset, limit)))
        if before is not None or last:
            given = None if before is None else (before.deposit_date, before.id)
            return self.rows(self.records(paging.before(query, keys, given, limit))[::-1])
        given = None if after is None else (after.deposit_date, after.id)
        return self.rows(self.records(paging.after(query, keys, given, limit)))

    def count_pending(self) -> int:
        """How many sites wait for their contract."""
        query = select(func.count()).select_from(self.table).where(*self._waiting())
        return int(self.connection.execute(query).scalar_one())

    def _waiting(self) -> tuple[Any, Any]:
        c = self.table.c
        return c.stage == "deposit", c.deposit_date.is_not(None)

    def running_since(self, first: date, last: date) -> int:
        """How many sites were in progress in a span of days: begun by its end and not completed before it."""
        c = self.table.c
        begun = c.start_date.is_(None) | (c.start_date <= last)
        now = select(func.count()).where(c.stage.in_(RUNNING_STAGES), begun)
        over = select(func.count()).where(
            c.completed_on >= first, c.start_date <= last, c.stage.in_(("finished", "warranty", "ended"))
        )
        return sum(int(self.connection.execute(query).scalar_one()) for query in (now, over))


_NAMES = PreparedFor(
    lambda keys: select(tables.clients.c.id, tables.clients.c.name).where(tables.clients.c.id.in_(keys))
)
_I, _F = tables.inspections.c, tables.followups.c
_INSPECTED = PreparedFor(
    lambda keys: (
        select(_I.site_id, func.max(_I.done_on, type_=Date)).where(_I.site_id.in_(keys)).group_by(_I.site_id)
    )
)
_NEXT_CALLS = PreparedFor(
    lambda keys: (
        select(_F.site_id, func.min(_F.due_on, type_=Date))
        .where(_F.site_id.in_(keys), tables.WAITING_FOLLOWUP)
        .group_by(_F.site_id)
    )
)


class Milestones(Repository[site.Milestone]):
    """Control points."""

    table, record, noun = tables.milestones, site.Milestone, "milestone"

    def of(self, site_ids: list[int]) -> list[site.Milestone]:
        """The milestones of some sites, by day."""
        query = self.select().where(self.table.c.site_id.in_(site_ids))
        return self.records(query.order_by(self.table.c.planned_on, self.table.c.id))


class Payments(Repository[site.Payment]):
    """Payments due and paid."""

    table, record, noun = tables.payments, site.Payment, "payment"

    def of(self, site_ids: list[int]) -> list[site.Payment]:
        """The payments of some sites, by due day."""
        query = self.select().where(self.table.c.site_id.in_(site_ids))
        return self.records(query.order_by(self.table.c.due_on, self.table.c.id))

    def due_in(self, kind: str, first: date, last: date) -> site.Due:
        """What of one kind is to be paid in a span of days: due by its end and not paid before it began.

        Two looks by index: what falls due in the span, and what was late when it began.
        """
        p = self.table.c
        open_then = p.paid_on.is_(None) | (p.paid_on >= first)
        new = self._sum(kind, p.due_on >= first, p.due_on <= last, open_then)
        late = [
            self._sum(kind, p.due_on < first, p.paid_on.is_(None)),
            self._sum(kind, p.due_on < first, p.paid_on >= first),
        ]
        overdue = sum(sites for sites, _ in late)
        return site.Due(new[0] + overdue, overdue, new[1] + sum(amount for _, amount in late))

    def _sum(self, kind: str, *when: Any) -> tuple[int, int]:
        p, s = self.table.c, tables.sites.c
        query = (
            select(func.count(distinct(p.site_id)), func.coalesce(func.sum(p.amount), 0))
            .select_from(self.table.join(tables.sites, p.site_id == s.id))
            .where(p.kind == kind, s.stage != "cancelled", *when)
        )
        row = self.connection.execute(query).one()
        return int(row[0]), int(row[1])
