"""Figures a manager asks for, over days of the company's calendar, and the cases behind each (row R2)."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Mapping
from dataclasses import replace
from datetime import date
from functools import cached_property
from typing import TYPE_CHECKING

from pendulum import DateTime

from deskapp.desk import Desk
from deskapp.domain.errors import RuleBroken
from deskapp.domain.kpi import ResponseFigures
from deskapp.domain.measure import (
    MOST_PARTS,
    SLICES,
    Board,
    Case,
    Formula,
    Line,
    Measure,
    Owed,
    Part,
    Selection,
    Terms,
    Value,
    measures_of,
)
from deskapp.domain.period import Period, days_between

if TYPE_CHECKING:
    from deskapp.repository.work import Work

Formulas = Mapping[str, str]


def figures_of(
    desk: Desk, period: Period, by: str = "", codes: Iterable[str] = (), formulas: Formulas | None = None
) -> Board:
    """Measure the department over a period and the one before it, whole or by a slice (row R2).

    `by` is "" for the whole, else one of SLICES: measures that cannot be sliced so are left out. `codes` names some
    measures of `domain.measure.MEASURES` (all where none is named); `formulas` chooses among rival formulas by the
    measure's code, `{"service_level": "answered"}`, else the policy does. The answer is a Board: `board.line(code)`
    is a figure over the whole with `.value`, `.earlier`, `.change`, `.better` and the counts `.now.top` and
    `.now.bottom`; `board.of(code)` are its lines by part, each with `.part` and `.name`.
    """
    with desk.report() as work:
        return figures_in(work, desk, period, by, codes, formulas)


def figures_in(
    work: Work,
    desk: Desk,
    period: Period,
    by: str = "",
    codes: Iterable[str] = (),
    formulas: Formulas | None = None,
) -> Board:
    """Measure inside a transaction that reads more than that; as `figures_of`."""
    if by and by not in SLICES:
        raise RuleBroken("figures.slice_unknown", value=by[:40])
    wanted = [(one, formula_of(desk, one, formulas)) for one in measures_of(codes)]
    before = period.before()
    at = work.now
    now, earlier = (
        work.figures.values(_terms_in(work, desk, one, wanted, at), wanted, by) for one in (period, before)
    )
    board = Board(period, before, at, by)
    if not by:
        lines = [Line(one, formula, now[one.code, None], earlier[one.code, None]) for one, formula in wanted]
        return replace(board, lines=tuple(lines))
    return _sliced(work, board, wanted, now, earlier)


def _sliced(
    work: Work,
    board: Board,
    wanted: Iterable[tuple[Measure, Formula]],
    now: Mapping[tuple[str, int | str | None], Value],
    earlier: Mapping[tuple[str, int | str | None], Value],
) -> Board:
    names = work.figures.names(board.by, {key for _, key in (*now, *earlier)})
    lines: list[Line] = []
    cut = 0
    for measure, formula in wanted:
        keys = dict.fromkeys(key for code, key in (*now, *earlier) if code == measure.code)
        mine = [
            Line(
                measure,
                formula,
                now.get((measure.code, key), Value()),
                earlier.get((measure.code, key), Value()),
                Part(board.by, key),
                names.get(key, "") if isinstance(key, int) else key or "",
            )
            for key in keys
        ]
        mine.sort(
            key=lambda line: (line.part.value is None, -line.now.bottom, -line.before.bottom, line.name)
        )
        lines += mine[:MOST_PARTS]
        cut += max(0, len(mine) - MOST_PARTS)
    return replace(board, lines=tuple(lines), cut=cut)


def formula_of(desk: Desk, measure: Measure, formulas: Formulas | None = None) -> Formula:
    """The formula a measure is reckoned by: the one chosen, else the policy's, else its first."""
    chosen = (formulas or {}).get(measure.code, "")
    if not chosen and measure.code == "service_level":
        chosen = desk.policy.service_level
    return measure.formula(chosen)


def terms_of(desk: Desk, period: Period, now: DateTime, owed: tuple[Owed, ...] = ()) -> Terms:
    """What figures of a period depend on besides the records."""
    policy = desk.policy
    since, until = period.bounds(policy.timezone)
    return Terms(
        period,
        since,
        until,
        now,
        desk.local(now).date(),
        policy.timezone,
        answer_s=policy.answer_target_seconds,
        repeat_days=policy.repeat_days,
        reopened_days=policy.reopened_days,
        contact_days=policy.contact_days,
        owed=owed,
    )


def _terms_in(
    work: Work, desk: Desk, period: Period, wanted: Iterable[tuple[Measure, Formula]], now: DateTime
) -> Terms:
    papers = any(measure.family == "papers" for measure, _ in wanted)
    return terms_of(desk, period, now, _owed(work, desk, period) if papers else ())


def _owed(work: Work, desk: Desk, period: Period) -> tuple[Owed, ...]:
    """The papers due in a period, since the first account was opened: before that nobody owed any."""
    from deskapp.services.papers.dues import owed_in

    return tuple(
        Owed(one.kind.code, one.period.first, one.due_on)
        for one in owed_in(work, desk, period.first, period.last)
    )


class Cases:
    """The cases behind a figure as a long list, read by pages; as many as the figure says."""

    def __init__(
        self, desk: Desk, line: Line, period: Period, which: str = "top", at: DateTime | None = None
    ) -> None:
        self.desk, self.line, self.period, self.which, self.at_ = desk, line, period, which, at
        """`at_` is the instant the figure was read at: what falls due after it is not among the cases."""

    @cached_property
    def chosen(self) -> Selection:
        """What the cases have in common; read in the thread that asks first."""
        line, wanted = self.line, [(self.line.measure, self.line.formula)]
        with self.desk.report() as work:
            terms = _terms_in(work, self.desk, self.period, wanted, self.at_ or self.desk.now())
        return Selection(line.measure, line.formula, terms, line.part, self.which)

    def count(self) -> int:
        """How many there are."""
        with self.desk.report() as work:
            return work.figure_cases.count(self.chosen)

    def first(self, limit: int) -> list[Case]:
        """The first of the period."""
        with self.desk.report() as work:
            return work.figure_cases.after(self.chosen, limit)

    def last(self, limit: int) -> list[Case]:
        """The last of the period."""
        with self.desk.report() as work:
            return work.figure_cases.before(self.chosen, limit)

    def after(self, record: Case, limit: int) -> list[Case]:
        """Those after one."""
        with self.desk.report() as work:
            return work.figure_cases.after(self.chosen, limit, record)

    def before(self, record: Case, limit: int) -> list[Case]:
        """Those before one."""
        with self.desk.report() as work:
            return work.figure_cases.before(self.chosen, limit, record)

    def at(self, offset: int, limit: int) -> list[Case]:
        """Those from a place on."""
        with self.desk.report() as work:
            return work.figure_cases.at(self.chosen, offset, limit)

    def key(self, record: Case) -> Hashable:
        """A case stays the same one."""
        return record.noun, record.id


def first_response(desk: Desk, first: date, last: date) -> tuple[Period, ResponseFigures]:
    """Measure first response over the complaints received from one day to another, both included."""
    period = days_between(first, last)
    with desk.report() as work:
        return period, work.figures.first_response(*period.bounds(desk.policy.timezone))
