"""Two real consoles on two terminals, one database: what is done at one is on the other's glass at once."""

from __future__ import annotations

import pytest

from tests import builders
from tests.bench.terminal import Terminal

pytestmark = [pytest.mark.row("P1"), pytest.mark.timeout(180)]


@pytest.fixture
def real_desk(desk_url):
    """A desk of the founded company under the time that passes: consoles in terminals have no other."""
    opened = builders.open_at(desk_url)
    yield opened
    opened.store.close()


def test_a_call_put_in_at_one_terminal_is_seen_at_the_other(real_desk, tmp_path):
    builders.a_client(real_desk, "张伟明", "13800138000")
    url = real_desk.store.url
    with (
        Terminal("console", url, builders.ADMIN, str(tmp_path / "a")) as first,
        Terminal("console", url, builders.AGENT, str(tmp_path / "b")) as second,
    ):
        for terminal in (first, second):
            terminal.wait("没有等候的电话")
            terminal.settle()
        first.send("i")
        first.wait("来电登记")
        first.settle()
        second.drain()
        second.seen.clear()
        first.press(*"13800138000", "enter", shows="张伟明")
        second.wait("张伟明")
