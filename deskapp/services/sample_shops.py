"""The sample's shops: turnover by month, one falling and one rising since the calls began, and their diagnoses."""

from __future__ import annotations

from datetime import date
from random import Random
from typing import TYPE_CHECKING

from deskapp.domain.call import Call
from deskapp.domain.client import Client
from deskapp.domain.diagnosis import Diagnosis, Outcome, ended
from deskapp.domain.praise import month_after
from deskapp.domain.shop import Shop, Turnover, first_of
from deskapp.services.clients import open_file
from deskapp.services.planning import today_of
from deskapp.services.sample import mobile

if TYPE_CHECKING:
    from deskapp.services.sample import Stage

YUAN = 100
FALLING = (162_000, 158_000, 171_000, 164_000, 149_500, 131_600)
"""The last six months' turnover in yuan, of the shop that falls."""
RISING = (48_000, 51_500, 50_200, 58_900, 66_300, 79_800)
CALLS_BEGAN_MONTHS = 3
"""How many months ago the calls began."""


def keep_shops(stage: Stage, seed: int) -> None:
    """Keep two shops with their figures; one diagnosis is open, one has helped."""
    work, dice = stage.work, Random(seed + 23)
    today = today_of(stage.desk, stage.now)
    began = month_after(first_of(today), -CALLS_BEGAN_MONTHS)
    keeper = next(client for client in stage.clients if client.kind == "shop")
    words = stage.words["shop_stories"]
    name, phone = words["keeper"], mobile(dice)
    other = Client(name=name, kind="shop", address=stage.words["shops"][1], created_at=stage.workday(120))
    rising = open_file(work, other, phone, stage.desk.policy).client
    shops = []
    for place, (client, figures) in enumerate(((keeper, FALLING), (rising, RISING))):
        platform = words["platforms"][place]
        shop = Shop(client_id=client.id, name=stage.words["shops"][place], platform=platform, began_on=began)
        shops.append(work.shops.add(shop))
        _turn_over(stage, shops[-1], figures, today)
        _talk(stage, shops[-1], words["talks"][place])
    for place, (shop, days) in enumerate(zip(shops, (6, 48), strict=True)):
        _diagnose(stage, shop, words["diagnosis"][place], days)
    work.now = stage.now


def _turn_over(stage: Stage, shop: Shop, figures: tuple[int, ...], today: date) -> None:
    months = [month_after(first_of(today), -back) for back in range(len(figures), 0, -1)]
    stage.work.turnovers.add_many(
        [
            Turnover(shop_id=shop.id, month=month, amount=amount * YUAN)
            for month, amount in zip(months, figures, strict=True)
        ]
    )


def _talk(stage: Stage, shop: Shop, said: list[str]) -> None:
    """Call the keeper of a shop once a month since the calls began."""
    phones, me = stage.work.phones.of(shop.client_id), stage.operators["limin"].id
    for back, words in enumerate(said):
        at = stage.workday(12 + 30 * back)
        call = Call(
            kind="care",
            direction="out",
            state="done",
            client_id=shop.client_id,
            number=phones[0].normal if phones else "",
            due_at=at,
            attempts=1,
            taken_by=me,
            taken_at=at,
            started_at=at,
            ended_at=at.add(seconds=420),
            talk_s=420,
            outcome="reached",
            notes=words,
            created_at=at,
        )
        stage.work.calls.add(call)


def _diagnose(stage: Stage, shop: Shop, story: dict[str, str], days: int) -> None:
    """Write a diagnosis down; where the story says so, what came of it too."""
    work, me = stage.work, stage.operators["limin"].id
    one = work.diagnoses.add(
        Diagnosis(
            at=stage.workday(days),
            client_id=shop.client_id,
            shop_id=shop.id,
            operator_id=me,
            problem=story["problem"],
            cause=story["cause"],
            advice=story["advice"],
            measure=story["measure"],
            before=int(story["before"]),
        )
    )
    if "outcome" in story:
        outcome = Outcome("helped", story["outcome"], int(story["after"]))
        work.diagnoses.save(ended(one, outcome, stage.workday(8), me), known=one)
