"""The programme's screen: rules tried on a site, edited with their calls beside them, switched; scripts by lines."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest

from deskapp.screens.client import ClientScreen
from deskapp.screens.programme import ProgrammeScreen
from deskapp.screens.programme_forms import RuleDialog, ScriptDialog
from deskapp.screens.queue import QueueScreen
from deskapp.services import clients, programme
from tests import builders
from tests.screens.pilot import console, press, seen, settle, shows, until, write

pytestmark = pytest.mark.row("F1", "F4")
SQLITE = pytest.mark.parametrize("backend", ["sqlite"], indirect=True)
TODAY = date(2026, 11, 23)


@pytest.fixture
def site(desk):
    """张伟明's site at 海棠湾, begun today: a weekly call falls into the National Day holiday of a later year."""
    return builders.a_site(desk, builders.a_client(desk), start_date=TODAY)


async def opened(app, pilot, row=2):
    await press(app, pilot, "f10", "w")
    await until(app, pilot, lambda: isinstance(app.screen, ProgrammeScreen), "the programme")
    await settle(app, pilot)
    await press(app, pilot, *["down"] * row)


def stored(desk, code):
    with desk.read() as work:
        return next(one for one in work.followup_rules.listed() if one.code == code)


def weekly_days(desk, site):
    with desk.read() as work:
        return [
            one.due_on for one in work.followups.of_site(site.id) if one.waits and one.purpose == "weekly"
        ]


@SQLITE
@pytest.mark.parametrize(("size", "language", "words"), [
    ((120, 40), "zh", ["回访计划规则 · 11 条", "施工期每周", "张伟明 海棠湾 3-2-1101", "2027-01-04 周一 暂定"]),
    ((120, 40), "en", ["Follow-up rules · 11", "Weekly while building", "2026-11-30 Mon", "provisional"]),
    ((80, 24), "zh", ["回访计划规则 · 11 条", "开工 1 周后起，每 1 周，到：完工", "张伟明 海棠湾 3-2-1101"]),
    ((80, 24), "en", ["Follow-up rules · 11", "start +1 wk, then every 1 wk, until: completion"]),
])  # fmt: skip
async def test_the_picture(desk, site, size, language, words):
    async with console(desk, size=size, language=language) as (app, pilot):
        await opened(app, pilot)
        await shows(app, pilot, words[-1])
        glass = seen(app)
        assert [word for word in words if word not in glass] == []
        assert "⟦" not in glass
        for keys in (["down"] * 8, ["e"], ["escape", "t"], ["e"], ["escape", "p"]):
            assert "⟦" not in await press(app, pilot, *keys)


@SQLITE
async def test_a_preview_marks_days_off_and_an_event_that_has_not_happened(desk):
    client = builders.a_client(desk)
    builders.a_site(desk, client, start_date=date(2025, 9, 24), stage="building")
    with desk.store.write("test") as work:
        for rule in work.followup_rules.listed():
            work.followup_rules.save(replace(rule, since_on=date(2025, 9, 1)))
    async with console(desk) as (app, pilot):
        await opened(app, pilot)
        await shows(app, pilot, "2025-10-09 周四")
        assert "已过 放假,原 10-08" in seen(app)
        await press(app, pilot, "down", "down", "down", "down")
        await shows(app, pilot, "这个工地还没有“完工”")
        assert "共 11 次" in seen(app)
        await press(app, pilot, "down", "down")
        await shows(app, pilot, "随工单")


@SQLITE
async def test_without_a_site_the_screen_says_so(desk):
    async with console(desk) as (app, pilot):
        await opened(app, pilot)
        await shows(app, pilot, "还没有工地可以试排")


