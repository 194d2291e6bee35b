"""Who may do what: each act tried at the services by every role, by nobody, and by who was shut out meanwhile."""

from __future__ import annotations

import ast
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date, timedelta
from functools import partial
from io import BytesIO
from itertools import count
from pathlib import Path
from typing import Any

import pytest

import deskapp
from deskapp.desk import Desk
from deskapp.domain.article import Article
from deskapp.domain.audit import AuditFilter
from deskapp.domain.bus import Trip
from deskapp.domain.call import Result
from deskapp.domain.campaign import Campaign
from deskapp.domain.client import Client
from deskapp.domain.diagnosis import Diagnosis
from deskapp.domain.errors import NotAllowed
from deskapp.domain.inspection import Draft as Inspected
from deskapp.domain.macro import Macro, SavedView
from deskapp.domain.office_document import ActionItem, OfficeDocument
from deskapp.domain.operator import RIGHTS, ROLES, may
from deskapp.domain.outside import Cti
from deskapp.domain.phrase import Phrase
from deskapp.domain.praise import Evaluation, Praise, month_after
from deskapp.domain.programme import FollowupRule, Script
from deskapp.domain.quality import QualitySample
from deskapp.domain.register import RegisterEntry
from deskapp.domain.repair import Finished
from deskapp.domain.responsibility import Finding
from deskapp.domain.sanction import Sanction
from deskapp.domain.shop import Shop
from deskapp.domain.site import Milestone, Payment
from deskapp.domain.site_notice import NoticeDraft
from deskapp.domain.staff import Motto
from deskapp.repository import tables
from deskapp.services import (
    action_items,
    appraisals,
    articles,
    attachments,
    audit,
    backups,
    bus,
    calls,
    campaigns,
    clients,
    company,
    day_plan,
    decisions,
    diagnoses,
    documents,
    erasures,
    evaluations,
    exports,
    handbooks,
    imports,
    inspections,
    macros,
    mass,
    operators,
    outside,
    papers,
    phrases,
    post,
    praises,
    programme,
    quality,
    registers,
    repairs,
    responsibility,
    retention,
    sanctions,
    shops,
    site_notices,
    sites,
    tickets,
    unmasking,
)
from deskapp.services.audit_trail import Trail
from deskapp.services.papers import templates
from tests import builders
from tests.services.sheets import sheet

pytestmark = pytest.mark.row("P2")
sqlite_only = pytest.mark.parametrize("backend", ["sqlite"], indirect=True)
_serial = count(1)


@dataclass
class Stage:
    """What stands ready for the acts, made by 李敏: each act changes something of its own."""

    chief: Desk
    folder: Path

    def ticket(self, state: str = "received") -> Any:
        return builders.a_ticket_in(self.chief, state)

    def category(self) -> Any:
        with self.chief.read() as work:
            return work.categories.listed()[0]


Try = Callable[[Desk], object]


def _move(stage: Stage, state: str, name: str) -> Try:
    ticket = stage.ticket(state)
    return lambda desk: tickets.move(desk, ticket, name, "客户要求")


def _file(stage: Stage) -> Try:
    client = builders.a_client(stage.chief)
    return lambda desk: tickets.file(desk, builders.a_draft(client))


def _merge(stage: Stage) -> Try:
    into = stage.ticket()
    ticket = builders.a_complaint(stage.chief, into.client_id)
    return lambda desk: tickets.merge(desk, ticket, into, "同一件事")


def _end(stage: Stage) -> Try:
    call = builders.a_planned_call(stage.chief)
    return lambda desk: calls.end(desk, call, Result("no_answer", ""))


def _plan(stage: Stage) -> Try:
    client = builders.a_client(stage.chief).client.id
    return lambda desk: calls.plan(desk, "callback", client, desk.now())


