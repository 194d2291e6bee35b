"""The finder beyond finding: Enter before the answer, what stays when something changes, drafts, hostile names."""

import threading

import pytest

from deskapp.screens.call import CallScreen
from deskapp.screens.call_dialogs import LaterDialog
from deskapp.screens.client import ClientScreen
from deskapp.screens.client_form import ClientForm
from deskapp.screens.clients import ClientsScreen, PickClientDialog
from deskapp.services import client_search, clients
from tests import builders
from tests.screens.pilot import console, listed, press, seen, shows, until, write

pytestmark = [pytest.mark.row("C3"), pytest.mark.parametrize("backend", ["sqlite"], indirect=True)]

HOSTILE = [
    "[red]王[/red]",
    "\x1b[2J王\x07",
    "\u202e王芳\u202c",
    "王\u200b芳",
    "\U00020bb7野家",
    "王🏠👩\u200d👧芳",
    "[@click=app.quit]退[/]",
]


async def finder(app, pilot):
    await press(app, pilot, "f3")
    await until(app, pilot, lambda: isinstance(app.screen, ClientsScreen), "the finder")
    await listed(app, pilot, app.screen.finder.table, "the newest files")


def held_back(monkeypatch):
    """Let searches wait until they are let go; the texts asked for are listed."""
    gate, asked, real = threading.Event(), [], client_search.find

    def slow(desk, typed):
        asked.append(typed)
        assert gate.wait(20)
        return real(desk, typed)

    monkeypatch.setattr(client_search, "find", slow)
    return gate, asked


@pytest.mark.row("P5")
async def test_enter_before_the_answer_opens_what_was_typed_and_typing_never_waits(desk, monkeypatch):
    wanted = builders.a_client(desk, "张伟明", "13800138000")
    builders.a_client(desk, "李秀英")
    gate, asked = held_back(monkeypatch)
    async with console(desk) as (app, pilot):
        await finder(app, pilot)
        for key in "zwm":
            await pilot.press(key)
        assert app.screen.finder.line.value == "zwm", "the echo does not wait for the search"
        assert app.screen.context() == {}, "no row belongs to what is typed yet"
        await pilot.press("enter")
        assert isinstance(app.screen, ClientsScreen), "nothing is opened before the answer"
        gate.set()
        await until(app, pilot, lambda: isinstance(app.screen, ClientScreen), "the history")
        assert app.screen.client_id == wanted.client.id
    assert asked == ["z", "zwm"], "one search at a time, and only the newest text after it"


@pytest.mark.row("P5")
async def test_what_is_typed_and_marked_stays_when_another_desk_writes(desk, second_desk):
    for name in ("王芳", "王丽", "王敏"):
        builders.a_client(desk, name)
    async with console(desk) as (app, pilot):
        await finder(app, pilot)
        await write(app, pilot, "王")
        await shows(app, pilot, "找到 3 位客户")
        await press(app, pilot, "down")
        marked = app.screen.finder.selected.card.client.name
        builders.a_client(second_desk, "王小明")
        app.changed()
        await shows(app, pilot, "找到 4 位客户")
        assert app.screen.finder.selected.card.client.name == marked
        assert app.screen.finder.line.value == "王"
        await press(app, pilot, "f1", "escape")
        await write(app, pilot, "小")
        await shows(app, pilot, "找到 1 位客户")
        assert app.screen.finder.line.value == "王小", "a dialog in between does not begin a new search"
        await press(app, pilot, "f2", "f3")
        await write(app, pilot, "丽")
        await until(app, pilot, lambda: app.screen.finder.line.value == "丽", "another place does")


async def test_letters_are_letters_in_the_line_and_keys_in_the_list(desk):
    builders.a_client(desk, "张伟明", "13800138000")
    async with console(desk, size=(80, 24)) as (app, pilot):
        await finder(app, pilot)
        await press(app, pilot, "z")
        assert isinstance(app.screen, ClientsScreen)
        await press(app, pilot, "tab", "z")
        await until(app, pilot, lambda: isinstance(app.screen, LaterDialog), "when to call")
        await write(app, pilot, "1")
        await press(app, pilot, "enter")
        await shows(app, pilot, "已约回拨")
        await press(app, pilot, "d")
        await until(app, pilot, lambda: isinstance(app.screen, CallScreen), "the call in hand")
    with desk.read() as work:
        client_id = client_search.find(desk, "zwm")[0].client_id
        found = work.timeline.of(client_id, only="call")
    assert sorted((item.kind, item.code) for item in found) == [("callback", "open"), ("callback", "taken")]


