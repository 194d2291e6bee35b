"""A tag: a short word colleagues put on tickets to find them again, the same however it was typed (row T15)."""

from __future__ import annotations

import unicodedata

from deskapp.domain.errors import RuleBroken

MOST = 40
_REFUSED = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zs", "Zl", "Zp"})


def folded(typed: str) -> str:
    """Write a tag as it is stored and compared: compatible forms made one, small letters, no # before it."""
    text = typed
    while (again := unicodedata.normalize("NFKC", text).casefold().strip().lstrip("#").strip()) != text:
        text = again
    return text


def normal(typed: str) -> str:
    """Write a tag as it is stored; refuse an empty one, a long one, spaces and signs nobody sees."""
    tag = folded(typed)
    if not tag:
        raise RuleBroken("ticket.tag_missing")
    if any(unicodedata.category(character) in _REFUSED for character in tag):
        raise RuleBroken("ticket.tag_spaces")
    if len(tag) > MOST:
        raise RuleBroken("ticket.tag_long", most=MOST)
    return tag


def asked(typed: str) -> tuple[tuple[str, ...], str]:
    """Part what was typed into a search: the beginnings of tags (`#leak`), and the rest."""
    words = unicodedata.normalize("NFKC", typed).split()
    tags = tuple(dict.fromkeys(folded(word) for word in words if word.startswith("#")))
    if not tags:
        return (), typed
    return tags, " ".join(word for word in words if not word.startswith("#"))
