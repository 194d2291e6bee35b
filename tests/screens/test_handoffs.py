"""Handoffs by keys: asked of a department with a deadline, urged, answered; refunds say how they stand."""

from __future__ import annotations

import pytest

from deskapp.domain.handoff import Answer
from deskapp.screens.client import ClientScreen
from deskapp.screens.handoff_forms import AnswerDialog, HandoffDialog
from deskapp.screens.handoffs import HandoffsScreen
from deskapp.screens.ticket import TicketScreen
from deskapp.screens.ticket_dialog import ActDialog
from deskapp.services import handoffs, tickets
from tests import builders
from tests.screens.pilot import console, press, seen, settle, shows, until, write

pytestmark = [pytest.mark.row("T14"), pytest.mark.parametrize("backend", ["sqlite"], indirect=True)]


def an_accountant(desk):
    finance = builders.a_department(desk, "finance")
    return builders.a_member(desk, "周会计", "finance", department_id=finance.id)


def a_handoff(desk, name: str = "张伟明", topic: str = "refund", days: int = 3, member=None):
    department = builders.a_department(desk, "finance")
    draft = builders.a_draft(
        builders.a_client(desk, name),
        subject=f"{name}问钱",
        department_id=department.id,
        responsible_id=member.id if member else None,
        own_due_at=builders.NOW.add(days=days),
    )
    return handoffs.read(desk, handoffs.file(desk, draft, topic).ticket.id)


def the_only(desk, which: str = "open"):
    with desk.read() as work:
        (row,) = work.handoffs.page(which, 2)
    return row


async def opened(app, pilot):
    await press(app, pilot, "f10", "h")
    await until(app, pilot, lambda: isinstance(app.screen, HandoffsScreen), "the list of handoffs")
    await settle(app, pilot)


@pytest.mark.row("S3")
@pytest.mark.parametrize(("size", "language", "words"), [
    ((120, 40), "zh", ["协作联系 · 待答复 3", "逾期", "退款查询", "查询中", "结算", "周会计", "XZ20261123-0001"]),
    ((120, 40), "en", ["Handoffs · to be answered 3", "late", "Refund", "being checked", "Settlement"]),
    ((80, 24), "zh", ["协作联系 · 待答复 3", "逾期", "退款查询", "查询中", "结算", "财务部"]),
    ((80, 24), "en", ["Handoffs · to be answered 3", "late", "Refund", "being checked", "Settlement"]),
])  # fmt: skip
async def test_the_picture(desk, clock, size, language, words):
    member = an_accountant(desk)
    late = a_handoff(desk, "陈建国", days=1, member=member)
    handoffs.answer(desk, a_handoff(desk, "王芳", days=2), Answer("在核对", "周会计", "checking"))
    a_handoff(desk, "张伟明", "settlement", days=4)
    clock.at = late.ticket.due_at.add(minutes=1)
    async with console(desk, size=size, language=language) as (app, pilot):
        await opened(app, pilot)
        glass = seen(app)
        assert [word for word in words if word not in glass] == [], glass
        assert "⟦" not in glass
        places = [glass.index(name) for name in ("陈建国", "王芳", "张伟明")]
        assert places == sorted(places), "the first deadline first"
        for key in ("f", "n", "escape", "f", "r"):
            assert "⟦" not in await press(app, pilot, key)


async def test_a_refund_is_asked_about_from_the_clients_history_and_followed_to_its_end_by_keys(desk):
    an_accountant(desk)
    client = builders.a_client(desk, "张伟明", "13800138000")
    async with console(desk) as (app, pilot):
        app.open_client(client.client.id)
        await until(app, pilot, lambda: isinstance(app.screen, ClientScreen), "the client's history")
        await settle(app, pilot)
        await press(app, pilot, "m", "h")
        await until(app, pilot, lambda: isinstance(app.screen, HandoffDialog), "the form")
        assert "张伟明" in seen(app)
        await press(app, pilot, "1")
        await write(app, pilot, "zkj")
        await settle(app, pilot)
        await press(app, pilot, "enter")
        await write(app, pilot, "定金何时退?")
        await press(app, pilot, "ctrl+s")
        await shows(app, pilot, "已发出 XZ20261123-0001")
        row = the_only(desk)
        assert (row.row.responsible, row.state.status) == ("周会计", "asked")
        assert row.ticket.due_at == desk.local(builders.NOW).add(days=3).end_of("day").set(
            second=0, microsecond=0
        )
        await opened(app, pilot)
        await press(app, pilot, "u")
        await shows(app, pilot, "XZ20261123-0001 已催办")
        await press(app, pilot, "r")
        await until(app, pilot, lambda: isinstance(app.screen, AnswerDialog), "the answer")
        await press(app, pilot, "1")
        app.screen.form.fill({"words": "正在核对"})
        await press(app, pilot, "ctrl+s")
        await until(app, pilot, lambda: isinstance(app.screen, HandoffsScreen), "kept")
        await shows(app, pilot, "查询中")
        await press(app, pilot, "r")
        await until(app, pilot, lambda: isinstance(app.screen, AnswerDialog), "the answer again")
        await press(app, pilot, "2", "ctrl+s")
        await shows(app, pilot, "没有协作联系")
        await press(app, pilot, "f")
        await shows(app, pilot, "11-23 已退款")
    done = the_only(desk, "done")
    assert (done.ticket.state, done.state.who) == ("closed", "周会计")
    with desk.read() as work:
        (call,) = work.calls.of_client(client.client.id)
    assert call.kind == "callback", "the client is to be told"


