"""Who is called on in words: `@name` or `@login` of a colleague; a mail address calls on nobody (row T15)."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Mapping

from deskapp.domain.operator import Operator

_LOCAL = frozenset("._%+-")
_WIDE = "\u2e80"


def callable_names(operators: Iterable[Operator]) -> Mapping[str, frozenset[int]]:
    """By which words each active operator can be called on: name and login, folded; two of one name share it."""
    found: dict[str, frozenset[int]] = {}
    for operator in operators:
        if operator.active:
            for name in {_folded(operator.name).strip(), _folded(operator.login).strip()} - {""}:
                found[name] = found.get(name, frozenset()) | {operator.id}
    return found


def may_call(text: str) -> bool:
    """Whether a text can call on anybody at all."""
    return "@" in _folded(text)


def mentioned(text: str, names: Mapping[str, frozenset[int]]) -> frozenset[int]:
    """The ids of those called on in a text.

    Chinese needs no space after a name, so the longest name that stands there counts. After a name of letters
    or digits there must be none more, so that neither `@limin2` nor `@limin.com` calls on limin; and what
    stands right after letters, as in a mail address, is no call at all.
    """
    if "@" not in (folded := _folded(text)) or not names:
        return frozenset()
    longest = sorted(names, key=len, reverse=True)
    found: set[int] = set()
    at = folded.find("@")
    while at >= 0:
        name = _name_at(folded, at + 1, longest) if not _is_local(folded[at - 1 : at]) else ""
        found |= names.get(name, frozenset())
        at = folded.find("@", at + 1 + len(name))
    return frozenset(found)


def _folded(text: str) -> str:
    return unicodedata.normalize("NFKC", text).casefold()


def _name_at(text: str, start: int, longest: Iterable[str]) -> str:
    return next((name for name in longest if text.startswith(name, start) and _ends(text, start, name)), "")


def _ends(text: str, start: int, name: str) -> bool:
    """Whether a name ends where it is found: what is written in letters must not go on in letters."""
    end = start + len(name)
    if not _is_letter(name[-1:]):
        return True
    after, next_one = text[end : end + 1], text[end + 1 : end + 2]
    return not (_is_letter(after) or after in ("_", "@") or (after in (".", "-") and _is_letter(next_one)))


def _is_local(character: str) -> bool:
    """Whether a character can stand at the end of a mail address's first half."""
    return _is_letter(character) or (character != "" and character in _LOCAL)


def _is_letter(character: str) -> bool:
    """Letters and digits of scripts that part words by spaces."""
    return character.isalnum() and character < _WIDE
