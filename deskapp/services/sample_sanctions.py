"""The sample's responsibility: causes found, a penalty decided, others that wait for the manager (rows T8, T9, A3)."""

from __future__ import annotations

from dataclasses import replace
from random import Random
from typing import TYPE_CHECKING

import pendulum

from deskapp.domain.responsibility import Finding
from deskapp.domain.sanction import Sanction, proposal
from deskapp.services.responsibility import find_out_in, hold_responsible_in
from deskapp.services.sanctions import decide_in, propose_in, weighed

if TYPE_CHECKING:
    from deskapp.domain.ticket import Ticket
    from deskapp.services.sample import Stage

MANAGER, AGENT = "fanglei", "limin"
SHOWN = 4
"""How many complaints somebody was held responsible for."""


def hold_to_account(stage: Stage, seed: int) -> None:
    """Let causes be found for complaints that weigh most, some penalties be decided, and praise be rewarded."""
    dice, work = Random(seed + 11), stage.work
    listed = [row.ticket for row in work.tickets.newest(500)]
    complaints = [
        one for one in listed if one.kind == "complaint" and one.state not in ("merged", "withdrawn")
    ]
    known = sorted((one for one in complaints if one.responsible_id), key=_weight)
    for place, ticket in enumerate(known[:SHOWN]):
        _account(stage, dice, ticket, place)
    _reward(stage)
    work.now, work.operator = stage.now, stage.operators[AGENT]


def _weight(ticket: Ticket) -> tuple[bool, bool, int, int]:
    return (
        ticket.channel not in ("gm", "leadership"),
        ticket.repeat_no == 0,
        ticket.severity == "minor",
        -ticket.id,
    )


def _account(stage: Stage, dice: Random, ticket: Ticket, place: int) -> None:
    """Find the cause of one complaint; the first penalty is decided, others are proposed."""
    work, words = stage.work, stage.words["sanctions"]
    cause, trade, material = dice.choice(words["causes"])
    last = max(event.at for event in work.ticket_events.of(ticket.id) if event.at is not None)
    day = stage.desk.local(stage.now).start_of("day").subtract(days=6 - 2 * place)
    morning = day.add(hours=9, minutes=dice.randint(5, 150)).in_timezone(pendulum.UTC)
    work.now = min(max(last.add(minutes=25), morning), stage.now)
    work.operator = stage.operators[AGENT]
    site = work.sites.get(ticket.site_id)
    finding = Finding(ticket_id=ticket.id, cause=cause, trade=trade, crew=site.crew if site else "")
    find_out_in(work, replace(finding, material=material, words=words["found"]))
    assert ticket.responsible_id is not None
    hold_responsible_in(work, ticket.id, ticket.responsible_id, words["for_what"])
    heavy = weighed(work, work.tickets.find(ticket.id))
    found = proposal(heavy, heavy.repeat_no, stage.desk.policy)
    draft = Sanction(
        staff_id=ticket.responsible_id,
        ticket_id=ticket.id,
        rule=found.rule,
        amount=found.amount or 5_000,
        reason=dice.choice(words["reasons"]),
    )
    one = propose_in(work, stage.desk, draft)
    if place == 0:
        work.now, work.operator = min(work.now.add(minutes=15), stage.now), stage.operators[MANAGER]
        decide_in(work, stage.desk, one)


def _reward(stage: Stage) -> None:
    """Reward the praise that was reported first; propose a reward for the next."""
    work = stage.work
    reported = [one for one in work.praises.all() if one.reported_at is not None]
    for place, praise in enumerate(sorted(reported, key=lambda one: one.id, reverse=True)[:2]):
        assert praise.reported_at is not None
        work.now, work.operator = min(praise.reported_at.add(hours=2), stage.now), stage.operators[AGENT]
        draft = Sanction(
            kind="reward",
            staff_id=praise.staff_id,
            praise_id=praise.id,
            site_id=praise.site_id,
            rule="praise",
            amount=stage.desk.policy.reward_praise_yuan * 100,
            reason=praise.words,
        )
        one = propose_in(work, stage.desk, draft)
        if place == 0:
            work.now = min(work.now.add(minutes=20), stage.now)
            work.operator = stage.operators[MANAGER]
            decide_in(work, stage.desk, one)
