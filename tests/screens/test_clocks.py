"""The 24-hour board: the most urgent in big digits, every running clock by time left, the next step in one key."""

from dataclasses import replace

import pytest

from deskapp.domain.policy import Policy
from deskapp.screens.clock_lists import BoardSource
from deskapp.screens.clocks import ClocksScreen
from deskapp.screens.queue import QueueScreen
from deskapp.screens.ticket import TicketScreen
from deskapp.screens.ticket_dialog import ActDialog
from deskapp.services import company
from deskapp.services import tickets as verbs
from tests import builders
from tests.screens.pilot import console, press, seen, shows, until, write

pytestmark = [pytest.mark.row("T4"), pytest.mark.parametrize("backend", ["sqlite"], indirect=True)]


@pytest.fixture
def clocks(desk, clock):
    """An overdue clock, one due within the hour, within four, and one fresh: in the order of the board."""
    member = builders.a_member(desk, "赵刚")
    filed = []
    for hours, name in ((3, "宋佳琪"), (2, "刘秀英"), (3, "蔡建国"), (15, "任美玲")):
        filed.append(builders.a_complaint(desk, builders.a_client(desk, name)))
        clock.at = clock.at.add(hours=hours)
    clock.at = clock.at.add(hours=2, minutes=-30)
    filed[0] = verbs.dispatch(desk, filed[0], member.department_id, member.id)
    verbs.note(desk, filed[0], "已催两次")
    return filed


def board(app):
    return isinstance(app.screen, ClocksScreen) and app.screen.table.selected is not None


async def opened(app, pilot, rows=4):
    await press(app, pilot, "f5")
    await until(app, pilot, lambda: board(app) and app.screen.table.row_count == rows, "board")


def order(glass, *words):
    places = [glass.rindex(word) for word in words]
    return places == sorted(places)


@pytest.mark.parametrize(
    ("size", "language"), [((120, 40), "zh"), ((80, 24), "zh"), ((120, 40), "en"), ((80, 24), "en")]
)
async def test_the_picture(desk, clocks, size, language):
    async with console(desk, size=size, language=language) as (app, pilot):
        await opened(app, pilot)
        glass = seen(app)
        assert order(glass, "宋佳琪", "刘秀英", "蔡建国", "任美玲")
        assert "+00:30:00" in glass and "02:30:00" in glass and "04:30:00" in glass and "工程部 赵刚" in glass
        assert clocks[0].number in glass and "已催两次" in glass
        assert ("逾期" if language == "zh" else "overdue") in glass
        assert "⟦" not in glass
        assert app.screen.digits.text == "+00:30:00"


async def test_it_counts_without_reading(desk, clocks, clock):
    async with console(desk) as (app, pilot):
        await opened(app, pilot)
        clock.at = clock.at.add(seconds=7)
        app.screen.tick(app.now_us())
        await shows(app, pilot, "+00:30:07")
        assert app.screen.digits.text == "+00:30:07"
        assert "02:29:53" in seen(app)


async def test_the_policy_says_when_a_clock_turns(desk, clocks):
    company.save_policy(desk, Policy(amber_hours=10, red_hours=3))
    async with console(desk) as (app, pilot):
        await opened(app, pilot)
        assert seen(app).count("◕") >= 1 and seen(app).count("◔") >= 1


@pytest.mark.row("T5")
async def test_the_next_step_is_one_key(desk, clocks):
    async with console(desk) as (app, pilot):
        await opened(app, pilot)
        await press(app, pilot, "u")
        await until(app, pilot, lambda: isinstance(app.screen, ActDialog), "urge")
        await press(app, pilot, "enter")
        await until(app, pilot, lambda: board(app) and "催办" in seen(app), "urged")
        await press(app, pilot, "down", "a")
        await until(app, pilot, lambda: isinstance(app.screen, ActDialog), "answer")
        await write(app, pilot, "已致歉,明天到账")
        await press(app, pilot, "ctrl+s")
        await until(app, pilot, lambda: board(app) and app.screen.table.row_count == 3, "one less")
        assert "刘秀英" not in seen(app)
    with desk.read() as work:
        assert work.tickets.find(clocks[1].id).state == "responded"
        assert [notice.reason for notice in work.outbox.unsent_of(clocks[0].id)][-1] == "ticket.urged"


@pytest.mark.row("T6")
async def test_handed_over_and_escalated(desk, clocks):
    head = builders.a_member(desk, "周大勇", "office")
    builders.a_department(desk, "engineering", head)
    async with console(desk) as (app, pilot):
        await opened(app, pilot)
        await press(app, pilot, "e")
        await until(app, pilot, lambda: isinstance(app.screen, ActDialog), "escalate")
        await press(app, pilot, "enter")
        await until(app, pilot, lambda: board(app) and "上报" in app.screen.about.text, "escalated")
        await press(app, pilot, "t")
        await until(app, pilot, lambda: isinstance(app.screen, ActDialog), "hand over")
        await write(app, pilot, "周大勇")
        await shows(app, pilot, "周大勇 · 工程部")
        await press(app, pilot, "enter", "enter")
        await shows(app, pilot, "请写明原因")
        await write(app, pilot, "赵刚请假")
        await press(app, pilot, "enter")
        await until(app, pilot, lambda: board(app) and "工程部 周大勇" in seen(app), "handed over")


