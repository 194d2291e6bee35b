"""Marked rows share an act with one undo; views are kept; missed calls are done with; macros run in one key."""

import pytest

from deskapp.domain.macro import Macro
from deskapp.screens.queue import QueueScreen
from deskapp.screens.ticket import TicketScreen
from deskapp.screens.tickets import TicketsScreen
from deskapp.services import calls, collaboration, macros
from tests import builders
from tests.screens.pilot import console, press, seen, shows, until, write

pytestmark = [pytest.mark.row("T15"), pytest.mark.parametrize("backend", ["sqlite"], indirect=True)]


@pytest.fixture
def filed(desk, clock):
    found = []
    for subject in ("卫生间漏水", "瓷砖空鼓", "柜门色差"):
        found.append(builders.a_complaint(desk, builders.a_client(desk), subject=subject))
        clock.at = clock.at.add(minutes=5)
    return found


async def listed(app, pilot):
    await press(app, pilot, "f10", "d")
    await until(app, pilot, lambda: isinstance(app.screen, TicketsScreen) and app.screen.table.row_count == 3)


def tags(desk, filed):
    return [collaboration.tags_of(desk, one.id)[0] for one in filed]


@pytest.mark.parametrize(("size", "language"), [((80, 24), "zh"), ((120, 40), "en")])
async def test_marked_rows_are_tagged_and_the_lot_is_undone(desk, filed, size, language):
    async with console(desk, size=size, language=language) as (app, pilot):
        await listed(app, pilot)
        assert "tickets.tag_marked" not in {
            b.binding.id for b in app.screen.active_bindings.values() if b.enabled
        }
        glass = await press(app, pilot, "space", "down", "space")
        assert ("已选 2" if language == "zh" else "2 marked") in glass
        assert "\u2502 * " in glass and "\u2502 \u2590*" in glass, "a sign beside the row, not a colour alone"
        await press(app, pilot, "h")
        await write(app, pilot, "急件")
        await press(app, pilot, "ctrl+s")
        await until(app, pilot, lambda: tags(desk, filed) == [("急件",), (), ("急件",)], "tagged")
        await shows(app, pilot, "Ctrl+Z")
        assert app.screen.table.marked == ()
        await press(app, pilot, "ctrl+z")
        await until(app, pilot, lambda: tags(desk, filed) == [(), (), ()], "undone")
        await press(app, pilot, "ctrl+z")
        await shows(app, pilot, "没有可以撤销的" if language == "zh" else "Nothing to undo")


async def test_all_on_the_glass_are_marked_and_what_refuses_is_named(desk, filed):
    ended = builders.a_ticket_in(desk, "closed", builders.a_client(desk), subject="早已结案")
    async with console(desk) as (app, pilot):
        await press(app, pilot, "f10", "d")
        await until(
            app, pilot, lambda: getattr(app.screen, "table", None) and app.screen.table.row_count == 4
        )
        assert "已选 4" in await press(app, pilot, "asterisk")
        await press(app, pilot, "g", "2", "ctrl+s")
        await shows(app, pilot, "没做成 1 张")
        assert ended.number in seen(app)
        with desk.read() as work:
            assert {work.tickets.find(one.id).severity for one in filed} == {"major"}
        assert len(app.screen.table.marked) == 4
        await press(app, pilot, "escape")
        assert app.screen.table.marked == ()


@pytest.mark.row("P5")
async def test_a_view_is_kept_chosen_and_deleted(desk, filed):
    async with console(desk, size=(80, 24)) as (app, pilot):
        await listed(app, pilot)
        await write(app, pilot, "瓷砖")
        await until(app, pilot, lambda: app.screen.table.row_count == 1)
        await press(app, pilot, "ctrl+y", "n")
        await write(app, pilot, "空鼓的")
        await press(app, pilot, "ctrl+s")
        await until(app, pilot, lambda: macros.views(desk, "tickets"), "kept")
        await shows(app, pilot, "空鼓的")
        await press(app, pilot, "escape", "escape")
        await until(app, pilot, lambda: app.screen.table.row_count == 3, "all again")
        await press(app, pilot, "ctrl+y")
        await until(app, pilot, lambda: app.screen.table.row_count == 1, "read")
        await press(app, pilot, "1")
        await until(
            app, pilot, lambda: isinstance(app.screen, TicketsScreen) and app.screen.table.row_count == 1
        )
        assert app.screen.typed.read() == "瓷砖"
        await press(app, pilot, "ctrl+y")
        await until(app, pilot, lambda: app.screen.table.row_count == 1, "read")
        await press(app, pilot, "x")
        await until(app, pilot, lambda: not macros.views(desk, "tickets"), "deleted")


