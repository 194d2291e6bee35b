"""Everything into one file and back, between both databases, while others write; files nobody should trust."""

from __future__ import annotations

import gzip
import json
import stat
import threading
from contextlib import contextmanager
from hashlib import sha256

import pytest
from sqlalchemy import text

from deskapp import cli
from deskapp.adapters import backup_file, sealed
from deskapp.clock import StillClock
from deskapp.config import Config
from deskapp.domain.backup import Head, Sums, written
from deskapp.domain.backup import _told as told
from deskapp.domain.errors import RuleBroken
from deskapp.repository import migrate, restoring
from deskapp.repository.migrations import HEAD
from deskapp.repository.work import Store
from deskapp.services import attachments, audit, backups, found, sample
from deskapp.services.operators import system_operator
from deskapp.wiring import open_desk
from tests import builders

pytestmark = pytest.mark.row("P6")
sqlite_only = pytest.mark.parametrize("backend", ["sqlite"], indirect=True)
KEY = b"a key of some length"


def found_sample(url):
    """The sample company, with a file kept with a site."""
    desk = sample.found(
        open_desk(Config(url, desk_dir=builders.own_folder(url)), clock=StillClock(builders.NOW))
    )
    file = builders.own_folder(url) / "site.png"
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 20)
    with desk.read() as work:
        site = work.sites.all()[0]
    attachments.add(desk, "site", site.id, file)
    desk.store.close()


@contextmanager
def at(url):
    desk = open_desk(Config(url, desk_dir=builders.own_folder(url))).signed_in(system_operator())
    try:
        yield desk
    finally:
        desk.store.close()


def contents(desk):
    """Rows and digest of every table, but for what a backup and a restore note of themselves."""
    with desk.store.snapshot() as work:
        return {
            one.table: sorted(map(repr, _told(work, one)))
            for one in work.dump.tables()
            if one.table not in ("audit", "audit_pending", "audit_seals")
        }


def _told(work, columns):
    kinds = [kind for _, kind in columns.columns]
    for row in work.dump.rows(columns):
        yield [told(kind, value) for kind, value in zip(kinds, row, strict=True)]


def restored(url, path, key=b""):
    with_key = lambda: backups.reading(path, key)  # noqa: E731
    store = Store(url)
    try:
        restoring.restore(store, with_key, system_operator(), {"file": path.name})
    finally:
        store.close()


def test_a_company_comes_back_whole_from_one_kind_of_database_to_the_other(
    sqlite_databases, postgres_databases, tmp_path
):
    with sqlite_databases.fresh("sample-kept", found_sample) as first:
        with at(first) as desk:
            done = backups.make(desk, tmp_path / "first", KEY)
            wanted = contents(desk)
        assert done.rows > 1000 and stat.S_IMODE((tmp_path / "first").stat().st_mode) == 0o600
        assert [one.name for one in tmp_path.iterdir()] == ["first"]
    with postgres_databases.fresh() as second, sqlite_databases.fresh() as third:
        for url, path in ((second, "first"), (third, "second")):
            restored(url, tmp_path / path, KEY)
            with at(url) as desk:
                if url == second:
                    backups.make(desk, tmp_path / "second", KEY)
                _check_restored(desk, wanted)


def _check_restored(desk, wanted):
    there = contents(desk)
    assert {name: len(rows) for name, rows in there.items()} == {n: len(r) for n, r in wanted.items()}
    assert there == wanted
    verdict = audit.verify(desk)
    assert verdict.fault is None and verdict.entries > 1000
    assert found.search(desk, "漏水", 5)[1], "full text works after"
    with desk.read() as work:
        kept = work.attachments.all()[-1]
        assert sha256(work.attachments.content(kept.sha256)).hexdigest() == kept.sha256
        last = max(client.id for client in work.clients.all())
    assert builders.a_client(desk, "新来的").client.id == last + 1, "numbers go on behind what was restored"


