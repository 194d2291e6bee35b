"""Delimited text: which encoding, which delimiter, which records; what is doubtful is refused, not guessed."""

from __future__ import annotations

import codecs
import csv
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from io import StringIO

from deskapp.domain.errors import RuleBroken
from deskapp.domain.import_cells import Cell
from deskapp.domain.import_mapping import check_encoding

DELIMITERS = ",;\t|"
MOST_FIELD = 1_000_000
"""The most characters of one field; more is a quotation mark that was never closed."""
_SAMPLE = 65536
_COMMON = range(0xB0, 0xD8)
"""First bytes of the 3,755 common characters of GB 2312: real Chinese text is mostly these."""
_PAIRS = re.compile(rb"[\x81-\xfe][\x40-\x7e\x80-\xfe]")
_BOMS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_BINARY = re.compile("[\x00-\x08\x0e-\x1a\x1c-\x1f]")


def decode(content: bytes, file: str, encoding: str | None = None) -> tuple[str, str]:
    """Decode a text file: by its byte order mark, else UTF-8, else GB18030; or by the encoding named.

    Raises RuleBroken import.encoding (with the line of the first wrong byte), import.encoding_unsure,
    import.encoding_name, import.format for what is no text.
    """
    codec = _codec(content, file, encoding)
    try:
        text = content.decode(codec)
    except UnicodeError as error:
        line = content.count(b"\n", 0, getattr(error, "start", 0)) + 1
        raise RuleBroken("import.encoding", file=file, encoding=codec, line=line) from None
    sample = text[:_SAMPLE]
    if len(_BINARY.findall(sample)) > max(8, len(sample) // 20):
        raise RuleBroken("import.format", file=file)
    return text.removeprefix("\ufeff"), codec


def _codec(content: bytes, file: str, encoding: str | None) -> str:
    marked = next((codec for mark, codec in _BOMS if content.startswith(mark)), None)
    if encoding:
        named = check_encoding(encoding)
        return marked if marked and named.startswith(("utf-8", "utf-16", "utf-32")) else named
    if marked:
        return marked
    wide = _wide(content)
    if wide:
        return wide
    try:
        content.decode("utf-8")
        return "utf-8"
    except UnicodeDecodeError as error:
        if _mostly_utf8(content):
            line = content.count(b"\n", 0, error.start) + 1
            raise RuleBroken("import.encoding", file=file, encoding="utf-8", line=line) from None
    _check_chinese(content, file)
    return "gb18030"


def _wide(content: bytes) -> str | None:
    """UTF-16 without a mark shows by a zero in every second byte."""
    sample = content[:4096]
    pairs = max(1, len(sample) // 2)
    if sample[1::2].count(0) > pairs * 0.3 > sample[::2].count(0) * 3:
        return "utf-16-le"
    return "utf-16-be" if sample[::2].count(0) > pairs * 0.3 > sample[1::2].count(0) * 3 else None


def _mostly_utf8(content: bytes) -> bool:
    """Whether a file that is not quite UTF-8 is so nearly that it must be a damaged one."""
    text = content.decode("utf-8", errors="replace")
    wrong = text.count("\ufffd")
    right = sum(character > "\u07ff" for character in text) - wrong
    return right > wrong * 10


def _check_chinese(content: bytes, file: str) -> None:
    """Refuse to call a file GB18030 whose characters are mostly rare ones: it is in some other encoding."""
    pairs = _PAIRS.findall(content[: _SAMPLE * 8])
    common = sum(pair[0] in _COMMON and pair[1] >= 0xA1 for pair in pairs)
    punctuation = sum(0xA1 <= pair[0] <= 0xA9 and pair[1] >= 0xA1 for pair in pairs)
    if common * 2 < len(pairs) - punctuation:
        raise RuleBroken("import.encoding_unsure", file=file)


def split_records(text: str, file: str) -> Iterator[tuple[int, tuple[Cell, ...]]]:
    """Split text into numbered records; blank lines count. Raises RuleBroken import.open_quote, import.unreadable."""
    delimiter, text = _delimiter(text)
    csv.field_size_limit(MOST_FIELD)
    reader = csv.reader(StringIO(text, newline=""), delimiter=delimiter)
    number, ended, spans = 0, 0, 1
    try:
        for number, record in enumerate(reader, 1):
            spans, ended = reader.line_num - ended, reader.line_num
            yield number, tuple([None if not cell or cell.isspace() else cell for cell in record])
    except csv.Error:
        raise RuleBroken("import.open_quote", file=file, row=number + 1) from None
    if spans > 1 and _left_open(text, spans, delimiter):
        raise RuleBroken("import.open_quote", file=file, row=number)


def _left_open(text: str, spans: int, delimiter: str) -> bool:
    """Whether the last record, some lines long, ends inside a quoted cell."""
    tail = StringIO(text, newline="").readlines()[-spans:]
    try:
        list(csv.reader(tail, delimiter=delimiter, strict=True))
    except csv.Error as error:
        return "unexpected end" in str(error)
    return False


def _delimiter(text: str) -> tuple[str, str]:
    """The delimiter a `sep=` line names (that line is no row), or the one that parts most rows, and most alike."""
    named = re.match(r"sep=(.)\r?\n", text)
    if named:
        return named[1], text[named.end() :]
    sample = text[:_SAMPLE]
    return max(DELIMITERS, key=lambda delimiter: _fit(sample, delimiter)), text


def _fit(sample: str, delimiter: str) -> tuple[int, float, int]:
    """How well a delimiter fits: rows it parts at all, the share that has the commonest width, then that width."""
    widths = _widths(sample, delimiter)
    if not widths:
        return 0, 0.0, 0
    width, rows = max(Counter(widths).items(), key=lambda item: (item[1], item[0]))
    return sum(each > 1 for each in widths), rows / len(widths), width


def _widths(sample: str, delimiter: str) -> Sequence[int]:
    """The widths of the first records; the last of a cut sample is not whole and left out."""
    try:
        records = [
            len(record) for record in csv.reader(StringIO(sample, newline=""), delimiter=delimiter) if record
        ]
    except csv.Error:
        return ()
    return records[:200] if len(records) > 200 or len(sample) < _SAMPLE else records[:-1]
