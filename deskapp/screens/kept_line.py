"""A dialog with one line to type: the line is kept at each pause, and is there again until something comes of it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Generic

from textual.screen import ScreenResultType
from textual.widgets import Input

from deskapp.screens.base import DeskDialog
from deskapp.screens.draft_keeper import DraftKeeper
from deskapp.widgets.form import PAUSE_S

if TYPE_CHECKING:
    from textual.timer import Timer

    from deskapp.services.drafts import Kept


class KeptLine(DeskDialog[ScreenResultType], Generic[ScreenResultType]):
    """Esc keeps what was typed; Enter, once it is taken, throws it away."""

    DRAFT = ""
    """The name the draft is kept under."""
    _keeper: DraftKeeper | None = None
    _pause: Timer | None = None
    _opened_with = ""

    def ready(self) -> None:
        """Put back what was typed and not used."""
        from deskapp.services import drafts

        desk, name = self.desk, self.DRAFT
        self._keeper = DraftKeeper(self.app, desk, name)
        self._opened_with = self._line().value
        self.ask(lambda: drafts.kept(desk, name), self._put_back, group="draft", wrong=lambda _: None)

    def _line(self) -> Input:
        return self.query_one(Input)

    def _put_back(self, kept: Kept | None) -> None:
        line = self._line()
        if kept is not None and line.value == self._opened_with:
            line.value = str(kept.values.get("line", ""))
            line.cursor_position = len(line.value)

    def on_input_changed(self, event: Input.Changed) -> None:
        """Keep the line at each pause in typing."""
        if self._pause is not None:
            self._pause.stop()
        self._pause = self.set_timer(PAUSE_S, self._keep)

    def on_screen_suspend(self) -> None:
        """Something comes over the dialog, the lock perhaps."""
        if self in self.app.framed():
            self._keep()

    def _keep(self) -> None:
        if self._keeper is None:
            return
        line = self._line().value
        if line.strip() and line != self._opened_with:
            self._keeper.keep({"line": line})
        else:
            self._keeper.forget()

    def action_leave(self) -> None:
        """Leave; what was typed is there the next time."""
        self._keep()
        self.dismiss(None)

    def taken(self, result: ScreenResultType) -> None:
        """Give back what came of the line."""
        if self._keeper is not None:
            self._keeper.forget(close=True)
        self.dismiss(result)
