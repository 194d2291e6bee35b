"""The cases behind a figure, page by page: found by the very conditions the figure is counted by (row R2)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from sqlalchemy import Select, and_, case, func, literal, null, select

from deskapp.domain.address import full_address
from deskapp.domain.measure import Case, Selection
from deskapp.repository import paging, tables
from deskapp.repository.figure_papers import cases_of, papers_due
from deskapp.repository.figure_sets import ENDED_AT, SECOND_US, SOURCES, either_way, in_sets
from deskapp.repository.figure_slices import slice_of

if TYPE_CHECKING:
    from deskapp.repository.work import Work

_T, _C, _F = tables.tickets, tables.calls, tables.followups
_I, _S = tables.inspections, tables.sites
_CLIENTS, _PLACES = tables.clients.alias("whose"), tables.sites.alias("place")
_NOTHING = literal("")
_V, _R = tables.evaluations, tables.ratings
_BACK = case((_V.c.returned_on.is_not(None), "returned"), else_="out")
_FORM = (_NOTHING, _V.c.words, _BACK, _V.c.client_id, _V.c.site_id, null(), _V.c.id)


class FigureCases:
    """Questions over the records behind one figure."""

    def __init__(self, work: Work) -> None:
        self.work = work

    def count(self, chosen: Selection) -> int:
        """How many cases there are: as many as the figure says."""
        if chosen.measure.family == "papers":
            return len(self._papers(chosen))
        source, sliced = SOURCES[chosen.measure.family], slice_of(chosen.measure.family, chosen.part.by)
        query = select(func.count()).select_from(sliced.joined(source.table)).where(_where(chosen))
        return int(self.work.connection.execute(query).scalar_one())

    def after(self, chosen: Selection, limit: int, after: Case | None = None) -> list[Case]:
        """The cases in the order of the period, from the first or after one."""
        if chosen.measure.family == "papers":
            papers = [one for one in self._papers(chosen) if after is None or one.place > after.place]
            return papers[:limit]
        return self._read(chosen, paging.after(_rows(chosen), _order(chosen), _place(after), limit))

    def before(self, chosen: Selection, limit: int, before: Case | None = None) -> list[Case]:
        """The cases before one, or the last of them, in the order of the period."""
        if chosen.measure.family == "papers":
            papers = [one for one in self._papers(chosen) if before is None or one.place < before.place]
            return papers[-limit:]
        return self._read(chosen, paging.before(_rows(chosen), _order(chosen), _place(before), limit))[::-1]

    def at(self, chosen: Selection, offset: int, limit: int) -> list[Case]:
        """The cases from a place on."""
        if chosen.measure.family == "papers":
            return self._papers(chosen)[offset : offset + limit]
        return self._read(chosen, paging.at(_rows(chosen), _order(chosen), offset, limit))

    def _papers(self, chosen: Selection) -> list[Case]:
        return cases_of(papers_due(self.work, chosen.terms), chosen)

    def _read(self, chosen: Selection, query: Select[Any]) -> list[Case]:
        noun, width = chosen.measure.noun, len(_order(chosen))
        return [_case(noun, tuple(row[:width]), row[width:]) for row in self.work.connection.execute(query)]


def _order(chosen: Selection) -> tuple[Any, ...]:
    return SOURCES[chosen.measure.family].order


def _place(row: Case | None) -> Sequence[Any] | None:
    return None if row is None else row.place


def _where(chosen: Selection) -> Any:
    """What all cases of a list have in common: the period, the group, the sets the figure counts."""
    source, terms, formula = SOURCES[chosen.measure.family], chosen.terms, chosen.formula
    conditions = [source.within(terms), slice_of(chosen.measure.family, chosen.part.by).where(chosen.part)]
    bottom, top = (in_sets(source, names, terms) for names in _names(formula.bottom, formula.top))
    conditions.append(bottom)
    if chosen.which == "top":
        conditions.append(top)
    elif chosen.which == "rest":
        conditions.append(either_way(top))
    return and_(*conditions)


def _names(bottom: str, top: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
    return ((bottom,) if bottom else ()), (top,)


def _rows(chosen: Selection) -> Select[Any]:
    measure, terms = chosen.measure, chosen.terms
    source = SOURCES[measure.family]
    table = slice_of(measure.family, chosen.part.by).joined(source.table)
    client, site, columns = _SHOWN[measure.family]
    if client is not None:
        table = table.outerjoin(_CLIENTS, _CLIENTS.c.id == client)
    if site is not None:
        table = table.outerjoin(_PLACES, _PLACES.c.id == site)
    counted = case((in_sets(source, (chosen.formula.top,), terms), 1), else_=0)
    amount = source.amounts[measure.amount] if measure.amount else null()
    names = (
        _CLIENTS.c.name if client is not None else _NOTHING,
        _PLACES.c.estate if site is not None else _NOTHING,
        _PLACES.c.address if site is not None else _NOTHING,
    )
    cells = (*source.order, source.table.c.id, counted, amount, *names, *columns)
    unique = [cell.label(f"cell{place}") for place, cell in enumerate(cells)]
    return select(*unique).select_from(table).where(_where(chosen))


_SHOWN: dict[str, tuple[Any, Any, tuple[Any, ...]]] = {
    **dict.fromkeys(
        ("received", "closed"),
        (
            _T.c.client_id,
            _T.c.site_id,
            (_T.c.received_at, _T.c.number, _T.c.subject, _T.c.state, _T.c.client_id, _T.c.site_id, _T.c.id),
        ),
    ),
    "ended": (
        _T.c.client_id,
        _T.c.site_id,
        (ENDED_AT, _T.c.number, _T.c.subject, _T.c.state, _T.c.client_id, _T.c.site_id, _T.c.id),
    ),
    "calls": (
        _C.c.client_id,
        _C.c.site_id,
        (_C.c.ended_at, _C.c.number, _C.c.notes, _C.c.state, _C.c.client_id, _C.c.site_id, _C.c.ticket_id),
    ),
    "followups": (
        _F.c.client_id,
        _F.c.site_id,
        (_F.c.due_on, _NOTHING, _F.c.purpose, _F.c.state, _F.c.client_id, _F.c.site_id, _F.c.ticket_id),
    ),
    "sites": (
        _S.c.client_id,
        _S.c.id,
        (_S.c.start_date, _NOTHING, _NOTHING, _S.c.stage, _S.c.client_id, _S.c.id, null()),
    ),
    "inspections": (
        None,
        _I.c.site_id,
        (_I.c.done_on, _I.c.number, _I.c.findings, _I.c.verdict, null(), _I.c.site_id, _I.c.ticket_id),
    ),
    "forms": (_V.c.client_id, _V.c.site_id, (_V.c.sent_on, *_FORM)),
    "returns": (_V.c.client_id, _V.c.site_id, (_V.c.returned_on, *_FORM)),
    "scores": (
        _R.c.client_id,
        _R.c.site_id,
        (_R.c.at, _NOTHING, _R.c.trade, _NOTHING, _R.c.client_id, _R.c.site_id, null(), _R.c.source_id),
    ),
}
"""By family: whose client and site stand beside it; when, number, words, state, client, site, ticket, and the form."""


def _case(noun: str, place: tuple[Any, ...], cells: Sequence[Any]) -> Case:
    record_id, counted, amount, client, estate, address = cells[:6]
    at, number, words, state, client_id, site_id, ticket_id, *form = cells[6:]
    return Case(
        noun,
        record_id,
        place,
        at=at,
        number=number,
        client_id=client_id,
        client=client or "",
        address=full_address(estate or "", address or ""),
        words=words or "",
        state=state,
        counted=bool(counted),
        seconds=None if amount is None else int(amount) / SECOND_US,
        ticket_id=ticket_id,
        site_id=site_id,
        form_id=form[0] if form else None,
    )
