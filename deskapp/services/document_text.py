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
    from deskapp.desk import Desk
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


def known_of(one: Attachment) -> Reading | None:
    """The words of a kept file, as far as they need no look into it."""
    from deskapp.adapters.document_text import READABLE, Reading

    ending = ending_for(one)
    if ending not in READABLE:
        return Reading(why="kind")
    with _lock:
        return _readings.get((ending, one.sha256))


def readings(desk: Desk, document_id: int) -> dict[int, Reading]:
    """The words of a document's files by attachment; no transaction lasts while a file is read.

    Of those beyond the first few it is only said that they are too many.
    """
    from deskapp.adapters.document_text import Reading

    with desk.read() as work:
        files = work.attachments.of("document", document_id)
    found = {one.id: Reading(why="too_many") for one in files[MOST_FILES:]}
    for one in files[:MOST_FILES]:
        known = known_of(one)
        if known is None:
            with desk.read() as work:
                content = work.attachments.content(one.sha256)
            known = read(ending_for(one), one.sha256, content)
        found[one.id] = known
    return found


def index_in(work: Work, document_id: int) -> None:
    """Write what a document is found by anew; its files were read before, but for one that came this moment."""
    document = work.documents.find(document_id)
    files = work.attachments.of("document", document_id)
    found = [
        known_of(one) or read(ending_for(one), one.sha256, work.attachments.content(one.sha256))
        for one in files[:MOST_FILES]
    ]
    work.documents.index(document, [*(one.name for one in files), *(one.words for one in found)])
