"""Storage could not be opened: what is wrong, whether to try again, and a backup in place of what is damaged."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any, ClassVar

from textual.binding import Binding, BindingType
from textual.content import Content
from textual.widget import Widget

from deskapp.i18n import say
from deskapp.i18n.errors import in_words
from deskapp.screens.base import DeskDialog
from deskapp.screens.door import LastText
from deskapp.widgets.form import FormPanel, TextField
from deskapp.widgets.prose import Prose
from deskapp.widgets.safe_text import shown
from deskapp.widgets.said import Said


@dataclass(frozen=True, slots=True)
class Looked:
    """A backup that was read to its end: whose it is, when it was made, how many rows it has."""

    company: str
    at: str
    rows: int
    whole: Any


@dataclass(frozen=True, slots=True)
class Offer:
    """How a backup may be put in the damaged database's place; both are slow and belong into a thread."""

    newest: Callable[[], str]
    """The backup found beside the database, "" if there is none."""
    look: Callable[[str, str], Looked]
    """Read a file to its end with a key."""
    put: Callable[[Looked], str]
    """Put it in the database's place; gives where the damaged one is kept."""


class TroubleScreen(DeskDialog[bool]):
    """The database cannot be opened: the reason; try again, leave, or restore a backup where it is damaged."""

    SCREEN_ID, TITLE_CODE, ROWS = "trouble", "trouble.title", ("P6",)
    CSS = "TroubleScreen Prose { height: 4; }"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("r", "again", id="trouble.again"),
        Binding("b", "restore", id="trouble.restore"),
        Binding("escape", "leave", id="trouble.leave"),
    ]

    def __init__(self, error: Exception, offer: Offer | None = None) -> None:
        super().__init__()
        self.error, self.offer = error, offer

    def body(self) -> Iterable[Widget]:
        """The reason and what to do."""
        reason = Prose()
        reason.show([Content.styled(shown(in_words(self.error)), "$error")])
        yield reason
        yield Said("trouble.what_to_do_damaged" if self.offer else "trouble.what_to_do")

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """A backup is offered only where one may take the place of a damaged file."""
        return self.offer is not None if action == "restore" else super().check_action(action, parameters)

    def action_again(self) -> None:
        """Try again."""
        self.dismiss(True)

    def action_restore(self) -> None:
        """Ask which backup; the database is opened again once one is in place."""
        assert self.offer is not None
        self.app.push_screen(RestoreScreen(self.offer), self._restored)

    def _restored(self, done: bool | None) -> None:
        if done:
            self.dismiss(True)

    def action_leave(self) -> None:
        """Give up."""
        self.dismiss(False)


class RestoreScreen(DeskDialog[bool]):
    """Which backup takes the damaged database's place: read to its end first, put there when asked again."""

    SCREEN_ID, TITLE_CODE, ROWS = "restore", "trouble.restore.title", ("P6",)
    AUTO_FOCUS = "#file"
    CSS = "RestoreScreen FormPanel { height: auto; } RestoreScreen Prose { height: 4; margin-top: 1; }"
    BINDINGS: ClassVar[list[BindingType]] = [Binding("ctrl+s", "enter", id="restore.enter")]

    def __init__(self, offer: Offer) -> None:
        super().__init__()
        self.offer = offer
        self._looked: Looked | None = None
        self._looked_at = ("", "")
        self._busy = False
        self.state = Prose()
        self.state.can_focus = False
        self.panel = FormPanel(
            TextField("file", "trouble.restore.file", max_length=1000, required=True),
            LastText("key", "trouble.restore.key", password=True, max_length=200),
        )

    def body(self) -> Iterable[Widget]:
        """File and key, and what was found in it."""
        yield self.panel
        yield self.state

    def on_mount(self) -> None:
        """Propose the youngest backup there is."""
        super().on_mount()
        self._tell("trouble.restore.about")
        self.ask(self.offer.newest, self._propose, wrong=lambda _: None)

    def _propose(self, newest: str) -> None:
        if newest and not self.panel.values()["file"]:
            self.panel.fill({"file": newest})

    def _tell(self, code: str, tone: str = "$text-muted", **facts: Any) -> None:
        self.state.show([Content.styled(say(code, **facts), tone)])

    def action_enter(self) -> None:
        """Look at the backup; once it was looked at, put it in place."""
        values = self.panel.values()
        file, key = values["file"].strip(), values["key"]
        if self._busy:
            return
        if not file:
            self.panel.field("file").focus()
            return
        self._busy = True
        looked = self._looked
        if looked is not None and self._looked_at == (file, key):
            self._tell("trouble.restore.putting")
            self.ask(lambda: self.offer.put(looked), self._done, wrong=self._refused)
            return
        self._looked_at = (file, key)
        self._tell("trouble.restore.looking")
        self.ask(lambda: self.offer.look(file, key), self._found, wrong=self._refused)

    def _found(self, looked: Looked) -> None:
        self._busy, self._looked = False, looked
        facts = {"company": shown(looked.company), "at": looked.at, "rows": looked.rows}
        self._tell("trouble.restore.found", "$warning", **facts)

    def _done(self, kept: str) -> None:
        self.app.say("trouble.restore.done", file=kept)
        self.dismiss(True)

    def _refused(self, error: Exception) -> None:
        self._busy, self._looked = False, None
        self.state.show([Content.styled(shown(in_words(error)), "$error")])

    def action_leave(self) -> None:
        """Leave everything as it is; what is being put in place is waited for."""
        if not self._busy:
            self.dismiss(False)
