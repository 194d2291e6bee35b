"""A mailbox over the wire: read and never changed; a server that lies, falls silent or hangs up is said to."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace

import pytest

from deskapp.adapters import imap
from deskapp.domain.mail import MailFailed
from tests.builders import NOW
from tests.mail_servers import PASSWORD, ImapServer, imap_server, mail_at

pytestmark = pytest.mark.row("C6")
LETTER = b"From: a@b.cn\r\nSubject: x\r\n\r\nhello\r\n"


@pytest.fixture(scope="module")
def server() -> Iterator[ImapServer]:
    with imap_server() as one:
        yield one


def test_what_is_new_is_read_and_nothing_is_changed(server: ImapServer) -> None:
    server.renew("new")
    server.put(LETTER, LETTER, folder="new", at=NOW)
    with imap.opened(mail_at(imap=server.port, folder="new"), PASSWORD) as box:
        first, second = box.uids(0)
        assert box.uids(first) == [second]
        assert box.uids(second) == [], "the server repeats the last for n:*"
        assert box.uids(0, NOW.add(days=2).date()) == []
        assert box.uids(0, NOW.subtract(days=1).date()) == [first, second]
        whole, head = box.fetch(first, 1000), box.fetch(second, 10)
        assert whole is not None
        assert head is not None
        assert (whole.content, whole.whole, whole.at) == (LETTER, True, NOW)
        assert (b"hello" in head.content, head.whole) == (False, False)
        assert box.fetch(second + 1, 1000) is None
    assert server.unseen("new") == 2


def test_a_folder_made_anew_counts_anew(server: ImapServer) -> None:
    settings = mail_at(imap=server.port, folder="again")
    server.renew("again")
    with imap.opened(settings, PASSWORD) as box:
        before = box.validity
    server.renew("again")
    with imap.opened(settings, PASSWORD) as box:
        assert box.validity != before


def test_a_wrong_password_is_said_and_not_repeated(server: ImapServer) -> None:
    with pytest.raises(MailFailed) as caught, imap.opened(mail_at(imap=server.port), "geheim-1"):
        pass
    assert caught.value.code == "mail.login"
    assert "geheim-1" not in str(caught.value)


@pytest.mark.parametrize(
    ("lines", "code"),
    [
        ([], "mail.unreachable"),
        ([b"* BYE too many\r\n"], "mail.unreachable"),
        ([b"what\r\n"], "mail.unreachable"),
        ([b"* OK hello\r\n", b"* CAPABILITY IMAP4rev1\r\n{tag} OK done\r\n"], "mail.lost"),
    ],
)
def test_a_server_that_lies_or_falls_silent(
    monkeypatch: pytest.MonkeyPatch, lines: list[bytes], code: str
) -> None:
    monkeypatch.setattr(imap, "TIMEOUT_S", 0.3)
    with speaking(lines) as port, pytest.raises(MailFailed) as caught, imap.opened(mail_at(imap=port), "x"):
        pass
    assert caught.value.code == code


def test_a_server_that_hangs_up_within(server: ImapServer) -> None:
    server.renew("cut")
    server.put(LETTER, folder="cut")
    settings = replace(mail_at(imap=server.port), folder="cut")
    with imap.opened(settings, PASSWORD) as box:
        box.box.client.sock.shutdown(socket.SHUT_RDWR)
        with pytest.raises(MailFailed) as caught:
            box.uids(0)
    assert caught.value.code == "mail.lost"


@contextmanager
def speaking(lines: list[bytes]) -> Iterator[int]:
    """A server that says its first line unasked, each further one to a command, then nothing more."""
    listener = socket.create_server(("127.0.0.1", 0))
    done = threading.Event()

    def speak() -> None:
        connection, _ = listener.accept()
        with connection:
            for place, line in enumerate(lines):
                heard = connection.recv(4096) if place else b" "
                connection.sendall(line.replace(b"{tag}", heard.split(b" ")[0]))
            done.wait(30)

    thread = threading.Thread(target=speak, daemon=True)
    thread.start()
    try:
        yield listener.getsockname()[1]
    finally:
        done.set()
        thread.join(30)
        listener.close()
