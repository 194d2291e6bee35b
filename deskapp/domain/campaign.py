"""Greetings for holidays and special notices to a chosen set of clients (row F5; text 4, 1.3.1)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from pendulum import DateTime


@dataclass(frozen=True, slots=True)
class Campaign:
    """One greeting or notice: what is said, to whom, and on which day the calls are due."""

    id: int = 0
    version: int = 0
    number: str = ""
    kind: str = "greeting"
    occasion: str = ""
    title: str = ""
    text: str = ""
    due_on: date = date.min
    audience: Mapping[str, object] | None = None
    state: str = "draft"
    chosen: int = 0
    skipped: int = 0
    created_at: DateTime | None = None
    created_by: int | None = None
    sent_at: DateTime | None = None


@dataclass(frozen=True, slots=True)
class CampaignTarget:
    """One client a campaign reaches, or why not."""

    id: int = 0
    version: int = 0
    campaign_id: int = 0
    client_id: int = 0
    call_id: int | None = None
    state: str = "queued"
