"""Phrases at hand: greetings, courtesy, interruptions, apologies, replies, and the forbidden kind (row K2; text 3)."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from deskapp.domain.errors import RuleBroken
from deskapp.domain.search_text import fold

SPOKEN = ("greeting", "courtesy", "interrupt", "apology", "hold", "callback", "reply", "closing")
"""The kinds one says or writes, in the order a talk takes."""
FORBIDDEN, HELLO, THANKS = "forbidden", "hello", "thanks"
MARKERS = (FORBIDDEN, HELLO, THANKS)
"""The kinds outgoing words are held against: what is never said, what greets, what is courteous."""
KINDS = (*SPOKEN, *MARKERS)
AT_HAND = ("greeting", "courtesy", "interrupt", "apology", "hold", "callback", "closing")
"""The kinds a call has at hand."""
HOLES = (
    *("greeting", "company", "operator.name", "client.name", "client.title", "client.address"),
    *("ticket.number", "ticket.subject", "ticket.due", "today"),
)
"""What a phrase may leave open, to be filled from what is known."""
LONGEST_WORDS, LONGEST_TITLE = 2_000, 60
_HOLE = re.compile(r"\{\{\s*([^{}\s]{1,40})\s*\}\}")


@dataclass(frozen=True, slots=True)
class Phrase:
    """Words with holes for facts; of the forbidden kind `words` is what is found and `advice` what to say instead."""

    id: int = 0
    version: int = 0
    code: str | None = None
    kind: str = "reply"
    title: str = ""
    words: str = ""
    keys: str = ""
    advice: str = ""
    position: int = 0
    active: bool = True


@dataclass(frozen=True, slots=True)
class Filled:
    """A phrase with its facts; `unknown` holes are none there are, `lacking` ones have no fact here: both stay."""

    text: str
    unknown: tuple[str, ...] = ()
    lacking: tuple[str, ...] = ()


def holes_in(words: str) -> tuple[str, ...]:
    """The names of the holes of some words, each once."""
    return tuple(dict.fromkeys(_HOLE.findall(words)))


def fill(words: str, facts: Mapping[str, str]) -> Filled:
    """Put facts into the holes, once: a fact is data, whatever it looks like; a hole without a fact stays."""
    unknown: dict[str, None] = {}
    lacking: dict[str, None] = {}

    def put(hole: re.Match[str]) -> str:
        name = hole[1]
        if facts.get(name):
            return facts[name]
        (lacking if name in HOLES else unknown)[name] = None
        return hole[0]

    text = _HOLE.sub(put, words)
    return Filled(text, tuple(unknown), tuple(lacking))


def check_phrase(phrase: Phrase) -> None:
    """Refuse a phrase of no kind, without words, too long, or with a hole nothing fills."""
    if phrase.kind not in KINDS:
        raise RuleBroken("phrase.kind", value=phrase.kind)
    if not phrase.words.strip():
        raise RuleBroken("phrase.no_words")
    if len(phrase.words) > LONGEST_WORDS:
        raise RuleBroken("phrase.too_long", most=LONGEST_WORDS)
    if phrase.kind in MARKERS:
        if phrase.kind == FORBIDDEN and not phrase.advice.strip():
            raise RuleBroken("phrase.no_advice")
        return
    for name in holes_in(phrase.words):
        if name not in HOLES:
            raise RuleBroken("phrase.unknown_hole", hole=name)


def needles(phrase: Phrase) -> tuple[str, ...]:
    """What a marker is found by: each line of its words."""
    return tuple(dict.fromkeys(filter(None, (line.strip() for line in phrase.words.splitlines()))))


def matching(phrases: Sequence[Phrase], typed: str) -> list[Phrase]:
    """The phrases whose keys begin with what was typed, then those that have it in title or words; all for nothing."""
    wanted = fold(typed)
    if not wanted:
        return list(phrases)
    ranks: list[tuple[int, int, Phrase]] = []
    for place, phrase in enumerate(phrases):
        keys = fold(phrase.keys).split()
        if wanted in keys:
            rank = 0
        elif any(key.startswith(wanted) for key in keys):
            rank = 1
        elif wanted in fold(phrase.title):
            rank = 2
        elif wanted in fold(phrase.words) or any(wanted in key for key in keys):
            rank = 3
        else:
            continue
        ranks.append((rank, place, phrase))
    return [phrase for _, _, phrase in sorted(ranks, key=lambda one: one[:2])]
