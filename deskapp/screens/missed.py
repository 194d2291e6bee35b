"""Missed calls off the queue by one key, or all of them at once (rows C1, C4)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, ClassVar

from textual.binding import Binding, BindingType
from textual.content import Content
from textual.widget import Widget

from deskapp.i18n import say
from deskapp.screens.base import DeskDialog, Framed
from deskapp.widgets.wrapped import Wrapped

if TYPE_CHECKING:
    from deskapp.domain.call import Call
    from deskapp.services.missed import Marked


def mark_done(screen: Framed, calls: Sequence[Call]) -> None:
    """Say of missed calls that nothing is owed any more; it can be undone for a moment."""
    from deskapp.services import missed

    desk, app = screen.desk, screen.app

    def done(marked: Marked) -> None:
        code = "missed.passed" if marked.passed else "missed.done"
        app.undoing.offer(marked.undo, say(code, count=len(marked.calls), passed=marked.passed))

    screen.act(lambda: missed.mark_done(desk, calls), done)


def mark_all_done(screen: Framed) -> None:
    """Ask once, then say so of every missed call that waits."""
    from deskapp.domain.errors import RuleBroken
    from deskapp.services import missed

    desk, app = screen.desk, screen.app

    def ask(waiting: list[Call]) -> None:
        if not waiting:
            app.tell(RuleBroken("missed.none"))
            return
        app.push_screen(MissedDialog(len(waiting)), lambda sure: mark_done(screen, waiting) if sure else None)

    screen.ask(lambda: missed.waiting(desk), ask, group="missed")


class MissedDialog(DeskDialog[bool]):
    """Asks once before all missed calls count as done."""

    SCREEN_ID, TITLE_CODE, ROWS = "missed_all", "keys.queue.missed_all", ("C1",)
    BINDINGS: ClassVar[list[BindingType]] = [Binding("ctrl+s", "sure", id="dialog.confirm")]

    def __init__(self, count: int) -> None:
        super().__init__()
        self.count = count
        self.words = Wrapped(grow=True)

    def body(self) -> Iterable[Widget]:
        """How many, and what that means."""
        yield self.words

    def ready(self) -> None:
        """Say it."""
        self.words.show([Content(say("missed.all", count=self.count))])

    def action_sure(self) -> None:
        """Do it."""
        self.dismiss(True)
