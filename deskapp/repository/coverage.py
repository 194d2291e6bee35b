"""Follow-up coverage counted, and the calls behind every figure: both by the same conditions (row F6)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

from sqlalchemy import Select, and_, case, func, not_, or_, select

from deskapp.domain.address import full_address
from deskapp.domain.coverage import FIGURES, Counts, CoveredCall, Line, Part, Period, Selection, monday_of
from deskapp.domain.followup import PURPOSES, Followup
from deskapp.repository import paging, tables
from deskapp.repository.followups import Followups

if TYPE_CHECKING:
    from deskapp.repository.work import Work

_C = tables.followups.c
_KEYS = (_C.due_on, _C.id)
_MADE_BY = case((_C.state == "done", _C.done_by), else_=None)
_WAITS = tables.WAITING_FOLLOWUP


class Coverage:
    """Questions over the follow-ups due in a period; those called off never count."""

    def __init__(self, work: Work) -> None:
        self.work = work

    def lines(self, period: Period, today: date, grouping: str) -> list[Line]:
        """The figures by purpose, by who made the call, or by week: groups without a call are left out."""
        by = {"purpose": _C.purpose, "operator": _MADE_BY, "week": _C.due_on}[grouping]
        counts = [func.sum(case((counted(name, today), 1), else_=0)) for name in FIGURES]
        query = select(by, *counts).where(*_within(period)).group_by(by)
        found: dict[Any, Counts] = {}
        for value, *figures in self.work.connection.execute(query):
            place = monday_of(value) if grouping == "week" else value
            found[place] = found.get(place, Counts()) + Counts(*(int(one or 0) for one in figures))
        names = self._names(found) if grouping == "operator" else {}
        return [
            Line(Part(grouping, value), found[value], names.get(value, ""))
            for value in sorted(found, key=_in_order)
            if any(getattr(found[value], name) for name in FIGURES)
        ]

    def _names(self, ids: Any) -> dict[Any, str]:
        operators = self.work.operators.get_many(one for one in ids if one is not None)
        return {one.id: one.name for one in operators.values()}

    def count(self, chosen: Selection) -> int:
        """How many calls are behind a figure."""
        query = select(func.count()).select_from(tables.followups).where(*_chosen(chosen))
        return int(self.work.connection.execute(query).scalar_one())

    def after(self, chosen: Selection, limit: int, after: CoveredCall | None = None) -> list[CoveredCall]:
        """The calls behind a figure by due day, from the first or after one."""
        return self._read(paging.after(_rows(chosen), _KEYS, _place(after), limit))

    def before(self, chosen: Selection, limit: int, before: CoveredCall | None = None) -> list[CoveredCall]:
        """The calls behind a figure before one, or the last of them, by due day."""
        return self._read(paging.before(_rows(chosen), _KEYS, _place(before), limit))[::-1]

    def at(self, chosen: Selection, offset: int, limit: int) -> list[CoveredCall]:
        """The calls behind a figure from a place on."""
        return self._read(paging.at(_rows(chosen), _KEYS, offset, limit))

    def _read(self, query: Select[Any]) -> list[CoveredCall]:
        width = len(Followups._columns)
        return [
            CoveredCall(
                Followup(*row[:width]),
                row[width] or "",
                full_address(row[width + 1] or "", row[width + 2] or ""),
                row[width + 3] or "",
            )
            for row in self.work.connection.execute(query)
        ]


def _in_order(value: Any) -> tuple[bool, Any]:
    """Kinds of call as the manual has them, weeks and operators as they come, nobody last."""
    return value is None, PURPOSES.index(value) if value in PURPOSES else value


def _rows(chosen: Selection) -> Select[Any]:
    clients, sites, operators = tables.clients, tables.sites, tables.operators
    joined = (
        tables.followups.outerjoin(clients, clients.c.id == _C.client_id)
        .outerjoin(sites, sites.c.id == _C.site_id)
        .outerjoin(operators, operators.c.id == _MADE_BY)
    )
    names = (clients.c.name, sites.c.estate, sites.c.address, operators.c.name)
    return select(*Followups._columns, *names).select_from(joined).where(*_chosen(chosen))


def _place(row: CoveredCall | None) -> Sequence[Any] | None:
    return None if row is None else (row.followup.due_on, row.followup.id)


def _within(period: Period) -> tuple[Any, ...]:
    return (_C.due_on >= period.first, _C.due_on <= period.last, _C.state != "dropped")


def _chosen(chosen: Selection) -> tuple[Any, ...]:
    """What all calls behind a figure have in common."""
    return (*_within(chosen.period), _of(chosen.part), counted(chosen.figure, chosen.today))


def _of(part: Part) -> Any:
    value = part.value
    if part.grouping == "purpose":
        return _C.purpose == value
    if part.grouping == "operator":
        return _MADE_BY.is_(None) if value is None else value == _MADE_BY
    if part.grouping == "week" and isinstance(value, date):
        return and_(_C.due_on >= value, _C.due_on <= value + timedelta(days=6))
    return _C.state != "dropped"


def counted(name: str, today: date) -> Any:
    """What makes a call count in a figure: the only place that says so."""
    done, missed = _C.state == "done", _C.state == "missed"
    overdue = and_(_WAITS, _C.due_on < today)
    if name == "due":
        return or_(done, missed, overdue)
    in_time = _C.done_on <= _C.due_on
    return {
        "done": and_(done, in_time),
        "late": and_(done, not_(in_time)),
        "missed": missed,
        "overdue": overdue,
        "today": and_(_WAITS, _C.due_on == today),
    }[name]
