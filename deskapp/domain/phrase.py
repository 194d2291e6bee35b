"""Phrases at hand: greetings, courtesy, interruptions, apologies, replies, and the forbidden kind (row K2; text 3)."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache

from deskapp.domain.errors import RuleBroken
from deskapp.domain.search_text import fold, haystack, pinyin_text

KINDS = ("greeting", "courtesy", "interrupt", "apology", "reply", "forbidden")
"""What phrases are for, in the order they are listed."""
LONGEST_TITLE = 60
LONGEST_WORDS = 2_000
HOLES = (
    *("greeting", "company", "operator.name", "client.name", "client.title", "client.address"),
    *("ticket.number", "ticket.subject", "ticket.due", "today"),
)
"""What a phrase may leave open, to be filled from what is known."""
_HOLE = re.compile(r"\{\{\s*([^{}\s]{1,40})\s*\}\}")
_HAN = re.compile("[\u3400-\u9fff]")
_CHINESE_NAME = re.compile("[\u3400-\u9fff]{1,4}")
SPOKEN = ("greeting", "client.title")
"""Facts that are said in the language of the words, whatever the desk speaks."""


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

    @property
    def expressions(self) -> tuple[str, ...]:
        """What is looked for, of the forbidden kind: one expression a line."""
        return tuple(dict.fromkeys(filter(None, (line.strip() for line in self.words.splitlines()))))


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
    """Put facts into the holes, once: a fact is data, whatever it looks like; a hole without a fact stays.

    The greeting and the client's title speak the language of the words, whatever the desk speaks.
    """
    language = _language(words)
    said = {one: facts[f"{one}.{language}"] for one in SPOKEN if facts.get(f"{one}.{language}")}
    facts = {**facts, **said}
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


def _language(words: str) -> str:
    """The language words are in, "" for words of holes alone."""
    said = _HOLE.sub("", words)
    return "zh" if _HAN.search(said) else "en" if any(map(str.isalpha, said)) else ""


def check_phrase(phrase: Phrase) -> None:
    """Refuse a phrase of no kind, without words, with a hole there is none of, or forbidden with no way out."""
    if phrase.kind not in KINDS:
        raise RuleBroken("phrase.kind", kind=phrase.kind)
    if not phrase.title.strip() or len(phrase.title) > LONGEST_TITLE:
        raise RuleBroken("phrase.title", most=LONGEST_TITLE)
    if not phrase.words.strip() or len(phrase.words) > LONGEST_WORDS:
        raise RuleBroken("phrase.words", most=LONGEST_WORDS)
    if phrase.kind == "forbidden":
        if not phrase.advice.strip():
            raise RuleBroken("phrase.advice")
        return
    for hole in holes_in(phrase.words):
        if hole not in HOLES:
            known = " ".join(f"{{{{{one}}}}}" for one in HOLES)
            raise RuleBroken("phrase.hole", hole=f"{{{{{hole}}}}}", holes=known)


def addressed(name: str, titled: str, titles: Iterable[str]) -> str:
    """How a client is addressed: a person's Chinese name with the neutral title, as whether Mr or Ms is not kept.

    A name recorded with a title of its own, and a firm's or foreign name, stay as they are.
    """
    name = name.strip()
    if not _CHINESE_NAME.fullmatch(name) or name.endswith(tuple(titles)):
        return name
    return titled.format(name=name)


@lru_cache(maxsize=1_024)
def spoken(title: str, words: str, keys: str) -> str:
    """What a phrase is found by: its title, words and keys, and its title in pinyin and initials."""
    return f"{haystack(title, words, keys)} {pinyin_text(title)}"


def fits(phrase: Phrase, typed: str) -> bool:
    """Whether every word typed is in what a phrase is found by."""
    found_by = spoken(phrase.title, phrase.words, phrase.keys)
    return all(part in found_by for part in fold(typed).split())
