"""A believable working morning of a renovation company, to look round in: the same for a seed, counted from now."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from random import Random
from typing import TYPE_CHECKING, Any

import pendulum
from pendulum import DateTime

from deskapp.desk import Desk
from deskapp.domain.operator import Operator
from deskapp.domain.staff import StaffMember
from deskapp.services.company import defaults, first_start
from deskapp.services.operators import hash_password, sign_in

if TYPE_CHECKING:
    from deskapp.domain.client import Client
    from deskapp.domain.site import Site
    from deskapp.repository.work import Work

DEMO_LOGIN = "limin"
"""The agent whose morning it is."""
DEMO_PASSWORD = "haitang-2026"
"""The password of every sample operator; README and `deskapp demo` say it."""


@dataclass
class Stage:
    """Where the sample is played: one transaction, one dice, and the people in it."""

    work: Work
    desk: Desk
    dice: Random
    words: dict[str, Any]
    now: DateTime
    operators: dict[str, Operator] = field(default_factory=dict)
    staff: list[StaffMember] = field(default_factory=list)
    clients: list[Client] = field(default_factory=list)
    sites: dict[int, Site] = field(default_factory=dict)
    """By client id."""

    def seat(self, login: str) -> Desk:
        """Let an operator act from here on."""
        self.work.operator = self.operators[login]
        return self.desk.signed_in(self.operators[login])

    def ago(self, **span: float) -> DateTime:
        """An instant before now: ago(hours=3, minutes=10)."""
        return self.now.add(seconds=-round(pendulum.duration(**span).total_seconds()))

    def workday(self, days: int) -> DateTime:
        """Some moment of the working hours, so many days ago."""
        morning = self.desk.local(self.now).start_of("day").subtract(days=days)
        return morning.add(minutes=self.dice.randint(9 * 60, 17 * 60 + 30)).in_timezone(pendulum.UTC)

    def of_trade(self, *trades: str) -> StaffMember:
        """Somebody of a trade."""
        return self.dice.choice([member for member in self.staff if member.trade in trades])


def empty_company(desk: Desk, language: str = "zh") -> Desk:
    """Found the sample company with nobody's work in it yet, its founder at the desk."""
    words = defaults("sample")
    return first_start(desk, words["company"], words["founder"], "admin", "admin", DEMO_PASSWORD, language)


def found(desk: Desk, seed: int = 7, language: str = "zh") -> Desk:
    """Found the sample company on an empty database, fill it, and sign its agent in."""
    founded = empty_company(desk, language)
    fill(founded, seed)
    return sign_in(founded, DEMO_LOGIN, DEMO_PASSWORD)


def fill(desk: Desk, seed: int = 7) -> None:
    """Fill a founded company with a morning's work, in one transaction: all of it or nothing."""
    from deskapp.services.sample_articles import use_articles
    from deskapp.services.sample_clients import open_files
    from deskapp.services.sample_day_plan import plan_the_day
    from deskapp.services.sample_documents import keep_documents
    from deskapp.services.sample_escalations import escalate
    from deskapp.services.sample_greetings import greet
    from deskapp.services.sample_letters import write_letters
    from deskapp.services.sample_notices import file_notices
    from deskapp.services.sample_papers import issue_papers
    from deskapp.services.sample_praises import praise_and_evaluate
    from deskapp.services.sample_programme import follow_up
    from deskapp.services.sample_quality import monitor
    from deskapp.services.sample_registers import keep_registers
    from deskapp.services.sample_repairs import play_repairs
    from deskapp.services.sample_sanctions import hold_to_account
    from deskapp.services.sample_shops import keep_shops
    from deskapp.services.sample_sites import inspect_sites
    from deskapp.services.sample_stories import play_all
    from deskapp.services.sample_team import keep_team

    password = hash_password(DEMO_PASSWORD)
    with desk.store.write("sample.fill", desk.operator) as work:
        stage = Stage(work, desk, Random(seed), defaults("sample"), work.now)
        _open_accounts(stage, password)
        _take_on(stage)
        open_files(stage)
        play_all(stage)
        play_repairs(stage, seed)
        inspect_sites(stage, seed)
        file_notices(stage)
        praise_and_evaluate(stage, seed)
        follow_up(stage, seed)
        greet(stage, seed)
        keep_shops(stage, seed)
        plan_the_day(stage)
        escalate(stage)
        write_letters(stage, seed)
        keep_registers(stage, seed)
        hold_to_account(stage, seed)
        issue_papers(stage)
        keep_team(stage, seed)
        monitor(stage, seed)
        keep_documents(stage)
        use_articles(stage, seed)
        work.clients.hear_again()
        work.now, work.operator = stage.now, desk.operator


def _open_accounts(stage: Stage, password: str) -> None:
    from deskapp.services.sample_papers import begun_at

    at = begun_at(stage)
    for login, name, role in stage.words["operators"]:
        there = stage.work.operators.by_login(login)
        account = Operator(login=login, name=name, role=role, password_hash=password, created_at=at)
        stage.operators[login] = there or stage.work.operators.add(account)


def _take_on(stage: Stage) -> None:
    """Take the staff on, and let departments have their heads."""
    departments = {one.code: one for one in stage.work.departments.listed()}
    today = stage.desk.local(stage.now).date()
    for name, code, trade, title, is_head in stage.words["staff"]:
        joined = today.subtract(days=stage.dice.randint(200, 3000))
        of = departments.get(code)
        known = StaffMember(name=name, trade=trade, title=title, department_id=of.id if of else None)
        member = stage.work.staff.add(replace(known, joined_on=joined, phone=mobile(stage.dice)))
        stage.staff.append(member)
        if is_head and of is not None:
            departments[code] = stage.work.departments.save(replace(of, head_id=member.id))


def mobile(dice: Random) -> str:
    """Make up a mobile number."""
    head = dice.choice(
        ("130", "135", "136", "137", "138", "139", "150", "152", "158", "159", "177", "186", "189")
    )
    return f"{head}{dice.randrange(10**8):08d}"
