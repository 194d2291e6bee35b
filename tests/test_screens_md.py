"""screens.md says what the code is: every screen there, its keys, its picture, made anew and compared."""

from pathlib import Path

import pytest

from deskapp import gallery, gallery_pages
from deskapp.screens.every import every_screen

ROOT = Path(__file__).parent.parent


def test_every_screen_hangs_in_the_gallery():
    shown = {shot.screen for shot in gallery.GALLERY}
    assert {screen.__name__ for screen in set(every_screen()) - shown} == set()


@pytest.mark.timeout(300)
async def test_screens_md_is_what_the_code_shows():
    written = (ROOT / "screens.md").read_text(encoding="utf-8")
    assert await gallery_pages.document() == written, "run `deskapp screens > screens.md`"