def _import(stage: Stage) -> Try:
    path = sheet(stage.folder, ("姓名", "电话"), (f"客户{next(_serial)}", builders.a_phone()))
    return lambda desk: imports.run_file(desk, "clients", path)


def _two_alike(stage: Stage) -> Any:
    return [builders.a_complaint(stage.chief).id for _ in range(2)]


def _of(make: Callable[[Stage], Any], act: Callable[[Desk, Any], object]) -> Callable[[Stage], Try]:
    """An act on something made ready beforehand."""

    def ready(stage: Stage) -> Try:
        thing = make(stage)
        return lambda desk: act(desk, thing)

    return ready


def _plain(act: Callable[[Desk], object]) -> Callable[[Stage], Try]:
    return lambda stage: act


def _a_client(stage: Stage) -> Any:
    return builders.a_client(stage.chief)


def _backup_file(desk: Desk) -> Path:
    assert desk.desk_dir is not None
    desk.desk_dir.mkdir(parents=True, exist_ok=True)
    return desk.desk_dir / "all.backup"


def _drawn(stage: Stage) -> Any:
    """A sample of work that nobody who tries did."""
    ticket, whose = stage.ticket("resolved"), builders.an_operator(stage.chief, "王芳")
    with stage.chief.store.write("test", stage.chief.operator) as work:
        return work.quality_samples.add(
            QualitySample(drawn_at=work.now, operator_id=whose.id, ticket_id=ticket.id)
        )


def _coached(stage: Stage) -> Try:
    score = quality.score(stage.chief, _drawn(stage), FULL_MARKS, coaching="先问好")

    def own(desk: Desk) -> object:
        """Every operator confirms a note on work of their own."""
        mine = desk.operator.id if desk.operator else None
        with stage.chief.store.write("test", stage.chief.operator) as work:
            work.connection.execute(tables.quality_samples.update().values(operator_id=mine))
        return quality.read_coaching(desk, score)

    return own


FULL_MARKS = {one.id: one.most for one in quality.form_of().questions}


def _renamed(record: Any) -> Any:
    return replace(record, name=f"{record.name}{next(_serial)}")


def _member(stage: Stage) -> Any:
    return builders.a_member(stage.chief, f"赵{next(_serial)}")


def _rule(stage: Stage) -> Any:
    return programme.save_rule(stage.chief, FollowupRule(name=f"规则{next(_serial)}"))


def _account(desk: Desk) -> object:
    """Change an account no higher than one's own."""
    with desk.read() as work:
        agent = work.operators.by_login(builders.AGENT)
    return operators.save(desk, _renamed(agent))


def _decided(stage: Stage) -> Any:
    agent = builders.seat(stage.chief, builders.AGENT)
    return decisions.decide(agent, stage.ticket(), "先停工")


def _undelivered(stage: Stage) -> Any:
    member = builders.a_member(stage.chief)
    with stage.chief.write("ticket.note") as work:
        work.outbox.tell("praise.reported", None, member.id, {"words": "细心"})
    with stage.chief.read() as work:
        return work.outbox.all()[-1]


def _no_words(stage: Stage) -> None:
    with stage.chief.write("template.save") as work:
        for own in work.notice_templates.all():
            work.notice_templates.remove(own)


def _shop(stage: Stage) -> Any:
    client = builders.a_client(stage.chief).client.id
    return shops.save_shop(stage.chief, Shop(client_id=client, name="旗舰店"))


def _campaign(stage: Stage) -> Any:
    builders.a_client(stage.chief)
    due = stage.chief.now().add(days=9).date()
    return campaigns.save(stage.chief, Campaign(title="问候", text="您好", due_on=due))


def _site(stage: Stage) -> Any:
    return builders.a_site(stage.chief, builders.a_client(stage.chief))


def _designer(stage: Stage) -> Any:
    return builders.a_member(stage.chief, trade="designer")


