"""The words of a file, to be found by: of text, pages, Word, sheets and PDF; bounded in size and time.

Whatever a file is or claims, reading it ends soon, takes little memory and gives words or the code of why not. Parts
of a zip are unpacked piece by piece and only as far as needed; XML that declares anything of its own is refused;
PDF is read by another process, which may be ended at any time and dies alone.
"""

from __future__ import annotations

import re
import subprocess
import sys
import time
import zlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from io import BytesIO
from xml.etree.ElementTree import ParseError, XMLParser
from zipfile import BadZipFile, ZipFile, ZipInfo

from deskapp.adapters.delimited import decode
from deskapp.domain.errors import RuleBroken
from deskapp.domain.mail_html import text_of

MOST_CHARACTERS = 20_000
"""Of one file; the rest of a longer one is not found by."""
MOST_UNPACKED = 48 * 1024 * 1024
"""Bytes of all the parts of a zip that are read."""
MOST_PARTS = 5_000
MOST_PAGE = 120_000
"""Characters of a page of HTML that are read, without its scripts and styles: its reader is slow with bad ones."""
READ_S = 3.0
"""How long a file may take."""
PDF_S = 12.0
READABLE = ("txt", "csv", "md", "html", "docx", "xlsx", "pdf")
WHYS = ("kind", "encrypted", "broken", "too_big", "slow", "no_words", "no_reader")
"""Why no words were read: no kind that has any, a password, broken, too big, too slow, only pictures, no library."""
_CHUNK = 64 * 1024
_DECLARED = re.compile(rb"<!\s*(?:DOCTYPE|ENTITY)", re.IGNORECASE)
_SILENT = tuple(
    (re.compile(f"<{name}\\b", re.IGNORECASE), re.compile(f"</{name}\\s*>", re.IGNORECASE))
    for name in ("script", "style", "svg")
)
_WORD_PARTS = re.compile(r"word/(?:document|header\d*|footer\d*|footnotes|endnotes|comments)\.xml")
_SHEET_PARTS = re.compile(r"xl/(?:workbook|sharedStrings|worksheets/sheet\d+)\.xml")


@dataclass(frozen=True, slots=True)
class Reading:
    """The words of a file, or the code of why there are none; `cut` when it goes on after them."""

    words: str = ""
    why: str = ""
    cut: bool = False


class _Unread(Exception):
    """Why a file gives no words, as a code."""


def read_words(ending: str, content: bytes) -> Reading:
    """Read the words of a file by what it truly is; never an error, whatever it holds."""
    readers: dict[str, Callable[[bytes], str]] = {
        "html": _page,
        "docx": _docx,
        "xlsx": _xlsx,
        "pdf": _pdf,
        **dict.fromkeys(("txt", "csv", "md"), _text),
    }
    reader = readers.get(ending)
    if reader is None:
        return Reading(why="kind")
    try:
        words = " ".join(reader(content).split())
    except _Unread as error:
        return Reading(why=str(error))
    except (
        BadZipFile,
        ParseError,
        zlib.error,
        EOFError,
        NotImplementedError,
        ValueError,
        LookupError,
        OSError,
    ):
        return Reading(why="broken")
    except (MemoryError, RecursionError):
        return Reading(why="too_big")
    if not words:
        return Reading(why="no_words")
    return Reading(words[:MOST_CHARACTERS], cut=len(words) > MOST_CHARACTERS)


def _text(content: bytes) -> str:
    try:
        return decode(content, "")[0][: 8 * MOST_CHARACTERS]
    except RuleBroken:
        return content.decode("gb18030", errors="replace")[: 8 * MOST_CHARACTERS]


def _page(content: bytes) -> str:
    page = _decoded(content)
    for begins, ends in _SILENT:
        page = _without(page, begins, ends)
    return text_of(page[:MOST_PAGE])


def _without(page: str, begins: re.Pattern[str], ends: re.Pattern[str]) -> str:
    """A page without what stands between two marks, in one pass; what never ends goes to the end."""
    kept, at = [], 0
    while begun := begins.search(page, at):
        kept.append(page[at : begun.start()])
        over = ends.search(page, begun.end())
        at = over.end() if over else len(page)
    return "".join([*kept, page[at:]])