@SQLITE
async def test_another_site_is_found_by_its_client(desk, site):
    other = builders.a_client(desk, "李秀英")
    for address, day in (("5-1-201", 20), ("6-1-301", 17)):
        builders.a_site(
            desk, other, estate="翠湖", address=address, start_date=date(2026, 11, day), stage="signed"
        )
    builders.a_client(desk, "王芳")
    async with console(desk) as (app, pilot):
        await opened(app, pilot)
        await shows(app, pilot, "张伟明")
        await press(app, pilot, "p")
        await write(app, pilot, "wf")
        await until(app, pilot, lambda: app.screen.finder.selected is not None, "王芳 is found")
        await press(app, pilot, "enter")
        await shows(app, pilot, "这位客户没有工地")
        app.screen.finder.line.fill("lxy")
        await until(
            app, pilot, lambda: (hit := app.screen.finder.selected) and hit.card.client.name == "李秀英"
        )
        await press(app, pilot, "enter")
        await shows(app, pilot, "翠湖 5-1-201")
        await press(app, pilot, "2")
        await until(app, pilot, lambda: isinstance(app.screen, ProgrammeScreen), "back at the rules")
        await shows(app, pilot, "李秀英 翠湖 5-1-201")


@SQLITE
async def test_a_rule_is_edited_with_its_calls_beside_the_form_and_lays_all_out_anew(desk, site):
    async with console(desk) as (app, pilot):
        await opened(app, pilot)
        await press(app, pilot, "enter")
        assert isinstance(app.screen, RuleDialog)
        await shows(app, pilot, "2026-12-07 周一")
        app.screen.form.fill({"every": ""})
        app.screen.form.field("every").focus()
        await write(app, pilot, "2周")
        app.screen.form.flush()
        await until(app, pilot, lambda: "2026-12-07" not in app.screen.preview.text, "every other week")
        assert "2026-12-14 周一" in app.screen.preview.text
        assert weekly_days(desk, site)[1] == date(2026, 12, 7), "nothing is laid out while one types"
        await press(app, pilot, "ctrl+s")
        await until(app, pilot, lambda: weekly_days(desk, site)[1] == date(2026, 12, 14), "laid out anew")
        await shows(app, pilot, "已重排 1 个工地：新增 0，移动 0")
        await shows(app, pilot, "每 2 周")
    assert (stored(desk, "weekly").every_count, stored(desk, "weekly").since_on) == (2, TODAY)


@SQLITE
async def test_what_makes_no_sense_is_said_at_its_field(desk, site):
    async with console(desk, size=(80, 24)) as (app, pilot):
        await opened(app, pilot)
        await press(app, pilot, "n", "ctrl+s")
        await shows(app, pilot, "请填写名称")
        assert app.focused.id == "name"
        await write(app, pilot, "开工次日")
        for field, typed, words in (
            ("first", "三天", "看不懂“三天”"),
            ("until", "5000天", "应在 0 到 999 之间"),
            ("since_on", "2026-13-40", "没有这一天"),
        ):
            app.screen.form.fill({"first": "1天", "until": "", "since_on": ""} | {field: typed})
            await press(app, pilot, "ctrl+s")
            await shows(app, pilot, words)
        app.screen.form.fill({"since_on": "", "until_event": "start"})
        await press(app, pilot, "ctrl+s")
        await shows(app, pilot, "结束事件不能就是起始事件")
        app.screen.form.fill({"until_event": ""})
        await press(app, pilot, "ctrl+s")
        await until(app, pilot, lambda: isinstance(app.screen, ProgrammeScreen), "saved")
        await shows(app, pilot, "回访计划规则 · 12 条")
    with desk.read() as work:
        new = work.followup_rules.listed()[-1]
        laid = [one.due_on for one in work.followups.of_site(site.id) if one.rule_id == new.id]
    assert (new.name, new.first_count, new.first_unit, new.every_count) == ("开工次日", 1, "day", 0)
    assert laid == [TODAY + timedelta(days=1)]


