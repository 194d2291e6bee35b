"""Files kept with a record: photos of a site, papers that were handed in; what may be kept and under which name."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass

from pendulum import DateTime

from deskapp.domain.errors import RuleBroken

NOUNS = ("site", "inspection", "ticket", "message", "paper", "document")
"""What files may be kept with."""
MOST_BYTES = 20 * 1024 * 1024
LONGEST_NAME = 120
"""Characters of a name, its ending included."""
MEDIA: Mapping[str, str] = {
    "jpg": "image/jpeg",
    "png": "image/png",
    "gif": "image/gif",
    "webp": "image/webp",
    "heic": "image/heic",
    "pdf": "application/pdf",
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "zip": "application/zip",
    "txt": "text/plain",
    "csv": "text/csv",
    "md": "text/markdown",
}
"""What may be kept, by the ending it is saved under again."""
PAGES: Mapping[str, str] = {"html": "text/html"}
"""What may be kept with documents only, which people here chose themselves: a page from a stranger may do harm."""
_ENDINGS = {"jpeg": "jpg", "jpe": "jpg", "heif": "heic", "htm": "html", "markdown": "md"}
_HEADS: tuple[tuple[str, int, tuple[bytes, ...]], ...] = (
    ("jpg", 0, (b"\xff\xd8\xff",)),
    ("png", 0, (b"\x89PNG\r\n\x1a\n",)),
    ("gif", 0, (b"GIF87a", b"GIF89a")),
    ("webp", 8, (b"WEBP",)),
    ("heic", 4, (b"ftypheic", b"ftypheix", b"ftyphevc", b"ftypmif1", b"ftypmsf1", b"ftypheim", b"ftypheis")),
    ("pdf", 0, (b"%PDF-",)),
    ("zip", 0, (b"PK\x03\x04", b"PK\x05\x06")),
)
_ZIPPED = frozenset({"docx", "xlsx", "zip"})
_TEXTS = frozenset({"txt", "csv", "md", "html"})
_RESERVED = re.compile(r"(?i)(con|prn|aux|nul|conin\$|conout\$|(com|lpt)[\d\u00b9\u00b2\u00b3]) *(\..*)?")


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


def check_noun(noun: str) -> None:
    """Refuse to keep a file with what keeps none."""
    if noun not in NOUNS:
        raise RuleBroken("attachments.noun", value=noun)


def clean_name(raw: str) -> str:
    """A file's own name out of any path: nothing that leads elsewhere, acts on a terminal or hides, and not too long.

    clean_name("../../x\\\\photo.jpg") → "photo.jpg"
    """
    name = re.split(r"[/\\]", raw.rstrip("/\\"))[-1]
    kept = "".join(" " if one.isspace() else one for one in name if not _is_hidden(one))
    kept = re.sub(r'[<>:"|?*]', "_", kept)
    kept = re.sub(r" {2,}", " ", kept).strip(". ")
    if _RESERVED.fullmatch(kept):
        kept = f"_{kept}"
    stem, dot, ending = kept.rpartition(".")
    if dot and len(ending) <= 10:
        kept = (
            f"{stem[: LONGEST_NAME - len(ending) - 1].rstrip('. ')}.{ending}" if stem.strip(". ") else ending
        )
    return kept[:LONGEST_NAME] or "file"


def _is_hidden(character: str) -> bool:
    """Whether a character is none to be read: controls, marks of direction, joiners, half surrogates."""
    return unicodedata.category(character)[0] == "C"


def ending_of(name: str) -> str:
    """The ending a name promises, in the spelling MEDIA has; "" when it has none."""
    _, dot, ending = name.rpartition(".")
    ending = ending.lower() if dot else ""
    return _ENDINGS.get(ending, ending)


def media_for(noun: str) -> Mapping[str, str]:
    """What may be kept with a noun."""
    return {**MEDIA, **PAGES} if noun == "document" else MEDIA


def kind_of(name: str, content: bytes, noun: str = "") -> str:
    """The ending of what a content truly is; refuse what is not on the list, or is not what its name says."""
    promised, found, known = ending_of(name), _sniffed(content), media_for(noun)
    if promised not in known:
        raise RuleBroken("attachments.type", name=name, known=" ".join(known))
    if found == "zip" and promised in _ZIPPED:
        return promised
    if promised in _TEXTS and not found and _is_text(content):
        return promised
    if found and found == promised:
        return found
    if found.startswith(("jpg", "png", "gif", "webp", "heic")) and known[promised].startswith("image/"):
        return found
    raise RuleBroken("attachments.mismatch", name=name, ending=promised)


def _sniffed(content: bytes) -> str:
    for ending, place, heads in _HEADS:
        if any(content.startswith(head, place) for head in heads):
            return ending
    return ""


def _is_text(content: bytes) -> bool:
    if b"\x00" in content:
        return False
    for encoding in ("utf-8", "gb18030"):
        try:
            content.decode(encoding)
        except UnicodeDecodeError:
            continue
        return True
    return False


def check_size(name: str, size: int) -> None:
    """Refuse an empty file and one too big to keep."""
    if size == 0:
        raise RuleBroken("attachments.empty", name=name)
    if size > MOST_BYTES:
        raise RuleBroken("attachments.too_big", name=name, most=MOST_BYTES // (1024 * 1024))
