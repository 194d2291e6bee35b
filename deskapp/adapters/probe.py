"""Tries a connection to the outside once and says exactly what is wrong with it (rows C5, C6, N1)."""

from __future__ import annotations

import errno
import http.client
import imaplib
import smtplib
import socket
import ssl
from collections.abc import Iterator
from contextlib import suppress
from typing import Any

from deskapp.domain.errors import RuleBroken
from deskapp.domain.mail import MailFailed
from deskapp.domain.outside import Asterisk, Cti, Mail

PATIENCE_S = 10.0
"""How long a server may say nothing."""
NOTICE_S = 20.0
_MOST_LINES = 20_000
_EXPIRED, _SELF_SIGNED, _NO_ISSUER, _OTHER_HOST = 10, (18, 19), (20, 21), (62, 64)


class ProbeFailed(RuleBroken):
    """The connection does not work; the code and its facts say why."""


def mailbox(part: Mail, password: str) -> int:
    """Connect, sign in and open the folder; return how many letters lie in it."""
    from deskapp.adapters import imap

    try:
        with imap.opened(part, password) as box:
            return len(box.uids(0))
    except MailFailed as error:
        raise _of_mail(error, part.imap_host, part.imap_port) from error


def mail_server(part: Mail, password: str) -> None:
    """Connect and sign in to where mail is handed over; nothing is sent."""
    from deskapp.adapters import smtp

    try:
        with smtp.signed_in(part, password) as server:
            code, said = server.mail(part.sender)
            if code >= 400:
                raise ProbeFailed("probe.sender", sender=part.sender, why=_one_line(said))
    except MailFailed as error:
        raise _of_mail(error, part.smtp_host, part.smtp_port) from error
    except (smtplib.SMTPException, OSError) as error:
        raise why_not(error, part.smtp_host, part.smtp_port) from error


def _of_mail(error: MailFailed, host: str, port: int) -> ProbeFailed:
    if error.code == "mail.login":
        return ProbeFailed(
            "probe.login", host=f"{host}:{port}", user=error.facts["user"], why=error.facts["why"]
        )
    if error.code == "mail.folder":
        return ProbeFailed("probe.folder", host=f"{host}:{port}", folder=error.facts["folder"])
    return why_not(error, host, port)


def webhook(part: Cti, token: str) -> str:
    """Try the port; return "free", or "ours" where a console or the watch answers at it with this token."""
    if not token:
        raise ProbeFailed("probe.no_token")
    where = f"{part.host}:{part.port}"
    try:
        with socket.create_server((part.host, part.port), family=_family(part.host)):
            return "free"
    except OSError as error:
        if error.errno == errno.EADDRNOTAVAIL:
            raise ProbeFailed("probe.not_this_machine", host=part.host) from error
        if error.errno == errno.EACCES:
            raise ProbeFailed("probe.port_forbidden", host=where) from error
        if error.errno != errno.EADDRINUSE:
            raise why_not(error, part.host, part.port) from error
    status = _asked(part, token)
    if status == 200:
        return "ours"
    raise ProbeFailed("probe.other_token" if status == 403 else "probe.port_taken", host=where)


def _family(host: str) -> socket.AddressFamily:
    return socket.AF_INET6 if ":" in host else socket.AF_INET


def _asked(part: Cti, token: str) -> int:
    """What whoever has the port answers to an event that changes nothing."""
    host = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(part.host, part.host)
    asking = http.client.HTTPConnection(host, part.port, timeout=PATIENCE_S)
    try:
        from urllib.parse import quote

        asking.request("POST", f"/cti/{quote(token, safe='')}", "event=deskappTest")
        return asking.getresponse().status
    except (OSError, http.client.HTTPException):
        return 0
    finally:
        asking.close()


def asterisk(part: Asterisk, password: str) -> tuple[str, int]:
    """Sign in to the manager interface and ask for the queues; return its version and how many queues it has."""
    try:
        with socket.create_connection((part.host, part.port), PATIENCE_S) as opened:
            return _asterisk(part, password, _Manager(opened))
    except (OSError, EOFError, UnicodeError) as error:
        raise why_not(error, part.host, part.port) from error


def _asterisk(part: Asterisk, password: str, manager: _Manager) -> tuple[str, int]:
    where = f"{part.host}:{part.port}"
    banner = manager.line()
    if not banner.startswith("Asterisk Call Manager"):
        raise ProbeFailed("probe.protocol", host=where)
    answer = manager.ask(Action="Login", Username=part.user, Secret=password, Events="off")
    if answer.get("response") != "Success":
        raise ProbeFailed("probe.login", host=where, user=part.user, why=answer.get("message", ""))
    answer = manager.ask(Action="QueueStatus", ActionID="deskapp-probe")
    if answer.get("response") != "Success":
        raise ProbeFailed("probe.no_rights", host=where, user=part.user, act="QueueStatus")
    queues = {
        one.get("queue", "")
        for one in manager.until("QueueStatusComplete")
        if one.get("event") == "QueueParams"
    }
    wanted = [one.strip() for one in part.queues.split(",") if one.strip()]
    missing = next((one for one in wanted if one not in queues), "")
    if missing:
        raise ProbeFailed("probe.queue", host=where, queue=missing)
    commands = manager.ask(Action="ListCommands")
    if commands.get("response") == "Success" and "originate" not in commands:
        raise ProbeFailed("probe.no_rights", host=where, user=part.user, act="Originate")
    with suppress(OSError, EOFError):
        manager.ask(Action="Logoff")
    return banner.partition("/")[2].strip()[:20], len(queues)


