"""A cell and a row of a spreadsheet as the import meets them: cleaned, shown, recognised as total or footer."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date, datetime
from functools import lru_cache
from typing import NamedTuple

from deskapp.domain.import_vocabulary import plain, row_words

Cell = str | int | float | bool | datetime | date | None
"""What a cell can hold; times of day and durations come as text."""

_WIDE_SPACES = "".join(map(chr, range(0x2000, 0x200C)))
SPACE = f" \t\n\r\x0b\x0c\x85\xa0\u1680{_WIDE_SPACES}\u2028\u2029\u202f\u205f\u2060\u3000\ufeff"
_RUNS = re.compile(f"[{SPACE}]+")
_CONTROLS = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f]")
_HAN = "\u2e80-\u2fff\u3007\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"
_GAP_IN_NAME = re.compile(f"(?<=[{_HAN}])[{SPACE}]+(?=[{_HAN}])")
_COUNT = re.compile(r"^(\D+?)(\d*)(\D*)$")


class Row(NamedTuple):
    """One row that holds something: its number as the spreadsheet program shows it, and its cells from column A."""

    number: int
    cells: tuple[Cell, ...]


def clean(text: str) -> str:
    """Strip every kind of space at the ends, make line ends \\n, and show control characters as U+FFFD."""
    if text.isprintable() and text[:1] != " " != text[-1:]:
        return text
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    return _CONTROLS.sub("\ufffd", text.strip(SPACE))


def one_line(text: str) -> str:
    """Clean a text that belongs on one line: inner line ends and runs of space become one space."""
    text = clean(text)
    return text if text.isprintable() and "  " not in text else _RUNS.sub(" ", text)


def person(text: str) -> str:
    """Clean a person's name: on one line, without the spaces that pad two Chinese characters to three."""
    return _GAP_IN_NAME.sub("", one_line(text))


def shown(value: Cell) -> str:
    """The cell as text, near to what the sheet shows; nothing is \"\"."""
    if value is None:
        return ""
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, datetime):
        return value.isoformat(" ")
    if isinstance(value, date):
        return value.isoformat()
    return str(int(value)) if isinstance(value, float) and value.is_integer() else repr(value)


def filled(cells: Sequence[Cell]) -> list[str]:
    """The texts of the cells that hold something, in order."""
    return [text for text in (clean(shown(cell)) for cell in cells if cell is not None) if text]


def is_total(text: str) -> bool:
    """Whether a row sums up others, by its first text: a total word, or a count of them."""
    return len(text) <= 30 and plain(text[0])[:1] in _total_starts() and _says_total(text)


@lru_cache(maxsize=1)
def _total_starts() -> frozenset[str]:
    return frozenset(word[0] for word in row_words("totals") | row_words("counts"))


def _says_total(text: str) -> bool:
    word = plain(text)
    if word in row_words("totals"):
        return True
    match = _COUNT.match(word)
    if not match:
        return False
    before, digits, after = match.groups()
    unit = after in row_words("count_units")
    counts = before in row_words("counts") and unit
    return bool(digits) and (counts or (before in row_words("totals") and (unit or not after)))


def may_be_footer(text: str) -> bool:
    """Whether a text begins as a line under the table does: a footer word and a colon."""
    head = text[:40].replace("\uff1a", ":")
    return ":" in head and plain(head.partition(":")[0]) in row_words("footers")


def is_footer(texts: Sequence[str], columns: int) -> bool:
    """Whether a row that begins as a line under the table has little else beside it."""
    return bool(texts) and may_be_footer(texts[0]) and len(texts) <= max(1, columns // 2)
