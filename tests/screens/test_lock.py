"""The lock: it covers when nobody is there, shows nobody's name, keeps what lies below, and hands the desk over."""

from __future__ import annotations

import asyncio
from dataclasses import replace

import pytest

from deskapp import i18n
from deskapp.domain.errors import StorageFailed
from deskapp.domain.sign_in import FREE
from deskapp.screens.lock import LockScreen
from deskapp.screens.queue import QueueScreen
from deskapp.screens.settings import SettingsScreen
from deskapp.screens.sign_in import SignInScreen
from deskapp.screens.ticket_form import TicketFormScreen
from deskapp.services import company, operators
from deskapp.services.sample import DEMO_PASSWORD
from tests import builders
from tests.screens.pilot import console, press, seen, settle, shows, until, write

pytestmark = [
    pytest.mark.row("P2"),
    pytest.mark.parametrize("backend", ["sqlite"], indirect=True),
]


async def on(app, pilot, screen):
    await until(app, pilot, lambda: isinstance(app.screen, screen), screen.__name__)
    await settle(app, pilot)


async def give(app, pilot, login, password=builders.PASSWORD):
    app.screen.panel.fill({"login": login})
    app.screen.panel.field("password").focus()
    await write(app, pilot, password)
    await press(app, pilot, "enter")


async def lock(app, pilot):
    await press(app, pilot, "ctrl+l")
    await on(app, pilot, LockScreen)


def pass_time(app, minutes):
    """Let time pass at this console, and nobody touch it."""
    before = app.monotonic
    app.monotonic = lambda: before() + minutes * 60


async def test_an_idle_console_locks_itself_and_a_touched_one_does_not(desk):
    async with console(desk) as (app, pilot):
        for _ in range(3):
            pass_time(app, 9)
            app.watch_seat()
            assert not app.locked
            await press(app, pilot, "down")
        pass_time(app, 10)
        app.watch_seat()
        await on(app, pilot, LockScreen)


async def test_the_first_key_after_too_long_finds_the_screen_locked(desk):
    async with console(desk) as (app, pilot):
        await press(app, pilot, "down")
        pass_time(app, 600)
        await press(app, pilot, "f3")
        await on(app, pilot, LockScreen)


async def test_the_policy_says_after_how_long_and_zero_is_never(desk):
    desk = company.save_policy(desk, replace(desk.policy, lock_minutes=0))
    async with console(desk) as (app, pilot):
        pass_time(app, 10_000)
        app.watch_seat()
        assert not app.locked
        company.save_policy(desk, replace(desk.policy, lock_minutes=3))
        await until(app, pilot, lambda: app.desk.policy.lock_minutes == 3, "the policy is heard of")
        app.watch_seat()
        await on(app, pilot, LockScreen)


@pytest.mark.parametrize("size", [(80, 24), (120, 40)])
@pytest.mark.parametrize("language", ["zh", "en"])
async def test_nobody_is_named_but_whose_desk_it_is(desk, size, language):
    client = builders.a_client(desk, "张伟明", "13800138000")
    builders.a_complaint(desk, client, severity="crisis", responsible_id=builders.a_member(desk, "赵刚").id)
    builders.a_ring(desk, "13800138000")
    async with console(desk, size=size, language=language) as (app, pilot):
        await shows(app, pilot, "张伟明")
        await press(app, pilot, "ctrl+l")
        await on(app, pilot, LockScreen)
        glass = seen(app)
        assert not [word for word in ("张伟明", "138", "漏水", "赵刚", "TS2026") if word in glass]
        assert "李敏" in glass
        assert "⟦" not in glass
        await shows(app, pilot, "1 个来电在等" if language == "zh" else "Calls waiting: 1")
        assert DEMO_PASSWORD in glass, "a demo says its password"


async def test_a_mouse_finds_nothing_to_click(desk):
    builders.a_complaint(desk)
    async with console(desk) as (app, pilot):
        await lock(app, pilot)
        for place in ((3, 0), (20, 1), (60, 1)):
            await pilot.click(offset=place)
            await settle(app, pilot)
            assert isinstance(app.screen, LockScreen)


async def test_what_arrives_meanwhile_waits_for_the_unlocking(desk):
    async with console(desk) as (app, pilot):
        release = asyncio.Event()
        shown = []
        app.screen.ask(lambda: 1, shown.append, group="before")
        await until(app, pilot, lambda: shown == [1], "delivered")
        await lock(app, pilot)
        app.notify("张伟明")
        app.hand_over(app.seat, release.set)
        await settle(app, pilot)
        assert not release.is_set()
        assert "张伟明" not in seen(app)
        await give(app, pilot, builders.ADMIN)
        await on(app, pilot, QueueScreen)
        assert release.is_set()
        await shows(app, pilot, "张伟明")


async def test_what_was_asked_for_one_is_not_shown_to_the_next(desk):
    async with console(desk) as (app, pilot):
        seat, shown = app.seat, []
        await lock(app, pilot)
        app.hand_over(seat, lambda: shown.append("held"))
        await give(app, pilot, builders.AGENT)
        await on(app, pilot, QueueScreen)
        app.hand_over(seat, lambda: shown.append("late"))
        assert shown == []


async def test_wrong_passwords_make_it_wait(desk, clock):
    async with console(desk) as (app, pilot):
        await lock(app, pilot)
        for _ in range(FREE + 1):
            await give(app, pilot, builders.ADMIN, "haitang-2")
            await shows(app, pilot, "登录名或密码不对")
        await give(app, pilot, builders.ADMIN)
        await shows(app, pilot, "请等 2 秒再试")
        assert app.locked
        clock.at = clock.at.add(seconds=2)
        await press(app, pilot, "enter")
        await on(app, pilot, QueueScreen)
        assert not app.locked


