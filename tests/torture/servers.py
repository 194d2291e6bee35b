"""PostgreSQL servers of a test's own: one that streams to another, and a pooler before one."""

from __future__ import annotations

import os
import pwd
import shutil
import socket
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from tests import postgres

POOLER = shutil.which("pgbouncer")
PATIENCE_S = 20.0


@dataclass(frozen=True)
class Server:
    """One server, its folder and the programs that run it."""

    data: Path
    programs: Path
    account: str | None

    def url(self, database: str = "postgres") -> str:
        """The URL of one of its databases."""
        return f"postgresql+psycopg://postgres@/{database}?host={self.data}"

    def start(self) -> None:
        """Start it and wait until it answers."""
        postgres.control("start", self.data, self.programs, self.account)

    def kill(self) -> None:
        """Let it fall where it stands."""
        postgres.control("stop", self.data, self.programs, self.account)

    def promote(self) -> None:
        """Make a replica the server that is written to."""
        self.run("pg_ctl", "promote", "--wait", "--silent", "--pgdata", self.data)

    def run(self, program: str, *arguments: str | Path) -> None:
        """Run one of its programs as the account it belongs to."""
        postgres.run([self.programs / program, *arguments], self.account)

    def replica(self, data: Path, slot: str) -> Server:
        """Make and start another server that follows this one."""
        made = Server(data, self.programs, self.account)
        data.mkdir(mode=0o700)
        if self.account:
            own(data, self.account)
        self.run(
            "pg_basebackup", f"--host={self.data}", "--username=postgres", "--checkpoint=fast", "--no-sync",
            "--write-recovery-conf", "--create-slot", f"--slot={slot}", f"--pgdata={data}",
        )  # fmt: skip
        with (data / "postgresql.conf").open("a", encoding="utf-8") as conf:
            conf.write(f"unix_socket_directories = '{data}'\n")
        (data / ".s.PGSQL.5432.lock").unlink(
            missing_ok=True
        )  # The first one's: its socket lies among its data.
        made.start()
        return made


@contextmanager
def a_server(folder: Path) -> Iterator[Server]:
    """Lend a server whose data die with the folder."""
    folder.chmod(0o755)
    programs, account = postgres.programs(folder)
    server = Server(folder / "first", programs, account)
    postgres.initialise(server.data, programs, account)
    server.start()
    try:
        yield server
    finally:
        with suppress(postgres.Unavailable):
            server.kill()


@contextmanager
def a_pooler(folder: Path, server: Server, mode: str = "transaction") -> Iterator[Callable[[str], str]]:
    """Lend a pooler before a server: `url(database)` goes through it."""
    assert POOLER is not None
    port, home = free_port(), folder / f"pooler-{mode}"
    home.mkdir(mode=0o755)
    conf = home / "pooler.ini"
    conf.write_text(
        f"[databases]\n* = host={server.data} user=postgres\n[pgbouncer]\nlisten_addr = 127.0.0.1\n"
        f"listen_port = {port}\nunix_socket_dir =\nauth_type = any\npool_mode = {mode}\n"
        f"default_pool_size = 4\nmax_client_conn = 500\nlogfile = {home}/log\npidfile = {home}/pid\n",
        encoding="utf-8",
    )
    account = server.account
    if account:
        own(home, account)
    running = subprocess.Popen(
        [POOLER, "-q", str(conf)],
        stdin=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        user=account,
        group=pwd.getpwnam(account).pw_gid if account else None,
        extra_groups=[] if account else None,
    )
    try:
        until(lambda: answers(port))
        yield lambda database: f"postgresql+psycopg://postgres@127.0.0.1:{port}/{database}"
    finally:
        running.kill()
        running.wait()


def own(path: Path, account: str) -> None:
    """Give a path to an account."""
    found = pwd.getpwnam(account)
    os.chown(path, found.pw_uid, found.pw_gid)


def free_port() -> int:
    """A port nobody listens at."""
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


def answers(port: int) -> bool:
    """Whether somebody listens at a port."""
    with socket.socket() as tried:
        return tried.connect_ex(("127.0.0.1", port)) == 0


def until(true: Callable[[], object]) -> None:
    """Wait for a condition."""
    end = time.monotonic() + PATIENCE_S
    while not true():
        assert time.monotonic() < end, "waited in vain"
        time.sleep(0.02)
