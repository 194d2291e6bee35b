"""Papers due are work: a strip above the queue, first among the papers, opened and issued by keys (rows R1, F2)."""

from __future__ import annotations

from datetime import date

import pytest

from deskapp.screens.paper import IssuedPaperScreen, PreviewScreen
from deskapp.screens.papers import PapersScreen
from deskapp.screens.queue import QueueScreen
from deskapp.services import papers
from tests import builders
from tests.screens.pilot import console, press, seen, shows, until

pytestmark = [pytest.mark.row("R1"), pytest.mark.parametrize("backend", ["sqlite"], indirect=True)]
WEEK = date(2026, 11, 23)


async def test_what_is_due_stands_above_the_queue_and_leaves_it_once_issued(desk, clock):
    clock.at = clock.at.add(days=7)
    for code in ("followups_weekly", "month_plan"):
        papers.issue(desk, code, WEEK if code != "month_plan" else date(2026, 12, 1))
    async with console(desk, size=(80, 24)) as (app, pilot):
        await shows(app, pilot, "迟 3 天")
        glass = seen(app)
        assert (
            "客服服务部周报表  2026 年第 48 周  另有 1 份报表" in glass
            and "巡检汇报" not in glass
            and "队列 · 报表 2 ·" in glass
        ), "a low glass has a line for them"
        papers.issue(desk, "inspections_weekly", WEEK)
        await shows(app, pilot, "队列 · 报表 1 ·")
        await press(app, pilot, "d")
        await until(app, pilot, lambda: isinstance(app.screen, PreviewScreen), "the only one, at once")
        await shows(app, pilot, "应于 2026-11-27")
        await press(app, pilot, "i", "ctrl+s")
        await until(app, pilot, lambda: isinstance(app.screen, IssuedPaperScreen), "issued")
        await press(app, pilot, "f2")
        await until(app, pilot, lambda: isinstance(app.screen, QueueScreen), "queue")
        await until(app, pilot, lambda: "迟 3 天" not in seen(app) and "报表 1" not in seen(app), "no strip")


async def test_of_several_one_is_chosen_among_the_papers_and_more_are_counted(desk, clock):
    clock.at = clock.at.add(days=7)
    async with console(builders.seat(desk, builders.ADMIN), language="en") as (app, pilot):
        await shows(app, pilot, "2 more papers, 1 of them late: d")
        assert "3 d late" in seen(app) and "papers 4" in seen(app)
        await press(app, pilot, "d")
        await until(app, pilot, lambda: isinstance(app.screen, PapersScreen), "papers")
        await shows(app, pilot, "Papers to make 4 (3 late)")
        await press(app, pilot, "down", "enter")
        await until(app, pilot, lambda: isinstance(app.screen, PreviewScreen), "preview")
        assert (app.screen.kind, app.screen.day) == ("service_weekly", WEEK)
        await press(app, pilot, "escape", "tab")
        await shows(app, pilot, "No paper was issued yet")
