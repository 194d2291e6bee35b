"""Accounts and the audit trail from the command line (row P2)."""

from __future__ import annotations

import io
import json
import sqlite3
import sys

import pytest
from sqlalchemy import text

from deskapp.repository.instants import to_micros
from deskapp.services import calls, operators
from tests import builders

pytestmark = [pytest.mark.row("P2"), pytest.mark.parametrize("backend", ["sqlite"], indirect=True)]


@pytest.fixture
def typed(monkeypatch):
    """Give the next command a line on standard input."""
    return lambda line: monkeypatch.setattr(sys, "stdin", io.StringIO(line + "\n"))


def test_an_account_is_opened_listed_and_taken_out_of_use(run, typed, desk, desk_url) -> None:
    typed("haitang-2")
    ran = run(
        *("operators", "add", "wang", "--name", "王芳", "--role", "quality", "--password-stdin"),
        *("--db", desk_url),
    )
    assert (ran.code, ran.err, "wang" in ran.out) == (0, "", True)
    assert operators.sign_in(desk, "wang", "haitang-2").operator.name == "王芳"
    listed = json.loads(run("operators", "list", "--json", "--db", desk_url).out)
    assert ("wang", "王芳", "quality", True) in [
        (one["login"], one["name"], one["role"], one["active"]) for one in listed
    ]
    assert "password" not in json.dumps(listed)
    assert run("operators", "disable", "WANG", "--db", desk_url).code == 0
    ran = run("operators", "list", "--db", desk_url)
    assert [line for line in ran.out.splitlines() if line.startswith("wang") and "已停用" in line]
    with pytest.raises(operators.RuleBroken, match=r"operator\.wrong"):
        operators.sign_in(desk, "wang", "haitang-2")


def test_a_new_password_is_set(run, typed, desk, desk_url) -> None:
    typed("haitang-3")
    assert run("operators", "reset", builders.AGENT, "--password-stdin", "--db", desk_url).code == 0
    assert operators.sign_in(desk, builders.AGENT, "haitang-3").operator.login == builders.AGENT


@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize(
    ("argv", "code"),
    [
        (["disable", builders.ADMIN], 1),
        (["disable", "nobody"], 1),
        (["reset", "nobody", "--password-stdin"], 1),
        (["reset", builders.AGENT, "--password-stdin"], 1),
        (["add", builders.AGENT, "--name", "x", "--role", "agent", "--password-stdin"], 1),
        (["add", "x", "--name", "x", "--role", "agent"], 2),
        (["add", "x", "--name", "x", "--role", "king", "--password-stdin"], 2),
        (["add", "x"], 2),
        (["disable"], 2),
        ([], 2),
    ],
)
def test_what_is_refused_is_told_in_one_line(run, typed, desk_url, argv, code, language) -> None:
    typed("haitang-4" if "add" in argv else "123")
    ran = run("operators", *argv, "--db", desk_url, "--lang", language)
    assert (ran.code, ran.out, ran.complains) == (code, "", True)
    assert "⟦" not in ran.err
    chinese = any("\u4e00" <= letter <= "\u9fff" for letter in ran.err)
    assert chinese is (language == "zh")


def test_the_trail_is_verified(run, desk, desk_url) -> None:
    builders.a_client(desk, "张伟明")
    ran = run("audit", "verify", "--json", "--db", desk_url)
    told = json.loads(ran.out)
    assert (ran.code, told["entries"] > 0, len(told["head"]), told["fault"]) == (0, True, 64, None)
    ran = run("audit", "verify", "--db", desk_url)
    assert (ran.code, ran.err, told["head"] in ran.out) == (0, "", True)


def test_the_trails_first_fault_is_named_in_both_languages(run, desk_url, desk) -> None:
    with desk.store.engine.begin() as connection:
        connection.execute(text("DROP TRIGGER audit_no_delete"))
    assert run("audit", "verify", "--db", desk_url).code == 0
    with desk.store.engine.begin() as connection:
        connection.execute(text("DELETE FROM audit WHERE id = 3"))
    for language, words in (("zh", "第 3 条"), ("en", "entry 3")):
        ran = run("--lang", language, "audit", "verify", "--db", desk_url)
        assert ran.code == 1 and words in ran.err and "Traceback" not in ran.err
    assert json.loads(run("audit", "verify", "--json", "--db", desk_url).out)["fault"]["code"] == "removed"


@pytest.mark.row("C2")
def test_a_tick_gives_back_what_dead_desks_hold_and_does_it_once(run, desk_url, desk, clock) -> None:
    clock.at = clock.at.subtract(years=6)
    calls.ring(desk, "13800138000")
    held = calls.take_next(desk)
    ran = run("tick", "--json", "--db", desk_url)
    assert (ran.code, ran.err, json.loads(ran.out)["released"]) == (0, "", 1)
    ran = run("tick", "--db", desk_url)
    assert (ran.code, ran.out) == (0, "没有到时的事\n")
    assert calls.take_next(desk).id == held.id


@pytest.mark.parametrize("language", ["zh", "en"])
def test_a_trail_that_was_touched_is_told_by_its_first_fault(run, desk, desk_url, language) -> None:
    client = builders.a_client(desk, "张伟明").client
    run("tick", "--db", desk_url)
    with sqlite3.connect(desk_url.removeprefix("sqlite:///")) as raw:
        for (name,) in raw.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall():
            raw.execute(f"DROP TRIGGER {name}")
        raw.execute(
            "UPDATE audit SET who = 'x' WHERE noun = 'client' AND record_id = ? AND id = "
            "(SELECT max(id) FROM audit WHERE noun = 'client')",
            (client.id,),
        )
    ran = run("audit", "verify", "--db", desk_url, "--lang", language)
    assert (ran.code, ran.out, ran.complains, f"client {client.id}" in ran.err) == (1, "", True, True)
    ran = run("audit", "verify", "--json", "--db", desk_url, "--lang", language)
    fault = json.loads(ran.out)["fault"]
    assert (ran.code, fault["code"], fault["noun"], fault["record_id"]) == (1, "changed", "client", client.id)


@pytest.mark.row("P6")
def test_what_would_go_is_said_before_it_goes(run, desk, desk_url) -> None:
    calls.ring(desk, "13711112222")
    with desk.store.engine.begin() as connection:
        statement = text("UPDATE calls SET state = 'abandoned', ended_at = :a")
        connection.execute(statement, {"a": to_micros(desk.store.database_clock.now().subtract(years=3))})
    would = run("retention", "--dry-run", "--db", desk_url)
    assert would.code == 0 and "陌生来电的号码与备注: 保留 730 天,今天可清 1 条" in would.out
    assert "操作日志: 保留 永久" in would.out
    gone = run("retention", "--db", desk_url)
    assert gone.code == 0 and "陌生来电的号码与备注: 已清 1 条" in gone.out and "共 1 条" in gone.out
    assert "今天可清 1 条" not in run("retention", "--dry-run", "--db", desk_url).out
