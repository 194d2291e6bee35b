"""A client's history: thousands of lines, what Enter opens, clashes at one file, several sites, calls by hand."""

from dataclasses import replace

import pytest

from deskapp.domain.call import Call, Result
from deskapp.screens.call import CallScreen
from deskapp.screens.call_detail import CallDetailDialog
from deskapp.screens.client import ClientScreen, running_site
from deskapp.screens.client_form import ClientForm
from deskapp.screens.record_form import Typed
from deskapp.screens.site_choice import SiteChoice
from deskapp.screens.site_form import SiteForm
from deskapp.services import calls, clients
from tests import builders
from tests.screens.pilot import console, listed, press, seen, shows, until, write

pytestmark = [pytest.mark.row("C3"), pytest.mark.parametrize("backend", ["sqlite"], indirect=True)]


async def opened(app, pilot, client):
    app.open_client(client.client.id)
    await until(app, pilot, lambda: isinstance(app.screen, ClientScreen) and app.screen.file, "the history")
    await listed(app, pilot, app.screen.table, "its length")


async def test_thousands_of_lines_are_walked_by_pages(desk):
    client = builders.a_client(desk, "张伟明", "13800138000")
    with desk.write("call.plan") as work:
        work.calls.add_many(
            [
                Call(kind="followup", direction="out", state="done", outcome="reached", client_id=client.client.id,
                     due_at=desk.now().subtract(hours=n // 3), notes=f"第 {n} 次", created_at=desk.now())
                for n in range(6_000)
            ]
        )  # fmt: skip
    async with console(desk) as (app, pilot):
        await opened(app, pilot, client)
        table = app.screen.table
        await until(app, pilot, lambda: table.row_count == 6_000, "their number")
        await shows(app, pilot, "l 通话 6000")
        await press(app, pilot, "end")
        await shows(app, pilot, "第 5997 次")
        assert table.held < 1_000, "only the pages near the window are in memory"
        await press(app, pilot, "pageup", "home")
        await shows(app, pilot, "第 0 次")
        app.changed()
        await press(app, pilot, "pagedown", "pagedown")
        assert table.selected is not None


@pytest.mark.row("C4")
async def test_enter_on_a_call_shows_it_in_full(desk):
    client = builders.a_client(desk, "张伟明", "13800138000")
    call = calls.take(desk, calls.plan(desk, "followup", client.client.id, desk.now(), "中期验收"))
    calls.end(desk, call, Result("reached", "客户满意\n[red]但\x1b嫌慢", None, 4))
    async with console(desk, size=(80, 24)) as (app, pilot):
        await opened(app, pilot, client)
        await press(app, pilot, "enter")
        await until(app, pilot, lambda: isinstance(app.screen, CallDetailDialog))
        await shows(app, pilot, "[red]但")
        glass = seen(app)
        assert "中期验收" in glass
        assert "满意 4" in glass
        assert "李敏" in glass
        assert "\x1b" not in glass
        await press(app, pilot, "escape")
        assert isinstance(app.screen, ClientScreen)


async def test_both_changed_one_field_and_each_sees_the_other(desk, second_desk):
    client = builders.a_client(desk, "张伟明", "13800138000", note="旧")
    async with console(desk) as (app, pilot):
        await opened(app, pilot, client)
        await press(app, pilot, "e")
        await until(app, pilot, lambda: isinstance(app.screen, ClientForm))
        first = app.screen
        first.form.field("note").fill("我写的")
        clients.save(second_desk, replace(client.client, note="他写的"), "13800138000 13912345678")
        await press(app, pilot, "ctrl+s")
        await until(app, pilot, lambda: isinstance(app.screen, ClientForm) and app.screen is not first)
        await shows(app, pilot, "对方改为:他写的")
        values = app.screen.form.values()
        assert values["note"] == "我写的"
        assert values["phones"] == "138 0013 8000, 139 1234 5678", "a field only the other changed is theirs"
        await press(app, pilot, "ctrl+s")
        await until(app, pilot, lambda: isinstance(app.screen, ClientScreen))
        await shows(app, pilot, "我写的")
    assert len(clients.whose(desk, "13912345678")) == 1


def test_what_was_typed_is_laid_over_what_another_saved(desk):
    typed = Typed({"a": 1, "b": 2, "c": 5}, {"a": 1, "b": 1, "c": 1})
    assert typed.over({"a": 9, "b": 1, "c": 7}) == ({"a": 9, "b": 2, "c": 5}, {"c": 7})
    assert typed.over({"a": 1, "b": 2, "c": 5}) == ({"a": 1, "b": 2, "c": 5}, {})


@pytest.mark.row("S1")
async def test_of_several_sites_the_running_one_is_meant_and_any_can_be_changed(desk):
    client = builders.a_client(desk, "张伟明", "13800138000")
    old = builders.a_site(desk, client, estate="万科城", address="5-1-302", stage="building")
    builders.a_site(desk, client, estate="海棠湾", address="3-2-1101", stage="warranty")
    async with console(desk) as (app, pilot):
        await opened(app, pilot, client)
        assert app.screen.context() == {"client_id": client.client.id, "site_id": old.id}
        await press(app, pilot, "=")
        await until(app, pilot, lambda: isinstance(app.screen, SiteChoice), "which one")
        await press(app, pilot, "2")
        await until(app, pilot, lambda: isinstance(app.screen, SiteForm))
        await shows(app, pilot, "万科城")
        form = app.screen.form
        form.fill(
            {"area": "很大", "deposit": "3万", "completed_on": "2026-13-01", "start_date": "2026年3月1日"}
        )
        form.field("designer").focus()
        await write(app, pilot, "没这人")
        await press(app, pilot, "ctrl+s")
        assert {name for name, field in form.fields.items() if field.error} == {
            "area",
            "completed_on",
            "designer",
        }
        form.fill({"area": "128.5", "completed_on": "", "designer": None})
        await press(app, pilot, "ctrl+s")
        await until(app, pilot, lambda: isinstance(app.screen, ClientScreen))
        await shows(app, pilot, "128.5 平米")
    with desk.read() as work:
        site = work.sites.find(old.id)
    assert (site.area, site.deposit, str(site.start_date)) == (12850, 3_000_000, "2026-03-01")
    assert running_site(()) is None


async def test_a_client_on_another_telephone_is_taken_down_and_taken(desk):
    nobody = builders.a_client(desk, "李秀英", "")
    shared = builders.a_client(desk, "张伟明", "021-62345678#801")
    builders.a_client(desk, "王芳", "021-62345678")
    async with console(desk) as (app, pilot):
        for client in (nobody, shared):
            await opened(app, pilot, client)
            await press(app, pilot, "i")
            await until(app, pilot, lambda: isinstance(app.screen, CallScreen))
            await shows(app, pilot, client.client.name)
    with desk.read() as work:
        mine = work.calls.taken_by(desk.operator.id)
    assert {(row.call.kind, row.call.client_id) for row in mine} == {
        ("inbound", nobody.client.id),
        ("inbound", shared.client.id),
    }


async def test_the_words_change_with_the_language_at_once(desk):
    client = builders.a_client(desk, "张伟明", "13800138000")
    builders.a_site(desk, client)
    async with console(desk) as (app, pilot):
        await opened(app, pilot, client)
        await shows(app, pilot, "在建")
        app.speak("en")
        await shows(app, pilot, "Building")
        await press(app, pilot, "=")
        await shows(app, pilot, "Designer")
        assert "⟦" not in seen(app)


@pytest.mark.row("P2")
async def test_what_nobody_at_a_desk_did_is_the_system_s(desk):
    from deskapp.services.operators import system_operator

    client = builders.a_client(desk, "张伟明")
    ticket = builders.a_complaint(desk.signed_in(system_operator()), client)
    async with console(desk) as (app, pilot):
        await opened(app, pilot, client)
        (line,) = [line for line in seen(app).splitlines() if ticket.number[-4:] in line and "受理" in line]
        assert "系统" in line
