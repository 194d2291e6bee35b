"""A long list whose rows can be marked, to do one act to all of them."""

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import dataclass
from typing import Any, ClassVar

from textual.binding import Binding, BindingType
from textual.message import Message

from deskapp.widgets.record_pages import Pages
from deskapp.widgets.record_table import RecordTable


class MarkTable(RecordTable):
    """Space marks a row, `*` every row on the glass, or unmarks them; marks go with the record, not the row."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("space", "mark", show=False, system=True, id="list.mark"),
        Binding("asterisk", "mark_all", show=False, system=True, id="list.mark_all"),
    ]

    @dataclass
    class Marked(Message):
        """Other rows are marked now."""

        table: MarkTable

        @property
        def control(self) -> MarkTable:
            """The table."""
            return self.table

    _marks: dict[Hashable, Any] | None = None

    @property
    def marked(self) -> tuple[Any, ...]:
        """The marked records, as they were last read, in the order of marking."""
        return tuple((self._marks or {}).values())

    def is_marked(self, record: Any | None) -> bool:
        """Whether a record is marked."""
        return bool(self._marks) and record is not None and self.source.key(record) in (self._marks or {})

    def in_sight(self) -> list[Any]:
        """The records on the glass that are here."""
        rows = range(self._top, min(self._top + self._window, self._pages.known))
        return [record for record in map(self._pages.get, rows) if record is not None]

    def action_mark(self) -> None:
        """Mark the row under the cursor, or unmark it, and go on to the next."""
        record = self.selected
        if record is None:
            return
        marks, key = dict(self._marks or {}), self.source.key(record)
        if marks.pop(key, None) is None:
            marks[key] = record
        self._mark(marks)
        self.action_move(1)

    def action_mark_all(self) -> None:
        """Mark every row on the glass; unmark them when all are marked."""
        here = {self.source.key(record): record for record in self.in_sight()}
        marks = dict(self._marks or {})
        if here.keys() <= marks.keys():
            self._mark({key: record for key, record in marks.items() if key not in here})
        else:
            self._mark(marks | here)

    def unmark(self) -> None:
        """Mark nothing any more."""
        if self._marks:
            self._mark({})

    def replaced(self, pages: Pages) -> None:
        """Know the marked records as they were read anew."""
        if self._marks:
            here = {pages.source.key(record): record for record in pages.here()}
            self._marks = {key: here.get(key, record) for key, record in self._marks.items()}
        super().replaced(pages)

    def _mark(self, marks: dict[Hashable, Any]) -> None:
        self._marks = marks
        self.refresh()
        self.post_message(self.Marked(self))
