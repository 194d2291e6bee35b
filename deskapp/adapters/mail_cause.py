"""Why a mail server was not reached or lost: a code said in the reader's language, the same for IMAP and SMTP."""

from __future__ import annotations

import errno
import imaplib
import smtplib
import socket

_AWAY = (errno.ENETUNREACH, errno.EHOSTUNREACH, errno.ENETDOWN, errno.EHOSTDOWN)


def cause_of(error: BaseException) -> str:
    """The cause of a broken line, a code of mail.cause; "" for what is none, or only its server can explain."""
    if isinstance(error, socket.gaierror) or type(error) is UnicodeError:
        return "host_unknown"
    if isinstance(error, TimeoutError) or "timed out" in str(error):
        return "no_answer"
    if isinstance(error, ConnectionRefusedError):
        return "nobody_listens"
    if isinstance(error, ConnectionError | smtplib.SMTPServerDisconnected):
        return "hung_up"
    if isinstance(error, imaplib.IMAP4.abort) and "socket error" in str(error):
        return "hung_up"
    return "network_away" if isinstance(error, OSError) and error.errno in _AWAY else ""
