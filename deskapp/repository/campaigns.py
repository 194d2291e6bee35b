"""Greetings and notices, and whom they reach."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any

from pendulum import DateTime
from sqlalchemy import bindparam, func, select

from deskapp.domain.campaign import (
    Audience,
    AudienceRow,
    Campaign,
    CampaignTarget,
    Progress,
    Reach,
    TargetRow,
)
from deskapp.repository import audience as questions
from deskapp.repository import tables
from deskapp.repository.audience import Asked
from deskapp.repository.base import Repository
from deskapp.repository.paging import after as after_key
from deskapp.repository.paging import before as before_key
from deskapp.repository.prepared import Prepared, PreparedFor


class Campaigns(Repository[Campaign]):
    """Greetings and notices, those whose day is latest first."""

    table, record, noun = tables.campaigns, Campaign, "campaign"

    def count(self) -> int:
        """How many there are."""
        return int(self.connection.execute(select(func.count()).select_from(self.table)).scalar_one())

    def page(
        self,
        limit: int,
        *,
        after: Campaign | None = None,
        before: Campaign | None = None,
        last: bool = False,
        offset: int = 0,
    ) -> list[Campaign]:
        """Those from the latest day on: from the start, after or before one, the last, or at a place."""
        keys = (self.table.c.due_on, self.table.c.id)
        if last or before is not None:
            edge = (before.due_on, before.id) if before is not None else None
            return self.records(after_key(self.select(), keys, edge, limit))[::-1]
        edge = (after.due_on, after.id) if after is not None else None
        return self.records(before_key(self.select(), keys, edge, limit).offset(offset))

    def asked(
        self,
        audience: Audience,
        today: date,
        covered_since: date,
        quiet_since: DateTime,
        due_on: date,
        campaign_id: int = 0,
    ) -> Asked:
        """An audience as of a day, as the questions below take it."""
        return Asked(audience, today, covered_since, quiet_since, due_on, campaign_id)

    def reach(self, asked: Asked) -> Reach:
        """Count whom an audience comes to."""
        return questions.reach(self.work, asked)

    def audience_page(self, asked: Asked, limit: int, **place: Any) -> list[AudienceRow]:
        """The clients an audience matches, page by page."""
        return questions.page(self.work, asked, limit, **place)

    def due_between(self, since: date, until: date) -> list[Campaign]:
        """Those due from one day to another that were not cancelled."""
        c = self.table.c
        query = self.select().where(c.due_on >= since, c.due_on <= until, c.state != "cancelled")
        return self.records(query.order_by(c.due_on, c.id))


class CampaignTargets(Repository[CampaignTarget]):
    """Clients of a campaign, by client."""

    table, record, noun = tables.campaign_targets, CampaignTarget, "campaign_target"

    def last_client(self, campaign_id: int) -> int:
        """As far as the targets have come: the highest client that is one; 0 when none is."""
        return int(_LAST.rows(self.connection, k=campaign_id)[0][0] or 0)

    def of_call(self, campaign_id: int, client_id: int | None) -> CampaignTarget | None:
        """The target of a campaign a client is, if any."""
        return self.first(_OF_CLIENT, k=campaign_id, c=client_id)

    def waiting_of_client(self, client_id: int) -> list[CampaignTarget]:
        """The targets a client still is in any campaign."""
        c = self.table.c
        query = self.select().where(c.client_id == bindparam("client"), c.state == "queued")
        return self.records(query.order_by(c.id), client=client_id)

    def waiting(self, campaign_id: int, after: int, limit: int) -> list[CampaignTarget]:
        """The targets of a campaign whose calls wait, after a client."""
        c = self.table.c
        query = self.select().where(c.campaign_id == campaign_id, c.state == "queued", c.client_id > after)
        return self.records(query.order_by(c.client_id).limit(limit))

    def progress(self, campaign_ids: Iterable[int]) -> dict[int, Progress]:
        """How far some campaigns have come."""
        found: dict[int, dict[str, int]] = {}
        for campaign_id, state, count in _PROGRESS.rows(self.connection, sorted(set(campaign_ids))):
            found.setdefault(campaign_id, {})[state] = int(count)
        return {campaign_id: Progress(**counts) for campaign_id, counts in found.items()}

    def count_of(self, campaign_id: int, state: str = "") -> int:
        """How many targets a campaign has, or how many of a state."""
        query = select(func.count()).select_from(self.table).where(*self._chosen(campaign_id, state))
        return int(self.connection.execute(query).scalar_one())

    def page(
        self,
        campaign_id: int,
        state: str,
        limit: int,
        *,
        after: int | None = None,
        before: int | None = None,
        last: bool = False,
        offset: int = 0,
    ) -> list[TargetRow]:
        """The targets of a campaign by client: from the start, after or before one, the last, or at a place."""
        c = self.table.c
        query = self.select().where(*self._chosen(campaign_id, state))
        if last or before is not None:
            edge = (before,) if before is not None else None
            return self._rows(self.records(before_key(query, (c.client_id,), edge, limit))[::-1])
        edge = (after,) if after is not None else None
        return self._rows(self.records(after_key(query, (c.client_id,), edge, limit).offset(offset)))

    def _chosen(self, campaign_id: int, state: str) -> list[Any]:
        c = self.table.c
        return [c.campaign_id == campaign_id, *([c.state == state] if state else [])]

    def _rows(self, targets: Sequence[CampaignTarget]) -> list[TargetRow]:
        work = self.work
        cards = {card.client.id: card for card in work.clients.cards([one.client_id for one in targets])}
        calls = work.calls.get_many(one.call_id for one in targets if one.call_id)
        return [TargetRow(one, cards[one.client_id], calls.get(one.call_id or 0)) for one in targets]


_T = tables.campaign_targets.c
_LAST = Prepared(select(func.max(_T.client_id)).where(_T.campaign_id == bindparam("k")))
_OF_CLIENT = Prepared(
    CampaignTargets._select.where(_T.campaign_id == bindparam("k"), _T.client_id == bindparam("c"))
)
_PROGRESS = PreparedFor(
    lambda keys: (
        select(_T.campaign_id, _T.state, func.count())
        .where(_T.campaign_id.in_(keys))
        .group_by(_T.campaign_id, _T.state)
    )
)
