"""Problems by keys: the vital few, periods and sides, tickets behind a bar, pictures, who was lost, a suggestion."""

from __future__ import annotations

import pytest

from deskapp.screens.problem_pictures import PictureScreen
from deskapp.screens.problem_tickets import LostScreen, ProblemTicketsScreen
from deskapp.screens.problems import ProblemsScreen
from deskapp.screens.queue import QueueScreen
from deskapp.screens.register_form import RegisterDialog
from deskapp.screens.ticket import TicketScreen
from deskapp.services import tickets
from tests import builders
from tests.screens.pilot import console, press, seen, settle, shows, until, write

pytestmark = [
    pytest.mark.row("R3", "R4"),
    pytest.mark.parametrize("backend", ["sqlite"], indirect=True),
]


@pytest.fixture
def complained(desk, clock):
    """Last month one leak and one tile; this month four leaks, two tiles, one about noise; a withdrawn one."""
    now = clock.at
    clock.at = now.subtract(months=1)
    _file(desk, "leak", 1)
    _file(desk, "tile", 1)
    clock.at = now
    _file(desk, "leak", 4)
    _file(desk, "tile", 2)
    _file(desk, "noise", 1)
    tickets.move(desk, _file(desk, "wall", 1), "withdraw", "误会")


def _file(desk, category, count):
    for _ in range(count):
        made = builders.a_complaint(
            desk,
            category_id=builders.a_category(desk, category),
            department_id=builders.a_department(desk).id,
        )
    return made


async def opened(app, pilot):
    await press(app, pilot, "f8", "n")
    await until(app, pilot, lambda: isinstance(app.screen, ProblemsScreen), "the problems")
    await settle(app, pilot)


def line_of(app, words):
    (line,) = [line for line in seen(app).splitlines() if words in line and "█" in line]
    return line.replace("█", " ").replace("▐", " ").split("│")[1].split()


@pytest.mark.parametrize(("size", "language", "words"), [
    ((80, 24), "zh", [
        "问题分析 · 投诉 · 按类别 · 2026 年 11 月 · 8",
        "增长的(3 件起,1.5 倍起):  漏水渗水 1 → 4",
        "流失客户 0,撤诉 1",
    ]),
    ((120, 40), "en", [
        "Problems · complaints · by category · 2026-11 · 8",
        "Growing (from 3, from 1.5 times)",
        "Clients lost 0, withdrawn 1",
    ]),
])  # fmt: skip
async def test_the_picture(desk, complained, size, language, words):
    async with console(desk, size=size, language=language) as (app, pilot):
        await opened(app, pilot)
        glass = seen(app)
        assert [word for word in words if word not in glass] == []
        for keys in ["d"] * 8 + ["w", "q", "a", "h", "a", "t", "g", "escape", "l", "escape"]:
            assert "⟦" not in await press(app, pilot, keys), keys


async def test_bars_periods_and_what_is_behind_them(desk, complained):
    async with console(desk, size=(80, 24)) as (app, pilot):
        await opened(app, pilot)
        assert line_of(app, "漏水") == ["漏水渗水", "4", "1", "50.0%", "主要", "增长"]
        assert line_of(app, "空鼓") == ["瓷砖空鼓", "2", "1", "75.0%", "主要"]
        assert "新" in line_of(app, "噪音") + line_of(app, "墙面")
        await press(app, pilot, "enter")
        await until(app, pilot, lambda: isinstance(app.screen, ProblemTicketsScreen), "the tickets")
        await shows(app, pilot, "漏水渗水 4 · 投诉 · 2026 年 11 月")
        assert app.screen.table.row_count == 4
        await press(app, pilot, "enter")
        await until(app, pilot, lambda: isinstance(app.screen, TicketScreen), "a ticket")
        await press(app, pilot, "escape", "escape", "left")
        await shows(app, pilot, "2026 年 10 月 · 2")
        assert line_of(app, "漏水")[:3] == ["漏水渗水", "1", "0"]
        await shows(app, pilot, "上一期没有单子")
        await press(app, pilot, "right", "8")
        await shows(app, pilot, "按月份")
        assert line_of(app, "2026-11")[-2:] == ["8", "2"]
        await press(app, pilot, "q", "1")
        await shows(app, pilot, "2026 年第 4 季度 · 10")
        await press(app, pilot, "escape")
        assert isinstance(app.screen, QueueScreen)


async def test_the_pictures_and_who_was_lost(desk, complained):
    async with console(desk, size=(80, 24)) as (app, pilot):
        await opened(app, pilot)
        await press(app, pilot, "h")
        await until(app, pilot, lambda: isinstance(app.screen, PictureScreen), "the heat map")
        await shows(app, pilot, "投诉的时段 · 2026 年 11 月 · Asia/Shanghai")
        await shows(app, pilot, "最多:周一 9 点,8")
        await press(app, pilot, "t")
        await shows(app, pilot, "投诉趋势 · 到 2026 年 11 月 的 12 个月")
        (now,) = [line for line in seen(app).splitlines() if " 本期 " in line]
        assert now.strip("│ ").split()[1:] == [*["0"] * 10, "2", "8"]
        await press(app, pilot, "g", "left")
        await shows(app, pilot, "首次响应达标率 · 2026 年 10 月 · 达标 0 ÷ 到期 2")
        await shows(app, pilot, "未达标,差 95 个百分点")
        await press(app, pilot, "escape", "l")
        await until(app, pilot, lambda: isinstance(app.screen, LostScreen), "the lost")
        await shows(app, pilot, "撤诉")
        assert "误会" in seen(app)


async def test_a_suggestion_is_filled_in_and_stands_beside_its_problem(desk, complained):
    async with console(desk, size=(120, 40)) as (app, pilot):
        await opened(app, pilot)
        await shows(app, pilot, "还没有建议,s 提一条")
        await press(app, pilot, "8", "s")
        await shows(app, pilot, "月份不能提建议")
        await press(app, pilot, "1", "s")
        await until(app, pilot, lambda: isinstance(app.screen, RegisterDialog), "the form")
        await settle(app, pilot)
        form = app.screen.form
        assert form.field("about").read() == "漏水渗水"
        assert form.field("department").read() == builders.a_department(desk).name
        form.field("words").focus()
        await write(app, pilot, "交工前闭水")
        await press(app, pilot, "ctrl+s")
        await shows(app, pilot, "漏水渗水的建议 1")
        assert "[待答复] 11-23" in seen(app) and "交工前闭水" in seen(app)
        await press(app, pilot, "down")
        await shows(app, pilot, "还没有建议,s 提一条")
