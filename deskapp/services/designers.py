"""Designers in figures: talks, deposits, how many talks come to one; clients who paid a deposit and wait (row S4)."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING

from deskapp.desk import Desk
from deskapp.domain.designer import DesignerFigures

if TYPE_CHECKING:
    from deskapp.domain.site import SiteRow

TALKS, DEPOSITS = "talks", "deposits"


def figures(desk: Desk, first: date, last: date) -> list[DesignerFigures]:
    """Each designer's talks and deposits within days, the most deposits first; what is nobody's stands last."""
    found: dict[int, DesignerFigures] = {}
    with desk.read() as work:
        for staff_id, state, count in work.registers.by_person(TALKS, first, last):
            one = found.setdefault(staff_id or 0, DesignerFigures(staff_id or 0))
            one = replace(one, talks=one.talks + count)
            signed = one.signed + (count if state == "signed" else 0)
            lost = one.lost + (count if state == "lost" else 0)
            found[one.staff_id] = replace(one, signed=signed, lost=lost)
        for staff_id, state, count in work.registers.by_person(DEPOSITS, first, last):
            one = found.setdefault(staff_id or 0, DesignerFigures(staff_id or 0))
            refunded = one.refunded + (count if state == "refunded" else 0)
            found[one.staff_id] = replace(one, deposits=one.deposits + count, refunded=refunded)
        staff = work.staff.get_many(found)
    named = [
        replace(one, name=staff[one.staff_id].name if one.staff_id in staff else "") for one in found.values()
    ]
    return sorted(named, key=lambda one: (not one.staff_id, -one.deposits, -one.talks, one.staff_id))


class Pending:
    """Clients who paid a deposit and have not signed, the longest waiting first, read page by page."""

    def __init__(self, desk: Desk) -> None:
        self.desk = desk

    def count(self) -> int:
        """How many there are."""
        with self.desk.read() as work:
            return work.sites.count_pending()

    def first(self, limit: int) -> list[SiteRow]:
        """Those who have waited longest."""
        with self.desk.read() as work:
            return work.sites.pending(limit)

    def last(self, limit: int) -> list[SiteRow]:
        """Those who paid last."""
        with self.desk.read() as work:
            return work.sites.pending(limit, last=True)

    def after(self, record: SiteRow, limit: int) -> list[SiteRow]:
        """Those who paid next."""
        with self.desk.read() as work:
            return work.sites.pending(limit, after=record.site)

    def before(self, record: SiteRow, limit: int) -> list[SiteRow]:
        """Those who paid before."""
        with self.desk.read() as work:
            return work.sites.pending(limit, before=record.site)

    def at(self, offset: int, limit: int) -> list[SiteRow]:
        """Those at a place in the middle."""
        with self.desk.read() as work:
            return work.sites.pending(limit, offset=offset)

    def key(self, record: SiteRow) -> int:
        """A site stays itself."""
        return record.site.id
