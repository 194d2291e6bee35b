"""Sites, their milestones and payments."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import bindparam, func, select

from deskapp.domain import site
from deskapp.repository import tables
from deskapp.repository.base import Repository


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
        """Store a changed site and its address in the search, its tickets' too."""
        old = self.find(record.id) if known is None else known
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