def _close_a_month(desk: Desk) -> object:
    """A month somebody was appraised in, closed by nobody yet: each trial closes an earlier one."""
    return appraisals.close(desk, month_after(_today(desk).replace(day=1), -next(_serial)))


def _today(desk: Desk) -> Any:
    return desk.local(desk.now()).date()


def _milestone(desk: Desk, site: Any) -> object:
    return sites.save_milestone(desk, Milestone(site_id=site.id, kind="start", done_on=_today(desk)))


def _payment(desk: Desk, site: Any) -> object:
    return sites.save_payment(desk, Payment(site_id=site.id, kind="final", amount=100, due_on=_today(desk)))


def _attach(stage: Stage) -> Try:
    site, photo = _site(stage), stage.folder / f"{next(_serial)}.txt"
    photo.write_text("现场", encoding="utf-8")
    return lambda desk: attachments.add(desk, "site", site.id, photo)


def _repair(stage: Stage) -> Try:
    draft = builders.a_draft(builders.a_client(stage.chief), kind="repair")
    row = repairs.read(stage.chief, repairs.file(stage.chief, draft).ticket.id)
    return lambda desk: repairs.done(desk, row, Finished("换了阀芯"))


def _notice(kind: str) -> NoticeDraft:
    address = f"{next(_serial)}-101"
    return NoticeDraft(
        kind, date(2026, 11, 2), client_name="张伟明", phones=builders.a_phone(), address=address
    )


def _talk(stage: Stage) -> Any:
    client, designer = builders.a_client(stage.chief), builders.a_member(stage.chief, "王丽", "designer")
    return {
        "client": client.client.id,
        "designer": designer.id,
        "day": _today(stage.chief),
        "outcome": "first",
    }


def _show_house(stage: Stage) -> Any:
    site, day = _site(stage), _today(stage.chief)
    proposer = builders.a_member(stage.chief, "王丽", "designer").id
    answers = {"site": site.id, "proposer": proposer, "agreed": True, "reason": "好", "day": day}
    return registers.save(stage.chief, RegisterEntry(register="showhouses"), answers | {"valid_until": day})


def _punishable(stage: Stage, again: bool = False) -> Sanction:
    """A penalty to be proposed: of what reached the general manager, perhaps complained of again."""
    member, category = builders.a_member(stage.chief, f"周{next(_serial)}"), builders.a_category(stage.chief)
    client = builders.a_client(stage.chief)
    tickets_ = [
        builders.a_complaint(stage.chief, client, channel="gm", category_id=category)
        for _ in range(2 if again else 1)
    ]
    return Sanction(
        staff_id=member.id, ticket_id=tickets_[-1].id, rule="gm", amount=20_000, reason="到总经理处"
    )


def _proposed(stage: Stage, again: bool = False) -> Sanction:
    return sanctions.propose(stage.chief, _punishable(stage, again))


def _punished(stage: Stage) -> Sanction:
    return sanctions.decide(stage.chief, _proposed(stage))


def _handbook(stage: Stage) -> Any:
    return site_notices.file_notice(stage.chief, _notice("completion")).handbook


def _macro(operator_id: int | None) -> Macro:
    steps = [{"do": "tag", "tag": "漏水"}]
    return Macro(name=f"宏{next(_serial)}", moves={"steps": steps}, operator_id=operator_id)


def _document() -> OfficeDocument:
    return OfficeDocument(title=f"第{next(_serial)}次例会", day=date(2026, 11, 23))


