"""Articles to write: what was looked for and not found, what was looked for most first (row K1)."""

from __future__ import annotations

from collections.abc import Iterable
from typing import ClassVar

from textual.binding import Binding, BindingType
from textual.widget import Widget

from deskapp.domain.article import Article, SearchMiss
from deskapp.screens.article_forms import write
from deskapp.screens.article_lists import MissPages, miss_columns
from deskapp.screens.base import DeskScreen, Panel
from deskapp.screens.form_dialog import Editing
from deskapp.screens.paged import Listing
from deskapp.widgets.record_table import RecordTable
from deskapp.widgets.safe_text import shown


class MissesScreen(Editing, Listing, DeskScreen[None]):
    """What nobody found; n writes the article, which settles it, d decides that none is needed."""

    PLACE, SCREEN_ID, ROWS = "knowledge", "article_misses", ("K1",)
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter,n", "write", id="article_misses.write"),
        Binding("d", "drop", id="article_misses.drop"),
        Binding("escape", "leave", id="back"),
    ]

    def __init__(self) -> None:
        super().__init__()
        self.table = RecordTable((), empty_code="article.no_misses", id="article-misses")
        self.panel = Panel("article.to_write", self.table)

    def body(self) -> Iterable[Widget]:
        """The list."""
        yield self.panel

    def ready(self) -> None:
        """Show what was looked for most."""
        self.table.columns = miss_columns(self.desk)
        self.table.source = MissPages(self.desk)
        self.table.focus()

    def changed(self) -> None:
        """Read anew; the cursor stays."""
        if self.app.desk is not None and self.app.desk.operator is not None:
            self.table.refresh_rows()

    def on_record_table_counted(self, message: RecordTable.Counted) -> None:
        """Say how many there are."""
        self.panel.entitle(count=message.count)

    def on_record_table_chosen(self, message: RecordTable.Chosen) -> None:
        """Write it."""
        self.action_write()

    def action_write(self) -> None:
        """Write the article that is missing, found by the words it was looked for by."""
        miss: SearchMiss | None = self.table.selected
        if miss is not None and self.may("article.write"):
            write(self, Article(title=miss.typed, keys=miss.typed), miss=miss.typed)

    def action_drop(self) -> None:
        """No article is needed for it."""
        from deskapp.services import articles

        miss: SearchMiss | None = self.table.selected
        if miss is None or not self.may("article.write"):
            return
        desk = self.desk
        self.act(
            lambda: articles.drop_miss(desk, miss),
            lambda _: self.app.say("article.dropped", words=shown(miss.typed)),
        )

    def action_leave(self) -> None:
        """Back to the articles."""
        self.dismiss(None)