def test_a_backup_is_one_moment_while_others_write(desk, tmp_path):
    stop, wrote = threading.Event(), []

    def keep_writing():
        while not stop.is_set():
            with desk.write("client.save") as work:
                for name in ("左", "右"):
                    work.settings.put(name, len(wrote))
            wrote.append(1)

    writer = threading.Thread(target=keep_writing)
    writer.start()
    try:
        for turn in range(3):
            backups.make(desk, tmp_path / f"{turn}.backup")
    finally:
        stop.set()
        writer.join()
    assert len(wrote) > 3
    for turn in range(3):
        with backups.reading(tmp_path / f"{turn}.backup") as reading:
            for columns, rows in reading.tables():
                all_rows = list(rows)
                if columns.table == "settings":
                    names = [name for name, _ in columns.columns]
                    told = {
                        dict(zip(names, row, strict=True))["key"]: row[names.index("value")]
                        for row in all_rows
                    }
                    assert told.get("左") == told.get("右")


@pytest.fixture
def made(desk, tmp_path):
    """A plain and a sealed backup of a small company."""
    plain, closed = tmp_path / "plain.backup", tmp_path / "sealed.backup"
    backups.make(desk, plain)
    backups.make(desk, closed, KEY)
    return plain, closed


def code_of(path, key=b""):
    with pytest.raises(RuleBroken) as refused, backups.reading(path, key) as reading:
        reading.read_through()
    return refused.value.code


