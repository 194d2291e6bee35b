"""Designers' figures by keys: what is counted opens, other days, who waits (S4)."""

from __future__ import annotations

from datetime import date

import pytest

from deskapp.domain.register import RegisterEntry
from deskapp.screens.client import ClientScreen
from deskapp.screens.designers import BehindScreen, DesignersScreen, PeriodDialog
from deskapp.screens.register_form import RegisterDialog
from deskapp.services import registers
from tests import builders
from tests.screens.pilot import console, press, seen, shows, until

pytestmark = [pytest.mark.row("S4"), pytest.mark.parametrize("backend", ["sqlite"], indirect=True)]
SIZES = [((120, 40), "zh"), ((80, 24), "zh"), ((120, 40), "en"), ((80, 24), "en")]


@pytest.fixture
def site(desk):
    client = builders.a_client(desk, "张[b]")
    designer = builders.a_member(desk, "王丽", "designer")
    site = builders.a_site(desk, client, stage="deposit", designer_id=designer.id)
    who = {"client": client.client.id, "site": site.id, "designer": designer.id}
    for day, outcome in (
        (date(2026, 11, 2), "first"),
        (date(2026, 11, 5), "deposit"),
        (date(2026, 9, 5), "first"),
    ):
        registers.save(desk, RegisterEntry(register="talks"), who | {"day": day, "outcome": outcome})
    paid = who | {"day": date(2026, 11, 5), "amount": 20_000_00, "standing": "paid"}
    registers.save(desk, RegisterEntry(register="deposits"), paid)
    return site


async def here(app, pilot):
    await press(app, pilot, "f10", "j", "g")
    await until(app, pilot, lambda: isinstance(app.screen, DesignersScreen), "the screen")
    await shows(app, pilot, "王丽")


@pytest.mark.parametrize(("size", "language"), SIZES)
async def test_the_pictures(desk, site, size, language):
    async with console(desk, size=size, language=language) as (app, pilot):
        await here(app, pilot)
        await shows(app, pilot, "50%")
        await shows(app, pilot, "张[b]")
        glass = seen(app)
        words = ("达成率 = 定金 ÷ 谈单", "!18 天") if language == "zh" else ("deposits ÷ talks", "!18 days")
        assert all(word in glass for word in words)
        assert "⟦" not in glass
        glass = await press(app, pilot, "t")
        assert isinstance(app.screen, BehindScreen) and "⟦" not in glass


async def test_a_figure_opens_to_as_many_lines(desk, site):
    async with console(desk) as (app, pilot):
        await here(app, pilot)
        for key, count in (("t", 2), ("d", 1), ("s", 0), ("l", 0)):
            await press(app, pilot, key)
            await until(app, pilot, lambda: isinstance(app.screen, BehindScreen), "behind")
            await until(
                app, pilot, lambda count=count: app.screen.table.row_count == count, f"{key}: {count}"
            )
            await press(app, pilot, "escape")
        await press(app, pilot, "down", "enter")
        await until(app, pilot, lambda: isinstance(app.screen, BehindScreen), "the designer's talks")
        assert "设计师谈单 王丽" in seen(app)
        await press(app, pilot, "enter")
        await until(app, pilot, lambda: isinstance(app.screen, RegisterDialog), "the line")
        await press(app, pilot, "escape", "o")
        await until(app, pilot, lambda: isinstance(app.screen, ClientScreen), "the client")


async def test_other_days_are_counted(desk, site):
    async with console(desk) as (app, pilot):
        await here(app, pilot)
        await press(app, pilot, "left_square_bracket", "left_square_bracket")
        await shows(app, pilot, "2026-09-30")
        await until(app, pilot, lambda: app.screen.figures.source.records[0].talks == 1, "September")
        await press(app, pilot, "right_square_bracket")
        await shows(app, pilot, "这段时间没有谈单和定金")
        await press(app, pilot, "m")
        await shows(app, pilot, "2026-10-01 至 2026-12-31")
        await press(app, pilot, "m")
        await until(app, pilot, lambda: app.screen.figures.source.records[0].talks == 3, "the year")
        await press(app, pilot, "u")
        await until(app, pilot, lambda: isinstance(app.screen, PeriodDialog), "days")
        app.screen.form.fill({"first": "2026-11-30", "last": "2026-11-01"})
        await press(app, pilot, "ctrl+s")
        await shows(app, pilot, "截止日期早于开始日期")
        app.screen.form.fill({"first": "2026-11-01", "last": "11-4"})
        await press(app, pilot, "ctrl+s")
        await shows(app, pilot, "2026-11-01 至 2026-11-04")
        await until(app, pilot, lambda: app.screen.figures.source.records[0].talks == 1, "four days")


async def test_who_waits_opens_and_leaves_when_signed(desk, site):
    async with console(desk) as (app, pilot):
        await here(app, pilot)
        await press(app, pilot, "tab", "enter")
        await until(app, pilot, lambda: isinstance(app.screen, ClientScreen), "the client")
        await press(app, pilot, "escape")
        who = {"client": site.client_id, "site": site.id, "designer": site.designer_id}
        signed = who | {"day": date(2026, 11, 23), "outcome": "signed"}
        registers.save(desk, RegisterEntry(register="talks"), signed)
        app.changed()
        await shows(app, pilot, "没有待签客户")