ACTS: dict[str, Callable[[Stage], Try]] = {
    "client.save": _plain(lambda desk: clients.add(desk, Client(name="孙丽"), builders.a_phone())),
    "call.ring": _plain(lambda desk: calls.ring(desk, builders.a_phone())),
    "call.take": _of(lambda stage: builders.a_planned_call(stage.chief), calls.take),
    "call.end": _end,
    "call.plan": _plan,
    "ticket.file": _file,
    "ticket.move": partial(_move, state="received", name="respond"),
    "ticket.note": _of(Stage.ticket, lambda desk, ticket: tickets.note(desk, ticket, "已联系")),
    "ticket.reopen": partial(_move, state="resolved", name="reopen"),
    "ticket.severity": _of(
        Stage.ticket, lambda desk, ticket: tickets.set_severity(desk, ticket, "major", "重")
    ),
    "ticket.merge": _merge,
    "repair.save": _repair,
    "ticket.withdraw": partial(_move, state="received", name="withdraw"),
    "notice.file": _plain(lambda desk: site_notices.file_notice(desk, _notice("start"))),
    "handbook.save": _of(_handbook, handbooks.collect_handbook),
    "site.save": _of(
        lambda stage: builders.a_site(stage.chief, builders.a_client(stage.chief)), clients.save_site
    ),
    "milestone.save": _of(_site, _milestone),
    "payment.save": _of(_site, _payment),
    "inspection.save": _of(
        _site, lambda desk, site: inspections.record(desk, Inspected(site.id, _today(desk)))
    ),
    "attachment.add": _attach,
    "shop.save": _of(_shop, lambda desk, shop: shops.save_shop(desk, _renamed(shop))),
    "diagnosis.save": _of(
        lambda stage: builders.a_client(stage.chief).client.id,
        lambda desk, client: diagnoses.add(
            desk, Diagnosis(client_id=client, problem="转化率低", cause="主图不清")
        ),
    ),
    "decision.take": _of(Stage.ticket, lambda desk, ticket: decisions.decide(desk, ticket, "先停工")),
    "decision.confirm": _of(_decided, lambda desk, decision: decisions.confirm(desk, decision)),
    "finding.save": _of(
        Stage.ticket,
        lambda desk, ticket: responsibility.find_out(desk, Finding(ticket_id=ticket.id, cause="防水层破损")),
    ),
    "mass.save": _of(_two_alike, lambda desk, ids: mass.open_group(desk, ids, "瓷砖空鼓")),
    "sanction.propose": _of(_punishable, lambda desk, draft: sanctions.propose(desk, draft)),
    "sanction.decide": _of(_proposed, lambda desk, one: sanctions.decide(desk, one)),
    "sanction.decide_repeat": _of(
        lambda stage: _proposed(stage, again=True), lambda desk, one: sanctions.decide(desk, one)
    ),
    "sanction.appeal": _of(_punished, lambda desk, one: sanctions.appeal(desk, one, "不是我")),
    "sanction.reverse": _of(_punished, lambda desk, one: sanctions.reverse(desk, one, "查错了")),
    "day_plan.save": _of(
        lambda stage: builders.a_client(stage.chief).client.id,
        lambda desk, client: day_plan.choose(desk, desk.now().date(), [day_plan.Pick(client)]),
    ),
    "campaign.save": _of(
        _campaign, lambda desk, campaign: campaigns.save(desk, replace(campaign, title=f"{next(_serial)}"))
    ),
    "campaign.send": _of(_campaign, lambda desk, campaign: campaigns.send(desk, campaign.id)),
    "rule.save": _of(_rule, lambda desk, rule: programme.save_rule(desk, _renamed(rule))),
    "script.save": _plain(lambda desk: programme.save_script(desk, Script(name=f"话术{next(_serial)}"))),
    "staff.save": _of(_member, lambda desk, member: company.save_staff(desk, _renamed(member))),
    "department.save": _of(
        lambda stage: builders.a_department(stage.chief),
        lambda desk, department: company.save_department(desk, _renamed(department)),
    ),
    "category.save": _of(
        Stage.category, lambda desk, category: company.save_category(desk, _renamed(category))
    ),
    "phrase.save": _plain(lambda desk: phrases.save(desk, Phrase(words="您好"))),
    "motto.save": _plain(lambda desk: company.save_motto(desk, Motto(text="客户第一"))),
    "document.save": _plain(lambda desk: documents.save(desk, _document())),
    "document.retire": _of(
        lambda stage: documents.save(stage.chief, _document()),
        lambda desk, document: documents.retire(desk, document),
    ),
    "action_item.save": _of(
        lambda stage: documents.save(stage.chief, _document()),
        lambda desk, document: action_items.save(
            desk, ActionItem(document_id=document.id, words="写总结", due_on=_today(desk))
        ),
    ),
    "article.write": _plain(lambda desk: articles.write(desk, Article(title="甲醛", body="通风"))),
    "article.use": _plain(lambda desk: articles.count_miss(desk, "除甲醛")),
    "article.retire": _of(
        lambda stage: articles.write(stage.chief, Article(title="甲醛", body="通风")), articles.retire
    ),
    "macro.save": _plain(lambda desk: macros.save(desk, _macro(desk.operator.id if desk.operator else 0))),
    "macro.share": _plain(lambda desk: macros.save(desk, _macro(None))),
    "view.save": _plain(
        lambda desk: macros.save_view(
            desk,
            SavedView(operator_id=desk.operator.id if desk.operator else 0, place="tickets", name="漏水"),
        )
    ),
    "policy.save": _plain(lambda desk: company.save_policy(desk, replace(desk.policy, red_hours=2))),
    "praise.save": _of(
        _member, lambda desk, member: praises.add(desk, Praise(staff_id=member.id, words="细心"))
    ),
    "evaluation.save": _of(
        lambda stage: builders.a_site(stage.chief, builders.a_client(stage.chief)),
        lambda desk, site: evaluations.give_back(
            desk, Evaluation(site_id=site.id, client_id=site.client_id), {"designer": 5}
        ),
    ),
    "register.save": _of(
        _talk, lambda desk, answers: registers.save(desk, RegisterEntry(register="talks"), answers)
    ),
    "register.decide": _of(_show_house, lambda desk, entry: registers.decide(desk, entry, "approved")),
    "bus.save": _plain(
        lambda desk: bus.save_trip(desk, Trip(leaves_at=desk.now().add(days=1), route="海棠湾", seats=9))
    ),
    "operator.save": _plain(_account),
    "company.save": _plain(lambda desk: company.save_company(desk, f"海棠{next(_serial)}")),
    "outside.save": _plain(lambda desk: outside.save_outside(desk, Cti(port=8100 + next(_serial)))),
    "notice.handle": _of(_undelivered, lambda desk, notice: post.handle(desk, notice, "打了电话")),
    "template.save": _of(
        _no_words, lambda desk, _: post.save_template(desk, "ticket.filed", "新单", "{name}")
    ),
    "appraisal.close": _of(_designer, lambda desk, _: _close_a_month(desk)),
    "quality.draw": _plain(lambda desk: quality.draw(desk, _today(desk))),
    "quality.score": _of(_drawn, lambda desk, one: quality.score(desk, one, FULL_MARKS)),
    "quality.read": _coached,
    "paper.write": _plain(
        lambda desk: papers.write_text(desk, "followups_weekly", _today(desk), "remarks", f"{next(_serial)}")
    ),
    "paper.issue": _plain(
        lambda desk: papers.issue(
            desk, "followups_weekly", _today(desk) - timedelta(weeks=next(_serial)), "更正"
        )
    ),
    "paper.template": _plain(lambda desk: templates.use_default(desk, "followups_weekly")),
    "import.run": _import,
    "export.run": _plain(lambda desk: exports.export(desk, "clients", "csv", BytesIO())),
    "client.erase": _of(_a_client, lambda desk, card: erasures.erase(desk, card.client.id, "本人申请")),
    "retention.run": _plain(retention.run),
    "phone.unmask": _of(_a_client, lambda desk, card: unmasking.unmask(desk, card.client.id)),
    "backup.make": _plain(lambda desk: backups.make(desk, _backup_file(desk))),
    "prefs.save": _plain(lambda desk: operators.save_preferences(desk, language="en")),
    "audit.read": _plain(lambda desk: (Trail(desk, AuditFilter()), audit.verify(desk))),
}
"""A real act for each right: given the stage, what to do at a desk."""


