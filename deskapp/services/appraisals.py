"""The monthly appraisal: live while the month is open, closed once by a manager, the same for ever after (row A2)."""

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import replace
from datetime import date
from functools import cached_property
from typing import TYPE_CHECKING, Any

from deskapp.desk import Desk
from deskapp.domain import appraisal as rules
from deskapp.domain.appraisal import (
    Appraisal,
    AppraisalBoard,
    AppraisalCase,
    AppraisalMonth,
    AppraisalRow,
    CaseSelection,
    Figure,
)
from deskapp.domain.errors import RuleBroken
from deskapp.domain.period import period_of
from deskapp.domain.praise import month_after
from deskapp.services.figures import terms_of
from deskapp.services.planning import today_of

if TYPE_CHECKING:
    from pendulum import DateTime

    from deskapp.domain.measure import Terms
    from deskapp.repository.work import Work


def month_of(desk: Desk, month: date) -> list[AppraisalRow]:
    """Everybody's month, by trade and place: live while it is open, as it was closed afterwards."""
    found = board(desk, month)
    return [row for trade in rules.TRADES for row in found.of_trade(trade)]


def board(desk: Desk, month: date) -> AppraisalBoard:
    """A month's appraisal with its weights, and who closed it."""
    with desk.read() as work:
        return board_in(work, desk, month)


def board_in(work: Work, desk: Desk, month: date) -> AppraisalBoard:
    """A month's appraisal inside a transaction that reads more than that."""
    rules.check_month(month)
    kept = work.appraisal_months.of(month)
    if kept is not None and kept.closed_at is not None:
        return _closed(work, kept)
    figures = work.appraisals.figures(_terms(desk, month, work.now))
    rows = _rows(work, month, figures, desk.policy.appraisal_weights)
    over = today_of(desk, work.now) >= month_after(month)
    return AppraisalBoard(month, desk.policy.appraisal_weights, rows, over=over, at=work.now)


def _terms(desk: Desk, month: date, now: DateTime) -> Terms:
    return terms_of(desk, period_of("month", month), now)


def _rows(
    work: Work, month: date, figures: dict[int, dict[str, Figure]], weights: Any
) -> tuple[AppraisalRow, ...]:
    period = period_of("month", month)
    people = work.appraisals.people(period.first, period.last, figures)
    found = (replace(one, figures=figures.get(one.staff_id, {})) for one in people)
    return rules.placed(rules.scored(one, weights) for one in found)


def _closed(work: Work, kept: AppraisalMonth) -> AppraisalBoard:
    """The month as it was closed; only names are read anew."""
    weights, stored = rules.kept_weights(kept.weights), work.appraisals.of_month(kept.month)
    people = work.staff.get_many(one.staff_id for one in stored)
    departments = work.departments.get_many(
        one.department_id for one in people.values() if one.department_id is not None
    )
    rows = []
    for one in stored:
        figures = rules.kept_figures(one.figures)
        person = people.get(one.staff_id)
        department = departments.get(person.department_id or 0) if person else None
        points = {item: rules.points(item, figures.get(item, rules.NONE), weights) for item in rules.ITEMS}
        rows.append(
            AppraisalRow(
                one.staff_id,
                person.name if person else "",
                one.trade,
                department.name if department else "",
                figures,
                points,
                one.score if one.place is not None else None,
                one.place,
            )
        )
    closer = work.operators.get(kept.closed_by)
    return AppraisalBoard(
        kept.month,
        weights,
        tuple(rows),
        closed_at=kept.closed_at,
        closed_by=closer.name if closer else "",
        at=kept.closed_at,
    )


def close(desk: Desk, month: date) -> AppraisalBoard:
    """Close a month that has ended: figures, weights, scores and places are kept and never change again.

    Of two managers at once one closes it; the other is told by whom it was closed.
    """
    rules.check_month(month)
    with desk.write("appraisal.close") as work:
        return close_in(work, desk, month)


def close_in(work: Work, desk: Desk, month: date) -> AppraisalBoard:
    """Close a month within a transaction."""
    work.counters.at_least(f"appraisal-{month:%Y-%m}", 1)  # whoever comes second waits here
    rules.check_over(month, today_of(desk, work.now))
    there = work.appraisal_months.of(month)
    if there is not None and there.closed_at is not None:
        who = work.operators.get(there.closed_by)
        raise RuleBroken("appraisal.closed_already", month=f"{month:%Y-%m}", who=who.name if who else "")
    weights = dict(desk.policy.appraisal_weights)
    cases = work.appraisals.cases(_terms(desk, month, work.now))
    kept = {staff_id: rules.frozen(mine) for staff_id, mine in cases.items()}
    figures = {staff_id: rules.kept_figures(mine) for staff_id, mine in kept.items()}
    rows = _rows(work, month, figures, weights)
    if not rows:
        raise RuleBroken("appraisal.nobody", month=f"{month:%Y-%m}")
    work.appraisals.add_many(
        [
            Appraisal(
                month=month,
                staff_id=row.staff_id,
                trade=row.trade,
                score=row.score or 0,
                place=row.place,
                figures=kept.get(row.staff_id, rules.frozen({})),
            )
            for row in rows
        ]
    )
    work.appraisal_months.add(
        AppraisalMonth(
            month=month,
            weights=weights,
            closed_at=work.now,
            closed_by=work.operator.id if work.operator else None,
        )
    )
    return board_in(work, desk, month)


class Cases:
    """The cases behind one figure of one person as a long list; as many as the figure says."""

    def __init__(self, desk: Desk, read: AppraisalBoard, staff_id: int, item: str) -> None:
        self.desk, self.read, self.staff_id, self.item = desk, read, staff_id, item

    @cached_property
    def chosen(self) -> CaseSelection:
        """Which they are: of an open month by the figure's own conditions, of a closed one by what was kept."""
        if self.read.closed_at is None:
            return CaseSelection(self.item, self.staff_id)
        with self.desk.read() as work:
            kept = work.appraisals.of_person(self.read.month, self.staff_id)
        return CaseSelection(
            self.item, self.staff_id, rules.kept_ids(kept.figures if kept else None, self.item)
        )

    @cached_property
    def terms(self) -> Terms:
        """The month, as it was read."""
        return _terms(self.desk, self.read.month, self.read.at or self.desk.now())

    def count(self) -> int:
        """How many there are."""
        chosen, terms = self.chosen, self.terms
        with self.desk.read() as work:
            return work.appraisals.count(chosen, terms)

    def _page(self, limit: int, **place: Any) -> list[AppraisalCase]:
        chosen, terms = self.chosen, self.terms
        with self.desk.read() as work:
            return work.appraisals.page(chosen, terms, limit, **place)

    def first(self, limit: int) -> list[AppraisalCase]:
        """The first of the month."""
        return self._page(limit)

    def last(self, limit: int) -> list[AppraisalCase]:
        """The last of the month."""
        return self._page(limit, last=True)

    def after(self, record: AppraisalCase, limit: int) -> list[AppraisalCase]:
        """Those after one."""
        return self._page(limit, after=record)

    def before(self, record: AppraisalCase, limit: int) -> list[AppraisalCase]:
        """Those before one."""
        return self._page(limit, before=record)

    def at(self, offset: int, limit: int) -> list[AppraisalCase]:
        """Those from a place on."""
        return self._page(limit, offset=offset)

    def key(self, record: AppraisalCase) -> Hashable:
        """A case stays itself."""
        return record.noun, record.id
