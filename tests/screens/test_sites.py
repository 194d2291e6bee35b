"""Sites by keys: lists, search, what is owed, one site with its control points and payments, and the stage."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest

from deskapp.domain.inspection import Draft
from deskapp.domain.site import Milestone, Payment
from deskapp.screens.call_detail import CallDetailDialog
from deskapp.screens.client import ClientScreen
from deskapp.screens.site import SiteScreen
from deskapp.screens.site_choice import SiteChoice
from deskapp.screens.site_form import SiteForm
from deskapp.screens.site_forms import MilestoneDialog, PaymentDialog
from deskapp.screens.sites import SitesScreen
from deskapp.screens.ticket import TicketScreen
from deskapp.services import inspections, sites
from tests import builders
from tests.screens.pilot import console, press, seen, settle, shows, until, write

pytestmark = [pytest.mark.row("S1"), pytest.mark.parametrize("backend", ["sqlite"], indirect=True)]
TODAY = date(2026, 11, 23)


def day(days: int) -> date:
    return TODAY + timedelta(days=days)


@pytest.fixture
def site(desk):
    """张伟明's site: half built, the mid-term payment three days late, its inspection found a leak."""
    manager = builders.a_member(desk, "赵刚")
    card = builders.a_client(desk, "张伟明", "13800138000")
    site = builders.a_site(desk, card, manager_id=manager.id, start_date=day(-40), deposit_date=day(-60))
    for kind, planned, done in (("start", -40, -40), ("materials", -30, -29), ("midterm", -2, None)):
        done_on = day(done) if done is not None else None
        mark = Milestone(site_id=site.id, kind=kind, planned_on=day(planned), done_on=done_on)
        sites.save_milestone(desk, mark)
    sites.save_payment(desk, Payment(site_id=site.id, kind="midterm", amount=60_600_00, due_on=day(-3)))
    inspections.record(desk, Draft(site.id, day(-3), verdict="defects", findings="阳台[red]漏水"))
    return site


def the(desk, site, kind):
    """A site's only milestone or payment of a kind."""
    with desk.read() as work:
        found = [*work.milestones.of([site.id]), *work.payments.of([site.id])]
    return [one for one in found if one.kind == kind]


async def opened(app, pilot):
    await press(app, pilot, "f10", "g")
    await until(app, pilot, lambda: isinstance(app.screen, SitesScreen) and app.screen.figures, "the sites")
    await settle(app, pilot)


async def one(app, pilot):
    await opened(app, pilot)
    await press(app, pilot, "enter")
    await until(app, pilot, lambda: isinstance(app.screen, SiteScreen) and app.screen.file, "the site")
    await settle(app, pilot)


@pytest.mark.parametrize(
    ("size", "language", "words"),
    [
        (
            (120, 40),
            "zh",
            ["工地 · 在施 1", "张伟明", "海棠湾 3-2-1101", "中期验收", "逾期 3 天", "赵刚", "11-20"],
        ),
        ((120, 40), "en", ["Sites · Running 1", "Mid-term", "3 d late", "赵刚", "Manager"]),
        (
            (80, 24),
            "zh",
            ["工地 · 在施 1", "张伟明", "海棠湾", "逾期 3 天", "应交中期款 1 处 60,600 元", "旧欠 1"],
        ),
        ((80, 24), "en", ["Sites · Running 1", "3 d late", "due 1: 60,600", "1 from before"]),
    ],
)
async def test_the_list_and_the_weeks_counts(desk, site, size, language, words):
    async with console(desk, size=size, language=language) as (app, pilot):
        await opened(app, pilot)
        glass = seen(app)
        assert [word for word in words if word not in glass] == []
        assert "⟦" not in glass


@pytest.mark.parametrize(
    ("size", "language", "words"),
    [
        ((120, 40), "zh", ["项目 赵刚", "60,600", "逾期 3 天", "阳台[red]漏水", "整改", "款项提醒"]),
        ((120, 40), "en", ["Control points", "60,600", "3 d late", "Rectification"]),
        ((80, 24), "zh", ["项目 赵刚", "60,600", "材料进场", "逾期 3 天"]),
        ((80, 24), "en", ["manager 赵刚", "60,600", "Materials"]),
    ],
)
async def test_one_site(desk, site, size, language, words):
    async with console(desk, size=size, language=language) as (app, pilot):
        await one(app, pilot)
        glass = seen(app)
        assert [word for word in words if word not in glass] == []
        assert "⟦" not in glass


