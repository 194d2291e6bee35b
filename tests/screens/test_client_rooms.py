"""Clients: found as one types, opened with their whole history, written and mended without losing a word."""

from dataclasses import replace

import pytest

from deskapp.screens.client import ClientScreen
from deskapp.screens.client_form import ClientForm
from deskapp.screens.clients import ClientsScreen, PickClientDialog
from deskapp.screens.site_form import SiteForm
from deskapp.services import calls, clients
from tests import builders
from tests.screens.pilot import console, press, seen, shows, until, write

pytestmark = [pytest.mark.row("C3"), pytest.mark.parametrize("backend", ["sqlite"], indirect=True)]


async def finder(app, pilot):
    await press(app, pilot, "f3")
    await until(app, pilot, lambda: isinstance(app.screen, ClientsScreen), "the finder")


async def opened(app, pilot, client):
    app.open_client(client.client.id)
    await until(app, pilot, lambda: isinstance(app.screen, ClientScreen), "the history")
    await shows(app, pilot, client.client.name)


@pytest.mark.row("P5")
@pytest.mark.parametrize("typed", ["zwm", "伟明", "8000", "海棠", "zhangwei"])
async def test_found_as_one_types_and_opened(desk, typed):
    client = builders.a_client(desk, "张伟明", "13800138000", address="海棠湾 3-2-1101")
    for name in ("李秀英", "王芳", "陈建国"):
        builders.a_client(desk, name)
    async with console(desk) as (app, pilot):
        await finder(app, pilot)
        await write(app, pilot, typed)
        await until(app, pilot, lambda: "李秀英" not in seen(app) and "张伟明" in seen(app), typed)
        await press(app, pilot, "enter")
        await until(app, pilot, lambda: isinstance(app.screen, ClientScreen))
        assert app.screen.context()["client_id"] == client.client.id


@pytest.mark.row("P5")
@pytest.mark.parametrize(("size", "language"), [((120, 40), "en"), ((80, 24), "zh")])
async def test_the_pictures(desk, size, language):
    client = builders.a_client(desk, "张伟明", "13800138000")
    builders.a_site(desk, client)
    builders.a_ticket_in(desk, "responded", client)
    async with console(desk, size=size, language=language) as (app, pilot):
        await finder(app, pilot)
        await shows(app, pilot, "张伟明")
        assert "⟦" not in seen(app)
        await press(app, pilot, "escape")
        await opened(app, pilot, client)
        await shows(app, pilot, "TS20261123-0001")
        assert "⟦" not in seen(app)
        assert "海棠湾" in seen(app)


async def test_the_history_holds_everything_and_filters_by_a_letter(desk):
    client = builders.a_client(desk, "张伟明", "13800138000")
    builders.a_ticket_in(desk, "responded", client)
    calls.plan(desk, "followup", client.client.id, desk.now(), "中期验收")
    async with console(desk) as (app, pilot):
        await opened(app, pilot, client)
        await until(
            app, pilot, lambda: "首次响应" in seen(app) and "中期验收" in seen(app), "calls and tickets"
        )
        await press(app, pilot, "l")
        await until(app, pilot, lambda: "首次响应" not in seen(app) and "中期验收" in seen(app), "calls only")
        await press(app, pilot, "t")
        await until(app, pilot, lambda: "首次响应" in seen(app), "tickets only")


async def test_a_new_file_with_two_numbers(desk):
    async with console(desk) as (app, pilot):
        await finder(app, pilot)
        await press(app, pilot, "ctrl+n")
        await until(app, pilot, lambda: isinstance(app.screen, ClientForm))
        app.screen.form.field("name").focus()
        await write(app, pilot, "贾宝玉")
        app.screen.form.field("phones").focus()
        await write(app, pilot, "13711112222, 021-62345678")
        await press(app, pilot, "ctrl+s")
        await until(app, pilot, lambda: len(clients.whose(desk, "02162345678")) == 1, "stored")
    assert clients.whose(desk, "+8613711112222")[0].client.name == "贾宝玉"