@pytest.fixture
def stage(desk, tmp_path) -> Stage:
    return Stage(desk, tmp_path)


def refused(desk: Desk, attempt: Try) -> bool:
    """Whether an act is refused for want of a right; what is refused leaves no trace."""
    with desk.read() as work:
        before = work.latest()
    try:
        attempt(desk)
    except NotAllowed:
        with desk.read() as work:
            assert work.latest() == before
        return True
    return False


def test_every_right_is_tried() -> None:
    assert set(ACTS) == set(RIGHTS)


@sqlite_only
@pytest.mark.parametrize("act", sorted(ACTS))
def test_each_role_may_do_what_the_table_says_and_nothing_else(stage, act) -> None:
    allowed = {}
    for role in ROLES:
        who = builders.an_operator(stage.chief, role=role)
        attempt = ACTS[act](stage)
        allowed[role] = not refused(stage.chief.signed_in(who), attempt)
    assert allowed == {role: may(role, act) for role in ROLES}
    assert any(allowed.values())


@pytest.mark.parametrize("act", sorted(ACTS))
def test_nobody_and_who_is_out_of_use_may_do_nothing(stage, act) -> None:
    attempt = ACTS[act](stage)
    assert refused(replace(stage.chief, operator=None), attempt)
    who = builders.an_operator(stage.chief, role="admin")
    seated = stage.chief.signed_in(who)
    operators.disable(stage.chief, who.login)
    assert refused(seated, attempt), "disabled while sitting at a desk"
    assert refused(stage.chief.signed_in(replace(who, active=False)), attempt)


