"""A follow-up on the glass: script and questions, a result by one digit, its problem a ticket by one key (F4)."""

from __future__ import annotations

import pytest

from deskapp.screens.call import CallScreen
from deskapp.screens.call_followup import OptOutDialog
from deskapp.screens.call_result import ResultDialog
from deskapp.screens.client_more import ClientMoreDialog
from deskapp.screens.queue import QueueScreen
from deskapp.screens.ticket_filed import FiledDialog
from deskapp.screens.ticket_form import TicketFormScreen
from deskapp.services import followup_calls, outgoing
from deskapp.services.followup_calls import FollowupResult
from tests import builders
from tests.away import away
from tests.followed import a_weekly_call, ratings_of, waiting_call
from tests.screens.pilot import console, press, seen, shows, until, write

pytestmark = [pytest.mark.row("F4"), pytest.mark.parametrize("backend", ["sqlite"], indirect=True)]

SIZES = [((120, 40), "zh"), ((80, 24), "zh"), ((120, 40), "en"), ((80, 24), "en")]


async def taken(app, pilot):
    await until(app, pilot, lambda: app.screen.table.selected is not None, "a call waits")
    await press(app, pilot, "enter")
    await until(
        app, pilot, lambda: isinstance(app.screen, CallScreen) and app.screen.row is not None, "taken"
    )


async def in_result(app, pilot):
    await taken(app, pilot)
    await press(app, pilot, "1")
    await until(app, pilot, lambda: isinstance(app.screen, ResultDialog), "the result")


async def at(app, pilot, name):
    """Go to a field of the form by Tab."""
    for _ in range(40):
        if app.screen.focused is not None and app.screen.focused.id == name:
            return
        await press(app, pilot, "tab")
    raise AssertionError(f"Tab never leads to {name}\n{seen(app)}")


async def ended(app, pilot):
    await until(app, pilot, lambda: isinstance(app.screen, QueueScreen), "the call has ended")


def call_of(desk, call_id):
    with desk.read() as work:
        return work.calls.find(call_id)


@pytest.mark.parametrize(("size", "language"), SIZES)
async def test_the_queue_says_what_a_planned_call_is_for(desk, size, language):
    followed = a_weekly_call(desk)
    wide, chinese = size == (120, 40), language == "zh"
    async with console(desk, size=size, language=language) as (app, pilot):
        purpose = "施工期每周" if chinese else "Weekly while"
        await until(app, pilot, lambda: seen(app).count(purpose) == 2, "in the row, and why it is first")
        if wide:
            await shows(app, pilot, "每周例行回访")
            assert "海棠湾 3-2-1101这周" in seen(app).replace("\n", "") or "1 工程进度" in seen(app)
        assert "⟦" not in seen(app) and "{operator}" not in seen(app)
    assert call_of(desk, followed.call.id).state == "open"


@pytest.mark.parametrize(("size", "language"), SIZES)
async def test_the_pictures(desk, size, language):
    a_weekly_call(desk)
    async with console(desk, size=size, language=language) as (app, pilot):
        await taken(app, pilot)
        glass = seen(app)
        assert (
            "您好，我是海棠装饰客服李敏，每周例行回访。" in glass
            and "4 有没有需要我们马上处理的问题" in glass
        )
        await press(app, pilot, "1")
        await until(app, pilot, lambda: isinstance(app.screen, ResultDialog), "the result")
        glass = seen(app)
        assert "本周施工质量您打几分" in glass and "王丽" in glass
        assert "⟦" not in glass


async def test_from_the_queue_to_finished_with_a_score_in_four_keys(desk):
    followed = a_weekly_call(desk)
    keys = ["enter", "1", "5", "ctrl+s"]
    async with console(desk) as (app, pilot):
        await until(app, pilot, lambda: app.screen.table.selected is not None, "a call waits")
        await press(app, pilot, keys[0])
        await until(app, pilot, lambda: isinstance(app.screen, CallScreen) and app.screen.row is not None)
        await press(app, pilot, *keys[1:])
        await ended(app, pilot)
        await shows(app, pilot, "回访完成:满意 5")
        assert len(keys) <= 8
    call = call_of(desk, followed.call.id)
    assert (call.outcome, call.score, call.answers) == ("reached", 5, None)