@sqlite_only
def test_a_sealed_backup_opens_with_its_key_and_unchanged_only(made):
    plain, closed = made
    content = closed.read_bytes()
    assert "海棠".encode() not in content
    with backups.reading(closed, KEY) as reading:
        assert reading.read_through().total > 0
    assert code_of(closed) == "backup.needs_key"
    assert code_of(closed, b"some other key") == "backup.key"
    assert code_of(plain, KEY) == "backup.not_sealed"
    for place in (len(sealed.MAGIC) + 3, len(content) // 2, len(content) - 1):
        closed.write_bytes(content[:place] + bytes([content[place] ^ 1]) + content[place + 1 :])
        assert code_of(closed, KEY) in ("backup.key", "backup.cut")
    for length in (len(sealed.MAGIC) + 5, len(content) - 1):
        closed.write_bytes(content[:length])
        assert code_of(closed, KEY) in ("backup.key", "backup.cut")


@pytest.mark.parametrize("spoil", ["cut", "swapped", "last", "twice"])
def test_pieces_of_a_sealed_file_cannot_be_left_out_or_moved(tmp_path, spoil, monkeypatch):
    monkeypatch.setattr(sealed, "PIECE", 1000)
    path = tmp_path / "s"
    with path.open("wb") as file, sealed.SealedWriter(file, KEY) as writer:
        writer.write(bytes(3500))
    whole, head = path.read_bytes(), len(sealed.MAGIC) + 16
    pieces = [whole[n : n + 1016] for n in range(head, len(whole), 1016)]
    assert len(pieces) == 4
    spoilt = {
        "cut": pieces[:2],
        "swapped": [pieces[0], pieces[2], pieces[1], pieces[3]],
        "last": pieces[:3],
        "twice": [*pieces[:2], pieces[1], *pieces[2:]],
    }[spoil]
    path.write_bytes(whole[:head] + b"".join(spoilt))
    with path.open("rb") as file:
        file.seek(len(sealed.MAGIC))
        with pytest.raises(RuleBroken) as refused:
            sealed.SealedReader(file, KEY).readall()
    assert refused.value.code == "backup.cut"


def respun(path, change):
    """The same backup with its lines changed by hand, and its sums made to fit nothing."""
    lines = gzip.decompress(path.read_bytes()).splitlines(keepends=True)
    path.write_bytes(gzip.compress(b"".join(change(lines))))


@sqlite_only
@pytest.mark.parametrize(
    ("change", "code"),
    [
        (lambda lines: lines[:-1], "backup.damaged"),
        (lambda lines: lines[:-3], "backup.damaged"),
        (lambda lines: [*lines, b"{}\n"], "backup.damaged"),
        (
            lambda lines: [lines[0], b'{"table":"../../etc/passwd","columns":[["id","int"]]}\n'],
            "backup.damaged",
        ),
        (lambda lines: [lines[0], b'{"table":"clients; DROP","columns":[["id","int"]]}\n'], "backup.damaged"),
        (lambda lines: [lines[0], b"[" * 100_000 + b"\n"], "backup.damaged"),
        (lambda lines: [b"[]\n"], "backup.no_backup"),
        (lambda lines: [b"hello\n"], "backup.no_backup"),
        (lambda lines: [lines[0].replace(b'"format":1', b'"format":2'), *lines[1:]], "backup.newer_format"),
        (
            lambda lines: [one.replace("海棠装饰".encode(), "海棠装潢".encode()) for one in lines],
            "backup.damaged",
        ),
        (lambda lines: [bytes(3_000_000)], "backup.too_big"),
    ],
)
def test_a_file_that_was_tampered_with_is_refused(made, change, code):
    path, _ = made
    head = gzip.decompress(path.read_bytes()).splitlines(keepends=True)[0]
    respun(path, lambda lines: [head, *change(lines)[1:]] if code == "backup.damaged" else change(lines))
    assert code_of(path) == code


@sqlite_only
def test_no_file_no_backup_and_a_bomb(made, tmp_path, monkeypatch):
    plain, _ = made
    assert code_of(tmp_path / "none") == "backup.no_file"
    assert code_of(tmp_path) == "backup.file"
    (tmp_path / "text").write_text("hello")
    assert code_of(tmp_path / "text") == "backup.no_backup"
    plain.write_bytes(plain.read_bytes()[:-20])
    assert code_of(plain) in ("backup.cut", "backup.damaged")
    monkeypatch.setattr(backup_file, "LARGE", 100_000)
    head = b'{"deskapp":"backup","format":1,"schema":"0008","company":"","at":"","engine":"","entries":0,'
    head += b'"audit_head":"","audit_fault":""}\n{"table":"x","columns":[["a","int"]]}\n'
    plain.write_bytes(gzip.compress(head + b"[1]\n" * 300_000))
    assert code_of(plain) == "backup.too_big"


def test_what_does_not_fit_leaves_everything_as_it_was(desk, desk_url, made):
    plain, _ = made
    before = contents(desk)
    respun(plain, lambda lines: [one for one in lines if b'"table":"mottos"' not in one])
    with pytest.raises(RuleBroken):
        restored(desk_url, plain)
    assert contents(desk) == before


def test_an_older_structure_is_brought_to_this_one_and_a_newer_refused(databases, tmp_path):
    path = tmp_path / "old.backup"
    with databases.fresh() as url:
        store = Store(url)
        with store.engine.begin() as connection:
            migrate.upgrade(connection, "0005")
            connection.execute(text("INSERT INTO clients (name) VALUES ('老客户')"))
        with store.snapshot() as work:
            tables = ((one, work.dump.rows(one)) for one in work.dump.tables())
            lines = list(written(Head(schema=work.dump.schema()), tables, Sums()))
        store.close()
    path.write_bytes(gzip.compress(b"".join(lines)))
    with databases.fresh() as url:
        restored(url, path)
        with at(url) as desk, desk.read() as work:
            assert [one.name for one in work.clients.all()] == ["老客户"]
            assert work.dump.schema() == HEAD
    head = json.loads(lines[0]) | {"schema": "0999"}
    path.write_bytes(gzip.compress(json.dumps(head).encode() + b"\n" + b"".join(lines[1:])))
    with databases.fresh() as url:
        with pytest.raises(RuleBroken) as refused:
            restored(url, path)
        assert refused.value.code == "backup.newer"


@sqlite_only
def test_the_commands_ask_before_they_replace_and_keep_what_was(
    desk, desk_url, tmp_path, monkeypatch, capsys
):
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("DESKAPP_BACKUP_KEY", KEY.decode())
    file, db = tmp_path / "b", ("--db", desk_url)
    assert cli.main(["backup", str(file), *db]) == 0
    builders.a_client(desk, "后来的")
    assert cli.main(["restore", str(file), *db]) == 1
    assert cli.main(["restore", str(file), "--replace", *db]) == 1
    said = capsys.readouterr().err.splitlines()
    assert len(said) == 2 and "--replace" in said[0] and "--yes" in said[1]
    with desk.read() as work:
        assert [one.name for one in work.clients.all()] == ["后来的"]
    assert cli.main(["restore", str(file), "--replace", "--yes", *db]) == 0
    with desk.read() as work:
        assert work.clients.all() == []
    (kept,) = (tmp_path / "home" / "deskapp").glob("before-restore-*.backup")
    assert cli.main(["restore", str(kept), "--replace", "--yes", *db]) == 0
    with desk.read() as work:
        assert [one.name for one in work.clients.all()] == ["后来的"]
