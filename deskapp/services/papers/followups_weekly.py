"""The weekly account of follow-up calls: due, made, late, missed; by kind, by whom, and who was displeased (F6, R1)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from deskapp.domain import coverage
from deskapp.domain.document import Chart, Document, Facts, Table
from deskapp.i18n import say
from deskapp.services.papers.registry import kind_of
from deskapp.services.papers.words import paper
from deskapp.services.planning import today_of

if TYPE_CHECKING:
    from deskapp.desk import Desk
    from deskapp.domain.period import Period
    from deskapp.repository.work import Work

_FIGURES = ("due", "done", "late", "missed", "overdue")


def build(desk: Desk, work: Work, period: Period) -> Document:
    """Make the week's account of follow-up calls."""
    days = coverage.Period(period.first, period.last)
    today = today_of(desk, work.now)
    by_purpose = work.coverage.lines(days, today, "purpose")
    by_operator = work.coverage.lines(days, today, "operator")
    total = sum((line.counts for line in by_purpose), coverage.Counts())
    names = [say(f"followup.purpose.{line.part.value}") for line in by_purpose]
    people = [line.name or say("coverage.nobody") for line in by_operator]
    return paper(
        desk,
        kind_of("followups_weekly"),
        period,
        Facts(
            (
                *((say(f"coverage.figure.{name}"), str(getattr(total, name))) for name in _FIGURES),
                (say("coverage.rate"), _percent(total.rate)),
            ),
            across=3,
        ),
        _table("coverage.by.purpose", names, [line.counts for line in by_purpose], total),
        Chart(
            "bars",
            tuple(names),
            tuple(float(line.counts.due) for line in by_purpose),
            caption=say("paper.followups_weekly.chart"),
        ),
        _table("coverage.by.operator", people, [line.counts for line in by_operator], total),
    )


def _table(code: str, names: list[str], counts: list[coverage.Counts], total: coverage.Counts) -> Table:
    """One line a group, and what they come to."""

    def cells(name: str, one: coverage.Counts) -> tuple[str | int | float | None, ...]:
        return (name, *(getattr(one, figure) for figure in _FIGURES), one.rate)

    return Table(
        (say(code), *(say(f"coverage.figure.{figure}") for figure in _FIGURES), say("coverage.rate")),
        tuple(cells(name, one) for name, one in zip(names, counts, strict=True)),
        caption=say("paper.by", what=say(code)),
        total=cells(say("coverage.total"), total),
        formats=("", *("count" for _ in _FIGURES), "percent"),
        note=say("coverage.formula.rate"),
    )


def _percent(rate: float | None) -> str:
    return "-" if rate is None else f"{rate:.1%}"
