"""Start and completion notices, the project handbook and the warranty file they bring about (rows F2, F3)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from pendulum import DateTime


@dataclass(frozen=True, slots=True)
class SiteNotice:
    """One start or completion notice as it was received; a corrected one replaces the one before it."""

    id: int = 0
    version: int = 0
    number: str = ""
    kind: str = "start"
    site_id: int = 0
    client_id: int = 0
    on_day: date = date.min
    received_at: DateTime | None = None
    channel: str = "form"
    facts: Mapping[str, object] | None = None
    note: str = ""
    state: str = "current"
    reason: str = ""
    replaces_id: int | None = None
    source_key: str | None = None
    created_by: int | None = None


@dataclass(frozen=True, slots=True)
class Handbook:
    """The project handbook of a site: asked for, collected, checked item by item (text 4, 3.3.7)."""

    id: int = 0
    version: int = 0
    site_id: int = 0
    asked_at: DateTime | None = None
    asked_of: int | None = None
    due_on: date | None = None
    collected_on: date | None = None
    checks: Mapping[str, object] | None = None
    checked_at: DateTime | None = None
    checked_by: int | None = None
    state: str = "asked"
    note: str = ""


@dataclass(frozen=True, slots=True)
class Warranty:
    """One part of a site's warranty file: what is covered, from when until when."""

    id: int = 0
    version: int = 0
    site_id: int = 0
    scope: str = "general"
    from_on: date = date.min
    until_on: date = date.min