def _decoded(content: bytes) -> str:
    try:
        return decode(content, "")[0]
    except RuleBroken:
        return content.decode("utf-8", errors="replace")


def _docx(content: bytes) -> str:
    """Paragraphs of the body first, then of what stands around it."""
    return _gathered(content, _WORD_PARTS, "word/document.xml")


def _xlsx(content: bytes) -> str:
    """The names of the sheets, every text, and the values that are no texts."""
    return _gathered(content, _SHEET_PARTS, "xl/workbook.xml")


class _Words:
    """What an XML parser tells as it goes: no tree is built, so a part takes no more memory than its words."""

    def __init__(self) -> None:
        self.found: list[str] = []
        self.length = 0
        self.listening = False
        self.cell = ""

    @property
    def enough(self) -> bool:
        """Whether there are as many words as are kept."""
        return self.length > 2 * MOST_CHARACTERS

    def start(self, tag: str, attributes: Mapping[str, str]) -> None:
        """Listen to texts, and to values of cells that refer to none; a sheet has a name."""
        name = tag.rpartition("}")[2]
        if name == "c":
            self.cell = attributes.get("t", "")
        elif name == "sheet":
            self._add(attributes.get("name", "") + " ")
        self.listening = name == "t" or (name == "v" and self.cell not in ("s", "b", "e"))

    def end(self, tag: str) -> None:
        """Part the words of paragraphs and cells."""
        self.listening = False
        if tag.rpartition("}")[2] in ("p", "tab", "br", "tc", "si", "c") and self.found[-1:] != [" "]:
            self._add(" ")

    def data(self, words: str) -> None:
        """Keep what was listened to."""
        if self.listening:
            self._add(words)

    def close(self) -> None:
        """Nothing is left to do."""

    def _add(self, words: str) -> None:
        if not self.enough:
            self.found.append(words)
            self.length += len(words)


def _gathered(content: bytes, wanted: re.Pattern[str], first: str) -> str:
    """The words of some XML parts of a zip, unpacked piece by piece and only until there are enough."""
    until, left, words = time.monotonic() + READ_S, MOST_UNPACKED, _Words()
    with ZipFile(BytesIO(content)) as archive:
        for part in _parts(archive, wanted, first):
            parser, tail = XMLParser(target=words), b""
            with archive.open(part) as stream:
                while not words.enough and (piece := stream.read(_CHUNK)):
                    left -= len(piece)
                    if left < 0:
                        raise _Unread("too_big")
                    if time.monotonic() > until:
                        raise _Unread("slow")
                    if _DECLARED.search(tail + piece) or b"\x00" in piece:
                        raise _Unread("broken")
                    tail = piece[-16:]
                    parser.feed(piece)
            if words.enough:
                break
            parser.close()
            words.end("}p")
    return "".join(words.found)


def _parts(archive: ZipFile, wanted: re.Pattern[str], first: str) -> list[ZipInfo]:
    """The parts to be read, the one that says most first."""
    known = archive.infolist()
    if len(known) > MOST_PARTS:
        raise _Unread("too_big")
    parts = [part for part in known if wanted.fullmatch(part.filename)]
    if any(part.flag_bits & 1 for part in parts):
        raise _Unread("encrypted")
    if not any(part.filename == first for part in parts):
        raise _Unread("broken")
    return sorted(parts, key=lambda part: (part.filename != first, part.filename))


def _pdf(content: bytes) -> str:
    """Ask another process, in the time it has."""
    command = [sys.executable, "-m", "deskapp.adapters.pdf_words", str(MOST_CHARACTERS)]
    try:
        done = subprocess.run(command, input=content, capture_output=True, timeout=PDF_S, check=False)
    except subprocess.TimeoutExpired:
        raise _Unread("slow") from None
    except OSError:
        raise _Unread("no_reader") from None
    why, _, words = done.stdout.decode("utf-8", errors="replace").partition("\n")
    if done.returncode != 0 or why not in ("", *WHYS):
        raise _Unread("broken")
    if why:
        raise _Unread(why)
    return words
