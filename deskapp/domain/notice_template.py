"""The words of notices to people outside the console, by reason, editable (row N1)."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class NoticeTemplate:
    """Title and text of one reason, with holes for facts; the console has words of its own where there is none."""

    id: int = 0
    version: int = 0
    reason: str = ""
    title: str = ""
    body: str = ""