async def test_groups_late_payments_and_weeks_by_keys(desk, site):
    builders.a_site(desk, builders.a_client(desk, "李秀英"), stage="warranty", address="9-9")
    async with console(desk) as (app, pilot):
        await opened(app, pilot)
        assert "李秀英" not in seen(app)
        assert "李秀英" in await press(app, pilot, "4")
        assert "张伟明" in await press(app, pilot, "5")
        glass = await press(app, pilot, "y")
        assert "全部 款项逾期 1" in glass
        assert "李秀英" not in glass
        assert "李秀英" in await press(app, pilot, "escape")
        assert "本周 11-23~11-29" in seen(app)
        assert "周 11-16~11-22  在施 1" in await press(app, pilot, "[")
        assert "逾期" in await press(app, pilot, "]", "]")


@pytest.mark.row("P5")
async def test_found_as_one_types_and_opened_with_enter(desk, site):
    builders.a_site(desk, builders.a_client(desk, "李秀英"), stage="warranty", address="9-9")
    async with console(desk, size=(80, 24)) as (app, pilot):
        await opened(app, pilot)
        await press(app, pilot, "slash")
        await write(app, pilot, "lxy")
        await shows(app, pilot, "查到 1")
        assert "张伟明" not in seen(app)
        await press(app, pilot, "enter")
        await until(app, pilot, lambda: isinstance(app.screen, SiteScreen), "the site, of another group")
        await press(app, pilot, "escape", "escape")
        await shows(app, pilot, "工地 · 全部 2")


@pytest.mark.row("F1")
async def test_a_control_point_is_reached_by_keys_and_the_stage_follows(desk, site):
    async with console(desk, size=(80, 24)) as (app, pilot):
        await one(app, pilot)
        await press(app, pilot, "m")
        await until(app, pilot, lambda: isinstance(app.screen, MilestoneDialog), "the dialog")
        assert app.screen.form.values()["kind"] == "midterm", "the one that comes next"
        await press(app, pilot, "enter", "enter")
        await write(app, pilot, "+3")
        assert "还没有到" in await press(app, pilot, "ctrl+s")
        await until(app, pilot, lambda: isinstance(app.screen, MilestoneDialog), "the dialog again")
        app.screen.form.fill({"done_on": "t"})
        await press(app, pilot, "ctrl+s")
        await shows(app, pilot, "按 s 把阶段改为“中期”")
        await press(app, pilot, "s")
        await until(app, pilot, lambda: app.screen.file.card.site.stage == "midterm", "the stage")
        await settle(app, pilot)
        assert "按 s" not in seen(app)
    (mark,) = the(desk, site, "midterm")[:1]
    assert mark.done_on == TODAY


async def test_a_payment_is_paid_by_keys_and_another_kind_shows_what_is_written_of_it(desk, site):
    async with console(desk) as (app, pilot):
        await one(app, pilot)
        await press(app, pilot, "p")
        await until(app, pilot, lambda: isinstance(app.screen, PaymentDialog), "the dialog")
        form = app.screen.form
        assert form.values()["kind"] == "deposit", "no deposit is written yet"
        await press(app, pilot, "2")
        assert form.values()["amount"] == "60600"
        await press(app, pilot, "escape", "p")
        assert app.screen.form.values()["kind"] == "deposit", "looking at another kind was no draft"
        await press(app, pilot, "3", "ctrl+s")
        assert "请填写" in seen(app)
        await write(app, pilot, "三万")
        await press(app, pilot, "enter")
        await write(app, pilot, "12-20")
        await press(app, pilot, "ctrl+s")
        await shows(app, pilot, "30,000  12-20 应付")
        await press(app, pilot, "p", "2")
        app.screen.form.fill({"paid_on": "-1"})
        await press(app, pilot, "ctrl+s")
        await shows(app, pilot, "60,600  11-22 已付")
    (final,) = the(desk, site, "final")
    assert (final.amount, final.due_on) == (30_000_00, date(2026, 12, 20))


