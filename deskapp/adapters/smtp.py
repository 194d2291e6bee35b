"""A letter handed to a mail server; only its yes to the whole letter counts (row C6)."""

from __future__ import annotations

import smtplib
import socket
import ssl
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP as POLICY
from email.utils import format_datetime
from threading import Timer
from typing import TYPE_CHECKING

from deskapp.adapters.mail_cause import cause_of
from deskapp.domain.mail import LEASE_S, MailFailed, Outgoing

if TYPE_CHECKING:
    from pendulum import DateTime

    from deskapp.domain.outside import Mail

TIMEOUT_S = 20.0
"""How long a server may say nothing."""
LONGEST_S = LEASE_S * 0.8
"""How long it may take in all, however little it says at a time: before another desk may take the letter over."""


def message_of(letter: Outgoing, at: DateTime) -> EmailMessage:
    """Write a letter as it goes over the wire: UTF-8, under its own id, as the answer it is."""
    message = EmailMessage(policy=POLICY)
    user, _, domain = letter.sender.partition("@")
    message["From"] = Address(letter.sender_name, user, domain)
    message["To"] = letter.recipient
    message["Subject"] = letter.subject
    message["Date"] = format_datetime(at)
    message["Message-ID"] = letter.message_id
    if letter.in_reply_to:
        message["In-Reply-To"] = letter.in_reply_to
        message["References"] = " ".join((*letter.references, letter.in_reply_to))
    message.set_content(letter.body, charset="utf-8", cte="base64")
    return message


def send(mail: Mail, password: str, letter: Outgoing, at: DateTime) -> None:
    """Hand a letter over; return when the server took it, else MailFailed."""
    try:
        content = message_of(letter, at).as_bytes()
    except (ValueError, UnicodeError, LookupError) as error:
        raise MailFailed("mail.unwritable", lasting=True, why=_why(error)) from error
    with signed_in(mail, password) as server:
        try:
            server.sendmail(letter.sender, [letter.recipient], content)
        except smtplib.SMTPRecipientsRefused as error:
            code, said = next(iter(error.recipients.values()))
            raise _refused(mail, code, said) from error
        except smtplib.SMTPResponseException as error:
            raise _refused(mail, error.smtp_code, error.smtp_error) from error
        except smtplib.SMTPNotSupportedError as error:
            raise MailFailed("mail.refused", lasting=True, host=_host(mail), why=_why(error)) from error
        except (smtplib.SMTPException, OSError) as error:
            raise MailFailed("mail.lost", host=_host(mail), why=_why(error)) from error


@contextmanager
def signed_in(mail: Mail, password: str) -> Iterator[smtplib.SMTP]:
    """A server that was reached and knows us; a failed goodbye takes nothing back."""
    server = _connected(mail)
    timer = Timer(LONGEST_S, _hang_up, (server,))
    timer.daemon = True
    timer.start()
    try:
        _introduced(server, mail, password)
        yield server
    finally:
        with suppress(smtplib.SMTPException, OSError):
            server.quit()
        timer.cancel()
        server.close()


def _hang_up(server: smtplib.SMTP) -> None:
    with suppress(OSError, AttributeError):
        server.sock.shutdown(socket.SHUT_RDWR)  # type: ignore[union-attr]


def _connected(mail: Mail) -> smtplib.SMTP:
    try:
        if mail.smtp_tls == "tls":
            context = ssl.create_default_context()
            return smtplib.SMTP_SSL(mail.smtp_host, mail.smtp_port, timeout=TIMEOUT_S, context=context)
        return smtplib.SMTP(mail.smtp_host, mail.smtp_port, timeout=TIMEOUT_S)
    except ssl.SSLError as error:
        raise MailFailed("mail.tls", host=_host(mail), why=_why(error)) from error
    except (smtplib.SMTPException, OSError, UnicodeError) as error:
        raise MailFailed("mail.unreachable", host=_host(mail), why=_why(error)) from error


def _introduced(server: smtplib.SMTP, mail: Mail, password: str) -> None:
    try:
        if mail.smtp_tls == "starttls":
            server.starttls(context=ssl.create_default_context())
        if mail.smtp_user:
            server.login(mail.smtp_user, password)
    except smtplib.SMTPAuthenticationError as error:
        raise MailFailed("mail.login", host=_host(mail), user=mail.smtp_user, why=_why(error)) from error
    except (ssl.SSLError, smtplib.SMTPNotSupportedError) as error:
        code = "mail.tls" if mail.smtp_tls == "starttls" else "mail.login"
        raise MailFailed(code, host=_host(mail), user=mail.smtp_user, why=_why(error)) from error
    except (smtplib.SMTPException, OSError, UnicodeError) as error:
        raise MailFailed("mail.lost", host=_host(mail), why=_why(error)) from error


def _refused(mail: Mail, code: int, said: bytes | str) -> MailFailed:
    """A no: from 500 on for good, else for now. 530 and 535 are about us, not the letter: they may be set right."""
    lasting = code >= 500 and code not in (530, 534, 535, 538)
    words = said.decode("utf-8", "replace") if isinstance(said, bytes) else str(said)
    return MailFailed(
        "mail.refused", lasting=lasting, host=_host(mail), why=f"{code} {' '.join(words.split())}"[:200]
    )


def _host(mail: Mail) -> str:
    return f"{mail.smtp_host}:{mail.smtp_port}"


def _why(error: BaseException) -> str:
    """An error as one short line or a code for one, without what was sent."""
    if cause := cause_of(error):
        return cause
    if isinstance(error, smtplib.SMTPResponseException):
        said = error.smtp_error
        words = said.decode("utf-8", "replace") if isinstance(said, bytes) else str(said)
        return f"{error.smtp_code} {' '.join(words.split())}"[:200]
    if isinstance(error, ssl.SSLCertVerificationError):
        return error.verify_message or str(error)
    words = getattr(error, "strerror", None) or str(error) or type(error).__name__
    return " ".join(str(words).split())[:200]
