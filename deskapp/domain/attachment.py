"""Files kept with a record: photos of a site, papers that were handed in."""

from __future__ import annotations

from dataclasses import dataclass

from pendulum import DateTime


@dataclass(frozen=True, slots=True)
class Attachment:
    """A file of a record; `name` is what people called it and never a path, `sha256` finds its content."""

    id: int = 0
    version: int = 0
    noun: str = ""
    record_id: int = 0
    name: str = ""
    media: str = ""
    size: int = 0
    sha256: str = ""
    added_at: DateTime | None = None
    added_by: int | None = None
