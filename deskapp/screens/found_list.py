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
        if self.app.desk is None:
            return
        if event.value.strip():
            self._search(event.value.strip())
        elif isinstance(self.table.source, ListSource):
            self._list()

    def _search(self, typed: str, again: bool = False) -> None:
        self.ask(self._question(typed), lambda rows: self._found(rows, again), group="search")

    def _found(self, rows: Sequence[Any], again: bool) -> None:
        source = self.table.source
        if again and isinstance(source, ListSource):
            source.replace(rows)
            self.table.refresh_rows()
        elif self.typed.read():
            self.table.source = ListSource(rows, key=self._key)

    def _again(self) -> None:
        """Begin anew: other records are wanted now."""
        if self.typed.read():
            self._search(self.typed.read())
        else:
            self._list()

    def _reread(self) -> None:
        """Read anew; the cursor stays on its record."""
        if self.typed.read():
            self._search(self.typed.read(), again=True)
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

    def _found(self, rows: Sequence[Any], again: bool) -> None:
        super()._found(rows, again)
        self._titles()
