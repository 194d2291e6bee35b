"""A terminal with no emulator in between: a program in a pseudo-terminal, its bytes, and when they came."""

from __future__ import annotations

import contextlib
import fcntl
import os
import pty
import select
import signal
import struct
import sys
import termios
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Self

ROOT = Path(__file__).parents[2]
KEYS = {
    "enter": b"\r",
    "tab": b"\t",
    "esc": b"\x1b",
    "backspace": b"\x7f",
    "f2": b"\x1bOQ",
    "f3": b"\x1bOR",
    "f4": b"\x1bOS",
    "f5": b"\x1b[15~",
    "f10": b"\x1b[21~",
    "f12": b"\x1b[24~",
    "backtab": b"\x1b[Z",
    "pagedown": b"\x1b[6~",
    "home": b"\x1b[H",
    "end": b"\x1b[F",
}
PATIENCE_S = 60.0


class NotShown(Exception):
    """What was waited for did not come."""


class Terminal:
    """One program on a terminal of its own."""

    def __init__(self, call: str, *arguments: str, size: tuple[int, int] = (120, 40)) -> None:
        """Run `tests.bench.apps.call(*arguments)` in a fresh interpreter, with bytecode as installed."""
        code = f"from tests.bench import apps; apps.{call}(*{list(arguments)!r})"
        argv = [sys.executable, "-c", code]
        self.begun = time.perf_counter()
        self.pid, self.fd = pty.fork()
        if self.pid == 0:
            _become(argv)
        columns, rows = size
        fcntl.ioctl(self.fd, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))
        self.seen = bytearray()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def send(self, *keys: str) -> float:
        """Press keys (names of KEYS, anything else as it is); return when."""
        data = b"".join(KEYS.get(key) or key.encode() for key in keys)
        self.drain()
        self.seen.clear()
        at = time.perf_counter()
        os.write(self.fd, data)
        return at

    def press(self, *keys: str, shows: str | Callable[[bytes], bool]) -> float:
        """Press keys and return the seconds until the terminal is sent what is asked."""
        return self.wait(shows, since=self.send(*keys))

    def wait(
        self,
        shows: str | Callable[[bytes], bool],
        *,
        since: float | None = None,
        patience: float = PATIENCE_S,
    ) -> float:
        """The seconds from `since` (default: the start) until bytes with `shows` have come."""
        since = self.begun if since is None else since
        wanted = shows.encode() if isinstance(shows, str) else None
        until = time.perf_counter() + patience
        looked = 0
        while True:
            if wanted is None:
                found = shows(bytes(self.seen))  # type: ignore[operator]
            else:
                found = self.seen.find(wanted, max(0, looked - len(wanted))) >= 0
                looked = len(self.seen)
            if found:
                return time.perf_counter() - since
            left = until - time.perf_counter()
            if left <= 0 or not self._read(left):
                raise NotShown(f"not shown in {patience} s: {shows!r}; {bytes(self.seen[-400:])!r}")

    def _read(self, seconds: float) -> bool:
        """Read what comes within a time; False when the program is gone or nothing came."""
        ready, _, _ = select.select([self.fd], [], [], seconds)
        if not ready:
            return False
        try:
            data = os.read(self.fd, 65536)
        except OSError:
            return False
        self.seen += data
        return bool(data)

    def drain(self) -> None:
        """Read what is there."""
        while self._read(0):
            pass

    def settle(self, quiet: float = 0.15, limit: float = 5.0) -> None:
        """Read until nothing has come for `quiet` seconds."""
        end = time.perf_counter() + limit
        while time.perf_counter() < end and self._read(quiet):
            pass

    def idle(self, seconds: float) -> None:
        """Let time pass, reading what comes."""
        end = time.perf_counter() + seconds
        while (left := end - time.perf_counter()) > 0:
            self._read(left)

    def cpu(self) -> float:
        """Seconds of processor time all its threads have used."""
        total = 0
        for task in Path(f"/proc/{self.pid}/task").iterdir():
            with contextlib.suppress(FileNotFoundError, ProcessLookupError):
                total += int((task / "schedstat").read_text().split()[0])
        return total / 1e9

    def memory(self) -> float:
        """Bytes in memory that no other process shares, and its part of the shared ones."""
        for line in Path(f"/proc/{self.pid}/smaps_rollup").read_text().splitlines():
            if line.startswith("Pss:"):
                return int(line.split()[1]) * 1024.0
        raise ProcessLookupError(self.pid)

    def close(self) -> None:
        """End the program."""
        with contextlib.suppress(ProcessLookupError):
            os.kill(self.pid, signal.SIGKILL)
        with contextlib.suppress(ChildProcessError):
            os.waitpid(self.pid, 0)
        os.close(self.fd)


def _become(argv: Sequence[str]) -> None:
    try:
        os.chdir(ROOT)
        os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
        os.environ.update(
            TERM="xterm-256color",
            COLORTERM="truecolor",
            LANG="C.UTF-8",
            LC_ALL="C.UTF-8",
            PYTHONPATH=str(ROOT),
        )
        os.execv(argv[0], argv)
    finally:
        os._exit(127)


def compile_all() -> None:
    """Compile the program, the floors and what both stand on: bytecode on every side of a ratio."""
    import compileall
    import sysconfig

    for folder in (ROOT / "deskapp", ROOT / "tests" / "bench", Path(sysconfig.get_paths()["purelib"])):
        compileall.compile_dir(folder, quiet=2, workers=0, maxlevels=20)
