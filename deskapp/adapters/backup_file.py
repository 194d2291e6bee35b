"""A backup's lines as a file: packed, sealed if there is a key, whole or not there; read back line by line."""

from __future__ import annotations

import gzip
import io
import os
import zlib
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from secrets import token_hex
from typing import IO

from deskapp.adapters import sealed
from deskapp.domain.backup import MOST_HEAD, MOST_LINE
from deskapp.domain.errors import RuleBroken

_GZIP = b"\x1f\x8b"
MOST_RATIO = 300
"""What unpacks to more than this many times its size, and to more than LARGE, is a bomb."""
LARGE = 64 * 1024 * 1024


@contextmanager
def beside(path: Path) -> Iterator[Path]:
    """Lend a new private file beside `path`, to be put in its place at a clean end and taken away otherwise."""
    path = path.absolute()
    part = path.with_name(f".{path.name[:80]}.{token_hex(4)}.part")
    try:
        os.close(os.open(part, os.O_CREAT | os.O_EXCL | os.O_RDWR, 0o600))
        try:
            yield part
            os.replace(part, path)
            _keep_folder(path.parent)
        finally:
            part.unlink(missing_ok=True)
    except OSError as error:
        raise RuleBroken("backup.file", file=path.name, why=error.strerror or str(error)) from error


def _keep_folder(folder: Path) -> None:
    """Let the new name outlive a power cut, where folders can be synced."""
    if os.name == "posix":
        opened = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(opened)
        finally:
            os.close(opened)


def write(path: Path, lines: Iterable[bytes], key: bytes) -> None:
    """Write a backup's lines into a file that is there already."""
    with path.open("wb") as file:
        stream: IO[bytes] = file
        if key:
            stream = sealed.SealedWriter(file, key)  # type: ignore[assignment]
        with (
            gzip.GzipFile(filename="", fileobj=stream, mode="wb", compresslevel=6, mtime=0) as packed,
            io.BufferedWriter(packed, 1024 * 1024) as held,
        ):
            held.writelines(lines)
        if key:
            stream.close()
        file.flush()
        os.fsync(file.fileno())


@contextmanager
def opened(path: Path, key: bytes) -> Iterator[Iterator[bytes]]:
    """Lend the lines of a backup; whatever is wrong with the file is a RuleBroken in one line."""
    try:
        with path.open("rb") as file:
            yield _lines(_clear(file, key), path.stat().st_size)
    except FileNotFoundError:
        raise RuleBroken("backup.no_file", file=path.name) from None
    except (zlib.error, EOFError, gzip.BadGzipFile):
        raise RuleBroken("backup.cut") from None
    except OSError as error:
        raise RuleBroken("backup.file", file=path.name, why=error.strerror or str(error)) from error


def _clear(file: IO[bytes], key: bytes) -> IO[bytes]:
    """The packed bytes of a backup, opened with its key if it is sealed."""
    start = file.read(len(sealed.MAGIC))
    if start == sealed.MAGIC:
        if not key:
            raise RuleBroken("backup.needs_key")
        return io.BufferedReader(sealed.SealedReader(file, key), sealed.PIECE)
    if not start.startswith(_GZIP):
        raise RuleBroken("backup.no_backup")
    if key:
        raise RuleBroken("backup.not_sealed")
    file.seek(0)
    return file


def _lines(packed: IO[bytes], size: int) -> Iterator[bytes]:
    unpacked, most = 0, MOST_HEAD
    with gzip.GzipFile(fileobj=packed, mode="rb") as stream:
        while line := stream.readline(most):
            unpacked += len(line)
            too_long = len(line) == most and not line.endswith(b"\n")
            if too_long or (unpacked > LARGE and unpacked > MOST_RATIO * size):
                raise RuleBroken("backup.too_big")
            yield line
            most = MOST_LINE
