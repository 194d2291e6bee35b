"""Whom operators chose to call, and the few clients a choice is proposed from."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any

from pendulum import DateTime
from sqlalchemy import Select, bindparam, case, exists, func, or_, select, union

from deskapp.domain import day_plan
from deskapp.domain.call import Call
from deskapp.domain.day_plan import Asked, PlannedClient
from deskapp.domain.praise import month_after
from deskapp.repository import tables
from deskapp.repository.base import Repository
from deskapp.repository.calls import Calls
from deskapp.repository.prepared import Prepared, PreparedFor
from deskapp.repository.shops import falls


class DayPlans(Repository[PlannedClient]):
    """Clients chosen for a day."""

    table, record, noun = tables.day_plans, day_plan.PlannedClient, "day_plan"

    def of_day(self, day: date) -> list[PlannedClient]:
        """All that is planned for a day, by operator in the order chosen."""
        return self.records(_OF_DAY, day=day)

    def of_operator(self, operator_id: int, day: date) -> list[PlannedClient]:
        """What an operator has chosen for a day, in that order."""
        return [one for one in self.of_day(day) if one.operator_id == operator_id]

    def of_client(self, client_id: int, since: date) -> list[PlannedClient]:
        """For which days from one on a client is chosen."""
        query = self.select().where(
            _P.day >= bindparam("d", type_=_P.day.type), _P.client_id == bindparam("c")
        )
        return self.records(query, d=since, c=client_id)

    def outcomes(self, client_ids: Iterable[int], since: DateTime, until: DateTime) -> dict[int, str]:
        """Which of some clients were reached between two instants ("reached"), which were only tried ("tried")."""
        rows = _OUTCOMES.rows(self.connection, sorted(set(client_ids)), since=since, until=until)
        return {row[0]: "reached" if row[1] else "tried" for row in rows}

    def understood(self, operator_id: int, since: DateTime) -> int:
        """How many clients an operator has written something down about since an instant: said in a call, or found."""
        return len(_UNDERSTOOD.rows(self.connection, o=operator_id, since=since))

    def open_calls(self, client_ids: Iterable[int], since: DateTime, until: DateTime) -> list[Call]:
        """The calls to some clients that stand in the queue for a time, the earliest first."""
        rows = _OPEN_CALLS.rows(self.connection, sorted(set(client_ids)), since=since, until=until)
        return [Call(*row) for row in rows]

    def problems(self, client_ids: Iterable[int]) -> dict[int, tuple[int, str]]:
        """How many open tickets some clients have, and what the newest is about."""
        found: dict[int, tuple[int, str]] = {}
        for client_id, subject in _TICKETS.rows(self.connection, sorted(set(client_ids))):
            count, newest = found.get(client_id, (0, subject))
            found[client_id] = (count + 1, newest)
        return found

    def candidates(self, asked: Asked, limit: int) -> list[int]:
        """The clients something speaks for, some by each reason; those chosen or reached already are left out.

        Each look ends after `limit` clients in the order of an index, or reads one month's figures: falling shops
        by month, tickets and diagnoses by what is open, callbacks by what waits, the unheard by clients.heard_at.
        No look reads past calls, so none becomes slower with the years.
        """
        found: list[int] = []
        for query in (
            falls(_SH.client_id, asked.month),
            falls(_SH.client_id, month_after(asked.month, -1)),
            _TROUBLED,
            _UNANSWERED,
            _promised(asked),
        ):
            free = exists().where(_CL.id == query.selected_columns.client_id, *_free(asked))
            found += [row[0] for row in self.connection.execute(query.where(free).limit(limit))]
        for query in (_unheard(asked), _NEVER):
            found += [row[0] for row in self.connection.execute(query.where(*_free(asked)).limit(limit))]
        return list(dict.fromkeys(found))


_P, _CL, _CA, _T = tables.day_plans.c, tables.clients.c, tables.calls.c, tables.tickets.c
_DI, _SH = tables.diagnoses.c, tables.shops.c
_OF_DAY = Prepared(
    DayPlans._select.where(_P.day == bindparam("day", type_=_P.day.type)).order_by(
        _P.operator_id, _P.position, _P.id
    )
)
_ENDED = _CA.ended_at.type
_OUTCOMES = PreparedFor(
    lambda keys: (
        select(_CA.client_id, func.max(case((_CA.outcome == "reached", 1), else_=0)))
        .where(
            _CA.client_id.in_(keys),
            _CA.outcome != "",
            _CA.ended_at >= bindparam("since", type_=_ENDED),
            _CA.ended_at < bindparam("until", type_=_ENDED),
        )
        .group_by(_CA.client_id)
    )
)
_UNDERSTOOD = Prepared(
    union(
        select(_CA.client_id).where(
            _CA.ended_at >= bindparam("since", type_=_ENDED),
            _CA.taken_by == bindparam("o"),
            _CA.outcome == "reached",
            _CA.client_id.is_not(None),
            or_(_CA.notes != "", _CA.answers.is_not(None), _CA.score.is_not(None)),
        ),
        select(_DI.client_id).where(
            _DI.at >= bindparam("since", type_=_ENDED), _DI.operator_id == bindparam("o")
        ),
    )
)
_OPEN_CALLS = PreparedFor(
    lambda keys: Calls._select.where(
        _CA.client_id.in_(keys),
        _CA.direction == "out",
        tables.OPEN_CALL,
        _CA.due_at >= bindparam("since", type_=_ENDED),
        _CA.due_at < bindparam("until", type_=_ENDED),
    ).order_by(_CA.due_at, _CA.id)
)
_TICKETS = PreparedFor(
    lambda keys: (
        select(_T.client_id, _T.subject)
        .where(_T.client_id.in_(keys), tables.OPEN_TICKET)
        .order_by(_T.received_at.desc(), _T.id.desc())
    )
)


def _free(asked: Asked) -> tuple[Any, ...]:
    """Only clients who take calls, whom nobody has chosen for the day, and whom nobody has reached today."""
    chosen = exists().where(_P.day == asked.day, _P.client_id == _CL.id)
    return tables.CALLABLE, or_(_CL.heard_at.is_(None), _CL.heard_at < asked.today), ~chosen


_TROUBLED = select(_T.client_id).where(tables.UNRESOLVED).order_by(_T.due_at, _T.id)
_UNANSWERED = select(_DI.client_id).where(tables.OPEN_DIAGNOSIS).order_by(_DI.at, _DI.id)
_NEVER = select(_CL.id).where(_CL.heard_at.is_(None), _CL.named).order_by(_CL.id)


def _promised(asked: Asked) -> Select[Any]:
    between = (_CA.due_at >= asked.since, _CA.due_at < asked.until)
    query = select(_CA.client_id).where(tables.OPEN_CALL, _CA.kind == "callback", *between)
    return query.order_by(_CA.due_at, _CA.id)


def _unheard(asked: Asked) -> Select[Any]:
    return select(_CL.id).where(_CL.heard_at < asked.unheard).order_by(_CL.heard_at, _CL.id)
