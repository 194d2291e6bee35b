"""Papers: what each is, when it is due, and what was issued (row R1; text 4, 1.3.4, 2.3.13, 3.3.5 and 3.3.12)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from pendulum import DateTime


@dataclass(frozen=True, slots=True)
class IssuedPaper:
    """A paper as it was issued, for days `first_on` to `last_on`; a correction is a new revision of the same days."""

    id: int = 0
    version: int = 0
    number: str = ""
    kind: str = ""
    first_on: date = date.min
    last_on: date = date.min
    due_on: date | None = None
    revision: int = 1
    replaces_id: int | None = None
    reason: str = ""
    title: str = ""
    document: Mapping[str, object] | None = None
    issued_at: DateTime | None = None
    issued_by: int | None = None


@dataclass(frozen=True, slots=True)
class PaperText:
    """What a person wrote for one part of a paper that begins on a day."""

    id: int = 0
    version: int = 0
    kind: str = ""
    first_on: date = date.min
    part: str = ""
    words: str = ""
    written_at: DateTime | None = None
    written_by: int | None = None


@dataclass(frozen=True, slots=True)
class PaperTemplate:
    """A company's own Word template for a kind of paper; its bytes are kept among the blobs."""

    id: int = 0
    version: int = 0
    kind: str = ""
    name: str = ""
    sha256: str = ""
    set_at: DateTime | None = None
    set_by: int | None = None
