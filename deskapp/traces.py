"""What nobody foresaw is written down with its trace beside the desk's drafts, so that somebody can mend it."""

from __future__ import annotations

import logging
import os
import traceback
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

from deskapp.config import data_dir

NAME = "errors.log"
MOST_BYTES = 1_000_000
"""Past that what was written is set aside as errors.log.1, and what had been set aside goes."""


def write_down(error: BaseException, folder: Path | None = None) -> str:
    """Append an error's trace to the desk's log; return where, or why not."""
    return _append("".join(traceback.format_exception(error)), folder)


def told(error: BaseException, folder: Path | None = None) -> str:
    """Say an error in one line; one nobody foresaw is written down, and the line says where."""
    from deskapp.i18n import say
    from deskapp.i18n.errors import in_words, is_foreseen

    words = in_words(error)
    return words if is_foreseen(error) else say("cli.failed", what=words, where=write_down(error, folder))


def _append(words: str, folder: Path | None) -> str:
    path = (folder or data_dir()) / NAME
    try:
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        if path.exists() and path.stat().st_size > MOST_BYTES:
            path.replace(path.with_name(f"{NAME}.1"))
        with open(os.open(path, os.O_CREAT | os.O_APPEND | os.O_WRONLY, 0o600), "a", encoding="utf-8") as log:
            log.write(f"{datetime.now(UTC).isoformat()}\n{words.rstrip()}\n\n")
    except OSError as refused:
        return f"{path}: {refused.strerror}"
    return str(path)


@contextmanager
def kept_in(folder: Path) -> Iterator[None]:
    """Keep what the program's threads log meanwhile in a desk's folder."""
    traces = Traces(folder)
    logging.getLogger("deskapp").addHandler(traces)
    try:
        yield
    finally:
        logging.getLogger("deskapp").removeHandler(traces)


class Traces(logging.Handler):
    """Writes what the program's threads log there too: a console has no standard error to show it on."""

    def __init__(self, folder: Path) -> None:
        super().__init__(logging.ERROR)
        self.folder = folder

    def emit(self, record: logging.LogRecord) -> None:
        """Append one line and its trace."""
        _append(self.format(record), self.folder)
