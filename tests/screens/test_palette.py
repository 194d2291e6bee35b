"""Every act of every screen has words in both languages, and the palette finds it by Chinese, initials and English."""

import pytest
from textual.binding import Binding

from deskapp import i18n
from deskapp.app import DeskApp
from deskapp.domain.search_text import pinyin_text
from deskapp.screens.every import every_screen
from deskapp.screens.key_lines import FindActDialog
from deskapp.screens.palette import PaletteDialog, act_called
from deskapp.screens.settings import KeyDialog
from deskapp.services import calls
from tests import builders
from tests.screens.pilot import console, press, seen, until, write

pytestmark = pytest.mark.row("P5")


def acts():
    """Every binding id of every screen and of the app."""
    found = {}
    for owner in (DeskApp, *every_screen()):
        for base in owner.__mro__:
            for binding in base.__dict__.get("BINDINGS", ()):
                if isinstance(binding, Binding) and binding.id and base.__module__.startswith("deskapp."):
                    found.setdefault(binding.id, f"{base.__module__}.{base.__name__}")
    return found


def test_every_act_is_found_by_chinese_initials_and_english():
    chinese, english = i18n.area("zh", "keys"), i18n.area("en", "keys")
    lost = []
    for name, owner in acts().items():
        code = f"keys.{name}"
        if code not in chinese or code not in english:
            lost.append(f"{name} of {owner} has no words")
            continue
        act = act_called(code, "", "")
        initials = pinyin_text(chinese[code]).split()[-1:]
        ways = [chinese[code], english[code], *initials]
        lost += [f"{name}: {typed}" for typed in ways if not act.fits(typed)]
    assert lost == []


@pytest.mark.parametrize("backend", ["sqlite"], indirect=True)
@pytest.mark.parametrize("typed", ["漏接全部", "ljqbyb", "every missed"])
async def test_an_act_is_done_from_the_palette(desk, typed):

    calls.abandon(desk, calls.ring(desk, builders.a_phone()).call)
    async with console(desk, size=(80, 24)) as (app, pilot):
        await press(app, pilot, "ctrl+p")
        await until(app, pilot, lambda: isinstance(app.screen, PaletteDialog) and app.screen.acts, "acts")
        await write(app, pilot, typed)
        await until(app, pilot, lambda: app.screen.table.row_count == 1, "found")
        await press(app, pilot, "enter")
        await until(app, pilot, lambda: app.screen.SCREEN_ID == "missed_all", f"done\n{seen(app)}")


@pytest.mark.parametrize("backend", ["sqlite"], indirect=True)
async def test_acts_are_found_over_a_text_field_and_done_where_they_belong(desk):
    """A letter typed into the search line is text; the act of that letter is in the palette all the same."""
    builders.a_client(desk, "张伟明")
    async with console(desk, size=(80, 24)) as (app, pilot):
        await press(app, pilot, "f3", "ctrl+p")
        await until(app, pilot, lambda: isinstance(app.screen, PaletteDialog) and app.screen.acts, "acts")
        await write(app, pilot, "yhb")
        assert "约回拨" in seen(app)
        await press(app, pilot, "enter")
        await until(app, pilot, lambda: app.screen.SCREEN_ID == "later", f"asked when\n{seen(app)}")

        await press(app, pilot, "escape", "f2", "ctrl+p")
        await until(app, pilot, lambda: isinstance(app.screen, PaletteDialog) and app.screen.acts, "acts")
        everything = {act.words for act in app.screen.acts}
        assert {"换人", "锁屏", "操作记录", "更多", "坐席手册", "最后一行"} <= everything
        assert not any("\u27e6" in words for words in everything), "each has words"


@pytest.mark.parametrize("backend", ["sqlite"], indirect=True)
async def test_an_act_among_hundreds_is_found_and_given_a_key(desk):
    async with console(desk, size=(80, 24), language="en") as (app, pilot):
        await press(app, pilot, "f10", "o", "slash")
        await until(app, pilot, lambda: isinstance(app.screen, FindActDialog) and app.screen.acts, "acts")
        assert {"lock", "form.save", "list.mark", "phrases.insert"} <= {act.place for act in app.screen.acts}
        await write(app, pilot, "shaohou")
        await until(app, pilot, lambda: "queue.later" in seen(app), "where each acts stands beside it")
        while app.screen.table.selected.action != "queue.later":
            await press(app, pilot, "down")
        await press(app, pilot, "enter")
        await until(app, pilot, lambda: isinstance(app.screen, KeyDialog), "its key is asked")
        await press(app, pilot, "x")
        assert "x" in seen(app) and isinstance(app.screen, KeyDialog), "hanging up has that key: told first"
        await press(app, pilot, "y")
        await until(app, pilot, lambda: app.keymap_now() == {"queue.later": "y"}, "given")
