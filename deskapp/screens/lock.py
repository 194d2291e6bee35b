"""The locked screen: the time, how many clocks are due and calls wait, no name of a client; a password goes on."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, ClassVar

from textual.binding import Binding, BindingType
from textual.widget import Widget

from deskapp.i18n.errors import in_words
from deskapp.screens import frame_words
from deskapp.screens.door import DoorScreen
from deskapp.screens.sign_in import SignInScreen
from deskapp.widgets.said import Said
from deskapp.widgets.strip import ClockStrip, TopBar

if TYPE_CHECKING:
    from deskapp.desk import Desk


class LockScreen(SignInScreen):
    """Covers whatever is open and keeps it; its operator's password goes on there, another's seats them anew."""

    SCREEN_ID, ROWS = "lock", ("P2", "C1")
    AUTO_FOCUS = "#password"
    TITLE_CODE = "lock.title"
    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape", "other", id="lock.other")]
    CSS = (
        DoorScreen.CSS
        + """
    #door { width: 60; padding: 1 2; }
    .after { margin-bottom: 1; }
    """
    )

    def about(self) -> Iterable[Widget]:
        """Who locked it, and whether somebody calls."""
        self.who, self.rings, self.hint = Said(), Said(), Said(tone="$text-muted", classes="after")
        return self.who, self.rings, self.hint

    def frame_top(self) -> Iterable[Widget]:
        """Name and time, and how many clocks are due."""
        yield TopBar(zone="")
        yield ClockStrip()

    def paint_frame(self) -> None:
        """Show the time, the counts, and whether somebody calls."""
        super().paint_frame()
        facts = self.app.facts
        for strip in self.query(ClockStrip):
            strip.show(frame_words.counts_only(facts))
        if facts is not None and facts.lost:
            self.rings.tell("frame.phone.lost", "bold $error")
        elif facts is not None and facts.inbound:
            self.rings.tell("lock.rings", "bold $warning", count=facts.inbound)
        else:
            self.rings.tell("")

    def ready(self) -> None:
        """Ask for the password of whoever sits here."""
        operator = self.desk.operator
        if operator is not None:
            self.who.tell("lock.who", name=operator.name)
        if self.app.config.operator:
            from deskapp.services.sample import DEMO_PASSWORD

            self.hint.tell("lock.demo", password=DEMO_PASSWORD)
        self._own()
        super().ready()

    def _own(self) -> None:
        operator = self.desk.operator
        self.panel.fill({"login": operator.login if operator else "", "password": ""})
        self.panel.field("password").focus()

    def enter(self, desk: Desk) -> None:
        """Go on, or sit down."""
        self.app.unlock(desk)

    def failed(self, error: Exception) -> None:
        """Say it here: what is said at the edge waits until the screen is unlocked."""
        self.panel.show_errors({"password": in_words(error)})

    def action_other(self) -> None:
        """Ask for another's login; once more, for one's own again."""
        self.panel.show_errors({})
        if not self.panel.values()["login"]:
            self._own()
            return
        self.panel.fill({"login": "", "password": ""})
        self.panel.field("login").focus()

    def on_clock_strip_chosen(self, message: ClockStrip.Chosen) -> None:
        """No ticket opens from here."""
        message.stop()
