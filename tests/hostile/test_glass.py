"""Screens on a real terminal over a database whose every text is poisoned: what is sent holds nothing of the poison."""

import contextlib
import fcntl
import os
import pty
import re
import select
import struct
import subprocess
import sys
import termios
import time

import pytest

from deskapp import gallery
from deskapp.domain.errors import RuleBroken, StorageFailed
from tests.hostile.walk import MARK, POISON
from tests.screens.pilot import console, seen, until

pytestmark = pytest.mark.row("P5")
ESCAPE = re.compile(rb"\x1b(\[[0-?]*[ -/]*[@-~]|\][^\x07\x1b]*(?:\x07|\x1b\\)|.)", re.DOTALL)
OURS = re.compile(rb"\[[0-9;]*[mH]|\[[<>=?][0-9;]*\$?[hlup]|\]22;[a-z-]*\x07")
"""What the console says to a terminal: colours, places, modes, the shape of the pointer."""
UNSEEN = re.compile(
    "[\x00-\x09\x0b\x0c\x0e-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ud800-\udfff]"
)


def sent(folder, every, first, patience_s):
    """The bytes a terminal of 100×30 is sent, and the report of the walk."""
    ours, theirs = pty.openpty()
    fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", 30, 100, 0, 0))
    report = folder / "report"
    asked = {
        "TERM": "xterm-256color",
        "COLORTERM": "truecolor",
        "TEXTUAL_ANIMATIONS": "none",
        "TEXTUAL_FPS": "30",
    }
    command = [sys.executable, "-m", "tests.hostile.walk", folder, report, str(every), str(first)]
    process = subprocess.Popen(
        command, stdin=theirs, stdout=theirs, stderr=theirs, env=os.environ | asked, start_new_session=True
    )
    os.close(theirs)
    got, end = bytearray(), time.monotonic() + patience_s
    try:
        while time.monotonic() < end:
            if not select.select([ours], [], [], 0.5)[0]:
                continue
            with contextlib.suppress(OSError):
                if piece := os.read(ours, 1 << 16):
                    got += piece
                    continue
            break
    finally:
        process.kill()
        process.wait()
        os.close(ours)
    return bytes(got), report.read_text(encoding="utf-8").splitlines()


def harmless(folder, every, first, patience_s):
    got, report = sent(folder, every, first, patience_s)
    assert [line for line in report if "ERROR" in line or "CRASH" in line] == []
    assert report[-1] == "end", report[-3:]
    assert len(report) == len(gallery.GALLERY[first::every]) + 1
    foreign = {
        escape for escape in ESCAPE.findall(got) if not OURS.fullmatch(escape) or MARK.encode() in escape
    }
    assert foreign == set()
    words = ESCAPE.sub(b"", got).decode("utf-8")
    assert MARK in words, "the poison was on the glass, as words"
    found = UNSEEN.search(words)
    assert found is None, (hex(ord(found[0])), words[max(0, found.start() - 200) : found.end()])


@pytest.mark.timeout(300)
def test_some_screens_send_a_terminal_nothing_that_came_from_data(tmp_path):
    harmless(tmp_path, 24, 3, 240)


@pytest.mark.fuzz
@pytest.mark.timeout(900)
def test_no_screen_sends_a_terminal_anything_that_came_from_data(tmp_path):
    harmless(tmp_path, 1, 0, 800)


@pytest.mark.parametrize("backend", ["sqlite"], indirect=True)
async def test_a_word_at_the_edge_of_the_screen_is_only_a_word(desk):
    """An error names what was typed, a server's answer, a client: in a toast too they steer nothing."""
    async with console(desk) as (app, pilot):
        app.tell(RuleBroken("mail.address", value=POISON))
        app.tell(StorageFailed("storage.refused", why=POISON))
        app.notify(POISON)
        await until(app, pilot, lambda: seen(app).count(f"[{MARK}m") >= 3, "three toasts")
        found = UNSEEN.search(seen(app).replace("\n", ""))
        assert found is None, hex(ord(found[0]))
        assert "[red]" in seen(app)
