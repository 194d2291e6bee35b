"""Which records are in which set of a measure: said once, in SQL, for figures and the lists behind them (row R2)."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import BigInteger, Text, and_, case, cast, exists, func, not_, or_, select, true, type_coerce

from deskapp.domain.measure import SATISFIED, Terms
from deskapp.domain.site import RUNNING_STAGES
from deskapp.domain.ticket import UNANSWERED_STATES
from deskapp.domain.undo import UNDO_S
from deskapp.repository import tables
from deskapp.repository.coverage import counted as followed_up
from deskapp.repository.tickets import late_at

SECOND_US = 1_000_000
DAY_US = 86_400 * SECOND_US

_T, _C, _S = tables.tickets.c, tables.calls.c, tables.sites.c
_E, _I, _F = tables.ticket_events.c, tables.inspections.c, tables.followups.c
_V, _R = tables.evaluations.c, tables.ratings.c
_KEPT = _T.state != "withdrawn"
_COUNTED = and_(_T.kind == "complaint", _T.state != "merged")
"""A complaint that was merged into another is the other's; a withdrawn one is left out set by set."""
ENDED_AT = func.coalesce(_T.resolved_at, _T.closed_at)


def micros(column: Any) -> Any:
    """An instant as the number it is stored as, to reckon with."""
    return type_coerce(column, BigInteger)


def either_way(condition: Any) -> Any:
    """A condition's opposite; what is unknown counts as not met."""
    return case((condition, 1), else_=0) == 0


@dataclass(frozen=True, slots=True)
class Source:
    """The records of a family: their table, what puts one into the period, its order, its sets and amounts in µs."""

    table: Any
    within: Callable[[Terms], Any]
    order: tuple[Any, ...]
    sets: Mapping[str, Callable[[Terms], Any]]
    amounts: Mapping[str, Any]


def in_sets(source: Source, names: Iterable[str], terms: Terms) -> Any:
    """The condition for a record to be in all of some sets of its family."""
    return and_(true(), *(source.sets[name](terms) for name in names))


def _received(terms: Terms) -> Any:
    return and_(_COUNTED, _T.received_at >= terms.since, _T.received_at < terms.until)


def _answered(_: Terms) -> Any:
    return _KEPT & _T.responded_at.is_not(None)


def _ended_unanswered(_: Terms) -> Any:
    """Closed, or whatever comes after an answer, with no answer on record: a miss."""
    return _KEPT & _T.responded_at.is_(None) & _T.state.not_in(UNANSWERED_STATES)


def _overdue(terms: Terms) -> Any:
    return tables.WAITING & late_at(terms.now)


def _fell_due(terms: Terms) -> Any:
    return or_(_answered(terms), _ended_unanswered(terms), _overdue(terms))


def _met(terms: Terms) -> Any:
    return _answered(terms) & (_T.responded_at <= _T.respond_by)


def _within_24h(terms: Terms) -> Any:
    return _answered(terms) & (_RESPONSE <= DAY_US)


def _fell_due_24h(terms: Terms) -> Any:
    waited = tables.WAITING & (_T.received_at < terms.now.subtract(hours=24))
    return or_(_answered(terms), _ended_unanswered(terms), waited)


def _resolve_due(terms: Terms) -> Any:
    return and_(_KEPT, _T.due_at.is_not(None), or_(ENDED_AT.is_not(None), _T.due_at < terms.now))


def _resolved_met(terms: Terms) -> Any:
    return _resolve_due(terms) & (_T.due_at >= ENDED_AT)


def _repeated(terms: Terms) -> Any:
    """The same client complained of the same problem before, not longer ago than the policy says (row T10)."""
    earlier = tables.tickets.alias("earlier")
    e, cl, ph = earlier.c, tables.clients.c, tables.phones.c
    same = or_(
        and_(_T.category_id.is_not(None), e.category_id == _T.category_id),
        and_(_T.category_id.is_(None), _T.category != "", e.category == _T.category),
    )
    since = micros(_T.received_at) - terms.repeat_days * DAY_US
    before = or_(e.received_at < _T.received_at, and_(e.received_at == _T.received_at, e.id < _T.id))
    found = exists().where(
        e.client_id == _T.client_id,
        e.received_at >= since,
        e.received_at <= _T.received_at,
        before,
        e.kind == "complaint",
        e.state.not_in(("withdrawn", "merged")),
        same,
        or_(e.site_id.is_(None), _T.site_id.is_(None), e.site_id == _T.site_id),
    )
    forgotten = cl.id.in_(select(tables.erasures.c.client_id))
    known = exists().where(
        cl.id == _T.client_id, or_(cl.named, forgotten, exists().where(ph.client_id == cl.id))
    )
    return _KEPT & known & found