@pytest.mark.row("P3")
async def test_a_file_left_unsaved_is_offered_and_taken_up(desk, tmp_path):
    async with console(desk, folder=tmp_path) as (app, pilot):
        await finder(app, pilot)
        await write(app, pilot, "王小明")
        await shows(app, pilot, "没有找到")
        await press(app, pilot, "ctrl+n")
        await until(app, pilot, lambda: isinstance(app.screen, ClientForm))
        assert app.screen.form.values()["name"] == "王小明", "what was looked for is filled in"
        app.screen.form.field("phones").focus()
        await write(app, pilot, "13811112222")
        await shows(app, pilot, "138 1111 2222  手机")
        await press(app, pilot, "escape")
        await shows(app, pilot, "已存草稿")
        await press(app, pilot, "ctrl+n")
        await shows(app, pilot, "上次没保存")
        assert app.screen.form.values()["phones"] == "", "it waits to be asked for"
        await press(app, pilot, "ctrl+r")
        assert app.screen.form.values()["phones"] == "13811112222"
        await press(app, pilot, "ctrl+s")
        await until(app, pilot, lambda: isinstance(app.screen, ClientScreen), "the new file")
    assert clients.whose(desk, "138 1111 2222")[0].client.name == "王小明"
    assert list((tmp_path / "drafts").glob("*.json")) == [], "what is saved is no draft any more"


async def test_a_stranger_gets_a_file_with_the_number_filled_in(desk):
    builders.a_client(desk, "贾宝玉", "13711112222")
    async with console(desk) as (app, pilot):
        given = []
        app.push_screen(PickClientDialog([], "+8613699998888"), given.append)
        await shows(app, pilot, "136 9999 8888 还没有客户档案")
        await write(app, pilot, "jby")
        await shows(app, pilot, "贾宝玉")
        await press(app, pilot, "ctrl+n")
        await until(app, pilot, lambda: isinstance(app.screen, ClientForm))
        await write(app, pilot, "薛宝钗")
        await press(app, pilot, "ctrl+s")
        await until(app, pilot, lambda: given, "the dialog gives back the new file")
    assert [card.client.id for card in clients.whose(desk, "13699998888")] == given


async def test_a_number_somebody_has_is_said_while_it_is_typed(desk):
    card = builders.a_client(desk, "张伟明", "13800138000")
    async with console(desk) as (app, pilot):
        app.push_screen(ClientForm(phone="13800138000"))
        await shows(app, pilot, "已有:张伟明")
        app.screen.form.field("phones").fill("13800138000 12x")
        await shows(app, pilot, "不是电话号码")
        await press(app, pilot, "ctrl+s")
        assert isinstance(app.screen, ClientForm)
        app.pop_screen()
        app.push_screen(ClientForm(card))
        await shows(app, pilot, "138 0013 8000  手机")
        assert "已有" not in seen(app), "its own number is no surprise"


@pytest.mark.row("P3")
@pytest.mark.parametrize("size", [(120, 40), (80, 24)])
async def test_hostile_names_are_harmless_everywhere(desk, size):
    note = "备注\x1b[31m[bold]" * 1_000
    names = [" ".join(HOSTILE[:4]), " ".join(HOSTILE[4:])]
    for name in names:
        card = builders.a_client(desk, name, address=name, note=note)
        builders.a_site(desk, card, estate=name, address=name, note=note, crew=name)
        builders.a_complaint(desk, card, subject=name)
    async with console(desk, size=size) as (app, pilot):
        await finder(app, pilot)
        await shows(app, pilot, "[red]王")
        for _ in names:
            harmless(app)
            await press(app, pilot, "enter")
            await until(app, pilot, lambda: isinstance(app.screen, ClientScreen) and app.screen.file)
            harmless(app)
            await press(app, pilot, "e")
            await until(app, pilot, lambda: isinstance(app.screen, ClientForm))
            harmless(app)
            await press(app, pilot, "escape", "escape", "down")
        await write(app, pilot, "[red]")
        await shows(app, pilot, "找到 1 位客户")


def harmless(app):
    """Nothing on the glass acts on the terminal or hides; markup is shown as it was written."""
    glass = seen(app)
    assert not set(glass) & set("\x1b\x07\u202e\u202c\u200b"), glass
    assert "⟦" not in glass


async def test_a_desk_that_cannot_write_gives_the_form_back(desk, monkeypatch):
    from deskapp.domain.errors import StorageFailed

    real, tries = clients.add, []

    def refuses(desk, client, phones="", *, key, **fields):
        tries.append((client.name, key))
        if len(tries) == 1:
            raise StorageFailed("storage.lost", why="disk")
        return real(desk, client, phones, key=key, **fields)

    monkeypatch.setattr(clients, "add", refuses)
    async with console(desk) as (app, pilot):
        await finder(app, pilot)
        await press(app, pilot, "ctrl+n")
        await until(app, pilot, lambda: isinstance(app.screen, ClientForm))
        await write(app, pilot, "薛宝钗")
        first = app.screen
        await press(app, pilot, "ctrl+s")
        await until(app, pilot, lambda: isinstance(app.screen, ClientForm) and app.screen is not first)
        assert app.screen.form.values()["name"] == "薛宝钗"
        await press(app, pilot, "ctrl+s")
        await until(app, pilot, lambda: isinstance(app.screen, ClientScreen))
    assert tries[0] == tries[1], "sent again under its key"
    assert tries[0][0] == "薛宝钗"
