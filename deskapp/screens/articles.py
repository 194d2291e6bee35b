"""The knowledge base: articles found as one types, listed by use, read beside the list (F9, row K1)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import ClassVar

from textual.binding import Binding, BindingType
from textual.containers import Horizontal
from textual.content import Content
from textual.widget import Widget

from deskapp import i18n
from deskapp.domain.article import LIVE, ORDERS, RETIRED, Article, ArticleRow, missed
from deskapp.i18n import say
from deskapp.screens.article_find import ArticleFinder
from deskapp.screens.article_forms import CategoryDialog, CategoryRow, write
from deskapp.screens.article_lists import ArticlePages
from deskapp.screens.article_words import article_lines
from deskapp.screens.base import DeskScreen, Panel
from deskapp.screens.form_dialog import Editing
from deskapp.screens.paged import Listing
from deskapp.widgets import painting
from deskapp.widgets.lines import Lines
from deskapp.widgets.prose import Prose
from deskapp.widgets.record_table import RecordTable, Source

LETTERS = frozenset(
    {"add", "edit", "turn", "category", "order", "which", "misses", "versions", "starters", "to_line"}
)
"""Acts whose key is a letter: typed into the search line it is a letter and nothing else."""


class ArticlesScreen(Editing, Listing, DeskScreen[None]):
    """Type any words: Enter opens the article. Up, down and Enter work while one types; Tab goes to the list."""

    PLACE, SCREEN_ID, ROWS = "knowledge", "articles", ("K1", "P5")
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("n", "add", id="articles.add"),
        Binding("e", "edit", id="articles.edit"),
        Binding("f", "category", id="articles.category"),
        Binding("s", "order", id="articles.order"),
        Binding("m", "misses", id="articles.misses"),
        Binding("v", "versions", id="articles.versions"),
        Binding("x", "turn", id="articles.turn"),
        Binding("r", "which", id="articles.which"),
        Binding("i", "starters", id="articles.starters"),
        Binding("slash,tab", "to_line", id="articles.to_line"),
        Binding("ctrl+n", "typing_add", id="articles.typing_add"),
        Binding("f9", "search_anew", id="articles.search_anew", system=True),
        Binding("escape", "leave", id="back"),
    ]
    DEFAULT_CSS = """
    ArticlesScreen #article-side { width: 3fr; }
    ArticlesScreen.-narrow #article-side { display: none; }
    ArticlesScreen Prose { scrollbar-gutter: stable; }
    ArticlesScreen #article-brief { height: 4; padding: 0 1; background: $surface; }
    ArticlesScreen.-wide #article-brief { display: none; }
    ArticlesScreen #article-offer { height: 1; padding: 0 1; display: none; }
    """

    def __init__(self) -> None:
        super().__init__()
        self.finder = ArticleFinder(self._resting, "article.list", id="articles-finder")
        self.text = Prose()
        self.text.can_focus = False
        self.side = Panel("article.title", self.text, id="article-side")
        self.brief = Lines(id="article-brief")
        self.offer = Lines(id="article-offer")
        self.category = ""
        """The name of the category that is listed."""
        self.absent = 0
        """How many of the articles that come with the program are not here."""
        self.to_write = 0

    def body(self) -> Iterable[Widget]:
        """What is offered, the search line with the list, and the text beside or below it."""
        yield self.offer
        yield Horizontal(self.finder, self.side)
        yield self.brief

    def _resting(self) -> Source:
        return ArticlePages(self.desk, self.finder.wanted)

    def ready(self) -> None:
        """Show the most used, the cursor in the search line."""
        self._entitle()
        self.finder.begin()
        self._look_for_starters()

    def _look_for_starters(self) -> None:
        from deskapp.services.articles import missing_starters

        desk, language = self.desk, i18n.language()

        def read() -> tuple[int, int]:
            with desk.read() as work:
                to_write = work.search_misses.count()
            return missing_starters(desk, language), to_write

        self.ask(read, lambda found: self._offer(*found), group="starters")

    def _offer(self, absent: int, to_write: int) -> None:
        """Offer what comes with the program where it is missing, as after an upgrade; say what is to be written."""
        self.absent, self.to_write = absent, to_write
        self.finder.panel.whisper(say("article.wait", count=to_write) if to_write else "")
        self.offer.display = bool(absent)
        self.offer.show([Content.styled(say("article.offer", count=absent), "$warning")] if absent else [])
        self.refresh_bindings()

    def changed(self) -> None:
        """Read anew; the cursor stays."""
        if self.app.desk is not None and self.app.desk.operator is not None:
            self.finder.again()
            self._preview(self.finder.table.selected)
            self._look_for_starters()

    def relabel(self) -> None:
        """Say everything again."""
        super().relabel()
        if self.app.desk is not None and self.app.desk.operator is not None:
            self._entitle()
            self._offer(self.absent, self.to_write)
            self._preview(self.finder.table.selected)

    def _entitle(self) -> None:
        wanted = self.finder.wanted
        self.finder.facts = {
            "which": say(f"article.which.{wanted.state}"),
            "category": self.category or say("article.all"),
            "order": say(f"article.order.{wanted.order}"),
        }
        self.finder.entitle()

    def on_screen_suspend(self) -> None:
        """What was not found is given up when one goes elsewhere."""
        self.finder.given_up()
        self._left = self not in self.app.screen_stack

    _left = False

    def on_screen_resume(self) -> None:
        """Come back from another place: what is typed next begins a new search; from an article: one stays."""
        super().on_screen_resume()
        if self._left:
            self._left = False
            self.action_search_anew()

    @property
    def typing(self) -> bool:
        """Whether the search line has the focus."""
        return self.finder.line.has_focus

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Letters are keys in the list only."""
        if action == "typing_add":
            return self.typing
        if action == "starters" and not self.absent:
            return False
        return not self.typing if action in LETTERS else True

    def on_record_table_highlighted(self, message: RecordTable.Highlighted) -> None:
        """Show the text under the cursor."""
        self._preview(message.record)

    def _preview(self, row: ArticleRow | None) -> None:
        if row is None:
            self.side.entitle(title="")
            self.text.show([])
            self.brief.show([])
            return
        self.side.entitle(title=row.article.title)
        lines = article_lines(self.desk, row)
        self.text.show(lines)
        self.text.scroll_home(animate=False)
        first = [line for line in row.article.body.splitlines() if line.strip()]
        self.brief.show([painting.safe(row.article.title, "bold"), *map(painting.safe, first[:3])])

    def on_record_table_chosen(self, message: RecordTable.Chosen) -> None:
        """Open it."""
        from deskapp.screens.article_view import ArticleScreen

        self.app.push_screen(ArticleScreen(message.record.article.id))

    def action_add(self) -> None:
        """Write a new one; what was looked for and not found becomes its words."""
        if not self.may("article.write"):
            return
        typed = self.finder.typed
        nothing = typed if self.finder.selected is None else ""
        self.finder.given_up()
        category = self.finder.wanted.category_id or None
        write(self, Article(title=nothing, keys=nothing, category_id=category), miss=missed(nothing))

    action_typing_add = action_add

    def action_edit(self) -> None:
        """Change the one under the cursor."""
        row = self.finder.selected
        if row is not None and self.may("article.write"):
            write(self, row.article)

    def action_turn(self) -> None:
        """Take the one under the cursor out of use, or put it back."""
        from deskapp.screens.article_view import turn

        row = self.finder.selected
        if row is not None and self.may("article.retire"):
            turn(self, row.article)

    def action_versions(self) -> None:
        """Show what the one under the cursor said before."""
        from deskapp.screens.article_view import VersionsDialog

        row = self.finder.selected
        if row is not None:
            self.app.push_screen(VersionsDialog(row.article))

    def action_category(self) -> None:
        """List the articles of one category, or all."""
        self.app.push_screen(CategoryDialog(self.finder.wanted.state), self._of_category)

    def _of_category(self, row: CategoryRow | None) -> None:
        if row is not None:
            self.category = "" if row.category_id is None else row.name
            self.finder.wanted = replace(self.finder.wanted, category_id=row.category_id)
            self._anew()

    def action_order(self) -> None:
        """Sort by use, or the newest first."""
        wanted = self.finder.wanted
        order = ORDERS[(ORDERS.index(wanted.order) + 1) % len(ORDERS)]
        self.finder.wanted = replace(wanted, order=order)
        self._anew()

    def action_which(self) -> None:
        """List the retired ones, or those in use again."""
        wanted = self.finder.wanted
        self.finder.wanted = replace(wanted, state=RETIRED if wanted.state == LIVE else LIVE)
        self._anew()

    def _anew(self) -> None:
        self._preview(None)
        self._entitle()
        self.finder.forget_choice()
        self.finder.show_anew()

    def action_misses(self) -> None:
        """Show what was looked for and not found."""
        from deskapp.screens.article_misses import MissesScreen

        self.app.push_screen(MissesScreen())

    def action_starters(self) -> None:
        """Put in the articles that come with the program and are not here."""
        from deskapp.services.articles import lay_in

        if not self.absent or not self.may("article.write"):
            return
        desk, language = self.desk, i18n.language()
        self.act(lambda: lay_in(desk, language), lambda count: self.app.say("article.laid_in", count=count))

    def action_to_line(self) -> None:
        """Back to the search line."""
        self.finder.line.focus()

    def action_search_anew(self) -> None:
        """To the search line, the next letter beginning a new search."""
        self.finder.line.focus()
        self.finder.line.select_all()

    def action_leave(self) -> None:
        """From the list to the search line; from there to the queue, the text staying."""
        if self.typing:
            self.app.go("queue")
        else:
            self.action_to_line()
