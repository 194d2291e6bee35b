"""Signing in: who sits at this desk (row P2)."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, ClassVar

from textual.binding import Binding, BindingType
from textual.content import Content
from textual.widget import Widget

from deskapp.i18n.errors import in_words
from deskapp.screens.base import Panel
from deskapp.screens.door import DoorScreen, LastText
from deskapp.widgets.form import FormPanel, TextField
from deskapp.widgets.lines import Lines
from deskapp.widgets.safe_text import shown
from deskapp.widgets.said import Said

if TYPE_CHECKING:
    from deskapp.desk import Desk


class SignInScreen(DoorScreen):
    """Login and password; a wrong one is told in the same words whichever it was."""

    SCREEN_ID, ROWS = "sign_in", ("P2", "K3")
    AUTO_FOCUS = "#login"
    TITLE_CODE = "door.title"
    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape", "leave", id="door.leave")]
    CSS = (
        DoorScreen.CSS
        + """
    #door { width: 60; padding: 1 2; }
    #company { margin-bottom: 1; }
    """
    )

    def __init__(self) -> None:
        super().__init__()
        self._busy = False
        self.company = Lines(grow=True, id="company")
        self.state = Said(tone="$text-muted", classes="gap")
        self.panel = FormPanel(
            TextField("login", "door.login", max_length=64),
            LastText("password", "door.password", password=True, max_length=200),
        )
        self.box = Panel(self.TITLE_CODE, self.company, *self.about(), self.panel, self.state, id="door")

    def about(self) -> Iterable[Widget]:
        """What stands between the company and the form."""
        return ()

    def form(self) -> Widget:
        """Company, motto of the day, login and password."""
        return self.box

    def ready(self) -> None:
        """Read company and motto; where there is only one account, its login need not be typed."""
        desk = self.desk
        self.ask(lambda: _read(desk), self._know, group="known")

    def changed(self) -> None:
        """Nothing here follows the data."""

    def _know(self, found: tuple[Desk, str, str]) -> None:
        desk, motto, login = found
        if self.desk.operator is None:
            self.app.use_desk(desk, tell=False)
        self.company.show([Content.styled(shown(desk.company), "bold $primary")])
        self.box.whisper(motto)
        if login and not any(self.panel.values().values()):
            self.panel.fill({"login": login})
            self.panel.field("password").focus()

    def action_enter(self) -> None:
        """Check login and password."""
        typed = self.panel.values()
        if not typed["login"] or not typed["password"]:
            self.panel.field("password" if typed["login"] else "login").focus()
            return
        if self._busy:
            return
        self._busy = True
        self.state.tell("door.checking")
        desk = self.desk
        self.ask(
            lambda: _sign_in(desk, typed["login"], typed["password"]),
            self.enter,
            group="sign_in",
            wrong=self._refused,
        )

    def enter(self, desk: Desk) -> None:
        """Give the desk with somebody at it."""
        self.dismiss(desk)

    def _refused(self, error: Exception) -> None:
        self._busy = False
        self.state.tell("")
        code = getattr(error, "code", "")
        if code not in ("operator.wrong", "operator.wait"):
            self.failed(error)
            return
        if code == "operator.wrong":
            self.panel.fill({"password": ""})
        self.panel.show_errors({"password": in_words(error)})

    def failed(self, error: Exception) -> None:
        """Say why nobody could be asked."""
        self.app.tell(error)

    def action_leave(self) -> None:
        """Leave the program."""
        self.dismiss(None)


def _read(desk: Desk) -> tuple[Desk, str, str]:
    """The desk as it is now, the motto of the day, and the login of the only account in use, "" if several are."""
    from deskapp.services.company import motto, refreshed

    desk = refreshed(desk)
    with desk.read() as work:
        known = [operator.login for operator in work.operators.listed() if operator.active]
    return desk, motto(desk), known[0] if len(known) == 1 else ""


def _sign_in(desk: Desk, login: str, password: str) -> Desk:
    """Seat an operator at the desk as the company has it now."""
    from deskapp.services.company import refreshed
    from deskapp.services.operators import sign_in

    return sign_in(refreshed(desk), login, password)
