"""The knowledge base."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from pendulum import DateTime
from sqlalchemy import Select, bindparam, func, select, text

from deskapp.domain import article
from deskapp.domain.article import LIVE, Article, ArticleRow, Wanted
from deskapp.domain.search_text import grams, haystack, pinyin_text
from deskapp.repository import paging, tables
from deskapp.repository.base import Repository
from deskapp.repository.prepared import Prepared

_INDEX = Prepared(
    text(
        "INSERT INTO article_search (id, haystack, grams) VALUES (:id, :haystack, :grams) "
        "ON CONFLICT (id) DO UPDATE SET haystack = excluded.haystack, grams = excluded.grams"
    )
)
_MISSED = Prepared(
    text(
        "INSERT INTO search_misses (version, typed, times, first_at, last_at, state) "
        "VALUES (1, :typed, :times, :first_at, :at, 'open') ON CONFLICT (typed) DO UPDATE SET "
        "times = search_misses.times + excluded.times, last_at = excluded.last_at, state = 'open', "
        "version = search_misses.version + 1"
    ).bindparams(
        bindparam("first_at", type_=tables.search_misses.c.first_at.type),
        bindparam("at", type_=tables.search_misses.c.last_at.type),
    )
)
COUNTED = {"opened": "used", "inserted": "used", "helped": "helped", "failed": "failed"}
"""Which number of an article counts which act."""


class Articles(Repository[article.Article]):
    """Articles as they stand."""

    table, record, noun = tables.articles, article.Article, "article"
    reckoned = frozenset({"used", "helped", "failed"})

    def add(self, record: Article) -> Article:
        """Store a new article, to be found from now on."""
        stored = super().add(record)
        self._index(stored)
        return stored

    def save(self, record: Article, known: Article | None = None) -> Article:
        """Store a changed article, to be found by its new words."""
        stored = super().save(record, known)
        self._index(stored)
        return stored

    def _index(self, stored: Article) -> None:
        spoken = " ".join(pinyin_text(part) for part in (stored.title, *stored.keys.split()) if part)
        parts = (stored.title, stored.keys, spoken, stored.body)
        _INDEX.count(self.connection, id=stored.id, haystack=haystack(*parts), grams=grams(*parts))

    def tally(self, article_id: int, act: str, by: int = 1) -> None:
        """Count a use; whoever is editing the article meanwhile is not disturbed."""
        column = self.table.c[COUNTED[act]]
        self.connection.execute(
            self.table.update().where(_A.id == article_id).values({column.name: column + by})
        )

    def codes(self) -> set[str]:
        """The codes of the articles that came with the program and are here."""
        query = select(_A.code).where(_A.code.is_not(None))
        return {row[0] for row in self.connection.execute(query)}

    def count(self, wanted: Wanted) -> int:
        """How many are listed."""
        query = select(func.count()).select_from(self.table).where(*_which(wanted))
        return int(self.connection.execute(query).scalar_one())

    def page(
        self,
        wanted: Wanted,
        limit: int,
        *,
        after: Article | None = None,
        before: Article | None = None,
        last: bool = False,
        offset: int | None = None,
    ) -> list[ArticleRow]:
        """A page of the list, the most used or the newest first."""
        query = self._named().where(*_which(wanted))
        keys = (_A.used, _A.id) if wanted.order == "used" else (_A.id,)
        if offset is not None:
            return self._rows(paging.at(query, [key.desc() for key in keys], offset, limit))
        if before is not None or last:
            return self._rows(paging.after(query, keys, _key(wanted, before), limit))[::-1]
        return self._rows(paging.before(query, keys, _key(wanted, after), limit))

    def rows(self, ids: Sequence[int]) -> list[ArticleRow]:
        """Some articles with the names of their categories, in the order asked."""
        if not ids:
            return []
        found = {row.article.id: row for row in self._rows(self._named().where(_A.id.in_(list(ids))))}
        return [found[one] for one in ids if one in found]

    def counts(self, state: str) -> dict[int, int]:
        """How many articles of a state each category has; 0 stands for those of none."""
        query = select(func.coalesce(_A.category_id, 0), func.count()).where(_A.state == state)
        rows = self.connection.execute(query.group_by(func.coalesce(_A.category_id, 0)))
        return {row[0]: row[1] for row in rows}

    def of_category(self, category_id: int, limit: int) -> list[int]:
        """The ids of the most used articles of a category."""
        query = select(_A.id).where(_A.state == LIVE, _A.category_id == category_id)
        query = query.order_by(_A.used.desc(), _A.id.desc()).limit(limit)
        return [row[0] for row in self.connection.execute(query)]

    def _named(self) -> Select[Any]:
        joined = self.table.outerjoin(tables.categories, _A.category_id == _C.id)
        return select(*self._columns, _C.name).select_from(joined)

    def _rows(self, query: Select[Any]) -> list[ArticleRow]:
        width = len(self._names)
        return [
            ArticleRow(self.read(row[:width]), row[width] or "") for row in self.connection.execute(query)
        ]


class ArticleVersions(Repository[article.ArticleVersion]):
    """Articles as they once were."""

    table, record, noun = tables.article_versions, article.ArticleVersion, "article_version"

    def of(self, article_id: int) -> list[article.ArticleVersion]:
        """What an article was before it was changed, the newest first."""
        query = self.select().where(_V.article_id == bindparam("a")).order_by(_V.revision.desc())
        return self.records(query, a=article_id)


class ArticleUses(Repository[article.ArticleUse]):
    """Who used which article for what."""

    table, record, noun = tables.article_uses, article.ArticleUse, "article_use"

    def rating(self, use: article.ArticleUse) -> article.ArticleUse | None:
        """What the same operator said of the same article for the same ticket or call."""
        same = [getattr(_U, name).is_not_distinct_from(getattr(use, name)) for name in _SAME]
        query = self.select().where(_U.article_id == use.article_id, _U.act.in_(article.RATINGS), *same)
        return self.first(query.order_by(_U.id.desc()).limit(1))


class SearchMisses(Repository[article.SearchMiss]):
    """What was looked for and not found."""

    table, record, noun = tables.search_misses, article.SearchMiss, "search_miss"

    def missed(self, typed: str, at: DateTime, times: int = 1) -> None:
        """Count what was not found; what had been settled is open again."""
        _MISSED.count(self.connection, typed=typed, times=times, first_at=at, at=at)

    def of_words(self, typed: str) -> article.SearchMiss | None:
        """What was missed under these very words."""
        return self.first(self.select().where(_M.typed == bindparam("t")), t=typed)

    def count(self, state: str = "open") -> int:
        """How many there are in a state."""
        query = select(func.count()).select_from(self.table).where(_M.state == state)
        return int(self.connection.execute(query).scalar_one())

    def page(
        self,
        limit: int,
        *,
        after: article.SearchMiss | None = None,
        before: article.SearchMiss | None = None,
        last: bool = False,
        offset: int | None = None,
    ) -> list[article.SearchMiss]:
        """A page of what is still to be written, what was looked for most first."""
        query, keys = self.select().where(_M.state == "open"), (_M.times, _M.id)
        if offset is not None:
            return self.records(paging.at(query, [key.desc() for key in keys], offset, limit))
        if before is not None or last:
            place = (before.times, before.id) if before is not None else None
            return self.records(paging.after(query, keys, place, limit))[::-1]
        place = (after.times, after.id) if after is not None else None
        return self.records(paging.before(query, keys, place, limit))


def _which(wanted: Wanted) -> list[Any]:
    """What puts an article on a list: said once for the count and the pages."""
    found = [_A.state == wanted.state]
    if wanted.category_id is not None:
        none = wanted.category_id == 0
        found.append(_A.category_id.is_(None) if none else _A.category_id == wanted.category_id)
    return found


def _key(wanted: Wanted, one: Article | None) -> tuple[Any, ...] | None:
    if one is None:
        return None
    return (one.used, one.id) if wanted.order == "used" else (one.id,)


_A, _V, _U, _M = (
    tables.articles.c,
    tables.article_versions.c,
    tables.article_uses.c,
    tables.search_misses.c,
)
_C = tables.categories.c
_SAME = ("operator_id", "ticket_id", "call_id")
