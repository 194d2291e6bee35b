"""The sample's team: the roster of two weeks, training, proposals, expenses, the plan of next year (row A6)."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from random import Random
from typing import TYPE_CHECKING, Any

import pendulum

from deskapp.domain.register import RegisterEntry
from deskapp.domain.register_kind import APPROVED, REFUSED
from deskapp.services import registers
from deskapp.services.planning import today_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from deskapp.services.sample import Stage

BY, MANAGER, DIRECTOR = "limin", "liumin", "fanglei"
ROSTER = 7
"""Days the roster goes back and ahead."""


def keep_team(stage: Stage, seed: int) -> None:
    """Write the registers of the team, on dice of their own: nothing else of the sample moves."""
    dice, today = Random(seed + 17), today_of(stage.desk, stage.now)
    for day, code, values, decision in sorted(
        [*_roster(stage, today), *_papers(stage, today)], key=lambda one: (one[0], one[1])
    ):
        login = MANAGER if code in ("budgets", "headcounts", "promotions") else BY
        stage.seat(login)
        local = pendulum.datetime(day.year, day.month, day.day, 10, dice.randint(0, 59))
        at = local.set(tz=stage.desk.policy.timezone).in_timezone(pendulum.UTC)
        stage.work.now = min(stage.now, at)
        kind = registers.kinds()[code]
        entry = registers.add_in(
            stage.work, stage.desk, kind, RegisterEntry(register=code), {"day": day} | values
        )
        if decision:
            stage.seat(DIRECTOR if login == MANAGER else MANAGER)
            stage.work.now = min(stage.now, stage.work.now.add(hours=3))
            why = stage.words["team"]["refused"] if decision == REFUSED else ""
            registers.decide_in(stage.work, kind, entry, decision, why)
    stage.work.now = stage.now
    stage.seat(BY)


Line = tuple[date, str, dict[str, Any], str]


def _roster(stage: Stage, today: date) -> Iterator[Line]:
    people = [one for one in stage.staff if one.trade in ("service", "office")]
    for back in range(-ROSTER, ROSTER + 1):
        for place, member in enumerate(people):
            shift = ("early", "late", "leave")[(place + back) % 3]
            yield today + timedelta(days=back), "shifts", {"who": member.id, "shift": shift}, ""


def _papers(stage: Stage, today: date) -> Iterator[Line]:
    words = stage.words["team"]
    people = [one.id for one in stage.staff if one.trade == "service"] or [stage.staff[0].id]
    for place, (back, subject, result) in enumerate(words["trainings"]):
        who = {"who": people[place % len(people)], "subject": subject, "result": result, "hours": Decimal(2)}
        yield today - timedelta(days=back), "trainings", who, ""
    for place, (back, kind, fen, purpose, decision) in enumerate(words["expenses"]):
        spent = {"who": people[place % len(people)], "kind": kind, "amount": fen, "purpose": purpose}
        yield today - timedelta(days=back), "expenses", spent, decision
    proposer = {"proposer": people[0]}
    for post, reason in words["recruiting"]:
        yield (
            today - timedelta(days=6),
            "recruiting",
            proposer | {"post": post, "heads": Decimal(1), "reason": reason},
            "",
        )
    post, reason = words["promotion"]
    rise = {"who": people[-1], "kind": "promote", "post": post, "reason": reason}
    yield today - timedelta(days=4), "promotions", proposer | rise, ""
    for item, fen, reason, decision in words["budgets"]:
        plan = {"year": Decimal(today.year + 1), "item": item, "amount": fen, "reason": reason}
        yield today - timedelta(days=9), "budgets", proposer | plan, decision
    post, present, heads, reason = words["headcount"]
    plan = {"year": Decimal(today.year + 1), "post": post, "reason": reason}
    plan |= {"present": Decimal(present), "heads": Decimal(heads)}
    yield today - timedelta(days=9), "headcounts", proposer | plan, ""
    name, change = words["standard"]
    rule = {"name": name, "kind": "new", "change": change, "author": people[0], "in_force": today}
    yield today - timedelta(days=20), "standards", rule, APPROVED
