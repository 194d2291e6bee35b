"""Import: a register goes in whole, twice without doubling, or not at all (row P4)."""

from __future__ import annotations

import json
from datetime import date

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from deskapp.domain.errors import NotAllowed, RuleBroken
from deskapp.domain.import_mapping import parse_mapping_file
from deskapp.services import imports
from tests import builders
from tests.services.sheets import DATA, needs_data, sheet

MESSY = DATA / "spreadsheets" / "customers_messy.xlsx"
pytestmark = pytest.mark.row("P4")

HOSTILE = [
    "[red]重点[/red]",
    "\u202e倒写",
    "王𠮷娜",
    "👨‍👩‍👧 一家",
    "=cmd()",
    "'; DROP TABLE clients;--",
    "长" * 200,
]


def clients_of(desk):
    with desk.read() as work:
        return {
            card.client.name: [phone.normal for phone in card.phones]
            for card in work.clients.cards(work.clients.ids_after(0, 10_000))
        }


@needs_data
def test_the_messy_register_gives_what_its_truth_says(desk) -> None:
    truth = json.loads(MESSY.with_suffix("").with_suffix(".truth.json").read_text(encoding="utf-8"))
    report = imports.run_file(desk, "clients", MESSY, skip_bad=True)
    assert (report.read, report.imported) == (40, len(truth["clients"]))
    assert [(one.row, one.column, one.value) for one in report.errors] == [
        (bad["row"], bad["column"], bad["value"]) for bad in truth["bad_rows"]
    ]
    assert clients_of(desk) == {one["name"]: one["phones"] for one in truth["clients"]}
    with desk.read() as work:
        days = {work.clients.find(site.client_id).name: str(site.deposit_date) for site in work.sites.all()}
    assert days == {one["name"]: one["deposit_date"] for one in truth["clients"]}


@needs_data
def test_an_error_keeps_everything_out(desk) -> None:
    before = clients_of(desk)
    report = imports.run_file(desk, "clients", MESSY)
    assert report.refused
    assert (report.read, report.imported, len(report.errors)) == (40, 0, 5)
    assert clients_of(desk) == before


@needs_data
def test_a_preview_changes_nothing_and_tells_all(desk) -> None:
    seen = imports.preview(desk, "clients", MESSY, first=3)
    assert (seen.new, seen.duplicates, len(seen.errors), len(seen.rows)) == (35, (), 5, 3)
    assert seen.reading.parsed.header.row_number == 3
    assert clients_of(desk) == {}


def test_a_client_comes_with_numbers_site_and_people(desk, tmp_path) -> None:
    rows = [
        ("姓名", "电话", "楼盘", "房号", "面积", "设计师", "监理", "定金", "开工日期", "备注"),
        (
            "陈建国",
            "13800138000/021-62345678",
            "海棠湾",
            "3-2-1101",
            "98.5",
            "王丽",
            "孙国平",
            "5000",
            "2026-11-01",
            "急",
        ),
    ]
    assert imports.run_file(desk, "clients", sheet(tmp_path, *rows)).imported == 1
    with desk.read() as work:
        (card,) = work.search.clients("陈建国")
        (site,) = work.sites.of(card.client.id)
        designer = work.staff.find(site.designer_id)
        assert [one.client.id for one in work.search.clients("海棠湾")] == [card.client.id]
        assert [one.client.id for one in work.search.clients("5678")] == [card.client.id]
        assert [one.client.id for one in work.search.clients("cjg")] == [card.client.id]
    assert [phone.normal for phone in card.phones] == ["+8613800138000", "+862162345678"]
    assert (site.area, site.deposit, site.stage, site.start_date) == (
        9850,
        500_000,
        "building",
        date(2026, 11, 1),
    )
    assert (designer.name, designer.trade, card.client.note) == ("王丽", "designer", "急")


def test_the_same_client_in_other_words_is_not_doubled(desk, tmp_path) -> None:
    builders.a_client(desk, "张伟明", "13912345678")
    rows = [
        ("姓名", "电话"),
        ("张伟明", "+86 139 1234 5678"),
        ("张 伟 明", "13912345678"),
        ("李敏", "13912345678"),
        ("李敏", "139-1234-5678"),
    ]
    report = imports.run_file(desk, "clients", sheet(tmp_path, *rows))
    assert (report.read, report.imported, report.duplicates) == (4, 1, 3)


def test_a_second_flat_of_a_known_client_becomes_a_site(desk, tmp_path) -> None:
    rows = [
        ("姓名", "电话", "楼盘", "房号"),
        ("王芳", "13700000001", "海棠湾", "1-1-101"),
        ("王芳", "13700000001", "金色家园", "2-2-202"),
    ]
    path = sheet(tmp_path, *rows)
    assert imports.run_file(desk, "clients", path).imported == 2
    again = imports.run_file(desk, "clients", path)
    assert (again.imported, again.duplicates) == (0, 2)
    with desk.read() as work:
        (card,) = work.search.clients("金色家园")
        assert len(work.sites.of(card.client.id)) == 2


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_names_come_through_as_they_are(desk, tmp_path, name: str) -> None:
    rows = [("姓名", "电话", "备注"), (name, "13700000001", name)]
    assert imports.run_file(desk, "clients", sheet(tmp_path, *rows)).imported == 1
    assert list(clients_of(desk)) == [name]