def _ended(terms: Terms) -> Any:
    """Resolved in the period, or closed in it with nothing said of a resolution."""
    resolved = and_(_T.resolved_at >= terms.since, _T.resolved_at < terms.until)
    closed = and_(_T.resolved_at.is_(None), _T.closed_at >= terms.since, _T.closed_at < terms.until)
    return and_(or_(resolved, closed), _COUNTED, _KEPT)


def _stands(ended: Any) -> Any:
    """An end that was not undone in the moment after (row T15); a note or a grade taken back then is something else."""
    undone = tables.ticket_events.alias("undone")
    same = undone.c.ticket_id == ended.c.ticket_id, undone.c.kind == "undone", undone.c.id > ended.c.id
    facts = type_coerce(undone.c.facts, Text)
    of_an_end = or_(*(facts.like(f'%"act":"{act}"%') for act in ("resolve", "close")))
    return ~exists().where(*same, of_an_end, undone.c.at <= micros(ended.c.at) + UNDO_S * SECOND_US)


def _events(kinds: tuple[str, ...], terms: Terms) -> Any:
    query = select(_E.ticket_id).where(tables.ENDING_EVENT, _E.kind.in_(kinds), _stands(tables.ticket_events))
    return _T.id.in_(query.where(_E.at >= terms.since, _E.at < terms.until))


def _back(kind: str, terms: Terms) -> Any:
    """Reopened within the days of the policy after such an end in the period."""
    end, again = tables.ticket_events.alias("ended"), tables.ticket_events.alias("again")
    return exists().where(
        end.c.ticket_id == _T.id,
        end.c.kind == kind,
        _stands(end),
        end.c.at >= terms.since,
        end.c.at < terms.until,
        again.c.ticket_id == _T.id,
        again.c.kind == "reopened",
        again.c.at >= end.c.at,
        again.c.at <= micros(end.c.at) + terms.reopened_days * DAY_US,
    )


_RESPONSE = micros(_T.responded_at) - micros(_T.received_at)
_RESOLUTION = micros(ENDED_AT) - micros(_T.received_at)

_OFFERED = _C.kind == "inbound"
_INBOUND = _OFFERED & _C.state.in_(("done", "abandoned"))
_TAKEN = _OFFERED & (_C.state == "done")
_LEFT = _OFFERED & (_C.state == "abandoned")
_TALKED = and_(
    _C.state.in_(("done", "given_up")),
    _C.outcome.in_(("reached", "call_back", "refused")),
    _C.talk_s.is_not(None),
)
_VERIFIES = and_(
    _C.ticket_id.is_not(None),
    or_(_C.kind == "verification", and_(_C.kind == "callback", _C.purpose == "solved")),
)
_FOLLOWS_UP = and_(
    or_(_C.followup_id.is_not(None), _C.kind == "followup"), _C.kind != "verification", _C.purpose != "solved"
)
_ASKED = and_(
    or_(_VERIFIES, _FOLLOWS_UP),
    or_(
        _C.state == "given_up",
        and_(_C.state == "done", _C.outcome.in_(("reached", "refused", "wrong_number"))),
    ),
)
"""A question to the client that is over: every further try and callback is part of the same question."""
_SCORED = _ASKED & _C.score.is_not(None)
_SPOKEN = (func.coalesce(_C.talk_s, 0) + func.coalesce(_C.hold_s, 0)) * SECOND_US
_BUSY = micros(_C.ended_at) - micros(_C.started_at)
_HANDLING = case((_BUSY > _SPOKEN, _BUSY), else_=_SPOKEN)
"""Talk, hold and wrap-up: until the result was recorded."""
_CONTACTS = _TAKEN & _C.client_id.is_not(None)


def _calls(terms: Terms) -> Any:
    return and_(_C.ended_at >= terms.since, _C.ended_at < terms.until)


def _quick(state: Any, terms: Terms) -> Any:
    return state & (_C.wait_s <= terms.answer_s)


def _solved_at_once(terms: Terms) -> Any:
    """No complaint came of it, or one solved before the call was over; and the client did not call again."""
    later, ticket = tables.calls.alias("later"), tables.tickets.alias("ticket")
    again = exists().where(
        later.c.client_id == _C.client_id,
        later.c.due_at >= _C.due_at,
        later.c.due_at <= micros(_C.ended_at) + terms.contact_days * DAY_US,
        later.c.kind == "inbound",
        later.c.id != _C.id,
    )
    at_once = exists().where(
        ticket.c.id == _C.ticket_id,
        ticket.c.received_at >= _C.due_at,
        ticket.c.resolved_at <= _C.ended_at,
    )
    return and_(_CONTACTS, or_(_C.ticket_id.is_(None), at_once), not_(again))


def _active(terms: Terms) -> Any:
    """Work began by the last day of the period and was not over before its first."""
    first, last = terms.period.first, terms.period.last
    running = and_(_S.completed_on.is_(None), _S.stage.in_(RUNNING_STAGES))
    begun = or_(_S.start_date <= last, and_(_S.start_date.is_(None), _S.created_at < terms.until))
    return and_(or_(_S.completed_on >= first, running), begun, _S.stage != "cancelled")


