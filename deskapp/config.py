"""Where this desk keeps its files and which database it opens; from arguments, environment and the platform."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path


def data_dir() -> Path:
    """The user's data directory: database and drafts."""
    from platformdirs import user_data_path

    return user_data_path("deskapp", appauthor=False)


@contextmanager
def throwaway_dir(prefix: str) -> Iterator[Path]:
    """Lend a folder that is gone afterwards, also when the terminal is closed or the program is told to end."""
    import shutil
    import signal
    import tempfile

    with tempfile.TemporaryDirectory(prefix=prefix, ignore_cleanup_errors=True) as folder:

        def end(number: int, _frame: object) -> None:
            shutil.rmtree(folder, ignore_errors=True)
            signal.signal(number, signal.SIG_DFL)
            os.kill(os.getpid(), number)

        told = [getattr(signal, name) for name in ("SIGTERM", "SIGHUP") if hasattr(signal, name)]
        before = {number: signal.signal(number, end) for number in told}
        try:
            yield Path(folder)
        finally:
            for number, handler in before.items():
                signal.signal(number, handler)


def default_url() -> str:
    """DESKAPP_DATABASE_URL, or SQLite in the user's data directory."""
    return os.environ.get("DESKAPP_DATABASE_URL") or f"sqlite:///{data_dir() / 'deskapp.db'}"


@dataclass(frozen=True, slots=True)
class Config:
    """What one run of the program was told."""

    url: str = field(default_factory=default_url)
    language: str = ""
    desk_dir: Path = field(default_factory=data_dir)
    operator: str = ""
    reports_url: str = field(default_factory=lambda: os.environ.get("DESKAPP_REPORTS_URL", ""))
    """A copy of the database that reports are read from; it is never written to."""
    listen_url: str = field(default_factory=lambda: os.environ.get("DESKAPP_LISTEN_URL", ""))
    """A way to the same server past a pooler that lets nobody listen."""
