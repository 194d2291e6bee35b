"""Greetings and notices by keys: written, counted while one types, sent, followed, taken back."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from deskapp.domain.call import Result
from deskapp.domain.campaign import Audience, Campaign, Progress
from deskapp.screens.call import CallScreen
from deskapp.screens.campaign_form import CampaignDialog
from deskapp.screens.campaigns import CampaignsScreen, SureDialog, TargetsScreen
from deskapp.screens.client import ClientScreen
from deskapp.services import calls, campaigns, clients
from tests import builders
from tests.screens.pilot import console, press, seen, settle, shows, until, write

pytestmark = [pytest.mark.row("F5"), pytest.mark.parametrize("backend", ["sqlite"], indirect=True)]
DUE = date(2026, 12, 31)


def people(desk) -> list:
    """张伟明 whose home is built, 李秀英 under warranty, 王芳 who wants no calls, 陈建国 without a number."""
    zhang, li, wang, chen = (
        builders.a_client(desk, name, phone)
        for name, phone in (("张伟明", "13800138000"), ("李秀英", None), ("王芳", None), ("陈建国", ""))
    )
    builders.a_site(desk, zhang, stage="building")
    builders.a_site(desk, li, estate="翠湖", stage="warranty", completed_on=date(2026, 9, 1))
    clients.save(desk, replace(wang.client, wants_calls=False))
    return [zhang, li, wang, chen]


def sent(desk, **fields) -> Campaign:
    values = {"title": "元旦问候", "text": "{client}您好,{company}祝您{festival}快乐", "due_on": DUE}
    draft = campaigns.save(desk, Campaign(**(values | {"occasion": "new_year"} | fields)))
    return campaigns.send(desk, draft.id)


async def opened(app, pilot):
    await press(app, pilot, "f10", "1")
    await until(app, pilot, lambda: isinstance(app.screen, CampaignsScreen), "the screen")
    await until(app, pilot, lambda: app.screen.festivals.row_count, "the festivals")
    await settle(app, pilot)


def stored(desk) -> list[Campaign]:
    with desk.read() as work:
        return work.campaigns.page(50)


@pytest.mark.parametrize(("size", "language", "words"), [
    ((120, 40), "zh", ["元旦问候", "已发出", "冬至", "29 天后", "2026-12-31", "将到的节日"]),
    ((80, 24), "zh", ["元旦问候", "已发出", "冬至", "29 天后", "n 写节日问候"]),
    ((120, 40), "en", ["Midwinter", "in 29 d", "sent", "not yet"]),
    ((80, 24), "en", ["Midwinter", "in 29 d", "sent"]),
])  # fmt: skip
async def test_the_picture(desk, size, language, words):
    people(desk)
    sent(desk)
    async with console(desk, size=size, language=language) as (app, pilot):
        await opened(app, pilot)
        glass = seen(app)
        assert [word for word in words if word not in glass] == [], glass
        assert "⟦" not in glass
        assert "⟦" not in await press(app, pilot, "p")
        assert "⟦" not in await press(app, pilot, "escape", "o")


async def test_a_greeting_is_written_counted_sent_and_its_progress_seen(desk):
    zhang, li, *_ = people(desk)
    async with console(desk, size=(80, 24)) as (app, pilot):
        await opened(app, pilot)
        await shows(app, pilot, "还没有问候或通知")
        app.screen.festivals.focus()
        await press(app, pilot, "down", "n")
        await until(app, pilot, lambda: isinstance(app.screen, CampaignDialog), "the form")
        await shows(app, pilot, "将拨打 2 位客户")
        await shows(app, pilot, "不接受回访 1 位")
        values = app.screen.form.values()
        assert (values["occasion"], values["title"], values["due_on"]) == (
            "new_year",
            "元旦问候",
            "2026-12-31",
        )
        app.screen.form.field("stages").focus()
        await press(app, pilot, "3", "6")
        await shows(app, pilot, "将拨打 2 位客户")
        await press(app, pilot, "6")
        await shows(app, pilot, "将拨打 1 位客户")
        await press(app, pilot, "ctrl+s")
        await until(app, pilot, lambda: stored(desk), "saved")
        await until(app, pilot, lambda: isinstance(app.screen, CampaignsScreen), "back")
        await shows(app, pilot, "草稿")
        (draft,) = stored(desk)
        assert draft.audience == {"stages": ["building"]}
        app.screen.table.focus()
        await press(app, pilot, "s")
        await until(app, pilot, lambda: isinstance(app.screen, SureDialog), "the question")
        await shows(app, pilot, "将拨打 1 位客户")
        assert (await press(app, pilot, "escape")) and stored(desk)[0].state == "draft"
        await press(app, pilot, "s", "ctrl+s")
        await until(app, pilot, lambda: stored(desk)[0].state == "sent", "sent")
        await shows(app, pilot, "已发出")
        with desk.read() as work:
            (row,) = work.campaign_targets.page(draft.id, "", 9)
        assert row.target.client_id == zhang.client.id
        assert row.call.reason == "元旦问候"


async def test_an_occasion_brings_its_words_until_others_are_written(desk):
    people(desk)
    async with console(desk) as (app, pilot):
        await opened(app, pilot)
        await press(app, pilot, "p")
        await until(app, pilot, lambda: isinstance(app.screen, CampaignDialog), "the form")
        form = app.screen.form
        form.field("occasion").focus()
        await press(app, pilot, "1")
        assert form.values()["title"] == "台风暴雨防范"
        assert "关好门窗" in form.values()["text"]
        form.fill({"text": "自己写的"})
        await press(app, pilot, "3")
        assert form.values()["text"] == "自己写的"
        await press(app, pilot, "ctrl+o")
        assert "价格" in form.values()["text"]
        form.fill({"title": "", "text": "{name}您好", "due_on": "2026-01-01"})
        await press(app, pilot, "ctrl+s")
        await shows(app, pilot, "请填写")
        form.fill({"title": "通知"})
        await press(app, pilot, "ctrl+s")
        await shows(app, pilot, "没有“name”")
        app.screen.form.fill({"text": "您好"})
        await press(app, pilot, "ctrl+s")
        await shows(app, pilot, "拨打日期已经过去")
        app.screen.form.fill({"due_on": "2026-11-24", "quiet_days": "很久"})
        await press(app, pilot, "ctrl+s")
        await shows(app, pilot, "填天数")
        app.screen.form.fill({"quiet_days": "30"})
        await press(app, pilot, "ctrl+s")
        await until(app, pilot, lambda: stored(desk), "saved")
    (notice,) = stored(desk)
    assert (notice.kind, notice.occasion, str(notice.due_on)) == ("notice", "price", "2026-11-24")
    assert notice.audience == {"quiet_days": 30}


@pytest.mark.row("P3")
async def test_clients_are_named_and_left_out_and_the_draft_remembers(desk):
    zhang, li, *_ = people(desk)
    async with console(desk) as (app, pilot):
        await opened(app, pilot)
        await press(app, pilot, "p")
        await until(app, pilot, lambda: isinstance(app.screen, CampaignDialog), "the form")
        await shows(app, pilot, "将拨打 2 位客户")
        app.screen.form.field("add").focus()
        for who in ("zwm", "lxy"):
            await write(app, pilot, who)
            await until(app, pilot, lambda: app.screen.form.field("add").drop.choices, f"{who} is found")
            await press(app, pilot, "enter")
        await shows(app, pilot, "只限指定的 2 位")
        app.screen.rows.focus()
        await press(app, pilot, "down", "x")
        await shows(app, pilot, "已剔除 1 位")
        await shows(app, pilot, "将拨打 1 位客户")
        await press(app, pilot, "escape", "p")
        await until(app, pilot, lambda: isinstance(app.screen, CampaignDialog), "the form again")
        await shows(app, pilot, "已剔除 1 位")
        await press(app, pilot, "ctrl+s")
        await until(app, pilot, lambda: stored(desk), "saved")
    assert stored(desk)[0].audience == {
        "only": [zhang.client.id, li.client.id], "without": [li.client.id]
    }  # fmt: skip


async def test_the_list_of_a_campaign_says_how_each_call_went(desk):
    zhang, li, wang, chen = people(desk)
    campaign = sent(desk, due_on=date(2026, 11, 23))
    with desk.read() as work:
        call = next(call for call in work.calls.all() if call.client_id == zhang.client.id)
    calls.end(desk, call, Result("reached", "客户也祝我们元旦好"))
    async with console(desk, size=(80, 24)) as (app, pilot):
        await opened(app, pilot)
        await press(app, pilot, "enter")
        await until(app, pilot, lambda: isinstance(app.screen, TargetsScreen), "the list")
        await until(app, pilot, lambda: app.screen.progress, "its counts")
        glass = await press(app, pilot)
        for words in ("a 全部 4", "q 待打 1", "r 已接通 1", "w 不接受回访 1", "u 没有号码 1", "客户也祝"):
            assert words in glass, glass
        with desk.read() as work:
            assert app.screen.progress == Progress(queued=1, reached=1, opted_out=1, no_number=1)
        for key, who in (("r", "张伟明"), ("q", "李秀英"), ("w", "王芳"), ("u", "陈建国")):
            await press(app, pilot, key)
            await until(app, pilot, lambda: app.screen.table.row_count == 1, key)
            assert app.screen.table.selected.card.client.name == who
        await press(app, pilot, "enter")
        await until(app, pilot, lambda: isinstance(app.screen, ClientScreen), "the client")
        await press(app, pilot, "escape", "escape", "escape")
        assert isinstance(app.screen, CampaignsScreen)
        await press(app, pilot, "x", "ctrl+s")
        await until(app, pilot, lambda: stored(desk)[0].state == "cancelled", "cancelled")
    with desk.read() as work:
        assert work.campaign_targets.count_of(campaign.id, "dropped") == 1


@pytest.mark.row("F4", "C1")
async def test_the_call_says_what_to_say_and_the_queue_why(desk):
    people(desk)
    sent(desk, audience=Audience(search="张伟明").to_json(), due_on=date(2026, 11, 23))
    async with console(desk) as (app, pilot):
        await shows(app, pilot, "元旦问候")
        await press(app, pilot, "enter")
        await until(app, pilot, lambda: isinstance(app.screen, CallScreen), "the call")
        await shows(app, pilot, "张伟明您好,海棠装饰祝您元旦快乐")
        await press(app, pilot, "1")
        await settle(app, pilot)
        app.open_client(1)
        await shows(app, pilot, "元旦问候")


@pytest.mark.row("P2")
async def test_an_agent_prepares_and_does_not_send(second_desk, desk):
    people(desk)
    async with console(second_desk) as (app, pilot):
        await opened(app, pilot)
        await press(app, pilot, "p")
        await until(app, pilot, lambda: isinstance(app.screen, CampaignDialog), "the form")
        app.screen.form.fill({"text": "您好", "title": "通知"})
        await press(app, pilot, "ctrl+s")
        await until(app, pilot, lambda: stored(desk), "saved")
        await settle(app, pilot)
        await press(app, pilot, "s")
        await shows(app, pilot, "无权发出问候与通知")
        assert stored(desk)[0].state == "draft"
