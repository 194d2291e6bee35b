"""Ways in without a console: the rights of the command line, what it leaves in the trail, what a sign-in costs."""

import argparse
import csv
import io
import zipfile
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from deskapp import cli
from deskapp.cli import main
from deskapp.domain.errors import RuleBroken
from deskapp.papers import table
from deskapp.services import backups, exports, operators
from tests import builders
from tests.hostile import examples

sqlite_only = pytest.mark.parametrize("backend", ["sqlite"], indirect=True)
RIGHT_OF = {
    "import": "import.run",
    "export": "export.run",
    "erase": "client.erase",
    "retention": "retention.run",
    "backup": "backup.make",
    "operators add": "operator.save",
    "operators disable": "operator.save",
    "operators reset": "operator.save",
    "init": "the first start: only an empty database is founded",
    "restore": "who may write the database file, or has the server's password, could do worse by hand",
    "migrate": "the same structure every console brings a database to when it opens it",
    "tick": "what every console does by itself, and no more",
    "watch": "what every console does by itself, and no more",
    "listen": "what a console does that listens to the telephone system",
    "serve": "opens consoles, each of which asks who is there",
    "demo": "a database of its own that is gone afterwards",
    "volume": "founds a company or adds made-up records: for trials, by who owns the database",
    "screens": "reads no database",
    "kpi": "reads counts",
    "paper": "reads what every operator may read",
    "search": "reads what every operator may read",
    "pop": "reads what every operator may read",
    "operators list": "reads names and roles, no hashes",
    "audit verify": "reads; says whether the trail is whole",
}
"""Each command and the right it is checked for, or why it needs none: whoever runs one is the account of this machine,
which owns the database file or knows the server's password, and stands as `cli:name` in the audit trail."""


def commands(parser, before=""):
    for action in parser._actions:
        if isinstance(action, argparse._SubParsersAction):
            for name, sub in action.choices.items():
                inner = list(commands(sub, f"{before}{name} "))
                yield from inner or [f"{before}{name}"]


def test_every_command_has_its_right_or_a_reason():
    assert set(commands(cli._parser())) == set(RIGHT_OF)


@pytest.mark.row("P2")
@sqlite_only
@pytest.mark.parametrize("role", ["agent", "quality", "manager", "director"])
def test_commands_are_refused_below_the_screens_to_whoever_has_no_right(
    desk, tmp_path, role, monkeypatch, capsys
):
    """Should the account of a machine ever have a role, commands keep to it: nothing in them goes round the desk."""
    client = builders.a_client(desk).client.id
    monkeypatch.setattr(
        operators,
        "system_operator",
        lambda: replace(desk.operator, id=None, login="x", name="cli:x", role=role),
    )
    from deskapp.domain.operator import may

    sheet = tmp_path / "a.csv"
    sheet.write_text("姓名,电话\n张三,13800138000\n", encoding="utf-8")
    tries = {
        "export.run": ["export", "clients", "--out", str(tmp_path / "out.csv")],
        "import.run": ["import", "clients", str(sheet)],
        "backup.make": ["backup", str(tmp_path / "all.backup")],
        "client.erase": ["erase", str(client), "--reason", "本人要求"],
        "operator.save": ["operators", "disable", builders.AGENT],
    }
    for right, argv in tries.items():
        code = main(["--db", desk.store.url, *argv])
        assert (code == 0) is may(role, right), (right, capsys.readouterr())


@pytest.mark.row("P2")
@sqlite_only
def test_who_took_everything_out_stands_in_the_trail(desk, tmp_path):
    builders.a_client(desk)
    exports.export(desk, "clients", "csv", tmp_path / "all.csv")
    with desk.store.engine.connect() as connection:
        told = connection.exec_driver_sql("SELECT act, who, changes FROM audit WHERE noun = 'export'").one()
    assert told[:2] == ("export.run:run", desk.operator.name)
    assert "all.csv" in told[2]


@pytest.mark.row("P2")
@sqlite_only
def test_a_sign_in_costs_one_hash_whoever_is_named(desk, monkeypatch):
    from argon2 import PasswordHasher, low_level

    computed = []
    for name in ("hash_secret", "verify_secret"):
        real = getattr(low_level, name)
        counted = lambda *given, real=real, **named: computed.append(1) or real(*given, **named)  # noqa: E731
        monkeypatch.setattr(low_level, name, counted)
        monkeypatch.setitem(PasswordHasher.hash.__globals__, name, counted)
    operators.add(desk, "away", "走了", "agent", "secret-away")
    operators.disable(desk, "away")
    for login, password in (
        *((builders.AGENT, "wrong"), ("nobody", "wrong"), ("away", "secret-away"), ("away", "wrong")),
        *((builders.AGENT.upper(), "错"), ("a\0b\ud800", "\ud800"), ("x" * 100_000, "y" * 100_000)),
    ):
        computed.clear()
        with pytest.raises(RuleBroken, match=r"operator\.wrong"):
            operators.sign_in(desk, login, password)
        assert len(computed) == 1, login[:20]


