"""What the writers of papers share: text made plain, the lines of head and foot, how wide columns are."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING

from deskapp.domain.document import Document, Facts, Table, format_of, written
from deskapp.i18n import say
from deskapp.papers.slip import cells

if TYPE_CHECKING:
    from deskapp.domain.document import Cell

WIDEST = 40
"""The most cells of a terminal a column of a table asks for."""
NARROWEST = 4
ACROSS = 100
"""A table that asks for more cells than this lies on its side."""
MOST_COLUMNS = 10
BOX = "\u25a1"
"""What stands where a character cannot be drawn."""
_HIDDEN = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})
_UNDRAWN = frozenset({*range(0xFE00, 0xFE10), 0x3164, 0xFFA0, 0x115F, 0x1160})


def plain(text: str) -> str:
    """Leave of a text what can be read: no controls, no marks of direction, no halves; line ends stay.

    plain("a\\x07b\\r\\nc\\td") → "ab\\nc d"
    """
    if text.isascii() and text.isprintable():
        return text
    text = text.replace("\r\n", "\n").replace("\r", "\n").replace("\u2028", "\n").replace("\u2029", "\n")
    return "".join(_kept(character) for character in text)


def _kept(character: str) -> str:
    if character == "\n":
        return character
    if character == "\t":
        return " "
    hidden = unicodedata.category(character) in _HIDDEN or ord(character) in _UNDRAWN
    return "" if hidden else character


def line(text: str) -> str:
    """A text on one line."""
    return " ".join(plain(text).split())


@cache
def font_path() -> Path:
    """Where the Chinese font lies that papers are printed with."""
    return Path(str(files("paperang_p2_fonts_cjk") / "fonts" / "wqy-microhei.ttc"))


def head_ends(document: Document) -> tuple[str, str]:
    """The line under the title: the period at its left, number and revision at its right."""
    number = say("paper.number", number=line(document.number)) if document.number else ""
    revision = say("paper.revision", revision=document.revision) if document.revision > 1 else ""
    period = say("paper.period_of", period=line(document.period)) if document.period else ""
    return period, "  ".join(part for part in (number, revision) if part)


def signature(words: str) -> str:
    """What stands before the line somebody signs on."""
    return say("paper.signature", who=line(words))


def foot_lines(document: Document) -> list[str]:
    """What stands small at the end: when and by whom it was made, what it takes the place of."""
    return [line(words) for words in (document.made, document.footer) if words.strip()]


def page_words(page: int | str, pages: int | str) -> str:
    """The page's number at its foot."""
    return say("paper.page", page=page, pages=pages)


def text_of(value: Cell, form: str) -> str:
    """A cell as it is printed."""
    return plain(written(value, form))


def natural_widths(table: Table) -> list[int]:
    """How many cells of a terminal each column asks for."""
    widths = []
    for place, column in enumerate(table.columns):
        form = format_of(table, place)
        texts = [text_of(row[place], form) for row in (*table.rows, table.total) if place < len(row)]
        longest = max(
            (cells(part) for text in (plain(column), *texts) for part in text.split("\n")), default=0
        )
        widths.append(min(max(longest, NARROWEST), WIDEST))
    return widths


def shares(table: Table) -> list[float]:
    """What part of the width each column has; they come to one."""
    asked = list(table.widths) if len(table.widths) == len(table.columns) else natural_widths(table)
    room = [max(one, NARROWEST) + 2 for one in asked]
    return [one / sum(room) for one in room]


def is_wide(document: Document) -> bool:
    """Whether the paper is printed lying on its side; a table that says how it shares the width stands as it is."""
    tables = [block for block in document.blocks if isinstance(block, Table)]
    return any(
        len(table.columns) > MOST_COLUMNS or (not table.widths and sum(natural_widths(table)) > ACROSS)
        for table in tables
    )


def padded_row(row: Sequence[Cell], width: int) -> list[Cell]:
    """A row with exactly as many cells as there are columns."""
    return [*row[:width], *([None] * (width - len(row)))]


@dataclass(frozen=True, slots=True)
class Line:
    """One line of facts: the pairs on it, and how many lines of text it takes at least."""

    pairs: tuple[tuple[str, str], ...]
    lines: int = 1


def fact_lines(facts: Facts) -> list[Line]:
    """The pairs of facts as they stand line by line."""
    across = max(1, facts.across)
    return [
        Line(tuple(facts.pairs[at : at + across]), facts.lines) for at in range(0, len(facts.pairs), across)
    ]
