"""Scores and praise for the people of a site, caught where clients give them (rows A3, A4)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from pendulum import DateTime


@dataclass(frozen=True, slots=True)
class Rating:
    """One score from 1 to 5 a client gave a trade; of a person where the site says who it was."""

    id: int = 0
    version: int = 0
    at: DateTime | None = None
    source: str = "call"
    source_id: int = 0
    client_id: int | None = None
    site_id: int | None = None
    staff_id: int | None = None
    trade: str = ""
    score: int = 0


@dataclass(frozen=True, slots=True)
class Praise:
    """A client praised somebody by name (text 4, 1.3.7); reported once the company was told."""

    id: int = 0
    version: int = 0
    at: DateTime | None = None
    source: str = "call"
    source_id: int | None = None
    client_id: int | None = None
    site_id: int | None = None
    staff_id: int = 0
    words: str = ""
    reported_at: DateTime | None = None
    reported_by: int | None = None
    created_by: int | None = None


@dataclass(frozen=True, slots=True)
class Evaluation:
    """One evaluation form: sent to a completed site for a month, returned or not (text 4, 1.3.8)."""

    id: int = 0
    version: int = 0
    site_id: int = 0
    client_id: int = 0
    month: date = date.min
    sent_on: date | None = None
    returned_on: date | None = None
    words: str = ""
    created_by: int | None = None
