"""Which articles fit what is being typed: a word in the title or keys counts most, and a rare one the more."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from deskapp.domain.article import Article
from deskapp.domain.search_text import fold, grams, haystack

MOST_TOKENS = 48
"""The most tokens of a text that the index is asked for: the words typed last."""
TITLE, BODY, CATEGORY = 4.0, 1.0, 3.0
"""What a word found in the title or keys, one in the text, and the same category are worth."""
LEAST = 3.0
"""What an article must be worth to be offered."""
_RUN = re.compile(r"[0-9a-z]+|[^\x00-\x7f\s\u2000-\u2bff\u3000-\u303f\uff00-\uff65]+")
_LATIN = 4
"""Latin words shorter than this are in every text."""


@dataclass(frozen=True, slots=True)
class Fit:
    """An article and what it is worth for what is being typed."""

    article: Article
    worth: float


def words_of(text: str) -> tuple[str, ...]:
    """The words of a text that articles are compared by, the last ones first: pairs of Chinese, Latin words."""
    found: dict[str, None] = {}
    for run in reversed(_RUN.findall(fold(text))):
        if run.isascii():
            if len(run) >= _LATIN and not run.isdigit():
                found[run] = None
        else:
            found.update(dict.fromkeys(run[at : at + 2] for at in range(len(run) - 2, -1, -1)))
    return tuple(found)[:MOST_TOKENS]


def tokens_of(words: Iterable[str]) -> tuple[str, ...]:
    """The index tokens that an article with any of these words has one of."""
    found: dict[str, None] = {}
    for word in words:
        found.update(dict.fromkeys(grams(word).split() if word.isascii() else (word,)))
    return tuple(found)[:MOST_TOKENS]


def best(articles: Sequence[Article], words: Sequence[str], category_id: int | None, limit: int) -> list[Fit]:
    """The articles that fit, the best first; among equals the one that helped more often."""
    texts = [(fold(f"{one.title} {one.keys}"), haystack(one.body)) for one in articles]
    weights = {word: 1 / max(1, sum(word in head or word in body for head, body in texts)) for word in words}
    fits = [
        Fit(one, _worth(head, body, weights) + _same(one, category_id))
        for one, (head, body) in zip(articles, texts, strict=True)
    ]
    fits.sort(key=lambda fit: (-fit.worth, fit.article.failed - fit.article.helped, -fit.article.used))
    return [fit for fit in fits if fit.worth >= LEAST][:limit]


def _worth(head: str, body: str, weights: dict[str, float]) -> float:
    """A word that half of the articles have still counts for something."""
    return sum(
        (TITLE if word in head else BODY if word in body else 0.0) * (0.25 + 0.75 * rarity)
        for word, rarity in weights.items()
    )


def _same(article: Article, category_id: int | None) -> float:
    return CATEGORY if category_id is not None and article.category_id == category_id else 0.0
