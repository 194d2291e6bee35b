"""What a messaging service's answer to a notice means: some say no with a status of yes (row N1).

WeCom, DingTalk and Feishu answer 200 to everything and say in the body whether they took it. Of a plain webhook the
status counts, unless its body says no in words that can mean nothing else.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass

TEMPORARY, LASTING = "temporary", "lasting"
ROBOTS: Mapping[str, tuple[str, ...]] = {
    "wecombot": ("errcode",),
    "dingtalk": ("errcode",),
    "feishu": ("code", "StatusCode"),
    "lark": ("code", "StatusCode"),
}
"""Services that say in the body whether they took it, and the names they say it under."""
_WORDS = ("errmsg", "msg", "StatusMessage", "message", "error")
_BUSY = frozenset({"-1", "45009", "45033", "130101", "410100", "11232", "99991400"})
"""Too many messages, or the service has no time: it may take it later."""
_FOR_GOOD = frozenset(
    {
        *("40008", "40058", "93000", "93004", "93008"),
        *("300001", "300005", "310000", "400013", "400101", "400102", "400105"),
        *("9499", "19001", "19002", "19007", "19021", "19022", "19024"),
    }
)
"""No such robot, switched off, its keyword or signature missing: nothing changes by sending it again."""
_STATUS_FOR_GOOD = frozenset({400, 410, 413, 422})


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why a service did not take a notice: for now or for good, a code, and its own words."""

    kind: str
    code: str
    why: str = ""


def of_status(status: int) -> Refusal:
    """What a status other than yes means."""
    why = f"HTTP {status}"
    if status in (401, 403):
        return Refusal(TEMPORARY, "token", why)
    if status == 404:
        return Refusal(TEMPORARY, "path", why)
    if status == 429:
        return Refusal(TEMPORARY, "busy", why)
    if status >= 500:
        return Refusal(TEMPORARY, "broken", why)
    return Refusal(LASTING if status in _STATUS_FOR_GOOD else TEMPORARY, "refused", why)


def of_body(scheme: str, body: bytes) -> Refusal | None:
    """What the body under a status of yes says: None for yes."""
    names = ROBOTS.get(scheme.lower(), ())
    found = _read(body)
    if found is None:
        return Refusal(TEMPORARY, "garbage", _start(body)) if names else None
    if found.get("success") is False:
        return Refusal(TEMPORARY, "refused", _words(found))
    for name in names or ("errcode",):
        if name in found:
            said = str(found[name]).strip()
            return None if said in ("0", "") else _of_code(said, _words(found))
    return Refusal(TEMPORARY, "garbage", _start(body)) if names else None


def _of_code(said: str, words: str) -> Refusal:
    why = f"{said} {words}".strip()
    if said in _BUSY:
        return Refusal(TEMPORARY, "busy", why)
    return Refusal(LASTING if said in _FOR_GOOD else TEMPORARY, "refused", why)


def _read(body: bytes) -> Mapping[str, object] | None:
    try:
        found = json.loads(body)
    except (ValueError, RecursionError):
        return None
    return found if isinstance(found, dict) else None


def _words(found: Mapping[str, object]) -> str:
    return next((str(found[name])[:300] for name in _WORDS if found.get(name)), "")


def _start(body: bytes) -> str:
    return " ".join(body[:200].decode("utf-8", "replace").split())[:60]
