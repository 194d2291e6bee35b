"""Settings: everything changes at once and is kept with the operator, wherever they sit down next."""

import json
from dataclasses import replace

import pytest

from deskapp import i18n
from deskapp.screens.help import HelpDialog
from deskapp.screens.queue import QueueScreen
from deskapp.screens.settings import KeyDialog, SettingsScreen
from deskapp.services import company, operators
from deskapp.widgets import signs
from tests import builders
from tests.screens.pilot import console, press, seen, shows, until, write

pytestmark = pytest.mark.parametrize("backend", ["sqlite"], indirect=True)


def kept(desk):
    with desk.read() as work:
        return work.operators.by_login(desk.operator.login)


async def opened(app, pilot):
    app.go("settings")
    await until(
        app, pilot, lambda: isinstance(app.screen, SettingsScreen) and app.screen.keys_table.row_count
    )


async def test_language_theme_and_signs_turn_at_once(desk):
    async with console(desk) as (app, pilot):
        await opened(app, pilot)
        await press(app, pilot, "enter")
        await shows(app, pilot, "Language")
        assert i18n.language() == "en"
        assert "⟦" not in seen(app)
        await press(app, pilot, "down", "enter", "down", "enter")
        await until(app, pilot, lambda: kept(desk).plain_signs, "kept with the operator")
        assert (app.theme, kept(desk).theme, kept(desk).language) == ("desk-light", "desk-light", "en")
        assert signs.plain_signs()
        await press(app, pilot, "f2")
        assert "Queue" in seen(app), "the screens behind speak it too"


async def test_a_key_is_changed_used_and_given_back(desk):
    async with console(desk) as (app, pilot):
        await opened(app, pilot)
        screen = app.screen
        place = [line.act for line in screen.keys_table.source.records].index("help")
        screen.keys_table.focus()
        await press(app, pilot, *["down"] * place, "enter")
        assert isinstance(app.screen, KeyDialog)
        await press(app, pilot, "f11")
        await until(app, pilot, lambda: json.loads(kept(desk).keys or "{}") == {"help": "f11"}, "kept")
        await press(app, pilot, "f2", "f11")
        assert isinstance(app.screen, HelpDialog)
        await press(app, pilot, "escape")
        assert isinstance(app.screen, QueueScreen)
    async with console(desk) as (app, pilot):
        await press(app, pilot, "f11")
        assert isinstance(app.screen, HelpDialog), "the next day too"
        await press(app, pilot, "escape")
        await opened(app, pilot)
        app.screen.keys_table.focus()
        await press(app, pilot, "home", "backspace")
        await until(app, pilot, lambda: kept(desk).keys == "", "the usual key again")


@pytest.mark.row("P5")
async def test_a_key_that_does_another_act_on_the_same_screen_is_shown_before_it_is_given(desk):
    async with console(desk, size=(80, 24)) as (app, pilot):
        await opened(app, pilot)
        screen = app.screen
        place = [line.act for line in screen.keys_table.source.records].index("queue.later")
        screen.keys_table.focus()
        await press(app, pilot, *["down"] * place, "enter", "c")
        await shows(app, pilot, "拨号")
        assert isinstance(app.screen, KeyDialog) and app.keymap_now() == {}, "nothing is given yet"
        await press(app, pilot, "escape")
        assert app.keymap_now() == {}
        await press(app, pilot, "enter", "c", "c")
        await until(app, pilot, lambda: app.keymap_now() == {"queue.later": "c"}, "meant so")
        await until(
            app, pilot, lambda: app.screen.keys_table.row_count and not app.screen.keys_table.loading_rows
        )


def mottos(desk):
    """Whether each motto is shown, in the order they were written."""
    with desk.read() as work:
        return [one.active for one in work.mottos.all()]


@pytest.mark.row("K3")
async def test_mottos_are_written_and_turned_off(desk):
    with desk.read() as work:
        first, *others = work.mottos.all()
    for one in others:
        company.save_motto(desk, replace(one, active=False))
    async with console(desk) as (app, pilot):
        await shows(app, pilot, first.text[:8])
        await opened(app, pilot)
        await press(app, pilot, "a")
        await write(app, pilot, "今天也要好好听")
        await press(app, pilot, "enter")
        with desk.read() as work:
            assert work.mottos.all()[-1].text == "今天也要好好听"
        screen = app.screen
        await until(app, pilot, lambda: screen.mottos.row_count == len(others) + 2, "added")
        screen.mottos.focus()
        await press(app, pilot, "home", "space")
        await until(app, pilot, lambda: not any(mottos(desk)[:-1]), "only the new one is shown")
        await press(app, pilot, "end", "enter", *["backspace"] * 3)
        await write(app, pilot, "问")
        await press(app, pilot, "enter", "f2")
        await shows(app, pilot, "今天也要问")
        await press(app, pilot, "f10", "o", "m")
        await shows(app, pilot, "不显示")
        assert app.desk.policy.motto_shown is False
        await press(app, pilot, "f2")
        await until(app, pilot, lambda: "今天也要问" not in seen(app), "turned off")


async def test_a_key_people_write_with_is_not_given_to_what_acts_while_typing(desk):
    async with console(desk) as (app, pilot):
        await opened(app, pilot)
        screen = app.screen
        place = [line.act for line in screen.keys_table.source.records].index("answer")
        screen.keys_table.focus()
        await press(app, pilot, *["down"] * place, "enter", "a")
        await shows(app, pilot, "在输入文字时也有效")
        assert app.keymap_now() == {}
        await press(app, pilot, "enter", "f11")
        await until(app, pilot, lambda: app.keymap_now() == {"answer": "f11"}, "a function key is taken")


@pytest.mark.row("P2")
async def test_the_password_is_changed_by_who_knows_the_old_one(second_desk):
    async with console(second_desk, size=(80, 24)) as (app, pilot):
        await opened(app, pilot)
        await press(app, pilot, "end", "enter")
        await write(app, pilot, "guessed-1")
        await press(app, pilot, "enter")
        await write(app, pilot, "haitang-9")
        await press(app, pilot, "enter")
        await write(app, pilot, "haitang-8")
        glass = await press(app, pilot, "ctrl+s")
        assert "两次密码不一样" in glass
        app.screen.form.fill({"again": "haitang-9"})
        await press(app, pilot, "ctrl+s")
        await shows(app, pilot, "原密码不对")
        assert app.focused.id == "old"
        app.screen.form.fill({"old": builders.PASSWORD})
        assert "haitang-9" not in await press(app, pilot, "ctrl+s")
        await shows(app, pilot, "密码已改")
    assert operators.sign_in(second_desk, builders.AGENT, "haitang-9").operator.name == "刘敏"


@pytest.mark.row("P2")
async def test_an_agent_does_not_rename_the_company(second_desk):
    async with console(second_desk) as (app, pilot):
        await opened(app, pilot)
        await press(app, pilot, "down", "down", "down", "enter")
        await shows(app, pilot, "无权修改公司名称")
        assert isinstance(app.screen, SettingsScreen)
