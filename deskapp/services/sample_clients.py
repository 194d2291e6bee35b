"""The sample's clients, their sites at every stage, milestones and payments."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta

from pendulum import DateTime

from deskapp.domain.client import Client
from deskapp.domain.site import RUNNING_STAGES, Milestone, Payment, Site
from deskapp.services.clients import open_file
from deskapp.services.sample import Stage, mobile

STAGES = {
    "building": 18,
    "midterm": 8,
    "finished": 6,
    "warranty": 8,
    "deposit": 6,
    "signed": 5,
    "ended": 2,
    "cancelled": 1,
}
BEGAN = {
    "building": (6, 40),
    "midterm": (43, 66),
    "finished": (90, 100),
    "warranty": (150, 600),
    "ended": (900, 1000),
}
"""Days since work began, by stage."""
PLAN = (("start", 0), ("materials", 12), ("midterm", 42), ("final", 88))
"""Days from the beginning to each milestone."""
BUILT_IN_DAYS = 88
YUAN = 100


def open_files(stage: Stage) -> None:
    """Open the files of the cast, of some fifty others, of a shop and of a stranger."""
    cast = stage.words["cast"]
    stages = [one for one, count in STAGES.items() for _ in range(count)]
    stage.dice.shuffle(stages)
    for name, phone, estate, address, at in cast:
        _house(stage, name, phone, (estate, address), at)
    names = _names(stage, {entry[0] for entry in cast})
    for at in stages:
        _house(stage, next(names), _phones(stage), _address(stage), at)
    name, phone = stage.words["shop_keeper"]
    shop = Client(name=name, kind="shop", address=stage.words["shops"][0], created_at=stage.workday(200))
    stage.clients.append(open_file(stage.work, shop, phone, stage.desk.policy).client)
    stranger = Client(named=False, created_at=stage.workday(3))
    open_file(stage.work, stranger, stage.words["strangers"][1], stage.desk.policy)


def _names(stage: Stage, taken: set[str]) -> Iterator[str]:
    words, dice = stage.words, stage.dice
    while True:
        rare = dice.random() < 0.03
        surname = dice.choice(words["compound_surnames"] if rare else words["surnames"])
        name = surname + dice.choice(words["given_names"])
        if name not in taken:
            taken.add(name)
            yield name


def _phones(stage: Stage) -> str:
    first = mobile(stage.dice)
    kind = stage.dice.random()
    if kind < 0.15:
        return f"{first}/{mobile(stage.dice)}"
    return f"{first}/{stage.words['area_code']}-5{stage.dice.randrange(10**7):07d}" if kind < 0.25 else first


def _address(stage: Stage) -> tuple[str, str]:
    dice = stage.dice
    floor, door = dice.randint(1, 26), dice.randint(1, 4)
    return dice.choice(
        stage.words["estates"]
    ), f"{dice.randint(1, 32)}-{dice.randint(1, 4)}-{floor}{door:02d}"


def _house(stage: Stage, name: str, phones: str, at: tuple[str, str], stand: str) -> None:
    """Open one household's file with its site, milestones and payments."""
    dice, today = stage.dice, stage.desk.local(stage.now).date()
    began = _began(stage, stand, today)
    deposited = (began or today) - timedelta(days=dice.randint(3, 20))
    opened = _morning(stage, deposited)
    note = dice.choice(stage.words["notes"])
    client = Client(name=name, note=note, created_at=opened)
    client = open_file(stage.work, client, phones, stage.desk.policy).client
    finished = stand in ("finished", "warranty", "ended") and began is not None
    site = replace(
        _site(stage, client.id, at, stand),
        deposit=dice.randint(5, 20) * 1000 * YUAN,
        deposit_date=deposited,
        start_date=began,
        completed_on=began + timedelta(days=BUILT_IN_DAYS) if finished and began else None,
        created_at=opened,
    )
    site = stage.work.sites.add(site)
    _milestones(stage, site, began, today)
    _payments(stage, site, began, today)
    stage.clients.append(client)
    stage.sites[client.id] = site


def _began(stage: Stage, stand: str, today: date) -> date | None:
    """When work began, if it has: on every other running site some weeks ago to the day, so that calls are due now."""
    if stand not in BEGAN:
        return None
    days = stage.dice.randint(*BEGAN[stand])
    if stand in RUNNING_STAGES and len(stage.clients) % 2:
        days = max(1, days // 7) * 7
    return today - timedelta(days=days)


def _site(stage: Stage, client_id: int, at: tuple[str, str], stand: str) -> Site:
    building = stand not in ("deposit", "cancelled")
    return Site(
        client_id=client_id,
        estate=at[0],
        address=at[1],
        stage=stand,
        area=stage.dice.randint(58, 180) * 100,
        designer_id=stage.of_trade("designer").id,
        consultant_id=stage.of_trade("consultant").id,
        supervisor_id=stage.of_trade("supervisor").id if building else None,
        manager_id=stage.of_trade("project_manager").id if building else None,
        crew=stage.dice.choice(stage.words["crews"]) if building else "",
    )


def _milestones(stage: Stage, site: Site, began: date | None, today: date) -> None:
    if site.stage == "signed":
        began = today + timedelta(days=stage.dice.randint(3, 14))
    if began is None:
        return
    points = []
    for kind, days in PLAN:
        planned = began + timedelta(days=days)
        done = planned + timedelta(days=stage.dice.randint(-1, 4) if days else 0)
        points.append(Milestone(0, 0, site.id, kind, planned, done if done <= today else None))
    stage.work.milestones.add_many(points)


def _payments(stage: Stage, site: Site, began: date | None, today: date) -> None:
    due = [Payment(0, 0, site.id, "deposit", site.deposit or 0, site.deposit_date, site.deposit_date)]
    if began is not None:
        for kind, days, least, most in (("midterm", 42, 300, 800), ("final", 88, 100, 200)):
            on = began + timedelta(days=days)
            paid = on + timedelta(days=stage.dice.randint(0, 6))
            amount = stage.dice.randint(least, most) * 100 * YUAN
            due.append(Payment(0, 0, site.id, kind, amount, on, paid if paid <= today else None))
    stage.work.payments.add_many(due)


def _morning(stage: Stage, day: date) -> DateTime:
    return stage.workday(stage.desk.local(stage.now).date().toordinal() - day.toordinal())
