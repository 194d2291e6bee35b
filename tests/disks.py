"""A disk small enough to be filled: real, and gone with the test. Only root may mount one."""

from __future__ import annotations

import os
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest


class Disk:
    """A file system of its own, which a test may fill to the last byte and make room on."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._ballast = folder / "ballast"

    def fill(self) -> None:
        """Leave no room at all."""
        with self._ballast.open("ab", buffering=0) as file:
            for size in (2**20, 4096, 1):
                while self._takes(file, bytes(size)):
                    pass

    def _takes(self, file: object, data: bytes) -> bool:
        try:
            return file.write(data) == len(data)  # type: ignore[attr-defined, no-any-return]
        except OSError:
            return False

    def clear(self) -> None:
        """Make room again."""
        self._ballast.unlink(missing_ok=True)


@contextmanager
def small_disk(megabytes: int) -> Iterator[Disk]:
    """Lend a small disk; skips the test, loudly, where nobody may mount one."""
    if os.geteuid() != 0:
        pytest.skip("only root may mount a small disk to be filled")
    folder = Path(tempfile.mkdtemp(prefix="deskapp-disk-"))
    folder.chmod(0o755)
    command = ["mount", "-t", "tmpfs", "-o", f"size={megabytes}m,mode=755", "tmpfs", str(folder)]
    try:
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        if done.returncode:
            pytest.skip(f"no small disk could be mounted: {done.stderr.strip()}")
        try:
            yield Disk(folder)
        finally:
            subprocess.run(["umount", "--lazy", str(folder)], check=False)
    finally:
        folder.rmdir()
