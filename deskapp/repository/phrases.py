"""Phrases at hand."""

from __future__ import annotations

from sqlalchemy import select

from deskapp.domain import phrase
from deskapp.repository import tables
from deskapp.repository.base import Repository


class Phrases(Repository[phrase.Phrase]):
    """Greetings, courteous words, replies, and the forbidden kind."""

    table, record, noun = tables.phrases, phrase.Phrase, "phrase"

    def listed(self) -> list[phrase.Phrase]:
        """All of them: some dozens a company writes itself, each kind in its order."""
        c = self.table.c
        return self.records(self.select().order_by(c.kind, c.position, c.id))

    def of_kind(self, kind: str) -> list[phrase.Phrase]:
        """Those of one kind, in their order."""
        c = self.table.c
        return self.records(self.select().where(c.kind == kind).order_by(c.position, c.id))

    def codes(self) -> set[str]:
        """The codes of the starter list that are here, whatever became of their words."""
        c = self.table.c
        return {row[0] for row in self.connection.execute(select(c.code).where(c.code.is_not(None)))}
