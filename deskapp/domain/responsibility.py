"""Who was at fault: the finding, those responsible, their apology (row T8; text 4, 1.3.5b and 2.3.7)."""

from __future__ import annotations

from dataclasses import dataclass

from pendulum import DateTime


@dataclass(frozen=True, slots=True)
class Finding:
    """What was found out about a ticket: its cause in a word or two, and trade, crew and material it lies with."""

    id: int = 0
    version: int = 0
    ticket_id: int = 0
    cause: str = ""
    trade: str = ""
    crew: str = ""
    material: str = ""
    words: str = ""
    at: DateTime | None = None
    operator_id: int | None = None


@dataclass(frozen=True, slots=True)
class Responsibility:
    """One person who answers for a ticket, and whether somebody has apologised to the client for it."""

    id: int = 0
    version: int = 0
    ticket_id: int = 0
    staff_id: int = 0
    words: str = ""
    at: DateTime | None = None
    operator_id: int | None = None
    apology_at: DateTime | None = None
    apology_by: int | None = None
    apology: str = ""
