"""The audit trail on the glass: found by ticket, day and colleague, read whole, verified, and not for everybody."""

from __future__ import annotations

import pytest
from sqlalchemy import text

from deskapp.screens.audit import AuditEntryDialog
from deskapp.services import tickets
from tests import builders
from tests.screens.pilot import console, press, seen, shows, until, write

pytestmark = [pytest.mark.row("P2"), pytest.mark.parametrize("backend", ["sqlite"], indirect=True)]


@pytest.fixture
def story(desk, second_desk):
    ticket = builders.a_complaint(desk, builders.a_client(desk, "张伟明"))
    tickets.respond(second_desk, ticket, "明天上午九点上门")
    return ticket


async def to_the_trail(app, pilot):
    await press(app, pilot, "f10", "a")
    await shows(app, pilot, "操作记录")


async def test_who_did_what_to_a_ticket(desk, story):
    async with console(desk) as (app, pilot):
        await to_the_trail(app, pilot)
        await press(app, pilot, "slash")
        await write(app, pilot, story.number)
        await shows(app, pilot, "操作记录 2")
        assert "刘敏" in seen(app) and "处理工单" in seen(app) and "受理投诉" in seen(app)
        await press(app, pilot, "enter", "enter")
        await until(app, pilot, lambda: isinstance(app.screen, AuditEntryDialog), "whole entry")
        await shows(app, pilot, "已受理 → 已响应")


async def test_narrowed_to_a_colleague_and_widened_again(desk, story):
    async with console(desk) as (app, pilot):
        await to_the_trail(app, pilot)
        await press(app, pilot, "slash")
        await write(app, pilot, "刘敏")
        await until(app, pilot, lambda: "李敏" not in seen(app).split("操作记录")[1], "only hers")
        await press(app, pilot, "escape")
        await until(app, pilot, lambda: "李敏" in seen(app).split("操作记录")[1], "everybody again")
        await write(app, pilot, "没有此人")
        await shows(app, pilot, "输入工单号、日期")


async def test_verified_and_a_change_named(desk, story):
    async with console(desk) as (app, pilot):
        await to_the_trail(app, pilot)
        await press(app, pilot, "v")
        await shows(app, pilot, "记录完好")
        with desk.store.engine.begin() as connection:
            connection.execute(text("DROP TRIGGER audit_no_update"))
            connection.execute(text("UPDATE audit SET who = '无名' WHERE id = 3"))
        await press(app, pilot, "v")
        await shows(app, pilot, "第 3 条被改动过（无名")


async def test_not_for_everybody(desk, second_desk, story):
    async with console(second_desk) as (app, pilot):
        await to_the_trail(app, pilot)
        await shows(app, pilot, "客服专员无权查看操作记录")
        await press(app, pilot, "v")
        assert "记录完好" not in seen(app)
