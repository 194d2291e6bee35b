"""Figures by keys: periods, slices, rival formulas, the formula in words, every figure opening to its cases (R2)."""

from __future__ import annotations

from dataclasses import replace

import pytest

from deskapp.domain.call import Call
from deskapp.screens.figure_cases import FigureCasesScreen
from deskapp.screens.figures import FiguresScreen
from deskapp.screens.paper import PreviewScreen
from deskapp.screens.queue import QueueScreen
from deskapp.screens.site import SiteScreen
from deskapp.screens.ticket import TicketScreen
from tests import builders
from tests.screens.pilot import console, press, seen, settle, shows, until

pytestmark = [
    pytest.mark.row("R2"),
    pytest.mark.parametrize("backend", ["sqlite"], indirect=True),
]


@pytest.fixture
def worked(desk, clock):
    """Last month one complaint answered late; this month two at a site, one answered, and five calls."""
    now = clock.at
    site = builders.a_site(desk, builders.a_client(desk, "张伟明"))
    clock.at = now.subtract(days=40)
    late = builders.a_complaint(desk, site.client_id, subject="瓷砖空鼓")
    clock.at = now.subtract(days=38)
    with desk.store.write("test") as work:
        work.tickets.save(replace(work.tickets.find(late.id), responded_at=clock.at, state="responded"))
    clock.at = now
    builders.a_complaint(desk, site.client_id, site_id=site.id)
    builders.a_ticket_in(desk, "responded", site.client_id, site_id=site.id, subject="墙面开裂")
    with desk.store.write("test") as work:
        for wait, state in ((5, "done"), (19, "done"), (60, "done"), (9, "abandoned"), (90, "abandoned")):
            call = Call(state=state, due_at=now, ended_at=now, wait_s=wait, talk_s=30, outcome="reached")
            work.calls.add(replace(call, started_at=now if state == "done" else None))
    return site


async def tells(app, pilot, *words: str) -> None:
    for one in words:
        await shows(app, pilot, one)


async def opened(app, pilot):
    await press(app, pilot, "f8", "f")
    await until(app, pilot, lambda: isinstance(app.screen, FiguresScreen), "the figures")
    await settle(app, pilot)


def row(app, words: str) -> str:
    (line,) = [line for line in seen(app).splitlines() if words in line and line.startswith("│")]
    return line


async def test_a_month_by_keys(desk, worked) -> None:
    async with console(desk, size=(80, 24)) as (app, pilot):
        await opened(app, pilot)
        assert "2026 年 11 月" in seen(app)
        assert row(app, "受理投诉").split()[-5:-1] == ["2", "1", "+1", "变差"]
        await press(app, pilot, "down")
        await tells(app, pilot, "时限内首次响应 1 ÷ 已到响应时限 1 = 100.0%")
        assert "+100.0 点 好转" in row(app, "时限内首次响应率")
        await press(app, pilot, "left")
        await tells(app, pilot, "2026 年 10 月", "时限内首次响应 0 ÷ 已到响应时限 1 = 0.0%")
        await press(app, pilot, "enter")
        await until(app, pilot, lambda: isinstance(app.screen, FigureCasesScreen), "the cases")
        await tells(app, pilot, "瓷砖空鼓", "其余的 1")
        await press(app, pilot, "t")
        await tells(app, pilot, "全部 1", "未算入")
        await press(app, pilot, "enter")
        await until(app, pilot, lambda: isinstance(app.screen, TicketScreen), "the ticket")
        await press(app, pilot, "escape", "escape")
        await until(app, pilot, lambda: isinstance(app.screen, FiguresScreen), "the figures")
        await press(app, pilot, "q")
        await tells(app, pilot, "2026 年第 4 季度")
        await press(app, pilot, "d", "h")
        await tells(app, pilot, "2026-11-23")
        await press(app, pilot, "w")
        await tells(app, pilot, "2026 年第 48 周")


async def test_slices_rivals_and_sites_in_english(desk, worked) -> None:
    async with console(desk, size=(120, 40), language="en") as (app, pilot):
        await opened(app, pilot)
        await press(app, pilot, "g")
        await tells(app, pilot, "complaints received · ", "李敏", "the whole")
        assert row(app, "李敏").split()[3:5] == ["2", "2"]
        await press(app, pilot, "g", "g", "g")
        await tells(app, pilot, "海棠湾 3-2-1101")
        await press(app, pilot, "right_square_bracket")
        await tells(app, pilot, "first response in time · ")
        await press(app, pilot, "escape")
        await tells(app, pilot, "complaint rate")
        await press(app, pilot, *["down"] * 8)
        await tells(app, pilot, "active sites with a complaint 1 ÷ active sites 1 = 100.0%")
        await press(app, pilot, "enter", "enter")
        await until(app, pilot, lambda: isinstance(app.screen, SiteScreen), "the site")
        await press(app, pilot, "escape", "escape")
        await until(app, pilot, lambda: isinstance(app.screen, FiguresScreen), "the figures")
        await press(app, pilot, *["down"] * 8)
        await tells(app, pilot, "answered within 20 s 2 ÷ (answered + abandoned) 5 = 40.0%")
        for words in (
            "2 ÷ answered 3 = 66.7%",
            "(answered + hung up within 20 s) 3 ÷",
            "4 = 50.0%",
            "5 = 40.0%",
        ):
            await press(app, pilot, "f")
            await tells(app, pilot, words)
        await press(app, pilot, "escape")
        await until(app, pilot, lambda: isinstance(app.screen, QueueScreen), "the queue")


async def test_a_paper_that_is_owed_can_be_made_from_the_figure(desk, clock) -> None:
    clock.at = clock.at.add(days=30)
    async with console(desk, size=(120, 40)) as (app, pilot):
        await opened(app, pilot)
        await press(app, pilot, "end", *["up"] * 6)
        await tells(app, pilot, "到期日当天或之前出具 0 ÷")
        await press(app, pilot, "enter")
        await tells(app, pilot, "未出具 (2026-11-")
        await press(app, pilot, "enter")
        await until(app, pilot, lambda: isinstance(app.screen, PreviewScreen), "the paper")
