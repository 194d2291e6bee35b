"""A guard before a zipped workbook is opened: what is inside, how large it becomes, how far its cells reach."""

from __future__ import annotations

import re
import sys
import zlib
from array import array
from collections.abc import Iterator
from dataclasses import dataclass
from io import BytesIO
from itertools import chain
from zipfile import ZIP_DEFLATED, ZIP_STORED, BadZipFile, ZipFile, ZipInfo

from deskapp.domain.errors import RuleBroken

MOST_UNPACKED = 1024 * 1024 * 1024
"""The most bytes all parts of a workbook may unpack to."""
MOST_TEXT = 256 * 1024 * 1024
"""The most bytes of text all cells of a workbook may hold: one shared text may stand in any number of them."""
MOST_PARTS = 5000
MOST_RATIO = 400
"""A part that unpacks to more than this many times its size, and to more than LARGE, is a bomb."""
LARGE = 64 * 1024 * 1024

LONGEST_TAG = 4 * 1024 * 1024
"""A tag, or a text behind one, longer than this is none of any spreadsheet program."""
_CHUNK = 1024 * 1024
_OVERLAP = 512
_ROW = re.compile(rb"\br\s*=\s*[\"'](?:(\d+)[\"']|[A-Za-z](\d{6,}))")
_WIDE = re.compile(rb"\br\s*=\s*[\"']([A-Za-z]{2,})(\d+)")
_UNPLACED = re.compile(rb"<(?:\w+:)?c(?:\s+(?!r\s*=)[\w:]+\s*=\s*(?:\"[^\"]*\"|'[^']*'))*\s*/?>")
_SHARED = re.compile(rb"\bt\s*=\s*[\"']s[\"']")
_SHARED_CELL = re.compile(rb"\bt\s*=\s*[\"']s[\"'][^<>]*>\s*<(?:\w+:)?v[^<>]*>\s*(\d{1,9})")
_TEXT_TAG = re.compile(rb"<(/?)(?:\w+:)?si(?=[\s/>])[^<>]*>")
_ATTRIBUTES = rb"((?:[^<>\"']|\"[^\"<]*\"|'[^'<]*')*)"
_TAG = re.compile(rb"<(?:\w+:)?(row|c)\b" + _ATTRIBUTES + rb">(</)?")
_PLACE = re.compile(rb"(?<![\w:])r\s*=\s*[\"']([A-Za-z]*)(\d+)")
_ODS_TAG = re.compile(rb"<table:(table|table-row|(?:covered-)?table-cell)(?=[\s/>])" + _ATTRIBUTES + rb">")
_ODS_TIMES = re.compile(rb"number-(?:rows|columns)-repeated\s*=\s*[\"'](\d{1,9})")


def check_workbook(content: bytes, file: str, most_cells: int) -> None:
    """Refuse a zip that is no workbook (import.format) or too big in any way (import.too_big)."""
    try:
        with ZipFile(BytesIO(content)) as parts:
            known = parts.infolist()
            names = {part.filename for part in known}
            if "xl/workbook.xml" not in names and "content.xml" not in names:
                raise RuleBroken("import.format", file=file)
            if len(known) > MOST_PARTS or sum(part.file_size for part in known) > MOST_UNPACKED:
                raise RuleBroken("import.too_big", file=file)
            if any(part.flag_bits & 1 for part in known):
                raise RuleBroken("import.password", file=file)
            unpacked, shared, texts = 0, [], []
            for part in known:
                seen = _check_part(content, part, file, most_cells, MOST_UNPACKED - unpacked)
                unpacked += seen.size
                shared += [(part, seen.shared)] if seen.shared else []
                texts += [part] if seen.texts else []
            _check_shared(content, shared, texts, file)
    except (BadZipFile, zlib.error, EOFError, NotImplementedError, ValueError, IndexError):
        raise RuleBroken("import.unreadable", file=file) from None


@dataclass(slots=True)
class _Seen:
    """What is in a part: its bytes, cells that hold a shared text, and whether it has shared texts itself."""

    size: int = 0
    shared: int = 0
    texts: bool = False


def _check_part(content: bytes, part: ZipInfo, file: str, most_cells: int, most: int) -> _Seen:
    """Unpack one part piece by piece, believing nothing it says of itself."""
    found, rows, columns, unplaced, before = _Seen(), 0, 26, 0, b""
    for piece in _unpack(content, part):
        found.size += len(piece)
        if found.size > most or (found.size > LARGE and found.size > MOST_RATIO * max(1, part.compress_size)):
            raise RuleBroken("import.too_big", file=file)
        seen = before + piece
        reach = _WIDE.findall(seen)
        unplaced += len(_UNPLACED.findall(seen))
        placed = (row or deep for row, deep in _ROW.findall(seen))
        rows = max([rows, *map(int, placed), *(int(row) for _, row in reach)])
        columns = max([columns, *(_column(letters) for letters in {letters for letters, _ in reach})])
        found.shared += len(_SHARED.findall(seen))
        found.texts = found.texts or _TEXT_TAG.search(seen) is not None
        before = seen[-_OVERLAP:]
    if found.size != part.file_size:
        raise BadZipFile(part.filename)
    is_ods = part.filename == "content.xml"
    if not is_ods and max(rows, unplaced) * max(columns, unplaced) <= most_cells:
        return found
    if (_ods_reach if is_ods else _reach)(_unpack(content, part)) > most_cells:
        raise RuleBroken("import.too_big", file=file)
    return found


