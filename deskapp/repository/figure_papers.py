"""Papers due in a period, issued or not: few, so they are counted and listed from the same rows in hand (row R2)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from typing import TYPE_CHECKING

from pendulum import DateTime
from sqlalchemy import select

from deskapp.domain.measure import Case, Owed, Selection, Terms, Value
from deskapp.domain.period import start_of
from deskapp.repository import tables

if TYPE_CHECKING:
    from deskapp.repository.work import Work

_P = tables.issued_papers.c
Due = tuple[int | None, Case]
"""Who issued it, and the paper as a case; counted where it was in time."""


def papers_due(work: Work, terms: Terms) -> list[Due]:
    """The first issues of papers due in the period, and those overdue that nobody has issued, by the day due."""
    columns = (_P.id, _P.number, _P.kind, _P.title, _P.first_on, _P.due_on, _P.issued_at, _P.issued_by)
    query = select(*columns).where(
        _P.due_on >= terms.period.first, _P.due_on <= terms.period.last, _P.revision == 1
    )
    rows = work.connection.execute(query).all()
    issued = {(row.kind, row.first_on) for row in rows}
    found = [
        (
            row.issued_by,
            Case(
                "paper",
                row.id,
                (row.due_on, row.id),
                at=row.due_on,
                number=row.number,
                words=row.title,
                state=row.kind,
                counted=_in_time(row.issued_at, row.due_on, terms.timezone),
                first_on=row.first_on,
            ),
        )
        for row in rows
    ]
    missing = [
        one for one in terms.owed if (one.kind, one.first_on) not in issued and one.due_on < terms.today
    ]
    found += [(None, _never_issued(one, -place)) for place, one in enumerate(missing, 1)]
    return sorted(found, key=lambda due: due[1].place)


def _never_issued(owed: Owed, place: int) -> Case:
    """A paper overdue; it has no record yet, so a number below nought tells it from the others."""
    where = (owed.due_on, place)
    return Case("paper", place, where, at=owed.due_on, state=owed.kind, counted=False, first_on=owed.first_on)


def _in_time(issued_at: DateTime, due_on: date, timezone: str) -> bool:
    return issued_at < start_of(due_on + timedelta(1), timezone)


def values_of(due: Sequence[Due], by: str) -> dict[int | None, Value]:
    """The figure by who issued them, or of all of them under None."""
    keys = dict.fromkeys(who for who, _ in due) if by else {None: None}
    return {
        key: Value(
            sum(case.counted for who, case in due if not by or who == key),
            sum(1 for who, _ in due if not by or who == key),
        )
        for key in keys
    }


def cases_of(due: Sequence[Due], chosen: Selection) -> list[Case]:
    """The papers behind a figure, in order."""
    part, which = chosen.part, chosen.which
    return [
        case
        for who, case in due
        if (not part.by or who == part.value) and (which == "all" or case.counted is (which == "top"))
    ]