async def test_no_score_need_be_given(desk):
    followed = a_weekly_call(desk)
    async with console(desk) as (app, pilot):
        await in_result(app, pilot)
        await press(app, pilot, "ctrl+s")
        await ended(app, pilot)
        await shows(app, pilot, "未评分")
    assert call_of(desk, followed.call.id).score is None


@pytest.mark.row("A3", "A4", "T2")
async def test_answers_scores_praise_and_a_problem_by_keys(desk):
    followed = a_weekly_call(desk)
    async with console(desk) as (app, pilot):
        await in_result(app, pilot)
        await press(app, pilot, "4", "n", "4", "3")
        await write(app, pilot, "没有")
        await press(app, pilot, "tab", "5", "2", "1")
        assert app.screen.focused.id == "praised-text" or app.screen.focused.parent.id == "praised"
        await write(app, pilot, "wl")
        await press(app, pilot, "enter")
        await at(app, pilot, "praise")
        await write(app, pilot, "有问必答")
        await at(app, pilot, "problem")
        await write(app, pilot, "阳台漏水")
        await press(app, pilot, "ctrl+s")
        await until(app, pilot, lambda: isinstance(app.screen, FiledDialog), "the ticket's number")
        await shows(app, pilot, "HF20261123-0001")
        await press(app, pilot, "enter")
        await ended(app, pilot)
    call = call_of(desk, followed.call.id)
    assert call.score == 4
    assert call.answers == {"progress": "no", "quality": 4, "site": 3, "problem": "没有"}
    assert {trade: score for trade, (score, _) in ratings_of(desk, "call", call.id).items()} == {
        "designer": 5,
        "project_manager": 2,
        "crew": 1,
    }
    with desk.read() as work:
        praise = work.praises.all()[0]
    assert (praise.staff_id, praise.words) == (followed.designer.id, "有问必答")


async def test_a_problem_can_be_noted_without_a_ticket(desk):
    followed = a_weekly_call(desk)
    async with console(desk) as (app, pilot):
        await in_result(app, pilot)
        await at(app, pilot, "problem")
        await write(app, pilot, "邻居嫌吵,已解释")
        await press(app, pilot, "tab", "2", "ctrl+s")
        await ended(app, pilot)
    assert call_of(desk, followed.call.id).notes == "邻居嫌吵,已解释"
    with desk.read() as work:
        assert work.tickets.count_listed() == 0


async def test_praise_without_anybody_named_is_asked_again(desk):
    a_weekly_call(desk)
    async with console(desk) as (app, pilot):
        await in_result(app, pilot)
        await at(app, pilot, "praise")
        await write(app, pilot, "很好")
        await press(app, pilot, "ctrl+s")
        await shows(app, pilot, "请从列表中选出表扬的是谁")
        assert isinstance(app.screen, ResultDialog)


@pytest.mark.row("P3")
async def test_what_was_typed_is_there_again_after_leaving(desk):
    a_weekly_call(desk)
    async with console(desk) as (app, pilot):
        await in_result(app, pilot)
        await press(app, pilot, "2")
        await at(app, pilot, "problem")
        await write(app, pilot, "阳台漏水")
        await press(app, pilot, "escape", "1")
        await until(app, pilot, lambda: isinstance(app.screen, ResultDialog), "the result again")
        await until(app, pilot, lambda: app.screen.form.values()["problem"] == "阳台漏水", "the draft")
        assert app.screen.form.values()["score"] == 2


@pytest.mark.row("P3")
async def test_the_result_waits_while_the_database_is_away(desk):
    followed = a_weekly_call(desk)
    async with console(desk) as (app, pilot):
        await in_result(app, pilot)
        await press(app, pilot, "3")
        with away(app.desk):
            await press(app, pilot, "ctrl+s")
            await until(app, pilot, lambda: app.tray.waiting == 1, "it waits on the disk")
            assert [one.act for one in outgoing.all_waiting(app.desk)] == ["call.finish"]
        app.tray.send()
        await until(app, pilot, lambda: call_of(desk, followed.call.id).state == "done", "it was sent")
    assert call_of(desk, followed.call.id).score == 3


