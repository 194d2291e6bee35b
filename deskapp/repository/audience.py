"""Which clients an audience matches: one question by index, counted whole and read by page."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

from pendulum import DateTime
from sqlalchemy import Select, and_, case, exists, func, or_, select

from deskapp.domain.campaign import MOST_TARGETS, Audience, AudienceRow, Reach
from deskapp.domain.errors import RuleBroken
from deskapp.domain.ticket import OPEN_STATES
from deskapp.repository import tables

if TYPE_CHECKING:
    from deskapp.repository.work import Work

MOST_FOUND = 2_000
"""The most clients a search may bring into an audience."""
_C, _S = tables.clients.c, tables.sites.c


@dataclass(frozen=True, slots=True)
class Asked:
    """An audience as of a day: who counts as under warranty or unheard, and which calls another campaign makes."""

    audience: Audience
    today: date
    covered_since: date
    """A site without a warranty file completed on or after this day is under warranty."""
    quiet_since: DateTime
    """Who was reached after this was heard lately."""
    due_on: date
    campaign_id: int = 0


def reach(work: Work, asked: Asked) -> Reach:
    """Count whom an audience comes to, up to one more than anybody calls."""
    out, mute = ~_C.wants_calls, ~_has_number()
    called = and_(_C.wants_calls, _has_number())
    each = (
        select(
            case((out, 1), else_=0).label("opted_out"),
            case((and_(_C.wants_calls, mute), 1), else_=0).label("no_number"),
            case((and_(called, _doubled(asked)), 1), else_=0).label("doubled"),
        )
        .where(*_conditions(work, asked))
        .limit(MOST_TARGETS + 1)
        .subquery()
    )
    sums = (func.coalesce(func.sum(column), 0) for column in each.c)
    row = work.connection.execute(select(func.count(), *sums).select_from(each)).one()
    return Reach(*(int(value) for value in row))


def page(
    work: Work,
    asked: Asked,
    limit: int,
    *,
    after: int | None = None,
    before: int | None = None,
    last: bool = False,
    offset: int = 0,
) -> list[AudienceRow]:
    """The clients an audience matches, by id: from the start, after or before one, the last, or at a place."""
    query: Select[Any] = select(_C.id, _C.wants_calls, _has_number(), _doubled(asked))
    query = query.where(*_conditions(work, asked))
    backwards = last or before is not None
    if after is not None:
        query = query.where(_C.id > after)
    if before is not None:
        query = query.where(_C.id < before)
    query = query.order_by(_C.id.desc() if backwards else _C.id).limit(limit)
    if offset:
        query = query.offset(offset)
    rows = list(work.connection.execute(query))
    rows = rows[::-1] if backwards else rows
    cards = {card.client.id: card for card in work.clients.cards([row[0] for row in rows])}
    return [
        AudienceRow(
            cards[row[0]], "" if row[1] and row[2] else "no_number" if row[1] else "opted_out", row[3]
        )
        for row in rows
    ]


def _conditions(work: Work, asked: Asked) -> list[Any]:
    audience = asked.audience
    found: list[Any] = []
    if audience.of_site:
        found.append(_C.id.in_(select(_S.client_id).where(*_of_site(asked))))
    if audience.kind:
        found.append(_C.kind == audience.kind)
    if audience.quiet_days:
        found.append(or_(_C.heard_at.is_(None), _C.heard_at < asked.quiet_since))
    if audience.complaint:
        t = tables.tickets.c
        pending = exists().where(t.client_id == _C.id, t.kind == "complaint", t.state.in_(OPEN_STATES))
        found.append(pending if audience.complaint == "with" else ~pending)
    if audience.search.strip():
        found.append(_C.id.in_(_found(work, audience.search)))
    if audience.only:
        found.append(_C.id.in_(audience.only))
    if audience.without:
        found.append(_C.id.not_in(audience.without))
    return found


def _of_site(asked: Asked) -> list[Any]:
    audience = asked.audience
    found: list[Any] = [_S.stage.in_(audience.stages) if audience.stages else _S.stage != "cancelled"]
    if audience.designer_id:
        found.append(_S.designer_id == audience.designer_id)
    if audience.manager_id:
        found.append(_S.manager_id == audience.manager_id)
    if estate := audience.estate.strip().lower():
        place = func.lower(_S.estate + " " + _S.address)
        found.append(place.contains(estate, autoescape=True))
    if audience.warranty:
        w = tables.warranties.c
        filed = exists().where(w.site_id == _S.id)
        runs = exists().where(w.site_id == _S.id, w.until_on >= asked.today)
        covered = or_(runs, and_(~filed, _S.completed_on >= asked.covered_since))
        found += [_S.completed_on.is_not(None), covered if audience.warranty == "in" else ~covered]
    return found


def _found(work: Work, typed: str) -> Sequence[int]:
    """Whom a search finds; one that finds too many would leave somebody out unseen."""
    ids = work.search.client_ids(typed, MOST_FOUND + 1)
    if len(ids) > MOST_FOUND:
        raise RuleBroken("campaign.search_wide", most=MOST_FOUND)
    return ids


def _has_number() -> Any:
    p = tables.phones.c
    return exists().where(p.client_id == _C.id, p.normal != "")


def _doubled(asked: Asked) -> Any:
    """Whether another campaign that was sent calls the client on the same day."""
    t, k = tables.campaign_targets.c, tables.campaigns.c
    others = (
        select(t.client_id)
        .join_from(tables.campaign_targets, tables.campaigns, t.campaign_id == k.id)
        .where(
            k.due_on == asked.due_on,
            k.id != asked.campaign_id,
            k.state.in_(("sending", "sent")),
            t.state.in_(("queued", "reached", "missed")),
        )
    )
    return _C.id.in_(others)
