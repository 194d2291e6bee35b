"""Without colour, and in the sixteen of an old terminal, signs and words say everything (rows P5, P7)."""

import os
import pty
import select
import subprocess
import sys
import time

import pyte
import pytest

from deskapp.widgets.themes import THEMES
from tests import builders
from tests.screens.pilot import console, press, seen, until

pytestmark = [pytest.mark.row("P5", "P7"), pytest.mark.parametrize("backend", ["sqlite"], indirect=True)]
PATIENCE_S = 60


def glass_of(desk, **environment):
    """What a real terminal of 80×24 shows of the console, and the colours it shows it in."""
    screen = pyte.Screen(80, 24)
    stream = pyte.ByteStream(screen)
    ours, theirs = pty.openpty()
    import fcntl
    import struct
    import termios

    fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", 24, 80, 0, 0))
    kept = {
        name: value for name, value in os.environ.items() if name not in ("NO_COLOR", "COLORTERM", "TERM")
    }
    code = (
        "from deskapp.app import run_console; from deskapp.config import Config; from pathlib import Path;"
        f"run_console(Config({desk.store.url!r}, 'zh', Path({str(desk.desk_dir)!r}), {builders.ADMIN!r}))"
    )
    process = subprocess.Popen(
        [sys.executable, "-c", code],
        stdin=theirs,
        stdout=theirs,
        stderr=theirs,
        env=kept | environment,
        start_new_session=True,
    )
    os.close(theirs)
    try:
        until_s = time.monotonic() + PATIENCE_S
        while time.monotonic() < until_s:
            if select.select([ours], [], [], 0.2)[0]:
                try:
                    stream.feed(os.read(ours, 65536))
                except OSError:
                    break
            elif any("漏水" in line.replace(" ", "") for line in screen.display):
                break
    finally:
        process.kill()
        process.wait()
        os.close(ours)
    cells = [screen.buffer[y][x] for y in range(24) for x in range(80)]
    return "\n".join(screen.display), {cell.fg for cell in cells} | {cell.bg for cell in cells}


@pytest.mark.parametrize("terminal", ["xterm", "xterm-256color"])
def test_a_plain_terminal_shows_the_queue(desk, terminal):
    ticket = builders.a_complaint(desk, builders.a_client(desk), subject="卫生间漏水")
    glass, colours = glass_of(desk, TERM=terminal, LANG="C.UTF-8")
    assert ticket.number in glass and len(colours) > 2, glass


def test_no_color_leaves_every_word_and_no_hue(desk):
    ticket = builders.a_complaint(desk, builders.a_client(desk), subject="卫生间漏水")
    glass, colours = glass_of(
        desk, TERM="xterm-256color", COLORTERM="truecolor", LANG="C.UTF-8", NO_COLOR="1"
    )
    assert ticket.number in glass, glass
    hues = {one for one in colours if len(one) == 6 and len({one[:2], one[2:4], one[4:]}) > 1}
    assert hues == set()


async def test_the_first_glass_wears_the_desk_s_own_colours(desk):
    async with console(desk, size=(80, 24)) as (app, pilot):
        own = THEMES[0]
        assert app.theme == own.name
        strips = app.screen._compositor.render_strips(app.size)
        styles = [segment.style for strip in strips for segment in strip if segment.style]
        worn = {colour.get_truecolor().hex for one in styles for colour in (one.color, one.bgcolor) if colour}
        assert {own.primary, own.surface, own.panel} <= worn


@pytest.mark.parametrize("theme", ["desk-light", "desk-contrast"])
async def test_clocks_say_in_signs_and_words_what_colours_say(desk, clock, theme):
    late = builders.a_complaint(desk, builders.a_client(desk), subject="早就到期")
    clock.at = clock.at.add(hours=25)
    builders.a_complaint(desk, builders.a_client(desk), subject="还有时间")
    async with console(desk, size=(80, 24)) as (app, pilot):
        app.theme = theme
        await press(app, pilot, "f5")
        await until(app, pilot, lambda: "还有时间" in seen(app), "the board")
        row = next(line for line in seen(app).splitlines() if "早就到期" in line and "逾期" in line)
        assert "!" in row and "+" in row, late.number
