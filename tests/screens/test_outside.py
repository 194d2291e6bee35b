"""The outside's screen by keys: saved by sections, secrets never on the glass, each connection tried and named."""

from __future__ import annotations

import socket

import pytest

from deskapp.adapters import secrets
from deskapp.domain.outside import Asterisk, Cti
from deskapp.i18n import say
from deskapp.screens.outside import OutsideScreen, as_part, as_typed
from deskapp.services import outside
from tests.away import away
from tests.screens.pilot import console, press, seen, shows, until, write

SQLITE = pytest.mark.parametrize("backend", ["sqlite"], indirect=True)
pytestmark = pytest.mark.row("C5", "C6", "N1")
SECRET = "Geheim0815"


@pytest.fixture(autouse=True)
def no_keyring(monkeypatch) -> None:
    monkeypatch.setenv("DESKAPP_KEYRING", "0")


async def opened(app, pilot) -> OutsideScreen:
    await press(app, pilot, "f10", "0")
    await until(app, pilot, lambda: isinstance(app.screen, OutsideScreen))
    await until(app, pilot, lambda: app.screen.base is not None and app.screen.where, "filled")
    return app.screen


async def section(app, pilot, name: str) -> None:
    while app.screen.at != name:
        await press(app, pilot, "ctrl+n")


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as one:
        return int(one.getsockname()[1])


@pytest.mark.parametrize("part", [Asterisk(on=True, user="desk", queues="a,b"), Cti(port=9000)])
def test_the_form_gives_back_what_it_shows(part) -> None:
    assert as_part(type(part)(), as_typed(part)) == part


@SQLITE
@pytest.mark.parametrize(("size", "language"), [((80, 24), "zh"), ((120, 40), "en"), ((80, 24), "en")])
async def test_a_section_and_its_secret_are_saved_and_the_secret_is_never_seen(
    desk, tmp_path, size, language
) -> None:
    async with console(desk, size=size, language=language, folder=tmp_path) as (app, pilot):
        screen = await opened(app, pilot)
        glasses = [seen(app)]
        await section(app, pilot, "cti")
        screen.forms["cti"].field("port").focus()
        await press(app, pilot, "end", *["backspace"] * 4)
        await write(app, pilot, "9123")
        screen.forms["cti"].field("cti_token").focus()
        await write(app, pilot, SECRET)
        glasses.append(seen(app))
        glasses.append(await press(app, pilot, "ctrl+s"))
        await until(app, pilot, lambda: outside.read_outside(desk).cti.port == 9123, "saved")
        await until(app, pilot, lambda: screen.where.get("cti_token") == "file", "kept in a file")
        await shows(app, pilot, "已存(文件)" if language == "zh" else "set (file)")
        for _ in range(4):
            glasses.append(await press(app, pilot, "ctrl+n"))
        assert secrets.secret("cti_token", tmp_path) == SECRET
        assert screen.forms["cti"].values()["cti_token"] == ""
    assert not any(SECRET in glass or "⟦" in glass for glass in glasses)
    with desk.read() as work:
        assert SECRET not in str([work.settings.get(f"outside.{name}", "") for name in ("cti", "mail")])


@SQLITE
async def test_a_secret_left_empty_stays_and_a_dash_forgets_it(desk, tmp_path) -> None:
    secrets.keep("cti_token", SECRET, tmp_path)
    async with console(desk, folder=tmp_path) as (app, pilot):
        screen = await opened(app, pilot)
        await section(app, pilot, "cti")
        await press(app, pilot, "ctrl+s")
        await shows(app, pilot, "已保存")
        assert secrets.secret("cti_token", tmp_path) == SECRET
        screen.forms["cti"].field("cti_token").focus()
        await write(app, pilot, "-")
        await press(app, pilot, "ctrl+s")
        await until(app, pilot, lambda: not secrets.secret("cti_token", tmp_path), "forgotten")
        await shows(app, pilot, "未设")


