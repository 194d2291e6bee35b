"""Decisions on the spot and escalations by keys: taken on a ticket, settled by the manager, told (T6, T12)."""

from __future__ import annotations

from dataclasses import replace

import pytest

from deskapp.domain.escalation import Level
from deskapp.domain.policy import Policy
from deskapp.screens.decisions import DecisionsScreen, SettleDialog
from deskapp.screens.escalated import escalated_words
from deskapp.screens.policy import PolicyScreen, as_policy, as_typed
from deskapp.screens.ticket import TicketScreen
from deskapp.screens.ticket_dialog import ActDialog
from deskapp.services import decisions, escalation
from deskapp.services.decisions import Decided
from tests import builders
from tests.screens.pilot import console, press, seen, shows, until, write

SQLITE = pytest.mark.parametrize("backend", ["sqlite"], indirect=True)
pytestmark = pytest.mark.row("T12")
SIZES = [((120, 40), "zh"), ((80, 24), "zh"), ((120, 40), "en"), ((80, 24), "en")]
WORDS = "先住宾馆[red]"


@pytest.fixture
def manager(desk):
    return desk.signed_in(builders.an_operator(desk, "李经理", "manager", "manager"))


@pytest.fixture
def taken(second_desk):
    client = builders.a_client(second_desk, "张伟明")
    ticket = builders.a_complaint(second_desk, client, severity="crisis")
    return decisions.decide(second_desk, ticket, WORDS)


async def here(app, pilot):
    await press(app, pilot, "f10", "4")
    await until(app, pilot, lambda: isinstance(app.screen, DecisionsScreen), "the screen")


@SQLITE
@pytest.mark.parametrize(("size", "language"), SIZES)
async def test_the_pictures(manager, taken, size, language):
    async with console(manager, size=size, language=language) as (app, pilot):
        await here(app, pilot)
        await shows(app, pilot, "先住宾馆[red]")
        assert "⟦" not in seen(app) and "刘敏" in seen(app)
        await press(app, pilot, "x")
        await until(app, pilot, lambda: isinstance(app.screen, SettleDialog), "the dialog")
        await shows(app, pilot, "先住宾馆[red]")
        assert "⟦" not in seen(app)


@SQLITE
async def test_an_agent_decides_by_a_key_on_the_ticket_and_confirms_nothing(second_desk, desk):
    ticket = builders.a_complaint(second_desk)
    async with console(second_desk) as (app, pilot):
        app.open_ticket(ticket.id)
        await until(app, pilot, lambda: isinstance(app.screen, TicketScreen) and app.screen.view, "read")
        await press(app, pilot, "y")
        await until(app, pilot, lambda: isinstance(app.screen, ActDialog), "the dialog")
        await press(app, pilot, "ctrl+s")
        assert isinstance(app.screen, ActDialog), "nothing is decided without words"
        await write(app, pilot, "今晚先住宾馆")
        await press(app, pilot, "ctrl+s")
        await until(app, pilot, lambda: Decided(desk).count() == 1, "taken")
        await shows(app, pilot, "临时决定")
        await shows(app, pilot, "今晚先住宾馆")
        await press(app, pilot, "escape")
        await here(app, pilot)
        await shows(app, pilot, "今晚先住宾馆")
        await press(app, pilot, "y")
        await shows(app, pilot, "无权")
        assert Decided(desk).count() == 1


@SQLITE
async def test_the_manager_changes_it_with_words_and_it_waits_no_more(manager, taken, desk):
    async with console(manager) as (app, pilot):
        await here(app, pilot)
        await shows(app, pilot, "先住宾馆")
        await press(app, pilot, "x")
        await press(app, pilot, "ctrl+s")
        assert isinstance(app.screen, SettleDialog), "a change needs words"
        await write(app, pilot, "改为亲友家暂住")
        await press(app, pilot, "ctrl+s")
        await shows(app, pilot, "没有等待确认的临时决定")
        await press(app, pilot, "v")
        await shows(app, pilot, "已改变")
        assert "» 李经理: 改" in seen(app)
        await press(app, pilot, "y")
        await shows(app, pilot, "这项决定已由经理处理")
        await press(app, pilot, "enter")
        await until(app, pilot, lambda: isinstance(app.screen, TicketScreen), "the ticket")
        await shows(app, pilot, "经理改变决定")
    with desk.read() as work:
        assert work.decisions.find(taken.id).state == "changed"


