"""One article, read from end to end; whoever opened it in a case says by one key whether it helped (row K1)."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, ClassVar

from textual.binding import Binding, BindingType
from textual.content import Content
from textual.widget import Widget

from deskapp.domain.article import RETIRED, About, ArticleRow, ArticleVersion, Use
from deskapp.i18n import say
from deskapp.screens import paint
from deskapp.screens.article_words import article_lines, body_lines
from deskapp.screens.base import DeskDialog, DeskScreen, Panel
from deskapp.screens.form_dialog import Editing
from deskapp.screens.one_record import OneRecord
from deskapp.widgets import painting
from deskapp.widgets.prose import Prose
from deskapp.widgets.record_table import Column, ListSource, RecordTable

if TYPE_CHECKING:
    from deskapp.desk import Desk
    from deskapp.domain.article import Article


class ArticleScreen(Editing, OneRecord, DeskScreen[None]):
    """The whole text, with how it did; changed, retired, its versions, and whether it helped."""

    PLACE, SCREEN_ID, ROWS = "knowledge", "article", ("K1",)
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("y", "rate('helped')", id="article.helped"),
        Binding("u", "rate('failed')", id="article.failed"),
        Binding("e", "edit", id="article.edit"),
        Binding("v", "versions", id="article.versions"),
        Binding("x", "turn", id="article.turn"),
        Binding("escape", "leave", id="back"),
    ]
    DEFAULT_CSS = """
    ArticleScreen Prose { scrollbar-gutter: stable; }
    """

    def __init__(self, article_id: int, about: About | None = None) -> None:
        super().__init__()
        self.article_id = article_id
        self.about = about or About()
        """What it was opened for."""
        self.row: ArticleRow | None = None
        self.author = ""
        self.text = Prose(id="article-text")
        self.panel = Panel("article.title", self.text)

    def body(self) -> Iterable[Widget]:
        """The text."""
        yield self.panel

    def ready(self) -> None:
        """Read it, and count that it was opened."""
        from deskapp.services import articles

        self.text.focus()
        desk, article_id, about = self.desk, self.article_id, self.about
        self.act(lambda: articles.use(desk, article_id, "opened", about))
        self._read()

    def changed(self) -> None:
        """Read it anew."""
        if self.app.desk is not None and self.app.desk.operator is not None:
            self._read()

    def _read(self) -> None:
        desk, article_id = self.desk, self.article_id
        self.read_record(lambda: _read(desk, article_id), lambda found: self._show(*found), group="article")

    def _show(self, row: ArticleRow, author: str) -> None:
        self.row, self.author = row, author
        self.panel.entitle(title=row.article.title)
        self.text.show(article_lines(self.desk, row, author))
        self.refresh_bindings()

    def relabel(self) -> None:
        """Say everything again."""
        super().relabel()
        if self.row is not None:
            self._show(self.row, self.author)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Whether it helped is asked where there is a case to help with."""
        if action == "rate":
            return self.about.ticket_id is not None or self.about.call_id is not None
        return True

    def action_rate(self, word: Use) -> None:
        """Say whether it helped."""
        from deskapp.services import articles

        desk, article_id, about = self.desk, self.article_id, self.about
        self.act(
            lambda: articles.use(desk, article_id, word, about),
            lambda _: self.app.say(f"article.said.{word}"),
        )

    def action_edit(self) -> None:
        """Change it; what it says now is kept."""
        from deskapp.screens.article_forms import write

        row = self.once_read(self.row, self.action_edit)
        if row is not None and self.may("article.write"):
            write(self, row.article)

    def action_versions(self) -> None:
        """Show what it said before."""
        row = self.once_read(self.row, self.action_versions)
        if row is not None:
            self.app.push_screen(VersionsDialog(row.article))

    def action_turn(self) -> None:
        """Take it out of use, or put it back."""
        row = self.once_read(self.row, self.action_turn)
        if row is not None and self.may("article.retire"):
            turn(self, row.article)

    def action_leave(self) -> None:
        """Back to where one came from."""
        self.dismiss(None)


