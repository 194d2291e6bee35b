"""Forgetting a person: what was erased, when, at whose word (row P6)."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256

from pendulum import DateTime

from deskapp.domain.errors import RuleBroken


@dataclass(frozen=True, slots=True)
class Erasure:
    """The certificate of an erasure: it names nobody; `digest` proves which file it was to whoever still knows it."""

    id: int = 0
    version: int = 0
    number: str = ""
    client_id: int = 0
    at: DateTime | None = None
    operator_id: int | None = None
    cause: str = "request"
    reason: str = ""
    counts: Mapping[str, object] | None = None
    digest: str = ""


ERASED = "\u2715"
"""What stands in place of somebody's words."""
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}([T ][0-9:.+Z-]*)?")
_CODE = re.compile(r"[a-z][a-z_.]{0,40}")


def scrubbed(value: object, codes: bool) -> object:
    """A JSON value without anybody's words: numbers and days stay, and codes where figures are made of them."""
    if isinstance(value, Mapping):
        return {name: scrubbed(one, codes) for name, one in value.items()}
    if isinstance(value, list | tuple):
        return [scrubbed(one, codes) for one in value]
    if not isinstance(value, str) or not value or _DAY.fullmatch(value) or (codes and _CODE.fullmatch(value)):
        return value
    return ERASED


def digest_of(number: str, name: str, phones: Sequence[str]) -> str:
    """What proves, to whoever still knows a name and its numbers, that a certificate is about them."""
    return sha256("\n".join([number, name.strip(), *sorted(phones)]).encode()).hexdigest()


def check_erasable(reason: str, open_tickets: int, open_calls: int) -> None:
    """Refuse an erasure nobody gave a reason for, and one of a client whose case still runs."""
    if not reason.strip():
        raise RuleBroken("erasure.reason")
    if open_tickets:
        raise RuleBroken("erasure.tickets", count=open_tickets)
    if open_calls:
        raise RuleBroken("erasure.calls", count=open_calls)
