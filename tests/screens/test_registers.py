"""The registers by keys: written from their declaration, found, decided, replaced, struck out (S4, S6)."""

from __future__ import annotations

from datetime import date

import pytest

from deskapp.domain.register import RegisterEntry, Wanted
from deskapp.screens.client import ClientScreen
from deskapp.screens.register_choice import RegisterChoice
from deskapp.screens.register_form import RegisterDialog, WhyDialog
from deskapp.screens.registers import RegistersScreen
from deskapp.services import registers
from deskapp.services.registers import Entries
from tests import builders
from tests.screens.pilot import console, press, seen, shows, until, write

pytestmark = [pytest.mark.row("S4", "S6"), pytest.mark.parametrize("backend", ["sqlite"], indirect=True)]
SIZES = [((120, 40), "zh"), ((80, 24), "zh"), ((120, 40), "en"), ((80, 24), "en")]
TODAY = date(2026, 11, 23)


@pytest.fixture
def site(desk):
    client = builders.a_client(desk, "张伟[red]")
    designer = builders.a_member(desk, "王丽", "designer")
    return builders.a_site(desk, client, stage="deposit", designer_id=designer.id)


def lines(desk, code: str) -> list[RegisterEntry]:
    return [row.entry for row in Entries(desk, Wanted(code)).first(99)]


def a_showhouse(desk, site, reason: str = "工艺\x1b好") -> RegisterEntry:
    answers = {"site": site.id, "proposer": site.designer_id, "agreed": True, "reason": reason}
    answers |= {"day": TODAY, "valid_until": date(2027, 5, 1)}
    return registers.save(desk, RegisterEntry(register="showhouses"), answers)


async def here(app, pilot):
    await press(app, pilot, "f10", "j")
    await until(app, pilot, lambda: isinstance(app.screen, RegistersScreen), "the screen")


@pytest.mark.parametrize(("size", "language"), SIZES)
async def test_the_pictures(desk, site, size, language):
    a_showhouse(desk, site)
    async with console(desk, size=size, language=language) as (app, pilot):
        await here(app, pilot)
        await press(app, pilot, "3")
        await shows(app, pilot, "张伟[red]")
        glass = await press(app, pilot, "tab")
        words = (
            ("样板间核定", "待核定", "申报理由") if language == "zh" else ("Show-houses", "proposed", "Why")
        )
        assert all(word in glass for word in words)
        assert "⟦" not in glass and "\x1b" not in glass and "海棠湾 3-2-1101" in glass
        glass = await press(app, pilot, "n")
        assert isinstance(app.screen, RegisterDialog) and "⟦" not in glass


async def test_a_talk_leads_to_a_deposit_and_the_site_follows(desk, site):
    async with console(desk) as (app, pilot):
        await here(app, pilot)
        await press(app, pilot, "2", "n")
        await until(app, pilot, lambda: isinstance(app.screen, RegisterDialog), "the form")
        await press(app, pilot, "ctrl+s")
        await shows(app, pilot, "请填写“客户”")
        await write(app, pilot, "zw")
        await press(app, pilot, "enter")
        form = app.screen.form
        await until(app, pilot, lambda: form.field("site").read() == site.id, "the only site is taken")
        assert form.values()["designer"] == site.designer_id, "its designer is proposed"
        form.field("outcome").focus()
        await press(app, pilot, "3", "ctrl+s")
        await until(
            app,
            pilot,
            lambda: isinstance(app.screen, RegisterDialog) and app.screen.kind.code == "deposits",
            "next",
        )
        values = app.screen.form.values()
        assert (values["client"], values["site"], values["designer"]) == (
            site.client_id,
            site.id,
            site.designer_id,
        )
        assert app.focused is app.screen.form.field("amount"), "only the amount is missing"
        await write(app, pilot, "2万")
        await press(app, pilot, "ctrl+s")
        await until(app, pilot, lambda: lines(desk, "deposits"), "stored")
        await press(app, pilot, "1")
        await shows(app, pilot, "20,000")
    assert lines(desk, "talks")[0].state == "deposit"
    with desk.read() as work:
        assert (work.sites.find(site.id).deposit, work.sites.find(site.id).deposit_date) == (20_000_00, TODAY)


