"""Documents kept: written, changed, retired, found, printed, their files saved again (row K4; text 4, 3.3.1-3.3.3)."""

from __future__ import annotations

import os
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from deskapp.desk import Desk
from deskapp.domain import office_document as rules
from deskapp.domain.attachment import clean_name
from deskapp.domain.errors import RuleBroken, StorageFailed
from deskapp.domain.office_document import DocumentRow, ItemRow, OfficeDocument
from deskapp.services import document_text
from deskapp.services.attachments import ending_for
from deskapp.services.submissions import once

if TYPE_CHECKING:
    from deskapp.adapters.document_text import Reading
    from deskapp.domain.attachment import Attachment
    from deskapp.domain.document import Document
    from deskapp.repository.work import Work

MOST_FOUND = 100
"""The most documents a search lists: who sees more types another letter."""
_TRIES = 1_000


@dataclass(frozen=True, slots=True)
class FileRow:
    """A file of a document, and how far it is found by its words."""

    attachment: Attachment
    reading: Reading
    added_by: str = ""


@dataclass(frozen=True, slots=True)
class Opened:
    """A document with its items and its files."""

    row: DocumentRow
    items: tuple[ItemRow, ...] = ()
    files: tuple[FileRow, ...] = ()

    @property
    def document(self) -> OfficeDocument:
        """The document itself."""
        return self.row.document


def save(desk: Desk, document: OfficeDocument, *, key: str = "") -> OfficeDocument:
    """Write a document, or change one; a new one gets its number, under a `key` once however often it is sent."""
    document = replace(
        document,
        title=rules.one_line(document.title),
        people=rules.one_line(document.people),
        body=rules.plain(document.body).rstrip(),
    )
    rules.check_document(document)
    if document.id:
        document_text.readings(desk, document.id)
    with desk.write("document.save") as work:
        if document.id:
            return change_in(work, document)
        return once(work, key, "document.add", partial(add_in, work, desk, document), work.documents.find)


def add_in(work: Work, desk: Desk, document: OfficeDocument) -> OfficeDocument:
    """Write a new document inside a transaction that does more than that; the number is given last."""
    day = desk.day_in_number(work.now)
    by = work.operator.id if work.operator else None
    serial = work.counters.next(f"{rules.PREFIX}{day}")
    numbered = replace(document, number=rules.number(day, serial), created_at=work.now, created_by=by)
    made = work.documents.add(numbered)
    work.documents.index(made)
    return made


def change_in(work: Work, document: OfficeDocument) -> OfficeDocument:
    """Change a document; its number, whether it is in use and who made it are nobody's to write."""
    known = work.documents.held(document.id)
    kept = replace(
        document,
        number=known.number,
        active=known.active,
        created_at=known.created_at,
        created_by=known.created_by,
    )
    saved = work.documents.save(kept)
    document_text.index_in(work, saved.id)
    return saved


def retire(desk: Desk, document: OfficeDocument, *, active: bool = False) -> OfficeDocument:
    """Take a document out of use, or bring it back; it keeps its number, its files and its items."""
    with desk.write("document.retire") as work:
        return work.documents.save(replace(document, active=active))


def opened(desk: Desk, document_id: int) -> Opened:
    """A document with everything that belongs to it."""
    readings = document_text.readings(desk, document_id)
    with desk.read() as work:
        document = work.documents.find(document_id)
        (row,) = work.documents.rows([document])
        items = tuple(work.action_items.rows(work.action_items.of(document_id)))
        files = work.attachments.of("document", document_id)
        people = work.operators.get_many(one.added_by or 0 for one in files)
        rows = tuple(
            FileRow(one, readings[one.id], people[one.added_by].name if one.added_by in people else "")
            for one in files
            if one.id in readings
        )
    return Opened(row, items, rows)


def find(desk: Desk, typed: str, kind: str = "", *, active: bool = True) -> list[DocumentRow]:
    """Find documents by number, title, people, body, and the words of their files, as one types."""
    with desk.read() as work:
        return work.documents.finding(typed, MOST_FOUND, kind=kind, active=active)


def save_file(desk: Desk, attachment: Attachment, folder: Path | str) -> Path:
    """Write a kept file into a folder somebody chose, never over another; say where it lies."""
    where = Path(folder).expanduser()
    if not where.is_dir():
        raise RuleBroken("document.no_folder", path=str(where))
    name = clean_name(attachment.name)
    ending = f".{ending_for(attachment)}"
    stem = name[: -len(ending)] if name.lower().endswith(ending) else name
    with desk.read() as work:
        content = work.attachments.content(attachment.sha256)
    for place in range(1, _TRIES):
        path = where / (f"{stem}{ending}" if place == 1 else f"{stem} ({place}){ending}")
        try:
            _write_new(path, content)
        except FileExistsError:
            continue
        except OSError as error:
            why = error.strerror or type(error).__name__
            raise StorageFailed("attachments.not_saved", path=str(path), why=why) from error
        return path
    raise StorageFailed("attachments.not_saved", path=str(where / name), why="EEXIST")


def _write_new(path: Path, content: bytes) -> None:
    """Write a file that was not there; one half written goes again."""
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0) | getattr(os, "O_NOFOLLOW", 0)
    descriptor = os.open(path, flags, 0o600)
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
    except BaseException:
        path.unlink(missing_ok=True)
        raise


def paper(desk: Desk, document_id: int) -> Document:
    """A document as a paper: its head, its words, its items, what is attached, and who signs."""
    from deskapp.services.document_paper import build

    return build(desk, opened(desk, document_id))


def export(desk: Desk, document_id: int, form: str) -> Path:
    """Write a document as docx, pdf or xlsx into the desk's folder; say where it lies."""
    from deskapp.services.papers import files

    made = paper(desk, document_id)
    return files.save(desk, "documents", f"{made.number}.{form}", files.rendered(desk, made, form))
