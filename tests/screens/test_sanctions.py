"""Responsibility, penalties, rewards and their ledger, by keys (T8, T9, T10, A3)."""

from __future__ import annotations

from datetime import date

import pytest

from deskapp.domain.praise import Praise
from deskapp.domain.sanction import Sanction
from deskapp.screens.ledger import EntriesScreen, LedgerScreen
from deskapp.screens.responsibility import ResponsibilityScreen
from deskapp.screens.sanction import SanctionScreen
from deskapp.screens.sanction_acts import SanctionActDialog
from deskapp.screens.sanction_forms import ProposeDialog
from deskapp.screens.sanctions import SanctionsScreen
from deskapp.screens.ticket import TicketScreen
from deskapp.services import praises, sanctions
from tests import builders
from tests.screens.pilot import console, press, seen, shows, until, write

pytestmark = [
    pytest.mark.row("T8", "T9", "T10"),
    pytest.mark.parametrize("backend", ["sqlite"], indirect=True),
]

SIZES = [((120, 40), "zh"), ((80, 24), "zh"), ((120, 40), "en"), ((80, 24), "en")]
NOVEMBER = date(2026, 11, 1)


@pytest.fixture
def member(desk):
    return builders.a_member(desk, "赵刚")


def a_penalty(desk, member, **fields):
    ticket = builders.a_complaint(desk, channel="gm")
    values = {"staff_id": member.id, "ticket_id": ticket.id, "rule": "gm", "amount": 20_000}
    return sanctions.propose(desk, Sanction(**(values | {"reason": "找到总经理"} | fields)))


async def on(app, pilot, screen):
    await until(app, pilot, lambda: isinstance(app.screen, screen), screen.__name__)


async def responsibility_of(app, pilot, ticket):
    app.open_ticket(ticket.id)
    await until(app, pilot, lambda: isinstance(app.screen, TicketScreen) and app.screen.view, "the ticket")
    await press(app, pilot, "n")
    await until(
        app, pilot, lambda: isinstance(app.screen, ResponsibilityScreen) and app.screen.whole, "fault"
    )


@pytest.mark.parametrize(("size", "language"), SIZES)
async def test_the_pictures(desk, size, language):
    member = builders.a_member(desk, "赵[red]刚")
    one = a_penalty(desk, member, reason="\x1b[31m找到总经理")
    sanctions.decide(desk, one)
    async with console(desk, size=size, language=language) as (app, pilot):
        await press(app, pilot, "f8", "s")
        await shows(app, pilot, "赵[red]刚")
        assert "-200" in seen(app)
        glass = await press(app, pilot, "enter")
        await shows(app, pilot, "CF20261123-0001")
        glass += seen(app)
        glass += await press(app, pilot, "escape", "l")
        await shows(app, pilot, "-200")
        glass += await press(app, pilot, "enter")
        await on(app, pilot, EntriesScreen)
        await shows(app, pilot, "2026-11")
        glass += seen(app)
        await press(app, pilot, "escape", "escape", "t")
        await until(app, pilot, lambda: isinstance(app.screen, TicketScreen) and app.screen.view, "ticket")
        glass += await press(app, pilot, "n")
        await shows(app, pilot, "赵[red]刚")
        glass += seen(app)
        assert "⟦" not in glass and "\x1b" not in glass


async def test_from_the_cause_to_the_penalty_on_the_ticket(desk, member):
    ticket = builders.a_complaint(desk, channel="gm")
    async with console(desk) as (app, pilot):
        await responsibility_of(app, pilot, ticket)
        assert "罚 200 元" in seen(app) and "渠道是总经理转来" in seen(app)
        await press(app, pilot, "f")
        await write(app, pilot, "防水层破损")
        await press(app, pilot, "tab", "5", "ctrl+s")
        await shows(app, pilot, "工种 工队")
        await press(app, pilot, "n")
        await write(app, pilot, "zg")
        await press(app, pilot, "enter")
        await write(app, pilot, "没做闭水")
        await press(app, pilot, "ctrl+s")
        await shows(app, pilot, "未道歉")
        await press(app, pilot, "a", "tab")
        await write(app, pilot, "9:50")
        await press(app, pilot, "tab")
        await write(app, pilot, "上门道歉")
        await press(app, pilot, "ctrl+s")
        await shows(app, pilot, "道歉时间还没有到")
        await press(app, pilot, "backspace", "backspace", "backspace", "backspace", "ctrl+s")
        await shows(app, pilot, "赵刚 09:42 已道歉")
        await press(app, pilot, "p")
        await on(app, pilot, ProposeDialog)
        assert app.screen.form.values()["amount"] == "200"
        await press(app, pilot, "tab", "tab", "tab")
        await write(app, pilot, "态度恶劣")
        await press(app, pilot, "tab", "1", "ctrl+s")
        await shows(app, pilot, "CF20261123-0001 已决定")
        await press(app, pilot, "escape")
        await on(app, pilot, TicketScreen)
        await shows(app, pilot, "罚 200 元")
        glass = seen(app)
        assert "防水层破损" in glass and "已道歉" in glass and "向客户道歉" in glass
    [found] = sanctions.sums(desk, NOVEMBER)
    assert (found.name, found.net) == ("赵刚", -20_000)


