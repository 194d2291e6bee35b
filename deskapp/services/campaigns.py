"""Greetings and special notices: whom they reach, written, sent as calls, taken back (row F5; text 4, 1.3.1)."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import cache
from typing import TYPE_CHECKING

from deskapp.desk import Desk
from deskapp.domain import campaign as rules
from deskapp.domain.call import Call
from deskapp.domain.campaign import Audience, AudienceRow, Campaign, CampaignTarget, Reach, audience_of
from deskapp.domain.errors import RuleBroken
from deskapp.domain.festivals import Coming, Festival, read_festivals, upcoming
from deskapp.domain.followup import add
from deskapp.domain.site import RUNNING_STAGES
from deskapp.services.company import defaults
from deskapp.services.planning import drop_call, due_at, today_of
from deskapp.services.submissions import once

if TYPE_CHECKING:
    from deskapp.domain.site import Site
    from deskapp.repository.audience import Asked
    from deskapp.repository.work import Work

BATCH = 200
"""Calls laid in one transaction."""
FIRST_PAGE = 50
AHEAD_DAYS = 120
"""How far ahead festivals are shown."""

Told = Callable[[int], object]
"""Told how many calls have been laid so far."""


@dataclass(frozen=True, slots=True)
class Template:
    """Words to begin with for an occasion, and the stages of the sites it is usually for."""

    kind: str
    occasion: str
    title: str
    text: str
    stages: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Preview:
    """What an audience comes to, and its first clients."""

    reach: Reach
    rows: tuple[AudienceRow, ...] = ()


@dataclass(frozen=True, slots=True)
class FestivalRow:
    """A festival that comes, and the greeting prepared for it, if any."""

    coming: Coming
    campaign: Campaign | None = None


@cache
def festivals() -> tuple[Festival, ...]:
    """The festivals on which clients are greeted."""
    return read_festivals(defaults("festivals")["festival"])


@cache
def templates() -> tuple[Template, ...]:
    """The words greetings and notices begin with."""
    data = defaults("campaigns")
    return tuple(
        Template(kind, entry["occasion"], entry["title"], entry["text"], tuple(entry.get("stages", ())))
        for kind in rules.KINDS
        for entry in data[kind]
    )


def spoken_name(occasion: str) -> str:
    """What a festival is called to clients, whatever language the desk speaks; "" for what is none."""
    return next((one.name for one in festivals() if one.code == occasion), "")


def template_of(kind: str, occasion: str) -> Template:
    """The words for an occasion, or those for any other, its title naming the festival."""
    of_kind = [one for one in templates() if one.kind == kind]
    found = next((one for one in of_kind if one.occasion == occasion), of_kind[-1])
    return replace(found, title=rules.filled(found.title, "", "", spoken_name(occasion)))


def coming(desk: Desk, days: int = AHEAD_DAYS) -> list[FestivalRow]:
    """The festivals that come, each with the greeting prepared for it."""
    today = today_of(desk, desk.now())
    found = upcoming(festivals(), today, days)
    if not found:
        return []
    first = min(min(one.call_on, one.day) for one in found)
    with desk.read() as work:
        there = work.campaigns.due_between(add(first, -14, "day"), found[-1].day)
    return [FestivalRow(one, _prepared(one, there)) for one in found]


def _prepared(one: Coming, there: Sequence[Campaign]) -> Campaign | None:
    """The greeting for this year's festival: one whose calls fall in the two weeks before it."""
    near = [
        campaign
        for campaign in there
        if campaign.occasion == one.festival.code and 0 <= (one.day - campaign.due_on).days <= 14
    ]
    return near[-1] if near else None


def begun(desk: Desk, row: FestivalRow | None = None) -> Campaign:
    """A greeting for a festival, or a notice, as its form opens: words to begin with, and the day of its calls."""
    if row is None:
        words = template_of("notice", "")
        return Campaign(kind="notice", title=words.title, text=words.text, due_on=today_of(desk, desk.now()))
    return greeting_for(row.coming)


def greeting_for(coming: Coming) -> Campaign:
    """The greeting for a festival as its template has it."""
    words = template_of("greeting", coming.festival.code)
    return Campaign(
        kind="greeting",
        occasion=coming.festival.code,
        title=words.title,
        text=words.text,
        due_on=coming.call_on,
        audience=Audience(stages=words.stages).to_json(),
    )


