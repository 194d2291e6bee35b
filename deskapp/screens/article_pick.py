"""Ctrl+K: the articles that fit what is being typed; Enter puts one into the text at the caret (row K1)."""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import suppress
from typing import TYPE_CHECKING, ClassVar, Literal

from textual.binding import Binding, BindingType
from textual.content import Content
from textual.widget import Widget
from textual.widgets import TextArea

from deskapp.domain.article import About, Article, ArticleRow, Use, Wanted, quotable, whole
from deskapp.i18n import say
from deskapp.screens.article_find import ArticleFinder
from deskapp.screens.article_lists import ArticlePages
from deskapp.screens.article_words import body_lines
from deskapp.screens.base import DeskDialog
from deskapp.widgets.lines import Lines
from deskapp.widgets.prose import Prose
from deskapp.widgets.record_table import ListSource, RecordTable, Source

if TYPE_CHECKING:
    from deskapp.app import DeskApp

Taken = tuple[Article, Literal["quoted", "whole", "opened"]]
"""An article, and what is wanted of it."""


class PickArticleDialog(DeskDialog[Taken]):
    """What fits stands first; type to find another. Enter inserts what may be said, Ctrl+F all, Ctrl+O opens it."""

    SCREEN_ID, TITLE_CODE, ROWS = "article_pick", "article.pick", ("K1", "T5", "C4")
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("ctrl+f", "take('whole')", id="article_pick.whole", priority=True),
        Binding("ctrl+o", "take('opened')", id="article_pick.open", priority=True),
        Binding("escape", "leave", id="back"),
    ]
    DEFAULT_CSS = """
    PickArticleDialog ArticleFinder { width: 1fr; height: 11; }
    PickArticleDialog Prose { height: 1fr; padding: 0 1; margin: 1 0; scrollbar-gutter: stable; }
    PickArticleDialog.-low ArticleFinder { height: 9; }
    PickArticleDialog.-low Prose { margin: 0; }
    """

    def __init__(self, about: About, inserts: bool) -> None:
        super().__init__()
        self.about, self.inserts = about, inserts
        self.fitting: list[ArticleRow] = []
        self.finder = ArticleFinder(self._resting, "article.fitting")
        self.text = Prose()
        self.text.can_focus = False
        self.how = Lines(grow=True)

    def body(self) -> Iterable[Widget]:
        """The search line and what fits, the text of the marked one, and how to take it."""
        yield self.finder
        yield self.text
        yield self.how

    def _resting(self) -> Source:
        if self.finder.resting_code == "article.most_used":
            return ArticlePages(self.desk, Wanted())
        return ListSource(self.fitting, key=lambda row: row.article.id)

    def ready(self) -> None:
        """Look for what fits."""
        self.query_one(".dialog").styles.height = "100%"  # as high as a dialog may be
        self.finder.line.focus()
        self._say_how()
        from deskapp.services.article_search import suggest

        desk, about = self.desk, self.about
        self.ask(lambda: suggest(desk, about, 9), self._fit, group="suggest", wrong=self._unfit)

    def _fit(self, rows: list[ArticleRow]) -> None:
        """Show what fits; where nothing fits, the most used: an Enter that came before was not for those."""
        self.fitting = rows
        self.finder.resting_code = "article.fitting" if rows else "article.most_used"
        if self.finder.typed:
            return
        if not rows:
            self.finder.forget_choice()
        self.finder.show_anew()

    def _unfit(self, error: Exception) -> None:
        if not self.finder.typed:
            self.finder.forget_choice()
        self.app.tell(error)

    def _say_how(self) -> None:
        words = say("article.pick_how" if self.inserts else "article.pick_opens")
        self.how.show([Content.styled(words, "$text-muted")])

    def relabel(self) -> None:
        """Say everything again."""
        super().relabel()
        self._say_how()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """All of it is inserted only where there is a text to insert it into."""
        return self.inserts if parameters == ("whole",) else True

    def on_record_table_highlighted(self, message: RecordTable.Highlighted) -> None:
        """Show the text under the cursor."""
        self.text.show(body_lines(message.record.article.body))
        self.text.scroll_home(animate=False)

    def on_record_table_chosen(self, message: RecordTable.Chosen) -> None:
        """Take it."""
        self.dismiss((message.record.article, "quoted" if self.inserts else "opened"))

    def action_take(self, how: Literal["whole", "opened"]) -> None:
        """Insert all of it, or open it."""
        row = self.finder.selected
        if row is not None:
            self.dismiss((row.article, how))

    def action_leave(self) -> None:
        """Leave; what was not found is counted."""
        self.finder.given_up()
        self.dismiss(None)


def about_of(app: DeskApp, area: TextArea | None) -> About:
    """What somebody is busy with: what the screen says, or the text with the caret."""
    tell = getattr(app.screen, "article_about", None)
    if tell is None:
        return About(text=area.text if area is not None else "")
    found: About = tell()
    return found


def offer_articles(app: DeskApp) -> None:
    """Show the articles that fit; the one chosen goes into the long text with the caret, or is opened."""
    if isinstance(app.screen, PickArticleDialog):
        return
    focused = app.screen.focused
    area = focused if isinstance(focused, TextArea) and not focused.read_only else None
    about = about_of(app, area)

    def taken(choice: Taken | None) -> None:
        if choice is None:
            return
        article, how = choice
        if how == "opened" or area is None:
            from deskapp.screens.article_view import ArticleScreen

            app.push_screen(ArticleScreen(article.id, about))
            return
        if area.is_attached:
            insert(area, whole(article.body) if how == "whole" else quotable(article.body))
            count_use(app, article.id, "inserted", about)

    app.push_screen(PickArticleDialog(about, area is not None), taken)


def insert(area: TextArea, text: str) -> None:
    """Put text in at the caret, over what is marked; one of several lines begins a line of its own."""
    start = min(area.selection.start, area.selection.end)
    before = area.document.get_line(start[0])[: start[1]]
    broken = "\n" if "\n" in text and before.strip() else ""
    area.replace(broken + text, *sorted(area.selection), maintain_selection_offset=False)


def count_use(app: DeskApp, article_id: int, act: Use, about: About) -> None:
    """Count a use in the background: that it cannot be counted is no reason to disturb anybody."""
    from deskapp.domain.errors import StorageFailed
    from deskapp.services import articles

    desk = app.desk_now()

    def count() -> None:
        with suppress(StorageFailed, LookupError):
            articles.use(desk, article_id, act, about)

    app.ask_desk(count, lambda _: None)
