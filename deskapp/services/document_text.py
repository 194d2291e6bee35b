"""What documents are found by: number, title, people, body, and the words of the files attached (rows K4, P5)."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterable
from hashlib import sha256
from threading import Lock
from typing import TYPE_CHECKING

from deskapp.services.attachments import LocalFile, ending_for

if TYPE_CHECKING:
    from deskapp.adapters.document_text import Reading
    from deskapp.domain.attachment import Attachment
    from deskapp.repository.work import Work

MOST_FILES = 12
"""How many of a document's files it is found by: the first added."""
_REMEMBERED = 48
_readings: OrderedDict[tuple[str, str], Reading] = OrderedDict()
_lock = Lock()


def warm(files: Iterable[LocalFile]) -> None:
    """Read files before a transaction begins: nobody waits at the database while one is read."""
    for file in files:
        read(file.ending, sha256(file.content).hexdigest(), file.content)


def read(ending: str, digest: str, content: bytes) -> Reading:
    """The words of a content, read once while it is remembered."""
    from deskapp.adapters.document_text import read_words

    with _lock:
        known = _readings.get((ending, digest))
    if known is None:
        known = read_words(ending, content)
        with _lock:
            _readings[ending, digest] = known
            while len(_readings) > _REMEMBERED:
                _readings.popitem(last=False)
    return known


def reading_of(work: Work, one: Attachment) -> Reading:
    """The words of a kept file."""
    from deskapp.adapters.document_text import READABLE, Reading

    ending = ending_for(one)
    if ending not in READABLE:
        return Reading(why="kind")
    with _lock:
        known = _readings.get((ending, one.sha256))
    return known or read(ending, one.sha256, work.attachments.content(one.sha256))


def readings(work: Work, document_id: int) -> dict[int, Reading]:
    """The words of a document's files by attachment; of those beyond the first few, that they are too many."""
    from deskapp.adapters.document_text import Reading

    files = work.attachments.of("document", document_id)
    found = {one.id: reading_of(work, one) for one in files[:MOST_FILES]}
    return found | {one.id: Reading(why="too_many") for one in files[MOST_FILES:]}


def index_in(work: Work, document_id: int) -> None:
    """Write what a document is found by anew."""
    document = work.documents.find(document_id)
    words = [one.words for one in readings(work, document_id).values() if one.words]
    names = [one.name for one in work.attachments.of("document", document_id)]
    work.documents.index(document, [*names, *words])