async def test_wrong_answers_stand_at_their_fields(desk, site):
    async with console(desk) as (app, pilot):
        await here(app, pilot)
        await press(app, pilot, "1", "n")
        await until(app, pilot, lambda: isinstance(app.screen, RegisterDialog), "the form")
        form = app.screen.form
        form.fill({"client.text": "谁", "client": None, "amount": "很多", "day": "11-30"})
        await press(app, pilot, "ctrl+s")
        await shows(app, pilot, "请从列表中选")
        assert "很多" in form.field("amount").error and "还没有到" in form.field("day").error
        await press(app, pilot, "escape")
        await shows(app, pilot, "已存草稿")
    assert lines(desk, "deposits") == []


async def test_a_line_is_changed_and_struck_out_with_its_reason(desk, site):
    answers = {"client": site.client_id, "received_by": site.designer_id, "purpose": "consult", "day": TODAY}
    registers.save(desk, RegisterEntry(register="visits"), answers | {"note": "看材料"})
    async with console(desk) as (app, pilot):
        await here(app, pilot)
        await press(app, pilot, "4")
        await shows(app, pilot, "看材料")
        await press(app, pilot, "enter")
        await until(app, pilot, lambda: isinstance(app.screen, RegisterDialog), "the form")
        assert app.screen.form.values()["client.text"] == "张伟[red]"
        app.screen.form.field("note").focus()
        await write(app, pilot, ",带家人")
        await press(app, pilot, "ctrl+s")
        await shows(app, pilot, "看材料,带家人")
        await press(app, pilot, "x")
        await until(app, pilot, lambda: isinstance(app.screen, WhyDialog), "the reason")
        await press(app, pilot, "ctrl+s")
        await shows(app, pilot, "请填写")
        await write(app, pilot, "记错人")
        await press(app, pilot, "ctrl+s")
        await until(app, pilot, lambda: lines(desk, "visits")[0].state == "void", "struck out")
        await shows(app, pilot, "记错人")
        await press(app, pilot, "e")
        await shows(app, pilot, "已作废")
        assert isinstance(app.screen, RegistersScreen)
        await press(app, pilot, "o")
        await shows(app, pilot, "客户到访 DF20261123-0001  已作废")


async def test_a_show_house_is_refused_approved_and_replaced_by_keys(desk, site):
    a_showhouse(desk, site, "第一处")
    async with console(desk) as (app, pilot):
        await here(app, pilot)
        await press(app, pilot, "3")
        await shows(app, pilot, "待核定")
        await press(app, pilot, "y")
        await until(app, pilot, lambda: isinstance(app.screen, WhyDialog), "approve")
        await press(app, pilot, "ctrl+s")
        await until(app, pilot, lambda: lines(desk, "showhouses")[0].state == "approved", "approved")
        await shows(app, pilot, "李敏")
        await press(app, pilot, "e")
        await until(app, pilot, lambda: isinstance(app.screen, RegisterDialog), "another in its place")
        assert "替代 YB20261123-0001" in seen(app)
        app.screen.form.field("reason").focus()
        await write(app, pilot, "已翻新")
        await press(app, pilot, "ctrl+s")
        await until(app, pilot, lambda: len(lines(desk, "showhouses")) == 2, "proposed")
        await press(app, pilot, "home", "w")
        await shows(app, pilot, "样板间核定 待核定")
        await press(app, pilot, "x")
        await until(app, pilot, lambda: isinstance(app.screen, WhyDialog), "refuse")
        assert "不予通过" in seen(app)
        await write(app, pilot, "材料不全")
        await press(app, pilot, "ctrl+s")
        await until(app, pilot, lambda: lines(desk, "showhouses")[0].state == "refused", "refused")
        await press(app, pilot, "escape")
        await shows(app, pilot, "未通过")
    assert sorted(one.state for one in lines(desk, "showhouses")) == ["approved", "refused"]


