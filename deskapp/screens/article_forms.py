"""The form an article is written in, and which category is listed."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, ClassVar
from zlib import crc32

from textual.binding import Binding, BindingType
from textual.content import Content
from textual.widget import Widget

from deskapp.domain.article import LIVE, MOST_KEYS, MOST_TITLE, Article
from deskapp.i18n import say
from deskapp.screens.base import DeskDialog
from deskapp.screens.form_dialog import FormDialog, edit
from deskapp.widgets import painting
from deskapp.widgets.form import Choice, LongField, TextField
from deskapp.widgets.form_grid import ChoiceGrid
from deskapp.widgets.record_table import Column, ListSource, RecordTable
from deskapp.widgets.safe_text import shown

if TYPE_CHECKING:
    from collections.abc import Callable

    from deskapp.desk import Desk
    from deskapp.domain.staff import Category
    from deskapp.screens.base import Framed
    from deskapp.screens.record_form import Values

GENERAL = 0
"""Stands for articles about no category."""
DIGITS = tuple(str(place) for place in range(1, 10))


@dataclass(frozen=True, slots=True)
class Loaded:
    """What a form begins with: the article and the categories there are."""

    article: Article
    categories: tuple[Category, ...] = ()
    miss: str = ""
    """What was looked for, if that is why it is written."""


class ArticleForm(FormDialog):
    """Title, category, other words to find it by, and the text."""

    SCREEN_ID, TITLE_CODE, ROWS = "article_form", "article.form", ("K1",)
    FIELD_OF: ClassVar = {"article.title_missing": "title", "article.body_missing": "body"}

    def __init__(self, loaded: Loaded) -> None:
        self.loaded = loaded
        one = loaded.article
        name = str(one.id) if one.id else f"new-{crc32(loaded.miss.encode()):08x}" if loaded.miss else "new"
        given = {
            "title": one.title,
            "category": one.category_id or GENERAL,
            "keys": one.keys,
            "body": one.body,
        }
        super().__init__(f"article-{name}", given)

    def fields(self) -> Iterable[Widget]:
        """What an article has."""
        categories = [Choice(GENERAL, say("article.general"))]
        categories += [
            Choice(one.id, shown(one.name), keys=tuple(one.keys.lower().split()))
            for one in self.loaded.categories
        ]
        yield TextField("title", "article.field.title", max_length=MOST_TITLE, required=True)
        yield ChoiceGrid("category", "article.field.category", categories, advance=True)
        yield TextField(
            "keys", "article.field.keys", max_length=MOST_KEYS, placeholder_code="article.keys_hint"
        )
        yield LongField("body", "article.field.body", lines=9, required=True)

    def ready(self) -> None:
        """Say how words to be quoted are marked."""
        super().ready()
        if not self.loaded.article.id:
            self.tell(say("article.form_hint"), "$text-muted")


def write(
    screen: Framed, article: Article, then: Callable[[Article], object] | None = None, miss: str = ""
) -> None:
    """Ask for an article, new or changed, and store it; a miss it was written for is settled."""
    from deskapp.services import articles

    desk = screen.desk

    def load() -> Loaded:
        with desk.read() as work:
            found = work.articles.find(article.id) if article.id else article
            return Loaded(found, tuple(work.categories.listed()), miss)

    def save(loaded: Loaded, values: Values) -> Article:
        changed = replace(
            loaded.article,
            title=values["title"] or "",
            category_id=values["category"] or None,
            keys=values["keys"] or "",
            body=values["body"] or "",
        )
        return articles.write(desk, changed, key=values["submission"], miss=loaded.miss)

    def done(stored: Article) -> None:
        screen.app.say("article.saved", title=shown(stored.title))
        if then is not None:
            then(stored)

    screen.ask(
        load, lambda loaded: edit(screen, loaded, ArticleForm, save, load, then=done), group="article_form"
    )


@dataclass(frozen=True, slots=True)
class CategoryRow:
    """A category to list articles of, and how many there are; None stands for all."""

    place: int
    category_id: int | None
    name: str
    count: int


class CategoryDialog(DeskDialog[CategoryRow]):
    """Which articles are listed: all, those of one category, or those about none."""

    SCREEN_ID, TITLE_CODE, ROWS = "article_category", "article.choose", ("K1",)
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding(digit, f"take({digit})", show=False, system=True, id=f"site_choice.{digit}")
        for digit in DIGITS
    ]
    DEFAULT_CSS = """
    CategoryDialog RecordTable { height: auto; max-height: 18; }
    CategoryDialog.-low RecordTable { max-height: 12; }
    """

    def __init__(self, state: str = LIVE) -> None:
        super().__init__()
        self.state = state
        self.rows: list[CategoryRow] = []
        self.table = RecordTable(_category_columns(), header=False, id="article-categories")

    def body(self) -> Iterable[Widget]:
        """The categories."""
        yield self.table

    def ready(self) -> None:
        """Count them."""
        self.table.focus()
        desk, state = self.desk, self.state
        self.ask(lambda: _category_rows(desk, state), self._show, group="categories")

    def _show(self, rows: list[CategoryRow]) -> None:
        self.rows = rows
        self.table.source = ListSource(rows, key=lambda row: row.place)

    def action_take(self, place: int) -> None:
        """Take the one with this digit."""
        if place <= len(self.rows):
            self.dismiss(self.rows[place - 1])

    def on_record_table_chosen(self, message: RecordTable.Chosen) -> None:
        """Take the one under the cursor."""
        self.dismiss(message.record)


def _category_columns() -> list[Column]:
    def place(row: CategoryRow, _: Any) -> Content:
        return Content.styled(str(row.place) if row.place < 10 else "", "bold $primary")

    return [
        Column("place", "", 3, place),
        Column("name", "article.column.category", None, lambda row, _: painting.safe(row.name)),
        Column("count", "article.column.used", 5, lambda row, _: Content(str(row.count)), align="right"),
    ]


def _category_rows(desk: Desk, state: str) -> list[CategoryRow]:
    with desk.read() as work:
        counts, categories = work.articles.counts(state), work.categories.listed()
    rows: list[tuple[int | None, str, int]] = [(None, say("article.all"), sum(counts.values()))]
    if counts.get(GENERAL):
        rows.append((GENERAL, say("article.general"), counts[GENERAL]))
    rows += [(one.id, one.name, counts[one.id]) for one in categories if one.id in counts]
    return [CategoryRow(place, *row) for place, row in enumerate(rows, 1)]
