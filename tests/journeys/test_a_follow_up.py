"""A follow-up by keys only: script, answers, score, praise, a problem with its ticket; solved, asked, not solved."""

from __future__ import annotations

import pytest

from deskapp.screens.call import CallScreen
from deskapp.screens.call_result import ResultDialog
from deskapp.screens.queue import QueueScreen
from deskapp.screens.ticket import TicketScreen
from deskapp.screens.ticket_filed import FiledDialog
from tests.followed import a_weekly_call, ratings_of
from tests.screens.pilot import EITHER, console, press, seen, shows, until, write


@pytest.mark.row("F4", "A3", "C4", "T2", "T7")
@EITHER
async def test_from_the_follow_up_to_the_problem_opened_again(desk, second_desk, size, language, tmp_path):
    followed = a_weekly_call(desk)
    async with console(desk, size=size, language=language, folder=tmp_path) as (app, pilot):
        await taken(app, pilot)
        await shows(app, pilot, "您好，我是海棠装饰客服李敏")
        await press(app, pilot, "1")
        await until(app, pilot, lambda: isinstance(app.screen, ResultDialog), "the result")
        await press(app, pilot, "5", "y", "5", "4", "tab", "5", "5", "4")
        await write(app, pilot, "wl")
        await press(app, pilot, "enter")
        await write(app, pilot, "有问必答")
        await press(app, pilot, "enter")
        await write(app, pilot, "阳台漏水")
        await press(app, pilot, "ctrl+s")
        await until(app, pilot, lambda: isinstance(app.screen, FiledDialog), "the ticket's number")
        await shows(app, pilot, "HF20261123-0001")
        await press(app, pilot, "enter")
        await until(app, pilot, lambda: isinstance(app.screen, QueueScreen), "the call has ended")
        app.open_ticket(only(desk).id)
        await in_ticket(app, pilot)
        await press(app, pilot, "a")
        await write(app, pilot, "致歉,明早上门")
        await press(app, pilot, "ctrl+s")
        await until(app, pilot, lambda: only(desk).state == "responded", "answered")
        await in_ticket(app, pilot)
        await press(app, pilot, "s")
        await write(app, pilot, "重做防水")
        await press(app, pilot, "ctrl+s")
        await until(app, pilot, lambda: only(desk).state == "resolved", "resolved")

    async with console(second_desk, size=size, language=language, folder=tmp_path) as (app, pilot):
        await taken(app, pilot)
        assert app.screen.row.call.kind == "verification"
        await shows(app, pilot, "想确认您对结果是否满意")
        assert "HF20261123-0001" in seen(app)
        await press(app, pilot, "u", "u")
        await write(app, pilot, ",还在漏")
        await press(app, pilot, "escape", "u")
        await until(
            app, pilot, lambda: only(desk).state == "reopened", "the client says no: it is open again"
        )
        await until(app, pilot, lambda: isinstance(app.screen, QueueScreen), "the call has ended")

    with desk.read() as work:
        call = work.calls.find(followed.call.id)
        praise = work.praises.all()[0]
        again = work.calls.open_for(only(desk).id, "verification")
    assert (call.score, call.answers) == (5, {"progress": "yes", "quality": 5, "site": 4})
    scores = {trade: score for trade, (score, _) in ratings_of(desk, "call", call.id).items()}
    assert scores == {"designer": 5, "project_manager": 5, "crew": 4}
    assert (praise.staff_id, praise.words) == (followed.designer.id, "有问必答")
    assert only(desk).reopened_count == 1 and not again


async def taken(app, pilot):
    await until(app, pilot, lambda: app.screen.table.selected is not None, "a call waits")
    await press(app, pilot, "enter")
    await until(
        app, pilot, lambda: isinstance(app.screen, CallScreen) and app.screen.row is not None, "taken"
    )


async def in_ticket(app, pilot):
    await until(
        app, pilot, lambda: isinstance(app.screen, TicketScreen) and app.screen.view is not None, "the ticket"
    )


def only(desk):
    with desk.read() as work:
        return work.tickets.newest(1)[0].ticket