@pytest.mark.row("P1", "P3")
async def test_somebody_else_was_first(desk, second_desk, site):
    async with console(desk) as (app, pilot):
        await one(app, pilot)
        await press(app, pilot, "p", "3")
        first = app.screen
        first.form.fill({"amount": "500", "due_on": "12-20"})
        sites.save_payment(second_desk, Payment(site_id=site.id, kind="final", amount=700_00))
        await press(app, pilot, "ctrl+s")
        await until(app, pilot, lambda: isinstance(app.screen, PaymentDialog) and app.screen is not first)
        await settle(app, pilot)
        values = app.screen.form.values()
        assert (values["amount"], values["due_on"]) == ("500", "12-20"), "what was typed is there"
        await press(app, pilot, "ctrl+s")
        await until(app, pilot, lambda: isinstance(app.screen, SiteScreen), "saved")
        await settle(app, pilot)
    (final,) = the(desk, site, "final")
    assert final.amount == 500_00, "corrected, not doubled"


async def test_what_goes_on_opens_with_enter_and_the_other_keys_lead_on(desk, site):
    async with console(desk) as (app, pilot):
        await one(app, pilot)
        await press(app, pilot, "enter")
        await until(app, pilot, lambda: isinstance(app.screen, TicketScreen), "the rectification")
        await press(app, pilot, "escape", "e")
        await until(app, pilot, lambda: isinstance(app.screen, SiteForm), "the site's form")
        await press(app, pilot, "escape", "o")
        await until(app, pilot, lambda: isinstance(app.screen, ClientScreen), "the client")
        await press(app, pilot, "escape")
        assert isinstance(app.screen, SiteScreen)
        assert app.screen.context() == {"client_id": site.client_id, "site_id": site.id}
        await press(app, pilot, "escape")
        assert isinstance(app.screen, SitesScreen)


async def test_a_call_made_opens_in_full(desk, clock, site):
    from deskapp.domain.call import Result
    from deskapp.services import calls
    from deskapp.services.tick import tick

    clock.at = clock.at.add(days=7)
    tick(desk)
    with desk.read() as work:
        call = next(one for one in work.calls.of_client(site.client_id) if one.followup_id)
    calls.end(desk, calls.take(desk, call), Result("reached", "客户满意", None, 5))
    async with console(desk) as (app, pilot):
        await one(app, pilot)
        rows = app.screen.table.source.records
        place = next(n for n, row in enumerate(rows) if row.call_id == call.id)
        await press(app, pilot, *["down"] * place, "enter")
        await until(app, pilot, lambda: isinstance(app.screen, CallDetailDialog), "the call")


async def test_from_the_client_by_keys_also_which_of_several(desk, site):
    async with console(desk) as (app, pilot):
        app.open_client(site.client_id)
        await until(app, pilot, lambda: isinstance(app.screen, ClientScreen) and app.screen.file)
        await press(app, pilot, "s", "enter")
        await until(app, pilot, lambda: isinstance(app.screen, SiteScreen), "by its line")
        await press(app, pilot, "escape", "m", "g")
        await until(app, pilot, lambda: isinstance(app.screen, SiteScreen), "by more")
        for address in ("1-1", "2-2"):
            builders.a_site(desk, site.client_id, address=address, stage="warranty")
        with desk.write("site.save") as work:
            work.sites.save(replace(work.sites.find(site.id), stage="warranty"))
        await press(app, pilot, "escape")
        await until(app, pilot, lambda: len(app.screen.file.sites) == 3, "three sites")
        await press(app, pilot, "m", "g")
        await until(app, pilot, lambda: isinstance(app.screen, SiteChoice), "which one")
        await press(app, pilot, "1")
        await until(app, pilot, lambda: isinstance(app.screen, SiteScreen), "that one")


async def test_a_client_without_a_site_gets_a_first_one(desk):
    client = builders.a_client(desk)
    async with console(desk) as (app, pilot):
        app.open_client(client.client.id)
        await until(app, pilot, lambda: isinstance(app.screen, ClientScreen) and app.screen.file)
        await press(app, pilot, "m", "g")
        await until(app, pilot, lambda: isinstance(app.screen, SiteForm), "a new site")
