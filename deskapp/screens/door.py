"""What stands before the desk: the first start and the sign-in share a bare frame, a language key, one form."""

from __future__ import annotations

from collections.abc import Iterable
from typing import ClassVar

from textual.binding import Binding, BindingType
from textual.containers import Center, Middle
from textual.widget import Widget

from deskapp import i18n
from deskapp.desk import Desk
from deskapp.screens.base import DeskScreen
from deskapp.widgets.form import ChoiceField, TextField
from deskapp.widgets.strip import TopBar, TopState


class LastText(TextField):
    """The last line of a form that goes in by Enter."""

    def action_next_field(self) -> None:
        """Go in."""
        enter = getattr(self.screen, "action_enter", None)
        if enter is not None:
            enter()


class LastChoice(ChoiceField):
    """The last choice of a form at the door: Enter goes in."""

    def action_next_field(self) -> None:
        """Go in."""
        if isinstance(self.screen, DoorScreen):
            self.screen.action_enter()


class DoorScreen(DeskScreen[Desk]):
    """A form in the middle of a bare screen; gives the desk with somebody at it."""

    OVER_LOCK = True
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("ctrl+s", "enter", id="door.enter"),
        Binding("f8,ctrl+l", "language", id="speak.other"),
    ]
    CSS = """
    Middle { height: 1fr; }
    #door { width: 78; max-width: 100%; height: auto; max-height: 100%; padding: 0 2; }
    FormPanel { height: auto; max-height: 100%; }
    .gap { margin-top: 1; }
    """

    def frame_top(self) -> Iterable[Widget]:
        """Only name and time: there is no desk yet whose clocks could be shown."""
        yield TopBar(zone="")

    def paint_frame(self) -> None:
        """Show the time."""
        for top in self.query(TopBar):
            top.zone = self.app.zone
            top.show(TopState())
            top.tick(self.app.now_us())

    def form(self) -> Widget:
        """What stands in the middle."""
        raise NotImplementedError

    def body(self) -> Iterable[Widget]:
        """The form in the middle."""
        yield Middle(Center(self.form()))

    def on_mount(self) -> None:
        """Let the time go on, though nobody sits at the desk yet."""
        super().on_mount()
        self.set_interval(1.0, lambda: self.tick(self.app.now_us()))

    def action_enter(self) -> None:
        """Go in."""

    def action_language(self) -> None:
        """Speak the other language from here on."""
        others = [language for language in i18n.LANGUAGES if language != i18n.language()]
        self.app.speak(others[0])
