"""A mailbox read over IMAP: what is new in it, letter by letter; it is never changed (row C6)."""

from __future__ import annotations

import imaplib
import re
import socket
import ssl
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import date, datetime
from threading import Timer
from typing import TYPE_CHECKING, Any

import pendulum
from pendulum import DateTime

from deskapp.adapters.mail_cause import cause_of
from deskapp.domain.mail import MailFailed

if TYPE_CHECKING:
    from imap_tools import BaseMailBox

    from deskapp.domain.outside import Mail

TIMEOUT_S = 20.0
"""How long a server may say nothing."""
LONGEST_S = 300.0
"""How long it may take in all, however little it says at a time; what was taken until then is kept."""
MOST_HEAD_BYTES = 1024 * 1024
"""How much of the head of a letter too big to take is read."""
_HIGHEST_UID = 2**32 - 1
_MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]
_SIZE = re.compile(rb"RFC822\.SIZE (\d{1,18})")
_UID = re.compile(rb"\bUID (\d{1,18})\b")


@dataclass(frozen=True, slots=True)
class Arrived:
    """A letter's bytes as the server has them; of one too big only the head."""

    uid: int
    content: bytes
    at: DateTime | None
    whole: bool = True


class Inbox:
    """A folder that was opened to be read."""

    def __init__(self, box: BaseMailBox, host: str, validity: int, next_uid: int = 0) -> None:
        self.box, self.host = box, host
        self.validity, self.next_uid = validity, next_uid
        """Another validity, or a next uid below one that was seen: the server counts anew."""

    def uids(self, after: int, since: date | None = None) -> list[int]:
        """The uids of letters above one, lowest first; perhaps only of those that arrived since a day."""
        wanted = f"UID {after + 1}:*"
        if since is not None:
            wanted += f" SINCE {since.day}-{_MONTHS[since.month - 1]}-{since.year}"
        found = self._ask("SEARCH", wanted)
        uids = {
            int(one) for line in found if isinstance(line, bytes) for one in line.split() if one.isdigit()
        }
        return sorted(one for one in uids if after < one <= _HIGHEST_UID)

    def fetch(self, uid: int, most_bytes: int) -> Arrived | None:
        """One letter, left as unread as it was; None when it is there no more."""
        told, _ = _about(self._ask("FETCH", str(uid), "(RFC822.SIZE INTERNALDATE)"), uid)
        size = _SIZE.search(told)
        whole = size is not None and int(size[1]) <= most_bytes
        part = "BODY.PEEK[]" if whole else f"BODY.PEEK[HEADER]<0.{MOST_HEAD_BYTES}>"
        content = None
        if size is not None:
            limit = max(most_bytes, MOST_HEAD_BYTES)
            _, content = _about(self._ask("FETCH", str(uid), f"({part})", most_bytes=limit), uid)
        if content is not None:
            return Arrived(uid, content, _arrived(told), whole)
        if uid in self.uids(uid - 1):
            raise MailFailed("mail.lost", host=self.host, why=f"FETCH {uid}: nothing")
        return None

    def _ask(self, command: str, *words: str, most_bytes: int = MOST_HEAD_BYTES) -> list[Any]:
        try:
            with _no_more_than(self.box, most_bytes):
                kind, answer = self.box.client.uid(command, *words)
        except (imaplib.IMAP4.error, OSError, ValueError, MemoryError) as error:
            raise MailFailed("mail.lost", host=self.host, why=_why(error)) from error
        if kind != "OK":
            raise MailFailed("mail.lost", host=self.host, why=f"{command}: {_said(answer)}")
        return [one for one in answer if one is not None]


def _about(answer: list[Any], uid: int) -> tuple[bytes, bytes | None]:
    """What an answer says of one letter, and its literal; what is said of others meanwhile is left aside."""
    said: list[tuple[bytes, bytes | None]] = []
    for one in answer:
        if isinstance(one, tuple):
            said.append((bytes(one[0]), bytes(one[1])))
        elif one[:1].isdigit() or not said:
            said.append((bytes(one), None))
        else:
            said[-1] = (said[-1][0] + bytes(one), said[-1][1])
    return next(
        ((told, literal) for told, literal in said if uid in map(int, _UID.findall(told))), (b"", None)
    )


@contextmanager
def _no_more_than(box: BaseMailBox, most_bytes: int) -> Iterator[None]:
    """Read no literal longer than so many bytes, whatever the server says it will send."""
    client, read = box.client, box.client.read

    def limited(size: int) -> bytes:
        if size > most_bytes:
            raise imaplib.IMAP4.abort(f"a literal of {size} bytes")
        return read(size)

    client.read = limited  # type: ignore[method-assign]
    try:
        yield
    finally:
        client.read = read  # type: ignore[method-assign]


