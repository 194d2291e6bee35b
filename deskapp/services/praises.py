"""Praise by name: written down, and reported to the company so that it is rewarded (row A3; text 4, 1.3.7)."""

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import replace
from datetime import date
from functools import partial
from typing import TYPE_CHECKING

import pendulum

from deskapp.desk import Desk
from deskapp.domain import praise as rules
from deskapp.domain.errors import RuleBroken
from deskapp.domain.praise import MonthFigures, Praise, PraiseRow, month_after
from deskapp.services.evaluations import late_before
from deskapp.services.submissions import once

if TYPE_CHECKING:
    from pendulum import DateTime

    from deskapp.repository.work import Work


def add(desk: Desk, praise: Praise, *, key: str = "") -> Praise:
    """Write down that a client praised somebody; under a `key` once, however often it is sent."""
    rules.check_praise(praise)
    with desk.write("praise.save") as work:
        return once(work, key, "praise.add", partial(add_in, work, praise), work.praises.find)


def add_in(work: Work, praise: Praise) -> Praise:
    """Write praise down inside a transaction that does more than that."""
    rules.check_praise(praise)
    if work.staff.get(praise.staff_id) is None:
        raise RuleBroken("praise.nobody")
    by = work.operator.id if work.operator else None
    return work.praises.add(replace(praise, at=praise.at or work.now, created_by=by))


def save(desk: Desk, praise: Praise) -> Praise:
    """Change praise that has not been reported yet."""
    rules.check_praise(praise)
    if praise.reported_at is not None:
        raise RuleBroken("praise.reported")
    with desk.write("praise.save") as work:
        if work.praises.held(praise.id).reported_at is not None:
            raise RuleBroken("praise.reported")
        return work.praises.save(praise)


def report(desk: Desk, praise: Praise) -> Praise:
    """Report praise to the company: whoever heads the praised person's department is told; once only."""
    with desk.write("praise.save") as work:
        found = work.praises.held(praise.id)
        if found.reported_at is not None:
            raise RuleBroken("praise.reported")
        by = work.operator.id if work.operator else None
        done = work.praises.save(replace(found, reported_at=work.now, reported_by=by), known=found)
        member = work.staff.get(found.staff_id)
        department = work.departments.get(member.department_id) if member else None
        if member is not None and department is not None and department.head_id is not None:
            facts = {"name": member.name, "words": found.words, "praise_id": found.id}
            once = f"praise.reported/{found.id}/{department.head_id}"
            work.outbox.tell("praise.reported", None, department.head_id, facts, once=once)
        return done


def bounds(desk: Desk, month: date) -> tuple[DateTime, DateTime]:
    """The first instant of a month of the company's, and of the next."""
    zone = desk.policy.timezone
    after = month_after(month)
    first = pendulum.datetime(month.year, month.month, 1, tz=zone)
    return first.in_timezone("UTC"), pendulum.datetime(after.year, after.month, 1, tz=zone).in_timezone("UTC")


def month_figures(desk: Desk, month: date) -> MonthFigures:
    """A month's forms sent and returned, mean scores by trade, and praise."""
    with desk.read() as work:
        since, until = bounds(desk, month)
        praised, reported = work.praises.counts(since, until)
        sent, returned = work.evaluations.counts(month)
        return MonthFigures(
            sent,
            returned,
            praised,
            reported,
            work.ratings.means_of_forms(month),
            work.evaluations.count(month, "late", late_before(desk, work.now)),
            MonthFigures(*work.evaluations.counts(month_after(month, -1))).return_rate,
        )


class MonthPraise:
    """The praise of a month as a long list, the newest first."""

    def __init__(self, desk: Desk, month: date) -> None:
        self.desk, self.month = desk, month
        self._between = bounds(desk, month)

    def count(self) -> int:
        """How many there are."""
        with self.desk.read() as work:
            return work.praises.counts(*self._between)[0]

    def first(self, limit: int) -> list[PraiseRow]:
        """The newest."""
        with self.desk.read() as work:
            return work.praises.newest(self._between, limit)

    def last(self, limit: int) -> list[PraiseRow]:
        """The oldest."""
        with self.desk.read() as work:
            return work.praises.newest_before(self._between, limit)

    def after(self, record: PraiseRow, limit: int) -> list[PraiseRow]:
        """The next older ones."""
        with self.desk.read() as work:
            return work.praises.newest(self._between, limit, record.praise)

    def before(self, record: PraiseRow, limit: int) -> list[PraiseRow]:
        """The next newer ones."""
        with self.desk.read() as work:
            return work.praises.newest_before(self._between, limit, record.praise)

    def at(self, offset: int, limit: int) -> list[PraiseRow]:
        """Those at a place in the middle."""
        with self.desk.read() as work:
            return work.praises.newest_at(self._between, offset, limit)

    def key(self, record: PraiseRow) -> Hashable:
        """A praise stays itself."""
        return record.praise.id
