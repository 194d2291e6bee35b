"""Three alike arrive: the third is suggested and grouped, answered once, resolved once, each verified (T11, T7)."""

from __future__ import annotations

import pytest

from deskapp.screens.mass import MassScreen
from deskapp.screens.mass_forms import AlikeDialog, CauseDialog, MassWordsDialog
from deskapp.screens.mass_group import MassGroupScreen
from deskapp.screens.ticket import TicketScreen
from deskapp.screens.ticket_filed import FiledDialog
from deskapp.screens.ticket_form import TicketFormScreen
from deskapp.services import mass, tickets
from tests import builders
from tests.screens.pilot import console, press, shows, until, write

pytestmark = [
    pytest.mark.row("T11"),
    pytest.mark.parametrize("backend", ["sqlite"], indirect=True),
]
SIZES = [((120, 40), "zh"), ((80, 24), "zh"), ((120, 40), "en"), ((80, 24), "en")]


def hollow(desk, estate="海棠湾", **fields):
    client = builders.a_client(desk)
    site = builders.a_site(desk, client, estate=estate)
    category_id = builders.a_category(desk, "tile")
    words = {"subject": "客厅瓷砖空鼓", "description": "同一批瓷砖敲着响"} | fields
    return builders.a_complaint(desk, client, category_id=category_id, site_id=site.id, **words)


async def on(app, pilot, screen):
    await until(app, pilot, lambda: isinstance(app.screen, screen), screen.__name__)


async def typed_form(app, pilot, client):
    """The complaint form with the same words, its outlook read."""
    app.push_screen(TicketFormScreen(client.client.id))
    await until(
        app,
        pilot,
        lambda: (
            isinstance(app.screen, TicketFormScreen)
            and app.screen.outlook
            and app.screen._choice("category").choices
        ),
        "form",
    )
    await write(app, pilot, "卧室瓷砖空鼓")
    form = app.screen
    place = next(n for n, one in enumerate(form._choice("category").choices) if one.label == "瓷砖空鼓")
    form._choice("category")._pick(place)
    await until(app, pilot, lambda: form.outlook.alike is not None, "alike")
    return form


@pytest.mark.row("T7", "T10")
async def test_from_the_third_alike_to_the_last_call(desk, second_desk):
    first, second = hollow(desk), hollow(desk, "云锦园")
    third, fourth = builders.a_client(desk, "王建国"), builders.a_client(desk, "李四海")
    async with console(desk) as (app, pilot):
        await typed_form(app, pilot, third)
        await shows(app, pilot, "3 位客户同类投诉")
        await press(app, pilot, "ctrl+s")
        await on(app, pilot, FiledDialog)
        await press(app, pilot, "g")
        await on(app, pilot, AlikeDialog)
        assert app.screen.marked == {first.id, second.id}
        await press(app, pilot, "enter")
        await on(app, pilot, CauseDialog)
        await press(app, pilot, "ctrl+s")
        await shows(app, pilot, "已归入批量投诉")
        await press(app, pilot, "enter")
        await typed_form(app, pilot, fourth)
        await shows(app, pilot, "归入 PL20261123-0001?")
        await press(app, pilot, "ctrl+n")
        await shows(app, pilot, "受理后归入 PL20261123-0001")
        await press(app, pilot, "ctrl+s")
        await on(app, pilot, FiledDialog)
        await press(app, pilot, "o")
        await on(app, pilot, TicketScreen)
        await shows(app, pilot, "PL20261123-0001(4 位客户)")
        await press(app, pilot, "=")
        await on(app, pilot, MassGroupScreen)
        for key, words in (("a", "厂家明天到场检测"), ("s", "全部换新")):
            await press(app, pilot, key)
            await on(app, pilot, MassWordsDialog)
            app.screen.form.fill({"words": words})
            await press(app, pilot, "ctrl+s")
            await on(app, pilot, MassGroupScreen)
            await shows(app, pilot, words)
    with desk.read() as work:
        group = work.mass_complaints.all()[0]
        members = work.mass_complaints.members(group)
        calls = [work.calls.open_for(one.id, "verification") for one in members]
    assert (group.state, len(members), [len(one) for one in calls]) == ("resolved", 4, [1] * 4)
    for one in members:
        tickets.verify(second_desk, one, satisfied=True, score=5)
    with desk.read() as work:
        assert work.mass_complaints.find(group.id).state == "closed"


@pytest.mark.parametrize(("size", "language"), SIZES)
async def test_the_pictures(desk, size, language):
    ids = [hollow(desk, subject="瓷[red]砖\x1b[31m空鼓").id, hollow(desk, "云锦园").id]
    mass.open_group(desk, ids, "同一[b]批瓷砖")
    hollow(desk)
    async with console(desk, size=size, language=language) as (app, pilot):
        await press(app, pilot, "f8", "m")
        await on(app, pilot, MassScreen)
        await shows(app, pilot, "同一[b]批瓷砖")
        await press(app, pilot, "enter")
        await on(app, pilot, MassGroupScreen)
        await shows(app, pilot, "PL20261123-0001")
        await shows(app, pilot, "11-23")
        await press(app, pilot, "+")
        await on(app, pilot, AlikeDialog)
        await press(app, pilot, "space", "enter")
        await until(app, pilot, lambda: app.screen.opened and len(app.screen.opened.rows) == 3, "added")
        await press(app, pilot, "end", "-")
        await on(app, pilot, MassWordsDialog)
        await press(app, pilot, "ctrl+s")
        await until(app, pilot, lambda: app.screen.opened and len(app.screen.opened.rows) == 2, "out")
        await press(app, pilot, "x", "ctrl+s")
        await until(app, pilot, lambda: app.screen.opened.mass.state == "dissolved", "dissolved")
        await press(app, pilot, "escape")
        await on(app, pilot, MassScreen)
