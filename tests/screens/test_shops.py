"""Shops, whose results got better, and diagnoses, by keys (S7, C8)."""

from __future__ import annotations

from datetime import date

import pytest

from deskapp.domain.call import Result
from deskapp.domain.diagnosis import Diagnosis
from deskapp.domain.shop import Shop
from deskapp.screens.client import ClientScreen
from deskapp.screens.shops import ShopsScreen
from deskapp.screens.shops_forms import DiagnosisDialog, OutcomeDialog, ShopDialog, TurnoverDialog
from deskapp.services import calls, diagnoses, shops
from tests import builders
from tests.screens.pilot import console, press, seen, shows, until, write

pytestmark = [pytest.mark.row("S7", "C8"), pytest.mark.parametrize("backend", ["sqlite"], indirect=True)]

SIZES = [((120, 40), "zh"), ((80, 24), "zh"), ((120, 40), "en"), ((80, 24), "en")]
AUGUST, OCTOBER, NOVEMBER = (date(2026, month, 1) for month in (8, 10, 11))


@pytest.fixture
def client(desk) -> int:
    return builders.a_client(desk, "周[red]敏", kind="shop").client.id


@pytest.fixture
def shop(desk, client) -> Shop:
    shop = Shop(client_id=client, name="素色家居旗舰店", platform="天猫", began_on=date(2026, 9, 10))
    return shops.save_shop(desk, shop)


def reached(desk, client_id: int) -> None:
    calls.end(desk, builders.a_planned_call(desk, client=client_id), Result("reached", "聊了主图"))


async def here(app, pilot):
    await press(app, pilot, "f10", "y")
    await until(app, pilot, lambda: isinstance(app.screen, ShopsScreen), "the screen")


@pytest.mark.parametrize(("size", "language"), SIZES)
async def test_the_pictures(desk, shop, size, language):
    for month, amount in ((AUGUST, 10_000_000), (OCTOBER, 12_000_000), (NOVEMBER, 15_000_000)):
        shops.record_turnover(desk, shop.id, month, amount)
    reached(desk, shop.client_id)
    one = Diagnosis(client_id=shop.client_id, shop_id=shop.id, problem="转化率\x1b[31m低", cause="主图不清")
    diagnoses.add(desk, one)
    async with console(desk, size=size, language=language) as (app, pilot):
        await here(app, pilot)
        await shows(app, pilot, "+25.0%")
        glass = seen(app)
        assert "+50.0%" in glass and "150,000" in glass and "周[red]敏" in glass
        assert ("2026-11 变好的客户 1/5" if language == "zh" else "in 2026-11: 1/5") in glass
        await press(app, pilot, "3")
        await shows(app, pilot, "+25.0%")
        await press(app, pilot, "4")
        await shows(app, pilot, "主图不清")
        glass = seen(app)
        assert "⟦" not in glass and "\x1b" not in glass


async def test_a_shop_is_opened_and_its_months_are_written_down_by_keys(desk, client):
    async with console(desk) as (app, pilot):
        await here(app, pilot)
        await shows(app, pilot, "还没有店铺")
        await press(app, pilot, "n")
        await until(app, pilot, lambda: isinstance(app.screen, ShopDialog), "the form")
        await press(app, pilot, "ctrl+s")
        await shows(app, pilot, "请从列表中选出客户")
        await write(app, pilot, "周")
        await press(app, pilot, "enter")
        await write(app, pilot, "小满母婴")
        await press(app, pilot, "ctrl+s")
        await shows(app, pilot, "店铺已保存:小满母婴")
        await press(app, pilot, "left_square_bracket", "t")
        await until(app, pilot, lambda: isinstance(app.screen, TurnoverDialog), "the month")
        assert app.screen.form.values()["month"] == "2026-10"
        await write(app, pilot, "12.5万")
        await press(app, pilot, "ctrl+s")
        await shows(app, pilot, "125,000")
        await press(app, pilot, "right_square_bracket", "t")
        await until(app, pilot, lambda: isinstance(app.screen, TurnoverDialog), "the next month")
        assert "2026-10 125,000" in seen(app)
        await write(app, pilot, "abc")
        await press(app, pilot, "ctrl+s")
        assert isinstance(app.screen, TurnoverDialog), "refused at its field"
        await press(app, pilot, "ctrl+r")
        await press(app, pilot, "tab")
        await write(app, pilot, "100000")
        await press(app, pilot, "ctrl+s")
        await shows(app, pilot, "-20.0%")
        await press(app, pilot, "2")
        await shows(app, pilot, "下滑 2026-11 · 1")
        await press(app, pilot, "right_square_bracket")
        await shows(app, pilot, "2026-12 还没有到")
    with desk.read() as work:
        one = work.shops.all()[0]
        assert (one.client_id, one.name, one.began_on) == (client, "小满母婴", date(2026, 11, 23))


async def test_a_diagnosis_needs_its_cause_and_its_outcome_is_entered_by_keys(desk, shop):
    shops.record_turnover(desk, shop.id, OCTOBER, 10_000_000)
    async with console(desk) as (app, pilot):
        await here(app, pilot)
        await shows(app, pilot, "素色家居旗舰店")
        await press(app, pilot, "d")
        await until(app, pilot, lambda: isinstance(app.screen, DiagnosisDialog), "the form")
        assert app.screen.form.values()["before"] == "100000", "the last turnover stands there"
        await write(app, pilot, "流量下降")
        await press(app, pilot, "ctrl+s")
        await shows(app, pilot, "找到原因,服务就成了八成")
        await write(app, pilot, "主图点击率低")
        await press(app, pilot, "ctrl+s", "4")
        await shows(app, pilot, "主图点击率低")
        await press(app, pilot, "enter")
        await until(app, pilot, lambda: isinstance(app.screen, OutcomeDialog), "the outcome")
        assert "流量下降" in seen(app)
        await press(app, pilot, "1")
        await write(app, pilot, "换了主图,点击率翻倍")
        await press(app, pilot, "tab")
        await write(app, pilot, "130000")
        await press(app, pilot, "ctrl+s")
        await shows(app, pilot, "没有诊断")
        await press(app, pilot, "5")
        await shows(app, pilot, "100,000 > 130,000")
        assert "有改善" in seen(app)
    with desk.read() as work:
        one = work.diagnoses.all()[0]
    assert (one.shop_id, one.state, one.after) == (shop.id, "helped", 13_000_000)
    assert calls.day_progress(desk) == calls.DayProgress(0, 1, 1)


async def test_a_site_is_diagnosed_from_the_client_s_history(desk):
    client = builders.a_client(desk).client.id
    site = builders.a_site(desk, client)
    async with console(desk) as (app, pilot):
        app.open_client(client)
        await until(app, pilot, lambda: isinstance(app.screen, ClientScreen) and app.screen.file, "history")
        await press(app, pilot, "m", "d")
        await until(app, pilot, lambda: isinstance(app.screen, DiagnosisDialog), "the form")
        await write(app, pilot, "墙面开裂")
        await press(app, pilot, "tab")
        await write(app, pilot, "基层未干")
        await press(app, pilot, "ctrl+s")
        await until(app, pilot, lambda: diagnoses.Diagnoses(desk, only_open=True).count() == 1, "saved")
    with desk.read() as work:
        assert work.diagnoses.all()[0].site_id == site.id
