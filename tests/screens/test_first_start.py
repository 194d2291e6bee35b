"""The first start: three questions by keys only, errors at their fields, either language, then the queue."""

from __future__ import annotations

import pytest

from deskapp.clock import StillClock
from deskapp.config import Config
from deskapp.screens.first_start import FirstStartScreen
from deskapp.screens.imports import ImportScreen
from deskapp.screens.queue import QueueScreen
from deskapp.screens.sign_in import SignInScreen
from deskapp.services import company, operators
from deskapp.wiring import open_desk
from tests import builders
from tests.screens.pilot import console, press, seen, settle, shows, until, write

pytestmark = [
    pytest.mark.row("A1", "P4"),
    pytest.mark.parametrize("backend", ["sqlite"], indirect=True),
]


@pytest.fixture
def new_desk(database_url):
    desk = open_desk(Config(database_url), clock=StillClock(builders.NOW))
    yield desk
    desk.store.close()


async def opened(app, pilot, screen=FirstStartScreen):
    await until(app, pilot, lambda: isinstance(app.screen, screen), screen.__name__)
    await settle(app, pilot)


async def answers(app, pilot, *, start):
    """Answer all three questions, taking the login that is proposed."""
    await write(app, pilot, "海棠装饰")
    await press(app, pilot, "enter")
    await write(app, pilot, "李敏")
    await until(app, pilot, lambda: "limin" in seen(app), "a login is proposed")
    await press(app, pilot, "enter", "enter")
    await write(app, pilot, "haitang-1")
    await press(app, pilot, "enter")
    await write(app, pilot, "haitang-1")
    await press(app, pilot, "enter", start)


@pytest.mark.parametrize("size", [(80, 24), (120, 40)])
async def test_three_questions_lead_to_the_queue(new_desk, size):
    async with console(new_desk, size=size, login="") as (app, pilot):
        await opened(app, pilot)
        glass = seen(app)
        assert "1  贵公司叫什么?" in glass
        assert "2  您是谁?" in glass
        assert "3  从哪里开始?" in glass
        await answers(app, pilot, start="1")
        await press(app, pilot, "enter")
        await until(app, pilot, lambda: isinstance(app.screen, QueueScreen), "the queue")
        await settle(app, pilot)
        assert (app.desk.company, app.desk.operator.login) == ("海棠装饰", "limin")
        assert app.desk.operator.role == "admin"
    signed = operators.sign_in(new_desk, "limin", "haitang-1")
    assert signed.operator.name == "李敏"


async def test_what_is_wrong_stands_at_its_field_and_nothing_is_founded(new_desk):
    async with console(new_desk, size=(80, 24), login="") as (app, pilot):
        await opened(app, pilot)
        await press(app, pilot, "ctrl+s")
        assert seen(app).count("请填写") == 4
        assert app.focused.id == "company"
        await answers(app, pilot, start="1")
        app.screen.panel.fill({"again": "haitang-2"})
        glass = await press(app, pilot, "ctrl+s")
        assert "两次密码不一样" in glass
        app.screen.panel.fill({"password": "12345", "again": "12345"})
        await press(app, pilot, "ctrl+s")
        await shows(app, pilot, "密码至少 6 位")
        app.screen.panel.fill({"password": "haitang-1", "again": "haitang-1", "login": "li min"})
        await press(app, pilot, "ctrl+s")
        await shows(app, pilot, "登录名不能为空、不能有空格")
        assert app.focused.id == "login"
        assert company.needs_first_start(new_desk)
        assert app.screen.panel.values()["company"] == "海棠装饰"


async def test_a_login_of_ones_own_is_not_overwritten(new_desk):
    async with console(new_desk, login="") as (app, pilot):
        await opened(app, pilot)
        await press(app, pilot, "enter")
        await write(app, pilot, "李敏")
        await until(app, pilot, lambda: app.screen.panel.values()["login"] == "limin")
        app.screen.panel.fill({"login": "boss"})
        await write(app, pilot, "敏")
        assert app.screen.panel.values()["login"] == "boss"


async def test_the_language_turns_at_once_and_stays_with_the_founder(new_desk):
    async with console(new_desk, login="", language="zh") as (app, pilot):
        await opened(app, pilot)
        await write(app, pilot, "Haitang")
        glass = await press(app, pilot, "f8")
        assert "1  What is your company called?" in glass
        assert "sample data" in glass
        assert "贵公司" not in glass
        assert "Haitang" in glass
        glass = await press(app, pilot, "ctrl+l")
        assert "贵公司叫什么" in glass
        await press(app, pilot, "f8")
        app.screen.panel.fill(
            {"name": "Ann", "login": "ann", "password": "haitang-1", "again": "haitang-1", "start": "empty"}
        )
        await press(app, pilot, "ctrl+s")
        await until(app, pilot, lambda: app.opened.is_set())
        assert app.desk.operator.language == "en"


async def test_to_import_a_spreadsheet_opens_the_import_over_the_queue(new_desk):
    async with console(new_desk, login="") as (app, pilot):
        await opened(app, pilot)
        await answers(app, pilot, start="2")
        assert "xlsx" in seen(app)
        await press(app, pilot, "enter")
        await opened(app, pilot, ImportScreen)
        await press(app, pilot, "escape")
        assert isinstance(app.screen, QueueScreen)


async def test_sample_data_fills_the_queue(new_desk):
    async with console(new_desk, login="") as (app, pilot):
        await opened(app, pilot)
        await answers(app, pilot, start="3")
        await press(app, pilot, "enter")
        await until(app, pilot, lambda: isinstance(app.screen, QueueScreen) and app.opened.is_set())
        await shows(app, pilot, "张伟明")
        assert app.desk.operator.login == "limin"


async def test_a_company_founded_meanwhile_at_another_desk_asks_who_signs_in(new_desk):
    async with console(new_desk, login="") as (app, pilot):
        await opened(app, pilot)
        await answers(app, pilot, start="1")
        company.first_start(new_desk, "玉兰装饰", "王芳", "wangfang", "admin", "haitang-1")
        await press(app, pilot, "enter")
        await opened(app, pilot, SignInScreen)
        await shows(app, pilot, "玉兰装饰")
        assert app.desk.operator is None
    with new_desk.read() as work:
        assert [one.login for one in work.operators.all()] == ["wangfang"]


async def test_no_key_leads_past_the_questions(new_desk):
    async with console(new_desk, login="") as (app, pilot):
        await opened(app, pilot)
        for key in ("f2", "f3", "f4", "f5", "f10", "f12", "ctrl+t", "ctrl+p", "escape"):
            await press(app, pilot, key)
            assert isinstance(app.screen, FirstStartScreen), key
