"""`deskapp import notices`: filed by script, with errors by row, twice without doubling."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import pytest

from tests import builders

pytestmark = pytest.mark.row("P4", "F2", "F3")


def a_list(folder: Path, *rows: tuple[str, ...], name: str = "notices.csv") -> Path:
    path = folder / name
    with path.open("w", encoding="gb18030", newline="") as stream:
        csv.writer(stream).writerows([("类型", "客户姓名", "电话", "地址", "日期"), *rows])
    return path


GOOD = ("开工", "张伟明", "13912345678", "海棠湾 3-2-1101", "2026-03-02")
DONE = ("完工", "张伟明", "13912345678", "海棠湾 3-2-1101", "2026-06-02")
BAD = ("完工", "张伟明", "13912345678", "海棠湾 3-2-1101", "2026-01-02")


def test_notices_by_script(run, desk_url, tmp_path) -> None:
    path = a_list(tmp_path, GOOD, BAD)
    dry = run("import", "notices", path, "--dry-run", "--db", desk_url)
    assert (dry.code, "完工日期 2026-01-02 早于开工日期 2026-03-02" in dry.err) == (1, True)
    assert "第 3 行，日期" in dry.err
    assert run("import", "notices", path, "--db", desk_url).code == 1
    path = a_list(tmp_path, GOOD, DONE, GOOD)
    ran = run("import", "notices", path, "--json", "--db", desk_url)
    assert (ran.code, json.loads(ran.out)) == (0, {"read": 3, "imported": 2, "duplicates": 1, "errors": []})
    ran = run("import", "notices", path, "--json", "--db", desk_url)
    assert json.loads(ran.out)["imported"] == 0
    found = json.loads(run("search", "3-2-1101", "--json", "--db", desk_url).out)
    assert [client["name"] for client in found["clients"]] == ["张伟明"]
    assert {ticket["kind"] for ticket in found["tickets"]} == {"handoff"}
    desk = builders.open_at(desk_url)
    with desk.read() as work:
        (site,) = work.sites.all()
        purposes = [one.purpose for one in work.followups.of_site(site.id)]
    desk.store.close()
    assert purposes.count("quarterly") == 4


def test_what_cannot_be_told_apart_is_said(run, desk_url, tmp_path) -> None:
    path = tmp_path / "list.csv"
    path.write_text("客户,电话,地址,日期\n张伟明,13912345678,海棠湾 1,2026-03-02\n", encoding="utf-8")
    ran = run("import", "notices", path, "--lang", "en", "--db", desk_url)
    assert (ran.code, "Start or completion?" in ran.err) == (1, True)
