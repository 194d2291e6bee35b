"""Phrases at hand: greetings, courtesy, interruptions, apologies, replies, and the forbidden kind (row K2; text 3)."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

HOLES = (
    *("greeting", "company", "operator.name", "client.name", "client.title", "client.address"),
    *("ticket.number", "ticket.subject", "ticket.due", "today"),
)
"""What a phrase may leave open, to be filled from what is known."""
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