async def test_the_other_works_in_their_own_language_theme_and_keys(desk):
    agent = builders.seat(desk, builders.AGENT)
    operators.save_preferences(agent, language="en", theme="desk-light", keys='{"go.clients": "f11"}')
    async with console(desk, language="") as (app, pilot):
        theme = app.theme
        await lock(app, pilot)
        await give(app, pilot, builders.AGENT)
        await on(app, pilot, QueueScreen)
        assert (i18n.language(), app.theme, app.keymap_now()) == ("en", "desk-light", {"go.clients": "f11"})
        await lock(app, pilot)
        await give(app, pilot, builders.ADMIN)
        await on(app, pilot, QueueScreen)
        assert (i18n.language(), app.theme, app.keymap_now()) == ("zh", theme, {})


async def test_a_language_chosen_on_the_lock_does_not_stay(desk):
    async with console(desk) as (app, pilot):
        await lock(app, pilot)
        await press(app, pilot, "f8")
        await shows(app, pilot, "Locked")
        await give(app, pilot, builders.ADMIN)
        await on(app, pilot, QueueScreen)
        assert i18n.language() == "zh"


async def test_another_place_and_its_dialogs_are_closed_for_the_next(desk):
    async with console(desk) as (app, pilot):
        await press(app, pilot, "f10", "o")
        await on(app, pilot, SettingsScreen)
        await press(app, pilot, "f1")
        await lock(app, pilot)
        await give(app, pilot, builders.AGENT)
        await on(app, pilot, QueueScreen)
        assert [len(stack) for stack in app._screen_stacks.values()] == [1]
        await press(app, pilot, "f10", "o")
        await on(app, pilot, SettingsScreen)


async def test_the_same_operator_finds_dialogs_and_places_as_they_were(desk):
    async with console(desk) as (app, pilot):
        await press(app, pilot, "f10", "o", "f1")
        below = app.screen
        await lock(app, pilot)
        await press(app, pilot, "escape", "escape")
        await give(app, pilot, builders.ADMIN)
        await until(app, pilot, lambda: app.screen is below, "as it was")


async def test_who_signs_out_leaves_a_draft_and_no_form(desk, tmp_path):
    async with console(desk, login="", folder=tmp_path) as (app, pilot):
        await on(app, pilot, SignInScreen)
        await give(app, pilot, builders.ADMIN)
        await on(app, pilot, QueueScreen)
        await press(app, pilot, "f4")
        await write(app, pilot, "阳台门关不上")
        await press(app, pilot, "f10", "u")
        await on(app, pilot, SignInScreen)
        await give(app, pilot, builders.AGENT)
        await on(app, pilot, QueueScreen)
        await press(app, pilot, "f4")
        await on(app, pilot, TicketFormScreen)
        assert "阳台门" not in seen(app)
        await press(app, pilot, "f10", "u")
        await on(app, pilot, SignInScreen)
        await give(app, pilot, builders.ADMIN)
        await on(app, pilot, QueueScreen)
        await press(app, pilot, "f4")
        await shows(app, pilot, "阳台门关不上")


async def test_who_is_taken_out_of_use_leaves_the_desk(desk, second_desk):
    async with console(second_desk) as (app, pilot):
        operators.disable(desk, builders.AGENT)
        await until(app, pilot, lambda: not app.desk.operator or not app.desk.operator.active, "heard of")
        app.watch_seat()
        await on(app, pilot, SignInScreen)
        await shows(app, pilot, "刘敏 的账号已停用")
        assert app.desk.operator is None


async def test_more_and_the_palette_lock_too_and_the_door_cannot(desk):
    async with console(desk) as (app, pilot):
        await press(app, pilot, "f10", "l")
        await on(app, pilot, LockScreen)
        await give(app, pilot, builders.ADMIN)
        await on(app, pilot, QueueScreen)
        await press(app, pilot, "ctrl+p")
        await write(app, pilot, "锁屏")
        await press(app, pilot, "enter")
        await on(app, pilot, LockScreen)
    async with console(desk, login="") as (app, pilot):
        await on(app, pilot, SignInScreen)
        await press(app, pilot, "ctrl+l")
        assert (app.locked, i18n.language()) == (False, "en")


async def test_it_can_be_left_for_good(desk):
    async with console(desk) as (app, pilot):
        await lock(app, pilot)
        await pilot.press("ctrl+q")
        await until(app, pilot, lambda: app._exit, "left")


async def test_a_half_typed_record_is_the_firsts_draft(desk):
    async with console(desk) as (app, pilot):
        await press(app, pilot, "f10", "s", "s", "n")
        await write(app, pilot, "吴敏")
        await lock(app, pilot)
        await give(app, pilot, builders.AGENT)
        await on(app, pilot, QueueScreen)
        await lock(app, pilot)
        await give(app, pilot, builders.ADMIN)
        await on(app, pilot, QueueScreen)
        await press(app, pilot, "f10", "s", "s", "n")
        await until(app, pilot, lambda: app.screen.form.values()["name"] == "吴敏", "the draft")


async def test_a_database_that_is_away_is_told_on_the_lock_and_the_password_stays(desk, monkeypatch):
    def lost(*_):
        raise StorageFailed("storage.lost", why="connection refused")

    async with console(desk) as (app, pilot):
        await lock(app, pilot)
        with monkeypatch.context() as away:
            away.setattr(operators, "sign_in", lost)
            await give(app, pilot, builders.ADMIN)
            await shows(app, pilot, "connection refused")
        await press(app, pilot, "enter")
        await on(app, pilot, QueueScreen)
