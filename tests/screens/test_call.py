"""A call in hand: who it is, what to say, one digit for the result, and what follows from it."""

import pytest

from deskapp.screens.call import CallScreen
from deskapp.screens.call_dialogs import LaterDialog, ScoreDialog
from deskapp.screens.queue import QueueScreen
from deskapp.services import calls
from tests import builders
from tests.screens.pilot import console, press, seen, shows, until, write

pytestmark = [pytest.mark.row("C4"), pytest.mark.parametrize("backend", ["sqlite"], indirect=True)]


async def taken(app, pilot, words):
    """Take the first call of the queue once it shows."""
    await until(app, pilot, lambda: words in seen(app) and app.screen.table.selected is not None)
    await press(app, pilot, "enter")
    await until(app, pilot, lambda: isinstance(app.screen, CallScreen) and app.screen.row is not None)


def last_call(desk, client):
    with desk.read() as work:
        return work.calls.of_client(client.client.id)


@pytest.mark.row("C3")
@pytest.mark.parametrize(
    ("size", "language"), [((120, 40), "zh"), ((80, 24), "zh"), ((120, 40), "en"), ((80, 24), "en")]
)
async def test_the_picture(desk, size, language):
    client = builders.a_client(desk, "张伟明[red]", "13800138000", note="\x1b[31m周末在工地")
    builders.a_complaint(desk, client)
    calls.ring(desk, "13800138000")
    async with console(desk, size=size, language=language) as (app, pilot):
        await taken(app, pilot, "张伟明[red]")
        glass = seen(app)
        assert "张伟明[red]" in glass and "138 0013 8000" in glass and "卫生间漏水" in glass
        assert "⟦" not in glass and "\x1b" not in glass


async def test_notes_then_a_digit_ends_the_call(desk):
    client = builders.a_client(desk, "张伟明", "13800138000")
    calls.ring(desk, "13800138000")
    async with console(desk) as (app, pilot):
        await taken(app, pilot, "张伟明")
        await press(app, pilot, "e")
        await write(app, pilot, "1 楼 2 号,明天去看")
        await press(app, pilot, "escape", "1")
        await until(app, pilot, lambda: isinstance(app.screen, QueueScreen))
    ended = last_call(desk, client)[0]
    assert (ended.state, ended.outcome, ended.notes) == ("done", "reached", "1 楼 2 号,明天去看")


async def test_leaving_keeps_the_call_in_hand(desk):
    builders.a_client(desk, "张伟明", "13800138000")
    calls.ring(desk, "13800138000")
    async with console(desk) as (app, pilot):
        await taken(app, pilot, "张伟明")
        await press(app, pilot, "escape")
        await shows(app, pilot, "我的")
        await taken(app, pilot, "我的")
        await press(app, pilot, "g")
        await shows(app, pilot, "呼入 1")


async def test_no_answer_is_tried_again_and_given_up_visibly(desk, clock):
    client = builders.a_client(desk, "陈建国")
    calls.plan(desk, "followup", client.client.id, desk.now(), "中期验收")
    async with console(desk) as (app, pilot):
        for _ in range(desk.policy.call_attempts):
            await taken(app, pilot, "中期验收")
            await press(app, pilot, "2")
            await until(app, pilot, lambda: isinstance(app.screen, QueueScreen))
            clock.at = clock.at.add(minutes=desk.policy.call_spacing_minutes + 1)
            app.changed()
        await shows(app, pilot, f"已试 {desk.policy.call_attempts} 次")
    states = [call.state for call in last_call(desk, client)]
    assert states == ["given_up", *["done"] * (desk.policy.call_attempts - 1)]


async def test_a_promise_asks_when_and_returns_as_callback(desk):
    client = builders.a_client(desk, "陈建国")
    calls.plan(desk, "followup", client.client.id, desk.now(), "中期验收")
    async with console(desk) as (app, pilot):
        await taken(app, pilot, "中期验收")
        await press(app, pilot, "6")
        assert isinstance(app.screen, LaterDialog)
        await write(app, pilot, "下午茶")
        await press(app, pilot, "enter")
        await shows(app, pilot, "看不懂这个时间")
        await press(app, pilot, *["backspace"] * 3, *"1130", "enter")
        await until(app, pilot, lambda: isinstance(app.screen, QueueScreen))
        await shows(app, pilot, "回拨 1")
    planned = last_call(desk, client)[0]
    assert (planned.kind, desk.local(planned.due_at).format("HH:mm")) == ("callback", "11:30")


@pytest.mark.row("T7")
async def test_the_clients_word_closes_or_reopens(desk, second_desk):
    content = builders.a_ticket_in(second_desk, "resolved")
    async with console(desk) as (app, pilot):
        await taken(app, pilot, content.number[-4:])
        await press(app, pilot, "1")
        await shows(app, pilot, "请按 y 满意")
        await press(app, pilot, "y")
        assert isinstance(app.screen, ScoreDialog)
        await press(app, pilot, "5")
        await until(app, pilot, lambda: isinstance(app.screen, QueueScreen))
        angry = builders.a_ticket_in(second_desk, "resolved")
        app.changed()
        await taken(app, pilot, angry.number[-4:])
        await press(app, pilot, "u")
        await shows(app, pilot, "请先写下客户为何不满意")
        await write(app, pilot, "还在漏")
        await press(app, pilot, "escape", "u")
        await until(app, pilot, lambda: isinstance(app.screen, QueueScreen))
    with desk.read() as work:
        closed, again = work.tickets.find(content.id), work.tickets.find(angry.id)
    assert (closed.state, closed.satisfaction, closed.verified_by) == ("closed", 5, desk.operator.id)
    assert (again.state, again.reopened_count) == ("reopened", 1)


@pytest.mark.row("T7")
async def test_whoever_did_the_work_cannot_verify_it(desk):
    own = builders.a_ticket_in(desk, "resolved")
    async with console(desk) as (app, pilot):
        await taken(app, pilot, own.number[-4:])
        await press(app, pilot, "y", "5")
        await shows(app, pilot, "须由他人验证")
        assert isinstance(app.screen, CallScreen), "the call stays in hand"
    with desk.read() as work:
        assert work.tickets.find(own.id).state == "resolved"
        assert work.calls.taken_by(desk.operator.id), "nothing was saved by halves"
