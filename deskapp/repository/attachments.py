"""Files kept with records, their content stored once however often it was attached."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import bindparam, func, select, text

from deskapp.domain import attachment
from deskapp.repository import tables
from deskapp.repository.base import Repository

# Another desk may keep the same content at the same moment.
_KEEP = text("INSERT INTO blobs (sha256, content) VALUES (:sha256, :content) ON CONFLICT (sha256) DO NOTHING")


class Attachments(Repository[attachment.Attachment]):
    """Files by the record they belong to."""

    table, record, noun = tables.attachments, attachment.Attachment, "attachment"

    def of(self, noun: str, record_id: int) -> list[attachment.Attachment]:
        """The files of a record, the first added first."""
        c = self.table.c
        query = self.select().where(c.noun == bindparam("n"), c.record_id == bindparam("r"))
        return self.records(query.order_by(c.id), n=noun, r=record_id)

    def count_of(self, noun: str, record_ids: Sequence[int]) -> dict[int, int]:
        """How many files some records have; those without are not there."""
        c = self.table.c
        query = select(c.record_id, func.count()).where(c.noun == noun, c.record_id.in_(record_ids))
        return {row[0]: row[1] for row in self.connection.execute(query.group_by(c.record_id))}

    def put(self, sha256: str, content: bytes) -> None:
        """Keep a content, unless it is kept already."""
        b = tables.blobs.c
        if self.connection.execute(select(b.sha256).where(b.sha256 == sha256)).first() is None:
            self.connection.execute(_KEEP, {"sha256": sha256, "content": content})

    def content(self, sha256: str) -> bytes:
        """Read a content by its sha256; LookupError where there is none."""
        b = tables.blobs.c
        row = self.connection.execute(select(b.content).where(b.sha256 == sha256)).first()
        if row is None:
            raise LookupError(f"blob {sha256}")
        return bytes(row[0])