async def test_what_is_missing_is_said_at_its_field(desk):
    an_accountant(desk)
    builders.a_client(desk, "张伟明", "13800138000")
    async with console(desk, size=(80, 24)) as (app, pilot):
        await opened(app, pilot)
        await press(app, pilot, "n", "ctrl+s")
        await shows(app, pilot, "请填写")
        form = app.screen.form
        form.fill({"client": None, "client.text": "谁", "words": "何时送货", "due": "昨天", "topic": "other"})
        await press(app, pilot, "ctrl+s")
        await shows(app, pilot, "请从列表中选一位客户")
        errors = {name: field.error for name, field in form.fields.items() if field.error}
        assert errors["due"] == "请写还没到的时间,如 +3 或 11-25"
        form.field("client").focus()
        form.fill({"client": None, "client.text": ""})
        await write(app, pilot, "zwm")
        await settle(app, pilot)
        await press(app, pilot, "enter", "4")
        await write(app, pilot, "财务")
        await settle(app, pilot)
        await press(app, pilot, "enter")
        form.fill({"due": "+1"})
        await press(app, pilot, "ctrl+s")
        await shows(app, pilot, "已发出")
    assert (the_only(desk).state.topic, the_only(desk).row.client_name) == ("other", "张伟明")


async def test_the_deadline_proposed_follows_the_topic(desk):
    async with console(desk) as (app, pilot):
        await opened(app, pilot)
        await press(app, pilot, "n")
        await until(app, pilot, lambda: isinstance(app.screen, HandoffDialog), "the form")
        form = app.screen.form
        assert form.values()["due"] == "2026-11-26 23:59"
        form.field("topic").focus()
        await press(app, pilot, "2")
        assert form.values()["due"] == "2026-11-30 23:59"
        form.fill({"due": "+1"})
        form.field("topic").focus()
        await press(app, pilot, "1")
        assert form.values()["due"] == "+1", "what was typed stays"


async def test_an_answer_that_says_too_little_comes_back(desk):
    a_handoff(desk)
    async with console(desk) as (app, pilot):
        await opened(app, pilot)
        await press(app, pilot, "r", "ctrl+s")
        await shows(app, pilot, "请填写")
        await press(app, pilot, "3", "ctrl+s")
        await shows(app, pilot, "请写下对方怎么答复的")
        app.screen.form.fill({"status": "paid", "paid_on": "2027-01-01"})
        await press(app, pilot, "ctrl+s")
        await shows(app, pilot, "退款日期不能晚于今天")
        app.screen.form.fill({"paid_on": "某天"})
        await press(app, pilot, "ctrl+s")
        await until(app, pilot, lambda: app.screen.form.field("paid_on").error, "the day")
        assert isinstance(app.screen, AnswerDialog) and "⟦" not in seen(app)


@pytest.mark.row("T5")
async def test_its_ticket_shows_how_it_stands_and_takes_the_answer(desk):
    row = a_handoff(desk, "张伟明", "materials")
    async with console(desk) as (app, pilot):
        app.open_ticket(row.ticket.id)
        await until(
            app, pilot, lambda: isinstance(app.screen, TicketScreen) and app.screen.view, "the ticket"
        )
        await settle(app, pilot)
        glass = seen(app)
        assert "协作" in glass and "材料" in glass and "响应" not in glass.split("经过")[0]
        assert "投诉内容" not in glass and "r 记答复" in glass
        await press(app, pilot, "a")
        assert isinstance(app.screen, TicketScreen), "no client is answered"
        await press(app, pilot, "r")
        await until(app, pilot, lambda: isinstance(app.screen, AnswerDialog), "the answer")
        app.screen.form.fill({"words": "明天送到", "who": "老马"})
        await press(app, pilot, "ctrl+s")
        await until(app, pilot, lambda: isinstance(app.screen, TicketScreen), "kept")
        await shows(app, pilot, "老马: 明天送到")
        await press(app, pilot, "r")
        assert isinstance(app.screen, TicketScreen), "what is answered is not asked about"
    assert the_only(desk, "done").ticket.state == "closed"


@pytest.mark.row("T5", "S2")
async def test_a_colleagues_work_is_proved_without_a_score(desk):
    ticket = builders.a_complaint(desk, kind="rectification", subject="墙面不平")
    for move in ("respond", "resolve"):
        ticket = tickets.move(desk, ticket, move, "已铲平重做")
    async with console(desk) as (app, pilot):
        app.open_ticket(ticket.id)
        await until(
            app, pilot, lambda: isinstance(app.screen, TicketScreen) and app.screen.view, "the ticket"
        )
        await press(app, pilot, "v")
        await until(app, pilot, lambda: isinstance(app.screen, ActDialog), "the proof")
        glass = seen(app)
        assert "验收 · ZG20261123-0001" in glass and "打分" not in glass and "⟦" not in glass
        await press(app, pilot, "y", "ctrl+s")
        await until(app, pilot, lambda: stored(desk, ticket).state == "closed", "closed")
    assert stored(desk, ticket).satisfaction is None


def stored(desk, ticket):
    with desk.read() as work:
        return work.tickets.find(ticket.id)