@SQLITE
async def test_it_is_confirmed_without_words_unless_another_was_first(manager, taken, desk):
    async with console(manager) as (app, pilot):
        await here(app, pilot)
        await shows(app, pilot, "先住宾馆")
        await press(app, pilot, "y")
        await until(app, pilot, lambda: isinstance(app.screen, SettleDialog), "the dialog")
        decisions.confirm(desk, taken, "同意")
        await press(app, pilot, "ctrl+s")
        await shows(app, pilot, "李敏")
        assert Decided(desk).count() == 0


@SQLITE
@pytest.mark.row("T6")
@pytest.mark.parametrize(("size", "language"), SIZES)
async def test_a_level_shows_in_the_notices_and_on_the_ticket(manager, desk, clock, size, language):
    ticket = builders.a_complaint(desk, builders.a_client(desk, "张伟明"))
    clock.at = ticket.respond_by
    assert escalation.watch(desk) == 1
    async with console(manager, size=size, language=language) as (app, pilot):
        await press(app, pilot, "f10", "m")
        words = "首次响应到期 报客服经理" if language == "zh" else "response due: manager"
        await shows(app, pilot, words)
        await press(app, pilot, "enter")
        await until(app, pilot, lambda: isinstance(app.screen, TicketScreen), "the ticket")
        await shows(app, pilot, words)
        assert "⟦" not in seen(app)


@SQLITE
@pytest.mark.parametrize("role", ["agent", "manager", "director"])
async def test_a_crisis_is_a_banner_on_every_console_at_once(desk, second_desk, role):
    builders.an_operator(desk, "某人", role, "somebody")
    async with console(builders.seat(desk, "somebody")) as (app, pilot):
        assert "危机投诉" not in seen(app)
        ticket = builders.a_complaint(second_desk, severity="crisis", subject="水管爆裂")
        await shows(app, pilot, "危机投诉")
        assert ticket.number in seen(app)
        if role != "agent":
            await shows(app, pilot, "@1")


@SQLITE
@pytest.mark.row("T6")
async def test_the_levels_are_edited_as_lines_in_words(desk):
    async with console(desk, size=(80, 24)) as (app, pilot):
        app.go("policy")
        await until(app, pilot, lambda: isinstance(app.screen, PolicyScreen), "the policy")
        await until(app, pilot, lambda: app.screen.form.values().get("escalation"), "filled")
        field = app.screen.form.field("escalation")
        field.fill("首次响应 -60 客服经理\n解决 0 大老板")
        await press(app, pilot, "ctrl+s")
        field.focus()
        await shows(app, pilot, "第 2 行")
        field.fill("首次响应 -60 客服经理\nresolve 0 总监")
        await press(app, pilot, "ctrl+s")
        levels = (Level("respond", -60, "manager"), Level("resolve", 0, "director"))
        await until(app, pilot, lambda: app.desk.policy.escalation == levels, "in force")
    with desk.read() as work:
        assert Policy.from_json(work.settings.get("policy")).escalation == levels


def test_the_form_reads_what_it_wrote():
    policy = replace(Policy(), escalation=(Level("resolve", 4320, "office"),))
    assert as_policy(as_typed(policy), Policy()).escalation == policy.escalation


@pytest.mark.row("T6")
@pytest.mark.parametrize(
    ("facts", "words"),
    [
        (
            {"clock": "respond", "minutes": -60, "to": "manager", "staff": [1]},
            "首次响应期限前 1 小时 报客服经理",
        ),
        ({"clock": "resolve", "minutes": 4320, "to": "director", "staff": [1]}, "解决逾期 3 天 报总监"),
        ({"clock": "resolve", "minutes": 7, "to": "office", "operators": [1]}, "解决逾期 7 分钟 报总经办"),
        (
            {"clock": "respond", "minutes": 0, "to": "responsible", "instead": "manager", "staff": [1]},
            "首次响应到期 报负责人(无人,改报客服经理)",
        ),
        ({"crisis": True, "operators": [2]}, "立即报客服经理、总监"),
        ({"head_id": 3}, ""),
        ({"clock": "later", "minutes": 1, "to": "manager"}, ""),
    ],
)
def test_an_escalation_in_words(facts, words):
    assert escalated_words(facts) == words


@pytest.mark.row("T6")
def test_nobody_to_tell_is_said():
    assert "未找到" in escalated_words({"clock": "respond", "minutes": 0, "to": "office"})
