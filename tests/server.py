"""A PostgreSQL server of a test's own, to be stopped, frozen and started again; it goes with the test."""

from __future__ import annotations

import os
import pwd
import shutil
import signal
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests import postgres


class Server:
    """One server in a folder of its own, reached through a socket in it."""

    def __init__(self, folder: Path, follows: Server | None = None, disk: Path | None = None) -> None:
        self.folder = folder
        self.data = (disk or folder) / ("server" if follows is None else "replica")
        self.frozen = False
        if follows is not None:
            self.programs, self.account = follows.programs, follows.account
            follows.copy_to(self.data)
            return
        self.programs, self.account = postgres.programs(folder)
        postgres.initialise(self.data, self.programs, self.account)
        self.set("synchronous_commit = on")

    def set(self, line: str) -> None:
        """Add a line to its settings, which it reads as it starts."""
        with (self.data / "postgresql.conf").open("a", encoding="utf-8") as conf:
            conf.write(f"{line}\n")

    def copy_to(self, data: Path) -> None:
        """Make the folder of a server that follows this one, which runs."""
        data.mkdir(mode=0o700)
        if self.account:
            os.chown(data, pwd.getpwnam(self.account).pw_uid, pwd.getpwnam(self.account).pw_gid)
        how = ["--checkpoint=fast", "--no-sync", "--write-recovery-conf", "--create-slot", "--slot=replica"]
        postgres.run(
            [self.programs / "pg_basebackup", f"--host={self.data}", "--username=postgres", *how, "-D", data],
            self.account,
        )
        for left in data.glob(".s.PGSQL*"):
            left.unlink()  # The first one's: its socket lies among its data.
        with (data / "postgresql.conf").open("a", encoding="utf-8") as conf:
            conf.write(f"unix_socket_directories = '{data}'\n")

    def promote(self) -> None:
        """Make a replica the server that is written to."""
        command = [self.programs / "pg_ctl", "promote", "--wait", "--silent", "--pgdata", self.data]
        postgres.run(command, self.account)

    def url(self, database: str = "postgres") -> str:
        """The SQLAlchemy URL of a database."""
        return f"postgresql+psycopg://postgres@/{database}?host={self.data}"

    def start(self) -> None:
        """Start it and wait until it answers."""
        postgres.control("start", self.data, self.programs, self.account)

    def stop(self) -> None:
        """Stop it as a power cut would: nobody is told."""
        self.thaw()
        postgres.control("stop", self.data, self.programs, self.account)

    def freeze(self) -> None:
        """Let it say nothing any more, with every connection open."""
        self.frozen = True
        for process in self.processes():
            os.kill(process, signal.SIGSTOP)

    def thaw(self) -> None:
        """Let it go on where it was."""
        if self.frozen:
            self.frozen = False
            for process in self.processes():
                os.kill(process, signal.SIGCONT)

    def processes(self) -> list[int]:
        """The server and all its children, the server first."""
        first = int((self.data / "postmaster.pid").read_text(encoding="utf-8").split()[0])
        children = Path(f"/proc/{first}/task/{first}/children").read_text(encoding="utf-8").split()
        return [first, *map(int, children)]

    @property
    def runs(self) -> bool:
        """Whether it has been started and not stopped."""
        return (self.data / "postmaster.pid").exists()


@contextmanager
def replica_of(server: Server) -> Iterator[Server]:
    """Lend a server that follows another."""
    follower = Server(server.folder, server)
    follower.start()
    try:
        yield follower
    finally:
        if follower.runs:
            follower.stop()


@contextmanager
def own_server(disk: Path | None = None, *settings: str) -> Iterator[Server]:
    """Lend a server that runs, with durability as a real one has; it is gone afterwards. `disk` takes its data."""
    folder = Path(tempfile.mkdtemp(prefix="deskapp-server-", dir=postgres.memory()))
    folder.chmod(0o755)
    server = None
    try:
        server = Server(folder, disk=disk)
        for line in settings:
            server.set(line)
        server.start()
        yield server
    finally:
        if server is not None and server.runs:
            server.stop()
        shutil.rmtree(folder, ignore_errors=True)
