"""Signing in: the same words whatever was wrong, the company and its motto, and the ways out."""

from __future__ import annotations

import pytest

from deskapp.screens.queue import QueueScreen
from deskapp.screens.sign_in import SignInScreen
from deskapp.services import company, operators
from tests import builders
from tests.screens.pilot import console, press, seen, settle, shows, until, write

pytestmark = [
    pytest.mark.row("P2", "K3"),
    pytest.mark.parametrize("backend", ["sqlite"], indirect=True),
]


async def opened(app, pilot):
    await until(app, pilot, lambda: isinstance(app.screen, SignInScreen), "the sign-in")
    await settle(app, pilot)


async def give(app, pilot, login, password):
    app.screen.panel.fill({"login": login})
    app.screen.panel.field("password").focus()
    await write(app, pilot, password)
    await press(app, pilot, "enter")


@pytest.mark.parametrize(("size", "language"), [((80, 24), "zh"), ((120, 40), "en")])
async def test_it_shows_company_and_motto_and_lets_in(desk, size, language):
    async with console(desk, size=size, language=language, login="") as (app, pilot):
        await opened(app, pilot)
        await shows(app, pilot, builders.COMPANY)
        await shows(app, pilot, company.motto(desk)[:12])
        assert app.focused.id == "login"
        await write(app, pilot, "liumin")
        await press(app, pilot, "enter")
        await write(app, pilot, builders.PASSWORD)
        assert builders.PASSWORD not in seen(app)
        await press(app, pilot, "enter")
        await until(app, pilot, lambda: isinstance(app.screen, QueueScreen), "the queue")
        await settle(app, pilot)
        assert app.desk.operator.name == "刘敏"


async def test_wrong_login_and_wrong_password_are_told_in_the_same_words(desk):
    async with console(desk, size=(80, 24), login="") as (app, pilot):
        await opened(app, pilot)
        glasses = []
        for login, password in (("nobody", builders.PASSWORD), ("liumin", "haitang-2")):
            await give(app, pilot, login, password)
            await shows(app, pilot, "登录名或密码不对")
            assert app.screen.panel.values() == {"login": login, "password": ""}
            assert app.focused.id == "password"
            glasses.append(seen(app).replace(login, "?").split())
            app.screen.panel.show_errors({})
        assert glasses[0] == glasses[1]
        await give(app, pilot, "liumin", builders.PASSWORD)
        await until(app, pilot, lambda: isinstance(app.screen, QueueScreen), "the queue")


@pytest.mark.parametrize("key", ["escape", "ctrl+q"])
async def test_the_program_can_be_left(desk, key):
    async with console(desk, login="") as (app, pilot):
        await opened(app, pilot)
        await pilot.press(key)
        await until(app, pilot, lambda: app._exit, "left")


async def test_no_key_leads_past_it_and_nothing_of_the_desk_shows(desk):
    builders.a_complaint(desk, builders.a_client(desk, "张伟明"))
    async with console(desk, login="") as (app, pilot):
        await opened(app, pilot)
        for key in ("f2", "f3", "f4", "f5", "f10", "f12", "ctrl+t", "ctrl+p"):
            glass = await press(app, pilot, key)
            assert isinstance(app.screen, SignInScreen), key
            assert "张伟明" not in glass, key


async def test_the_only_account_need_not_type_its_login(desk):
    with desk.read() as work:
        agent = work.operators.by_login(builders.AGENT)
    from dataclasses import replace

    operators.save(desk, replace(agent, active=False))
    async with console(desk, login="") as (app, pilot):
        await opened(app, pilot)
        await until(app, pilot, lambda: app.focused is not None and app.focused.id == "password")
        assert app.screen.panel.values()["login"] == builders.ADMIN


async def test_changing_the_operator_leaves_nothing_of_the_first(desk):
    builders.a_complaint(desk, builders.a_client(desk, "张伟明"))
    async with console(desk, login="") as (app, pilot):
        await opened(app, pilot)
        await give(app, pilot, builders.ADMIN, builders.PASSWORD)
        await until(app, pilot, lambda: isinstance(app.screen, QueueScreen), "the queue")
        await shows(app, pilot, "张伟明")
        await press(app, pilot, "f10", "u")
        await opened(app, pilot)
        assert "张伟明" not in seen(app)
        assert (app.desk.operator, app.facts) == (None, None)
        await give(app, pilot, builders.AGENT, builders.PASSWORD)
        await until(app, pilot, lambda: isinstance(app.screen, QueueScreen), "the queue")
        await shows(app, pilot, "刘敏")
