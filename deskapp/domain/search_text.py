"""What search writes beside a record and asks of it: folded text, grams, terms, and pinyin keys of names.

The index only narrows: whatever it offers is checked again with `like_pattern` on the folded haystack, and
`matches` is the truth both databases are held to. SQLite's FTS5 must split grams at spaces and nowhere else:
tokenize='ascii' does (unicode61 knows no character newer than Unicode 6.1).
"""

from __future__ import annotations

import re
import tomllib
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib.resources import files
from itertools import pairwise
from operator import add, itemgetter

LIMIT = 20_000
"""Characters of one record that can be searched; the rest of a longer text is not."""
_QUERY_LIMIT = 500
_TOKEN_LIMIT = 64
_COMBINATIONS = 32
_NAME_LIMIT = 60
_WORDS = 6

_UNSEEN = re.compile(
    "[\x00-\x08\x0e-\x1b\x7f-\x84\x86-\x9f\xad\u034f\u0600-\u0605\u061c\u06dd\u070f\u180b-\u180f\u200b-\u200f"
    "\u202a-\u202e\u2060-\u206f\ufe00-\ufe0f\ufeff\ufff0-\ufffb\ud800-\udfff\U0001bca0-\U0001bca3\U000e0000-\U000e0fff]",
)
_MARKS = "\x80-\xbf\xd7\xf7\u2000-\u2bff\u3000-\u3004\u3008-\u3020\u3030\u303d\u30fb\ufe10-\ufe6f"
_LETTER = rf"[^\x00-\x7f\s{_MARKS}]"
_RUN = re.compile(rf"[0-9a-z]+|{_LETTER}+")
_LETTERS = re.compile(rf"{_LETTER}+")
_GRAM = 3


def fold(text: str) -> str:
    """Bring spellings together: full width to ASCII, lower case, invisible marks dropped, single spaces."""
    if text.isascii() and text.isprintable():
        return " ".join(text.lower().split())
    seen = _UNSEEN.sub("", text)
    if unicodedata.is_normalized("NFKC", seen) and seen.casefold() == seen:
        return " ".join(seen.split())
    while True:
        folded = _UNSEEN.sub(
            "", unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", seen).casefold())
        )
        if folded == seen:
            return " ".join(folded.split())
        seen = folded


def haystack(*texts: str) -> str:
    """Join what a record can be found by into the folded text that LIKE checks."""
    return fold(" ".join(filter(None, texts)))[:LIMIT].rstrip()


def closed_up(address: str) -> str:
    """The address as people also type it, without its spaces; nothing when it has none."""
    tight = "".join(address.split())
    return "" if tight == address else tight


def grams(*texts: str) -> str:
    """Write the index tokens of a record, space-separated and distinct.

    Runs of Chinese (or other non-ASCII letters) give characters and pairs; ASCII runs give threes, and
    themselves when shorter.
    """
    found: dict[str, None] = {}
    for run in _RUN.findall(haystack(*texts)):
        if not run.isascii():
            found |= dict.fromkeys(run)
            found |= dict.fromkeys(map(add, run, run[1:]))
        elif len(run) > _GRAM:
            found |= dict.fromkeys(_pieces(run, _GRAM))
        else:
            found[run] = None
    return " ".join(found)


def _pieces(run: str, width: int) -> list[str]:
    return [run[start : start + width] for start in range(len(run) - width + 1)]


@dataclass(frozen=True, slots=True)
class Term:
    """One word of a query; every term of a query must be found."""

    text: str
    """Folded, without spaces."""
    kind: str
    """han (Chinese, or any letters beyond ASCII), digits, latin, or mixed ("3-2-1101", "ts20261123-0001")."""


_PHONE = re.compile(r"[+0-9(][-+0-9(). ]*")
_COUNTRY = re.compile(r"(?:\+|00)86[-. ]*(?:\(?0\)?)?|86(?=1[3-9][0-9]{9}$)")
_MOBILE_GROUPS = re.compile(r"1[3-9][0-9][-. ][0-9]{4}(?:[-. ][0-9]{0,4})?")
_AREA = r"\(?0(?:10|2[0-9]|[3-9][0-9]{2})\)?[-. ]?"
_LANDLINE_GROUPS = re.compile(
    rf"({_AREA}(?:[0-9]{{3,4}}[-. ][0-9]{{4}}|[0-9]{{7,8}}|[0-9]{{1,6}}))(?:-[0-9]{{1,6}})?"
)
_SERVICE_GROUPS = re.compile(r"[48]00[-. ][0-9]{1,4}(?:[-. ][0-9]{0,4})?")