def _check_shared(content: bytes, shared: list[tuple[ZipInfo, int]], texts: list[ZipInfo], file: str) -> None:
    """Refuse cells that hold, together, more of the shared texts than memory should."""
    lengths = [_lengths(_unpack(content, part)) for part in texts]
    longest = max((max(one, default=0) for one in lengths), default=0)
    if sum(cells for _, cells in shared) * longest <= MOST_TEXT:
        return
    total = 0
    for part, _ in shared:
        before = b""
        for piece in _unpack(content, part):
            seen = before + piece
            for place in map(int, _SHARED_CELL.findall(seen)):
                total += max((one[place] for one in lengths if place < len(one)), default=0)
            if total > MOST_TEXT:
                raise RuleBroken("import.too_big", file=file)
            before = seen[-_OVERLAP:]


def _lengths(pieces: Iterator[bytes]) -> array[int]:
    """How long each shared text is, in bytes as it is written."""
    found, begun = array("Q"), 0
    for (closes,), start, end in _placed_tags(pieces, _TEXT_TAG):
        if closes:
            found.append(max(0, start - begun))
        begun = end
    return found


def _unpack(content: bytes, part: ZipInfo) -> Iterator[bytes]:
    """The bytes of a part in pieces, counted as they come out, not as the directory says."""
    header = part.header_offset
    start = (
        header + 30 + sum(int.from_bytes(content[header + at : header + at + 2], "little") for at in (26, 28))
    )
    packed = memoryview(content)[start : start + part.compress_size]
    if part.compress_type == ZIP_STORED:
        for at in range(0, len(packed), _CHUNK):
            yield bytes(packed[at : at + _CHUNK])
        return
    if part.compress_type != ZIP_DEFLATED:
        raise NotImplementedError
    inflate = zlib.decompressobj(-15)
    left: bytes | memoryview = packed
    while left and not inflate.eof:
        yield inflate.decompress(left, _CHUNK)
        left = inflate.unconsumed_tail


def _reach(pieces: Iterator[bytes]) -> int:
    """The rectangle spanned by the cells that hold a value, placed or in sequence; blank ones do not count."""
    row = column = rows = columns = 0
    for kind, said, closes in _tags(pieces, _TAG):
        place = _PLACE.search(said)
        if kind == b"row":
            row, column = int(place[2]) if place else row + 1, 0
            continue
        column = _column(place[1]) if place and place[1] else column + 1
        row = int(place[2]) if place else row
        if not said.endswith(b"/") and not closes:
            rows, columns = max(rows, row), max(columns, column)
    return rows * columns


def _ods_reach(pieces: Iterator[bytes]) -> int:
    """The largest rectangle any table of an OpenDocument sheet spans, repeated rows and cells counted.

    Endless where the texts of its cells, repeated, are more than memory should hold.
    """
    row = column = rows = columns = worst = said = 0
    times, held, begun = 1, 0, 0
    closed = chain(pieces, [b"<table:table>"])
    for (kind, attributes), start, end in _placed_tags(closed, _ODS_TAG):
        said += held * times * (start - begun)
        held, begun = 0, end
        match = _ODS_TIMES.search(attributes)
        repeated = int(match[1]) if match else 1
        if kind == b"table":
            row = rows = columns = 0
            times = 0
        elif kind == b"table-row":
            row, column, times = row + times, 0, repeated
        else:
            column += repeated
            if b"value-type" in attributes or not attributes.endswith(b"/"):
                rows, columns = max(rows, row + times), max(columns, column)
                worst = max(worst, rows * columns)
                held = repeated
        if said > MOST_TEXT:
            return sys.maxsize
    return worst


def _tags(pieces: Iterator[bytes], pattern: re.Pattern[bytes]) -> Iterator[tuple[bytes, ...]]:
    """The tags of a kind in order."""
    return (groups for groups, _, _ in _placed_tags(pieces, pattern))


def _placed_tags(
    pieces: Iterator[bytes], pattern: re.Pattern[bytes]
) -> Iterator[tuple[tuple[bytes, ...], int, int]]:
    """The tags of a kind in order with where they begin and end; one cut between two pieces is put together again."""
    before, base = b"", 0
    for piece in pieces:
        seen = before + piece
        whole = seen.rfind(b"<", 0, max(0, len(seen) - 8))
        whole = len(seen) if whole < 0 else whole
        for match in pattern.finditer(seen[:whole]):
            yield match.groups(b""), base + match.start(), base + match.end()
        before = seen[whole:]
        if len(before) > LONGEST_TAG:
            raise ValueError(len(before))
        base += len(seen) - len(before)
    for match in pattern.finditer(before):
        yield match.groups(b""), base + match.start(), base + match.end()


def _column(letters: bytes) -> int:
    """A column's number from its letters: A is 1."""
    number = 0
    for letter in letters.upper()[:8]:
        number = number * 26 + letter - 64
    return number
