"""Finding articles as one types: the search line, the list below it, and what was looked for and not found (K1)."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING, Any, ClassVar

from textual import events
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical

from deskapp.domain.article import ArticleRow, Wanted
from deskapp.screens.article_lists import article_columns
from deskapp.screens.base import Asking, Panel
from deskapp.widgets.form_field import TextField
from deskapp.widgets.record_table import ListSource, RecordTable, Source

if TYPE_CHECKING:
    from deskapp.app import DeskApp

MOST_TYPED = 200


class ArticleLine(TextField):
    """A line to type in while up, down and Enter work in the list below it."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "choose", id="articles.open"),
        Binding("tab", "to_list", id="articles.to_list"),
        Binding("up", "move(-1)", show=False, system=True, id="list.up"),
        Binding("down", "move(1)", show=False, system=True, id="list.down"),
        Binding("pageup", "page(-1)", show=False, system=True, id="list.page_up"),
        Binding("pagedown", "page(1)", show=False, system=True, id="list.page_down"),
    ]

    @property
    def finder(self) -> ArticleFinder:
        """The finder this line is of."""
        finder = self.parent
        assert isinstance(finder, ArticleFinder)
        return finder

    def on_blur(self, event: events.Blur) -> None:
        """Somebody goes away from what was not found."""
        self.finder.given_up()

    def action_choose(self) -> None:
        """Choose what is marked in the list."""
        self.finder.choose()

    def action_to_list(self) -> None:
        """Go to the list, where letters are keys."""
        self.finder.table.focus()

    def action_move(self, by: int) -> None:
        """Move in the list."""
        self.finder.table.action_move(by)

    def action_page(self, by: int) -> None:
        """Move in the list by windows."""
        self.finder.table.action_page(by)


class ArticleFinder(Asking, Vertical):
    """A search line over a list of articles; while nothing is typed the list is `resting`.

    One search runs at a time and the newest text is searched next, as with clients. What was not found is counted
    once, when somebody presses Enter or leaves the line: not at every letter.
    """

    app: DeskApp
    DEFAULT_CSS = """
    ArticleFinder { width: 3fr; }
    """

    def __init__(self, resting: Callable[[], Source], resting_code: str, **options: Any) -> None:
        super().__init__(**options)
        self.resting, self.resting_code = resting, resting_code
        self.wanted = Wanted()
        """Which articles are listed and searched."""
        self.line = ArticleLine(
            label_code="article.search", max_length=MOST_TYPED, placeholder_code="article.hint"
        )
        self.table = RecordTable(article_columns(), empty_code="article.nothing")
        self.panel = Panel(resting_code, self.table)
        self.facts: dict[str, Any] = {}
        """What else the title says while nothing is typed."""
        self._typed, self._shown, self._counted = "", "", ""
        self._busy = self._owed = False

    def compose(self) -> ComposeResult:
        """The line, and the list."""
        yield self.line
        yield self.panel

    @property
    def typed(self) -> str:
        """What is looked for."""
        return self.line.read()

    @property
    def selected(self) -> ArticleRow | None:
        """The line under the cursor; None while the answer to what was typed is still to come."""
        return self.table.selected if self._shown == self._typed else None

    def begin(self) -> None:
        """Let the operator type, and show what there is."""
        self.line.focus()
        self.show_anew()

    def show_anew(self) -> None:
        """Show the list or the search from its beginning: others are wanted now."""
        if self._typed:
            self._shown = ""
            self._search()
        else:
            self._rest()

    def again(self) -> None:
        """Read anew; the cursor stays on its line."""
        if self._typed:
            self._search()
        else:
            self.table.refresh_rows()

    def relabel(self) -> None:
        """Say the columns again."""
        self.table.columns = article_columns()

    def choose(self) -> None:
        """Choose the marked line, or the first of the answer that is under way."""
        if self._shown != self._typed:
            self._owed = True
        elif self.table.selected is None:
            self.given_up(said=True)
        else:
            self.table.action_choose()

    def on_input_changed(self, event: TextField.Changed) -> None:
        """Search for what stands in the line now."""
        event.stop()
        if self.typed == self._typed or self.app.desk is None:
            return
        self._typed, self._owed = self.typed, False
        if self._typed:
            self._search()
        else:
            self._rest()

    def _rest(self) -> None:
        self._shown = ""
        self.table.source = self.resting()
        self.entitle()

    def entitle(self) -> None:
        """Say what is listed while nothing is typed."""
        if not self._typed:
            self._say(self.resting_code, count=self.table.row_count or 0, **self.facts)

    def _search(self) -> None:
        if self._busy:
            return
        from deskapp.services.article_search import find

        self._busy = True
        desk, typed, wanted = self.desk, self._typed, self.wanted
        self.ask(
            lambda: find(desk, typed, wanted), partial(self._found, typed), group="find", wrong=self._wrong
        )

    def _found(self, typed: str, found: list[ArticleRow]) -> None:
        self._busy = False
        if typed != self._typed:
            if self._typed:
                self._search()
            return
        source = self.table.source
        if typed == self._shown and isinstance(source, ListSource):
            source.replace(found)
            self.table.refresh_rows()
        else:
            self.table.source = ListSource(found, key=lambda row: row.article.id)
        self._say("article.found", count=len(found))
        self._shown = typed
        if self._owed:
            self._owed = False
            self.choose()

    def _wrong(self, error: Exception) -> None:
        self._busy = self._owed = False
        self.app.tell(error)

    def _say(self, code: str, **facts: Any) -> None:
        self.panel.title_code, self.panel.facts = code, facts
        self.panel.relabel()

    def given_up(self, *, said: bool = False) -> None:
        """Count what was looked for among all articles in use and not found, once; `said`: tell so."""
        typed, everywhere = self._typed, self.wanted.state == "live" and self.wanted.category_id is None
        nothing = typed and typed == self._shown and self.table.selected is None
        if not nothing or not everywhere or typed == self._counted or self.app.desk is None:
            return
        from deskapp.services.articles import count_miss

        self._counted, desk = typed, self.desk

        def counted(words: str) -> None:
            if words and said:
                self.app.say("article.missed", words=words)

        self.act(lambda: count_miss(desk, typed), counted, wrong=lambda _: None)

    def on_record_table_counted(self, message: RecordTable.Counted) -> None:
        """Say how many articles there are."""
        self.entitle()
