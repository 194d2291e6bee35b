"""Column mappings of imports, remembered by the header they were made for."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from pendulum import DateTime
from sqlalchemy import bindparam

from deskapp.repository import tables
from deskapp.repository.base import Repository


@dataclass(frozen=True, slots=True)
class RememberedMapping:
    """Which column feeds which field, for spreadsheets with one particular header row."""

    id: int = 0
    version: int = 0
    noun: str = ""
    signature: str = ""
    columns: Mapping[str, object] | None = None
    used_at: DateTime | None = None


class Mappings(Repository[RememberedMapping]):
    """Mappings by noun and header signature."""

    table, record, noun = tables.mappings, RememberedMapping, "mapping"

    def recall(self, noun: str, signature: str) -> RememberedMapping | None:
        """The mapping last used for this header, if any."""
        c = self.table.c
        return self.first(
            self.select().where(c.noun == bindparam("n"), c.signature == bindparam("s")), n=noun, s=signature
        )

    def remember(self, noun: str, signature: str, columns: Mapping[str, object]) -> None:
        """Keep the mapping for the next spreadsheet with the same header."""
        from dataclasses import replace

        old = self.recall(noun, signature)
        if old is None:
            self.add(
                RememberedMapping(noun=noun, signature=signature, columns=columns, used_at=self.work.now)
            )
        else:
            self.save(replace(old, columns=columns, used_at=self.work.now))