class _Manager:
    """A manager session, one question at a time."""

    def __init__(self, opened: socket.socket) -> None:
        self.opened = opened
        self.read = opened.makefile("rb")

    def line(self) -> str:
        """The next line; EOFError where the server hung up."""
        found = self.read.readline(4096)
        if not found:
            raise EOFError
        return found.decode("utf-8", "replace").rstrip("\r\n")

    def ask(self, **headers: str) -> dict[str, str]:
        """Send an action; return the answer to it, whatever events come before."""
        if any(ord(character) < 32 for value in headers.values() for character in value):
            raise ProbeFailed("outside.secret_characters")
        self.opened.sendall(
            "".join(f"{name}: {value}\r\n" for name, value in headers.items()).encode() + b"\r\n"
        )
        return next(one for one in self.parts() if "response" in one)

    def until(self, event: str) -> Iterator[dict[str, str]]:
        """The parts of a list, up to the event that ends it."""
        for one in self.parts():
            if one.get("event") == event:
                return
            yield one

    def parts(self) -> Iterator[dict[str, str]]:
        """What the server says, part by part."""
        found: dict[str, str] = {}
        for _ in range(_MOST_LINES):
            line = self.line()
            if not line and found:
                yield found
                found = {}
            name, colon, value = line.partition(":")
            if colon:
                found[name.strip().lower()] = value.strip()
        raise EOFError


def why_not(error: BaseException, host: str, port: int) -> ProbeFailed:
    """Name what stood between us and a server: the deepest cause known."""
    where = f"{host}:{port}"
    found = [one for cause in reversed(list(_causes(error))) if (one := _named(cause, host, where))]
    if found:
        return found[0]
    why = error.facts.get("why", "") if isinstance(error, RuleBroken) else str(error)
    return ProbeFailed("probe.other", host=where, why=_one_line(why) or type(error).__name__)


def _causes(error: BaseException) -> Iterator[BaseException]:
    seen: set[int] = set()
    one: BaseException | None = error
    while one is not None and id(one) not in seen:
        seen.add(id(one))
        yield one
        one = one.__cause__ or one.__context__


def _named(error: BaseException, host: str, where: str) -> ProbeFailed | None:
    if isinstance(error, ssl.SSLCertVerificationError):
        return ProbeFailed(_certificate(error), host=host, why=error.verify_message)
    if isinstance(error, ssl.SSLError):
        return ProbeFailed("probe.no_tls", host=where)
    unsupported = isinstance(error, imaplib.IMAP4.error) and "not supported" in str(error)
    if unsupported or isinstance(error, smtplib.SMTPNotSupportedError):
        return ProbeFailed("probe.not_offered", host=where)
    if isinstance(error, socket.gaierror | UnicodeError):
        return ProbeFailed("probe.name", host=host)
    if isinstance(error, ConnectionRefusedError):
        return ProbeFailed("probe.refused", host=where)
    if isinstance(error, TimeoutError):
        return ProbeFailed("probe.timeout", host=where)
    if isinstance(error, OSError) and error.errno in (errno.ENETUNREACH, errno.EHOSTUNREACH):
        return ProbeFailed("probe.no_way", host=host)
    hung_up = EOFError, ConnectionResetError, BrokenPipeError, smtplib.SMTPServerDisconnected
    if isinstance(
        error,
        (
            *hung_up,
            http.client.HTTPException,
            imaplib.IMAP4.abort,
            imaplib.IMAP4.error,
            smtplib.SMTPConnectError,
        ),
    ):
        return ProbeFailed("probe.protocol", host=where)
    return None


def _certificate(error: ssl.SSLCertVerificationError) -> str:
    if error.verify_code == _EXPIRED:
        return "probe.tls_expired"
    if error.verify_code in _SELF_SIGNED or error.verify_code in _NO_ISSUER:
        return "probe.tls_unknown"
    return "probe.tls_host" if error.verify_code in _OTHER_HOST else "probe.tls_other"


def notice(channel: str, url: str, title: str, body: str) -> None:
    """Send one message to the address of a channel; why not is said in the words of notices."""
    from uuid import uuid4

    from deskapp.adapters import notifier

    failed = notifier.send(url, title, body, uuid4().hex, NOTICE_S)
    if failed is None:
        return
    code = failed.code if failed.code.startswith("probe.") else f"notice_out.error.{failed.code}"
    raise ProbeFailed(code, channel=channel, host=failed.host, why=failed.why)


def _one_line(said: Any) -> str:
    words = said.decode("utf-8", "replace") if isinstance(said, bytes) else str(said)
    return " ".join("".join(c if c.isprintable() else " " for c in words).split())[:160]
