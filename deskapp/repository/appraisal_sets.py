"""Which records an appraisal counts for whom: said once, in SQL, for figures and the lists behind them (row A2)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import String, and_, case, func, literal, or_, true

from deskapp.domain.appraisal import ROLES, CaseSelection
from deskapp.domain.measure import Terms
from deskapp.repository import tables
from deskapp.repository.figure_sets import ENDED_AT, SOURCES

LONGEST_DUE_DAYS = 400
"""What falls due in a month was received no longer before than any deadline of the policy reaches."""


@dataclass(frozen=True, slots=True)
class Family:
    """Records one statement counts: whose they are, what puts one in the month, which item counts it, its amount."""

    noun: str
    table: Any
    base: Any
    """The records without whose they are: those of a closed month are found by their ids."""
    joined: Any
    person: Any
    order: tuple[Any, ...]
    amount: Any
    items: Mapping[str, Any]
    shown: tuple[Any, ...]
    """When, number, words, state, source, source's id, client's id, site's id, ticket's id."""
    kind: str = ""

    def within(self, terms: Terms) -> Any:
        """What puts a record into a month."""
        return _WITHIN[self.kind](terms)

    def source(self, chosen: CaseSelection) -> Any:
        """Where the cases are read from."""
        return self.joined if chosen.ids is None else self.base

    def where(self, chosen: CaseSelection, terms: Terms) -> Any:
        """What a figure's cases have in common: the very conditions the figure is counted by, or what was kept."""
        if chosen.ids is not None:
            return self.table.c.id.in_(chosen.ids)
        return and_(self.within(terms), self.person == chosen.staff_id, self.items[chosen.item])


_T, _R, _G, _P = tables.tickets.c, tables.responsibilities.c, tables.ratings.c, tables.praises.c
_E, _N, _S, _M = tables.sanction_entries.c, tables.sanctions.c, tables.sites.c, tables.staff.c
_NOTHING, _ZERO = literal("", String), literal(0)
_NOBODY = literal(None, tables.tickets.c.id.type)
_KEPT = _T.state.not_in(("withdrawn", "merged"))


def _complained(terms: Terms) -> Any:
    return and_(_T.kind == "complaint", _KEPT, _T.received_at >= terms.since, _T.received_at < terms.until)


def _fell_due(terms: Terms) -> Any:
    """Its own deadline lies in the month, and has gone by or was met."""
    return and_(
        _KEPT,
        _T.received_at >= terms.since.subtract(days=LONGEST_DUE_DAYS),
        _T.due_at >= terms.since,
        _T.due_at < terms.until,
        or_(ENDED_AT.is_not(None), _T.due_at < terms.now),
    )


def _rated(terms: Terms) -> Any:
    return and_(_G.at >= terms.since, _G.at < terms.until)


def _praised(terms: Terms) -> Any:
    return and_(_P.at >= terms.since, _P.at < terms.until)


def _booked(terms: Terms) -> Any:
    return and_(_E.month == terms.period.first, _E.act.in_(("decided", "reversed")))


_WITHIN = {
    "complaints": _complained,
    "timeliness": _fell_due,
    "ratings": _rated,
    "praises": _praised,
    "sanctions": _booked,
    "sites": SOURCES["sites"].within,
}
_ANSWERS = func.coalesce(_R.staff_id, _T.responsible_id)
"""Whoever was held responsible; while nobody was, whoever has the complaint to answer."""
_TICKET = (
    *(_T.received_at, _T.number, _T.subject, _T.state),
    *(_T.kind, _NOBODY, _T.client_id, _T.site_id, _T.id),
)
_LEDGER = tables.sanction_entries.join(tables.sanctions, _E.sanction_id == _N.id)
_OWN_SITE = or_(*(and_(_M.trade == trade, _M.id == _S[role]) for trade, role in ROLES.items()))

FAMILIES = (
    Family(
        "ticket",
        tables.tickets,
        tables.tickets,
        tables.tickets.outerjoin(tables.responsibilities, _R.ticket_id == _T.id),
        _ANSWERS,
        (_T.received_at, _T.id),
        _ZERO,
        {"complaints": true(), "responsible": _R.id.is_not(None), "repeats": _T.repeat_no > 0},
        _TICKET,
        "complaints",
    ),
    Family(
        "ticket",
        tables.tickets,
        tables.tickets,
        tables.tickets,
        _T.responsible_id,
        (_T.due_at, _T.id),
        case((_T.due_at >= ENDED_AT, 1), else_=0),
        {"timeliness": true()},
        (_T.due_at, *_TICKET[1:]),
        "timeliness",
    ),
    Family(
        "rating",
        tables.ratings,
        tables.ratings,
        tables.ratings,
        _G.staff_id,
        (_G.at, _G.id),
        _G.score,
        {
            "calls": _G.source == "call",
            "evaluations": _G.source == "evaluation",
            "repairs": _G.source == "repair",
        },
        (
            *(_G.at, _NOTHING, _NOTHING, _NOTHING),
            *(_G.source, _G.source_id, _G.client_id, _G.site_id, _NOBODY),
        ),
        "ratings",
    ),
    Family(
        "praise",
        tables.praises,
        tables.praises,
        tables.praises,
        _P.staff_id,
        (_P.at, _P.id),
        _ZERO,
        {"praises": true()},
        (
            *(_P.at, _NOTHING, _P.words, _NOTHING),
            *(_P.source, _P.source_id, _P.client_id, _P.site_id, _NOBODY),
        ),
        "praises",
    ),
    Family(
        "sanction",
        tables.sanction_entries,
        _LEDGER,
        _LEDGER,
        _E.staff_id,
        (_E.at, _E.id),
        _E.amount,
        {"penalties": _N.kind == "penalty", "rewards": _N.kind == "reward"},
        (*(_E.at, _N.number, _N.reason, _E.act), *(_N.kind, _N.id, _NOBODY, _N.site_id, _N.ticket_id)),
        "sanctions",
    ),
    Family(
        "site",
        tables.sites,
        tables.sites,
        tables.sites.join(tables.staff, _OWN_SITE),
        _M.id,
        (_S.id,),
        _ZERO,
        {"sites": true()},
        (*(_S.start_date, _NOTHING, _NOTHING, _S.stage), *(_NOTHING, _S.id, _S.client_id, _S.id, _NOBODY)),
        "sites",
    ),
)
BY_ITEM: Mapping[str, Family] = {item: family for family in FAMILIES for item in family.items}
