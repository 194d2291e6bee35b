"""Mass complaints: many clients, one cause, under the first complaint of it (row T11; text 4, 3.6.2)."""

from __future__ import annotations

from dataclasses import dataclass

from pendulum import DateTime


@dataclass(frozen=True, slots=True)
class MassComplaint:
    """A cause many complain of; `ticket_id` is the first complaint, the others name it as their parent."""

    id: int = 0
    version: int = 0
    number: str = ""
    ticket_id: int = 0
    cause: str = ""
    category_id: int | None = None
    state: str = "open"
    opened_at: DateTime | None = None
    opened_by: int | None = None
    answer: str = ""
    answered_at: DateTime | None = None
    resolution: str = ""
    resolved_at: DateTime | None = None
