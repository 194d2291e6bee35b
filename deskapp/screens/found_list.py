"""A list in which what one types is found; with nothing typed it is whole again."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Sequence
from typing import Any, ClassVar

from textual.binding import Binding, BindingType
from textual.widgets import Input

from deskapp.screens.paged import Listed, Listing
from deskapp.widgets.form_field import TextField
from deskapp.widgets.record_table import ListSource, RecordTable


class FindLine(TextField):
    """The line one types in; the arrows and Enter belong to the list below."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("down", "list(1)", show=False),
        Binding("up", "list(-1)", show=False),
    ]

    def action_next_field(self) -> None:
        """Open what the cursor is on."""
        if isinstance(self.screen, Finding):
            self.screen.table.action_choose()

    def action_list(self, by: int) -> None:
        """Move in the list while typing."""
        if isinstance(self.screen, Finding):
            self.screen.table.action_move(by)


class PageFindLine(FindLine):
    """The same, for a list that is paged through while typing."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("pagedown", "list(12)", show=False),
        Binding("pageup", "list(-12)", show=False),
    ]


class Finding(Listing):
    """A screen with a list and a line above it: what is typed there is found, in a thread, the newest words win."""

    table: RecordTable
    typed: TextField
    _followed = ""
    _answer: tuple[ListSource, str] | None = None
    """The rows that were found last, and the words they are the answer to."""
    _asking = _owed = False

    def on_mount(self) -> None:
        """An Enter chooses from the answer to what is typed, from no other."""
        self.table.may_choose = self._may_choose

    def _list(self) -> None:
        """Show the whole list."""
        raise NotImplementedError

    def _question(self, typed: str) -> Callable[[], Sequence[Any]]:
        """How words are looked for, to be asked in a thread."""
        raise NotImplementedError

    def _key(self, row: Any) -> Hashable:
        """What a row that was found stays itself by."""
        raise NotImplementedError

    def on_input_changed(self, event: Input.Changed) -> None:
        """Search as one types; nothing typed shows the list again."""
        self._follow()

    def _follow(self) -> None:
        typed = self.typed.read()
        if typed == self._followed or self.app.desk is None:
            return
        self._followed, self._owed = typed, False
        self.table.forget_choice()
        if typed:
            self._search(typed)
        elif isinstance(self.table.source, ListSource):
            self._list()

    @property
    def answered(self) -> bool:
        """Whether the rows are the answer to what is typed now, or the whole list where nothing is."""
        source, answer = self.table.source, self._answer
        return self.typed.read() == (answer[1] if answer is not None and answer[0] is source else "")

    def _may_choose(self) -> bool:
        """Whether the rows are the answer to what is typed; else an Enter is owed until that has come."""
        self._follow()
        if self.answered:
            return True
        self._owed = True
        if not self._asking:
            self._search(self.typed.read())
        return False

    def _search(self, typed: str) -> None:
        self._asking = True
        self.ask(
            self._question(typed), lambda rows: self._found(typed, rows), group="search", wrong=self._wrong
        )

    def _found(self, typed: str, rows: Sequence[Any]) -> None:
        self._asking = False
        if typed != self.typed.read():
            return
        if self.answered and self._answer is not None:
            self._answer[0].replace(rows)
            self.table.refresh_rows()
        else:
            source = ListSource(rows, key=self._key)
            self._answer = source, typed
            self.table.source = source
        owed, self._owed = self._owed, False
        if owed:
            self.table.action_choose()

    def _wrong(self, error: Exception) -> None:
        self._asking = self._owed = False
        self.app.tell(error)

    def _again(self) -> None:
        """Begin anew: other records are wanted now."""
        self._followed, self._answer, self._owed = self.typed.read(), None, False
        self.table.forget_choice()
        if self._followed:
            self._search(self._followed)
        else:
            self._list()

    def _reread(self) -> None:
        """Read anew; the cursor stays on its record."""
        if self.typed.read():
            self._search(self.typed.read())
        else:
            self.table.refresh_rows()

    def action_find(self) -> None:
        """Type what is looked for."""
        self.typed.focus()


class FoundList(Finding, Listed):
    """The same for a screen of one list, whose title says what was found."""

    def changed(self) -> None:
        """Read anew; the cursor stays on its record."""
        if self.app.desk is not None and self.app.desk.operator is not None:
            self._reread()

    def _found(self, typed: str, rows: Sequence[Any]) -> None:
        super()._found(typed, rows)
        self._titles()
