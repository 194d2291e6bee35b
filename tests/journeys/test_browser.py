"""The console in a real browser: sign in, file a complaint, watch the clock run (row P7)."""

import os
import re
import socket
import subprocess
import sys
import warnings

import aiohttp
import pytest

from tests import builders
from tests.journeys import chromium

pytestmark = [pytest.mark.row("P7"), pytest.mark.timeout(180)]
SQLITE = pytest.mark.parametrize("backend", ["sqlite"], indirect=True)


@pytest.fixture
def real_desk(desk_url):
    """A desk of the founded company under the time that passes."""
    opened = builders.open_at(desk_url)
    yield opened
    opened.store.close()


@pytest.fixture
def served(real_desk, tmp_path):
    """`deskapp serve` for that company, and where it answers."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [sys.executable, "-m", "deskapp", "--db", real_desk.store.url, "serve", "--port", f"{port}"]
    home = {"HOME": str(tmp_path), "XDG_DATA_HOME": str(tmp_path / "data"), "DESKAPP_KEYRING": "0"}
    command += ["--most", "1"]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=os.environ | home)
    assert f"http://127.0.0.1:{port}" in process.stdout.readline()
    yield f"http://127.0.0.1:{port}"
    process.terminate()
    process.wait(20)


@SQLITE
async def test_strangers_are_turned_away(served):
    async with aiohttp.ClientSession() as session:
        for path, headers, status in (
            ("/", {}, 200),
            ("/", {"Host": "evil.example"}, 421),
            ("/ws", {"Origin": "http://evil.example"}, 403),
            ("/ws", {}, 403),
        ):
            async with session.get(f"{served}{path}", headers=headers) as answer:
                assert answer.status == status, (path, headers)
        async with session.get(served) as answer:
            page = await answer.text()
            assert not re.findall(r"(?:src|href)=.https?://(?!127\.0\.0\.1)", page), (
                "nothing comes from elsewhere"
            )
            assert answer.headers["X-Frame-Options"] == "DENY"
        async with (
            session.ws_connect(f"{served}/ws", origin=served),
            session.get(f"{served}/ws", headers={"Origin": served}) as second,
        ):
            assert second.status == 503, "one desk is all that was allowed"


@SQLITE
async def test_a_complaint_is_filed_in_a_browser_and_its_clock_runs(real_desk, served, tmp_path):
    path = chromium.found()
    if path is None:
        warnings.warn("no Chromium here: the desk in a browser was NOT tried", UserWarning, stacklevel=1)
        pytest.skip("no Chromium on this machine; .ci/run installs it")
    builders.a_client(real_desk, "张伟明", "13800138000")
    async with chromium.Browser(path, tmp_path / "profile") as browser:
        tab = await browser.open(served)
        await tab.shows("登录")
        await tab.ready()
        await tab.type(builders.AGENT)
        await tab.shows(builders.AGENT)
        await tab.press("Enter")
        await tab.type(builders.PASSWORD)
        await tab.press("Enter")
        await tab.shows("没有等候的电话")
        await tab.type("i")
        await tab.shows("来电登记")
        await tab.type("13800138000")
        await tab.press("Enter")
        await tab.shows("张伟明")
        await tab.shows(
            "» 呼入"
        )  # The dialog says whose number it is, too: the call itself is what Enter takes.
        await tab.press("Enter")
        await tab.shows("1 已接通")
        await tab.type("n")
        await tab.shows("投诉内容")
        await tab.type(WORDS)
        await tab.shows(WORDS)
        await tab.ctrl("s")
        await tab.shows("23:59:")
        assert only(real_desk).description == WORDS
        seen = {clock.group() for clock in re.finditer(CLOCK, tab.text())}
        for _ in range(200):
            seen |= {clock.group() for clock in re.finditer(CLOCK, tab.text())}
            if len(seen) >= 3:
                break
            await tab.do(
                "Runtime.evaluate", expression="new Promise(done => setTimeout(done, 50))", awaitPromise=True
            )
        assert len(seen) >= 3, "the countdown ticks"
        assert all(address.startswith((served, "data:")) for address in tab.asked)
        assert len(await tab.picture()) > 10_000, "something is drawn"


WORDS = "卫生间漏水,楼下邻居已经找上门"
CLOCK = r"23:59:[0-5]\d"


def only(desk):
    with desk.read() as work:
        (row,) = work.tickets.export_page(0, 2)
        return row.ticket