def query_terms(text: str) -> tuple[Term, ...]:
    """Split what was typed into terms; a telephone number is one term however it is spaced."""
    folded = fold(text[: 2 * _QUERY_LIMIT])[:_QUERY_LIMIT].rstrip()
    phone = _phone_digits(folded)
    words = (phone,) if phone else dict.fromkeys(folded.split())
    return tuple(Term(word, _kind(word)) for word in words)


def _kind(word: str) -> str:
    if word.isascii():
        return "digits" if word.isdigit() else "latin" if word.isalpha() else "mixed"
    return "han" if _LETTERS.fullmatch(word) else "mixed"


def _phone_digits(folded: str) -> str:
    """Give the digits of a query that is a whole or half-typed number, "" when it is something else."""
    if not _PHONE.fullmatch(folded):
        return ""
    country = _COUNTRY.match(folded)
    if country or folded.startswith("+"):
        return _digits(folded[country.end() :] if country else folded)
    if landline := _LANDLINE_GROUPS.fullmatch(folded):
        return _digits(landline[1])
    grouped = _MOBILE_GROUPS.fullmatch(folded) or _SERVICE_GROUPS.fullmatch(folded)
    return _digits(folded) if grouped else ""


def _digits(text: str) -> str:
    return re.sub("[^0-9]", "", text)


def index_tokens(term: Term) -> tuple[str, ...]:
    """Give tokens that are all in the `grams` of every match; () when the term is too short for the index."""
    found: dict[str, None] = {}
    for run in _RUN.finditer(term.text):
        found.update(dict.fromkeys(_certain(run[0], inside=run.start() > 0 and run.end() < len(term.text))))
    return tuple(found)[:_TOKEN_LIMIT]


def _certain(run: str, inside: bool) -> Iterable[str]:
    """Give what a run of a term promises: one at the term's edge may go on in the record."""
    width = _GRAM if run.isascii() else 2
    if len(run) >= width:
        return _pieces(run, width)
    return (run,) if inside or not run.isascii() else ()


def like_pattern(term: Term) -> str:
    r"""Write the term for LIKE … ESCAPE '\' on a haystack."""
    return "%" + re.sub(r"([\\%_])", r"\\\1", term.text) + "%"


def matches(text: str, terms: Iterable[Term]) -> bool:
    """Whether a record with this text is to be found: the truth the index must agree with."""
    searched = haystack(text)
    return all(term.text in searched for term in terms)


Spelling = tuple[str, str]
"""A way to read something aloud: its pinyin and its initials."""

_BRACKETED = re.compile(r"\([^()]*\)?|\[[^\[\]]*\]?|\u3010[^\u3010\u3011]*\u3011?")
_WORD = re.compile(rf"(?:[0-9a-z]|{_LETTER})+")
_HAN = "\u3007\u3400-\u4dbf\u4e00-\u9fff\U00020000-\U0003ffff"
_UNIT = re.compile(rf"[{_HAN}]|[^{_HAN}]+")
_SOME_HAN = re.compile(rf"[{_HAN}]")
_PLAIN_NAME = re.compile(r"[\u4e00-\u9fff]{1,8}")


def name_keys(name: str) -> tuple[str, ...]:
    """Give the keys whose beginnings find a person or shop by pinyin, in every reading.

    With and without surname: zhangweiming, zwm, weiming, wm; the first key is the likeliest reading, to sort
    by. Bracketed additions are left out, and so is a key that is the beginning of another.
    """
    readings = _combined(_parts(name))
    found = {"".join([full for full, _ in readings[0]]): None}
    for reading in readings:
        from_here, initials = "", ""
        for full, short in reversed(reading):
            from_here, initials = full + from_here, short + initials
            found[from_here] = found[initials] = None
    if name.isascii():
        found[" ".join(_words(name))] = None
    return _without_beginnings(found)


def pinyin_text(name: str) -> str:
    """Write the readings and initials a record's haystack needs for LIKE to find the name by them."""
    readings = _combined(_parts(name))
    joined = ["".join([part[end] for part in reading]) for end in (0, 1) for reading in readings]
    return " ".join(dict.fromkeys(filter(None, joined)))


