"""What goes wrong in a console: one line for the operator, the trace in the desk's log, nothing of it on the glass."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from rich.text import Text
from textual.app import App

from deskapp.traces import told

if TYPE_CHECKING:
    from deskapp.app import DeskApp


class Failing(App[int]):
    """An app that says errors in the operator's language."""

    def tell(self, error: Exception) -> None:
        """Say an error in one line; one nobody foresaw is written down with its trace."""
        console = cast("DeskApp", self)
        if not console.tray.said(error):
            words = told(error, console.config.desk_dir)
            self.notify(words, severity="error", markup=False, timeout=8)

    def _fatal_error(self) -> None:
        """End after what nobody can go on from: a trace on the terminal would show what clients said."""
        if self._exception is not None:
            words = told(self._exception, cast("DeskApp", self).config.desk_dir)
            self._exit_renderables.append(Text(words))
        self._close_messages_no_wait()