@pytest.mark.row("T2")
async def test_one_key_makes_the_problem_a_ticket_with_a_deadline(desk):
    followed = a_weekly_call(desk)
    async with console(desk) as (app, pilot):
        await taken(app, pilot)
        await press(app, pilot, "e")
        await write(app, pilot, "阳台漏水")
        await press(app, pilot, "escape", "p")
        await until(
            app, pilot, lambda: isinstance(app.screen, TicketFormScreen) and app.screen.outlook, "the form"
        )
        await shows(app, pilot, "赵刚")
        assert "新回访联系单" in seen(app) and "2026-11-26 23:59" in seen(app)
        await press(app, pilot, "ctrl+s")
        await until(app, pilot, lambda: isinstance(app.screen, FiledDialog), "filed")
        await press(app, pilot, "enter")
        await until(app, pilot, lambda: isinstance(app.screen, CallScreen), "back in the call")
        await shows(app, pilot, "HF20261123-0001")
        await press(app, pilot, "1")
        await shows(app, pilot, "这次通话已开 HF20261123-0001")
        assert app.screen.form.values()["issue"] == "no", "it is not filed twice"
    with desk.read() as work:
        row = work.tickets.newest(1)[0]
    ticket = row.ticket
    assert (ticket.kind, ticket.description, ticket.site_id) == (
        "followup_issue",
        "阳台漏水",
        followed.site.id,
    )
    assert row.responsible == "赵刚" and ticket.own_due_at == ticket.due_at


async def test_a_deadline_nobody_can_read_is_said_at_its_field(desk):
    client = builders.a_client(desk)
    async with console(desk) as (app, pilot):
        app.push_screen(TicketFormScreen(client.client.id, kind="followup_issue"))
        await until(app, pilot, lambda: app.screen.outlook is not None, "the form")
        await write(app, pilot, "阳台漏水")
        app.screen.form.field("due").fill("改天")
        await press(app, pilot, "ctrl+s")
        await shows(app, pilot, "请写还没到的时间")
        app.screen.form.field("due").fill("+1")
        await press(app, pilot, "ctrl+s")
        await until(app, pilot, lambda: isinstance(app.screen, FiledDialog), "filed")
    with desk.read() as work:
        ticket = work.tickets.newest(1)[0].ticket
    assert desk.local(ticket.due_at).format("MM-DD HH:mm") == "11-24 23:59"


@pytest.mark.row("F5")
async def test_a_client_who_wants_no_more_calls_is_asked_once_more(desk):
    followed = a_weekly_call(desk)
    async with console(desk) as (app, pilot):
        await taken(app, pilot)
        await press(app, pilot, "x")
        assert isinstance(app.screen, OptOutDialog) and "张伟明" in seen(app)
        await press(app, pilot, "escape")
        with desk.read() as work:
            assert work.clients.find(followed.client.client.id).wants_calls
        await press(app, pilot, "x", "y")
        await shows(app, pilot, "这位客户不再接受回访")
        await until(app, pilot, lambda: not app.screen.can("opt_out"), "it is known")
        await press(app, pilot, "5")
        await ended(app, pilot)
    with desk.read() as work:
        assert not work.clients.find(followed.client.client.id).wants_calls
        assert not [one for one in work.followups.of_site(followed.site.id) if one.waits]


async def test_the_last_answers_stand_beside_the_questions(desk, clock):
    from deskapp.services import followups

    followed = a_weekly_call(desk)
    followup_calls.finish(desk, followed.call, FollowupResult(score=3, answers={"progress": "no"}))
    clock.at = clock.at.add(days=7)
    followups.tick(desk)
    assert waiting_call(desk, followed.client).purpose == "weekly"
    async with console(desk) as (app, pilot):
        await taken(app, pilot)
        await shows(app, pilot, "(上次:否)")
        await shows(app, pilot, "上次 11-23 09:42 施工期每周 满意 3")


async def test_other_acts_for_the_client_are_a_key_away(desk):
    a_weekly_call(desk)
    async with console(desk) as (app, pilot):
        await taken(app, pilot)
        await press(app, pilot, "m")
        assert isinstance(app.screen, ClientMoreDialog)
        await press(app, pilot, "z")
        await shows(app, pilot, "点名表扬")


async def test_a_caller_has_no_script_and_ends_as_ever(desk):
    builders.a_client(desk, "张伟明", "13800138000")
    call = builders.a_ring(desk, "13800138000")
    async with console(desk) as (app, pilot):
        await taken(app, pilot)
        assert app.screen.brief is None and not app.screen.can("problem")
        await press(app, pilot, "1")
        await ended(app, pilot)
    assert call_of(desk, call.id).outcome == "reached"
