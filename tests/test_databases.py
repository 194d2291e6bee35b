"""The databases that tests are given: fresh, real, apart from each other, and gone afterwards."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import psycopg
import pytest
from hypothesis import settings
from sqlalchemy import create_engine, text
from sqlalchemy.pool import NullPool

from tests import postgres


def run(url: str, *statements: str) -> list[tuple]:
    """Run statements in one transaction; the rows of the last."""
    with create_engine(url, poolclass=NullPool).begin() as connection:
        for statement in statements:
            result = connection.execute(text(statement))
        return [tuple(row) for row in result] if result.returns_rows else []


@pytest.mark.parametrize("round_", [1, 2])
def test_every_test_gets_an_empty_database(database_url: str, round_: int) -> None:
    run(database_url, "CREATE TABLE note (words TEXT)", "INSERT INTO note VALUES ('张伟明')")
    assert run(database_url, "SELECT words FROM note") == [("张伟明",)]


def test_the_url_names_the_backend(database_url: str, backend: str) -> None:
    assert create_engine(database_url).dialect.name == backend


def test_a_template_is_built_once_and_copied(template_database) -> None:
    built = []

    def build(url: str) -> None:
        built.append(url)
        left_open = create_engine(url).connect()
        left_open.execute(text("CREATE TABLE note (words TEXT)"))
        left_open.execute(text("INSERT INTO note VALUES ('old')"))
        left_open.commit()
        left_open.close()

    key = f"{os.getpid()}-once"
    first, second = template_database(key, build), template_database(key, build)
    run(first, "INSERT INTO note VALUES ('new')")
    assert len(built) == 1
    assert run(first, "SELECT words FROM note ORDER BY words") == [("new",), ("old",)]
    assert run(second, "SELECT words FROM note") == [("old",)]


def test_what_killed_runs_left_is_removed_and_nothing_else(tmp_path) -> None:
    for name in ("dead", "alive", "young"):
        folder = tmp_path / f"{postgres.PREFIX}{name}"
        folder.mkdir()
        (folder / "run.lock").touch()
        if name != "young":
            os.utime(folder, (0, 0))
    with postgres.locked(tmp_path / f"{postgres.PREFIX}alive" / "run.lock"):
        os.utime(tmp_path / f"{postgres.PREFIX}alive", (0, 0))
        postgres.sweep(tmp_path)
    left = {folder.name.removeprefix(postgres.PREFIX) for folder in tmp_path.iterdir()}
    assert left == {"alive", "young"}


@pytest.mark.parametrize("backend", ["postgresql"], indirect=True)
def test_a_database_in_use_is_dropped_all_the_same(databases, postgres_url: str) -> None:
    with databases.fresh() as url:
        forgotten = psycopg.connect(url.replace("+psycopg", ""))
    name = url.rpartition("/")[0].rpartition("/")[2]
    assert name not in [row[0] for row in run(postgres_url, "SELECT datname FROM pg_database")]
    forgotten.close()


def test_the_server_forgets_on_power_loss_and_keeps_its_own_zone(postgres_url: str) -> None:
    assert run(postgres_url, "SHOW fsync") == [("off",)]
    assert run(postgres_url, "SHOW timezone") == [("Asia/Shanghai",)]


def test_the_server_goes_with_its_run_even_when_killed(postgres_url: str) -> None:
    """A run of its own, killed the hard way: the kernel drops its lock, its keeper stops the server."""
    held = "from tests import postgres; folder, lock = postgres.hold(); postgres.url_of(folder)"
    dying = subprocess.Popen(
        [sys.executable, "-c", f"{held}; print(folder, flush=True); input()"],
        cwd=Path(__file__).parents[1],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert dying.stdout is not None
    folder = Path(dying.stdout.readline().strip())
    client = psycopg.connect(f"postgresql://postgres@/postgres?host={folder / 'server'}")
    dying.send_signal(signal.SIGKILL)
    dying.communicate()
    with postgres.locked(folder / "keeper.lock"):
        assert not folder.exists()
        with pytest.raises(psycopg.OperationalError):
            client.execute("SELECT 1")
    client.close()


def test_a_missing_server_says_why(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(postgres, "_start_keeper", lambda folder: "initdb: no space left")
    for _ in range(2):
        with pytest.raises(postgres.Unavailable, match="no space left"):
            postgres.url_of(tmp_path)


def test_property_tests_have_no_deadline() -> None:
    assert settings().deadline is None
