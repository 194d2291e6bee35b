"""Notices by keys: filed for a known and a new client, taken back; handbooks collected and checked; both languages."""

from __future__ import annotations

from datetime import timedelta

import pytest

from deskapp.screens.client import ClientScreen
from deskapp.screens.site_notice_filed import NoticeFiledDialog
from deskapp.screens.site_notice_forms import HandbookDialog, NoticeDialog
from deskapp.screens.site_notice_lists import HandbooksSource, NoticesSource
from deskapp.screens.site_notices import SiteNoticesScreen
from deskapp.services.handbooks import check_handbook, items
from deskapp.services.site_notices import file_notice
from tests import builders
from tests.screens.pilot import console, press, seen, settle, shows, until, write
from tests.services.test_site_notices import TODAY, a_notice, days_before

pytestmark = [pytest.mark.row("F2", "F3"), pytest.mark.parametrize("backend", ["sqlite"], indirect=True)]


async def opened(app, pilot):
    await press(app, pilot, "f10", "e")
    await until(app, pilot, lambda: isinstance(app.screen, SiteNoticesScreen), "the notices")
    await settle(app, pilot)


def some(desk, clock):
    """A start; a completion whose handbook is late; one whose handbook lacks two things."""
    clock.at = clock.at.subtract(days=20)
    late = file_notice(desk, a_notice("completion", days_before(22), people={"manager": "赵刚"}))
    other = a_notice(
        "completion", days_before(21), client_name="李秀英", phones="13700000001", address="9-1-902"
    )
    short = file_notice(desk, other)
    clock.at = builders.NOW
    checks = {item.code: item.code not in ("hidden", "wiring") for item in items()}
    check_handbook(desk, short.handbook, checks)
    start = file_notice(desk, a_notice(client_name="王芳", phones="13700000002", address="5-2-301"))
    return start, late, short


@pytest.mark.parametrize(("size", "language", "words", "books"), [
    ((120, 40), "zh", ["KG20261123-0001", "开工", "王芳", "海棠湾 5-2-301"], ["逾期", "赵刚", "待交", "水电走向图"]),
    ((80, 24), "zh", ["KG20261123-0001", "完工", "张伟明"], ["2026-11-08", "逾期", "缺项"]),
    ((120, 40), "en", ["Start", "Completion", "in force"], ["overdue", "awaited", "Concealed works"]),
    ((80, 24), "en", ["Start", "KG20261123-0001"], ["overdue", "incomplete"]),
])  # fmt: skip
async def test_the_pictures(desk, clock, size, language, words, books):
    some(desk, clock)
    async with console(desk, size=size, language=language) as (app, pilot):
        await opened(app, pilot)
        glass = seen(app)
        assert [word for word in words if word not in glass] == []
        assert "⟦" not in glass
        glass = await press(app, pilot, "b")
        assert [word for word in books if word not in glass] == []
        assert "⟦" not in glass
        for keys in (("h",), ("escape", "escape", "w"), ("escape", "c")):
            glass = await press(app, pilot, *keys)
            assert "⟦" not in glass
        assert isinstance(app.screen, NoticeDialog)


def test_the_lists_fit_together_forwards_and_backwards(desk, clock):
    some(desk, clock)
    for source in (NoticesSource(desk), HandbooksSource(desk)):
        whole = source.first(50)
        assert len(whole) == source.count() > 1
        for place, row in enumerate(whole):
            assert source.after(row, 50) == whole[place + 1 :]
            assert source.before(row, 50) == whole[:place]
            assert source.at(place, 1) == [row]
        assert source.last(2) == whole[-2:]
        assert len({source.key(row) for row in whole}) == len(whole)


async def test_a_start_for_somebody_new_is_filed_by_keys(desk):
    async with console(desk, size=(80, 24)) as (app, pilot):
        await opened(app, pilot)
        glass = await press(app, pilot, "s", "ctrl+s")
        assert "请填写工地的楼盘或地址" in glass
        assert "请填写" in glass
        app.screen.form.field("client").focus()
        await write(app, pilot, "陈建国")
        await press(app, pilot, "enter", "enter")
        await write(app, pilot, "13800138000")
        await press(app, pilot, "enter")
        await write(app, pilot, "翠湖")
        await press(app, pilot, "enter")
        await write(app, pilot, "2-1-505")
        await press(app, pilot, "ctrl+s")
        await until(app, pilot, lambda: isinstance(app.screen, NoticeFiledDialog), "filed")
        glass = seen(app)
        for words in ("KG20261123-0001", "新建客户档案:陈建国", "新建工地:翠湖 2-1-505", "回访:新排"):
            assert words in glass
        await press(app, pilot, "enter")
        await shows(app, pilot, "翠湖 2-1-505")
    with desk.read() as work:
        (site,) = work.sites.all()
    assert (site.stage, site.start_date) == ("building", TODAY)


@pytest.mark.row("S3", "T14")
async def test_a_completion_of_a_known_site_says_all_it_brought_about(desk):
    file_notice(desk, a_notice(day=days_before(60), people={"manager": "赵刚"}))
    async with console(desk) as (app, pilot):
        await opened(app, pilot)
        await press(app, pilot, "c")
        await write(app, pilot, "zwm")
        await press(app, pilot, "down", "enter")
        await shows(app, pilot, "项目 赵刚")
        await press(app, pilot, "ctrl+s")
        await until(app, pilot, lambda: isinstance(app.screen, NoticeFiledDialog), "filed")
        glass = seen(app)
        for words in (
            "WG20261123-0001",
            "请 赵刚 在 2026-11-30 前交来",
            "一般到 2028-11-23",
            "XZ20261123-0001 已派单、XZ20261123-0002 已派单",
        ):
            assert words in glass
        await press(app, pilot, "enter", "c")
        await write(app, pilot, "zwm")
        await press(app, pilot, "down", "enter", "ctrl+s")
        await shows(app, pilot, "已经登记过")
    with desk.read() as work:
        assert work.site_notices.count() == 2