def test_control_characters_are_visibly_replaced_and_endless_names_refused(desk, tmp_path) -> None:
    rows = [
        ("姓名", "电话"),
        ("a\x1b[31mb\x07", "13700000001"),
        ("无" * 10_000, "13700000002"),
        ("零\u200b宽", "13700000003"),
    ]
    report = imports.run_file(desk, "clients", sheet(tmp_path, *rows), skip_bad=True)
    assert [one.reason.code for one in report.errors] == ["import.too_long"]
    assert list(clients_of(desk)) == ["a\ufffd[31mb\ufffd", "零宽"]


@pytest.mark.row("A1")
def test_staff_open_their_departments(desk, tmp_path) -> None:
    rows = [
        ("姓名", "部门", "工种", "电话", "邮箱", "入职日期"),
        ("周大勇", "工程部", "项目经理", "13600000001", "zhou@example.com", "2020-03-01"),
        ("林小满", "软装部", "设计师", "", "", ""),
    ]
    path = sheet(tmp_path, *rows)
    assert imports.run_file(desk, "staff", path).imported == 2
    assert imports.run_file(desk, "staff", path).duplicates == 2
    with desk.read() as work:
        manager, designer = work.staff.named("周大勇"), work.staff.named("林小满", "designer")
        assert work.departments.find(designer.department_id).name == "软装部"
        assert work.departments.find(manager.department_id).code == "engineering"
    assert (manager.trade, manager.channel, manager.joined_on) == (
        "project_manager",
        "email",
        date(2020, 3, 1),
    )


@pytest.mark.row("S1")
def test_sites_find_their_clients(desk, tmp_path) -> None:
    known = builders.a_client(desk, "张伟明", "13912345678").client.id
    for _ in range(2):
        builders.a_client(desk, "王芳")
    rows = [
        ("客户", "电话", "楼盘", "房号", "阶段"),
        ("张伟明", "", "海棠湾", "1-101", "中期"),
        ("", "13912345678", "海棠湾", "1-102", ""),
        ("陈建国", "13700000009", "海棠湾", "1-103", ""),
        ("", "13700000010", "海棠湾", "1-104", ""),
        ("王芳", "", "海棠湾", "1-105", ""),
    ]
    path = sheet(tmp_path, *rows)
    report = imports.run_file(desk, "sites", path, skip_bad=True)
    assert report.imported == 3
    assert [(one.row, one.column, one.reason.code) for one in report.errors] == [
        (5, "电话", "import.no_client"),
        (6, "客户", "import.many_clients"),
    ]
    assert imports.run_file(desk, "sites", path, skip_bad=True).duplicates == 3
    with desk.read() as work:
        assert {(site.address, site.stage) for site in work.sites.of(known)} == {
            ("1-101", "midterm"),
            ("1-102", "deposit"),
        }
        assert [card.client.name for card in work.search.clients("1-103")] == ["陈建国"]


def test_a_chosen_mapping_is_remembered(desk, tmp_path) -> None:
    path = sheet(tmp_path, ("甲", "乙", "丙"), ("张伟明", "13912345678", "x"))
    with pytest.raises(RuleBroken, match="import.no_header"):
        imports.read(desk, "clients", path)
    mapping = parse_mapping_file('header_row = 1\n[columns]\nname = "甲"\nphones = "乙"\n', "clients")
    assert imports.run_file(desk, "clients", path, mapping).imported == 1
    reading = imports.read(desk, "clients", path)
    assert reading.remembered
    assert imports.run(desk, reading).duplicates == 1


def test_only_those_with_the_right_may_import(desk, second_desk, tmp_path) -> None:
    path = sheet(tmp_path, ("姓名", "电话"), ("张伟明", "13912345678"))
    with pytest.raises(NotAllowed):
        imports.run_file(second_desk, "clients", path)
    assert clients_of(desk) == {}


def test_every_imported_record_is_in_the_audit(desk, tmp_path) -> None:
    imports.run_file(desk, "clients", sheet(tmp_path, ("姓名", "电话"), ("张伟明", "13912345678")))
    ((who, act, changes),) = builders.audit_of(desk, "client")
    assert (who, act, changes["name"]) == ("李敏", "import.run:add", "张伟明")


def test_a_failure_on_the_way_leaves_nothing(desk, tmp_path, monkeypatch) -> None:
    def fail(*_: object) -> None:
        raise RuntimeError

    monkeypatch.setattr("deskapp.services.imports.clients.index_files", fail)
    with pytest.raises(RuntimeError):
        imports.run_file(desk, "clients", sheet(tmp_path, ("姓名", "电话"), ("张伟明", "13912345678")))
    monkeypatch.undo()
    assert clients_of(desk) == {}
    assert builders.audit_of(desk, "client") == []


names = st.text(st.characters(codec="utf-8", exclude_categories=("Cc", "Cs")), min_size=1, max_size=12)
rows_of = st.lists(st.tuples(names, st.integers(0, 10**8 - 1)), min_size=1, max_size=12)


@pytest.mark.parametrize("backend", ["sqlite"], indirect=True)
@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(rows=rows_of)
def test_whatever_went_in_goes_in_once(desk, tmp_path, rows) -> None:
    path = sheet(tmp_path, ("姓名", "电话"), *((name, f"139{number:08d}") for name, number in rows))
    first = imports.run_file(desk, "clients", path, skip_bad=True)
    again = imports.run_file(desk, "clients", path, skip_bad=True)
    refused = len({error.row for error in first.errors})
    assert first.imported + first.duplicates + refused == first.read
    assert (again.imported, again.duplicates) == (0, first.imported + first.duplicates)
