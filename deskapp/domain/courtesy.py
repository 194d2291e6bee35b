"""The adviser on outgoing text: what of it is of the forbidden kind, and which courtesy it lacks (row K2; text 3).

It only ever advises. Spellings are brought together as in the search: full width is half width, capitals are small,
invisible marks and the spaces in Chinese are nothing; a finding lies where it stands in the text as it was typed.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from functools import lru_cache

from deskapp.domain.phrase import Phrase, holes_in
from deskapp.domain.search_text import fold
from deskapp.domain.ticket import INTERNAL_KINDS

READ = 20_000
"""Characters of a text that are read."""
MOST = 20
"""Findings of the forbidden kind after which the rest is not looked for."""
NEEDS = ("greeting", "courtesy", "apology")
"""The courtesies a text can lack."""
_MARK_HAN, _MARK_LATIN = 8, 24
_BLANK = re.compile("_{3,}")
_CLUSTER = re.compile(
    "(?s:.)[\u0300-\u036f\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff\u3099\u309a\ufe20-\ufe2f]{0,20}"
)
"""A character and the marks that combine with it."""
_PARTS = re.compile(r"[^\w\s'\u2019-]+")


@dataclass(frozen=True, slots=True)
class Forbidden:
    """A rule of the forbidden kind: the expressions that break it, its name, and what to say instead."""

    expressions: tuple[str, ...]
    rule: str
    advice: str


@dataclass(frozen=True, slots=True)
class Rules:
    """What a text is held to: the forbidden kind, and by which words each courtesy is known."""

    forbidden: tuple[Forbidden, ...] = ()
    marks: Mapping[str, tuple[str, ...]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Finding:
    """Something to be said better: a forbidden expression and where it stands, or a courtesy that is not there."""

    kind: str
    begin: int = 0
    end: int = 0
    found: str = ""
    rule: str = ""
    advice: str = ""


def rules_of(phrases: Iterable[Phrase], greetings: Iterable[str] = ()) -> Rules:
    """The rules as the company's phrases make them.

    Short greetings, courteous words and apologies without holes are also what a courtesy is known by; where a
    greeting is asked for at all, those the console itself writes count too.
    """
    active = [one for one in phrases if one.active]
    forbidden = tuple(
        Forbidden(one.expressions, one.title, one.advice) for one in active if one.kind == "forbidden"
    )
    marks = {
        kind: tuple(dict.fromkeys(mark for one in active if one.kind == kind for mark in marks_of(one)))
        for kind in NEEDS
    }
    if marks["greeting"]:
        marks["greeting"] = tuple(dict.fromkeys((*marks["greeting"], *greetings)))
    return Rules(forbidden, marks)


def marks_of(phrase: Phrase) -> tuple[str, ...]:
    """The words a courtesy is known by that a short phrase gives; a long one, or one with holes, gives none."""
    words = phrase.words.strip()
    if holes_in(words) or len(words) > (_MARK_LATIN if words.isascii() else _MARK_HAN):
        return ()
    return tuple(part.strip() for part in _PARTS.split(words) if part.strip())


def needs_of(ticket_kind: str, *, letter: bool = False) -> tuple[str, ...]:
    """The courtesies an answer needs: all of them to a complaint, a greeting in every letter, none among colleagues."""
    if ticket_kind in INTERNAL_KINDS:
        return ()
    if ticket_kind == "complaint":
        return NEEDS
    return ("greeting", "courtesy") if letter else ("courtesy",)


def advise(text: str, rules: Rules, needs: Collection[str] = ()) -> tuple[Finding, ...]:
    """What could be said better in a text, the forbidden first and in its order; nothing to say of an empty one.

    What is quoted (lines that begin with ">") is somebody else's and is passed over.
    """
    own = own_words(text[:READ])
    if not own.strip():
        return ()
    folded, places = _placed(own)
    return (*_forbidden(text, folded, places, rules.forbidden), *_lacking(folded, rules.marks, needs))


def own_words(text: str) -> str:
    """The text with what it quotes blanked: as long as before, so that every place is the same."""
    lines = text.splitlines(keepends=True)
    return "".join(" " * len(line) if line.lstrip().startswith((">", "\uff1e")) else line for line in lines)


def open_holes(text: str) -> tuple[str, ...]:
    """The holes and blanks (____) left open in the words one has written oneself."""
    own = own_words(text)
    return (*holes_in(own), *(["____"] if _BLANK.search(own) else []))


def _forbidden(
    text: str, folded: str, places: list[tuple[int, int]], rules: tuple[Forbidden, ...]
) -> list[Finding]:
    pattern, owners = _compiled(rules)
    found: list[Finding] = []
    if pattern is None:
        return found
    for match in pattern.finditer(folded):
        if match.start() == match.end():
            continue
        begin, end = places[match.start()][0], places[match.end() - 1][1]
        rule = rules[owners[(match.lastindex or 1) - 1]]
        found.append(Finding("forbidden", begin, end, text[begin:end], rule.rule, rule.advice))
        if len(found) == MOST:
            break
    return found


def _lacking(folded: str, marks: Mapping[str, tuple[str, ...]], needs: Collection[str]) -> list[Finding]:
    lacking = []
    for kind in NEEDS:
        known = marks.get(kind, ())
        pattern = _one_of(known) if kind in needs else None
        if pattern is not None and pattern.search(folded) is None:
            lacking.append(Finding(kind, advice=" / ".join(known[:3])))
    return lacking


@lru_cache(maxsize=8)
def _compiled(rules: tuple[Forbidden, ...]) -> tuple[re.Pattern[str] | None, tuple[int, ...]]:
    """One pattern for all expressions, the longer ones tried first, and the rule each of its groups belongs to."""
    every = [
        (pattern, number)
        for number, rule in enumerate(rules)
        for one in rule.expressions
        if (pattern := _pattern(one))
    ]
    every.sort(key=lambda pair: -len(pair[0]))
    if not every:
        return None, ()
    firsts = {_folded(one)[0] for rule in rules for one in rule.expressions if _pattern(one)}
    begins = f"(?=[{''.join(map(re.escape, sorted(firsts)))}])"
    groups = "|".join(f"({pattern})" for pattern, _ in every)
    return re.compile(f"{begins}(?:{groups})"), tuple(number for _, number in every)


@lru_cache(maxsize=32)
def _one_of(words: tuple[str, ...]) -> re.Pattern[str] | None:
    patterns = [pattern for word in words if (pattern := _pattern(word))]
    return re.compile("|".join(patterns)) if patterns else None


def _pattern(expression: str) -> str:
    """An expression as a pattern over folded text: whole words of Latin letters, spaces in Chinese or not."""
    folded = _folded(expression)
    if not any(character.isalnum() for character in folded):
        return ""
    pieces, before = [], ""
    for here in folded:
        loose = before and not (before.isascii() and here.isascii())
        pieces.append(" ?" if loose and " " not in (before, here) else "")
        pieces.append(re.escape(here))
        before = here
    begin = r"(?<![0-9a-z])" if _latin(folded[0]) else ""
    end = r"(?![0-9a-z])" if _latin(folded[-1]) else ""
    return begin + "".join(pieces) + end


def _latin(character: str) -> bool:
    return character.isascii() and character.isalnum()


def _placed(text: str) -> tuple[str, list[tuple[int, int]]]:
    """The folded text, and of each of its characters where it begins and ends in the text as typed."""
    folded: list[str] = []
    places: list[tuple[int, int]] = []
    for cluster in _CLUSTER.finditer(text):
        piece, place = cluster[0], cluster.span()
        if piece.isspace():
            if folded and folded[-1] != " ":
                folded.append(" ")
                places.append(place)
        else:
            letters = _folded(piece)
            folded += letters
            places += [place] * len(letters)
    return "".join(folded), places


@lru_cache(maxsize=8_192)
def _folded(piece: str) -> str:
    return fold(piece).replace("\u2019", "'")