async def test_what_is_not_legal_has_no_key(desk, clocks):
    """Nobody answers for the second one yet: nobody can be urged."""
    async with console(desk) as (app, pilot):
        await opened(app, pilot)
        assert "u 催办" in seen(app)
        await press(app, pilot, "down")
        await until(app, pilot, lambda: "u 催办" not in seen(app), "no urging")
        await press(app, pilot, "u")
        assert board(app)


async def test_grouped_by_department_and_one_alone(desk, clocks):
    async with console(desk) as (app, pilot):
        await opened(app, pilot)
        await press(app, pilot, "g")
        await until(app, pilot, lambda: app.screen.groups.row_count == 2, "departments")
        assert order(seen(app), "工程部", "尚未派单")
        await press(app, pilot, "down", "enter")
        await until(app, pilot, lambda: app.screen.table.row_count == 3, "those of nobody")
        assert "宋佳琪" not in seen(app).split("\n", 2)[2] and "尚未派单" in seen(app)
        await press(app, pilot, "escape")
        await until(app, pilot, lambda: app.screen.table.row_count == 4, "all")


@pytest.mark.row("T15")
async def test_another_desk_s_answer_leaves_the_board_and_the_cursor_stays(desk, second_desk, clocks):
    async with console(desk) as (app, pilot):
        await opened(app, pilot)
        await press(app, pilot, "down", "down")
        assert app.screen.table.selected.row.client_name == "蔡建国"
        verbs.respond(second_desk, clocks[1], "已答复")
        app.read_facts()
        await until(app, pilot, lambda: app.screen.table.row_count == 3, "one less")
        assert app.screen.table.selected.row.client_name == "蔡建国"


async def test_a_paused_clock_stands_and_says_so(desk, clocks, clock):
    company.save_policy(desk, Policy(pause_while_waiting=True))
    paused = replace(desk, policy=Policy(pause_while_waiting=True))
    verbs.pause(paused, clocks[1], "等客户")
    async with console(desk) as (app, pilot):
        await opened(app, pilot)
        assert "暂停" in seen(app) and "02:30:00" in seen(app)
        clock.at = clock.at.add(minutes=1)
        app.screen.tick(app.now_us())
        await shows(app, pilot, "+00:31:00")
        assert "02:30:00" in seen(app)


async def test_a_provisional_deadline_is_marked(desk, clock):
    clock.at = clock.at.replace(month=12, day=31)
    business = replace(desk, policy=Policy(clock_calendar="business"))
    builders.a_complaint(business)
    async with console(desk) as (app, pilot):
        await opened(app, pilot, 1)
        assert "暂定" in seen(app)


async def test_enter_opens_and_esc_comes_back(desk, clocks):
    async with console(desk) as (app, pilot):
        await opened(app, pilot)
        await press(app, pilot, "enter")
        await until(app, pilot, lambda: isinstance(app.screen, TicketScreen) and app.screen.view, "ticket")
        await press(app, pilot, "escape")
        assert board(app)
        await press(app, pilot, "f2")
        assert isinstance(app.screen, QueueScreen)


async def test_an_empty_board_is_good_news(desk):
    async with console(desk) as (app, pilot):
        await press(app, pilot, "f5")
        await shows(app, pilot, "没有计时中的投诉")


def test_pages_of_the_board_are_stretches_of_one_order(desk, clocks):
    source = BoardSource(desk)
    whole = source.first(10)
    assert [row.row.ticket.id for row in whole] == [ticket.id for ticket in clocks]
    assert whole[0].last.kind == "note"
    assert source.count() == 4
    assert source.after(whole[0], 2) == whole[1:3]
    assert source.before(whole[3], 2) == whole[1:3]
    assert source.last(2) == whole[2:]
    assert source.at(1, 2) == whole[1:3]
    assert source.key(whole[0]) == clocks[0].id


@pytest.mark.row("T13", "T14")
async def test_repairs_run_on_the_board_too_and_what_colleagues_owe_does_not(desk, clocks):
    client = builders.a_client(desk, "陈建国")
    for kind in ("repair", "followup_issue", "rectification", "handoff"):
        builders.a_complaint(desk, client, kind=kind, subject=kind[:6])
    async with console(desk) as (app, pilot):
        await opened(app, pilot, rows=6)
        glass = seen(app)
        assert "维修 repair" in glass and "回访问题 follow" in glass
        assert "rectif" not in glass and "handof" not in glass
