"""Screens of one record: what a key asks for before it has been read is done when it has been."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar, cast

from textual.screen import Screen

from deskapp.screens.base import Framed

T = TypeVar("T")


class OneRecord(Framed):
    """A screen that reads one record and has keys that need it."""

    _waits: Callable[[], None] | None = None
    """What a key asked for before the record was read."""

    def read_record(self, question: Callable[[], T], show: Callable[[T], None], *, group: str) -> None:
        """Read the record and show it; then do what waited for it, unless another screen lies above."""

        def arrived(found: T) -> None:
            show(found)
            waits, self._waits = self._waits, None
            if waits is not None and cast("Screen[Any]", self).is_current:
                waits()

        def wrong(error: Exception) -> None:
            self._waits = None
            self.app.tell(error)

        self.ask(question, arrived, group=group, wrong=wrong)

    def once_read(self, record: T | None, act: Callable[[], None]) -> T | None:
        """The record; where it has not been read yet, the act waits until it is."""
        if record is None:
            self._waits = act
        return record