def _complained(terms: Terms) -> Any:
    query = select(_T.site_id).where(_received(terms), _KEPT, _T.site_id.is_not(None))
    return _S.id.in_(query)


def _complete(_: Terms) -> Any:
    """The file names the client, a number, the address, the day work began, and the three people of the site."""
    cl, ph = tables.clients.c, tables.phones.c
    named = exists().where(cl.id == _S.client_id, cl.named, cl.name != "")
    reached = exists().where(ph.client_id == _S.client_id)
    people = [_S.designer_id, _S.supervisor_id, _S.manager_id, _S.start_date]
    placed = and_(_S.address != "", *(one.is_not(None) for one in people))
    return and_(placed, named, reached)


def _due_days(column: Any, terms: Terms) -> Any:
    return and_(column >= terms.period.first, column <= terms.period.last)


def _everything(_: Terms) -> Any:
    return true()


def _came_back(terms: Terms) -> Any:
    return _due_days(_V.returned_on, terms)


def _of_forms_back(terms: Terms) -> Any:
    """The scores of the forms that came back in the period, whenever they were entered or sent."""
    return and_(_R.source == "evaluation", _R.source_id.in_(select(_V.id).where(_came_back(terms))))


SOURCES: Mapping[str, Source] = {
    "received": Source(
        tables.tickets,
        _received,
        (_T.received_at, _T.id),
        {
            "received": _everything,
            "kept": lambda _: _KEPT,
            "answered": _answered,
            "met": _met,
            "fell_due": _fell_due,
            "within_24h": _within_24h,
            "fell_due_24h": _fell_due_24h,
            "resolve_due": _resolve_due,
            "resolved_met": _resolved_met,
            "repeated": _repeated,
            "withdrawn": lambda _: not_(_KEPT),
            "waiting": lambda _: tables.WAITING,
            "overdue": _overdue,
            "ended_unanswered": _ended_unanswered,
        },
        {"response": _RESPONSE},
    ),
    "ended": Source(
        tables.tickets, _ended, (ENDED_AT, _T.id), {"solved": _everything}, {"resolution": _RESOLUTION}
    ),
    "closed": Source(
        tables.tickets,
        lambda terms: and_(_events(("resolved", "closed"), terms), _COUNTED),
        (_T.received_at, _T.id),
        {
            "closed": lambda terms: _events(("closed",), terms),
            "resolved": lambda terms: _events(("resolved",), terms),
            "reopened": lambda terms: _back("closed", terms),
            "sent_back": lambda terms: _back("resolved", terms),
        },
        {},
    ),
    "calls": Source(
        tables.calls,
        _calls,
        (_C.ended_at, _C.id),
        {
            "offered": lambda _: _INBOUND,
            "answered": lambda _: _TAKEN,
            "abandoned": lambda _: _LEFT,
            "in_time": lambda terms: _quick(_TAKEN, terms),
            "in_time_or_left": lambda terms: _quick(_INBOUND, terms),
            "patient": lambda terms: _INBOUND & either_way(_quick(_LEFT, terms)),
            "waited": lambda _: _TAKEN & _C.wait_s.is_not(None),
            "handled": lambda _: _TALKED,
            "asked": lambda _: _ASKED,
            "scored": lambda _: _SCORED,
            "satisfied": lambda _: _SCORED & (_C.score >= SATISFIED),
            "contacts": lambda _: _CONTACTS,
            "solved_at_once": _solved_at_once,
        },
        {"wait": _C.wait_s * SECOND_US, "handling": _HANDLING},
    ),
    "followups": Source(
        tables.followups,
        lambda terms: and_(_due_days(_F.due_on, terms), _F.state != "dropped"),
        (_F.due_on, _F.id),
        {
            "due": lambda terms: followed_up("due", terms.today),
            "done": lambda terms: followed_up("done", terms.today),
        },
        {},
    ),
    "sites": Source(
        tables.sites,
        _active,
        (_S.id,),
        {"active": _everything, "complained": _complained, "complete": _complete},
        {},
    ),
    "inspections": Source(
        tables.inspections,
        lambda terms: _due_days(_I.done_on, terms),
        (_I.done_on, _I.id),
        {"done": _everything, "passed": lambda _: _I.verdict == "ok"},
        {},
    ),
    "forms": Source(
        tables.evaluations,
        lambda terms: _due_days(_V.sent_on, terms),
        (_V.sent_on, _V.id),
        {"sent": _everything, "returned": lambda _: _V.returned_on.is_not(None)},
        {},
    ),
    "returns": Source(tables.evaluations, _came_back, (_V.returned_on, _V.id), {"returned": _everything}, {}),
    "scores": Source(
        tables.ratings,
        _of_forms_back,
        (_R.id,),
        {"scored": _everything},
        {"score": cast(_R.score, BigInteger) * SECOND_US},
    ),
}
