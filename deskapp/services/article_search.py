"""Articles found as one types, and offered for what somebody is busy with (row K1)."""

from __future__ import annotations

from deskapp.desk import Desk
from deskapp.domain.article import About, ArticleRow, Wanted
from deskapp.domain.article_fit import best, tokens_of, words_of

MOST_FOUND = 60
"""The most articles a search lists: who sees more types another letter."""
MOST_COMPARED = 40
OFFERED = 5
"""How many articles are offered for what is being typed."""


def find(desk: Desk, typed: str, wanted: Wanted | None = None) -> list[ArticleRow]:
    """The articles that hold every word typed, in Chinese, pinyin, initials or English."""
    with desk.read() as work:
        return work.articles.rows(work.article_search.ids(typed, wanted or Wanted(), MOST_FOUND))


def suggest(desk: Desk, about: About, limit: int = OFFERED) -> list[ArticleRow]:
    """The articles that fit what is typed and its category, the best first."""
    words = words_of(about.text)
    with desk.read() as work:
        ids = dict.fromkeys(work.article_search.sharing(tokens_of(words), MOST_COMPARED))
        if about.category_id is not None:
            ids |= dict.fromkeys(work.articles.of_category(about.category_id, MOST_COMPARED))
        rows = {row.article.id: row for row in work.articles.rows(list(ids))}
    articles = [row.article for row in rows.values()]
    return [rows[fit.article.id] for fit in best(articles, words, about.category_id, limit)]