def asked(desk: Desk, work: Work, audience: Audience, due_on: date, campaign_id: int = 0) -> Asked:
    """An audience as of now, ready to be asked of the database."""
    today = today_of(desk, work.now)
    months = desk.policy.warranty_months.get("general", 0)
    return work.campaigns.asked(
        audience,
        today,
        add(today, -months, "month"),
        work.now.subtract(days=audience.quiet_days),
        due_on,
        campaign_id,
    )


def preview(desk: Desk, audience: Audience, due_on: date, campaign_id: int = 0) -> Preview:
    """Say whom an audience comes to before anything is written: counts and the first clients."""
    rules.check_audience(audience)
    with desk.read() as work:
        question = asked(desk, work, audience, due_on, campaign_id)
        return Preview(
            work.campaigns.reach(question), tuple(work.campaigns.audience_page(question, FIRST_PAGE))
        )


def save(desk: Desk, campaign: Campaign, *, key: str = "") -> Campaign:
    """Write a draft: a new one gets its number, under a `key` once; one being sent is refused."""
    with desk.write("campaign.save") as work:
        rules.check_campaign(campaign, today_of(desk, work.now))
        if campaign.id:
            rules.check_draft(work.campaigns.held(campaign.id))
            return work.campaigns.save(campaign)
        return once(work, key, "campaign.add", lambda: draft_in(work, desk, campaign), work.campaigns.find)


def draft_in(work: Work, desk: Desk, campaign: Campaign) -> Campaign:
    """Write a new draft inside a transaction that does more than that."""
    new = replace(campaign, state="draft", created_at=work.now, created_by=_me(work))
    return work.campaigns.add(_numbered(work, desk, new))


def _me(work: Work) -> int | None:
    return work.operator.id or None if work.operator else None


def _numbered(work: Work, desk: Desk, campaign: Campaign) -> Campaign:
    day = desk.day_in_number(work.now)
    return replace(campaign, number=rules.number(day, work.counters.next(f"{rules.PREFIX}{day}")))


def send(desk: Desk, campaign_id: int, told: Told | None = None) -> Campaign:
    """Lay one call for every client the campaign is for, a batch a transaction.

    Sent again, at two desks at once or after a kill, it goes on where it stood: clients are taken by id while the
    campaign is held, so nobody is called twice for one occasion and nobody is passed over.
    """
    first = True
    while True:
        with desk.write("campaign.send") as work:
            campaign = work.campaigns.held(campaign_id)
            if campaign.state == "sent" and not first:
                return campaign
            campaign = send_in(work, desk, campaign)
        first = False
        if told is not None:
            told(campaign.chosen)
        if campaign.state == "sent":
            return campaign


def send_in(work: Work, desk: Desk, campaign: Campaign) -> Campaign:
    """Lay the next batch of a campaign's calls in this transaction; it is sent when nobody is left."""
    rules.check_open(campaign)
    if campaign.state == "draft":
        campaign = _begin(work, desk, campaign)
    return _lay(work, desk, campaign)


def _begin(work: Work, desk: Desk, campaign: Campaign) -> Campaign:
    """Check a draft as it goes out."""
    rules.check_campaign(campaign, today_of(desk, work.now))
    audience = audience_of(campaign.audience)
    reach = work.campaigns.reach(asked(desk, work, audience, campaign.due_on, campaign.id))
    if reach.too_many:
        raise RuleBroken("campaign.too_many", most=rules.MOST_TARGETS)
    if not reach.chosen:
        raise RuleBroken("campaign.nobody")
    return replace(campaign, state="sending")


