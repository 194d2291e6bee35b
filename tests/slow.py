"""A network that takes its time: what goes to a server and back passes through here, as late as is asked."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

PORT = ".s.PGSQL.5432"


class Wire:
    """Between a folder clients connect to and a server's folder; `late_s` is how late each answer comes."""

    def __init__(self, folder: Path, server: Path) -> None:
        self.folder, self.late_s = folder, 0.0
        self._to = str(server / PORT)
        self._listener = socket.socket(socket.AF_UNIX)
        self._listener.bind(str(folder / PORT))
        self._listener.listen(64)
        threading.Thread(target=self._accept, daemon=True).start()

    def _accept(self) -> None:
        with suppress(OSError):
            while True:
                near, _ = self._listener.accept()
                far = socket.socket(socket.AF_UNIX)
                try:
                    far.connect(self._to)
                except OSError:
                    near.close()
                    continue
                for source, sink, answers in ((near, far, False), (far, near, True)):
                    threading.Thread(target=self._pass_on, args=(source, sink, answers), daemon=True).start()

    def _pass_on(self, source: socket.socket, sink: socket.socket, answers: bool) -> None:
        with suppress(OSError):
            while piece := source.recv(2**16):
                if answers and self.late_s:
                    time.sleep(self.late_s)
                sink.sendall(piece)
        for one in (source, sink):
            with suppress(OSError):
                one.shutdown(socket.SHUT_RDWR)

    def close(self) -> None:
        """Take no more connections."""
        self._listener.close()


@contextmanager
def wire_to(server: Path, folder: Path) -> Iterator[Wire]:
    """Lend a way to a server that can be made slow."""
    folder.mkdir()
    wire = Wire(folder, server)
    try:
        yield wire
    finally:
        wire.late_s = 0.0
        wire.close()
