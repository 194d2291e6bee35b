"""Mail servers that follow a script on loopback: they hang up, fall silent, lie or talk nonsense where a test says."""

from __future__ import annotations

import re
import socket
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field

WITHIN_S = 30


class HangUp(Exception):
    """The line is cut here."""


@dataclass
class ScriptedImap:
    """A mailbox in memory; `says` answers a command its own way: by its name, given the tag and what was heard."""

    letters: dict[int, bytes] = field(default_factory=dict)
    """By uid."""
    validity: int = 1
    says: dict[str, Callable[[bytes, bytes], bytes | None]] = field(default_factory=dict)
    """SEARCH, FETCH, SELECT, LOGIN …: what goes over the wire instead; None ends it, HangUp cuts the line."""
    greeting: bytes = b"* OK ready\r\n"
    heard: list[bytes] = field(default_factory=list)
    port: int = 0

    def answer(self, line: bytes) -> bytes | None:
        """What it says to one command."""
        self.heard.append(line)
        tag, _, rest = line.partition(b" ")
        words = rest.upper().split()
        if not rest.isascii() or not words:
            return b"* BAD what?\r\n"
        name = words[1] if words[:1] == [b"UID"] else words[0]
        own = self.says.get(name.decode("ascii"))
        return own(tag, rest) if own is not None else self.plain(name.decode("ascii"), tag, rest)

    def plain(self, name: str, tag: bytes, rest: bytes) -> bytes:
        """What an honest server says."""
        said = b""
        if name == "CAPABILITY":
            said = b"* CAPABILITY IMAP4rev1\r\n"
        elif name in ("SELECT", "EXAMINE"):
            said = b"* %d EXISTS\r\n* OK [UIDVALIDITY %d] x\r\n" % (len(self.letters), self.validity)
        elif name == "SEARCH":
            lowest = int((re.search(rb"UID (\d+):", rest) or [b"", b"1"])[1])
            found = [uid for uid in sorted(self.letters) if uid >= lowest] or sorted(self.letters)[-1:]
            said = b"* SEARCH %s\r\n" % b" ".join(b"%d" % uid for uid in found)
        elif name == "FETCH":
            said = self.fetched(int(rest.split()[2]), rest)
        elif name == "LOGOUT":
            said = b"* BYE\r\n"
        return said + tag + b" OK done\r\n"

    def fetched(self, uid: int, rest: bytes) -> bytes:
        """A letter, its size or its head, as it goes over the wire."""
        letter = self.letters.get(uid)
        if letter is None:
            return b""
        if b"RFC822.SIZE" in rest:
            when = b'INTERNALDATE "23-Nov-2026 01:40:10 +0000"'
            return b"* 1 FETCH (UID %d RFC822.SIZE %d %s)\r\n" % (uid, len(letter), when)
        if b"HEADER" in rest:
            letter = letter.partition(b"\r\n\r\n")[0] + b"\r\n\r\n"
        return b"* 1 FETCH (UID %d BODY[] {%d}\r\n%s)\r\n" % (uid, len(letter), letter)


@dataclass
class ScriptedSmtp:
    """A mail server that keeps what it hears; `says` answers a command its own way, "." ends a letter."""

    says: dict[str, bytes] = field(default_factory=dict)
    """EHLO, MAIL, RCPT, DATA, "." …: what is said instead; b"" hangs up."""
    silent: set[str] = field(default_factory=set)
    """Commands nothing is ever said to."""
    deaf: set[str] = field(default_factory=set)
    """Commands it hangs up after having answered."""
    swallows_yes: bool = False
    """Take a letter and hang up before saying so."""
    taken: list[bytes] = field(default_factory=list)
    port: int = 0

    def plain(self) -> Mapping[str, bytes]:
        """What an honest server says."""
        return {"DATA": b"354 go on\r\n", "QUIT": b"221 bye\r\n", "": b"220 ready\r\n"}


@contextmanager
def imap_following(server: ScriptedImap) -> Iterator[ScriptedImap]:
    """Let it listen."""

    def talk(connection: socket.socket) -> None:
        connection.sendall(server.greeting)
        heard = connection.makefile("rb")
        while line := heard.readline():
            if (said := server.answer(line.rstrip(b"\r\n"))) is None:
                _hear_out(connection)
                return
            connection.sendall(said)

    with _listening(talk) as server.port:
        yield server


@contextmanager
def smtp_following(server: ScriptedSmtp) -> Iterator[ScriptedSmtp]:
    """Let it listen."""

    def talk(connection: socket.socket) -> None:
        heard = connection.makefile("rb")
        name, letter, within = "", b"", False
        while True:
            if name in server.silent:
                _hear_out(connection)
                return
            said = server.says.get(name, server.plain().get(name, b"250 OK\r\n"))
            if name == "." and said.startswith(b"250"):
                server.taken.append(letter)
                if server.swallows_yes:
                    return
            if said == b"":
                return
            connection.sendall(said)
            if name in server.deaf:
                return
            within, letter = said.startswith(b"354"), b""
            while within and (line := heard.readline()) != b".\r\n":
                letter += line
                if not line:
                    return
            name = "." if within else heard.readline()[:4].decode("ascii", "replace").strip().upper()
            if not name:
                return

    with _listening(talk) as server.port:
        yield server


def _hear_out(connection: socket.socket) -> None:
    """Say nothing more until the other side has had enough."""
    connection.settimeout(WITHIN_S)
    while connection.recv(4096):
        pass


@contextmanager
def _listening(talk: Callable[[socket.socket], None]) -> Iterator[int]:
    """One visitor after the other, each heard to the end."""
    listener, over = socket.create_server(("127.0.0.1", 0)), threading.Event()

    def hear() -> None:
        while not over.is_set():
            try:
                connection, _ = listener.accept()
            except OSError:
                return
            with connection, suppress(OSError, HangUp):
                talk(connection)

    thread = threading.Thread(target=hear, daemon=True)
    thread.start()
    try:
        yield listener.getsockname()[1]
    finally:
        over.set()
        listener.shutdown(socket.SHUT_RDWR)
        listener.close()
        thread.join(WITHIN_S)
