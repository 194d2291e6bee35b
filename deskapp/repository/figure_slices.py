"""By what figures are sliced: who took it in, whose department, which trade, site or category (row R2)."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sqlalchemy import and_, func, true

from deskapp.domain.address import full_address
from deskapp.domain.measure import Part
from deskapp.repository import tables

if TYPE_CHECKING:
    from deskapp.repository.work import Work

Key = int | str | None
_T, _C = tables.tickets.c, tables.calls.c
_STAFF, _CATEGORIES = tables.staff.alias("answering"), tables.categories.alias("complained_of")
_TAKERS, _TAKER = tables.operators.alias("takers"), tables.staff.alias("taker")


@dataclass(frozen=True, slots=True)
class Slice:
    """The columns a family is grouped by, the tables beside it they need, and which group a row is in."""

    columns: tuple[Any, ...] = ()
    joined: Callable[[Any], Any] = lambda table: table

    def where(self, part: Part) -> Any:
        """What all records of a group have in common."""
        if not self.columns:
            return true()
        if len(self.columns) == 1:
            return _is(self.columns[0], part.value)
        by_id, by_words = self.columns
        if isinstance(part.value, int):
            return by_id == part.value
        return and_(by_id.is_(None), by_words == (part.value or ""))

    def key(self, cells: Iterable[Any]) -> Key:
        """The group a row of such cells is in."""
        return next((cell for cell in cells if cell not in (None, "")), None)


def _is(column: Any, value: Key) -> Any:
    return column.is_(None) if value is None else column == value


def _with_trades(table: Any) -> Any:
    joined = table.outerjoin(_STAFF, _STAFF.c.id == _T.responsible_id)
    return joined.outerjoin(_CATEGORIES, _CATEGORIES.c.id == _T.category_id)


def _with_takers(table: Any) -> Any:
    joined = table.outerjoin(_TAKERS, _TAKERS.c.id == _C.taken_by)
    return joined.outerjoin(_TAKER, _TAKER.c.id == _TAKERS.c.staff_id)


_TRADE = func.coalesce(func.nullif(_STAFF.c.trade, ""), func.nullif(_CATEGORIES.c.trade, ""))
_TICKETS = {
    "operator": Slice((_T.filed_by,)),
    "department": Slice((_T.department_id,)),
    "trade": Slice((_TRADE,), _with_trades),
    "site": Slice((_T.site_id,)),
    "category": Slice((_T.category_id, _T.category)),
}
SLICED: dict[str, dict[str, Slice]] = {
    "received": _TICKETS,
    "ended": _TICKETS | {"operator": Slice((_T.resolved_by,))},
    "closed": _TICKETS,
    "calls": {
        "operator": Slice((_C.taken_by,)),
        "department": Slice((_TAKER.c.department_id,), _with_takers),
        "site": Slice((_C.site_id,)),
    },
    "followups": {
        "operator": Slice((tables.followups.c.done_by,)),
        "site": Slice((tables.followups.c.site_id,)),
    },
    "sites": {"site": Slice((tables.sites.c.id,))},
    "forms": {"site": Slice((tables.evaluations.c.site_id,))},
    "returns": {"site": Slice((tables.evaluations.c.site_id,))},
    "scores": {
        "trade": Slice((func.nullif(tables.ratings.c.trade, ""),)),
        "site": Slice((tables.ratings.c.site_id,)),
    },
    "inspections": {"site": Slice((tables.inspections.c.site_id,))},
}


def slice_of(family: str, by: str) -> Slice:
    """How a family is sliced; the whole where `by` is ""."""
    return SLICED[family][by] if by else Slice()


def names_of(work: Work, by: str, keys: Iterable[Key]) -> dict[Key, str]:
    """What the groups of a slice are called, where data names them."""
    ids = [key for key in keys if isinstance(key, int)]
    if by == "operator":
        return {one.id: one.name for one in work.operators.get_many(ids).values()}
    if by == "department":
        return {one.id: one.name for one in work.departments.get_many(ids).values()}
    if by == "category":
        return {one.id: one.name for one in work.categories.get_many(ids).values()}
    if by == "site":
        return {one.id: full_address(one.estate, one.address) for one in work.sites.get_many(ids).values()}
    return {}
