"""Start and completion notices, handbooks, warranties."""

from __future__ import annotations

from sqlalchemy import bindparam

from deskapp.domain import site_notice
from deskapp.repository import tables
from deskapp.repository.base import Repository


class SiteNotices(Repository[site_notice.SiteNotice]):
    """Notices about sites as they came."""

    table, record, noun = tables.site_notices, site_notice.SiteNotice, "site_notice"


class Handbooks(Repository[site_notice.Handbook]):
    """Project handbooks asked for and collected."""

    table, record, noun = tables.handbooks, site_notice.Handbook, "handbook"


class Warranties(Repository[site_notice.Warranty]):
    """Warranty files of sites."""

    table, record, noun = tables.warranties, site_notice.Warranty, "warranty"

    def of_site(self, site_id: int) -> list[site_notice.Warranty]:
        """What of a site is covered, by what is covered."""
        query = self.select().where(self.table.c.site_id == bindparam("s")).order_by(self.table.c.scope)
        return self.records(query, s=site_id)
