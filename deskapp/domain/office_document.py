"""Documents of the department: minutes with action items, forms, files (row K4; text 4, 3.3.1 to 3.3.3)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from pendulum import DateTime


@dataclass(frozen=True, slots=True)
class OfficeDocument:
    """A numbered, dated document; what was attached to it are attachments of noun "document"."""

    id: int = 0
    version: int = 0
    number: str = ""
    kind: str = "minutes"
    title: str = ""
    day: date = date.min
    body: str = ""
    people: str = ""
    active: bool = True
    created_at: DateTime | None = None
    created_by: int | None = None


@dataclass(frozen=True, slots=True)
class ActionItem:
    """What a meeting asked of somebody by a day; a ticket when it was handed to a department."""

    id: int = 0
    version: int = 0
    document_id: int = 0
    words: str = ""
    staff_id: int | None = None
    due_on: date | None = None
    state: str = "open"
    ticket_id: int | None = None
    done_on: date | None = None
    outcome: str = ""
    position: int = 0
