"""Sends one notice to one address of a messaging service, within a time, and says why not without its tokens (N1)."""

from __future__ import annotations

import logging
import re
from dataclasses import dataclass
from threading import Thread, get_ident

TEMPORARY, LASTING = "temporary", "lasting"
CONNECT_S, READ_S = 5, 10
_REFUSED_FOR_GOOD = frozenset({"400", "410", "413", "422"})
_TAKES_HEADERS = ("json", "jsons", "xml", "xmls", "form", "forms")
_STATUS = re.compile(r"error=(\d{3})")


@dataclass(frozen=True, slots=True)
class Failure:
    """Why a notice was not taken: for now or for good, a code, and the service's words."""

    kind: str
    code: str
    why: str = ""

    @property
    def lasting(self) -> bool:
        """Whether trying again is of no use."""
        return self.kind == LASTING


class _Ear(logging.Handler):
    """Hears what the library says in one thread, and nothing of the others."""

    def __init__(self) -> None:
        super().__init__(logging.WARNING)
        self.thread, self.heard = get_ident(), ""

    def emit(self, record: logging.LogRecord) -> None:
        if record.thread == self.thread:
            self.heard = record.getMessage()


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
    ear, logger = _Ear(), logging.getLogger("apprise")
    logger.addHandler(ear)
    try:
        service = apprise.Apprise.instantiate(_with_options(url, key), asset=asset)
        if not service:
            return Failure(LASTING, "url")
        if service.notify(title=title, body=body, body_format=apprise.NotifyFormat.TEXT):
            return None
    finally:
        logger.removeHandler(ear)
    status = _STATUS.search(ear.heard)
    code = "refused" if status else "unsent"
    lasting = status is not None and status[1] in _REFUSED_FOR_GOOD
    return Failure(LASTING if lasting else TEMPORARY, code, _masked(url, ear.heard))


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
    for part in sorted(set(re.split(r"[/:@?&=]+", url)), key=len, reverse=True):
        if len(part) > 3:
            words = words.replace(part, "***")
    return " ".join("".join(c if c.isprintable() else " " for c in words).split())[:160]
