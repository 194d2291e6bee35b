"""The lists of greetings and notices: campaigns, festivals that come, whom an audience matches, targets (row F5)."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from typing import TYPE_CHECKING, Any

from textual.content import Content

from deskapp.domain.campaign import AudienceRow, Campaign, CampaignRow, Progress, TargetRow
from deskapp.i18n import say
from deskapp.screens import paint
from deskapp.screens.campaign_words import STATE_TONES, TARGET_TONES
from deskapp.screens.paged import Paged
from deskapp.widgets import painting
from deskapp.widgets.record_table import Column, PaintContext
from deskapp.widgets.safe_text import shown

if TYPE_CHECKING:
    from datetime import date

    from deskapp.desk import Desk
    from deskapp.domain.campaign import Audience
    from deskapp.services.campaigns import FestivalRow


class CampaignsSource(Paged[CampaignRow]):
    """All campaigns, the latest day first, each with how far it has come."""

    def count(self) -> int:
        """How many there are."""
        with self.desk.read() as work:
            return work.campaigns.count()

    def _page(self, work: Any, limit: int, **place: Any) -> list[CampaignRow]:
        found: list[Campaign] = work.campaigns.page(limit, **place)
        progress = work.campaign_targets.progress([one.id for one in found])
        return [CampaignRow(one, progress.get(one.id, Progress())) for one in found]

    def _place(self, record: CampaignRow) -> Campaign:
        return record.campaign

    def key(self, record: CampaignRow) -> Hashable:
        """A campaign stays itself."""
        return record.campaign.id


class AudienceSource(Paged[AudienceRow]):
    """The clients an audience matches, by id."""

    def __init__(self, desk: Desk, audience: Audience, due_on: date, campaign_id: int) -> None:
        super().__init__(desk)
        self.audience, self.due_on, self.campaign_id = audience, due_on, campaign_id

    def _asked(self, work: Any) -> Any:
        from deskapp.services.campaigns import asked

        return asked(self.desk, work, self.audience, self.due_on, self.campaign_id)

    def count(self) -> int:
        """How many match, up to one more than anybody calls."""
        with self.desk.read() as work:
            return int(work.campaigns.reach(self._asked(work)).matched)

    def _page(self, work: Any, limit: int, **place: Any) -> list[AudienceRow]:
        found: list[AudienceRow] = work.campaigns.audience_page(self._asked(work), limit, **place)
        return found

    def _place(self, record: AudienceRow) -> int:
        return record.card.client.id

    def key(self, record: AudienceRow) -> Hashable:
        """A client stays itself."""
        return record.card.client.id


class TargetsSource(Paged[TargetRow]):
    """The targets of a campaign, or those of one state."""

    def __init__(self, desk: Desk, campaign_id: int, state: str = "") -> None:
        super().__init__(desk)
        self.campaign_id, self.state = campaign_id, state

    def count(self) -> int:
        """How many there are."""
        with self.desk.read() as work:
            return work.campaign_targets.count_of(self.campaign_id, self.state)

    def _page(self, work: Any, limit: int, **place: Any) -> list[TargetRow]:
        found: list[TargetRow] = work.campaign_targets.page(self.campaign_id, self.state, limit, **place)
        return found

    def _place(self, record: TargetRow) -> int:
        return record.target.client_id

    def key(self, record: TargetRow) -> Hashable:
        """A target stays itself."""
        return record.target.id


Paint = Callable[[Any, PaintContext], Any]


def campaign_columns() -> list[Column]:
    """Number, day, title, state, and how many are to be called, have been, were reached."""

    def count(name: str) -> Paint:
        def painted(row: CampaignRow, _: PaintContext) -> Content:
            number = getattr(row.progress, name)
            return Content.styled(str(number) if number else "-", "" if number else "$text-muted")

        return painted

    def state(row: CampaignRow, _: PaintContext) -> Content:
        return Content.styled(
            say(f"campaign.state.{row.campaign.state}"), STATE_TONES.get(row.campaign.state, "")
        )

    return [
        Column("day", "campaign.column.day", 10, lambda row, _: Content(str(row.campaign.due_on))),
        Column("title", "campaign.column.title", None, lambda row, _: painting.safe(row.campaign.title)),
        Column("state", "campaign.column.state", 9, state),
        *(
            Column(name, f"campaign.column.{name}", 6, count(name), align="right")
            for name in ("chosen", "made", "reached")
        ),
        Column("number", "campaign.column.number", 15, _number, min_terminal=72),
    ]


def _number(row: CampaignRow, _: PaintContext) -> Content:
    return painting.safe(row.campaign.number, "$text-muted")


def festival_columns() -> list[Column]:
    """Festival, its day, how many days are left, and what is prepared."""

    def left(row: FestivalRow, _: PaintContext) -> Content:
        days = row.coming.left
        tone = "bold $warning" if days <= 7 and row.campaign is None else "$text-muted"
        return Content.styled(say("campaign.left", days=days) if days else say("campaign.today"), tone)

    def prepared(row: FestivalRow, _: PaintContext) -> Content:
        if row.campaign is None:
            return Content.styled(say("campaign.not_prepared"), "$text-muted")
        words = say(f"campaign.state.{row.campaign.state}")
        return Content.styled(words, STATE_TONES.get(row.campaign.state, ""))

    def day(row: FestivalRow, _: PaintContext) -> Content:
        weekday = say(f"widgets.weekday.{row.coming.day.isoweekday()}")
        return Content.assemble(f"{row.coming.day:%m-%d} ", (weekday, "$text-muted"))

    return [
        Column("name", "campaign.column.festival", None, _festival),
        Column("on", "campaign.column.day", 10, day),
        Column("left", "campaign.column.left", 8, left, align="right"),
        Column("prepared", "campaign.column.state", 8, prepared),
    ]


def _festival(row: FestivalRow, _: PaintContext) -> Content:
    return Content(say(f"campaign.occasion.{row.coming.festival.code}"))


def audience_columns() -> list[Column]:
    """Name, number, address, and why somebody is not called."""

    def why(row: AudienceRow, _: PaintContext) -> Content:
        if row.why:
            return Content.styled(say(f"campaign.target.{row.why}"), "$text-disabled")
        return Content.styled(say("campaign.doubled") if row.doubled else "", "$warning")

    return [
        Column("name", "campaign.column.client", 10, lambda row, _: _name(row, bool(row.why))),
        Column("phone", "campaign.column.phone", 14, _phone),
        Column("why", "campaign.column.why", 14, why),
        Column("address", "campaign.column.address", None, _address),
    ]


def _name(row: AudienceRow | TargetRow, faint: bool) -> Content:
    return Content.styled(
        paint.client_name(row.card.client.name), "$text-disabled strike" if faint else "bold"
    )


def _phone(row: AudienceRow | TargetRow, _: PaintContext) -> Content:
    numbers = [phone.normal for phone in row.card.phones if phone.normal]
    return Content.styled(paint.phone(numbers[0], masked=True) if numbers else "", "$text-muted")


def _address(row: AudienceRow | TargetRow, _: PaintContext) -> Content:
    return painting.safe(row.card.address, "$text-muted")


def target_columns(desk: Desk) -> list[Column]:
    """Name, number, state, when the call is or was, what was said."""

    def state(row: TargetRow, _: PaintContext) -> Content:
        words = say(f"campaign.target.{row.target.state}")
        return Content.styled(words, TARGET_TONES.get(row.target.state, "$text-disabled"))

    def when(row: TargetRow, _: PaintContext) -> Content:
        call = row.call
        at = (call.ended_at or call.due_at) if call is not None else None
        return Content.styled(paint.when(desk, at), "$text-muted")

    def said(row: TargetRow, _: PaintContext) -> Content:
        call = row.call
        if call is None:
            return Content("")
        outcome = say(f"call.outcome.{call.outcome}") if call.outcome else ""
        return painting.join([outcome, Content.styled(shown(call.notes), "$text-muted")])

    return [
        Column("name", "campaign.column.client", 10, lambda row, _: _name(row, row.call is None)),
        Column("phone", "campaign.column.phone", 14, _phone),
        Column("state", "campaign.column.state", 12, state),
        Column("when", "campaign.column.when", 11, when, align="right"),
        Column("said", "campaign.column.said", None, said),
        Column("address", "campaign.column.address", 24, _address, min_terminal=100),
    ]