@pytest.mark.parametrize("act", sorted(act for act in ACTS if not may("agent", act)))
def test_who_lost_the_role_at_another_desk_is_refused_at_the_next_act(stage, act) -> None:
    attempt = ACTS[act](stage)
    who = builders.an_operator(stage.chief, role="director")
    seated = stage.chief.signed_in(who)
    operators.save(stage.chief, replace(who, role="agent"))
    assert refused(seated, attempt)


def test_the_frame_learns_of_another_role(stage) -> None:
    who = builders.an_operator(stage.chief, role="director")
    seated = stage.chief.signed_in(who)
    assert company.refreshed(seated) is seated
    operators.save(stage.chief, replace(who, role="agent"))
    assert company.refreshed(seated).operator.role == "agent"
    operators.disable(stage.chief, who.login)
    assert not company.refreshed(seated).operator.active


def test_nobody_is_raised_by_whom_was_lowered_meanwhile(stage) -> None:
    who = builders.an_operator(stage.chief, role="director")
    seated = stage.chief.signed_in(who)
    operators.save(stage.chief, replace(who, role="manager"))
    with pytest.raises(NotAllowed, match=r"operator\.above"):
        operators.add(seated, "neu", "新人", "director", builders.PASSWORD)


def services() -> list[ast.Module]:
    room = Path(deskapp.__file__).parent
    return [ast.parse(file.read_text(encoding="utf-8")) for file in sorted(room.rglob("*.py"))]


def test_the_table_and_the_code_know_the_same_acts() -> None:
    asked, said = set(), set()
    for tree in services():
        for node in ast.walk(tree):
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                said.add(node.value)
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
                desk = isinstance(node.func.value, ast.Name) and node.func.value.id == "desk"
                if desk and node.func.attr in ("write", "check") and isinstance(node.args[0], ast.Constant):
                    asked.add(node.args[0].value)
    assert asked <= set(RIGHTS)
    by_name = {"ticket.reopen", "ticket.withdraw"}
    assert set(RIGHTS) - asked <= by_name <= said
