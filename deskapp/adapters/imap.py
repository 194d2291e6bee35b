"""A mailbox read over IMAP: what is new in it, letter by letter; it is never changed (row C6)."""

from __future__ import annotations

import imaplib
import re
import ssl
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

import pendulum
from pendulum import DateTime

from deskapp.domain.mail import MailFailed

if TYPE_CHECKING:
    from imap_tools import BaseMailBox

    from deskapp.domain.outside import Mail

TIMEOUT_S = 20.0
"""How long a server may say nothing."""
_MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]
_SIZE = re.compile(rb"RFC822\.SIZE (\d+)")


@dataclass(frozen=True, slots=True)
class Arrived:
    """A letter's bytes as the server has them; of one too big only the head."""

    uid: int
    content: bytes
    at: DateTime | None
    whole: bool = True


class Inbox:
    """A folder that was opened to be read."""

    def __init__(self, box: BaseMailBox, validity: int, host: str) -> None:
        self.box, self.validity, self.host = box, validity, host

    def uids(self, after: int, since: date | None = None) -> list[int]:
        """The uids of letters above one, lowest first; perhaps only of those that arrived since a day."""
        wanted = f"UID {after + 1}:*"
        if since is not None:
            wanted += f" SINCE {since.day}-{_MONTHS[since.month - 1]}-{since.year}"
        found = self._ask("SEARCH", wanted)
        uids = {
            int(one) for line in found if isinstance(line, bytes) for one in line.split() if one.isdigit()
        }
        return sorted(one for one in uids if one > after)

    def fetch(self, uid: int, most_bytes: int) -> Arrived | None:
        """One letter, left as unread as it was; None when it is there no more."""
        told = b" ".join(_flat(self._ask("FETCH", str(uid), "(RFC822.SIZE INTERNALDATE)")))
        size = _SIZE.search(told)
        if size is None:
            return None
        whole = int(size[1]) <= most_bytes
        part = "BODY.PEEK[]" if whole else "BODY.PEEK[HEADER]"
        answer = self._ask("FETCH", str(uid), f"({part})")
        content = next((one[1] for one in answer if isinstance(one, tuple) and len(one) > 1), None)
        return None if content is None else Arrived(uid, bytes(content), _arrived(told), whole)

    def _ask(self, command: str, *words: str) -> list[Any]:
        try:
            kind, answer = self.box.client.uid(command, *words)
        except (imaplib.IMAP4.error, OSError, ValueError) as error:
            raise MailFailed("mail.lost", host=self.host, why=_why(error)) from error
        if kind != "OK":
            raise MailFailed("mail.lost", host=self.host, why=f"{command}: {_said(answer)}")
        return [one for one in answer if one is not None]


def _flat(answer: list[Any]) -> Iterator[bytes]:
    for one in answer:
        if isinstance(one, tuple):
            yield from (part for part in one if isinstance(part, bytes))
        elif isinstance(one, bytes):
            yield one


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
        _signed_in(box, mail, password, host)
        yield Inbox(box, _selected(box, mail.folder, host), host)
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
        raise MailFailed("mail.unreachable", host=host, why=_why(error)) from error


def _signed_in(box: BaseMailBox, mail: Mail, password: str, host: str) -> None:
    try:
        box.login(mail.imap_user, password, initial_folder=None)
    except OSError as error:
        raise MailFailed("mail.lost", host=host, why=_why(error)) from error
    except Exception as error:
        raise MailFailed("mail.login", host=host, user=mail.imap_user, why=_why(error)) from error
    # 163.com and 126.com open no folder to a client that has not said its name (RFC 2971).
    if "ID" in getattr(box.client, "capabilities", ()):
        with suppress(imaplib.IMAP4.error):
            imaplib.Commands.setdefault("ID", ("AUTH", "SELECTED"))
            box.client._simple_command("ID", '("name" "deskapp" "version" "1")')


def _selected(box: BaseMailBox, folder: str, host: str) -> int:
    """Open the folder to look only; return its UIDVALIDITY."""
    from imap_tools import errors

    try:
        box.folder.set(folder, readonly=True)
    except (errors.ImapToolsError, imaplib.IMAP4.readonly) as error:
        raise MailFailed("mail.folder", host=host, folder=folder, why=_why(error)) from error
    except (imaplib.IMAP4.error, OSError, ValueError) as error:
        raise MailFailed("mail.lost", host=host, why=_why(error)) from error
    _, told = box.client.response("UIDVALIDITY")
    found = next((one for one in told or [] if one), b"0")
    return int(found) if found.isdigit() else 0


def _why(error: BaseException) -> str:
    """An error as one short line, without what was sent."""
    result = getattr(error, "command_result", None)
    if isinstance(result, tuple) and len(result) == 2:
        return _said(result[1])
    if isinstance(error, ssl.SSLCertVerificationError):
        return error.verify_message or str(error)
    words = getattr(error, "strerror", None) or str(error) or type(error).__name__
    return " ".join(str(words).split())[:200]
