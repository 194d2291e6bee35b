"""`deskapp watch` and `deskapp tick`: done without a screen, ended by a signal, never stopped by what is wrong (T6)."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from contextlib import contextmanager
from pathlib import Path
from threading import Event, Timer

import pytest

from deskapp.cli_watch import Watch
from deskapp.cli_watch import run as watch_until
from deskapp.config import Config
from tests import builders
from tests.away import away

pytestmark = pytest.mark.row("T6", "C2")
SQLITE = pytest.mark.parametrize("backend", ["sqlite"], indirect=True)


@contextmanager
def watching(url: str, folder: Path, *more: str):
    """A watch in a process of its own; killed when a test fails before it has ended."""
    command = [sys.executable, "-m", "deskapp", "watch", "--db", url, "--every", "0.2", *more]
    home = os.environ | {"XDG_DATA_HOME": str(folder), "DESKAPP_KEYRING": "0", "PYTHONUNBUFFERED": "1"}
    pipe = subprocess.PIPE
    process = subprocess.Popen(command, stdout=pipe, stderr=pipe, text=True, encoding="utf-8", env=home)
    try:
        yield process
    finally:
        process.kill()
        process.wait()


def reached(desk, ticket) -> int:
    with desk.read() as work:
        return len(work.escalations.of(ticket.id))


@pytest.mark.parametrize("ends", [signal.SIGTERM, signal.SIGINT])
def test_it_tells_what_came_and_ends_when_told(desk, desk_url, clock, tmp_path, ends) -> None:
    clock.at = clock.at.subtract(years=1)
    ticket = builders.a_complaint(desk, department_id=builders.a_department(desk).id)
    with watching(desk_url, tmp_path) as process:
        first = process.stdout.readline()
        assert "开始守候:海棠装饰" in first
        lines = [process.stdout.readline()]
        while "升级上报 2 次" not in lines[-1]:
            lines.append(process.stdout.readline())
            assert lines[-1], f"it ended by itself: {lines} {process.stderr.read()}"
        process.send_signal(ends)
        out, err = process.communicate(timeout=60)
    assert (process.returncode, err) == (0, "")
    assert "升级上报" not in out and out.rstrip().endswith("守候结束")
    assert reached(desk, ticket) == 9


def test_a_database_that_is_away_from_the_start_is_said_once_and_waited_for(tmp_path) -> None:
    nowhere = "postgresql+psycopg://nobody@127.0.0.1:1/nothing"
    with watching(nowhere, tmp_path, "--lang", "en") as process:
        said = process.stderr.readline()
        assert "⟦" not in said and "Traceback" not in said
        process.send_signal(signal.SIGTERM)
        out, err = process.communicate(timeout=60)
    assert (process.returncode, err) == (0, "")
    assert "watch ended" in out


@SQLITE
def test_gone_for_a_while_it_is_said_once_and_it_goes_on(desk_url, desk, clock, capsys, tmp_path) -> None:
    clock.at = clock.at.subtract(years=1)
    watch = Watch(Config(desk_url, desk_dir=tmp_path), Event())
    watch.once()
    with away(watch.desk):
        watch.once()
        watch.once()
    said = capsys.readouterr()
    assert said.err.count("\n") == 1
    ticket = builders.a_complaint(desk)
    watch.once()
    assert "已恢复" in (out := capsys.readouterr().out) and "升级上报 2 次" in out
    watch.once()
    assert capsys.readouterr().out == ""
    assert reached(desk, ticket) == 9
    watch.close()


@SQLITE
def test_what_nobody_foresaw_is_written_down_and_it_goes_on(desk_url, capsys, monkeypatch, tmp_path) -> None:
    def fails(_desk: object) -> None:
        raise ZeroDivisionError("secret")

    monkeypatch.setattr("deskapp.services.tick.tick", fails)
    stop = Event()
    Timer(0.5, stop.set).start()
    assert watch_until(Config(desk_url, desk_dir=tmp_path), 0.01, stop) == 0
    said = capsys.readouterr()
    log = tmp_path / "home" / "deskapp" / "errors.log"
    assert said.err.count("\n") == 1 and str(log) in said.err and "secret" not in said.err
    assert "ZeroDivisionError" in log.read_text(encoding="utf-8")


@SQLITE
def test_a_tick_says_what_it_did(run, desk, desk_url, clock) -> None:
    clock.at = clock.at.subtract(years=1)
    builders.a_complaint(desk)
    assert "升级上报 2 次" in run("tick", "--db", desk_url).out.splitlines()
    assert json.loads(run("tick", "--json", "--db", desk_url).out)["escalated"] == 0


@SQLITE
@pytest.mark.parametrize("every", ["0", "x", "nan", "-1", "99999"])
def test_an_impossible_rhythm_is_refused(run, desk_url, every) -> None:
    ran = run("watch", "--db", desk_url, f"--every={every}")
    assert (ran.code, ran.out, ran.complains) == (2, "", True)


@SQLITE
def test_what_the_outside_refuses_is_said_when_it_begins(desk_url, capsys, monkeypatch, tmp_path) -> None:
    from deskapp.services.mail import Mailed
    from deskapp.services.tick import Ticked

    came = iter(
        [*[Ticked(mailed=Mailed(error="refused"))] * 3, Ticked(), Ticked(mailed=Mailed(error="refused"))]
    )
    monkeypatch.setattr("deskapp.services.tick.tick", lambda _desk: next(came))
    watch = Watch(Config(desk_url, desk_dir=tmp_path), Event())
    for _ in range(5):
        watch.once()
    assert capsys.readouterr().out.count("refused") == 2
    watch.close()


@SQLITE
@pytest.mark.row("C5")
def test_it_listens_for_the_telephone_as_the_settings_say(desk_url, desk, capsys, tmp_path) -> None:
    from deskapp.domain.outside import Cti
    from deskapp.services import outside

    watch = Watch(Config(desk_url, desk_dir=tmp_path), Event())
    watch.once()
    outside.save_outside(desk, Cti(on=True, port=_free_port()))
    watch.once()
    assert capsys.readouterr().out.count("\n") == 2, "begun, and that the token is not set"
    outside.keep_secret(watch.desk, "cti_token", "a-token-of-its-own")
    watch.once()
    assert watch.ears[0].on
    watch.close()
    assert not watch.ears[0].on
    assert "a-token" not in capsys.readouterr().out


def _free_port() -> int:
    import socket

    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@SQLITE
@pytest.mark.row("C6")
def test_what_is_wrong_with_the_mail_is_said_in_words(desk, desk_url, capsys, tmp_path, monkeypatch) -> None:
    from deskapp.services import outside
    from tests.mail_servers import mail_at

    monkeypatch.setenv("DESKAPP_KEYRING", "0")
    monkeypatch.setenv("DESKAPP_IMAP_PASSWORD", "geheim-77")
    outside.save_outside(desk, mail_at(imap=_free_port()))
    watch = Watch(Config(desk_url, desk_dir=tmp_path), Event())
    watch.once()
    said = capsys.readouterr().out
    assert "邮件:" in said and "mail." not in said and "127.0.0.1" in said and "geheim" not in said
    watch.close()


@SQLITE
@pytest.mark.row("N1")
@pytest.mark.filterwarnings("ignore:'imghdr' is deprecated")
def test_notices_no_service_takes_are_said(desk, desk_url, clock, capsys, tmp_path, monkeypatch) -> None:
    from deskapp.domain.outside import Notices
    from deskapp.services import outside, post

    monkeypatch.setenv("DESKAPP_KEYRING", "0")
    monkeypatch.setenv("DESKAPP_NOTICE_URL_WECOM", f"json://127.0.0.1:{_free_port()}/tok3n-secret")
    clock.at = clock.at.subtract(years=1)
    outside.save_outside(desk, Notices(on=True))
    post.send_due(desk)
    builders.a_complaint(desk, responsible_id=builders.a_member(desk, "赵刚", channel="wecom").id)
    watch = Watch(Config(desk_url, desk_dir=tmp_path), Event())
    watch.once()
    watch.once()
    said = capsys.readouterr().out
    assert said.count("通知暂时发不出 1 条") >= 1 and "tok3n" not in said
    watch.close()
