"""Beside a form or a call: the articles that fit what is being typed, best first (row K1)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual.content import Content

from deskapp.domain.article import About, ArticleRow
from deskapp.i18n import say
from deskapp.screens.base import Asking, Panel
from deskapp.widgets import painting
from deskapp.widgets.lines import Lines

if TYPE_CHECKING:
    from deskapp.app import DeskApp

SHOWN = 3


class ArticleFits(Asking, Panel):
    """Titles only: Ctrl+K takes one. Nothing that fits takes no room."""

    app: DeskApp
    DEFAULT_CSS = """
    ArticleFits { height: auto; display: none; }
    """

    def __init__(self, low: Lines | None = None) -> None:
        self.lines = Lines(grow=True)
        self.low = low or Lines()
        """The line that says the best of them where there is no room beside the form."""
        super().__init__("article.fits", self.lines, classes="article-fits")
        self._about: About | None = None

    def look(self, about: About) -> None:
        """Look for what fits, when it is about something else than before."""
        if about == self._about or self.app.desk is None:
            return
        from deskapp.services.article_search import suggest

        self._about, desk = about, self.desk
        self.ask(
            lambda: suggest(desk, about, SHOWN),
            lambda rows: self._show(rows) if self._about == about else None,
            group="fits",
            wrong=lambda _: None,
        )

    def forget(self) -> None:
        """It is about nothing yet."""
        self._about = None
        self._show([])

    def _show(self, rows: list[ArticleRow]) -> None:
        self.display = bool(rows)
        lines = [_line(place, row) for place, row in enumerate(rows)]
        self.lines.show(lines)
        self.low.set_class(bool(rows), "-some")
        self.low.show(lines[:1])


def _line(place: int, row: ArticleRow) -> Content:
    """A title; the first says which key takes it."""
    one = row.article
    title = painting.safe(one.title, "" if place else "bold")
    rated = say("article.rated", helped=one.helped, failed=one.failed) if one.helped or one.failed else ""
    parts = [title, Content.styled(rated, "$text-muted")] if rated else [title]
    if not place:
        parts.append(Content.styled(say("article.fits_how"), "$primary"))
    return Content.assemble(("- ", "$primary"), painting.join(parts))