@SQLITE
async def test_a_rule_is_switched_off_by_a_second_key_and_on_by_one(desk, site):
    async with console(desk) as (app, pilot):
        await opened(app, pilot)
        await press(app, pilot, "x")
        await shows(app, pilot, "会取消 8 个待打回访")
        assert stored(desk, "weekly").active
        await press(app, pilot, "down", "up", "x")
        await settle(app, pilot)
        assert stored(desk, "weekly").active, "the question is asked anew after going elsewhere"
        await press(app, pilot, "x")
        await until(app, pilot, lambda: weekly_days(desk, site) == [], "called off")
        await shows(app, pilot, "施工期每周 停用")
        assert "规则已停用" in seen(app)
        await press(app, pilot, "space")
        await until(app, pilot, lambda: len(weekly_days(desk, site)) == 8, "laid out again")


@SQLITE
async def test_a_script_is_written_a_question_a_line(desk, site):
    async with console(desk, size=(80, 24)) as (app, pilot):
        await opened(app, pilot)
        await press(app, pilot, "t", "down", "down")
        await shows(app, pilot, "用于：施工期每周")
        await press(app, pilot, "e")
        assert isinstance(app.screen, ScriptDialog)
        assert "打分: 本周施工质量您打几分？" in app.screen.form.values()["questions"]
        asked = app.screen.form.values()["questions"]
        app.screen.form.fill({"questions": asked + "\n几分：水电"})
        await press(app, pilot, "ctrl+s")
        await shows(app, pilot, "第 5 行请以")
        app.screen.form.fill({"questions": asked + "\n是否：水电改好了吗？"})
        await press(app, pilot, "ctrl+s")
        await until(app, pilot, lambda: isinstance(app.screen, ProgrammeScreen), "saved")
        await shows(app, pilot, "话术“施工期每周回访”已保存")
        await press(app, pilot, "n")
        await write(app, pilot, "节后问候")
        await press(app, pilot, "ctrl+s")
        await shows(app, pilot, "回访话术 · 9 份")
        await press(app, pilot, "escape", "escape")
        assert isinstance(app.screen, QueueScreen)
    with desk.read() as work:
        weekly = work.scripts.by_code("weekly")
    assert [one["code"] for one in weekly.questions] == ["progress", "quality", "site", "problem", "q1"]
    assert weekly.questions[-1] == {"code": "q1", "text": "水电改好了吗？", "kind": "yes_no"}


@SQLITE
@pytest.mark.row("P2")
async def test_an_agent_looks_and_is_told(second_desk, site):
    async with console(second_desk) as (app, pilot):
        await opened(app, pilot)
        await shows(app, pilot, "2026-11-30 周一")
        for keys in (["n"], ["enter"], ["x"], ["x"], ["t", "n"], ["enter"]):
            await press(app, pilot, *keys)
            assert isinstance(app.screen, ProgrammeScreen), keys
        await shows(app, pilot, "客服专员无权")
    assert stored(second_desk, "weekly").active


@SQLITE
@pytest.mark.row("P1")
async def test_somebody_else_was_first(desk, site):
    async with console(desk) as (app, pilot):
        await opened(app, pilot)
        await press(app, pilot, "enter")
        programme.save_rule(desk, replace(stored(desk, "weekly"), shift="previous"))
        app.screen.form.fill({"name": "每周问候"})
        await press(app, pilot, "ctrl+s")
        await shows(app, pilot, "刚刚先保存")
        await until(app, pilot, lambda: app.screen.form.values()["name"] == "每周问候", "what was typed")
        await press(app, pilot, "ctrl+s")
        await until(app, pilot, lambda: stored(desk, "weekly").name == "每周问候", "saved")
    assert stored(desk, "weekly").shift == "previous"


@SQLITE
async def test_what_is_written_elsewhere_shows_and_a_hostile_name_shows_as_typed(desk, site):
    async with console(desk) as (app, pilot):
        await opened(app, pilot)
        programme.save_rule(desk, replace(stored(desk, "weekly"), name="[red]每周[/red]"))
        with desk.read() as work:
            client = work.clients.find(site.client_id)
        clients.save(desk, replace(client, wants_calls=False))
        app.changed()
        await shows(app, pilot, "[red]每周[/red]")
        await shows(app, pilot, "客户不接受回访")
        assert not isinstance(app.screen, ClientScreen)
