"""The completion rate by keys: groups, periods, the formula in sight, and every figure opening to its calls."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest

from deskapp.domain.call import Result
from deskapp.screens.client import ClientScreen
from deskapp.screens.coverage import CoverageScreen
from deskapp.screens.coverage_calls import CoverageCallsScreen
from deskapp.screens.queue import QueueScreen
from deskapp.services import calls, followups
from tests import builders
from tests.screens.pilot import console, press, seen, settle, shows, until

pytestmark = pytest.mark.row("F6")
SQLITE = pytest.mark.parametrize("backend", ["sqlite"], indirect=True)
TODAY = date(2026, 11, 23)


@pytest.fixture
def worked(desk, clock):
    """Eight sites begun on the 2nd; on the 23rd three calls are made in time, one late, some missed, the rest due."""
    with desk.store.write("test") as work:
        for rule in work.followup_rules.listed():
            work.followup_rules.save(replace(rule, since_on=TODAY - timedelta(days=30)))
    clock.at = clock.at.subtract(days=14)
    for name in ("张伟明", "李秀英", "王芳", "陈建国"):
        builders.a_site(desk, builders.a_client(desk, name), start_date=TODAY - timedelta(days=21))
    make(desk, 2)
    clock.at = clock.at.add(days=2)
    make(desk, 1)
    clock.at = clock.at.add(days=6)
    followups.tick(desk)
    clock.at = clock.at.add(days=6)
    followups.tick(desk)


def make(desk, count):
    for _ in range(count):
        calls.end(desk, calls.take_next(desk), Result("reached", "", score=5))


async def opened(app, pilot):
    await press(app, pilot, "f10", "c")
    await until(app, pilot, lambda: isinstance(app.screen, CoverageScreen), "the coverage")
    await settle(app, pilot)


def line_of(app, words):
    """A row's figures, as they stand on the glass."""
    (line,) = [line for line in seen(app).splitlines() if words in line and "│" in line]
    return line.split("│")[1].replace("[", " ").replace("]", " ").split()[-7:]


@SQLITE
@pytest.mark.parametrize(("size", "language", "words"), [
    ((120, 40), "zh", ["回访完成情况 · 2026 年 11 月 · 回访类别", "施工期每周", "逾期未打", "完成率 = 按期 ÷ 应回访"]),
    ((120, 40), "en", ["Follow-up completion · 2026-11", "Weekly while", "Rate = in time ÷ due"]),
    ((80, 24), "zh", ["回访完成情况 · 2026 年 11 月 · 回访类别", "施工期每周", "逾期未打", "完成率 = 按期 ÷ 应回访"]),
    ((80, 24), "en", ["Follow-up completion · 2026-11", "Weekly while", "Rate = in time ÷ due"]),
])  # fmt: skip
async def test_the_picture(desk, worked, size, language, words):
    async with console(desk, size=size, language=language) as (app, pilot):
        await opened(app, pilot)
        glass = seen(app)
        assert [word for word in words if word not in glass] == []
        for keys in (["g"], ["g"], ["t"], ["t"], ["enter"]):
            assert "⟦" not in await press(app, pilot, *keys)


@SQLITE
async def test_the_figures_and_the_rate(desk, worked):
    async with console(desk) as (app, pilot):
        await opened(app, pilot)
        assert line_of(app, "施工期每周") == ["8", "2", "1", "5", "0", "4", "25.0%"]
        assert line_of(app, "合计") == ["8", "2", "1", "5", "0", "4", "25.0%"]
        await press(app, pilot, "g")
        assert line_of(app, "李敏") == ["3", "2", "1", "0", "0", "0", "66.7%"]
        await shows(app, pilot, "未完成")
        await press(app, pilot, "g")
        assert line_of(app, "第 46 周") == ["4", "2", "1", "1", "0", "0", "50.0%"]


@SQLITE
async def test_every_figure_opens_to_its_calls_and_those_to_the_client(desk, worked):
    async with console(desk, size=(80, 24)) as (app, pilot):
        await opened(app, pilot)
        await press(app, pilot, "right", "right")
        await shows(app, pilot, "现选：迟打")
        await press(app, pilot, "enter")
        await until(app, pilot, lambda: isinstance(app.screen, CoverageCallsScreen), "the calls")
        await shows(app, pilot, "迟打 1 · 施工期每周 · 2026 年 11 月")
        assert "迟 2 天 11-11" in seen(app)
        app.speak("en")
        await until(app, pilot, lambda: "施工期每周" not in seen(app), "its title in English too")
        app.speak("zh")
        await press(app, pilot, "enter")
        await until(app, pilot, lambda: isinstance(app.screen, ClientScreen), "the client")
        await press(app, pilot, "escape", "escape", "right", "enter")
        await shows(app, pilot, "漏打 5 · 施工期每周")
        assert "漏打：下一次已到期" in seen(app)
        assert app.screen.table.row_count == 5
        await press(app, pilot, "escape", "right", "enter")
        await shows(app, pilot, "没有这样的回访：逾期未打 是 0")
        assert isinstance(app.screen, CoverageScreen)
        await press(app, pilot, "escape")
        assert isinstance(app.screen, QueueScreen)


@SQLITE
async def test_a_call_made_meanwhile_leaves_the_list_of_those_to_make(desk, worked):
    async with console(desk) as (app, pilot):
        await opened(app, pilot)
        await press(app, pilot, "left", "enter")
        await shows(app, pilot, "今日待打 4")
        make(desk, 1)
        app.changed()
        await shows(app, pilot, "今日待打 3")
        await settle(app, pilot)
        await press(app, pilot, "escape")
        await until(app, pilot, lambda: line_of(app, "合计")[:2] == ["9", "3"], "counted anew")


@SQLITE
async def test_periods_go_back_and_forth(desk, worked):
    async with console(desk) as (app, pilot):
        await opened(app, pilot)
        await press(app, pilot, "left_square_bracket")
        await shows(app, pilot, "2026 年 10 月")
        await shows(app, pilot, "这段时间没有回访")
        await press(app, pilot, "h", "t")
        await shows(app, pilot, "2026 年第 4 季度")
        await press(app, pilot, "right_square_bracket")
        await shows(app, pilot, "2027 年第 1 季度")
        await press(app, pilot, "h", "t")
        await shows(app, pilot, "2026 年第 48 周 11-23 至 11-29")
        await press(app, pilot, "left_square_bracket")
        await shows(app, pilot, "2026 年第 47 周 11-16 至 11-22")
        assert line_of(app, "合计") == ["4", "0", "0", "4", "0", "0", "0.0%"]
