"""Samples drawn to be scored, and their scores."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any

from pendulum import DateTime
from sqlalchemy import Select, and_, exists, func, select

from deskapp.domain import quality
from deskapp.domain.quality import SCORED, SampleFilter, SampleRow, ScoreRow
from deskapp.domain.quality_draw import CALL, TICKET, Work
from deskapp.domain.quality_figures import Scored
from deskapp.repository import paging, tables
from deskapp.repository.base import Repository


class QualitySamples(Repository[quality.QualitySample]):
    """Calls and tickets drawn: those still to be scored first."""

    table, record, noun = tables.quality_samples, quality.QualitySample, "quality_sample"

    def undrawn(self, first: DateTime, until: DateTime) -> list[Work]:
        """Work finished between two instants, and crises received then, that nobody has drawn.

        A call is somebody's who took it and talked to the client; a ticket is whoever's resolved it.
        """
        c, t = tables.calls.c, tables.tickets.c
        talked = (c.state == "done", c.outcome == "reached", c.taken_by.is_not(None))
        calls = select(c.id, c.taken_by).where(c.ended_at >= first, c.ended_at < until, *talked)
        solved = (t.resolved_by.is_not(None), t.severity != "crisis", t.state.not_in(_NOBODYS))
        tickets = select(t.id, t.resolved_by).where(t.resolved_at >= first, t.resolved_at < until, *solved)
        heavy = (t.severity == "crisis", t.state != "merged")
        whose = func.coalesce(t.resolved_by, t.filed_by)
        crises = select(t.id, whose).where(t.received_at >= first, t.received_at < until, *heavy)
        found = [(CALL, False, calls.where(~exists().where(_S.call_id == c.id)))]
        for crisis, query in ((False, tickets), (True, crises)):
            found.append((TICKET, crisis, query.where(~exists().where(_S.ticket_id == t.id))))
        return [
            Work(kind, row[0], row[1], crisis)
            for kind, crisis, query in found
            for row in self.connection.execute(query)
        ]

    def drawn(self, month: date) -> dict[int, int]:
        """How many were drawn by lot for a month, by operator."""
        query = (
            select(_S.operator_id, func.count())
            .where(_S.month == month, _S.reason == quality.RANDOM, _S.operator_id.is_not(None))
            .group_by(_S.operator_id)
        )
        return {row[0]: int(row[1]) for row in self.connection.execute(query)}

    def count(self, chosen: SampleFilter) -> int:
        """How many there are of a kind."""
        query = select(func.count()).select_from(self.table).where(*_chosen(chosen))
        return int(self.connection.execute(query).scalar_one())

    def page(
        self,
        chosen: SampleFilter,
        limit: int,
        *,
        after: SampleRow | None = None,
        before: SampleRow | None = None,
        last: bool = False,
        offset: int = 0,
    ) -> list[SampleRow]:
        """A page of the list: from the start, after or before one, the last, at an offset."""
        query = _named().where(*_chosen(chosen))
        if before is not None or last:
            return self._rows(paging.before(query, _ORDER, _place(before), limit))[::-1]
        if offset:
            return self._rows(paging.at(query, _ORDER, offset, limit))
        return self._rows(paging.after(query, _ORDER, _place(after), limit))

    def row(self, sample_id: int) -> SampleRow | None:
        """One with what stands beside it."""
        rows = self._rows(_named().where(_S.id == sample_id))
        return rows[0] if rows else None

    def _rows(self, query: Select[Any]) -> list[SampleRow]:
        width = len(self._columns)
        found = [(self.read(row[:width]), row[width:]) for row in self.connection.execute(query)]
        scores = self.work.quality_scores.of([sample.id for sample, _ in found])
        return [_row(sample, rest, scores.get(sample.id, ())) for sample, rest in found]


class QualityScores(Repository[quality.QualityScore]):
    """What scorers gave them."""

    table, record, noun = tables.quality_scores, quality.QualityScore, "quality_score"

    def of(self, sample_ids: Iterable[int]) -> dict[int, tuple[ScoreRow, ...]]:
        """The scores of some samples, by sample, in the order they were given."""
        wanted, found = sorted(set(sample_ids)), dict[int, tuple[ScoreRow, ...]]()
        query = (
            select(*self._columns, _O.name)
            .select_from(self.table.outerjoin(tables.operators, _C.scored_by == _O.id))
            .where(_C.sample_id.in_(wanted))
            .order_by(_C.id)
        )
        for row in self.connection.execute(query) if wanted else ():
            one = ScoreRow(self.read(row[:-1]), row[-1] or "")
            found[one.score.sample_id] = (*found.get(one.score.sample_id, ()), one)
        return found

    def of_month(self, month: date, operator_id: int | None = None) -> list[Scored]:
        """Every score of a month's samples, perhaps of one operator's: a month has few."""
        joined = self.table.join(tables.quality_samples, _C.sample_id == _S.id)
        query = select(*self._columns, _S.operator_id).select_from(joined).where(_S.month == month)
        if operator_id is not None:
            query = query.where(_S.operator_id == operator_id)
        return [
            Scored(row[-1], self.read(row[:-1])) for row in self.connection.execute(query.order_by(_C.id))
        ]


_S, _C, _O = tables.quality_samples.c, tables.quality_scores.c, tables.operators.c
_ORDER = (_S.state, _S.id)
"""Open stands before scored in the alphabet of every database."""
_NOBODYS = ("merged", "withdrawn")


def _place(row: SampleRow | None) -> Sequence[Any] | None:
    return None if row is None else (row.sample.state, row.sample.id)


def _chosen(chosen: SampleFilter) -> tuple[Any, ...]:
    """What the samples of a list have in common."""
    found: list[Any] = [_S.month == chosen.month]
    if chosen.operator_id is not None:
        found.append(_S.operator_id == chosen.operator_id)
    return (*found, _S.state == SCORED) if chosen.scored else tuple(found)


def _named() -> Select[Any]:
    calls, tickets, clients = tables.calls, tables.tickets, tables.clients
    client = func.coalesce(calls.c.client_id, tickets.c.client_id)
    joined = (
        tables.quality_samples.outerjoin(tables.operators, _S.operator_id == _O.id)
        .outerjoin(calls, _S.call_id == calls.c.id)
        .outerjoin(tickets, _S.ticket_id == tickets.c.id)
        .outerjoin(clients, and_(client.is_not(None), clients.c.id == client))
    )
    beside = (_O.name, clients.c.name, calls.c.number, calls.c.kind, calls.c.reason, calls.c.notes,
              calls.c.ended_at, tickets.c.number, tickets.c.subject, tickets.c.received_at)  # fmt: skip
    return select(*QualitySamples._columns, *beside).select_from(joined)


def _row(sample: quality.QualitySample, rest: Sequence[Any], scores: tuple[ScoreRow, ...]) -> SampleRow:
    who, client, phone, kind, reason, notes, ended, number, subject, received = rest
    return SampleRow(
        sample,
        who or "",
        client or "",
        number or phone or "",
        subject or reason or notes or "",
        ended or received,
        kind or "",
        scores,
    )
