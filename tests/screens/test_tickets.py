"""The list of tickets: the newest first, and any of them found as one types."""

import pytest

from deskapp.screens.ticket import TicketScreen
from deskapp.screens.tickets import TicketsScreen
from tests import builders
from tests.screens.pilot import console, press, seen, until, write

pytestmark = [pytest.mark.row("P5"), pytest.mark.parametrize("backend", ["sqlite"], indirect=True)]


@pytest.fixture
def filed(desk, clock):
    found = []
    for name, subject, state in (
        ("张伟明", "卫生间漏水", "closed"),
        ("李秀英", "瓷砖空鼓", "received"),
        ("王芳", "[red]柜门色差", "responded"),
    ):
        found.append(builders.a_ticket_in(desk, state, builders.a_client(desk, name), subject=subject))
        clock.at = clock.at.add(minutes=5)
    return found


def below_the_strip(app):
    return seen(app).split("\n", 2)[2]


async def opened(app, pilot, rows=3):
    await press(app, pilot, "f10")
    await press(app, pilot, "d")
    await until(app, pilot, lambda: isinstance(app.screen, TicketsScreen), "list")
    await until(app, pilot, lambda: app.screen.table.row_count == rows, "rows")


@pytest.mark.parametrize(
    ("size", "language"), [((120, 40), "zh"), ((80, 24), "zh"), ((120, 40), "en"), ((80, 24), "en")]
)
async def test_the_picture(desk, filed, size, language):
    async with console(desk, size=size, language=language) as (app, pilot):
        await opened(app, pilot)
        glass = below_the_strip(app)
        assert glass.index("王芳") < glass.index("李秀英") < glass.index("张伟明")
        assert "[red]柜门色差" in glass and "TS20261123-0002" in glass and "⟦" not in glass


@pytest.mark.parametrize(
    ("typed", "name"), [("瓷砖", "李秀英"), ("lxy", "李秀英"), ("20261123-0001", "张伟明"), ("柜", "王芳")]
)
async def test_found_as_one_types(desk, filed, typed, name):
    async with console(desk) as (app, pilot):
        await opened(app, pilot)
        await write(app, pilot, "TS" + typed if typed[0] == "2" else typed)
        await until(app, pilot, lambda: app.screen.table.row_count == 1, "found")
        assert app.screen.table.selected.client_name == name
        await press(app, pilot, "enter")
        await until(app, pilot, lambda: isinstance(app.screen, TicketScreen) and app.screen.view, "ticket")
        await press(app, pilot, "escape")
        assert app.screen.typed.read().endswith(typed)
        await press(app, pilot, "escape")
        await until(app, pilot, lambda: app.screen.table.row_count == 3, "all again")


async def test_only_the_open_ones(desk, filed):
    async with console(desk) as (app, pilot):
        await opened(app, pilot)
        await press(app, pilot, "ctrl+o")
        await until(app, pilot, lambda: app.screen.table.row_count == 2, "open")
        assert "张伟明" not in below_the_strip(app) and "未结 2" in seen(app)
        await write(app, pilot, "卫生间")
        await until(app, pilot, lambda: app.screen.table.row_count == 0, "none")


@pytest.mark.row("T13", "T14")
async def test_one_kind_after_the_other(desk, filed):
    """A key goes through the kinds; what is no complaint says what it is."""
    client = builders.a_client(desk, "陈建国")
    builders.a_complaint(desk, client, kind="repair", subject="水龙头滴水")
    builders.a_complaint(desk, client, kind="handoff", subject="问退款")
    async with console(desk) as (app, pilot):
        await press(app, pilot, "f10", "d")
        await until(app, pilot, lambda: app.screen.table.row_count == 5, "all of them")
        assert "维修 水龙头滴水" in seen(app) and "协作联系 问退款" in seen(app)
        seen_kinds = []
        for _ in range(6):
            await press(app, pilot, "ctrl+g")
            seen_kinds.append((app.screen.kind, app.screen.table.row_count))
        assert seen_kinds == [
            ("complaint", 3), ("followup_issue", 0), ("repair", 1), ("rectification", 0), ("handoff", 1), ("", 5),
        ]  # fmt: skip
        await press(app, pilot, "ctrl+g", "ctrl+g", "ctrl+g")
        assert "全部 维修 1" in seen(app)
        await write(app, pilot, "问退")
        await until(app, pilot, lambda: app.screen.table.row_count == 0, "none of that kind")
        await press(app, pilot, "escape", "escape")
        await until(app, pilot, lambda: app.screen.table.row_count == 5, "every kind again")