@pytest.mark.row("C1")
async def test_missed_calls_are_done_by_one_key(desk):
    for _ in range(3):
        calls.abandon(desk, calls.ring(desk, builders.a_phone()).call)
    async with console(desk, size=(80, 24)) as (app, pilot):
        await until(app, pilot, lambda: app.screen.table.row_count == 3, "waiting")
        await press(app, pilot, "m")
        await until(app, pilot, lambda: app.screen.table.row_count == 2, "one is done")
        await press(app, pilot, "M")
        await shows(app, pilot, "2 个都算已办")
        await press(app, pilot, "ctrl+s")
        await until(app, pilot, lambda: app.screen.table.row_count == 0, "all are done")
        await press(app, pilot, "ctrl+z")
        await until(app, pilot, lambda: app.screen.table.row_count == 2, "wait again")
        assert isinstance(app.screen, QueueScreen)


async def test_a_macro_is_written_and_run_by_its_key(desk, filed):
    async with console(desk, size=(80, 24)) as (app, pilot):
        await press(app, pilot, "f10", "9", "n")
        await until(app, pilot, lambda: hasattr(app.screen, "form"), "form")
        app.screen.form.fill(
            {"name": "漏水急修", "letter": "7", "tag": "漏水", "note": "{{client.name}}:{{原话}}"}
        )
        await press(app, pilot, "ctrl+s")
        await shows(app, pilot, "漏水急修")
        await until(app, pilot, lambda: macros.listed(desk), "kept")
        app.open_ticket(filed[0].id)
        await until(app, pilot, lambda: isinstance(app.screen, TicketScreen) and app.screen.view, "ticket")
        await press(app, pilot, "full_stop")
        await shows(app, pilot, "漏水急修")
        await press(app, pilot, "7")
        await shows(app, pilot, "原话")
        await write(app, pilot, "又漏了")
        await press(app, pilot, "ctrl+s")
        await until(app, pilot, lambda: tags(desk, filed)[0] == ("漏水",), "tagged")
        with desk.read() as work:
            assert work.ticket_events.of(filed[0].id)[-1].text.endswith(":又漏了")


async def test_a_macro_that_is_not_legal_says_so_and_changes_nothing(desk):
    ticket = builders.a_ticket_in(desk, "closed")
    steps = [{"do": "tag", "tag": "x"}, {"do": "respond", "words": "好"}]
    macros.save(desk, Macro(name="答复", letter="d", operator_id=desk.operator.id, moves={"steps": steps}))
    async with console(desk) as (app, pilot):
        app.open_ticket(ticket.id)
        await until(app, pilot, lambda: isinstance(app.screen, TicketScreen) and app.screen.view, "ticket")
        await press(app, pilot, "full_stop")
        await shows(app, pilot, "答复客户 好")
        await press(app, pilot, "d")
        await shows(app, pilot, "没有执行")
        assert collaboration.tags_of(desk, ticket.id)[0] == ()


@pytest.mark.parametrize(("size", "language"), [((80, 24), "zh"), ((120, 40), "en")])
async def test_a_single_act_is_undone_and_the_foot_counts_the_seconds(desk, filed, size, language):
    ticket = filed[0]
    async with console(desk, size=size, language=language) as (app, pilot):
        app.open_ticket(ticket.id)
        await until(
            app, pilot, lambda: isinstance(app.screen, TicketScreen) and app.screen.view, "the ticket"
        )
        await press(app, pilot, "g", "1", "ctrl+s")
        await until(app, pilot, lambda: severity(desk, ticket) == "minor", "graded anew")
        foot = "撤销 改等级 1" if language == "zh" else "undo severity 1"
        await shows(app, pilot, foot)
        await press(app, pilot, "ctrl+z")
        await until(app, pilot, lambda: severity(desk, ticket) == ticket.severity, "as it was")
        await until(app, pilot, lambda: foot not in seen(app), "nothing left to undo")


def severity(desk, ticket):
    with desk.read() as work:
        return work.tickets.find(ticket.id).severity