def _without_beginnings(found: dict[str, None]) -> tuple[str, ...]:
    """Drop what a longer key answers for, but never the first."""
    likeliest = next(iter(found))
    for key, longer in pairwise(sorted(found)):
        if longer.startswith(key) and key != likeliest:
            del found[key]
    return tuple(filter(None, found))


def _parts(name: str) -> list[tuple[Spelling, ...]]:
    """Part a name where a search may begin (surname, given name, words), each with all its spellings."""
    words = [name] if _PLAIN_NAME.fullmatch(name) else _words(name)
    parts: list[tuple[Spelling, ...]] = []
    for word in words[:_WORDS]:
        if _SOME_HAN.search(word) is None:
            parts.append(_latin(word))
        elif parts or not _SOME_HAN.match(word):
            parts.append(_spellings(word))
        else:
            width = 2 if len(word) > 2 and word[:2] in _readings_table()["compound"] else 1
            parts += [_surname(word[:width]), *([_spellings(word[width:])] if word[width:] else [])]
    return parts


def _words(name: str) -> list[str]:
    folded = fold(name)[:_NAME_LIMIT]
    words = _WORD.findall(_BRACKETED.sub(" ", folded)) or _WORD.findall(folded)
    joined = "".join(words)
    return [joined] if 0 < len(joined) <= 4 and len(_SOME_HAN.findall(joined)) == len(joined) else words


def _latin(word: str) -> tuple[Spelling, ...]:
    return ((word, word if word[0].isdigit() else word[0]),)


@lru_cache(maxsize=65_536)
def _spellings(word: str) -> tuple[Spelling, ...]:
    """Spell a word without spaces; what is not Chinese in it stands for itself."""
    return _joined(
        _character(unit) if _SOME_HAN.match(unit) else ((unit, unit),) for unit in _UNIT.findall(word)
    )


def _joined(parts: Iterable[tuple[Spelling, ...]]) -> tuple[Spelling, ...]:
    return tuple(
        dict.fromkeys(
            ("".join([full for full, _ in reading]), "".join([short for _, short in reading]))
            for reading in _combined(parts)
        )
    )


@lru_cache(maxsize=4_096)
def _surname(surname: str) -> tuple[Spelling, ...]:
    """Read a surname as surnames are read, and then in every ordinary way too."""
    table = _readings_table()
    known = table["compound"].get(surname) or table["single"].get(surname, "")
    special = _joined(_syllables([syllable]) for syllable in known.split()) if known else ()
    return tuple(dict.fromkeys((*special, *_spellings(surname))))


def _combined(parts: Iterable[tuple[Spelling, ...]]) -> list[tuple[Spelling, ...]]:
    """Combine the spellings of all parts, likeliest first, no more than a name can sensibly have."""
    ranked: list[tuple[int, tuple[Spelling, ...]]] = [(0, ())]
    for part in parts:
        ranked = [(rank + at, (*sofar, way)) for rank, sofar in ranked for at, way in enumerate(part)]
        if len(ranked) > _COMBINATIONS:
            ranked = sorted(ranked, key=itemgetter(0))[:_COMBINATIONS]
    return [reading for _, reading in ranked]


@cache
def _character(character: str) -> tuple[Spelling, ...]:
    """Read one Chinese character in every way; one nobody can read is passed over in silence."""
    known = _readings_table()["readings"].get(character)
    if known:
        return _syllables(known.split())
    from pypinyin import Style, pinyin

    found = pinyin(character, style=Style.NORMAL, heteronym=True, errors="ignore")
    return _syllables(found[0] if found else []) or (("", ""),)


def _syllables(readings: Iterable[str]) -> tuple[Spelling, ...]:
    """Strip what keyboards lack: \u00fc is typed v by some and u by others."""
    typed = [reading.replace("\u00fc", "v") for reading in readings]
    both = [way for reading in typed for way in (reading, reading.replace("v", "u"))]
    return tuple((way, way[0]) for way in dict.fromkeys(both) if way.isascii() and way.isalpha())


@lru_cache(maxsize=1)
def _readings_table() -> dict[str, dict[str, str]]:
    text = files("deskapp.domain").joinpath("surnames.toml").read_text(encoding="utf-8")
    return tomllib.loads(text)
