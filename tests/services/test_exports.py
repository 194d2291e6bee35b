"""Export: everything comes out, harmless in a spreadsheet, and what import reads goes in again as it was (row P4)."""

from __future__ import annotations

import csv
import io
import json
from datetime import datetime, timedelta
from pathlib import Path

import openpyxl
import pytest

from deskapp.domain.errors import NotAllowed, RuleBroken
from deskapp.papers import table
from deskapp.services import calls, exports, imports
from deskapp.services import tickets as verbs
from deskapp.services.figures import first_response
from tests import builders

DATA = Path(__file__).parents[3] / "shared" / "data"
pytestmark = pytest.mark.row("P4")

CONTRACT = [
    *("number", "kind", "client", "phones", "severity", "state", "received_at", "respond_by"),
    *("responded_at", "response_met", "due_at", "closed_at"),
]
HOSTILE = {
    "[red]x[/red]": "[red]x[/red]",
    "=cmd()": "'=cmd()",
    "+86 张": "'+86 张",
    "-1": "'-1",
    "@x": "'@x",
    "\tx": "'\tx",
    "a\x1b[31mb": "a\ufffd[31mb",
    "\u202e倒": "\u202e倒",
    "𠮷👍": "𠮷👍",
    '"引"号,逗': '"引"号,逗',
    "长" * 200: "长" * 200,
}


def read_csv(path: Path) -> list[dict[str, str]]:
    raw = path.read_bytes()
    assert raw.startswith(b"\xef\xbb\xbf")
    return list(csv.DictReader(io.StringIO(raw.decode("utf-8-sig"), newline="")))


def read_xlsx(path: Path) -> list[dict[str, object]]:
    head, *rows = openpyxl.load_workbook(path, read_only=True).active.iter_rows()
    assert all(cell.data_type in "snb" for row in rows for cell in row if cell.value is not None)
    names = [cell.value for cell in head]
    return [dict(zip(names, (cell.value for cell in row), strict=True)) for row in rows]


def out(desk, noun: str, kind: str, folder: Path) -> Path:
    path = folder / f"{noun}.{kind}"
    exports.export(desk, noun, kind, path)
    return path


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_names_do_nothing_in_a_spreadsheet(desk, tmp_path, name: str) -> None:
    builders.a_client(desk, name, "13700000001", note=name)
    (line,) = read_csv(out(desk, "clients", "csv", tmp_path))
    assert line["name"] == line["note"] == HOSTILE[name]
    (row,) = read_xlsx(out(desk, "clients", "xlsx", tmp_path))
    assert row["name"] == HOSTILE[name].removeprefix("'")
    (told,) = json.loads(out(desk, "clients", "json", tmp_path).read_text(encoding="utf-8"))
    assert told["name"] == name
    assert told["phones"] == ["+8613700000001"]


def test_a_text_longer_than_a_cell_is_cut_visibly(desk, tmp_path) -> None:
    builders.a_client(desk, "陈建国", note="长" * 40_000)
    (row,) = read_xlsx(out(desk, "clients", "xlsx", tmp_path))
    assert row["note"] == "长" * (table.MOST_CELL - 1) + "…"


@pytest.mark.row("T4")
def test_tickets_carry_what_scripts_depend_on(desk, clock, tmp_path) -> None:
    client = builders.a_client(desk, "张伟明", "13800138000")
    running = builders.a_complaint(desk, client)
    met = verbs.respond(desk, builders.a_complaint(desk, client), "已约")
    late = builders.a_complaint(desk, client)
    clock.at = clock.at.add(hours=25)
    late = verbs.respond(desk, late, "晚了")
    told = json.loads(out(desk, "tickets", "json", tmp_path).read_text(encoding="utf-8"))
    assert [list(one)[:12] for one in told] == [CONTRACT] * 3
    assert {one["number"]: one["response_met"] for one in told} == {
        running.number: None,
        met.number: True,
        late.number: False,
    }
    assert [one["response_met"] for one in read_csv(out(desk, "tickets", "csv", tmp_path))] == [
        "",
        "true",
        "false",
    ]
    assert told[0]["phones"] == ["+8613800138000"]
    received = datetime.fromisoformat(told[0]["received_at"])
    assert received == running.received_at
    assert received.utcoffset() == timedelta(hours=8)


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_clients_go_out_and_in_again_as_they_were(desk, tmp_path, template_database, kind: str) -> None:
    for name in HOSTILE:
        if name.isprintable():
            card = builders.a_client(desk, name, f"{builders.a_phone()}/021-62345678转801", note=name)
            builders.a_site(desk, card, area=9850, deposit=512_345)
    card = builders.a_client(desk, "两处", "+44 20 7946 0958")
    for address in ("1-1", "1-2"):
        builders.a_site(desk, card, address=address)
    path = out(desk, "clients", kind, tmp_path)
    other = builders.open_at(template_database("founded", builders.found_company))
    try:
        report = imports.run_file(other, "clients", path)
        assert report.errors == ()
        kept = [*exports.COLUMNS["clients"][1:9], "deposit", "note"]
        assert shown(other, "clients", kept) == shown(desk, "clients", kept)
        assert imports.run_file(desk, "clients", path).imported == 0
    finally:
        other.store.close()


def shown(desk, noun: str, columns: list[str]) -> list[tuple[object, ...]]:
    with desk.read() as work:
        found = list(exports.lines(desk, work, noun))
    flat = [line | place for line in found for place in line.get("sites") or [{}]]
    return [tuple(str(line[name]) for name in columns) for line in flat]


