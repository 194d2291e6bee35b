"""A messaging service for tests, on loopback: it takes notices over HTTP, keeps what it got, answers as it is told."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

CUT_OFF = 0
"""Answered so, the line is cut."""


class Receiver:
    """A server that takes notices: what it got, and what it answers next."""

    def __init__(self, port: int = 0) -> None:
        self.got: list[dict[str, Any]] = []
        self.keys: list[str] = []
        self.paths: list[str] = []
        self.asked = 0
        """How often anybody came, whatever was answered."""
        self.answer = 200
        self.body = b""
        self.gate: threading.Event | None = None
        """What it waits for before it answers."""
        self.after: Callable[[], None] | None = None
        """What happens when it has taken one, before its yes."""
        self._lock = threading.Lock()
        self._server = ThreadingHTTPServer(("127.0.0.1", port), self._handler())
        self.port = self._server.server_port
        self.url = f"json://127.0.0.1:{self.port}/tok3n-secret/{{phone}}/"
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        got = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:  # noqa: N802
                got._came(self)

            def log_message(self, *_: Any) -> None:
                """Say nothing."""

        return Handler

    def _came(self, asking: BaseHTTPRequestHandler) -> None:
        content = asking.rfile.read(int(asking.headers["Content-Length"]))
        if self.gate is not None:
            self.gate.wait(20)
        with self._lock:
            self.asked += 1
            if self.answer == 200:
                self.got.append(json.loads(content))
                self.keys.append(asking.headers.get("Idempotency-Key", ""))
                self.paths.append(asking.path)
        if self.after is not None:
            self.after()
        if self.answer == CUT_OFF:
            asking.connection.close()
            return
        asking.send_response(self.answer)
        asking.send_header("Content-Length", str(len(self.body)))
        asking.end_headers()
        asking.wfile.write(self.body)

    def close(self) -> None:
        """Serve no more."""
        self._server.shutdown()
        self._server.server_close()


@contextmanager
def a_receiver(port: int = 0) -> Iterator[Receiver]:
    """A receiver, gone when the test is."""
    one = Receiver(port)
    try:
        yield one
    finally:
        one.close()
