"""What goes wrong in a console: one line for the operator, the trace in the desk's log, nothing of it on the glass."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from rich.text import Text
from textual.app import App

from deskapp.i18n import say
from deskapp.traces import write_down

if TYPE_CHECKING:
    from deskapp.app import DeskApp


class Failing(App[int]):
    """An app that says errors in the operator's language."""

    def tell(self, error: Exception) -> None:
        """Say an error in one line; one nobody foresaw is written down with its trace."""
        from deskapp.i18n.errors import in_words, is_foreseen

        console = cast("DeskApp", self)
        if console.tray.said(error):
            return
        words = in_words(error)
        if not is_foreseen(error):
            words = say("cli.failed", what=words, where=write_down(error, console.config.desk_dir))
        self.notify(words, severity="error", markup=False, timeout=8)

    def _fatal_error(self) -> None:
        """End after what nobody can go on from: a trace on the terminal would show what clients said."""
        from deskapp.i18n.errors import in_words

        error = self._exception
        if error is not None:
            where = write_down(error, cast("DeskApp", self).config.desk_dir)
            self._exit_renderables.append(Text(say("cli.failed", what=in_words(error), where=where)))
        self._close_messages_no_wait()