@pytest.mark.row("P2")
def test_what_no_database_holds_is_no_crash_at_any_door(desk):
    for text in (
        "a\0b",
        "\ud800x",
        "#\ud800",
        "\udfff" * 70,
        "%",
        "_\\",
        '" OR "a*',
        "NEAR(a b)",
        "-x",
        "a" * 100_000,
    ):
        with desk.read() as work:
            work.search.client_ids(text)
            work.search.tickets(text)
            assert work.operators.by_login(text) is None
        if set(text) & set("\0\ud800\udfff") or len(text) > 64:
            with pytest.raises(RuleBroken, match=r"operator\.login"):
                operators.add(desk, text, "x", "agent", "secret-1")
        client = builders.a_client(desk, "张三", note=text[:500])
        assert "\0" not in client.client.note or client.client.note == text


FORMULA = st.tuples(
    st.sampled_from(["=", "+", "-", "@", "\t", "\r", "\n", "＝", " =", "\x00="]), st.text(max_size=20)
).map("".join)


@given(st.lists(FORMULA | st.text(max_size=20), min_size=1, max_size=5))
@examples(60)
def test_no_cell_of_a_csv_is_a_formula(words):
    stream = io.BytesIO()
    table.write_csv(["a"] * len(words), [{"a": word} for word in words], stream)
    rows = list(csv.reader(io.StringIO(stream.getvalue().decode("utf-8-sig"), newline="")))
    for row in rows[1:]:
        for cell in row:
            assert not cell.startswith(("=", "+", "-", "@", "\t", "\r", "\n", "\x00"))


@given(st.lists(FORMULA | st.text(max_size=20), min_size=1, max_size=5))
@examples(15)
def test_no_cell_of_a_workbook_is_a_formula_or_a_link(tmp_path_factory, words):
    path = tmp_path_factory.getbasetemp() / "out.xlsx"
    links = [*words, "http://127.0.0.1:9/", "file:///etc/passwd", "=cmd|'/c calc'!A1", "mailto:a@b.c"]
    table.write_xlsx(["a"], [{"a": word} for word in links], path, "x")
    with zipfile.ZipFile(path) as parts:
        sheet = parts.read("xl/worksheets/sheet1.xml")
        names = parts.namelist()
    assert b"<f>" not in sheet
    assert b"<hyperlink" not in sheet
    assert not [name for name in names if "externalLink" in name or name.endswith("sheet1.xml.rels")]


@given(
    st.binary(max_size=200),
    st.sampled_from([b"", b"\x1f\x8b", b"\x1f\x8b\x08\x00", b"deskapp-sealed-1\n"]),
    st.booleans(),
)
@examples(40)
def test_no_file_is_taken_for_a_backup(tmp_path_factory, content, head, keyed):
    path = tmp_path_factory.getbasetemp() / "any.backup"
    path.write_bytes(head + content)
    with (
        pytest.raises(RuleBroken, match="backup"),
        backups.reading(path, b"long enough" if keyed else b"") as reading,
    ):
        reading.read_through()


ARGUMENT = st.sampled_from(
    [
        "import",
        "export",
        "clients",
        "--db",
        "sqlite:///",
        "--lang",
        "en",
        "--out",
        "--format",
        "xlsx",
        "-1",
        "--",
        "",
        "=",
        "search",
        "pop",
        "\x1b[31m",
        "\u202e",
        "\udcff",
        "9" * 5000,
        "kpi",
        "--from",
        "2026-13-01",
        "paper",
        "--period",
        "0000-W99",
        "erase",
        "x" * 300,
        "%s{0}",
        "@/etc/passwd",
    ]
)


@given(st.lists(ARGUMENT, min_size=1, max_size=6))
@examples(25)
def test_any_arguments_are_understood_or_refused_in_words(argv):
    """No trace, nothing that steers the terminal; no command gets at a database."""
    import contextlib
    import os

    said = io.StringIO()
    told = io.StringIO()
    os.environ["DESKAPP_DATABASE_URL"] = "sqlite:////dev/null/no.db"
    try:
        with contextlib.redirect_stdout(said), contextlib.redirect_stderr(told):
            code = main([*argv, "--nonsense"])
    finally:
        del os.environ["DESKAPP_DATABASE_URL"]
    assert code in (1, 2)
    words = said.getvalue() + told.getvalue()
    assert "Traceback" not in words
    assert not set(words) & {"\x1b", "\u202e", "\udcff", "\x00"}