async def test_what_is_refused_comes_back_to_its_field_with_every_word(desk):
    file_notice(desk, a_notice(day=days_before(2)))
    async with console(desk) as (app, pilot):
        await opened(app, pilot)
        await press(app, pilot, "c")
        await write(app, pilot, "zwm")
        await press(app, pilot, "down", "enter")
        app.screen.form.fill({"day": str(days_before(9)), "note": "已通知财务"})
        await press(app, pilot, "ctrl+s")
        await shows(app, pilot, "早于开工日期")
        assert app.screen.form.values()["note"] == "已通知财务"
        app.screen.form.fill({"day": str(TODAY + timedelta(days=3))})
        await press(app, pilot, "ctrl+s")
        await shows(app, pilot, "还没有到")


async def test_a_notice_is_taken_back_with_a_reason(desk):
    filed = file_notice(desk, a_notice())
    async with console(desk, size=(80, 24)) as (app, pilot):
        await opened(app, pilot)
        glass = await press(app, pilot, "w", "ctrl+s")
        assert "工地回到开工以前" in glass
        assert "请填写" in glass
        await write(app, pilot, "客户推迟")
        await press(app, pilot, "ctrl+s")
        await shows(app, pilot, "已撤回")
        await press(app, pilot, "w")
        await shows(app, pilot, "不能再撤回")
    with desk.read() as work:
        notice = work.site_notices.find(filed.notice.id)
        assert (notice.state, notice.reason) == ("withdrawn", "客户推迟")


async def test_a_handbook_is_collected_and_checked_item_by_item(desk, clock):
    _, late, _ = some(desk, clock)
    async with console(desk, size=(80, 24)) as (app, pilot):
        await opened(app, pilot)
        await press(app, pilot, "b", "r")
        await shows(app, pilot, "待查")
        await press(app, pilot, "h")
        await until(app, pilot, lambda: isinstance(app.screen, HandbookDialog), "the check")
        assert "请填写" in await press(app, pilot, "ctrl+s")
        await press(app, pilot, *["1"] * (len(items()) - 1), "2")
        await press(app, pilot, "ctrl+s")
        await shows(app, pilot, "缺 1 项")
        await press(app, pilot, "escape")
        book = work_of(desk, late.notice.site_id)
        assert (book.state, book.due_on) == ("incomplete", TODAY + timedelta(days=7))
        await press(app, pilot, "down", "down", "h", "end")
        await shows(app, pilot, "上次缺")
        app.screen.form.fill({item.code: True for item in items()})
        await press(app, pilot, "ctrl+s")
        await until(app, pilot, lambda: work_of(desk, late.notice.site_id).state == "complete", "complete")


def work_of(desk, site_id: int):
    with desk.read() as work:
        return work.handbooks.of_site(site_id)


async def test_a_start_has_no_handbook_yet(desk):
    file_notice(desk, a_notice())
    async with console(desk) as (app, pilot):
        await opened(app, pilot)
        await press(app, pilot, "h")
        await shows(app, pilot, "还没有要求交手册")


async def test_from_the_clients_history_and_back_to_it(desk):
    filed = file_notice(desk, a_notice(day=days_before(30)))
    async with console(desk) as (app, pilot):
        await opened(app, pilot)
        await press(app, pilot, "enter")
        await until(app, pilot, lambda: isinstance(app.screen, ClientScreen), "the client")
        await press(app, pilot, "m", "s")
        await until(app, pilot, lambda: isinstance(app.screen, NoticeDialog), "the notice")
        values = app.screen.form.values()
        assert (values["kind"], values["client.text"]) == ("completion", "张伟明")
        await press(app, pilot, "ctrl+s")
        await until(app, pilot, lambda: isinstance(app.screen, NoticeFiledDialog), "filed")
        await press(app, pilot, "escape")
        assert isinstance(app.screen, ClientScreen)
    with desk.read() as work:
        assert work.site_notices.current(filed.notice.site_id, "completion").on_day == TODAY


async def test_a_draft_is_kept_and_offered_again(desk, tmp_path):
    for turn in range(2):
        async with console(desk, folder=tmp_path) as (app, pilot):
            await opened(app, pilot)
            await press(app, pilot, "s")
            if turn == 0:
                await write(app, pilot, "陈建国")
                await press(app, pilot, "escape", "escape")
            else:
                await shows(app, pilot, "陈建国")
                await press(app, pilot, "ctrl+r")
                assert app.screen.form.values()["client.text"] == "陈建国"


@pytest.mark.row("S3")
async def test_what_a_notice_brought_about_is_seen_again(desk):
    filed = file_notice(desk, a_notice("completion", note="业主已验收"))
    async with console(desk, size=(80, 24)) as (app, pilot):
        await opened(app, pilot)
        glass = await press(app, pilot, "i")
        for words in ("通知与后续", "业主已验收", "有效", filed.handoffs[0].number, "保修"):
            assert words in glass
        assert "已经登记过" not in glass
        await press(app, pilot, "escape")
        assert isinstance(app.screen, SiteNoticesScreen)
