"""The lists of the knowledge base: their pages and their columns."""

from __future__ import annotations

from collections.abc import Hashable
from typing import TYPE_CHECKING, Any

from textual.content import Content

from deskapp.domain.article import RETIRED, Article, ArticleRow, SearchMiss, Wanted
from deskapp.i18n import say
from deskapp.screens import paint
from deskapp.screens.paged import Paged
from deskapp.widgets import painting
from deskapp.widgets.record_table import Column, PaintContext

if TYPE_CHECKING:
    from deskapp.desk import Desk


class ArticlePages(Paged[ArticleRow]):
    """Articles, the most used or the newest first."""

    def __init__(self, desk: Desk, wanted: Wanted) -> None:
        super().__init__(desk)
        self.wanted = wanted

    def count(self) -> int:
        """How many there are."""
        with self.desk.read() as work:
            return work.articles.count(self.wanted)

    def _page(self, work: Any, limit: int, **place: Any) -> list[ArticleRow]:
        found: list[ArticleRow] = work.articles.page(self.wanted, limit, **place)
        return found

    def _place(self, record: ArticleRow) -> Article:
        return record.article

    def key(self, record: ArticleRow) -> Hashable:
        """An article stays itself."""
        return record.article.id


class MissPages(Paged[SearchMiss]):
    """What was looked for and not found, what was looked for most first."""

    def count(self) -> int:
        """How many there are."""
        with self.desk.read() as work:
            return work.search_misses.count()

    def _page(self, work: Any, limit: int, **place: Any) -> list[SearchMiss]:
        found: list[SearchMiss] = work.search_misses.page(limit, **place)
        return found

    def key(self, record: SearchMiss) -> Hashable:
        """A line stays itself."""
        return record.id


def article_columns() -> list[Column]:
    """Title, category, how often it was used, how often it helped and did not."""
    return [
        Column("title", "article.column.title", None, _title),
        Column("category", "article.column.category", 10, _category, min_terminal=50),
        Column("used", "article.column.used", 5, _used, align="right"),
        Column("helped", "article.column.helped", 13, _helped, align="right", min_terminal=74),
    ]


def _title(row: ArticleRow, _context: PaintContext) -> Content:
    title = painting.safe(row.article.title, "$text-muted" if row.article.state == RETIRED else "bold")
    if row.article.state == RETIRED:
        return Content.assemble(title, (f"  {say('article.retired')}", "$warning"))
    return title


def _category(row: ArticleRow, _context: PaintContext) -> Content:
    return painting.safe(row.category or say("article.general"), "$text-muted")


def _used(row: ArticleRow, _context: PaintContext) -> Content:
    return Content.styled(str(row.article.used), "" if row.article.used else "$text-disabled")


def _helped(row: ArticleRow, _context: PaintContext) -> Content:
    one = row.article
    if not one.helped and not one.failed:
        return Content.styled("-", "$text-disabled")
    tone = "$success" if one.helped >= one.failed else "$warning"
    return Content.styled(say("article.rated", helped=one.helped, failed=one.failed), tone)


def miss_columns(desk: Desk) -> list[Column]:
    """What was looked for, how often, when first and last."""

    def when(name: str) -> Any:
        return lambda miss, _: Content.styled(paint.when(desk, getattr(miss, name)), "$text-muted")

    return [
        Column("typed", "article.column.typed", None, lambda miss, _: painting.safe(miss.typed, "bold")),
        Column("times", "article.column.times", 6, lambda miss, _: Content(str(miss.times)), align="right"),
        Column("last", "article.column.last", 12, when("last_at")),
        Column("first", "article.column.first", 12, when("first_at"), min_terminal=60),
    ]
