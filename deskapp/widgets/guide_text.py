"""A page of the help: a few marks of Markdown read into blocks, laid at a width, words found in it lit."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from rich.cells import get_character_cell_size
from textual.content import Content, Span

from deskapp.widgets.safe_text import shown

_INLINE = re.compile(r"\{([^{}]+)\}|`([^`]+)`|\*\*([^*]+)\*\*")
_ITEM = re.compile(r"(-|\d+\.) +")
_CODE_INDENT = "    "
_CLOSING = frozenset(",.;:!?)]}\u3001\u3002\u201d\u2019\u300b\u300d\uff0c\uff1a\uff1b\uff1f\uff01\uff09")
"""What never begins a line."""
_OPENING = frozenset("([{\u201c\u2018\u300a\u300c\uff08")
"""What never ends a line."""
_STYLES = {"title": "bold $primary", "chapter": "bold $primary", "code": "$accent"}
FOUND = "reverse"


@dataclass(frozen=True, slots=True)
class Block:
    """A paragraph, item, heading or line of code: what stands before it, and its pieces with their styles."""

    kind: str
    lead: str
    pieces: tuple[tuple[str, str], ...]

    @property
    def plain(self) -> str:
        """What it says."""
        return "".join(text for text, _ in self.pieces)


@dataclass(frozen=True, slots=True)
class Laid:
    """A page at some width: its lines, where its chapters begin, and where what was looked for stands."""

    lines: tuple[Content, ...]
    chapters: tuple[int, ...]
    hits: tuple[int, ...]


def read(text: str, keys: Callable[[str], str]) -> tuple[Block, ...]:
    """Read a page; `{binding id}` becomes the keys that do it now, several ids the keys one after the other."""
    blocks: list[Block] = []
    chapter = 0
    for line in text.splitlines():
        if line.startswith("## "):
            chapter += 1
            blocks.append(Block("chapter", f"{chapter:<3}", tuple(_pieces(line[3:].strip(), keys))))
        elif line.startswith("# "):
            blocks.append(Block("title", "", tuple(_pieces(line[2:].strip(), keys))))
        elif line.startswith(_CODE_INDENT):
            if blocks and blocks[-1].kind == "gap":
                blocks.pop()
            blocks.append(Block("code", _CODE_INDENT, ((shown(line[len(_CODE_INDENT) :]), ""),)))
        elif found := _ITEM.match(line):
            lead = "- " if found[1] == "-" else f"{found[1]:<3}"
            blocks.append(Block("item", lead, tuple(_pieces(line[found.end() :], keys))))
        elif line.strip():
            blocks.append(Block("text", "", tuple(_pieces(line.strip(), keys))))
        elif blocks and blocks[-1].kind != "gap":
            blocks.append(Block("gap", "", ()))
    return tuple(blocks)


def references(text: str) -> Iterator[str]:
    """Every binding id a page names."""
    for found in _INLINE.finditer(text):
        if found[1]:
            yield from found[1].split()


def _pieces(text: str, keys: Callable[[str], str]) -> Iterator[tuple[str, str]]:
    at = 0
    for found in _INLINE.finditer(text):
        if found.start() > at:
            yield shown(text[at : found.start()]), ""
        if found[1]:
            yield " ".join(keys(act) for act in found[1].split()), "bold $primary"
        elif found[2]:
            yield shown(found[2]), "$accent"
        else:
            yield shown(found[3]), "bold"
        at = found.end()
    if at < len(text):
        yield shown(text[at:]), ""


def lay(blocks: Sequence[Block], width: int, sought: str = "") -> Laid:
    """Break the blocks into lines of at most `width` cells; light up what is sought, upper case or lower."""
    lines: list[Content] = []
    chapters: list[int] = []
    hits: list[int] = []
    for block in blocks:
        if block.kind == "chapter":
            chapters.append(len(lines))
        _lay_one(block, width, sought.casefold(), lines, hits)
    return Laid(tuple(lines), tuple(chapters), tuple(hits))


def _lay_one(block: Block, width: int, sought: str, lines: list[Content], hits: list[int]) -> None:
    plain, first = block.plain, len(lines)
    found = list(_places(plain, sought))
    starts: list[int] = []
    base = _STYLES.get(block.kind, "")
    for begin, end in _broken(plain, max(8, width - len(block.lead))):
        lead = block.lead if begin == 0 or block.kind == "code" else " " * len(block.lead)
        starts.append(begin)
        spans = [Span(0, len(lead) + end - begin, base)] if base else []
        spans += _spans(block.pieces, begin, end, len(lead))
        spans += [
            Span(max(one, begin) - begin + len(lead), min(two, end) - begin + len(lead), FOUND)
            for one, two in found
            if one < end and two > begin
        ]
        lines.append(Content(lead + plain[begin:end].rstrip(), spans=spans))
    for one, _ in found:
        hits.append(first + max(at for at, begin in enumerate(starts) if begin <= one))


def _places(plain: str, sought: str) -> Iterator[tuple[int, int]]:
    low = plain.casefold()
    at = low.find(sought) if sought and len(low) == len(plain) else -1
    while at >= 0:
        yield at, at + len(sought)
        at = low.find(sought, at + len(sought))


def _spans(pieces: Sequence[tuple[str, str]], begin: int, end: int, shift: int) -> Iterator[Span]:
    at = 0
    for text, style in pieces:
        one, two = max(at, begin), min(at + len(text), end)
        if style and one < two:
            yield Span(one - begin + shift, two - begin + shift, style)
        at += len(text)


def _broken(plain: str, width: int) -> Iterator[tuple[int, int]]:
    """Where lines begin and end: at spaces, and between ideographs where no mark would hang over."""
    begin = 0
    while begin < len(plain):
        end, taken, good = begin, 0, 0
        while end < len(plain):
            taken += get_character_cell_size(plain[end])
            if taken > width and plain[end] != " ":
                break
            end += 1
            if end < len(plain) and _may_break(plain[end - 1], plain[end]):
                good = end
        if end < len(plain) and good > begin:
            end = good
        end = max(end, begin + 1)
        yield begin, end
        begin = end
    if not plain:
        yield 0, 0


def _may_break(before: str, after: str) -> bool:
    if after in _CLOSING or before in _OPENING or after == " ":
        return False
    if before == " ":
        return True
    return get_character_cell_size(before) == 2 or get_character_cell_size(after) == 2
