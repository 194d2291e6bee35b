"""Praise and evaluation forms month by month, by keys (A3, A4)."""

from __future__ import annotations

from datetime import date

import pytest

from deskapp.domain.praise import Praise
from deskapp.screens.client import ClientScreen
from deskapp.screens.praises import PraisesScreen
from deskapp.screens.praises_forms import PraiseDialog, ReturnDialog, SendDialog
from deskapp.services import evaluations, praises
from tests import builders
from tests.followed import ratings_of
from tests.screens.pilot import console, press, seen, shows, until, write

pytestmark = [pytest.mark.row("A3", "A4"), pytest.mark.parametrize("backend", ["sqlite"], indirect=True)]

SIZES = [((120, 40), "zh"), ((80, 24), "zh"), ((120, 40), "en"), ((80, 24), "en")]
NOVEMBER = date(2026, 11, 1)


@pytest.fixture
def site(desk):
    client = builders.a_client(desk, "张伟[red]")
    designer = builders.a_member(desk, "王丽", "designer")
    return builders.a_site(
        desk, client, stage="finished", completed_on=date(2026, 11, 10), designer_id=designer.id
    )


async def here(app, pilot):
    await press(app, pilot, "f10", "2")
    await until(app, pilot, lambda: isinstance(app.screen, PraisesScreen), "the screen")


@pytest.mark.parametrize(("size", "language"), SIZES)
async def test_the_pictures(desk, site, size, language):
    member = builders.a_member(desk, "赵刚")
    praises.add(desk, Praise(staff_id=member.id, client_id=site.client_id, words="\x1b[31m准时"))
    form = evaluations.send_batch(desk, NOVEMBER)[0]
    evaluations.give_back(desk, form, {"designer": 4}, "总体不错")
    async with console(desk, size=size, language=language) as (app, pilot):
        await here(app, pilot)
        await shows(app, pilot, "赵刚")
        await shows(app, pilot, "100%")
        assert "4.0 (1)" in seen(app)
        await press(app, pilot, "v")
        await shows(app, pilot, "海棠湾 3-2-1101")
        glass = seen(app)
        assert "张伟[red]" in glass and "11-23" in glass
        await press(app, pilot, "t")
        await shows(app, pilot, "4.00")
        glass += await press(app, pilot, "enter")
        await shows(app, pilot, "有设计师评分的 1 份" if language == "zh" else "scoring Designer 1")
        await press(app, pilot, "p")
        await shows(app, pilot, "PJ202611-0001")
        await until(app, pilot, lambda: "√" in seen(app) or size[1] < 40, "the score")
        glass += seen(app)
        await press(app, pilot, "x", "p")
        await until(app, pilot, (app.desk.desk_dir / "papers" / "PJ202611-0001.pdf").exists, "the file")
        await press(app, pilot, "escape", "escape")
        await shows(app, pilot, "全部 1 份" if language == "zh" else "all 1")
        assert "⟦" not in glass and "\x1b" not in glass


async def test_praise_is_written_down_changed_and_reported_by_keys(desk, site):
    builders.a_member(desk, "赵刚")
    async with console(desk) as (app, pilot):
        await here(app, pilot)
        await press(app, pilot, "n")
        await until(app, pilot, lambda: isinstance(app.screen, PraiseDialog), "the form")
        await press(app, pilot, "ctrl+s")
        await shows(app, pilot, "请从列表中选出表扬的是谁")
        await write(app, pilot, "zg")
        await press(app, pilot, "enter")
        await write(app, pilot, "zw")
        await press(app, pilot, "enter")
        await write(app, pilot, "认真负责")
        await press(app, pilot, "ctrl+s")
        await shows(app, pilot, "认真负责")
        await press(app, pilot, "enter")
        await until(app, pilot, lambda: isinstance(app.screen, PraiseDialog), "the form again")
        assert app.screen.form.values()["words"] == "认真负责"
        await press(app, pilot, "tab", "tab")
        await write(app, pilot, ",准时")
        await press(app, pilot, "ctrl+s")
        await shows(app, pilot, "认真负责,准时")
        await shows(app, pilot, "未上报")
        await press(app, pilot, "r")
        await shows(app, pilot, "已上报 1")
        await press(app, pilot, "enter")
        await shows(app, pilot, "已上报,不能再改")
        assert isinstance(app.screen, PraisesScreen)
    with desk.read() as work:
        praise = work.praises.all()[0]
    assert (praise.client_id, praise.words) == (site.client_id, "认真负责,准时")
    assert praise.reported_at is not None


async def test_forms_are_sent_and_a_return_is_entered_by_keys(desk, site):
    async with console(desk) as (app, pilot):
        await here(app, pilot)
        await press(app, pilot, "v", "s")
        await until(app, pilot, lambda: isinstance(app.screen, SendDialog), "the question")
        assert "海棠湾 3-2-1101" in seen(app)
        await press(app, pilot, "y")
        await shows(app, pilot, "未收回")
        await shows(app, pilot, "收回率 0%")
        await press(app, pilot, "enter")
        await until(app, pilot, lambda: isinstance(app.screen, ReturnDialog), "the form")
        await press(app, pilot, "5")
        await write(app, pilot, "设计师耐心")
        await press(app, pilot, "ctrl+s")
        await shows(app, pilot, "收回率 100%")
        await shows(app, pilot, "设5")
        await press(app, pilot, "s")
        await shows(app, pilot, "没有要寄的工地")
    form = evaluations.open_of(desk, site.id)
    assert (form.words, form.returned_on) == ("设计师耐心", date(2026, 11, 23))
    assert ratings_of(desk, "evaluation", form.id) == {"designer": (5, site.designer_id)}


async def test_another_month_and_none_to_come(desk, site, clock):
    praises.add(desk, Praise(staff_id=builders.a_member(desk, "赵刚").id, words="十一月"))
    clock.at = clock.at.add(days=20)
    async with console(desk) as (app, pilot):
        await here(app, pilot)
        await shows(app, pilot, "2026-12")
        assert "十一月" not in seen(app)
        await press(app, pilot, "left_square_bracket")
        await shows(app, pilot, "十一月")
        await press(app, pilot, "right_square_bracket", "right_square_bracket")
        await shows(app, pilot, "2027-01 还没有到")


async def test_a_form_and_praise_from_the_client_s_history(desk, site):
    async with console(desk) as (app, pilot):
        app.open_client(site.client_id)
        await until(app, pilot, lambda: isinstance(app.screen, ClientScreen) and app.screen.file, "history")
        await press(app, pilot, "m", "e")
        await until(app, pilot, lambda: isinstance(app.screen, ReturnDialog), "the form")
        await press(app, pilot, "3", "ctrl+s")
        await until(app, pilot, lambda: evaluations.open_of(desk, site.id) is not None, "entered")
        await until(app, pilot, lambda: isinstance(app.screen, ClientScreen), "history again")
        await press(app, pilot, "m", "z")
        await until(app, pilot, lambda: isinstance(app.screen, PraiseDialog), "the praise")
        assert "who" not in app.screen.form.values(), "it is known whose praise it is"
        await write(app, pilot, "wangli")
        await press(app, pilot, "enter", "ctrl+s")
        await until(app, pilot, lambda: praises.MonthPraise(desk, NOVEMBER).count() == 1, "written down")
    with desk.read() as work:
        praise = work.praises.all()[0]
    assert (praise.client_id, praise.site_id) == (site.client_id, site.id)