def _lay(work: Work, desk: Desk, campaign: Campaign) -> Campaign:
    """Lay the calls of the next clients by id; the last of them makes it sent."""
    question = asked(desk, work, audience_of(campaign.audience), campaign.due_on, campaign.id)
    last = work.campaign_targets.last_client(campaign.id)
    rows = work.campaigns.audience_page(question, BATCH, after=last)
    called = [row for row in rows if not row.why]
    calls = work.calls.add_many(_calls(work, desk, campaign, called))
    call_ids = {call.client_id: call.id for call in calls}
    work.campaign_targets.add_many(
        [
            CampaignTarget(
                campaign_id=campaign.id,
                client_id=row.card.client.id,
                call_id=call_ids.get(row.card.client.id),
                state=row.why or "queued",
            )
            for row in rows
        ]
    )
    sent = len(rows) < BATCH
    return work.campaigns.save(
        replace(
            campaign,
            state="sent" if sent else "sending",
            sent_at=work.now if sent else None,
            chosen=campaign.chosen + len(called),
            skipped=campaign.skipped + len(rows) - len(called),
        )
    )


def _calls(work: Work, desk: Desk, campaign: Campaign, rows: Sequence[AudienceRow]) -> list[Call]:
    sites = work.sites.of_many([row.card.client.id for row in rows])
    return [
        Call(
            kind="care",
            direction="out",
            client_id=row.card.client.id,
            site_id=_about(sites[row.card.client.id]),
            number=next((phone.normal for phone in row.card.phones if phone.normal), ""),
            reason=campaign.title,
            due_at=due_at(desk, campaign.due_on),
            campaign_id=campaign.id,
            created_at=work.now,
            created_by=_me(work),
        )
        for row in rows
    ]


def _about(sites: Sequence[Site]) -> int | None:
    """The site a client is most likely asked about: the newest being built, else the newest."""
    newest = list(reversed(sites))
    running = [site for site in newest if site.stage in RUNNING_STAGES]
    return next((site.id for site in (*running, *newest)), None)


def cancel(desk: Desk, campaign_id: int) -> Campaign:
    """Take a draft back, or the calls of a campaign that nobody has made yet, a batch a transaction.

    A call in somebody's hands is theirs to end.
    """
    with desk.read() as work:
        drafted = work.campaigns.find(campaign_id).state == "draft"
    if drafted:
        with desk.write("campaign.save") as work:
            campaign = work.campaigns.held(campaign_id)
            rules.check_draft(campaign)
            return work.campaigns.save(replace(campaign, state="cancelled"))
    after = 0
    while True:
        with desk.write("campaign.send") as work:
            campaign = work.campaigns.held(campaign_id)
            waiting = work.campaign_targets.waiting(campaign_id, after, BATCH)
            if not after and not waiting:
                rules.check_cancel(campaign)
            if campaign.state != "cancelled":
                campaign = work.campaigns.save(replace(campaign, state="cancelled"))
            _take_back(work, waiting, "dropped")
        if len(waiting) < BATCH:
            return campaign
        after = waiting[-1].client_id


def _take_back(work: Work, targets: Sequence[CampaignTarget], state: str) -> None:
    """Take the calls of some targets out of the queue; promised ones, and those in hand, stay."""
    calls = {call.id: call for call in work.calls.held_many([one.call_id for one in targets if one.call_id])}
    for one in targets:
        call = calls.get(one.call_id or 0)
        if call is None or (call.state == "open" and call.kind != "callback"):
            drop_call(work, call)
            work.campaign_targets.save(replace(one, state=state), known=one)


def opted_out_in(work: Work, client_id: int) -> None:
    """The client wants no calls any more: no campaign calls them."""
    _take_back(work, work.campaign_targets.waiting_of_client(client_id), "opted_out")


def ended_in(work: Work, call: Call, follows: Call | None) -> None:
    """Count a client as reached or missed when a campaign's call has ended; a further try keeps them waiting.

    No further try is made when the campaign was cancelled, or the client has opted out, meanwhile.
    """
    campaign = work.campaigns.get(call.campaign_id)
    target = work.campaign_targets.of_call(campaign.id, call.client_id) if campaign else None
    if campaign is None or target is None or target.state != "queued":
        return
    latest = follows.id if follows is not None else call.id
    moved = replace(
        target, call_id=latest, state=rules.target_state(call.outcome, goes_on=follows is not None)
    )
    stored = work.campaign_targets.save(moved, known=target)
    if follows is None or stored.state != "queued":
        return
    client = work.clients.get(call.client_id)
    if campaign.state == "cancelled" or (client is not None and not client.wants_calls):
        _take_back(work, [stored], "opted_out" if client and not client.wants_calls else "dropped")