def turn(screen: DeskScreen[None], article: Article) -> None:
    """Take an article out of use, or put it back."""
    from deskapp.services import articles

    desk = screen.desk
    turned = articles.restore if article.state == RETIRED else articles.retire

    def done(stored: Article) -> None:
        from deskapp.services import harmless

        back = articles.retire if stored.state != RETIRED else articles.restore
        one = harmless.turned(desk, stored.state != RETIRED, lambda here: back(here, stored))
        screen.app.undoing.offer(one, say(f"article.now.{stored.state}"))

    screen.act(lambda: turned(desk, article), done)


def _read(desk: Desk, article_id: int) -> tuple[ArticleRow, str]:
    from deskapp.services.articles import read

    row = read(desk, article_id)
    with desk.read() as work:
        author = work.operators.get(row.article.written_by)
    return row, author.name if author else ""


class VersionsDialog(Editing, DeskDialog[None]):
    """What an article says and said, version by version; b lets it say the marked one again."""

    SCREEN_ID, TITLE_CODE, ROWS = "article_versions", "article.versions", ("K1",)
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("b", "bring_back", id="article_versions.bring_back"),
        Binding("pageup", "page(-1)", show=False, system=True, id="list.page_up"),
        Binding("pagedown", "page(1)", show=False, system=True, id="list.page_down"),
    ]
    DEFAULT_CSS = """
    VersionsDialog RecordTable { height: 7; }
    VersionsDialog Prose { height: 1fr; margin: 1 0 0 0; padding: 0 1; scrollbar-gutter: stable; }
    VersionsDialog.-low RecordTable { height: 5; }
    """

    def __init__(self, article: Article) -> None:
        super().__init__()
        self.article = article
        self.table = RecordTable((), empty_code="article.nothing", id="article-versions")
        self.text = Prose()
        self.text.can_focus = False

    def body(self) -> Iterable[Widget]:
        """The versions, and the text of the marked one."""
        yield self.table
        yield self.text

    def ready(self) -> None:
        """Read them."""
        self.query_one(".dialog").styles.height = "100%"  # as high as a dialog may be
        self.table.columns = _version_columns(self.desk)
        self.table.focus()
        self._read()

    def _read(self) -> None:
        from deskapp.services.articles import versions

        desk, article = self.desk, self.article

        def read() -> tuple[Article, list[ArticleVersion]]:
            with desk.read() as work:
                now = work.articles.find(article.id)
            return now, versions(desk, article)

        self.ask(read, lambda found: self._show(*found), group="versions")

    def _show(self, article: Article, versions: list[ArticleVersion]) -> None:
        self.article = article
        self.table.source = ListSource(versions, key=lambda one: one.revision)

    def on_record_table_highlighted(self, message: RecordTable.Highlighted) -> None:
        """Show the text of the version under the cursor."""
        version: ArticleVersion = message.record
        self.text.show([painting.safe(version.title, "bold"), Content(""), *body_lines(version.body)])

    def action_page(self, by: int) -> None:
        """Read on in the text."""
        (self.text.scroll_page_down if by > 0 else self.text.scroll_page_up)(animate=False)

    def action_bring_back(self) -> None:
        """Let the article say again what the marked version said."""
        from deskapp.services import articles

        version: ArticleVersion | None = self.table.selected
        if version is None or not self.may("article.write"):
            return
        if version.revision == self.article.revision:
            self.app.say("article.says_that")
            return
        desk, article = self.desk, self.article

        def done(_: Article) -> None:
            self.app.say("article.brought_back", revision=version.revision)
            self._read()

        self.act(lambda: articles.bring_back(desk, article, version), done)


def _version_columns(desk: Desk) -> list[Column]:
    return [
        Column(
            "revision",
            "article.column.revision",
            12,
            lambda one, _: Content(say("article.revision", revision=one.revision)),
        ),
        Column(
            "at",
            "article.column.written",
            None,
            lambda one, _: Content.styled(paint.when(desk, one.written_at), "$text-muted"),
        ),
    ]
