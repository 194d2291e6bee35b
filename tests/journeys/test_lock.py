"""A desk two people share, by keys only: locked in the middle of a form, unlocked, handed over, taken back."""

import pytest

from deskapp.screens.lock import LockScreen
from deskapp.screens.queue import QueueScreen
from deskapp.screens.sign_in import SignInScreen
from deskapp.screens.ticket_form import TicketFormScreen
from deskapp.services import calls
from tests import builders
from tests.screens.pilot import EITHER, console, press, seen, settle, shows, until, write

WORDS = "卫生间漏水,楼下邻居已经找上门"
DEAD_KEYS = ("f1", "f2", "f3", "f4", "f5", "f10", "f12", "ctrl+t", "ctrl+p", "ctrl+g", "ctrl+l")


async def on(app, pilot, screen):
    await until(app, pilot, lambda: isinstance(app.screen, screen), screen.__name__)
    await settle(app, pilot)


async def sign_in(app, pilot, login, password=builders.PASSWORD):
    """Type login and password where they are asked for; "" leaves the login as it stands."""
    if login:
        if app.screen.panel.values()["login"]:
            await press(app, pilot, "escape")
        await write(app, pilot, login)
        await press(app, pilot, "enter")
    await write(app, pilot, password)
    await press(app, pilot, "enter")


def words_of(form):
    return form.form.field("words").read()


@pytest.mark.row("P2", "P3", "C1")
@EITHER
async def test_a_shared_desk_is_locked_unlocked_and_handed_over(desk, second_desk, size, language, tmp_path):
    builders.a_client(desk, "张伟明", "13800138000")
    async with console(desk, size=size, language=language, login="", folder=tmp_path) as (app, pilot):
        await on(app, pilot, SignInScreen)
        await sign_in(app, pilot, builders.ADMIN)
        await on(app, pilot, QueueScreen)
        await press(app, pilot, "i")
        await write(app, pilot, "13800138000")
        await press(app, pilot, "enter")
        await until(app, pilot, lambda: app.screen.table.selected is not None, "it rings")
        await press(app, pilot, "enter", "n")
        await on(app, pilot, TicketFormScreen)
        form = app.screen
        await write(app, pilot, WORDS)

        await press(app, pilot, "ctrl+l")
        await on(app, pilot, LockScreen)
        hidden = ("张伟明", "138", "漏水")
        for key in DEAD_KEYS:
            glass = await press(app, pilot, key)
            assert isinstance(app.screen, LockScreen), key
            assert not [word for word in hidden if word in glass], key
        calls.ring(second_desk, "13700137000")
        await until(app, pilot, lambda: app.facts.inbound == 1, "it rings")
        await shows(app, pilot, "1 个来电在等" if language == "zh" else "Calls waiting: 1")
        assert "137" not in seen(app)
        await sign_in(app, pilot, "", "haitang-2")
        await shows(app, pilot, "登录名或密码不对" if language == "zh" else "Wrong login or password")
        await sign_in(app, pilot, "")
        await until(app, pilot, lambda: app.screen is form, "the form as it was")
        assert words_of(form) == WORDS

        await press(app, pilot, "ctrl+l")
        await on(app, pilot, LockScreen)
        await sign_in(app, pilot, builders.AGENT)
        await on(app, pilot, QueueScreen)
        await shows(app, pilot, "刘敏")
        assert len(app.screen_stack) == 1
        await press(app, pilot, "f4")
        await on(app, pilot, TicketFormScreen)
        assert (words_of(app.screen), app.screen.kept) == ("", [])
        assert WORDS not in seen(app)

        await press(app, pilot, "ctrl+l")
        await on(app, pilot, LockScreen)
        await sign_in(app, pilot, builders.ADMIN)
        await on(app, pilot, QueueScreen)
        await press(app, pilot, "f4")
        await on(app, pilot, TicketFormScreen)
        await press(app, pilot, "ctrl+r")
        await until(app, pilot, lambda: words_of(app.screen) == WORDS, "the draft is back")
