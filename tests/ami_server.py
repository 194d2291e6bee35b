"""A manager interface for tests: a real socket that signs in, plays recorded bytes, and misbehaves when told."""

from __future__ import annotations

import hashlib
import socket
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).parent / "adapters" / "ami"
SECRET = "desk-secret"


def recorded(name: str) -> list[tuple[float, bytes]]:
    """A recording, packet by packet, each with the second it came at."""
    packets = (FOLDER / f"{name}.raw").read_bytes().split(b"\r\n\r\n")[:-1]
    times = (FOLDER / f"{name}.times").read_text().split()
    return [(float(at), raw + b"\r\n\r\n") for raw, at in zip(packets, times, strict=True)]


def whole(name: str) -> bytes:
    """All bytes of a recording."""
    return b"".join(raw for _, raw in recorded(name))


def until(true: Callable[[], Any], what: str = "", patience_s: float = 15.0) -> None:
    """Wait until something is true, looking every few milliseconds."""
    end = time.monotonic() + patience_s
    while not true():
        if time.monotonic() > end:
            raise AssertionError(f"never came true: {what}")
        threading.Event().wait(0.005)


class AmiServer:
    """One manager on a port of the loopback; `stop` and `start` restart it on the same port."""

    def __init__(self, secret: str = SECRET, *, challenge: bool = True) -> None:
        self.secret, self.challenge = secret, challenge
        self.silent = False
        """Whether it takes what is sent and says nothing any more, the connection standing."""
        self.actions: list[dict[str, str]] = []
        self.listing: list[dict[str, str]] = []
        """QueueEntry and CoreShowChannel packets of its own list."""
        self.uptime = 1000
        self.port = 0
        self._open: list[socket.socket] = []
        self._signed: list[socket.socket] = []
        self._lock = threading.Lock()
        self.start()

    def start(self) -> None:
        """Answer at the port."""
        self._server = socket.create_server(("127.0.0.1", self.port), reuse_port=False)
        self.port = self._server.getsockname()[1]
        threading.Thread(target=self._accept, args=(self._server,), daemon=True).start()

    def stop(self) -> None:
        """Go away: every connection is cut, new ones are refused."""
        with suppress(OSError):
            self._server.shutdown(socket.SHUT_RDWR)
        self._server.close()
        for one in self._open:
            with suppress(OSError):
                one.shutdown(socket.SHUT_RDWR)
            one.close()
        self._open, self._signed = [], []

    @property
    def signed_in(self) -> int:
        """How many connections have signed in."""
        return len(self._signed)

    def asked(self, action: str) -> list[dict[str, str]]:
        """What was asked of it by that name."""
        return [one for one in self.actions if one.get("Action") == action]

    def play(self, data: bytes, size: int = 1448) -> None:
        """Send bytes to all who have signed in, in pieces of a size."""
        with self._lock:
            for at in range(0, len(data), size):
                for one in list(self._signed):
                    with suppress(OSError):
                        one.sendall(data[at : at + size])

    def _accept(self, server: socket.socket) -> None:
        while True:
            try:
                opened, _ = server.accept()
            except OSError:
                return
            opened.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            self._open.append(opened)
            threading.Thread(target=self._serve, args=(opened,), daemon=True).start()

    def _serve(self, opened: socket.socket) -> None:
        with suppress(OSError):
            opened.sendall(b"Asterisk Call Manager/11.0.0\r\n")
            for action in _actions(opened):
                self.actions.append(action)
                if not self.silent:
                    with self._lock:
                        self._answer(opened, action)

    def _answer(self, opened: socket.socket, action: dict[str, str]) -> None:
        name, ident = action.get("Action", ""), action.get("ActionID", "")

        def say(*fields: tuple[str, str]) -> None:
            lines = "".join(f"{key}: {value}\r\n" for key, value in fields)
            opened.sendall(f"{lines}\r\n".encode())

        def well(*more: tuple[str, str]) -> None:
            say(("Response", "Success"), ("ActionID", ident), *more)

        if name == "Challenge":
            well(("Challenge", "123456")) if self.challenge else say(
                ("Response", "Error"), ("ActionID", ident)
            )
        elif name == "Login":
            key = hashlib.md5(f"123456{self.secret}".encode()).hexdigest()
            if self.secret not in (action.get("Secret"),) and action.get("Key") != key:
                say(("Response", "Error"), ("ActionID", ident), ("Message", "Authentication failed"))
                opened.shutdown(socket.SHUT_RDWR)
                return
            well(("Message", "Authentication accepted"))
            say(("Event", "FullyBooted"), ("Uptime", str(self.uptime)), ("Status", "Fully Booted"))
            if action.get("Events") != "off":
                self._signed.append(opened)
        elif name in ("QueueStatus", "CoreShowChannels"):
            well()
            event, end = (
                ("QueueEntry", "QueueStatusComplete")
                if name == "QueueStatus"
                else ("CoreShowChannel", "CoreShowChannelsComplete")
            )
            for one in self.listing:
                if one["Event"] == event:
                    say(*one.items(), ("ActionID", ident))
            say(("Event", end), ("ActionID", ident))
        else:
            well()


def _actions(opened: socket.socket) -> Iterator[dict[str, str]]:
    rest = b""
    while piece := opened.recv(65_536):
        *whole_ones, rest = (rest + piece).split(b"\r\n\r\n")
        for one in whole_ones:
            lines: Iterable[str] = one.decode().split("\r\n")
            yield dict(line.split(": ", 1) for line in lines if ": " in line)


@contextmanager
def serving(**told: Any) -> Iterator[AmiServer]:
    """A manager for as long as a test lasts."""
    server = AmiServer(**told)
    try:
        yield server
    finally:
        server.stop()
