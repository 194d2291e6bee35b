"""The day's plan by keys: marked, kept, called, and reminded of in the evening (C7)."""

from __future__ import annotations

from datetime import date

import pytest

from deskapp.domain.call import Result
from deskapp.domain.shop import Shop
from deskapp.screens.client import ClientScreen
from deskapp.screens.clients import PickClientDialog
from deskapp.screens.day_plan import DayPlanScreen
from deskapp.services import calls, day_plan, shops
from deskapp.services.day_plan import Pick
from tests import builders
from tests.screens.pilot import console, press, seen, shows, until, write

pytestmark = [pytest.mark.row("C7"), pytest.mark.parametrize("backend", ["sqlite"], indirect=True)]

SIZES = [((120, 40), "zh"), ((80, 24), "zh"), ((120, 40), "en"), ((80, 24), "en")]
MONDAY, TUESDAY = date(2026, 11, 23), date(2026, 11, 24)


@pytest.fixture
def falling(desk) -> int:
    client = builders.a_client(desk, "周[red]敏", kind="shop").client.id
    shop = shops.save_shop(desk, Shop(client_id=client, name="素色家居\x1b[31m旗舰店"))
    for month, amount in ((9, 10_000_000), (10, 8_800_000)):
        shops.record_turnover(desk, shop.id, date(2026, month, 1), amount)
    return client


async def here(app, pilot):
    await press(app, pilot, "f10", "z")
    await until(app, pilot, lambda: isinstance(app.screen, DayPlanScreen), "the screen")
    await until(app, pilot, lambda: app.screen.proposal is not None, "the proposal")


def planned(desk, day: date = TUESDAY) -> list[int]:
    return [row.candidate.client_id for row in day_plan.propose(desk, day).chosen]


@pytest.mark.parametrize(("size", "language"), SIZES)
async def test_the_pictures(desk, falling, size, language):
    builders.a_complaint(desk, builders.a_client(desk, "李秀英"), subject="卫生间漏水")
    async with console(desk, size=size, language=language) as (app, pilot):
        await here(app, pilot)
        await shows(app, pilot, "-12.0%")
        await press(app, pilot, "space")
        glass = seen(app)
        assert "周[red]敏" in glass and "李秀英" in glass
        assert ("明天 11-24 已选 1/5" if language == "zh" else "tomorrow 11-24: 1/5 chosen") in glass
        assert ("1 处未保存" if language == "zh" else "1 not kept yet") in glass
        await press(app, pilot, "enter")
        await shows(app, pilot, "待打" if language == "zh" else "to do")
        assert "⟦" not in seen(app) and "\x1b" not in seen(app)


async def test_clients_are_marked_kept_and_given_up_by_keys(desk, falling):
    other = builders.a_client(desk, "李秀英").client.id
    async with console(desk) as (app, pilot):
        await here(app, pilot)
        await shows(app, pilot, "10月营业额 -12.0%")
        await press(app, pilot, "enter")
        await shows(app, pilot, "没有要保存的改动")
        await press(app, pilot, "space", "space", "ctrl+s")
        await shows(app, pilot, "明天 11-24 的计划已保存:2/5")
        assert planned(desk) == [falling, other]
        await press(app, pilot, "home", "space", "enter")
        await shows(app, pilot, "的计划已保存:1/5")
    assert planned(desk) == [other]
    with desk.read() as work:
        call = work.calls.of_client(falling)[0]
    assert (call.state, call.reason) == ("dropped", "10月营业额 -12.0%;还没有通过电话")


async def test_somebody_not_proposed_is_found_and_another_s_is_refused_by_name(desk, second_desk, falling):
    heard = builders.a_client(desk, "王聊过").client.id
    calls.end(desk, builders.a_planned_call(desk, client=heard), Result("reached", "都好"))
    day_plan.choose(second_desk, TUESDAY, [Pick(falling)])
    async with console(desk) as (app, pilot):
        await here(app, pilot)
        await shows(app, pilot, "同事已选 1")
        assert "周[red]敏" not in seen(app)
        await press(app, pilot, "a")
        await until(app, pilot, lambda: isinstance(app.screen, PickClientDialog), "the search")
        await write(app, pilot, "周")
        await press(app, pilot, "enter")
        await shows(app, pilot, "周[red]敏 当天已由刘敏选走")
        await press(app, pilot, "a")
        await write(app, pilot, "王聊过")
        await press(app, pilot, "enter")
        await shows(app, pilot, "已选 1/5")
        await press(app, pilot, "enter")
        await until(app, pilot, lambda: planned(desk) == [heard], "kept")


async def test_today_s_plan_shows_how_far_it_got_and_so_does_the_foot(desk, falling):
    chosen = day_plan.choose(desk, MONDAY, [Pick(falling)])
    with desk.read() as work:
        call = work.calls.find(chosen.mine[0].call_id)
    calls.end(desk, call, Result("reached", "流量下降"))
    async with console(desk) as (app, pilot):
        await shows(app, pilot, "计划 1/1")
        await here(app, pilot)
        await press(app, pilot, "left_square_bracket")
        await shows(app, pilot, "今天 11-23 已选 1/5")
        await shows(app, pilot, "已接通 1")
        assert "10月营业额 -12.0%" in seen(app), "why they were chosen, though they are heard now"
        await press(app, pilot, "left_square_bracket")
        await shows(app, pilot, "不能再往前或往后了")
        await press(app, pilot, *["right_square_bracket"] * 5)
        await shows(app, pilot, "周一 11-30")


async def test_a_client_is_put_into_tomorrow_s_plan_from_the_history(desk, falling):
    async with console(desk) as (app, pilot):
        app.open_client(falling)
        await until(app, pilot, lambda: isinstance(app.screen, ClientScreen) and app.screen.file, "history")
        await press(app, pilot, "m", "p")
        await shows(app, pilot, "明天 11-24 的计划已保存:1/5")
    assert planned(desk) == [falling]


async def test_in_the_evening_one_is_reminded_once(desk, falling, clock):
    async with console(desk) as (app, pilot):
        evening = app.reader.evening
        evening.look()
        await press(app, pilot)
        assert "的客户才选了" not in seen(app)
        clock.at = clock.at.add(hours=8)
        evening.look()
        await shows(app, pilot, "明天 11-24 的客户才选了 0/5")
        app.clear_notifications()
        await until(app, pilot, lambda: "的客户才选了" not in seen(app), "it went away")
        evening.look()
        await press(app, pilot)
        assert "的客户才选了" not in seen(app)
