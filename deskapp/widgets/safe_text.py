"""Text from outside made safe to paint: nothing hidden, nothing that moves the cursor, cut by cells."""

from __future__ import annotations

import re
from typing import Literal

from rich.cells import cell_len, get_character_cell_size

from deskapp.widgets import signs

_CONTROL_PICTURES = 0x2400
_DELETE_PICTURE = "\u2421"
_LOST = "\ufffd"
_HIDDEN = "\u00b7"
_MARKS_KEPT = 3

_HARMFUL = re.compile(
    "["
    "\x00-\x1f\x7f-\x9f"
    "\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f"
    "\u200b-\u200f\u2028-\u202e\u2060-\u206f\u2800\u3164"
    "\ufe00-\ufe0f\ufeff\uffa0\ufff0-\ufffc"
    "\ud800-\udfff"
    "\U0001d173-\U0001d17a\U000e0000-\U000e0fff"
    "]"
)
_MARK = (
    "[\u0300-\u036f\u0483-\u0489\u0591-\u05bd\u0610-\u061a\u064b-\u065f\u0670\u06d6-\u06dc"
    "\u0e31\u0e34-\u0e3a\u0e47-\u0e4e\u0eb1\u0eb4-\u0ebc\u0ec8-\u0ecd\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20f0\ufe20-\ufe2f]"
)
_PILED_MARKS = re.compile(f"({_MARK}{{{_MARKS_KEPT}}}){_MARK}+")
_DROPPED = re.compile("[\ufe00-\ufe0f\U000e0100-\U000e01ef]")

Side = Literal["left", "right"]


def shown(text: str, newlines: bool = False) -> str:
    """Make what would be hidden or act on the terminal visible; `newlines` keeps line feeds.

    Controls become their pictures, direction overrides and zero-width characters a dot, halves of
    surrogates a replacement character, variation selectors go, and piled-up accents are thinned.
    """
    if text.isascii() and text.isprintable():
        return text
    if _HARMFUL.search(text):
        if newlines:
            text = text.replace("\r\n", "\n").expandtabs(4)
        text = _HARMFUL.sub(lambda match: _visible(match[0], newlines), text)
    text = _PILED_MARKS.sub(r"\1", text)
    return signs.plainly(text)


def _visible(character: str, newlines: bool) -> str:
    if _DROPPED.match(character):
        return ""
    code = ord(character)
    if character == "\n" and newlines:
        return character
    if code < 0x20:
        return chr(_CONTROL_PICTURES + code)
    if code == 0x7F:
        return _DELETE_PICTURE
    if code < 0xA0 or 0xD800 <= code < 0xE000 or code == 0xFFFC:
        return _LOST
    return "\u2424" if code in (0x2028, 0x2029) else _HIDDEN


def shown_in_place(text: str) -> str:
    """As `shown`, but character for character, so that a caret stays where it is; tabs are kept."""
    if text.isprintable() and not _HARMFUL.search(text):
        return text
    return _HARMFUL.sub(
        lambda match: match[0] if match[0] == "\t" else _visible(match[0], False) or _HIDDEN, text
    )


def fit(text: str, cells: int, align: Side = "left") -> str:
    """Cut or pad `text` to exactly `cells` terminal cells; Chinese takes two, a cut ends in an ellipsis."""
    if cells <= 0:
        return ""
    taken = cell_len(text)
    if taken > cells:
        text = cut(text, cells - 1) + signs.sign("ellipsis")
        taken = cell_len(text)
    padding = " " * (cells - taken)
    return padding + text if align == "right" else text + padding


def cut(text: str, cells: int) -> str:
    """The longest beginning of `text` that takes at most `cells` cells."""
    if cell_len(text) <= cells:
        return text
    taken = 0
    for index, character in enumerate(text):
        taken += get_character_cell_size(character)
        if taken > cells:
            return _settled(text[:index], cells)
    return _settled(text, cells)


def _settled(text: str, cells: int) -> str:
    """Shorten until the whole measures as its parts did: joined characters can be wider together."""
    while cell_len(text) > cells:
        text = text[:-1]
    return text