async def test_an_agent_cannot_decide(desk, site):
    a_showhouse(desk, site)
    async with console(desk, login=builders.AGENT) as (app, pilot):
        await here(app, pilot)
        await press(app, pilot, "3")
        await shows(app, pilot, "待核定")
        await press(app, pilot, "y")
        assert isinstance(app.screen, RegistersScreen)
    assert lines(desk, "showhouses")[0].state == "proposed"


async def test_a_register_is_searched_as_one_types(desk, site):
    other = builders.a_client(desk, "李秀英")
    for client in (site.client_id, other.client.id):
        answers = {"client": client, "received_by": site.designer_id, "purpose": "site", "day": TODAY}
        registers.save(desk, RegisterEntry(register="visits"), answers)
    async with console(desk, size=(80, 24)) as (app, pilot):
        await here(app, pilot)
        await press(app, pilot, "4", "slash")
        await write(app, pilot, "lxy")
        await until(app, pilot, lambda: app.screen.table.row_count == 1, "found")
        assert "李秀英" in seen(app)
        await press(app, pilot, "escape")
        await until(app, pilot, lambda: app.screen.table.row_count == 2, "all again")
        await press(app, pilot, "o")
        await until(app, pilot, lambda: isinstance(app.screen, ClientScreen), "the client")


async def test_a_line_from_the_client_s_history(desk, site):
    async with console(desk) as (app, pilot):
        app.open_client(site.client_id)
        await until(app, pilot, lambda: isinstance(app.screen, ClientScreen) and app.screen.file, "history")
        await press(app, pilot, "m", "t")
        await until(app, pilot, lambda: isinstance(app.screen, RegisterChoice), "which register")
        await press(app, pilot, "1")
        await until(app, pilot, lambda: isinstance(app.screen, RegisterDialog), "the form")
        values = app.screen.form.values()
        assert (values["client"], values["site"]) == (site.client_id, site.id)
        await write(app, pilot, "5000")
        await press(app, pilot, "ctrl+s")
        await until(app, pilot, lambda: lines(desk, "deposits"), "stored")
    assert lines(desk, "deposits")[0].data["amount"] == 5_000_00


async def test_the_left_list_counts_and_chooses(desk, site):
    a_showhouse(desk, site)
    async with console(desk) as (app, pilot):
        await here(app, pilot)
        screen = app.screen
        screen.kinds.focus()
        await press(app, pilot, "down", "down")
        assert screen.kind.code == "showhouses"
        assert [(row.month, row.waiting) for row in screen.kinds.source.records[:4]] == [
            (0, 0),
            (0, 0),
            (1, 1),
            (0, 0),
        ]
        await press(app, pilot, "enter")
        assert app.focused is screen.table


@pytest.mark.row("A6")
async def test_expenses_are_signed_off_and_the_roster_says_who_works_today(desk, second_desk):
    member = builders.a_member(desk, "王芳", "service")
    spent = {"day": TODAY, "who": member.id, "kind": "travel", "amount": 86_00, "purpose": "工地往返"}
    registers.save(second_desk, RegisterEntry(register="expenses"), spent)
    async with console(desk) as (app, pilot):
        await here(app, pilot)
        await press(app, pilot, "6")
        await shows(app, pilot, "今天还没有排班")
        await press(app, pilot, "n")
        await until(app, pilot, lambda: isinstance(app.screen, RegisterDialog), "the form")
        await write(app, pilot, "wf")
        await press(app, pilot, "enter", "1", "ctrl+s")
        await shows(app, pilot, "今天上班:王芳 早班")
        await press(app, pilot, "f10", "j")
        await press(app, pilot, "7")
        await shows(app, pilot, "工地往返")
        await press(app, pilot, "y")
        await until(app, pilot, lambda: isinstance(app.screen, WhyDialog), "the decision")
        await press(app, pilot, "ctrl+s")
        await shows(app, pilot, "已核定通过")
    assert lines(desk, "expenses")[0].decided_by == desk.operator.id