@SQLITE
@pytest.mark.parametrize(("language", "words"), [("zh", "拒绝连接"), ("en", "refuses")])
async def test_a_connection_is_tried_as_typed_and_its_fault_said_in_one_line(
    desk, tmp_path, language, words
) -> None:
    async with console(desk, language=language, size=(80, 24), folder=tmp_path) as (app, pilot):
        screen = await opened(app, pilot)
        screen.forms["asterisk"].fill({"host": "127.0.0.1", "port": str(free_port()), "user": "desk"})
        await press(app, pilot, "ctrl+r")
        await shows(app, pilot, words)
        fault, machines = screen.said.text.splitlines()
        assert words in fault and machines == say("outside.link.none")
        assert outside.read_outside(desk).asterisk == Asterisk(), "tried, not saved"


@SQLITE
async def test_the_webhook_says_what_it_lacks_and_then_that_it_is_well(desk, tmp_path) -> None:
    async with console(desk, folder=tmp_path) as (app, pilot):
        screen = await opened(app, pilot)
        await section(app, pilot, "cti")
        screen.forms["cti"].fill({"port": str(free_port())})
        await press(app, pilot, "ctrl+r")
        await shows(app, pilot, "没有设令牌")
        screen.forms["cti"].field("cti_token").focus()
        await write(app, pilot, SECRET)
        glass = await press(app, pilot, "ctrl+r")
        await shows(app, pilot, "令牌已设")
        assert SECRET not in glass + seen(app)


@SQLITE
@pytest.mark.filterwarnings("ignore:'imghdr' is deprecated")
async def test_channels_without_an_address_are_named(desk, tmp_path) -> None:
    secrets.keep("notice_url_wecom", f"json://127.0.0.1:{free_port()}/{SECRET}", tmp_path)
    async with console(desk, folder=tmp_path) as (app, pilot):
        await opened(app, pilot)
        await section(app, pilot, "notices")
        await press(app, pilot, "ctrl+r")
        await shows(app, pilot, "企业微信:127.0.0.1")
        await shows(app, pilot, "拒绝连接")
        await shows(app, pilot, "没有设地址串")
        assert SECRET not in seen(app)


@SQLITE
async def test_a_wrong_value_stands_at_its_field(desk, tmp_path) -> None:
    async with console(desk, folder=tmp_path, size=(80, 24)) as (app, pilot):
        screen = await opened(app, pilot)
        screen.forms["asterisk"].fill({"port": "70000"})
        await press(app, pilot, "ctrl+s")
        assert "70000" in screen.forms["asterisk"].field("port").error
        assert "端口" in screen.forms["asterisk"].field("port").error
        screen.forms["asterisk"].fill({"port": "fünf"})
        await press(app, pilot, "ctrl+r")
        assert "fünf" in screen.forms["asterisk"].field("port").error
        await press(app, pilot, "ctrl+z")
        assert screen.forms["asterisk"].values()["port"] == "5038"


@SQLITE
async def test_an_agent_may_look_and_neither_save_nor_try(second_desk, tmp_path) -> None:
    """Trying sends the secrets kept here to whatever host stands in the form."""
    outside_before = outside.read_outside(second_desk)
    async with console(second_desk, folder=tmp_path) as (app, pilot):
        screen = await opened(app, pilot)
        screen.forms["asterisk"].fill({"user": "desk", "host": "127.0.0.1", "port": str(free_port())})
        for key in ("ctrl+s", "ctrl+r"):
            await press(app, pilot, key)
            await until(app, pilot, lambda: len(app._notifications) > 0, key)
            app.clear_notifications()
        assert "拒绝连接" not in screen.said.text
    assert outside.read_outside(second_desk) == outside_before


@SQLITE
async def test_typed_secrets_go_with_whoever_leaves(desk, tmp_path) -> None:
    async with console(desk, folder=tmp_path) as (app, pilot):
        screen = await opened(app, pilot)
        screen.forms["asterisk"].field("asterisk_password").focus()
        await write(app, pilot, SECRET)
        await press(app, pilot, "escape")
        await until(app, pilot, lambda: not isinstance(app.screen, OutsideScreen), "left")
        assert screen.forms["asterisk"].values()["asterisk_password"] == ""


