"""PgBouncer before a server of a test's own."""

from __future__ import annotations

import os
import pwd
import shutil
import socket
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from tests.server import Server

POOLER = shutil.which("pgbouncer")
PATIENCE_S = 20.0


@contextmanager
def a_pooler(server: Server, mode: str = "transaction") -> Iterator[Callable[[str], str]]:
    """Lend a pooler before a server: `url(database)` goes through it."""
    assert POOLER is not None
    port, home = free_port(), server.folder / f"pooler-{mode}"
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
        os.chown(home, pwd.getpwnam(account).pw_uid, pwd.getpwnam(account).pw_gid)
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
