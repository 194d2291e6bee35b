"""A database file that is damaged: one clear line, and a backup put in its place (row P6)."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from deskapp.config import Config
from deskapp.domain.errors import StorageFailed
from deskapp.wiring import open_desk
from tests import builders

pytestmark = [
    pytest.mark.row("P6"),
    pytest.mark.parametrize("backend", ["sqlite"], indirect=True),
]
PAGE = 4096


def cut(whole: bytes) -> bytes:
    return whole[: len(whole) // 2]


def stub(whole: bytes) -> bytes:
    return whole[: PAGE + 904]


def noise(whole: bytes) -> bytes:
    return os.urandom(len(whole) // 8)


def holes(whole: bytes) -> bytes:
    """Every third page after the schema's is noise."""
    pages = [whole[at : at + PAGE] for at in range(0, len(whole), PAGE)]
    return b"".join(os.urandom(PAGE) if n > 30 and n % 3 == 0 else page for n, page in enumerate(pages))


def look_through(url: str, folder: Path) -> None:
    with open_desk(Config(url, desk_dir=folder)).read() as work:
        list(work.tickets.all())
        list(work.clients.all())
        work.audit.verify()


@pytest.mark.parametrize("damage", [cut, stub, noise, holes])
def test_it_says_so_and_a_backup_takes_its_place(desk, run, tmp_path, damage, monkeypatch) -> None:
    ticket = builders.a_complaint(desk, builders.a_client(desk, "张伟明"))
    file = Path(desk.store.engine.url.database)
    url = f"sqlite:///{file}"
    backup = tmp_path / "monday.backup"
    assert run("backup", backup, "--db", url).code == 0
    desk.store.engine.dispose()
    bad = damage(file.read_bytes())
    for part in file.parent.glob(f"{file.name}*"):
        part.unlink()
    file.write_bytes(bad)

    with pytest.raises(StorageFailed) as failed:
        look_through(url, tmp_path / "desk")
    assert failed.value.code == "storage.damaged"

    refused = run("restore", backup, "--db", url)
    assert refused.code == 1
    done = run("restore", backup, "--db", url, "--replace", "--yes")
    assert done.code == 0, done.err
    with builders.open_at(url).read() as work:
        assert [one.number for one in work.tickets.all()] == [ticket.number]
    assert "damaged-" in done.out