@pytest.mark.parametrize(
    ("backend", "kind"), [("sqlite", "csv"), ("postgresql", "xlsx")], indirect=["backend"]
)
@pytest.mark.skipif(not DATA.is_dir(), reason="the shared sample data is not beside this clone")
def test_tickets_go_out_and_in_again_as_they_were(desk, tmp_path, template_database, kind: str) -> None:
    imports.run_file(desk, "complaints", DATA / "complaints" / "boston311_5473.csv")
    path = out(desk, "tickets", kind, tmp_path)
    other = builders.open_at(template_database("founded", builders.found_company))
    try:
        assert imports.run_file(other, "complaints", path).imported == 5473
        kept = [
            *CONTRACT,
            "channel",
            "category",
            "subject",
            "description",
            "response",
            "address",
            "resolution_met",
        ]
        assert sorted(shown(other, "tickets", kept)) == sorted(shown(desk, "tickets", kept))
    finally:
        other.store.close()


@pytest.mark.row("C4")
def test_calls_come_out(desk, tmp_path) -> None:
    client = builders.a_client(desk, "张伟明", "13800138000")
    ringing = calls.ring(desk, "13800138000").call
    calls.take(desk, ringing)
    builders.a_planned_call(desk, client=client)
    first, second = read_csv(out(desk, "calls", "csv", tmp_path))
    assert (first["kind"], first["state"], first["client"], first["number"]) == (
        "inbound",
        "taken",
        "张伟明",
        "13800138000",
    )
    assert (first["operator"], second["operator"], second["kind"]) == ("李敏", "", "callback")


def test_an_empty_house_gives_headers(desk, tmp_path) -> None:
    for noun in exports.NOUNS:
        assert read_csv(out(desk, noun, "csv", tmp_path)) == []
        head = next(
            openpyxl.load_workbook(out(desk, noun, "xlsx", tmp_path)).active.iter_rows(values_only=True)
        )
        assert head == exports.COLUMNS[noun]
        assert json.loads(out(desk, noun, "json", tmp_path).read_text()) == []


@pytest.mark.parametrize("kind", exports.FORMATS)
def test_a_failed_export_leaves_the_old_file(desk, tmp_path, monkeypatch, kind: str) -> None:
    builders.a_client(desk)
    path = tmp_path / f"clients.{kind}"
    path.write_text("old")

    def fail(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(exports, "_client", fail)
    with pytest.raises(RuleBroken, match="export.file"):
        exports.export(desk, "clients", kind, path)
    assert path.read_text() == "old"
    assert list(tmp_path.iterdir()) == [path]


def test_pages_leave_nobody_out(desk, monkeypatch) -> None:
    monkeypatch.setattr(exports, "PAGE", 2)
    for number in range(5):
        builders.a_client(desk, f"客{number}")
    assert [name for (name,) in shown(desk, "clients", ["name"])] == [f"客{number}" for number in range(5)]


def test_a_full_sheet_goes_on_on_the_next(tmp_path, monkeypatch) -> None:
    monkeypatch.setattr(table, "MOST_ROWS", 2)
    path = tmp_path / "many.xlsx"
    assert table.write_xlsx(("n",), ({"n": number} for number in range(5)), path, "many") == 5
    book = openpyxl.load_workbook(path)
    assert {sheet.title: [row[0] for row in sheet.iter_rows(values_only=True)] for sheet in book} == {
        "many": ["n", 0, 1],
        "many 2": ["n", 2, 3],
        "many 3": ["n", 4],
    }


def test_agents_take_nothing_out(second_desk, tmp_path) -> None:
    with pytest.raises(NotAllowed):
        exports.export(second_desk, "clients", "csv", tmp_path / "x.csv")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("normal", "written"),
    [
        ("+8613800138000", "13800138000"),
        ("+862162345678;ext=801", "021-62345678#801"),
        ("+442079460958", "00442079460958"),
        ("4008001234", "400-800-1234"),
        ("95588", "95588"),
    ],
)
def test_numbers_as_dialled_are_read_back(normal: str, written: str) -> None:
    from deskapp.domain.phone_number import parse

    assert exports.dialled(normal) == written
    assert parse(written).normal == normal


@pytest.mark.row("R2")
def test_figures_count_whole_days_of_the_company(desk, clock) -> None:
    day = desk.local(clock.at).date()
    clock.at = desk.local(clock.at).start_of("day").in_timezone("UTC")
    builders.a_complaint(desk)
    clock.at = clock.at.add(seconds=-1)
    builders.a_complaint(desk)
    _, today = first_response(desk, day, day)
    _, both = first_response(desk, day - timedelta(days=1), day)
    assert (today.received, both.received) == (1, 2)
    with pytest.raises(RuleBroken, match="kpi.period"):
        first_response(desk, day, day - timedelta(days=1))


@pytest.mark.row("P6")
@pytest.mark.parametrize("backend", ["sqlite"], indirect=True)
def test_numbers_leave_whole_with_leaders_only(desk):
    builders.a_client(desk, "张伟明", "13800138000")
    quality = desk.signed_in(builders.an_operator(desk, "周洁", "quality"))
    for kind in ("csv", "json"):
        whole, masked = io.BytesIO(), io.BytesIO()
        exports.export(desk, "clients", kind, whole)
        exports.export(quality, "clients", kind, masked)
        assert b"13800138000" in whole.getvalue()
        assert b"138****8000" in masked.getvalue() and b"13800138000" not in masked.getvalue()
