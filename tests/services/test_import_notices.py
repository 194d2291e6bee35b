"""Notices from spreadsheets: late, corrected and repeated rows, the kind said anywhere, nothing half imported."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, timedelta

import openpyxl
import pytest

from deskapp.domain.client import Client
from deskapp.services import clients, imports
from deskapp.services.site_notices import file_notice, withdraw_notice
from tests import builders
from tests.services.sheets import sheet
from tests.services.test_site_notices import TODAY, a_notice, calls_of, count, days_before

pytestmark = pytest.mark.row("P4", "F2", "F3")

HEAD = (
    "类型",
    "客户姓名",
    "联系电话",
    "楼盘",
    "房号",
    "日期",
    "设计师",
    "监理",
    "项目经理",
    "工队",
    "面积",
    "备注",
)
ZHANG = ("张伟明", "13912345678", "海棠湾", "3-2-1101")


def brought(desk, path, **options):
    return imports.run_file(desk, "notices", path, **options)


def notices(desk) -> list[tuple[str, str, date, str]]:
    with desk.read() as work:
        found = [
            (row.client_name, row.notice.kind, row.notice.on_day, row.notice.state)
            for row in work.site_notices.newest(500)
        ]
    return found[::-1]


def sites(desk) -> dict[str, tuple[str, date | None, date | None]]:
    with desk.read() as work:
        return {one.address: (one.stage, one.start_date, one.completed_on) for one in work.sites.all()}


def test_a_messy_list_is_filed_row_by_row_and_twice_doubles_nothing(desk, tmp_path) -> None:
    rows = [
        ("海棠装饰工程部 11 月通知汇总", "", "", "", "", ""),
        HEAD,
        ("开工", *ZHANG, "2026年9月1日", "王丽", "孙国平", "赵刚", "老周队", "98.5㎡", ""),
        ("开工", *ZHANG, "2026-09-01", "", "", "", "", "", "重发"),
        (
            "开工通知单",
            "张 伟 明",
            "+86 139-1234-5678",
            "",
            "海棠湾3-2-1101",
            "2026/9/3",
            "",
            "",
            "",
            "",
            "",
            "更正",
        ),
        ("完工", *ZHANG, "2026.11.20", "", "", "", "", "", ""),
        ("竣工", "李秀英", 13700000001, "金色家园", "1-101", "20261118", "", "", "钱强", "", "", ""),
        ("开工", "李秀英", "13700000001", "金色家园", "1-101", "2026-08-01", "", "", "", "", "", "迟到"),
        ("合计", "3 户", "", "", "", "", "", "", "", "", "", ""),
    ]
    path = sheet(tmp_path, *rows, encoding="gb18030")
    seen = imports.preview(desk, "notices", path)
    assert (seen.new, seen.duplicates, seen.errors) == (5, (4,), ())
    assert count(desk, "clients") == count(desk, "site_notices") == 0
    report = brought(desk, path)
    assert (report.read, report.imported, report.duplicates, report.errors) == (6, 5, 1, ())
    assert notices(desk) == [
        ("张伟明", "start", date(2026, 9, 1), "replaced"),
        ("张伟明", "start", date(2026, 9, 3), "current"),
        ("张伟明", "completion", date(2026, 11, 20), "current"),
        ("李秀英", "completion", date(2026, 11, 18), "current"),
        ("李秀英", "start", date(2026, 8, 1), "current"),
    ]
    assert sites(desk) == {
        "3-2-1101": ("warranty", date(2026, 9, 3), date(2026, 11, 20)),
        "1-101": ("warranty", date(2026, 8, 1), date(2026, 11, 18)),
    }
    with desk.read() as work:
        everything = {
            name: getattr(work, name).all()
            for name in ("site_notices", "followups", "tickets", "sites", "staff", "clients")
        }
        (site,) = [one for one in work.sites.all() if one.crew]
        people = [
            work.staff.find(one).name for one in (site.designer_id, site.supervisor_id, site.manager_id)
        ]
        keys = [one.key for one in everything["followups"]]
    assert (people, site.area, site.crew) == (["王丽", "孙国平", "赵刚"], 9850, "老周队")
    assert len(everything["tickets"]) == 4
    assert len(keys) == len(set(keys))
    assert [purpose for purpose, _ in calls_of(desk, site.id)].count("completed") == 1
    assert [purpose for purpose, _ in calls_of(desk, site.id)].count("quarterly") == 4
    again = brought(desk, path)
    assert (again.imported, again.duplicates) == (0, 6)
    with desk.read() as work:
        assert everything == {name: getattr(work, name).all() for name in everything}


def test_calls_are_laid_out_in_the_same_go(desk, tmp_path) -> None:
    brought(desk, sheet(tmp_path, HEAD[:6], ("开工", *ZHANG, "2026-11-23")))
    with desk.read() as work:
        (site,) = work.sites.all()
        assert not work.followups.sites_to_plan(TODAY, 10)
    assert calls_of(desk, site.id)[0] == ("weekly", TODAY + timedelta(weeks=1))


@pytest.mark.parametrize("where", ["title", "sheet", "file"])
@pytest.mark.parametrize(("said", "kind"), [("开工通知单", "start"), ("竣工通知", "completion")])
def test_the_kind_stands_where_people_write_it(desk, tmp_path, where: str, said: str, kind: str) -> None:
    book = openpyxl.Workbook()
    page = book.active
    if where == "sheet":
        page.title = said
    if where == "title":
        page.append([f"海棠装饰 {said}(2026 年 11 月)"])
    page.append(["客户", "电话", "工程地址", "日期"])
    page.append(["张伟明", 13912345678, "海棠湾 3-2-1101", datetime(2026, 11, 20)])
    path = tmp_path / (f"{said}.xlsx" if where == "file" else "list.xlsx")
    book.save(path)
    assert brought(desk, path).imported == 1
    assert [one[1:3] for one in notices(desk)] == [(kind, date(2026, 11, 20))]


def test_the_days_columns_tell_the_kind_where_nothing_else_does(desk, tmp_path) -> None:
    rows = [
        ("客户", "电话", "地址", "开工日期", "完工日期"),
        ("张伟明", "13912345678", "海棠湾 1", "2026-11-02", ""),
        ("李秀英", "13700000001", "海棠湾 2", "2026-09-01", "2026-11-10"),
    ]
    assert brought(desk, sheet(tmp_path, *rows)).imported == 2
    assert [one[:3] for one in notices(desk)] == [
        ("张伟明", "start", date(2026, 11, 2)),
        ("李秀英", "completion", date(2026, 11, 10)),
    ]
    assert sites(desk)["海棠湾 2"][1] == date(2026, 9, 1), "the completion says when work began"


def test_every_error_by_row_and_column_and_nothing_half_imported(desk, tmp_path) -> None:
    builders.a_client(desk, "王芳")
    builders.a_client(desk, "王芳")
    gone = builders.a_client(desk, "周敏", "13700000077")
    builders.a_site(desk, gone, stage="cancelled", address="9-9")
    rows = [
        HEAD[:6],
        ("开工", *ZHANG, "2026-11-02"),
        ("完工", *ZHANG, "2026-10-01"),
        ("完工", *ZHANG, "2026-12-01"),
        ("开工", "李秀英", "13700000001", "", "", "2026-11-02"),
        ("开工", "李秀英", "13700000001", "海棠湾", "1-1", "2026-02-30"),
        ("停工", "李秀英", "13700000001", "海棠湾", "1-1", "2026-11-02"),
        ("撤回开工通知", "李秀英", "13700000001", "海棠湾", "1-1", "2026-11-02"),
        ("", "李秀英", "13700000001", "海棠湾", "1-1", "2026-11-02"),
        ("开工", "王芳", "", "海棠湾", "2-2", "2026-11-02"),
        ("开工", "周敏", "13700000077", "海棠湾", "9-9", "2026-11-02"),
        ("开工", "", "", "海棠湾", "2-2", "2026-11-02"),
    ]
    path = sheet(tmp_path, *rows)
    report = brought(desk, path)
    assert report.refused
    assert [(one.row, one.column, one.reason.code) for one in report.errors] == [
        (3, "日期", "site_notices.completed_first"),
        (4, "日期", "site_notices.completion_ahead"),
        (5, "楼盘", "import.required"),
        (6, "日期", "import.date_impossible"),
        (7, "类型", "import.kind_withdrawn"),
        (8, "类型", "import.kind_withdrawn"),
        (9, "类型", "site_notices.kind_missing"),
        (10, "客户姓名", "import.many_clients"),
        (11, "房号", "site_notices.cancelled"),
        (12, "客户姓名", "import.required"),
    ]
    assert notices(desk) == []
    assert count(desk, "clients") == 3
    assert brought(desk, path, skip_bad=True).imported == 1
    assert notices(desk) == [("张伟明", "start", date(2026, 11, 2), "current")]


def test_what_was_taken_back_does_not_come_again_with_the_same_file(desk, tmp_path) -> None:
    path = sheet(tmp_path, HEAD[:6], ("开工", *ZHANG, "2026-11-02"))
    brought(desk, path)
    with desk.read() as work:
        (row,) = work.site_notices.newest(1)
    withdraw_notice(desk, row.notice, "客户推迟")
    again = brought(desk, path)
    assert (again.imported, again.duplicates) == (0, 1)
    assert sites(desk)["3-2-1101"][0] == "signed"
    longer = sheet(tmp_path, HEAD[:6], ("开工", *ZHANG, "2026-11-02"), ("开工", *ZHANG, "2026-11-16"))
    assert brought(desk, longer).imported == 1
    assert sites(desk)["3-2-1101"][:2] == ("building", date(2026, 11, 16))


def test_one_filed_by_hand_is_not_filed_again_but_completed(desk, tmp_path) -> None:
    file_notice(desk, a_notice(day=days_before(3)))
    path = sheet(tmp_path, HEAD[:7], ("开工", *ZHANG, str(days_before(3)), "王丽"))
    report = brought(desk, path)
    assert (report.imported, report.duplicates, count(desk, "site_notices")) == (0, 1, 1)
    with desk.read() as work:
        (site,) = work.sites.all()
        assert work.staff.find(site.designer_id).name == "王丽"


def test_rows_find_the_files_there_are(desk, tmp_path) -> None:
    with desk.write("client.save") as work:
        caller = clients.open_file(work, Client(name="", named=False), "13912345678", desk.policy)
    twins = [builders.a_client(desk, "王芳") for _ in range(2)]
    theirs = builders.a_site(desk, twins[1], address="5-5", stage="signed")
    rows = [
        HEAD[:6],
        ("开工", *ZHANG, "2026-11-02"),
        ("开工", "张大海", *ZHANG[1:3], "7-7", "2026-11-02"),
        ("开工", "王芳", "", "海棠湾", "5-5", "2026-11-02"),
    ]
    assert brought(desk, sheet(tmp_path, *rows)).imported == 3
    with desk.read() as work:
        assert work.clients.find(caller.client.id).name == "张伟明"
        assert work.sites.find(theirs.id).stage == "building"
        assert len(work.phones.on_line("+8613912345678")) == 2, "张大海 shares the line"
    assert count(desk, "clients") == 4


def test_a_failure_on_the_way_leaves_nothing(desk, tmp_path, monkeypatch) -> None:
    def fail(*_: object) -> None:
        raise RuntimeError

    monkeypatch.setattr("deskapp.services.imports.notices.followups.plan_in", fail)
    with pytest.raises(RuntimeError):
        brought(desk, sheet(tmp_path, HEAD[:6], ("完工", *ZHANG, "2026-11-02")))
    monkeypatch.undo()
    assert {
        noun: count(desk, noun) for noun in ("clients", "sites", "site_notices", "tickets", "outbox")
    } == {
        "clients": 0,
        "sites": 0,
        "site_notices": 0,
        "tickets": 0,
        "outbox": 0,
    }


def test_a_short_day_takes_its_year_from_the_title(desk, tmp_path) -> None:
    rows = [
        ("开工通知单 2026年11月20日", "", "", ""),
        ("客户", "电话", "地址", "日期"),
        ("张伟明", "13912345678", "海棠湾 1", "11月16日"),
    ]
    report = brought(desk, sheet(tmp_path, *rows))
    assert [one.reason.code for one in report.notices] == ["import.year_guessed"]
    assert [one[2] for one in notices(desk)] == [date(2026, 11, 16)]


def test_numbers_are_gapless_with_those_filed_by_hand(desk, tmp_path) -> None:
    file_notice(desk, a_notice(address="1"))
    rows = [HEAD[:6], *(("开工", *ZHANG[:3], f"{n}-1", "2026-11-02") for n in range(3))]
    brought(desk, sheet(tmp_path, *rows))
    file_notice(desk, replace(a_notice(), address="2"))
    with desk.read() as work:
        numbers = [row.notice.number for row in work.site_notices.newest(9)][::-1]
    assert sorted(numbers) == [f"KG20261123-{n:04d}" for n in range(1, 6)]