async def test_an_agent_decides_in_place_only_what_is_complained_of_again(desk, second_desk, member):
    client, category = builders.a_client(desk), builders.a_category(desk)
    first = builders.a_complaint(desk, client, category_id=category, responsible_id=member.id)
    again = builders.a_complaint(desk, client, category_id=category, responsible_id=member.id)
    async with console(second_desk) as (app, pilot):
        await responsibility_of(app, pilot, first)
        await shows(app, pilot, "由经理决定")
        await press(app, pilot, "p")
        await on(app, pilot, ProposeDialog)
        assert "at_once" not in app.screen.form.values()
        await press(app, pilot, "escape", "escape", "escape")
        await responsibility_of(app, pilot, again)
        await shows(app, pilot, "同一问题第 2 次投诉 专员可直接决定")
        await press(app, pilot, "p")
        await on(app, pilot, ProposeDialog)
        await press(app, pilot, "tab", "tab", "backspace", "backspace", "backspace")
        await write(app, pilot, "500")
        await press(app, pilot, "tab")
        await write(app, pilot, "又漏了")
        await press(app, pilot, "tab", "1", "ctrl+s")
        await shows(app, pilot, "专员只能按规则金额决定")
        await press(app, pilot, "shift+tab", "shift+tab", "home", "delete")
        await write(app, pilot, "1")
        await press(app, pilot, "ctrl+s")
        await shows(app, pilot, "已决定")
    [found] = sanctions.sums(desk, NOVEMBER)
    assert found.net == -10_000


async def test_the_list_decides_appeals_and_reverses_by_keys(desk, member, second_desk):
    manager = desk.signed_in(builders.an_operator(desk, "李经理", "manager", "lijl"))
    one, other = a_penalty(second_desk, member), a_penalty(second_desk, builders.a_member(desk, "钱进"))
    async with console(manager, login="lijl") as (app, pilot):
        await press(app, pilot, "f8", "s")
        await on(app, pilot, SanctionsScreen)
        await shows(app, pilot, "待决定")
        await press(app, pilot, "y")
        await on(app, pilot, SanctionActDialog)
        sanctions.decide(desk, one)
        await press(app, pilot, "ctrl+s")
        await shows(app, pilot, "李敏刚刚先保存了这条记录")
        await press(app, pilot, "escape")
        await until(app, pilot, lambda: isinstance(app.screen, SanctionsScreen), "the list again")
        await press(app, pilot, "home", "x", "ctrl+s")
        await shows(app, pilot, "请填写")
        await write(app, pilot, "事实不清")
        await press(app, pilot, "ctrl+s")
        await shows(app, pilot, "已驳回")
        await press(app, pilot, "v", "v")
        await shows(app, pilot, "奖惩 · 已决定 · 1")
        await press(app, pilot, "enter")
        await on(app, pilot, SanctionScreen)
        await press(app, pilot, "o")
        await write(app, pilot, "材料的责任")
        await press(app, pilot, "ctrl+s")
        await shows(app, pilot, "申诉中")
        await press(app, pilot, "r")
        await write(app, pilot, "查实是材料")
        await press(app, pilot, "ctrl+s")
        await shows(app, pilot, "已撤销")
        await shows(app, pilot, "+200")
        await press(app, pilot, "escape", "l")
        await on(app, pilot, LedgerScreen)
        await shows(app, pilot, "2026-11 · 1 人")
    with desk.read() as work:
        states = [work.sanctions.find(each.id).state for each in (one, other)]
    assert states == ["reversed", "refused"]


@pytest.mark.row("A3")
async def test_praise_is_rewarded_by_a_key_and_the_list_says_so(desk, second_desk, member):
    praises.add(desk, Praise(staff_id=member.id, words="准时认真"))
    async with console(second_desk) as (app, pilot):
        await press(app, pilot, "f10", "2")
        await shows(app, pilot, "未上报")
        await press(app, pilot, "w")
        await on(app, pilot, ProposeDialog)
        assert app.screen.form.values()["amount"] == "100"
        await press(app, pilot, "ctrl+s")
        await shows(app, pilot, "奖励 待决定")
        await press(app, pilot, "w")
        await shows(app, pilot, "已有奖励")
        await press(app, pilot, "f8", "s")
        await on(app, pilot, SanctionsScreen)
        await press(app, pilot, "w")
        await write(app, pilot, "zg")
        await press(app, pilot, "enter")
        await shows(app, pilot, "赵刚 · 1")
    with desk.read() as work:
        [row] = work.sanctions.of_praise(1)
    assert (row.sanction.kind, row.sanction.amount, row.sanction.reason) == ("reward", 10_000, "准时认真")


async def test_the_quality_of_a_running_site_is_the_manager_s_to_punish(desk, member):
    site = builders.a_site(desk, builders.a_client(desk, "周敏"))
    async with console(desk) as (app, pilot):
        await press(app, pilot, "f8", "s", "n")
        await on(app, pilot, ProposeDialog)
        await press(app, pilot, "ctrl+s")
        await shows(app, pilot, "质量不达标的处罚要选工地")
        await write(app, pilot, "zg")
        await press(app, pilot, "enter")
        await write(app, pilot, "zm")
        await shows(app, pilot, "海棠湾")
        await press(app, pilot, "enter")
        await write(app, pilot, "80")
        await press(app, pilot, "tab")
        await write(app, pilot, "空鼓超标")
        await press(app, pilot, "tab", "1", "ctrl+s")
        await shows(app, pilot, "工地质量不达标")
    with desk.read() as work:
        [one] = work.sanctions.all()
    assert (one.state, one.site_id, one.amount, one.rule) == ("decided", site.id, 8_000, "quality")
