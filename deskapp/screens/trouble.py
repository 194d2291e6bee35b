"""Storage could not be opened: what is wrong, and whether to try again."""

from __future__ import annotations

from collections.abc import Iterable
from typing import ClassVar

from textual.binding import Binding, BindingType
from textual.content import Content
from textual.widget import Widget

from deskapp.i18n import say
from deskapp.i18n.errors import in_words
from deskapp.screens.base import DeskDialog
from deskapp.widgets.lines import Lines
from deskapp.widgets.safe_text import shown


class TroubleScreen(DeskDialog[bool]):
    """The database cannot be opened: the reason in one line; try again or leave."""

    SCREEN_ID, TITLE_CODE = "trouble", "trouble.title"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("r", "again", id="trouble.again"),
        Binding("escape", "leave", id="trouble.leave"),
    ]

    def __init__(self, error: Exception) -> None:
        super().__init__()
        self.error = error

    def body(self) -> Iterable[Widget]:
        """The reason and what to do."""
        yield Lines(
            [
                Content.styled(shown(in_words(self.error)), "$error"),
                Content(""),
                Content(say("trouble.what_to_do")),
            ],
            grow=True,
        )

    def action_again(self) -> None:
        """Try again."""
        self.dismiss(True)

    def action_leave(self) -> None:
        """Give up."""
        self.dismiss(False)
