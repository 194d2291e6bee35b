"""The words people use in spreadsheets, loaded once from data/import_headers.toml, and how two words are compared."""

from __future__ import annotations

import re
import tomllib
import unicodedata
from collections.abc import Mapping
from functools import lru_cache
from importlib.resources import files
from typing import Any

from deskapp.domain.errors import RuleBroken

FIELDS: Mapping[str, tuple[str, ...]] = {
    "clients": (
        *("name", "phones", "estate", "address", "area", "designer", "project_manager", "supervisor"),
        *("deposit", "deposit_date", "start_date", "note"),
    ),
    "complaints": (
        *("number", "client", "phones", "address", "subject", "description", "category", "severity"),
        *("channel", "received_at", "responded_at", "response", "due_at", "closed_at", "state"),
    ),
    "staff": ("name", "department", "trade", "title", "phone", "email", "joined_on"),
    "sites": (
        *("client", "phones", "estate", "address", "area", "designer", "consultant", "supervisor"),
        *(
            "project_manager",
            "crew",
            "stage",
            "deposit",
            "deposit_date",
            "start_date",
            "completed_on",
            "note",
        ),
    ),
    "notices": (
        *("kind", "client", "phones", "estate", "address", "day", "start_date", "completed_on"),
        *("designer", "consultant", "supervisor", "project_manager", "crew", "area", "note"),
    ),
}

REQUIRED: Mapping[str, tuple[tuple[str, ...], ...]] = {
    "clients": (("name",), ("phones",)),
    "complaints": (("subject", "description", "category"),),
    "staff": (("name",),),
    "sites": (("client", "phones"), ("estate", "address")),
    "notices": (("client", "phones"), ("estate", "address"), ("day", "start_date", "completed_on")),
}
"""What a table cannot do without: of each group, one field must have a column and be filled in every row."""

_NOISE = re.compile(r"[\W_]+")


@lru_cache(maxsize=1)
def words() -> Mapping[str, Any]:
    """Everything in data/import_headers.toml, read once."""
    text = (files("deskapp") / "data" / "import_headers.toml").read_text(encoding="utf-8")
    return tomllib.loads(text)


@lru_cache(maxsize=8192)
def plain(text: str) -> str:
    """Reduce a word to what is compared: one width, lower case, no spaces or punctuation."""
    text = unicodedata.normalize("NFKC", text).lower()
    return _NOISE.sub("", text) or text.strip()


def check_noun(noun: str) -> str:
    """Refuse a noun that cannot be imported: import.noun."""
    if noun not in FIELDS:
        raise RuleBroken("import.noun", noun=noun, known=", ".join(FIELDS))
    return noun


@lru_cache(maxsize=8)
def headers_of(noun: str) -> Mapping[str, tuple[str, ...]]:
    """The header synonyms of one noun, best first: field → words."""
    found = words()["headers"][check_noun(noun)]
    return {field: tuple(found[field]) if field in found else () for field in FIELDS[noun]}


@lru_cache(maxsize=8)
def values_of(field: str) -> Mapping[str, str]:
    """The words of a field with a fixed choice (severity, channel, state, trade, stage, kind): plain word → code."""
    return {plain(word): code for code, said in words()["values"][field].items() for word in said}


@lru_cache(maxsize=16)
def row_words(kind: str) -> frozenset[str]:
    """The words of one kind that mark rows or cells: totals, counts, count_units, footers, blanks."""
    return frozenset(plain(word) for word in words()["rows"][kind])


@lru_cache(maxsize=4096)
def means_nothing(text: str) -> bool:
    """Whether a cell's text only says that there is nothing in it."""
    return not text or plain(text) in row_words("blanks")
