"""Import of complaints: their own numbers and times, whose they are, and the source's verdicts (rows P4, T4)."""

from __future__ import annotations

import csv

import pendulum
import pytest

from deskapp.services import imports
from tests import builders
from tests.services.sheets import DATA, needs_data, sheet

BOSTON = DATA / "complaints" / "boston311_5473.csv"
pytestmark = pytest.mark.row("P4")


def tickets_of(desk):
    with desk.read() as work:
        return {row.ticket.number: row for row in work.tickets.export_page(0, 10_000)}


@needs_data
@pytest.mark.parametrize(
    ("file", "count"),
    [("messages_zh_4326.xlsx", 4326), ("car_complaints_gbk_600.csv", 600), ("boston311_5473.csv", 5473)],
)
def test_real_complaints_go_in_once(desk, file: str, count: int) -> None:
    first = imports.run_file(desk, "complaints", DATA / "complaints" / file)
    assert (first.read, first.imported, first.duplicates, first.errors) == (count, count, 0, ())
    again = imports.run_file(desk, "complaints", DATA / "complaints" / file)
    assert (again.imported, again.duplicates) == (0, count)
    with desk.read() as work:
        assert len(work.tickets.all()) == count


@needs_data
@pytest.mark.row("T4")
@pytest.mark.parametrize("backend", ["sqlite"], indirect=True)
def test_the_verdict_on_time_is_the_citys_own(desk) -> None:
    imports.run_file(desk, "complaints", BOSTON)
    found, compared = tickets_of(desk), 0
    with BOSTON.open(encoding="utf-8-sig", newline="") as stream:
        for line in csv.DictReader(stream):
            ticket = found[line["case_id"]].ticket
            if line["close_date"] and line["target_close_date"]:
                assert ticket.resolution_met is (line["on_time"] == "ONTIME"), line["case_id"]
                compared += 1
            elif not line["target_close_date"]:
                assert ticket.due_at is None
                assert ticket.resolution_met is None
    assert compared > 3000


COMPLAINT = (
    "编号",
    "姓名",
    "电话",
    "投诉内容",
    "投诉时间",
    "响应时间",
    "回复内容",
    "截止时间",
    "办结时间",
    "等级",
)


@pytest.mark.row("T4")
def test_a_complaint_keeps_its_own_times(desk, tmp_path) -> None:
    rows = [
        COMPLAINT,
        (
            "A1",
            "陈建国",
            "13800138000",
            "漏水",
            "2026-11-01 09:00",
            "2026-11-02 08:59:59",
            "已约",
            "",
            "2026-11-05 10:00",
            "危机",
        ),
        (
            "A2",
            "",
            "13800138000",
            "裂缝",
            "2026-11-01 09:00",
            "2026-11-02 09:00:01",
            "已约",
            "2026-11-03 09:00",
            "",
            "",
        ),
        ("A3", "", "", "噪音", "2026-11-23 09:00", "", "", "", "", "一般"),
    ]
    assert imports.run_file(desk, "complaints", sheet(tmp_path, *rows)).imported == 3
    found = tickets_of(desk)
    first, second, third = (found[number].ticket for number in ("A1", "A2", "A3"))
    assert first.received_at == pendulum.datetime(2026, 11, 1, 9, tz="Asia/Shanghai")
    assert first.respond_by == first.received_at.add(hours=2)
    assert (first.state, first.response_met, first.due_at) == ("closed", False, None)
    assert (second.state, second.response_met, second.severity) == ("responded", False, "minor")
    assert second.due_at == pendulum.datetime(2026, 11, 3, 9, tz="Asia/Shanghai")
    assert (third.state, third.response_met, third.clock_runs, third.channel) == (
        "received",
        None,
        True,
        "unknown",
    )
    assert first.client_id == second.client_id != third.client_id
    assert found["A3"].client_name == ""
    with desk.read() as work:
        events = work.ticket_events.of(first.id)
        assert not work.clients.find(third.client_id).named
        assert [row.ticket.number for row in work.search.tickets("漏水")] == ["A1"]
    assert [(event.kind, event.at) for event in events] == [
        ("filed", first.received_at),
        ("responded", first.responded_at),
        ("closed", first.closed_at),
    ]


@pytest.mark.row("T2")
def test_numbers_go_on_after_imported_ones(desk, tmp_path) -> None:
    rows = [
        COMPLAINT[:5],
        ("TS20261123-0007", "陈建国", "", "漏水", "2026-11-23"),
        ("", "陈建国", "", "裂缝", "2026-11-23"),
    ]
    assert imports.run_file(desk, "complaints", sheet(tmp_path, *rows)).imported == 2
    assert sorted(tickets_of(desk)) == ["TS20261123-0007", "TS20261123-0008"]
    assert builders.a_complaint(desk).number == "TS20261123-0009"


def test_whose_complaint_it_is(desk, tmp_path) -> None:
    wife = builders.a_client(desk, "李敏", "13900000001").client.id
    rows = [
        COMPLAINT[:4],
        ("B1", "李敏", "13900000001", "一"),
        ("B2", "", "13900000001", "二"),
        ("B3", "王刚", "13900000001", "三"),
        ("B4", "王刚", "", "四"),
        ("B5", "王刚", "", "五"),
        ("B6", "", "13900000002", "六"),
        ("B7", "", "13900000002", "七"),
        ("B8", "", "", "八"),
        ("B9", "", "", "九"),
    ]
    imports.run_file(desk, "complaints", sheet(tmp_path, *rows))
    owner = {number: row.ticket.client_id for number, row in tickets_of(desk).items()}
    assert owner["B1"] == owner["B2"] == wife
    assert owner["B3"] not in (wife, owner["B4"])
    assert owner["B4"] == owner["B5"]
    assert owner["B6"] == owner["B7"]
    assert owner["B8"] == owner["B9"]
    assert len(set(owner.values())) == 5


def test_without_numbers_the_content_tells(desk, tmp_path) -> None:
    rows = [
        COMPLAINT[1:5],
        ("陈建国", "", "漏水", "2026-11-01"),
        ("陈建国", "", "漏水", "2026-11-02"),
        ("陈建国", "", "漏水", "2026-11-01"),
    ]
    path = sheet(tmp_path, *rows)
    first, again = (imports.run_file(desk, "complaints", path) for _ in range(2))
    assert (first.imported, first.duplicates, again.imported, again.duplicates) == (2, 1, 0, 3)
    assert sorted(tickets_of(desk)) == ["TS20261101-0001", "TS20261102-0001"]


def test_a_number_too_long_is_an_error_by_row_and_column(desk, tmp_path) -> None:
    rows = [COMPLAINT[:4], ("N" * 81, "陈建国", "", "漏水")]
    report = imports.run_file(desk, "complaints", sheet(tmp_path, *rows))
    assert [(one.row, one.column, one.reason.code) for one in report.errors] == [
        (2, "编号", "import.too_long")
    ]
