"""The month's appraisal by keys: trades, months, a person's points, the cases, closing, the paper (row A2)."""

from __future__ import annotations

from datetime import date

import pytest

from deskapp.domain.praise import Praise, Rating
from deskapp.screens.appraisal_person import AppraisalCasesScreen, AppraisalPersonScreen
from deskapp.screens.appraisals import AppraisalsScreen, CloseMonthDialog
from deskapp.screens.paper import PreviewScreen
from deskapp.screens.ticket import TicketScreen
from deskapp.services import appraisals
from tests import builders
from tests.screens.pilot import console, press, seen, shows, until

pytestmark = [
    pytest.mark.row("A2"),
    pytest.mark.parametrize("backend", ["sqlite"], indirect=True),
]
OCTOBER = date(2026, 10, 1)


@pytest.fixture
def worked(desk, clock):
    """In October one project manager has a complaint and two scores, the other was praised."""
    now = clock.at
    first, second = builders.a_member(desk, "赵[red]刚"), builders.a_member(desk, "钱永福")
    builders.a_member(desk, "孙设计", trade="designer")
    clock.at = now.subtract(days=40)
    ticket = builders.a_complaint(desk, responsible_id=first.id, subject="瓷砖空鼓")
    with desk.store.write("test", desk.operator) as work:
        for score in (4, 5):
            rating = Rating(at=clock.at, source="evaluation", source_id=score, staff_id=first.id, score=score)
            work.ratings.add(rating)
        work.praises.add(Praise(at=clock.at, staff_id=second.id, words="准时"))
    clock.at = now
    return ticket


async def on(app, pilot, screen):
    await until(app, pilot, lambda: isinstance(app.screen, screen), screen.__name__)


@pytest.mark.parametrize(("size", "language"), [((80, 24), "zh"), ((120, 40), "en")])
async def test_a_month_opened_to_its_cases_and_closed(desk, worked, size, language) -> None:
    zh = language == "zh"
    async with console(desk, size=size, language=language) as (app, pilot):
        await press(app, pilot, "f8", "a")
        await on(app, pilot, AppraisalsScreen)
        await shows(app, pilot, "孙设计")
        await press(app, pilot, "m")
        await shows(app, pilot, "赵[red]刚")
        for words in ("2026-10", "102.00", "91.00", "4.50"):
            await shows(app, pilot, words)
        await press(app, pilot, "down", "enter")
        await on(app, pilot, AppraisalPersonScreen)
        await shows(app, pilot, "6 ×(4.50 - 4)" if zh else "6 × (4.50 - 4)")
        await shows(app, pilot, "= 91.00")
        await press(app, pilot, "home", "enter")
        await on(app, pilot, AppraisalCasesScreen)
        await shows(app, pilot, "瓷砖空鼓")
        await press(app, pilot, "enter")
        await on(app, pilot, TicketScreen)
        await press(app, pilot, "escape", "escape", "escape")
        await on(app, pilot, AppraisalsScreen)
        await press(app, pilot, "c")
        await on(app, pilot, CloseMonthDialog)
        await press(app, pilot, "escape", "c")
        await on(app, pilot, CloseMonthDialog)
        await press(app, pilot, "y")
        await on(app, pilot, AppraisalsScreen)
        await shows(app, pilot, "李敏 于" if zh else "Closed by 李敏")
        assert appraisals.board(desk, OCTOBER).closed_by == "李敏"
        await press(app, pilot, "c")
        assert isinstance(app.screen, AppraisalsScreen), "closed once"
        await press(app, pilot, "right")
        await shows(app, pilot, "2026-11")
        await press(app, pilot, "right")
        assert "2026-12 ·" not in seen(app)
        await press(app, pilot, "left", "p")
        await on(app, pilot, PreviewScreen)
        await shows(app, pilot, "月业绩考核表" if zh else "Monthly appraisal")
