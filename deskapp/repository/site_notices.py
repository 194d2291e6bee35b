"""Start and completion notices, handbooks, warranties."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from sqlalchemy import bindparam, func, select

from deskapp.domain import site_notice
from deskapp.domain.address import full_address
from deskapp.domain.site_notice import OPEN_HANDBOOKS, HandbookRow, NoticeRow
from deskapp.repository import paging, tables
from deskapp.repository.base import Repository
from deskapp.repository.prepared import Prepared


class SiteNotices(Repository[site_notice.SiteNotice]):
    """Notices about sites as they came."""

    table, record, noun = tables.site_notices, site_notice.SiteNotice, "site_notice"

    def current(self, site_id: int, kind: str) -> site_notice.SiteNotice | None:
        """The notice of a kind that stands for a site, if any."""
        return self.first(_CURRENT, s=site_id, kind=kind)

    def of_sites(self, site_ids: Sequence[int]) -> list[site_notice.SiteNotice]:
        """All notices of some sites, the oldest first."""
        c, found = self.table.c, list[site_notice.SiteNotice]()
        for start in range(0, len(site_ids), 500):
            part = c.site_id.in_(site_ids[start : start + 500])
            found += self.records(self.select().where(part).order_by(c.id))
        return found

    def taken(self, source_keys: Sequence[str]) -> set[str]:
        """Which of some import keys are there already."""
        c, found = self.table.c, set[str]()
        for start in range(0, len(source_keys), 500):
            query = select(c.source_key).where(c.source_key.in_(source_keys[start : start + 500]))
            found |= {row[0] for row in self.connection.execute(query)}
        return found

    def count(self) -> int:
        """How many notices there are."""
        return int(self.connection.execute(select(func.count()).select_from(self.table)).scalar_one())

    def newest(self, limit: int, after: NoticeRow | None = None) -> list[NoticeRow]:
        """The notices received last, or the next older ones after one."""
        return self._rows(paging.before(_NOTICES, _RECEIVED, _place(after), limit))

    def newest_before(self, limit: int, before: NoticeRow | None = None) -> list[NoticeRow]:
        """The notices just newer than one, or the oldest of all, the newest of them first."""
        return self._rows(paging.after(_NOTICES, _RECEIVED, _place(before), limit))[::-1]

    def newest_at(self, offset: int, limit: int) -> list[NoticeRow]:
        """Those at a place in the list of the newest."""
        return self._rows(paging.at(_NOTICES, [key.desc() for key in _RECEIVED], offset, limit))

    def _rows(self, query: Any) -> list[NoticeRow]:
        width = len(self._names)
        return [
            NoticeRow(self.read(tuple(row[:width])), row[width], full_address(row[-3], row[-2]), row[-1])
            for row in self.connection.execute(query)
        ]


class Handbooks(Repository[site_notice.Handbook]):
    """Project handbooks asked for and collected."""

    table, record, noun = tables.handbooks, site_notice.Handbook, "handbook"

    def of_site(self, site_id: int) -> site_notice.Handbook | None:
        """The handbook of a site, if it was ever asked for."""
        return self.first(_OF_SITE, s=site_id)

    def count_open(self) -> int:
        """How many are still to be handed in, checked or completed."""
        query = select(func.count()).select_from(self.table).where(_OPEN)
        return int(self.connection.execute(query).scalar_one())

    def count_late(self, today: date) -> int:
        """How many should have been handed in before a day."""
        awaited = self.table.c.state.in_(("asked", "incomplete")) & (self.table.c.due_on < today)
        query = select(func.count()).select_from(self.table).where(awaited)
        return int(self.connection.execute(query).scalar_one())

    def open_first(self, limit: int, after: HandbookRow | None = None) -> list[HandbookRow]:
        """Those still to be dealt with, the first due first, or the next after one."""
        return self._rows(paging.after(_HANDBOOKS, _DUE, _due(after), limit))

    def open_before(self, limit: int, before: HandbookRow | None = None) -> list[HandbookRow]:
        """Those just before one, or the last, in the list's order."""
        return self._rows(paging.before(_HANDBOOKS, _DUE, _due(before), limit))[::-1]

    def open_at(self, offset: int, limit: int) -> list[HandbookRow]:
        """Those at a place in that list."""
        return self._rows(paging.at(_HANDBOOKS, _DUE, offset, limit))

    def row_of(self, site_id: int) -> HandbookRow | None:
        """The handbook of a site as lists show it, if it was ever asked for."""
        found = self._rows(_LISTED.where(_H.site_id == site_id))
        return found[0] if found else None

    def _rows(self, query: Any) -> list[HandbookRow]:
        width = len(self._names)
        found = []
        for row in self.connection.execute(query):
            client_id, client, estate, address, asked_of = row[width:]
            where = full_address(estate, address)
            found.append(HandbookRow(self.read(tuple(row[:width])), client_id, client, where, asked_of or ""))
        return found


class Warranties(Repository[site_notice.Warranty]):
    """Warranty files of sites."""

    table, record, noun = tables.warranties, site_notice.Warranty, "warranty"

    def of_site(self, site_id: int) -> list[site_notice.Warranty]:
        """What of a site is covered, by what is covered."""
        query = self.select().where(self.table.c.site_id == bindparam("s")).order_by(self.table.c.scope)
        return self.records(query, s=site_id)


_N, _H = tables.site_notices.c, tables.handbooks.c
_S, _CL, _ST = tables.sites.c, tables.clients.c, tables.staff.c
_CURRENT = Prepared(
    SiteNotices._select.where(
        _N.site_id == bindparam("s"), _N.kind == bindparam("kind"), _N.state == "current"
    ).order_by(_N.id.desc())
)
_RECEIVED = (_N.received_at, _N.id)
_NOTICES = select(*SiteNotices._columns, _CL.name, _S.estate, _S.address, _S.stage).select_from(
    tables.site_notices.join(tables.sites, _N.site_id == _S.id).join(tables.clients, _N.client_id == _CL.id)
)
_OF_SITE = Prepared(Handbooks._select.where(_H.site_id == bindparam("s")))
_OPEN = _H.state.in_(OPEN_HANDBOOKS)
_DUE = (_H.due_on, _H.id)
_LISTED = select(*Handbooks._columns, _S.client_id, _CL.name, _S.estate, _S.address, _ST.name).select_from(
    tables.handbooks.join(tables.sites, _H.site_id == _S.id)
    .join(tables.clients, _S.client_id == _CL.id)
    .outerjoin(tables.staff, _H.asked_of == _ST.id)
)
_HANDBOOKS = _LISTED.where(_OPEN)


def _place(row: NoticeRow | None) -> tuple[Any, Any] | None:
    return None if row is None else (row.notice.received_at, row.notice.id)


def _due(row: HandbookRow | None) -> tuple[Any, Any] | None:
    return None if row is None else (row.handbook.due_on, row.handbook.id)
