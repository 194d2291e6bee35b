"""The first start: three questions and no manual; then the queue (rows A1, P4)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from textual.widget import Widget
from textual.widgets import Input

from deskapp import i18n
from deskapp.i18n import say
from deskapp.i18n.errors import in_words
from deskapp.screens.base import Panel
from deskapp.screens.door import DoorScreen, LastChoice
from deskapp.screens.draft_keeper import DraftKeeper
from deskapp.widgets.form import Choice, ChoiceField, FormPanel, TextField
from deskapp.widgets.said import Said

if TYPE_CHECKING:
    from deskapp.desk import Desk
    from deskapp.services.drafts import Kept

BEGINNINGS = (("empty", ("kb", "k")), ("import", ("dr", "d")), ("sample", ("sl", "s")))
"""How to begin, and what may be typed to choose it."""
FIELD_OF = {
    "company.name_missing": "company",
    "operator.login": "login",
    "operator.exists": "login",
    "operator.password_short": "password",
}
SQLITE = "sqlite:///"
DRAFT, SECRET = "first-start", ("password", "again")


class FirstStartScreen(DoorScreen):
    """Company, you, and where to begin: empty, with a spreadsheet, or with a sample morning to look round in."""

    SCREEN_ID, ROWS = "first_start", ("A1", "P4", "P2")
    AUTO_FOCUS = "#company"
    CSS = (
        DoorScreen.CSS
        + """
    #about { margin: 0 0 1 2; }
    #state { margin: 0 0 0 2; }
    """
    )

    def __init__(self) -> None:
        super().__init__()
        self._proposed = ""
        self.keeper: DraftKeeper | None = None
        self._busy = False
        self.start = LastChoice("start", "first.start", value="empty")
        self.about = Said("first.about.empty", "$text-muted", id="about")
        self.state = Said(tone="$warning", id="state")
        self.panel = FormPanel(
            Said("first.question.company", "bold"),
            TextField("company", "first.company", max_length=100, required=True),
            Said("first.question.you", "bold", classes="gap"),
            TextField("name", "first.name", max_length=60, required=True),
            TextField("login", "first.login", max_length=64, required=True),
            TextField("password", "first.password", password=True, max_length=200, required=True),
            TextField("again", "first.again", password=True, max_length=200, required=True),
            Said("first.question.start", "bold", classes="gap"),
            self.start,
            self.about,
        )

    def form(self) -> Widget:
        """The three questions, one below the other, and where the data will lie."""
        return Panel("first.title", self.panel, self.state, id="door")

    def on_mount(self) -> None:
        """Say where the data will lie."""
        super().on_mount()
        self._choices()
        self._say_where()
        from deskapp.services import drafts

        desk = self.desk
        self.keeper = DraftKeeper(self.app, desk, DRAFT)
        self.ask(lambda: drafts.kept(desk, DRAFT), self._put_back, group="draft", wrong=lambda _: None)

    def _put_back(self, kept: Kept | None) -> None:
        """What was typed before the console died is there again, but for the password."""
        if kept is not None and not any(self._value(name) for name in ("company", "name", "login")):
            self._proposed = str(kept.values.get("login") or "")
            self.panel.fill(kept.values)

    def on_form_panel_changed(self, event: FormPanel.Changed) -> None:
        """Keep what is typed at each pause, but for the password."""
        plain = {name: value for name, value in event.values.items() if name not in SECRET}
        if self.keeper is not None:
            self.keeper.keep(plain)

    def relabel(self) -> None:
        """Say everything again, the choices too."""
        super().relabel()
        self._choices()

    def _choices(self) -> None:
        self.start.choices = [Choice(way, say(f"first.start.{way}"), keys) for way, keys in BEGINNINGS]
        if self.start.value is None:
            self.start.fill("empty")

    def _say_where(self) -> None:
        url = self.app.config.url
        if url.startswith(SQLITE):
            self.state.tell("first.where", "$text-muted", path=url.removeprefix(SQLITE))

    def on_input_changed(self, event: Input.Changed) -> None:
        """Propose a login while the name is typed, until another one was chosen."""
        if event.input.id != "name" or self._value("login") != self._proposed:
            return
        from deskapp.domain.operator import proposed_login

        name = event.value
        self.ask(lambda: proposed_login(name), self._propose, group="login")

    def _propose(self, login: str) -> None:
        if self._value("login") == self._proposed:
            self._proposed = login
            self.panel.fill({"login": login})

    def _value(self, name: str) -> str:
        return str(self.panel.field(name).read() or "")

    def on_choice_field_changed(self, event: ChoiceField.Changed) -> None:
        """Say what the choice means."""
        self.about.tell(f"first.about.{event.value or 'empty'}")

    def action_enter(self) -> None:
        """Found the company with what was typed."""
        typed = self.panel.values()
        errors = self._missing(typed)
        if errors or self._busy:
            self.panel.show_errors(errors)
            return
        self._busy = True
        self.state.tell("first.busy", "$warning")
        desk, language = self.desk, i18n.language()
        self.act(lambda: found(desk, typed, language), self._founded, wrong=self._refused)

    def _missing(self, typed: dict[str, Any]) -> dict[str, str]:
        errors = {
            name: say("form.missing")
            for name in ("company", "name", "login", "password", "start")
            if not typed[name]
        }
        if typed["password"] and typed["again"] != typed["password"]:
            errors["again"] = say("first.again_differs")
        return errors

    def _refused(self, error: Exception) -> None:
        self._busy = False
        self._say_where()
        code = str(getattr(error, "code", ""))
        if code == "company.founded":
            self.app.tell(error)
            self.app.pop_screen()
            self.app.ask_who()
        elif code in FIELD_OF:
            self.panel.show_errors({FIELD_OF[code]: in_words(error)})
        else:
            self.app.tell(error)

    def _founded(self, founded: tuple[Desk, Exception | None]) -> None:
        desk, trouble = founded
        if self.keeper is not None:
            self.keeper.forget(close=True)
        if self._value("start") == "import":
            self.app.run_worker(self._to_import(), group="desk", exit_on_error=False)
        if trouble is not None:
            self.app.tell(trouble)
        self.dismiss(desk)

    async def _to_import(self) -> None:
        app = self.app
        await app.opened.wait()
        app.go("imports")


def found(desk: Desk, typed: dict[str, Any], language: str) -> tuple[Desk, Exception | None]:
    """Found the company and fill it as was chosen; what went wrong after the founding comes beside the desk."""
    from deskapp.services.company import first_start

    founded = first_start(
        desk, typed["company"], typed["name"], typed["login"], "admin", typed["password"], language
    )
    if typed["start"] != "sample":
        return founded, None
    from deskapp.services.sample import fill

    try:
        fill(founded)
    except Exception as error:
        return founded, error
    return founded, None
