"""Finding something as one types: the search line, the list below it, and the reading behind them."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Sequence
from typing import TYPE_CHECKING, Any, ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical

from deskapp.screens.base import Asking, Panel
from deskapp.widgets.form_field import TextField
from deskapp.widgets.record_table import ListSource, RecordTable, Source

if TYPE_CHECKING:
    from deskapp.app import DeskApp

MOST_TYPED = 200


class FinderLine(TextField):
    """A line to type in while up, down and Enter work in the list below it."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("up", "move(-1)", show=False, system=True, id="list.up"),
        Binding("down", "move(1)", show=False, system=True, id="list.down"),
        Binding("pageup", "page(-1)", show=False, system=True, id="list.page_up"),
        Binding("pagedown", "page(1)", show=False, system=True, id="list.page_down"),
    ]

    @property
    def finder(self) -> Finder:
        """The finder this line is of."""
        finder = self.parent
        assert isinstance(finder, Finder)
        return finder

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


class Finder(Asking, Vertical):
    """A search line over a list; while nothing is typed the list is `resting`.

    Typing never waits: one search runs at a time, the newest text is searched next, and an Enter that comes
    before its answer chooses from that answer, not from the rows of an earlier text.
    """

    app: DeskApp
    DEFAULT_CSS = """
    Finder { width: 3fr; }
    """

    def __init__(
        self,
        line: FinderLine,
        table: RecordTable,
        resting: Callable[[], Source],
        resting_code: str,
        **options: Any,
    ) -> None:
        super().__init__(**options)
        self.line, self.table = line, table
        self.resting, self.resting_code = resting, resting_code
        self.panel = Panel(resting_code, table)
        self.facts: dict[str, Any] = {}
        """What else the title says while nothing is typed."""
        self._typed = ""
        self._shown: str | None = None
        """The text the list is the answer to; nothing for the resting one; None while neither is there."""
        self._empty = False
        self._turn = 0
        """Raised when others are wanted: an answer of an earlier turn is of no use."""
        self._busy = self._owed = self._stale = False
        table.may_choose = self._may_choose

    def compose(self) -> ComposeResult:
        """The line, and the list."""
        yield self.line
        yield self.panel

    def question(self, typed: str) -> Callable[[], Sequence[Any]]:
        """How words are looked for, to be asked in a thread."""
        raise NotImplementedError

    def key(self, row: Any) -> Hashable:
        """What a row that was found stays itself by."""
        raise NotImplementedError

    def entitle_found(self, found: Sequence[Any]) -> None:
        """Say how much was found."""
        raise NotImplementedError

    @property
    def typed(self) -> str:
        """What is looked for."""
        return self.line.read()

    @property
    def answered(self) -> bool:
        """Whether the list is the answer to what is typed now."""
        return self._shown == self.typed

    @property
    def found_nothing(self) -> bool:
        """Whether the answer to what is typed has come, and is that there is nothing."""
        return bool(self.typed) and self.answered and self._empty

    @property
    def selected(self) -> Any | None:
        """The line under the cursor; None while the answer to what was typed is still to come."""
        return self.table.selected if self.answered else None

    def begin(self) -> None:
        """Let the operator type, and show what there is."""
        self.line.focus()
        if self._typed:
            self._search()
        else:
            self._rest()

    def show_anew(self) -> None:
        """Show the list or the search from its beginning: others are wanted now."""
        self._turn += 1
        if self._typed:
            self._shown = None
            self._search()
        else:
            self._rest()

    def again(self) -> None:
        """Read anew; the cursor stays on its line."""
        if self._typed:
            self._stale = self._busy
            self._search()
        else:
            self.table.refresh_rows()

    def choose(self) -> None:
        """Choose the marked line, or the first of the answer that is still to come."""
        self.table.action_choose()

    def _may_choose(self) -> bool:
        """Whether the lines are the answer to what is typed; else an Enter is owed until that has come."""
        self._follow()
        if self.answered:
            return True
        self._owed = True
        if self._typed:
            self._search()
        return False

    def forget_choice(self) -> None:
        """Let an Enter that is owed go."""
        self._owed = False
        self.table.forget_choice()

    def on_input_changed(self, event: TextField.Changed) -> None:
        """Search for what stands in the line now."""
        event.stop()
        self._follow()

    def _follow(self) -> None:
        if self.typed == self._typed or self.app.desk is None:
            return
        self._typed = self.typed
        self.forget_choice()
        if self._typed:
            self._search()
        else:
            self._rest()

    def _rest(self) -> None:
        self._shown = ""
        self.table.source = self.resting()
        self.entitle()
        self._pay()

    def _pay(self) -> None:
        """Do what an Enter was pressed for before the answer had come."""
        owed, self._owed = self._owed, False
        if owed:
            self.choose()

    def entitle(self) -> None:
        """Say what is listed while nothing is typed."""
        if not self._typed:
            self.say_title(self.resting_code, count=self.table.row_count or 0, **self.facts)

    def say_title(self, code: str, **facts: Any) -> None:
        """Let the title say this."""
        self.panel.title_code, self.panel.facts = code, facts
        self.panel.relabel()

    def _search(self) -> None:
        if self._busy:
            return
        self._busy = True
        asked = self._typed, self._turn
        self.ask(
            self.question(self._typed),
            lambda found: self._found(asked, found),
            group="find",
            wrong=lambda error: self._wrong(asked, error),
        )

    def _found(self, asked: tuple[str, int], found: Sequence[Any]) -> None:
        self._busy = False
        if self._passed(asked):
            return
        typed = self._typed
        source = self.table.source
        if typed == self._shown and isinstance(source, ListSource):
            source.replace(found)
            self.table.refresh_rows()
        else:
            self.table.source = ListSource(found, key=self.key)
        self.entitle_found(found)
        self._shown, self._empty = typed, not found
        if self._stale:
            self._stale = False
            self._search()
        self._pay()

    def _wrong(self, asked: tuple[str, int], error: Exception) -> None:
        self._busy = self._owed = self._stale = False
        self.app.tell(error)
        self._passed(asked)

    def _passed(self, asked: tuple[str, int]) -> bool:
        """Whether something else is wanted by now; it is looked for next."""
        passed = asked != (self._typed, self._turn)
        if passed:
            self._stale = False
            if self._typed:
                self._search()
        return passed

    def on_record_table_counted(self, message: RecordTable.Counted) -> None:
        """Say how many there are."""
        self.entitle()
