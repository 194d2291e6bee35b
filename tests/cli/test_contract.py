"""The command line's contract: what scripts give and what they get, on both databases."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path

import pytest

from deskapp.config import Config
from deskapp.wiring import open_desk
from tests import builders

DATA = Path(__file__).parents[3] / "shared" / "data"
MESSY = DATA / "spreadsheets" / "customers_messy.xlsx"
needs_data = pytest.mark.skipif(not DATA.is_dir(), reason="the shared sample data is not beside this clone")
sqlite_only = pytest.mark.parametrize("backend", ["sqlite"], indirect=True)


def register(folder: Path, *rows: tuple[str, ...]) -> Path:
    path = folder / "register.csv"
    with path.open("w", encoding="utf-8", newline="") as stream:
        csv.writer(stream).writerows([("姓名", "电话", "定金日期"), *rows])
    return path


GOOD = ("张伟明", "138 0013 8000", "2026-01-02")
BAD = ("李敏", "无", "2026-02-30")


@needs_data
@pytest.mark.row("P4")
def test_the_messy_register_by_script(run, database_url) -> None:
    truth = json.loads(MESSY.with_suffix("").with_suffix(".truth.json").read_text(encoding="utf-8"))
    ran = run("--db", database_url, "import", "clients", MESSY, "--json")
    told = json.loads(ran.out)
    assert ran.code == 1
    assert set(told) == {"read", "imported", "duplicates", "errors"}
    assert (told["read"], told["imported"]) == (40, 0)
    assert [{key: one[key] for key in ("row", "column", "value")} for one in told["errors"]] == truth[
        "bad_rows"
    ]
    assert all(one["reason"] and "⟦" not in one["reason"] for one in told["errors"])
    ran = run("import", "clients", MESSY, "--json", "--skip-bad", "--db", database_url)
    assert (ran.code, json.loads(ran.out)["imported"]) == (0, 35)
    ran = run("import", "clients", MESSY, "--json", "--skip-bad", "--db", database_url)
    assert (ran.code, json.loads(ran.out)["imported"], json.loads(ran.out)["duplicates"]) == (0, 0, 35)
    (one, *_) = truth["clients"]
    ran = run("pop", one["phones"][0], "--json", "--db", database_url)
    assert [(found["name"], found["phones"]) for found in json.loads(ran.out)] == [
        (one["name"], one["phones"])
    ]


def test_import_says_all_in_or_nothing(run, database_url, tmp_path) -> None:
    path = register(tmp_path, GOOD, BAD)
    dry = run("import", "clients", path, "--dry-run", "--json", "--db", database_url)
    assert (dry.code, json.loads(dry.out)["imported"]) == (1, 0)
    ran = run("import", "clients", path, "--db", database_url)
    assert ran.code == 1
    assert "第 3 行，电话“无”：没有电话号码" in ran.err
    english = run("import", "clients", path, "--lang", "en", "--db", database_url)
    assert "row 3, 电话 “无”: no phone number" in english.err
    assert json.loads(run("search", "张伟明", "--json", "--db", database_url).out)["clients"] == []
    assert run("import", "clients", register(tmp_path, GOOD), "--db", database_url).code == 0


def test_a_mapping_file_names_the_columns(run, database_url, tmp_path) -> None:
    path, mapping = tmp_path / "x.csv", tmp_path / "map.toml"
    path.write_text("题目\n谁,哪里\n张伟明,13800138000\n", encoding="gb18030")
    mapping.write_text(
        'header_row = 2\nencoding = "gb18030"\n[columns]\nname = "谁"\nphones = "哪里"\n', "utf-8"
    )
    ran = run("import", "clients", path, "--map", mapping, "--json", "--db", database_url)
    assert (ran.code, json.loads(ran.out)) == (0, {"read": 1, "imported": 1, "duplicates": 0, "errors": []})
    mapping.write_text('[columns]\nnonsense = "谁"\n', "utf-8")
    ran = run("import", "clients", path, "--map", mapping, "--db", database_url)
    assert (ran.code, ran.complains) == (1, True)
    assert run("import", "clients", path, "--map", tmp_path / "none.toml", "--db", database_url).code == 2


def test_who_imported_is_in_the_audit(run, database_url, tmp_path) -> None:
    run("import", "clients", register(tmp_path, GOOD), "--db", database_url)
    desk = open_desk(Config(database_url))
    ((who, act, _),) = builders.audit_of(desk, "client")
    desk.store.close()
    assert who.startswith("cli:")
    assert act == "import.run:add"


@pytest.mark.row("C3", "P5")
def test_search_and_pop(run, desk, desk_url) -> None:
    card = builders.a_client(desk, "张伟明", "021-62345678转801")
    builders.a_site(desk, card)
    ticket = builders.a_complaint(desk, card)
    expected = {
        "id": card.client.id,
        "name": "张伟明",
        "phones": ["+862162345678;ext=801"],
        "address": "海棠湾 3-2-1101",
        "open_tickets": 1,
    }
    for typed in ("伟明", "zwm", "5678", "海棠湾"):
        assert json.loads(run("search", typed, "--json", "--db", desk_url).out)["clients"] == [expected], (
            typed
        )
    found = json.loads(run("search", ticket.number, "--json", "--limit", "1", "--db", desk_url).out)
    assert [one["number"] for one in found["tickets"]] == [ticket.number]
    assert json.loads(run("pop", "+86 21 6234 5678", "--json", "--db", desk_url).out) == [expected]
    assert json.loads(run("pop", "anonymous", "--json", "--db", desk_url).out) == []
    assert (
        "张伟明" in run("pop", "62345678", "--db", desk_url).out
        or run("pop", "02162345678", "--db", desk_url).out
    )


@sqlite_only
def test_names_cannot_steer_the_terminal(run, desk, desk_url) -> None:
    name = "\x1b]0;owned\x07\u202e坏\n[red]\u200b"
    builders.a_client(desk, name, "13800138000")
    plain = run("pop", "13800138000", "--db", desk_url).out
    assert plain.count("\n") == 1
    assert not set("\x1b\x07\u202e\u200b") & set(plain)
    told = run("pop", "13800138000", "--json", "--db", desk_url).out
    assert not set("\x1b\x07\u202e\u200b") & set(told)
    assert json.loads(told)[0]["name"] == name


def test_export_to_a_file_and_to_the_screen(run, desk, desk_url, tmp_path) -> None:
    builders.a_complaint(desk, builders.a_client(desk, "=cmd()", "13800138000"))
    ran = run("export", "tickets", "--format", "csv", "--db", desk_url)
    assert ran.out.startswith("\ufeffnumber,kind,client,phones,")
    (line,) = csv.DictReader(io.StringIO(ran.out.removeprefix("\ufeff"), newline=""))
    assert (line["client"], line["phones"], line["response_met"]) == ("'=cmd()", "13800138000", "")
    out = tmp_path / "t.json"
    assert run("export", "tickets", "--format", "json", "--out", out, "--db", desk_url).code == 0
    assert json.loads(out.read_text(encoding="utf-8"))[0]["client"] == "=cmd()"
    assert run("export", "tickets", "--format", "xlsx", "--db", desk_url).code == 2
    ran = run("export", "tickets", "--format", "xlsx", "--out", tmp_path / "no" / "t.xlsx", "--db", desk_url)
    assert (ran.code, ran.complains) == (1, True)


@pytest.mark.row("R2")
def test_kpi(run, desk, desk_url) -> None:
    builders.a_complaint(desk)
    ran = run("kpi", "--from", "2026-11-23", "--to", "2026-11-23", "--json", "--db", desk_url)
    told = json.loads(ran.out)
    assert ran.code == 0
    assert set(told) >= {
        *("received", "answered", "answered_within_24h", "answered_within_target", "running", "overdue"),
        *("mean_first_response_seconds", "median_first_response_seconds"),
    }
    assert (told["received"], told["running"], told["mean_first_response_seconds"]) == (1, 1, None)
    measured = {one["code"]: one for one in told["figures"]}
    assert (measured["received"]["value"], measured["service_level"]["formula"]) == (1, "offered")
    ran = run(
        *("kpi", "--from", "2026-11-23", "--to", "2026-11-23", "--by", "operator", "--json", "--db", desk_url)
    )
    parts = [one for one in json.loads(ran.out)["figures"] if one["code"] == "received"]
    assert [(one["name"], one["counted"]) for one in parts] == [("李敏", 1)]
    assert "⟦" not in run("kpi", "--from", "2026-11-23", "--to", "2026-11-23", "--db", desk_url).out
    ran = run("kpi", "--from", "2026-11-23", "--to", "2026-11-22", "--db", desk_url)
    assert (ran.code, ran.complains) == (1, True)


@pytest.mark.row("P2")
def test_init_founds_once(run, database_url, monkeypatch) -> None:
    argv = ["init", "--company", "海棠", "--operator", "limin", "--role", "manager", "--password-stdin"]
    monkeypatch.setattr("sys.stdin", io.StringIO("haitang-1\nrest\n"))
    assert run(*argv, "--db", database_url).code == 0
    again = run(*argv, "--db", database_url)
    assert (again.code, again.complains) == (1, True)
    assert "海棠" in again.err
    desk = open_desk(Config(database_url))
    from deskapp.services.operators import sign_in

    assert sign_in(desk, "limin", "haitang-1").operator.role == "manager"
    desk.store.close()


@sqlite_only
@pytest.mark.parametrize(
    ("password", "role", "code"), [("short", "agent", 1), ("haitang-1", "king", 2), ("", "agent", 1)]
)
def test_init_refuses_what_cannot_be(
    run, database_url, monkeypatch, password: str, role: str, code: int
) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO(password + "\n"))
    argv = ["init", "--company", "海棠", "--operator", "limin", "--role", role, "--password-stdin"]
    ran = run(*argv, "--db", database_url)
    assert (ran.code, ran.complains) == (code, True)


@sqlite_only
def test_init_with_sample_and_migrate(run, database_url, monkeypatch) -> None:
    assert run("migrate", "--db", database_url).code == 0
    monkeypatch.setattr("sys.stdin", io.StringIO("haitang-1\n"))
    argv = [
        "init",
        "--company",
        "海棠",
        "--operator",
        "boss",
        "--role",
        "admin",
        "--password-stdin",
        "--sample",
    ]
    assert run(*argv, "--db", database_url).code == 0
    assert len(json.loads(run("export", "tickets", "--format", "json", "--db", database_url).out)) > 10


@sqlite_only
def test_volume_fills_an_empty_database(run, database_url) -> None:
    assert (
        run("volume", "--clients", 50, "--tickets", 20, "--calls", 20, "--seed", 3, "--db", database_url).code
        == 0
    )
    for noun, least in (("clients", 50), ("tickets", 20), ("calls", 20)):
        told = json.loads(run("export", noun, "--format", "json", "--db", database_url).out)
        assert len(told) >= least, noun


def test_the_environment_names_the_database(run, desk, desk_url, monkeypatch) -> None:
    builders.a_client(desk, "张伟明", "13800138000")
    monkeypatch.setenv("DESKAPP_DATABASE_URL", desk_url)
    assert "张伟明" in run("pop", "13800138000").out
