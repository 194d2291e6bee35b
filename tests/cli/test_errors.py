"""What a command says when it cannot, in which language; how it starts and how it is broken off."""

from __future__ import annotations

import os
import signal
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from deskapp import cli
from deskapp.config import Config
from deskapp.wiring import open_desk

ROOT = Path(__file__).parents[2]
DATA = ROOT.parent / "shared" / "data"
needs_data = pytest.mark.skipif(not DATA.is_dir(), reason="the shared sample data is not beside this clone")


def spawn(*argv: object, **options) -> subprocess.CompletedProcess[str]:
    """Run a command as people do."""
    command = [sys.executable, "-m", "deskapp", *map(str, argv)]
    return subprocess.run(
        command, capture_output=True, text=True, encoding="utf-8", cwd=ROOT, timeout=120, **options
    )


@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize(
    ("argv", "code"),
    [
        (["nonsense"], 2),
        (["import", "clients"], 2),
        (["import", "ghosts", "x.csv"], 2),
        (["import", "clients", "/nowhere/x.csv"], 2),
        (["kpi", "--from", "yesterday", "--to", "2026-01-01"], 2),
        (["kpi", "--from", "2026-01-01"], 2),
        (["export", "clients", "--format", "pdf"], 2),
        (["search", "x", "--limit", "-1"], 2),
        (["search", "x", "--js"], 2),
        (["search", "x", "--db", "mysql://u:secret@h/d"], 1),
        (["search", "x", "--db", "not a url"], 1),
        (["search", "x", "--db", "sqlite:////proc/none/x.db"], 1),
        (["search", "x", "--db", "postgresql://u:secret@127.0.0.1:1/d"], 1),
        (["pop", "abc"], 1),
    ],
)
def test_errors_are_one_line_in_the_language_asked_for(
    run, language: str, argv: list[str], code: int
) -> None:
    ran = run(*argv, "--lang", language)
    assert (ran.code, ran.out, ran.complains) == (code, "", True)
    assert "secret" not in ran.err
    assert "⟦" not in ran.err
    chinese = any("\u4e00" <= letter <= "\u9fff" for letter in ran.err)
    assert chinese is (language == "zh")


@pytest.mark.parametrize("language", ["zh", "en"])
def test_help_is_in_the_language_asked_for(run, language: str) -> None:
    commands = ("demo", "init", "migrate", "import", "export", "kpi", "volume", "search", "pop", "screens")
    commands += ("operators", "tick", "watch", "audit")
    ran = run("--help", "--lang", language)
    assert ran.code == 0
    assert all(command in ran.out for command in commands)
    for command in commands:
        ran = run(command, "--lang", language, "--help")
        assert (ran.code, "⟦" in ran.out) == (0, False)
        assert any("\u4e00" <= letter <= "\u9fff" for letter in ran.out) is (language == "zh")


def test_what_nobody_foresaw_is_written_down(run, tmp_path, monkeypatch) -> None:
    def fail(*_: object) -> None:
        raise ZeroDivisionError("secret detail")

    monkeypatch.setattr("deskapp.wiring.open_desk", fail)
    ran = run("search", "x")
    log = tmp_path / "home" / "deskapp" / "errors.log"
    assert (ran.code, ran.complains, "secret detail" in ran.err) == (1, True, False)
    assert str(log) in ran.err
    assert "ZeroDivisionError: secret detail" in log.read_text(encoding="utf-8")
    assert stat.S_IMODE(log.stat().st_mode) == 0o600


def test_the_console_opens_without_a_command(monkeypatch) -> None:
    opened: list[Config] = []
    monkeypatch.setattr("deskapp.app.run_console", lambda config: opened.append(config) or 0)
    assert cli.main([]) == 0
    assert cli.main(["--lang", "en", "--db", "sqlite:///x.db"]) == 0
    assert [(config.url, config.language) for config in opened[1:]] == [("sqlite:///x.db", "en")]
    assert opened[0].url.endswith("home/deskapp/deskapp.db")


def test_demo_opens_on_a_sample_that_is_gone_afterwards(monkeypatch) -> None:
    seen: list[tuple[Config, int]] = []

    def look(config: Config) -> int:
        desk = open_desk(config)
        with desk.read() as work:
            seen.append((config, work.tickets.count_running()))
            assert work.operators.by_login(config.operator) is not None
        desk.store.close()
        return 0

    monkeypatch.setattr("deskapp.app.run_console", look)
    assert cli.main(["demo", "--seed", "5", "--lang", "en"]) == 0
    ((config, running),) = seen
    assert (config.language, running > 0, config.desk_dir.exists()) == ("en", True, False)


@pytest.mark.parametrize("sent", [signal.SIGTERM, signal.SIGHUP])
def test_a_demo_that_is_ended_leaves_nothing(tmp_path, sent: signal.Signals) -> None:
    code = "import deskapp.config as c, sys, time\nwith c.throwaway_dir('d-'):\n print(flush=True); time.sleep(60)"
    env = os.environ | {"TMPDIR": str(tmp_path)}
    command = [sys.executable, "-c", code]
    with subprocess.Popen(command, stdout=subprocess.PIPE, cwd=ROOT, env=env) as process:
        assert process.stdout is not None
        process.stdout.readline()
        assert len(list(tmp_path.glob("d-*"))) == 1
        process.send_signal(sent)
        assert process.wait(30) == -sent
    assert list(tmp_path.glob("d-*")) == []


def test_importing_the_command_line_is_cheap() -> None:
    heavy = ["sqlalchemy", "textual", "pendulum", "alembic", "phonenumbers", "pypinyin", "rich"]
    code = f"import sys, deskapp.cli; print([m for m in {heavy!r} if m in sys.modules])"
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, cwd=ROOT, timeout=60)
    assert ran.stdout.strip() == "[]", ran.stderr


@needs_data
def test_a_broken_pipe_is_quiet(tmp_path) -> None:
    url = f"sqlite:///{tmp_path / 'x.db'}"
    assert (
        spawn(
            "import", "complaints", DATA / "complaints" / "car_complaints_gbk_600.csv", "--db", url
        ).returncode
        == 0
    )
    command = [sys.executable, "-m", "deskapp", "export", "tickets", "--db", url]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, cwd=ROOT) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        process.stdout.read(10)
        process.stdout.close()
        assert process.stderr.read() == b""
        process.wait(60)


def test_ctrl_c_is_quiet(monkeypatch, capfd) -> None:
    def interrupt(*_: object) -> None:
        os.kill(os.getpid(), signal.SIGINT)

    monkeypatch.setattr("deskapp.wiring.open_desk", interrupt)
    before = signal.signal(signal.SIGINT, signal.default_int_handler)  # A run in the background ignores it.
    try:
        assert cli.main(["search", "x"]) == 130
    finally:
        signal.signal(signal.SIGINT, before)
    assert capfd.readouterr() == ("", "")


def test_bytes_that_are_no_text_and_a_narrow_terminal(tmp_path) -> None:
    env = os.environ | {"PYTHONIOENCODING": "gbk", "XDG_DATA_HOME": str(tmp_path)}
    ran = subprocess.run(
        [sys.executable, "-m", "deskapp", "search", b"\xff\xfe"],
        capture_output=True,
        cwd=ROOT,
        timeout=60,
        env=env,
    )
    assert (ran.returncode, ran.stderr) == (0, b"")
    assert ran.stdout.decode("gbk")