@SQLITE
@pytest.mark.parametrize(
    ("size", "language", "words", "later"),
    [
        (
            (80, 24),
            "zh",
            ["已连接", "最近听到", "不认用户名或密码", "没有音信", "拒绝连接"],
            "对方断开了连接",
        ),
        (
            (120, 40),
            "en",
            ["connected (since", "last heard", "password refused", "no sign of it", "refused"],
            "hung up",
        ),
    ],
)
async def test_how_each_machine_listens_is_said_and_kept_up_to_date(
    desk, clock, size, language, words, later, tmp_path, monkeypatch
) -> None:
    monkeypatch.setattr("deskapp.screens.outside.LOOKS_S", 0.2)

    def put(kind: str, machine: str, state: str, error: str = "", minutes: int = 0) -> None:
        with desk.store.write("") as work:
            heard = clock.at.subtract(minutes=minutes) if state in ("connected", "listening") else None
            work.pbx_links.put(f"{kind} {machine}", state, error, heard)

    put("asterisk", "far", "connected", minutes=9)
    clock.at = clock.at.add(hours=1)
    put("asterisk", "near", "connected")
    put("asterisk", "dark", "password", "phone.wrong_password")
    put("asterisk", "shut", "again", "phone.why.refused")
    put("cti", "near", "failed", "Kaputt [red]")
    async with console(desk, size=size, language=language, folder=tmp_path) as (app, pilot):
        screen = await opened(app, pilot)
        await until(app, pilot, lambda: len(screen.links.get("asterisk", ())) == 4, "read")
        for each in words:
            assert each in screen.said.text
        await shows(app, pilot, "dark")
        put("asterisk", "near", "again", "phone.why.cut")
        await until(app, pilot, lambda: later in screen.said.text, "as it stands now")
        await section(app, pilot, "cti")
        await shows(app, pilot, "Kaputt")
        assert "[red]" in screen.said.text
        await press(app, pilot, "ctrl+n")
        assert "near" not in screen.said.text


def drafts(folder) -> str:
    return "".join(path.read_text(encoding="utf-8") for path in folder.rglob("drafts/*.json"))


@SQLITE
@pytest.mark.row("P3")
async def test_what_is_typed_is_there_again_but_for_secrets(desk, second_desk, tmp_path) -> None:
    """Left by Esc, by a console that ends, with the database away; another operator finds nothing of it."""
    async with console(desk, folder=tmp_path) as (app, pilot):
        screen = await opened(app, pilot)
        screen.forms["asterisk"].field("user").focus()
        await write(app, pilot, "desk-7")
        screen.forms["asterisk"].field("asterisk_password").focus()
        await write(app, pilot, SECRET)
        await press(app, pilot, "escape")
        await until(app, pilot, lambda: "desk-7" in drafts(tmp_path), "kept")
        screen = await opened(app, pilot)
        await shows(app, pilot, "desk-7")
        assert screen.forms["asterisk"].values()["asterisk_password"] == ""
        await section(app, pilot, "mail")
        screen.forms["mail"].field("imap_host").focus()
        with away(app.desk):
            await write(app, pilot, "imap.haitang.example")
            await press(app, pilot, "ctrl+s")
            await until(app, pilot, lambda: len(app._notifications) > 0, "not saved")
            assert screen.forms["mail"].values()["imap_host"] == "imap.haitang.example"
        screen.forms["mail"].field("smtp_host").focus()
        await write(app, pilot, "smtp.h")
    assert SECRET not in drafts(tmp_path)
    async with console(second_desk, folder=tmp_path) as (app, pilot):
        screen = await opened(app, pilot)
        assert screen.forms["asterisk"].values()["user"] == ""
    async with console(desk, folder=tmp_path) as (app, pilot):
        screen = await opened(app, pilot)
        await shows(app, pilot, "desk-7")
        mail = screen.forms["mail"].values()
        assert (mail["imap_host"], mail["smtp_host"]) == ("imap.haitang.example", "smtp.h")
        await section(app, pilot, "mail")
        await press(app, pilot, "ctrl+z", "ctrl+n", "ctrl+n", "ctrl+s")
        await until(app, pilot, lambda: outside.read_outside(desk).asterisk.user == "desk-7", "saved")
        await until(app, pilot, lambda: not drafts(tmp_path), "nothing is left to keep")
