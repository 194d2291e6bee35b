"""Letters over the wire: what a server says decides; silence and a cut line are no answer."""

from __future__ import annotations

import errno
import imaplib
import smtplib
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from deskapp.adapters import smtp
from deskapp.adapters.mail_cause import cause_of
from deskapp.domain.mail import MailFailed, Outgoing
from tests.builders import NOW
from tests.mail_servers import OWN, SmtpServer, free_port, mail_at, smtp_server

pytestmark = pytest.mark.row("C6")
LETTER = Outgoing(
    "<1@haitang.example>", OWN, "zhang@example.cn", "漏水 [x]", "您好\n", sender_name="海棠装饰"
)


@pytest.fixture
def server() -> Iterator[SmtpServer]:
    with smtp_server() as one:
        yield one


def failed(port: int, letter: Outgoing = LETTER, **fields: str) -> MailFailed:
    """What sending it fails with."""
    with pytest.raises(MailFailed) as caught:
        smtp.send(mail_at(smtp=port, **fields), "secret-1", letter, NOW)
    assert "secret-1" not in str(caught.value)
    return caught.value


def test_a_letter_is_taken(server: SmtpServer) -> None:
    smtp.send(mail_at(smtp=server.port), "", LETTER, NOW)
    [taken] = server.taken
    assert (taken["Message-ID"], taken["Date"]) == (LETTER.message_id, "Mon, 23 Nov 2026 01:42:10 +0000")
    assert taken["From"].endswith(f"<{OWN}>")


@pytest.mark.parametrize(("said", "lasting"), [("451 later", False), ("550 never", True), ("552 full", True)])
@pytest.mark.parametrize("where", ["says", "to_recipient"])
def test_a_no_is_for_now_or_for_good(server: SmtpServer, where: str, said: str, lasting: bool) -> None:
    getattr(server, where).append(said)
    error = failed(server.port)
    assert (error.code, error.lasting, error.facts["why"]) == ("mail.refused", lasting, said)


def test_a_line_cut_within_the_letter_is_no_answer(server: SmtpServer) -> None:
    server.says.append("drop")
    error = failed(server.port)
    assert (error.code, error.lasting) == ("mail.lost", False)


def test_nobody_there() -> None:
    error = failed(free_port())
    assert (error.code, error.facts["why"]) == ("mail.unreachable", "nobody_listens")


@pytest.mark.parametrize(
    ("error", "cause"),
    [
        (socket.gaierror(-2, "Name or service not known"), "host_unknown"),
        (UnicodeError("label empty or too long"), "host_unknown"),
        (UnicodeEncodeError("ascii", "x", 0, 1, "no"), ""),
        (TimeoutError(), "no_answer"),
        (smtplib.SMTPServerDisconnected("Connection unexpectedly closed: timed out"), "no_answer"),
        (smtplib.SMTPServerDisconnected("Connection unexpectedly closed"), "hung_up"),
        (ConnectionResetError(), "hung_up"),
        (imaplib.IMAP4.abort("command: UID => socket error: EOF"), "hung_up"),
        (imaplib.IMAP4.abort("command: UID => unexpected response: x"), ""),
        (OSError(errno.EHOSTUNREACH, "No route to host"), "network_away"),
        (OSError(errno.EIO, "?"), ""),
    ],
)
def test_a_cause_is_a_code_people_are_told_in_their_language(error: BaseException, cause: str) -> None:
    assert cause_of(error) == cause


def test_a_server_that_says_nothing_is_not_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(smtp, "TIMEOUT_S", 0.2)
    with speaking([]) as port:
        assert failed(port).code == "mail.unreachable"


def test_a_server_that_falls_silent_within_is_not_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(smtp, "TIMEOUT_S", 0.2)
    with speaking([b"220 hello\r\n", b"250 you\r\n", b"250 from\r\n"]) as port:
        error = failed(port)
    assert (error.code, error.lasting) == ("mail.lost", False)


def test_a_yes_counts_though_the_line_breaks_after_it() -> None:
    said = [b"220 hello\r\n", b"250 you\r\n", b"250 from\r\n", b"250 to\r\n", b"354 go\r\n", b"250 taken\r\n"]
    with speaking(said) as port:
        smtp.send(mail_at(smtp=port), "", LETTER, NOW)


def test_a_password_is_not_sent_where_nobody_can_take_it(server: SmtpServer) -> None:
    assert failed(server.port, smtp_user="kefu").code == "mail.login"


def test_encryption_that_is_not_there_is_said(server: SmtpServer) -> None:
    assert failed(server.port, smtp_tls="starttls").code == "mail.tls"
    assert failed(server.port, smtp_tls="tls").code == "mail.tls"


def test_what_cannot_be_written_is_never_tried(server: SmtpServer) -> None:
    error = failed(server.port, Outgoing("<1@x>", "no address\n", "a@b.cn", "x", "x"))
    assert (error.code, error.lasting) == ("mail.unwritable", True)
    assert server.taken == []


@contextmanager
def speaking(lines: list[bytes]) -> Iterator[int]:
    """A server that says these lines, each after hearing one (or a whole letter), and then nothing more."""
    listener = socket.create_server(("127.0.0.1", 0))
    done = threading.Event()

    def speak() -> None:
        connection, _ = listener.accept()
        with connection:
            for place, line in enumerate(lines):
                heard = b"" if place else b"\n"
                while not heard.endswith(b"\r\n.\r\n" if place == 5 else b"\n"):
                    part = connection.recv(4096)
                    if not part:
                        return
                    heard += part
                connection.sendall(line)
            if len(lines) < 6:
                done.wait(30)

    thread = threading.Thread(target=speak, daemon=True)
    thread.start()
    try:
        yield listener.getsockname()[1]
    finally:
        done.set()
        thread.join(30)
        listener.close()
