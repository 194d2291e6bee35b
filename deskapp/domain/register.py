"""Simple registers: lists with fields of their own, declared as data (architecture: registers)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from pendulum import DateTime


@dataclass(frozen=True, slots=True)
class RegisterEntry:
    """One line of a register; what the register declares beyond the common fields is in `data`."""

    id: int = 0
    version: int = 0
    register: str = ""
    number: str = ""
    day: date = date.min
    client_id: int | None = None
    site_id: int | None = None
    staff_id: int | None = None
    state: str = ""
    title: str = ""
    haystack: str = ""
    data: Mapping[str, object] | None = None
    decided_by: int | None = None
    decided_at: DateTime | None = None
    created_at: DateTime | None = None
    created_by: int | None = None