async def test_a_number_that_is_none_is_named_and_nothing_is_lost(desk):
    async with console(desk) as (app, pilot):
        await finder(app, pilot)
        await press(app, pilot, "ctrl+n")
        await until(app, pilot, lambda: isinstance(app.screen, ClientForm))
        app.screen.form.fill({"name": "林黛玉", "phones": "见备注"})
        await press(app, pilot, "ctrl+s")
        await shows(app, pilot, "见备注")
        assert isinstance(app.screen, ClientForm)
        assert app.screen.form.values()["name"] == "林黛玉"
    with desk.read() as work:
        assert work.search.client_ids("林黛玉") == []


async def test_two_desks_change_one_file_and_what_was_typed_stays(desk, second_desk):
    client = builders.a_client(desk, "张伟明", "13800138000")
    async with console(desk) as (app, pilot):
        await opened(app, pilot, client)
        await press(app, pilot, "e")
        await until(app, pilot, lambda: isinstance(app.screen, ClientForm))
        app.screen.form.fill({"note": "周末才在工地"})
        with second_desk.read() as work:
            fresh = work.clients.find(client.client.id)
        clients.save(second_desk, replace(fresh, address="万科城 5-1-302"))
        await press(app, pilot, "ctrl+s")
        await until(
            app,
            pilot,
            lambda: "刘敏" in seen(app) or not isinstance(app.screen, ClientForm),
            "told or merged",
        )
        if isinstance(app.screen, ClientForm):
            assert app.screen.form.values()["note"] == "周末才在工地"
            await press(app, pilot, "ctrl+s")
        await until(
            app, pilot, lambda: note_of(desk, client) == "周末才在工地", "saved over the other's change"
        )
    with desk.read() as work:
        assert work.clients.find(client.client.id).address == "万科城 5-1-302", (
            "the other desk's change stands"
        )


def note_of(desk, client):
    with desk.read() as work:
        return work.clients.find(client.client.id).note


@pytest.mark.row("S1")
async def test_a_site_is_written_and_stands_on_the_card(desk):
    client = builders.a_client(desk, "张伟明", "13800138000")
    builders.a_member(desk, "王丽", "designer")
    async with console(desk) as (app, pilot):
        await opened(app, pilot, client)
        await press(app, pilot, "plus")
        await until(app, pilot, lambda: isinstance(app.screen, SiteForm))
        app.screen.form.fill({"estate": "海棠湾", "address": "3-2-1101", "area": "128", "deposit": "5000"})
        app.screen.form.field("designer").focus()
        await write(app, pilot, "wl")
        await shows(app, pilot, "王丽")
        await press(app, pilot, "enter", "ctrl+s")
        await until(app, pilot, lambda: isinstance(app.screen, ClientScreen), "saved")
        await shows(app, pilot, "海棠湾 3-2-1101")
        await shows(app, pilot, "王丽")
    with desk.read() as work:
        site = work.sites.of(client.client.id)[0]
    assert (site.area, site.deposit) == (12800, 500000)


async def test_a_shared_number_asks_who_it_is(desk):
    builders.a_client(desk, "张伟明", "13800138000")
    wife = builders.a_client(desk, "李秀英", "13800138000")
    calls.ring(desk, "13800138000")
    async with console(desk) as (app, pilot):
        await until(app, pilot, lambda: app.screen.table.selected is not None)
        await press(app, pilot, "enter")
        await until(app, pilot, lambda: isinstance(app.screen, PickClientDialog), "it asks")
        await shows(app, pilot, "李秀英")
        table = app.screen.finder.table
        while table.selected.client_id != wife.client.id:
            await press(app, pilot, "down")
        await press(app, pilot, "enter")
        await until(app, pilot, lambda: linked(desk) == wife.client.id, "the call is hers")


def linked(desk):
    with desk.read() as work:
        return work.calls.taken_by(desk.operator.id)[0].call.client_id
