"""The two pages of the help: each key named exists, a changed one shows, words are found at 80x24 (row P5)."""

import re
import shlex
from pathlib import Path

import pytest

from deskapp import i18n
from deskapp.app import DeskApp
from deskapp.cli import _parser
from deskapp.screens.guide import PAGES, GuideScreen, key_teller, page_text, usual_keys
from deskapp.screens.help import key_name
from deskapp.screens.more import PLACES_HERE, REPORTS_HERE
from deskapp.widgets.guide_text import lay, read, references
from tests.screens.pilot import console, press, seen, until, write

pytestmark = pytest.mark.row("P5")
BEHIND = {"go.more": dict(PLACES_HERE), "go.reports": dict(REPORTS_HERE)}
WRITTEN = [(page, language) for page in PAGES for language in i18n.LANGUAGES]


@pytest.mark.parametrize(("page", "language"), WRITTEN)
def test_every_key_named_exists(page, language):
    usual = usual_keys(DeskApp)
    named = list(references(page_text(page, language)))
    assert named and [act for act in named if act not in usual] == []
    for group in re.findall(r"\{([^{}]+)\}", page_text(page, language)):
        first, *rest = group.split()
        if first in BEHIND and rest:
            assert rest[0].removeprefix("more.") in BEHIND[first].values(), group


def test_every_key_is_named_as_it_is_printed_on_a_keyboard():
    keys = {key.strip() for keys in usual_keys(DeskApp).values() for key in keys.split(",")}
    assert [key for key in keys if "_" in key_name(key) or len(key_name(key)) > 9] == []


@pytest.mark.parametrize("page", PAGES)
def test_both_languages_tell_the_same(page):
    told = {}
    for language in i18n.LANGUAGES:
        text = page_text(page, language)
        chapters = re.split(r"(?m)^## ", text)
        told[language] = [sorted(set(references(chapter))) for chapter in chapters]
    assert told["zh"] == told["en"]


README = (Path(__file__).parents[2] / "README.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("text", [page_text("administrator", "zh"), page_text("administrator", "en"), README])
def test_every_command_is_one_the_program_takes(text):
    told = re.findall(r"(?m)^(?: {4})?(deskapp .*)$", text)
    told += [] if text is README else re.findall(r"`(deskapp [^`]*)`", text)
    assert len(told) > 10
    for line in told:
        usual = re.sub(r"\$\([^)]*\)|\.\.\.$| {2,}.*|#.*", "", line.partition(" <")[0].partition(";")[0])
        _parser().parse_args(shlex.split(usual)[1:])


def test_the_readme_names_the_letters_there_are():
    letters = set(re.findall(r"F10 `(.)`", README)) | set(re.findall(r"then F10 `(.)`", README))
    assert letters <= set(dict(PLACES_HERE)) and len(letters) > 15
    for letter, place in (("8", "phrases"), ("7", "documents"), ("0", "outside"), ("z", "day_plan")):
        assert dict(PLACES_HERE)[letter] == place


@pytest.mark.parametrize(("page", "language"), WRITTEN)
@pytest.mark.parametrize("width", [40, 75, 92])
def test_no_line_is_wider_than_the_glass_and_no_word_is_lost(page, language, width):
    from rich.cells import cell_len

    blocks = read(page_text(page, language), key_teller(usual_keys(DeskApp), {}))
    laid = lay(blocks, width)
    assert max(cell_len(line.plain) for line in laid.lines) <= width
    whole = "".join(block.plain for block in blocks).replace(" ", "")
    leads = "".join("".join(block.lead for block in blocks).split())
    shown = "".join(line.plain for line in laid.lines)
    assert len("".join(shown.split())) == len(whole) + len(leads)
    assert not any(line.plain.strip()[:1] in (",", ";", ":", ")") for line in laid.lines)


def test_what_is_sought_is_lit_also_across_a_line_s_end():
    blocks = read("# One\n\n" + "word " * 30 + "needle in hay\n\nNEEDLE IN", lambda act: act)
    laid = lay(blocks, 20, "needle in")
    assert len(laid.hits) == 2
    lit = [
        "".join(line.plain[s.start : s.end] for s in line.spans if s.style == "reverse")
        for line in laid.lines
    ]
    assert "".join(lit).replace(" ", "") == "needleinNEEDLEIN"


@pytest.mark.parametrize("backend", ["sqlite"], indirect=True)
async def test_it_is_read_by_keys(desk):
    async with console(desk, size=(80, 24)) as (app, pilot):
        app.use_keys('{"queue.ring": "ctrl+y"}')
        await press(app, pilot, "f1", "o")
        await until(app, pilot, lambda: isinstance(app.screen, GuideScreen) and app.screen.laid.lines, "page")
        assert "坐席手册" in seen(app) and max(map(len, seen(app).splitlines())) <= 80
        await press(app, pilot, "right_square_bracket", "right_square_bracket")
        assert "2  队列 (F2)" in seen(app) and "Ctrl+Y 登记号码" in seen(app), "one's own key is told"

        await press(app, pilot, "slash")
        await write(app, pilot, "满意")
        await press(app, pilot, "enter")
        await until(app, pilot, lambda: app.screen.laid.hits, "found")
        assert "客户满意 y" in seen(app) and f"共 {len(app.screen.laid.hits)} 处" in seen(app)
        await press(app, pilot, "n", "n", "N", "escape")
        assert app.screen.laid.hits == () and isinstance(app.screen, GuideScreen)
        await press(app, pilot, "tab")
        assert "管理员手册" in seen(app)
        app.speak("en")
        await until(app, pilot, lambda: "First start" in seen(app), "in the other language")
        await press(app, pilot, "escape")
        assert app.screen.SCREEN_ID == "queue"

        await press(app, pilot, "f4")
        await write(app, pilot, "half a complaint")
        await press(app, pilot, "ctrl+p")
        await until(app, pilot, lambda: app.screen.acts, "acts")
        await write(app, pilot, "glysc")
        await press(app, pilot, "enter")
        await until(app, pilot, lambda: "First start" in seen(app), "from the palette, over a form")
        await press(app, pilot, "escape")
        assert "half a complaint" in seen(app), "the form waited"
