"""Finding articles as one types, and what was looked for and not found (row K1)."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Sequence
from typing import Any, ClassVar

from textual import events
from textual.binding import Binding, BindingType

from deskapp.domain.article import ArticleRow, Wanted
from deskapp.screens.article_lists import article_columns
from deskapp.screens.finder import MOST_TYPED, Finder, FinderLine
from deskapp.widgets.record_table import RecordTable, Source


class ArticleLine(FinderLine):
    """The line above a list of articles."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "choose", id="articles.open"),
        Binding("tab", "to_list", id="articles.to_list"),
    ]

    def on_blur(self, event: events.Blur) -> None:
        """Somebody goes away from what was not found."""
        if isinstance(self.finder, ArticleFinder):
            self.finder.given_up()


class ArticleFinder(Finder):
    """A search line over a list of articles.

    What was not found is counted once, when somebody presses Enter or leaves the line: not at every letter.
    """

    def __init__(self, resting: Callable[[], Source], resting_code: str, **options: Any) -> None:
        line = ArticleLine(
            label_code="article.search", max_length=MOST_TYPED, placeholder_code="article.hint"
        )
        table = RecordTable(article_columns(), empty_code="article.nothing")
        super().__init__(line, table, resting, resting_code, **options)
        self.wanted = Wanted()
        """Which articles are listed and searched."""
        self._counted = ""

    def question(self, typed: str) -> Callable[[], Sequence[ArticleRow]]:
        """Look in the articles that are wanted."""
        from deskapp.services.article_search import find

        desk, wanted = self.desk, self.wanted
        return lambda: find(desk, typed, wanted)

    def key(self, row: ArticleRow) -> Hashable:
        """An article stays itself."""
        return row.article.id

    def entitle_found(self, found: Sequence[ArticleRow]) -> None:
        """Say how many articles."""
        self.say_title("article.found", count=len(found))

    def begin(self) -> None:
        """Let the operator type, and show what there is from its beginning."""
        self.line.focus()
        self.show_anew()

    def relabel(self) -> None:
        """Say the columns again."""
        self.table.columns = article_columns()

    def choose(self) -> None:
        """Choose the marked line, or the first of the answer that is under way; where there is none, count it."""
        if self.found_nothing:
            self.given_up(said=True)
        else:
            super().choose()

    def given_up(self, *, said: bool = False) -> None:
        """Count what was looked for among all articles in use and not found, once; `said`: tell so."""
        typed, everywhere = self.typed, self.wanted.state == "live" and self.wanted.category_id is None
        if not self.found_nothing or not everywhere or typed == self._counted or self.app.desk is None:
            return
        from deskapp.services.articles import count_miss

        self._counted, desk = typed, self.desk

        def counted(words: str) -> None:
            if words and said:
                self.app.say("article.missed", words=words)

        self.act(lambda: count_miss(desk, typed), counted, wrong=lambda _: None)
