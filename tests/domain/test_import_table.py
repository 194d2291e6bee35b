"""Sheets into typed rows: every row read or refused, every refusal with its row and column."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from deskapp.adapters.spreadsheet import read_sheet
from deskapp.domain.errors import RuleBroken
from deskapp.domain.import_cells import clean, one_line, person
from deskapp.domain.import_table import (
    Parsed,
    Row,
    parse_mapping_file,
    read_rows,
)

pytestmark = pytest.mark.row("P4")

DATA = Path(__file__).parents[3] / "shared" / "data"
REAL = pytest.mark.skipif(not DATA.exists(), reason="the project's real spreadsheets are not on this machine")
CLIENTS = ("姓名", "电话", "地址", "定金", "定金日期", "开工日期", "备注")


def rows(*cells: tuple[Any, ...], start: int = 1) -> tuple[Row, ...]:
    """Rows numbered from `start`; an empty one is left out as the reader leaves it out."""
    return tuple(Row(number, line) for number, line in enumerate(cells, start) if line)


def refused(parsed: Parsed) -> list[tuple[int, str, str, str]]:
    return [(error.row, error.column, error.value, error.reason.code) for error in parsed.errors]


def code_of(act: Any, *values: Any, **options: Any) -> tuple[str, dict[str, Any]]:
    with pytest.raises(RuleBroken) as caught:
        act(*values, **options)
    return caught.value.code, caught.value.facts


class TestRows:
    def test_values_are_typed(self) -> None:
        table = rows(
            CLIENTS,
            (" 吴\u3000明 ", 13800138000, "1-2-3\t", "5,000元", 45342, date(2024, 3, 1), "a\r\nb\u3000"),
        )
        (row,) = read_rows(table, "clients").rows
        assert row.row == 2
        assert {name: value for name, value in row.values.items() if name != "phone_numbers"} == {
            "name": "吴明",
            "phones": ("13800138000",),
            "address": "1-2-3",
            "deposit": 500000,
            "deposit_date": date(2024, 2, 20),
            "start_date": date(2024, 3, 1),
            "note": "a\nb",
        }
        assert [number.normal for number in row.values["phone_numbers"]] == ["+8613800138000"]

    def test_all_errors_of_a_row_are_told(self) -> None:
        table = rows(CLIENTS, (), (None, "见备注", None, -5, "2024年2月30日", "03/04/2024", "x" * 20_001))
        parsed = read_rows(table, "clients")
        assert (parsed.rows, parsed.read) == ((), 1)
        assert [(row, column, code) for row, column, _, code in refused(parsed)] == [
            (3, "电话", "phone.not_a_number"),
            (3, "定金", "import.money_negative"),
            (3, "定金日期", "import.date_impossible"),
            (3, "开工日期", "import.date_ambiguous"),
            (3, "备注", "import.too_long"),
            (3, "姓名", "import.required"),
        ]
        assert max(len(error.value) for error in parsed.errors) == 200

    def test_rows_without_data_are_not_read(self) -> None:
        table = rows(
            ("序号", "姓名", "电话", "地址", "备注"),
            (1, "张三", "13800138000", None, None),
            (2, None, None, None, "  "),
            ("小计", None, "1户", None, None),
            ("序号", "姓名", "电话", "地址", "备注"),
            (3, "李四", "13900139000", None, None),
            ("合 计：", "2户", None, None, 5),
            ("共 2 户", "金额", None, None, None),
            (None, "总计2条", None, None, None),
            ("制表人：李敏", None, None, "审核：", None),
            ("", "注：每周五上报", None, None, None),
        )
        parsed = read_rows(table, "clients")
        assert [row.values["name"] for row in parsed.rows] == ["张三", "李四"]
        assert (parsed.read, parsed.errors) == (2, ())

    def test_names_that_only_begin_like_totals_are_clients(self) -> None:
        table = rows(
            ("姓名", "电话"),
            ("共同", "13800138000"),
            ("合计华", "13800138001"),
            ("Total Wine", "13800138002"),
        )
        assert len(read_rows(table, "clients").rows) == 3

    def test_several_phones_count_once_each_and_empty_ones_not(self) -> None:
        header = ("姓名", "手机", "座机")
        table = rows(
            header,
            ("甲", "13800138000/0571-88888888", "无"),
            ("乙", "138 0013 8000", "13800138000"),
            ("丙", "/", None),
        )
        parsed = read_rows(table, "clients")
        assert [[n.normal for n in row.values["phone_numbers"]] for row in parsed.rows] == [
            ["+8613800138000", "+8657188888888"],
            ["+8613800138000"],
        ]
        assert refused(parsed) == [(4, "手机", "/", "import.no_phone")]

    def test_area_code_completes_a_local_number(self) -> None:
        table = rows(("姓名", "电话"), ("甲", "88888888"))
        (row,) = read_rows(table, "clients", area_code="0571").rows
        assert row.values["phone_numbers"][0].normal == "+8657188888888"

    def test_a_start_date_without_year_follows_the_deposit_and_says_so(self) -> None:
        table = rows(
            ("填表日期：2024年12月20日",),
            CLIENTS,
            ("甲", "13800138000", None, None, "2023-11-30", "1月5日", None),
            ("乙", "13800138001", None, None, None, "1月5日", None),
            ("丙", "13800138002", None, None, "1月5日", None, None),
            ("丁", "13800138003", None, None, "2024年2月30日", "1月5日", None),
        )
        parsed = read_rows(table, "clients")
        assert [row.values["start_date"] for row in parsed.rows] == [date(2024, 1, 5), date(2025, 1, 5)]
        assert [(n.row, n.column, n.reason.facts["date"]) for n in parsed.notices] == [
            (3, "开工日期", "2024-01-05"),
            (4, "开工日期", "2025-01-05"),
        ]
        assert refused(parsed) == [
            (5, "定金日期", "1月5日", "import.date_no_year"),
            (6, "定金日期", "2024年2月30日", "import.date_impossible"),
        ]

    def test_without_any_date_to_go_by_a_year_is_not_made_up(self) -> None:
        parsed = read_rows(rows(CLIENTS, ("甲", "13800138000", None, None, None, "1月5日", None)), "clients")
        assert refused(parsed) == [(2, "开工日期", "1月5日", "import.date_no_year")]

    def test_cells_that_say_there_is_nothing_are_blank(self) -> None:
        table = rows(CLIENTS, ("甲", "13800138000", "无", "—", "待定", "/", None))
        (row,) = read_rows(table, "clients").rows
        assert [row.values[name] for name in ("deposit", "deposit_date", "start_date")] == [None, None, None]

    def test_complaints(self) -> None:
        header = ("编号", "投诉人", "电话", "主题", "内容", "等级", "渠道", "投诉时间", "状态", "区")
        table = rows(
            header,
            (
                188006,
                "A0001",
                "匿名",
                "漏水",
                "\t卫生间\n漏水三次\u3000\n",
                "较重",
                "来电",
                "2024/6/8 8:30:15",
                "处理中",
                "西湖",
            ),
            (188007, None, None, None, None, None, None, None, None, None),
            (None, "王五", None, None, None, "不明", "飞鸽", "昨天", "怪", None),
        )
        parsed = read_rows(table[:3], "complaints", timezone="Asia/Tokyo")
        first, second = parsed.rows
        assert first.values["description"] == "卫生间\n漏水三次"
        assert (first.values["number"], first.values["severity"], first.values["channel"]) == (
            "188006",
            "major",
            "phone",
        )
        assert first.values["received_at"] == datetime(2024, 6, 7, 23, 30, 15, tzinfo=UTC)
        assert (first.values["state"], first.extra) == ("dispatched", (("区", "西湖"),))
        assert (second.values["subject"], second.values["severity"]) == ("188007", None)
        assert [notice.reason.code for notice in parsed.notices] == ["import.subject_from"]
        assert refused(read_rows((table[0], table[3]), "complaints")) == [
            (4, "等级", "不明", "import.severity"),
            (4, "渠道", "飞鸽", "import.channel"),
            (4, "投诉时间", "昨天", "import.date"),
            (4, "状态", "怪", "import.state"),
            (4, "主题", "", "import.required"),
        ]

    def test_staff_and_sites(self) -> None:
        staff = read_rows(
            rows(("姓名", "部门", "工种"), ("林丽", "设计部", "设计师"), ("老王", "后勤", "厨师")), "staff"
        )
        assert [row.values["trade"] for row in staff.rows] == ["designer", "other"]
        assert [(notice.row, notice.value) for notice in staff.notices] == [(3, "厨师")]
        sites = read_rows(
            rows(
                ("业主", "楼盘", "房号", "进度", "面积"),
                ("张三", "海棠湾", "1-2", "水电", "约110"),
                ("李四", None, None, "中期", 0),
            ),
            "sites",
        )
        assert sites.rows[0].values["stage"] == "building"
        assert [(column, code) for _, column, _, code in refused(sites)] == [
            ("面积", "import.area"),
            ("楼盘", "import.required"),
        ]

    def test_control_characters_show_and_markup_stays_as_typed(self) -> None:
        table = rows(CLIENTS, ("A\0B", "13800138000", "\x1b[31m[red]红[/red]", None, None, None, "=1+1\x07"))
        (row,) = read_rows(table, "clients").rows
        assert row.values["name"] == "A\ufffdB"
        assert row.values["address"] == "\ufffd[31m[red]红[/red]"
        assert row.values["note"] == "=1+1\ufffd"

    @given(
        st.lists(
            st.tuples(
                *[st.one_of(st.none(), st.text(max_size=12), st.integers(), st.floats(), st.dates())] * 7
            )
        )
    )
    def test_every_row_is_read_or_refused(self, cells: list[tuple[Any, ...]]) -> None:
        parsed = read_rows(
            (Row(1, CLIENTS), *(Row(number, line) for number, line in enumerate(cells, 2))), "clients"
        )
        kept, bad = {row.row for row in parsed.rows}, {error.row for error in parsed.errors}
        assert not kept & bad
        assert len(kept) + len(bad) == parsed.read <= len(cells)


@given(st.text(max_size=40))
def test_cleaning_twice_changes_nothing_more(text: str) -> None:
    for tidy in (clean, one_line, person):
        assert tidy(tidy(text)) == tidy(text)
    assert not set(clean(text)) & {chr(code) for code in range(32)} - {"\t", "\n"}
    assert "\n" not in one_line(text)


@REAL
class TestRealFiles:
    def test_the_register_comes_out_as_its_truth_says(self) -> None:
        truth = json.loads((DATA / "spreadsheets" / "customers_messy.truth.json").read_text(encoding="utf-8"))
        parsed = read_rows(read_sheet(DATA / "spreadsheets" / "customers_messy.xlsx").rows, "clients")
        assert [
            {
                "name": row.values["name"],
                "phones": [number.normal for number in row.values["phone_numbers"]],
                "deposit_date": row.values["deposit_date"].isoformat(),
            }
            for row in parsed.rows
        ] == truth["clients"]
        assert [
            {"row": error.row, "column": error.column, "value": error.value} for error in parsed.errors
        ] == truth["bad_rows"]
        assert parsed.read == 40
        assert {row.values["deposit"] for row in parsed.rows} == {None, 500000, 1000000}

    @pytest.mark.parametrize(
        ("file", "count"),
        [("messages_zh_4326.xlsx", 4326), ("car_complaints_gbk_600.csv", 600), ("boston311_5473.csv", 5473)],
    )
    def test_every_complaint_is_read(self, file: str, count: int) -> None:
        parsed = read_rows(read_sheet(DATA / "complaints" / file).rows, "complaints")
        assert (parsed.read, len(parsed.rows), parsed.errors) == (count, count, ())
        assert all(row.values["received_at"] for row in parsed.rows)
        assert all(row.values.get("subject") or row.values.get("description") for row in parsed.rows)

    def test_the_citys_own_verdict_follows_from_the_times_read(self) -> None:
        parsed = read_rows(read_sheet(DATA / "complaints" / "boston311_5473.csv").rows, "complaints")
        for row in parsed.rows:
            due, closed = row.values["due_at"], row.values["closed_at"]
            if closed and due:
                assert (closed > due) == (dict(row.extra)["on_time"] == "OVERDUE"), row.row

    def test_dates_read_as_the_text_beside_them_says(self) -> None:
        said = parse_mapping_file('[columns]\nsubject = "numberStringCn"\nreceived_at = "date"', "complaints")
        sheet = read_sheet(DATA / "spreadsheets" / "date_formats.xlsx")
        parsed = read_rows(sheet.rows[:15], "complaints", said, timezone="UTC")
        assert {row.values["received_at"] for row in parsed.rows} == {
            datetime(2020, 1, 1, 1, 1, 1, tzinfo=UTC)
        }
        text = parse_mapping_file(
            '[columns]\nsubject = "numberStringCn"\nreceived_at = "dateStringCn"', "complaints"
        )
        parsed = read_rows(sheet.rows[:15], "complaints", text, timezone="UTC")
        assert {row.values["received_at"].date() for row in parsed.rows} == {date(2020, 1, 1)}
        assert {error.reason.code for error in parsed.errors} == {
            *("import.date", "import.date_no_year", "import.date_no_day", "import.date_ambiguous"),
        }

    def test_another_kind_of_table_is_not_taken_for_clients(self) -> None:
        sheet = read_sheet(DATA / "spreadsheets" / "merged_header.xls")
        assert code_of(read_rows, sheet.rows, "clients")[0] == "import.no_header"
