"""screens.md says what the code is: every screen there, its keys, its picture, made anew and compared."""

from pathlib import Path

import pytest

from deskapp import gallery, gallery_pages, i18n
from deskapp.domain.search_text import pinyin_text
from deskapp.i18n import say
from deskapp.screens.every import every_screen
from deskapp.screens.palette import acts_of
from deskapp.screens.places import PLACE_SCREENS

ROOT = Path(__file__).parent.parent


def test_every_screen_hangs_in_the_gallery():
    shown = {shot.screen for shot in gallery.GALLERY}
    assert {screen.__name__ for screen in set(every_screen()) - shown} == set()


@pytest.mark.timeout(300)
async def test_screens_md_is_what_the_code_shows_and_the_palette_finds_every_act_there():
    """One walk through every screen: what it shows is written down, what can be done on it is in the palette."""
    written = (ROOT / "screens.md").read_text(encoding="utf-8")
    lost: list[str] = []
    shown = await gallery_pages.document(lambda app: lost.extend(not_in_the_palette(app)))
    assert lost == []
    assert shown == written, "run `deskapp screens > screens.md`"


def not_in_the_palette(app):
    """Acts of the screen on the glass, and places, that Ctrl+P would not find by Chinese, initials or English."""
    screen = app.screen
    if app.locked:
        return
    acts = acts_of(screen)
    bound = {
        binding.id
        for _, binding in screen._bindings
        if binding.id and app._check_action_state(binding.action, screen)
    }
    wanted = {f"keys.{name}" for name in bound - {"palette"}} | {
        f"keys.go.{place}" for place in PLACE_SCREENS
    }
    for code in sorted(wanted):
        chinese, english = (i18n.area(language, "keys").get(code, "") for language in i18n.LANGUAGES)
        for typed in (chinese, pinyin_text(chinese).split()[-1] if chinese else "", english):
            if not typed or not any(act.fits(typed) and say(code) == act.words for act in acts):
                yield f"{type(screen).__name__}: {code} by {typed!r}"
