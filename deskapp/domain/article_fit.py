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
LEAST = 2.0
"""What an article must be worth to be offered."""
BESIDE = 0.2
"""And how much of what the best one is worth."""
_LATIN = re.compile("[0-9a-z]{4,}")
"""Latin words shorter than this are in every text."""


@dataclass(frozen=True, slots=True)
class Fit:
    """An article and what it is worth for what is being typed."""

    article: Article
    worth: float


def words_of(text: str) -> tuple[str, ...]:
    """The words of a text that articles are compared by, the last ones first: Latin words, pairs of Chinese."""
    latin = [run for run in _LATIN.findall(fold(text)) if not run.isdigit()]
    pairs = [token for token in grams(text).split() if len(token) == 2 and not token.isascii()]
    return tuple(dict.fromkeys([*reversed(latin), *reversed(pairs)]))[:MOST_TOKENS]


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
    least = max(LEAST, fits[0].worth * BESIDE) if fits else LEAST
    return [fit for fit in fits if fit.worth >= least][:limit]


def _worth(head: str, body: str, weights: dict[str, float]) -> float:
    """A word that half of the articles have still counts for something."""
    return sum(
        (TITLE if word in head else BODY if word in body else 0.0) * (0.25 + 0.75 * rarity)
        for word, rarity in weights.items()
    )


def _same(article: Article, category_id: int | None) -> float:
    return CATEGORY if category_id is not None and article.category_id == category_id else 0.0
