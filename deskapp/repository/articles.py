"""The knowledge base."""

from __future__ import annotations

from deskapp.domain import article
from deskapp.repository import tables
from deskapp.repository.base import Repository


class Articles(Repository[article.Article]):
    """Articles as they stand."""

    table, record, noun = tables.articles, article.Article, "article"


class ArticleVersions(Repository[article.ArticleVersion]):
    """Articles as they once were."""

    table, record, noun = tables.article_versions, article.ArticleVersion, "article_version"


class ArticleUses(Repository[article.ArticleUse]):
    """Who used which article for what."""

    table, record, noun = tables.article_uses, article.ArticleUse, "article_use"


class SearchMisses(Repository[article.SearchMiss]):
    """What was looked for and not found."""

    table, record, noun = tables.search_misses, article.SearchMiss, "search_miss"
