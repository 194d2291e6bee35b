"""Real mail servers for tests, on loopback: pymap for IMAP in a process of its own, aiosmtpd for SMTP in a thread."""

from __future__ import annotations

import imaplib
import socket
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email import message_from_bytes
from email.message import Message
from typing import Any

from aiosmtpd.controller import Controller
from pendulum import DateTime

from deskapp.domain.outside import Mail
from tests.builders import NOW

USER, PASSWORD = "kefu", "haitang-1"
OWN = "kefu@haitang.example"
STARTS_WITHIN_S = 30
RUN_PYMAP = """
from pymap.main import main
from pysasl.hashing import BuiltinHash
BuiltinHash.__init__.__kwdefaults__["rounds"] = 1  # Half a million of them at each sign-in were felt.
main()
"""


def free_port() -> int:
    """A port of the loopback nobody listens on."""
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1])


@dataclass
class ImapServer:
    """A running IMAP server and the ways a test changes what is in it."""

    port: int

    @contextmanager
    def session(self) -> Iterator[imaplib.IMAP4]:
        """A session of the mailbox's owner."""
        client = imaplib.IMAP4("127.0.0.1", self.port, timeout=STARTS_WITHIN_S)
        client.login(USER, PASSWORD)
        try:
            yield client
        finally:
            client.logout()

    def put(self, *letters: bytes, folder: str = "INBOX", at: DateTime | None = None) -> None:
        """Letters arrive: two minutes before the desks' clock stands, unless told otherwise."""
        when = imaplib.Time2Internaldate((at or NOW.subtract(minutes=2)).timestamp())
        with self.session() as client:
            for letter in letters:
                assert client.append(folder, "()", when, letter)[0] == "OK"

    def count(self, folder: str = "INBOX") -> int:
        """How many letters lie in a folder."""
        with self.session() as client:
            return int(client.select(folder, readonly=True)[1][0] or b"0")

    def unseen(self, folder: str = "INBOX") -> int:
        """How many of them nobody has marked as read."""
        with self.session() as client:
            client.select(folder, readonly=True)
            return len(client.search(None, "UNSEEN")[1][0].split())

    def renew(self, folder: str) -> None:
        """Make a folder anew, so that the server counts anew in it."""
        with self.session() as client:
            client.delete(folder)
            assert client.create(folder)[0] == "OK"


@contextmanager
def imap_server() -> Iterator[ImapServer]:
    """A mailbox on the loopback, gone when the test is."""
    port = free_port()
    command = [
        sys.executable,
        "-c",
        RUN_PYMAP,
        "--no-service",
        "managesieve",
        "--no-service",
        "admin",
    ]
    command += ["--host", "127.0.0.1", "--port", str(port), "--no-tls", "dict", "--demo-data"]
    process = subprocess.Popen(
        [*command, "--demo-user", USER, "--demo-password", PASSWORD],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
    )
    try:
        _await(port, process)
        server = ImapServer(port)
        with server.session() as client:
            client.select("INBOX")
            client.store("1:*", "+FLAGS", "\\Deleted")
            client.expunge()
        yield server
    finally:
        process.terminate()
        process.communicate(timeout=STARTS_WITHIN_S)


def _await(port: int, process: subprocess.Popen[bytes]) -> None:
    """Wait until somebody answers there."""
    gone = threading.Event()
    for _ in range(STARTS_WITHIN_S * 20):
        if process.poll() is not None:
            raise AssertionError((process.stderr.read() if process.stderr else b"").decode())
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
            return
        except OSError:
            gone.wait(0.05)
    raise AssertionError("the IMAP server does not answer")


@dataclass
class SmtpServer:
    """A running SMTP server: what it took, and what it says next."""

    port: int = 0
    taken: list[Message] = field(default_factory=list)
    says: list[str] = field(default_factory=list)
    """Answers to the next letters instead of yes; "drop" hangs up in the middle of one."""
    to_recipient: list[str] = field(default_factory=list)
    """Answers to the next recipients instead of yes."""
    on_taken: Callable[[Message], None] | None = None
    dropped: int = 0

    async def handle_RCPT(self, server: Any, session: Any, envelope: Any, address: str, options: Any) -> str:  # noqa: N802
        """Take a recipient, or say what the test wants."""
        if self.to_recipient:
            return self.to_recipient.pop(0)
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:  # noqa: N802
        """Take a letter, or say what the test wants."""
        said = self.says.pop(0) if self.says else ""
        if said == "drop":
            self.dropped += 1
            server.transport.abort()
            return "451 gone"
        if said:
            return said
        letter = message_from_bytes(envelope.content)
        self.taken.append(letter)
        if self.on_taken is not None:
            self.on_taken(letter)
        return "250 taken"


@contextmanager
def smtp_server(port: int = 0) -> Iterator[SmtpServer]:
    """A mail server on the loopback that keeps what it takes, perhaps at a port nobody listened on until now."""
    server = SmtpServer()
    controller = Controller(server, hostname="127.0.0.1", port=port or free_port())
    try:
        controller.start()
        server.port = controller.port
        yield server
    finally:
        controller.stop()


def mail_at(imap: int = 0, smtp: int = 0, **fields: Any) -> Mail:
    """Settings that lead to these servers."""
    values: dict[str, Any] = {"on": True, "sender": OWN, "imap_tls": "none", "smtp_tls": "none"}
    if imap:
        values |= {"imap_host": "127.0.0.1", "imap_port": imap, "imap_user": USER}
    if smtp:
        values |= {"smtp_host": "127.0.0.1", "smtp_port": smtp}
    return Mail(**(values | fields))
