"""Sends one notice to one address of a messaging service, within a time, and says why not without its tokens (N1)."""

from __future__ import annotations

import logging
import re
import smtplib
import sys
from dataclasses import dataclass
from threading import Lock, Thread, get_ident
from typing import Any
from urllib.parse import unquote, urlsplit

from deskapp.domain.notice_answer import LASTING, TEMPORARY, Refusal, of_body, of_status

CONNECT_S, READ_S = 5, 10
_TAKES_HEADERS = ("json", "jsons", "xml", "xmls", "form", "forms", "mailto", "mailtos")
_STATUS = re.compile(r"error=(\d{3})")
_LOGIN_WANTED = frozenset({530, 534, 535, 538})
"""What a mail server says of us, not of the letter: it may be set right."""
_ears: dict[int, _Ear] = {}
_listening = Lock()


@dataclass(frozen=True, slots=True)
class Failure:
    """Why a notice was not taken: for now or for good, a code, the service's words, and where it was to be."""

    kind: str
    code: str
    why: str = ""
    host: str = ""

    @property
    def lasting(self) -> bool:
        """Whether trying again is of no use."""
        return self.kind == LASTING


class _Ear(logging.Handler):
    """Hears what becomes of one sending in one thread, and nothing of the others."""

    def __init__(self) -> None:
        super().__init__(logging.DEBUG)
        self.thread, self.heard = get_ident(), ""
        self.error: BaseException | None = None
        """What went wrong while it was said."""
        self.answer: Any = None
        """The last answer over HTTP."""

    def emit(self, record: logging.LogRecord) -> None:
        if record.thread != self.thread:
            return
        self.error = sys.exc_info()[1] or self.error
        if record.levelno >= logging.WARNING:
            self.heard = record.getMessage()

    def __enter__(self) -> _Ear:
        _listen()
        _ears[self.thread] = self
        logging.getLogger("apprise").addHandler(self)
        return self

    def __exit__(self, *_: object) -> None:
        logging.getLogger("apprise").removeHandler(self)
        _ears.pop(self.thread, None)


def _listen() -> None:
    """Let the ears hear every answer over HTTP: the library reads the status alone, of most services.

    What it says of its work goes to the ears and into no log: addresses and people's words are in it.
    """
    import requests

    with _listening:
        send = requests.Session.send
        if getattr(send, "heard", False):
            return

        def heard(session: Any, request: Any, **options: Any) -> Any:
            answer = send(session, request, **options)
            if (ear := _ears.get(get_ident())) is not None:
                ear.answer = answer
            return answer

        heard.heard = True  # type: ignore[attr-defined]
        requests.Session.send = heard  # type: ignore[method-assign, assignment]
        logger = logging.getLogger("apprise")
        logger.setLevel(logging.DEBUG)
        logger.propagate = False


def send(url: str, title: str, body: str, key: str, seconds: float) -> Failure | None:
    """Send one notice; None when the service took it. `key` names it, for services that know headers.

    A service that does not come back within `seconds` is left to itself.
    """
    result: list[Failure | None] = []

    def sending() -> None:
        try:
            result.append(_sent(url, title, body, key))
        except Exception as error:
            result.append(Failure(TEMPORARY, "failed", _masked(url, f"{type(error).__name__}: {error}")))

    thread = Thread(target=sending, name="notifier", daemon=True)
    thread.start()
    thread.join(seconds)
    return result[0] if result else Failure(TEMPORARY, "timeout")


def _sent(url: str, title: str, body: str, key: str) -> Failure | None:
    import apprise

    asset = apprise.AppriseAsset(secure_logging=True)
    with _Ear() as ear:
        service = apprise.Apprise.instantiate(_with_options(url, key), asset=asset)
        if not service:
            return Failure(LASTING, "url")
        took = service.notify(title=title, body=body, body_format=apprise.NotifyFormat.TEXT)
    return _outcome(url, ear, service, bool(took))


def _outcome(url: str, ear: _Ear, service: Any, took: bool) -> Failure | None:
    """What came of it: the answer's own words first, then what went wrong, then what the library makes of it."""
    refusal = None
    if ear.answer is not None and ear.answer.status_code < 300:
        refusal = of_body(url.partition("://")[0], ear.answer.content or b"")
    if took and refusal is None:
        return None
    where = _where(ear, service)
    if refusal is None and ear.error is not None:
        return _of_error(url, ear.error, *where)
    if refusal is None and (status := _STATUS.search(ear.heard)):
        refusal = of_status(int(status[1]))
    refusal = refusal or Refusal(TEMPORARY, "unsent", ear.heard)
    return Failure(refusal.kind, refusal.code, _masked(url, refusal.why), where[0])


def _where(ear: _Ear, service: Any) -> tuple[str, int]:
    """The host that was really asked, and its port; no part of an address that is a token."""
    request = getattr(ear.error, "request", None) or getattr(ear.answer, "request", None)
    if request is not None and getattr(request, "url", None):
        asked = urlsplit(request.url)
        return asked.hostname or "", asked.port or (443 if asked.scheme == "https" else 80)
    return str(getattr(service, "smtp_host", "") or ""), int(getattr(service, "port", 0) or 0)


def _of_error(url: str, error: BaseException, host: str, port: int) -> Failure:
    """Name what went wrong on the way, or what a mail server said."""
    if isinstance(error, smtplib.SMTPRecipientsRefused) and error.recipients:
        code, said = next(iter(error.recipients.values()))
        return _of_mail(url, code, said, host, for_good=True)
    if isinstance(error, smtplib.SMTPResponseException) and error.smtp_code > 0:
        letter = isinstance(error, smtplib.SMTPDataError)
        return _of_mail(url, error.smtp_code, error.smtp_error, host, for_good=letter)
    from deskapp.adapters.probe import why_not

    failed = why_not(error, host, port)
    return Failure(
        TEMPORARY, failed.code, _masked(url, str(failed.facts.get("why", ""))), str(failed.facts["host"])
    )


def _of_mail(url: str, code: int, said: bytes | str, host: str, *, for_good: bool) -> Failure:
    """A mail server's no: about the receiver or the letter from 500 on for good, about us it may be set right."""
    words = said.decode("utf-8", "replace") if isinstance(said, bytes) else str(said)
    why = _masked(url, f"{code} {words}")
    if code in _LOGIN_WANTED:
        return Failure(TEMPORARY, "token", why, host)
    return Failure(LASTING if for_good and code >= 500 else TEMPORARY, "refused", why, host)


def _with_options(url: str, key: str) -> str:
    """The address with limits of time, and the notice's name where the service can hear it."""
    options = [
        f"{name}={value}" for name, value in (("cto", CONNECT_S), ("rto", READ_S)) if f"{name}=" not in url
    ]
    if url.partition("://")[0].lower() in _TAKES_HEADERS:
        options.append(f"+Idempotency-Key={key}")
    return "".join((url, "&" if "?" in url else "?", "&".join(options)))


def _masked(url: str, words: str) -> str:
    """What was said of an address, with nothing of its tokens in it, on one line."""
    _, _, rest = url.partition("://")
    parts = {part.rpartition("=")[2] for part in re.split(r"[/:@?&]+", rest)}
    for part in sorted(parts | {unquote(part) for part in parts}, key=len, reverse=True):
        if len(part) > 3:
            words = words.replace(part, "***")
    return " ".join("".join(c if c.isprintable() else " " for c in words).split())[:160]
