"""The sample's greetings: the next festival's in draft, and a notice sent some days ago, nearly done."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from random import Random
from typing import TYPE_CHECKING

from deskapp.domain.campaign import Audience, Campaign
from deskapp.domain.festivals import upcoming
from deskapp.services import campaigns
from deskapp.services.planning import today_of

if TYPE_CHECKING:
    from deskapp.domain.call import Call
    from deskapp.services.sample import Stage

BY, SENDS = "limin", "liumin"
AGO_DAYS = 4
LEFT = 2
"""Of the notice that was sent, so many calls are still to be made."""


def greet(stage: Stage, seed: int) -> None:
    """Prepare a greeting for the next festival; let a notice be on its way, on dice of their own."""
    dice, work, desk = Random(seed + 17), stage.work, stage.seat(BY)
    today = today_of(desk, stage.now)
    next_one = upcoming(campaigns.festivals(), today, campaigns.AHEAD_DAYS)[0]
    work.now = stage.ago(hours=17)
    campaigns.draft_in(work, desk, campaigns.greeting_for(next_one))
    work.now = stage.ago(days=AGO_DAYS)
    desk = stage.seat(SENDS)
    words = campaigns.template_of("notice", "frost")
    notice = Campaign(
        kind="notice",
        occasion="frost",
        title=words.title,
        text=words.text,
        due_on=today - timedelta(days=AGO_DAYS),
        audience=Audience(stages=("finished", "warranty")).to_json(),
    )
    sent = campaigns.send_in(work, desk, campaigns.draft_in(work, desk, notice))
    work.now = stage.now
    targets = [row.target for row in work.campaign_targets.page(sent.id, "queued", 500)]
    calls = work.calls.get_many(one.call_id for one in targets if one.call_id)
    for target in targets[:-LEFT] if len(targets) > LEFT else []:
        call = calls[target.call_id or 0]
        reached = dice.random() < 0.85
        work.calls.save(_made(stage, dice, call, reached=reached), known=call)
        work.campaign_targets.save(replace(target, state="reached" if reached else "missed"), known=target)


def _made(stage: Stage, dice: Random, call: Call, *, reached: bool) -> Call:
    """Call a client on the day after the notice was sent."""
    at = stage.workday(AGO_DAYS - 1)
    said = stage.words["calls"]
    words = dice.choice(stage.words["programme"]["frost_answers"]) if reached else said["refused"]
    talk = dice.randint(40, 150) if reached else 0
    return replace(
        call,
        state="done",
        attempts=1,
        taken_by=stage.operators[BY].id,
        taken_at=at,
        started_at=at,
        ended_at=at.add(seconds=talk or 20),
        talk_s=talk,
        outcome="reached" if reached else "refused",
        notes=words,
    )