@contextmanager
def _hung_up_after(box: BaseMailBox, seconds: float) -> Iterator[None]:
    """Hang up on a server that takes longer in all, though it always says a little."""

    def hang_up() -> None:
        with suppress(Exception):
            box.client.sock.shutdown(socket.SHUT_RDWR)

    timer = Timer(seconds, hang_up)
    timer.daemon = True
    timer.start()
    try:
        yield
    finally:
        timer.cancel()


def _arrived(told: bytes) -> DateTime | None:
    """When the server received a letter, in UTC."""
    match = re.search(rb'INTERNALDATE "([^"]+)"', told)
    if match is None:
        return None
    try:
        when = datetime.strptime(match[1].decode("ascii").strip(), "%d-%b-%Y %H:%M:%S %z")
    except ValueError:
        return None
    return pendulum.instance(when).in_timezone(pendulum.UTC)


def _said(answer: object) -> str:
    """What a server said, as one short line."""
    parts = answer if isinstance(answer, list | tuple) else [answer]
    words = [one.decode("utf-8", "replace") if isinstance(one, bytes) else str(one) for one in parts]
    return " ".join(" ".join(words).split())[:200]


@contextmanager
def opened(mail: Mail, password: str) -> Iterator[Inbox]:
    """Open the folder to look only; whatever goes wrong is a MailFailed that says what."""
    host = f"{mail.imap_host}:{mail.imap_port}"
    box = None
    try:
        box = _connected(mail, host)
        with _hung_up_after(box, LONGEST_S):
            with _no_more_than(box, MOST_HEAD_BYTES):
                _signed_in(box, mail, password, host)
                validity, next_uid = _selected(box, mail.folder, host)
            yield Inbox(box, host, validity, next_uid)
    finally:
        if box is not None:
            with suppress(Exception):
                box.client.logout()
            with suppress(Exception):
                box.client.shutdown()


def _connected(mail: Mail, host: str) -> BaseMailBox:
    from imap_tools import MailBox, MailBoxStartTls, MailBoxUnencrypted

    try:
        if mail.imap_tls == "tls":
            return MailBox(
                mail.imap_host, mail.imap_port, timeout=TIMEOUT_S, ssl_context=ssl.create_default_context()
            )
        if mail.imap_tls == "starttls":
            context = ssl.create_default_context()
            return MailBoxStartTls(mail.imap_host, mail.imap_port, timeout=TIMEOUT_S, ssl_context=context)
        return MailBoxUnencrypted(mail.imap_host, mail.imap_port, timeout=TIMEOUT_S)
    except ssl.SSLError as error:
        raise MailFailed("mail.tls", host=host, why=_why(error)) from error
    except Exception as error:
        refused = isinstance(error, imaplib.IMAP4.error) and "TLS" in str(error)
        code = "mail.tls" if mail.imap_tls == "starttls" and refused else "mail.unreachable"
        raise MailFailed(code, host=host, why=_why(error)) from error


def _signed_in(box: BaseMailBox, mail: Mail, password: str, host: str) -> None:
    try:
        box.login(mail.imap_user, password, initial_folder=None)
    except (OSError, imaplib.IMAP4.abort) as error:
        raise MailFailed("mail.lost", host=host, why=_why(error)) from error
    except Exception as error:
        raise MailFailed("mail.login", host=host, user=mail.imap_user, why=_why(error)) from error
    # 163.com and 126.com open no folder to a client that has not said its name (RFC 2971).
    if "ID" in getattr(box.client, "capabilities", ()):
        with suppress(imaplib.IMAP4.error):
            imaplib.Commands.setdefault("ID", ("AUTH", "SELECTED"))
            box.client._simple_command("ID", '("name" "deskapp" "version" "1")')


def _selected(box: BaseMailBox, folder: str, host: str) -> tuple[int, int]:
    """Open the folder to look only; return its UIDVALIDITY and UIDNEXT, 0 for what is not said."""
    from imap_tools import errors

    try:
        box.folder.set(folder, readonly=True)
    except (errors.ImapToolsError, imaplib.IMAP4.readonly) as error:
        raise MailFailed("mail.folder", host=host, folder=folder, why=_why(error)) from error
    except (imaplib.IMAP4.error, OSError, ValueError) as error:
        raise MailFailed("mail.lost", host=host, why=_why(error)) from error
    return _number(box, "UIDVALIDITY"), _number(box, "UIDNEXT")


def _number(box: BaseMailBox, name: str) -> int:
    _, told = box.client.response(name)
    found = next((one for one in told or [] if one), b"0")
    return int(found) if found.isdigit() and int(found) <= _HIGHEST_UID else 0


def _why(error: BaseException) -> str:
    """An error as one short line or a code for one, without what was sent."""
    if cause := cause_of(error):
        return cause
    result = getattr(error, "command_result", None)
    if isinstance(result, tuple) and len(result) == 2:
        return _said(result[1])
    if isinstance(error, ssl.SSLCertVerificationError):
        return error.verify_message or str(error)
    words = str(getattr(error, "strerror", None) or error) or type(error).__name__
    return " ".join(re.sub(r"\bb(['\"])(.*?)\1", r"\2", words).split())[:120]
