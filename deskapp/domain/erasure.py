"""Forgetting a person: what was erased, when, at whose word (row P6)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from pendulum import DateTime


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
