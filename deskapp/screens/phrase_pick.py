"""Canned replies at hand: one key in any long field, a few letters or a digit, and the words stand there (row K2)."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, cast

from textual.content import Content
from textual.widget import Widget
from textual.widgets import Input, TextArea
from textual.widgets.text_area import Selection

from deskapp.domain.phrase import Phrase, fill, fits
from deskapp.screens.base import Framed
from deskapp.screens.ticket_tags import PickDialog
from deskapp.widgets import painting
from deskapp.widgets.record_table import Column, ListSource, PaintContext, RecordTable
from deskapp.widgets.wrapped import Wrapped

if TYPE_CHECKING:
    from textual.document._document import Document

    from deskapp.app import DeskApp
    from deskapp.desk import Desk

ORDER = {kind: place for place, kind in enumerate(("reply", "apology", "greeting", "interrupt", "courtesy"))}
"""What is written most comes first."""
_OPEN = re.compile(r"\{\{[^{}\n]{1,40}\}\}|_{3,}")
"""What is left to fill in by hand."""


@dataclass(frozen=True, slots=True)
class Ready:
    """A phrase as it would stand in the text, and the digit that picks it; 0 for none."""

    phrase: Phrase
    text: str
    digit: int = 0


class PhrasePick(PickDialog[str]):
    """The phrases, filled in: letters, pinyin or initials narrow them, a digit or Enter takes one."""

    SCREEN_ID, TITLE_CODE, ROWS = "phrase_pick", "phrase.pick_title", ("K2",)
    HOW_CODE, EMPTY_CODE = "phrase.pick_how", "phrase.pick_empty"
    DEFAULT_CSS = """
    PhrasePick RecordTable { height: 9; }
    PhrasePick.-low RecordTable { height: 7; }
    PhrasePick #phrase-whole { max-height: 4; margin: 1 0 0 0; }
    """

    def __init__(self, client_id: int | None = None, ticket_id: int | None = None) -> None:
        super().__init__()
        self.client_id, self.ticket_id = client_id, ticket_id
        self.phrases: tuple[Phrase, ...] = ()
        self.facts: Mapping[str, str] = {}
        self._owed = False
        self.whole = Wrapped(grow=True, id="phrase-whole")
        self.table.columns = _columns()

    def body(self) -> Iterable[Widget]:
        """The line, what fits, and the one under the cursor in full."""
        yield from super().body()
        yield self.whole

    def read(self) -> None:
        """Read the phrases and what fills them."""
        desk, client_id, ticket_id = self.desk, self.client_id, self.ticket_id
        self.ask(lambda: _read(desk, client_id, ticket_id), self._known, group="phrases")

    def changed(self) -> None:
        """What others write leaves the phrases as they are, once they are there."""
        if not self.phrases:
            self.read()

    def _known(self, read: tuple[Sequence[Phrase], Mapping[str, str]]) -> None:
        phrases, self.facts = read
        self.phrases = tuple(sorted(phrases, key=lambda one: ORDER.get(one.kind, len(ORDER))))
        self._narrow()
        owed, self._owed = self._owed, False
        if owed:
            self.table.action_choose()

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """Enter before the list is there takes the first that fits once it is."""
        self._owed = not self.phrases

    def _narrow(self) -> None:
        """Show what fits; a digit takes the phrase it stands at, also one typed before the list was there."""
        typed = self.typed.value
        digit = "123456789".find(typed[-1:]) if typed else -1
        ready = self._fitting(typed[:-1] if digit >= 0 else typed)
        if 0 <= digit < len(ready):
            self.chosen(ready[digit])
            return
        if digit >= 0:
            ready = self._fitting(typed)
        self.table.source = ListSource(ready, key=lambda one: one.phrase.id)
        self._tell(ready[0] if ready else None)

    def _fitting(self, typed: str) -> list[Ready]:
        found = [one for one in self.phrases if fits(one, typed)]
        return [
            Ready(one, fill(one.words, self.facts).text, number if number < 10 else 0)
            for number, one in enumerate(found, 1)
        ]

    def _tell(self, ready: Ready | None) -> None:
        lines = ready.text.splitlines() if ready is not None else []
        self.whole.show([painting.safe(line) for line in lines])

    def on_record_table_highlighted(self, message: RecordTable.Highlighted) -> None:
        """Show the whole of the phrase under the cursor."""
        self._tell(message.record)

    def chosen(self, line: Any) -> None:
        """Take the phrase chosen."""
        self.dismiss(line.text)


def offer(app: DeskApp) -> None:
    """Offer the phrases to the long field that has the focus; what is taken is put in at its caret."""
    field = app.focused
    if not isinstance(field, TextArea) or isinstance(app.screen, PhrasePick):
        return

    def taken(text: str | None) -> None:
        if text is not None and field.is_attached:
            insert(field, text)

    app.push_screen(PhrasePick(*spoken_of(app)), taken)


def spoken_of(app: DeskApp) -> tuple[int | None, int | None]:
    """The client and the ticket one writes about: those of the topmost screen that knows."""
    for screen in reversed(app.screen_stack):
        found = screen.speaks_of() if isinstance(screen, Framed) else None
        if found is not None:
            return found
    return None, None


def insert(field: TextArea, text: str) -> None:
    """Put words in at the caret, over what is selected; the first thing left open is selected, to be typed over."""
    start, end = sorted(field.selection)
    document = cast("Document", field.document)
    begin = document.get_index_from_location(start)
    done = field.replace(text, start, end, maintain_selection_offset=False)
    left = _OPEN.search(text)
    if left is None:
        field.move_cursor(done.end_location)
    else:
        document = cast("Document", field.document)
        place = document.get_location_from_index
        field.selection = Selection(place(begin + left.start()), place(begin + left.end()))


def _read(
    desk: Desk, client_id: int | None, ticket_id: int | None
) -> tuple[Sequence[Phrase], Mapping[str, str]]:
    from deskapp.services import phrases

    found = phrases.at_hand(desk)
    for one in found:
        fits(one, "")
    return found, phrases.facts(desk, client_id, ticket_id)


def _columns() -> list[Column]:
    return [
        Column("digit", "", 2, _digit),
        Column("title", "", 16, _title),
        Column("words", "", None, _words),
    ]


def _digit(ready: Ready, _: PaintContext) -> Content:
    return Content.styled(str(ready.digit or ""), "bold $primary")


def _title(ready: Ready, _: PaintContext) -> Content:
    return painting.safe(ready.phrase.title)


def _words(ready: Ready, _: PaintContext) -> Content:
    return painting.safe(" ".join(ready.text.split()), "$text-muted")
