"""Settings: language, theme, signs and keys of whoever sits here; the company's name and mottos (rows K3, P5)."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, ClassVar

from textual import events
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.widget import Widget
from textual.widgets import Input

from deskapp import i18n
from deskapp.i18n import knows, say
from deskapp.screens.base import DeskDialog, DeskScreen, Panel
from deskapp.screens.form_dialog import Editing
from deskapp.screens.help import key_name
from deskapp.screens.kept_line import KeptLine
from deskapp.screens.key_clashes import clashes
from deskapp.screens.key_lines import FindActDialog, KeyLine, key_lines, names
from deskapp.widgets import signs
from deskapp.widgets.lines import Lines
from deskapp.widgets.record_table import Column, ListSource, PaintContext, RecordTable
from deskapp.widgets.safe_text import shown
from deskapp.widgets.themes import THEMES
from deskapp.widgets.wrapped import Wrapped

if TYPE_CHECKING:
    from deskapp.desk import Desk
    from deskapp.domain.staff import Motto


_NOT_WRITTEN = re.compile(r"f\d+|(ctrl|alt|shift\+ctrl|ctrl\+shift)\+.+|shift\+f\d+")
"""Keys that write nothing and move nothing in a text."""
MOST_NAMED = 4


@dataclass(frozen=True, slots=True)
class Choice:
    """Something one chooses for oneself: its code, and its value in words."""

    code: str
    value: str


class SettingsScreen(Editing, DeskScreen[None]):
    """Language, theme, signs and keys at the left; the company's mottos at the right."""

    PLACE, SCREEN_ID, ROWS = "more", "settings", ("K3", "P5")
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("slash", "find_act", id="settings.find_act"),
        Binding("a", "add_motto", id="settings.add_motto"),
        Binding("space", "turn_motto", id="settings.turn_motto"),
        Binding("m", "mottos_on", id="settings.mottos_on"),
        Binding("backspace", "usual_keys", id="settings.usual_keys"),
        Binding("escape", "leave", id="back"),
    ]
    DEFAULT_CSS = """
    SettingsScreen #settings-own { height: 8; }
    SettingsScreen.-narrow #settings-all { layout: vertical; }
    SettingsScreen.-narrow #settings-own { height: 8; }
    SettingsScreen.-narrow #settings-mottos { height: 5; }
    """

    def __init__(self) -> None:
        super().__init__()
        self.own = RecordTable(_own_columns(), source=ListSource(key=_key_of), id="settings-own-table")
        self.keys_table = RecordTable(
            _key_columns(), source=ListSource(key=_key_of), id="settings-keys-table"
        )
        self.mottos = RecordTable(
            _motto_columns(),
            source=ListSource(key=_key_of),
            empty_code="settings.no_mottos",
            id="settings-mottos-table",
        )
        self.mottos_panel = Panel("settings.mottos", self.mottos, id="settings-mottos")

    def body(self) -> Iterable[Widget]:
        """One's own choices and keys; mottos."""
        yield Horizontal(
            Vertical(
                Panel("settings.own", self.own, id="settings-own"),
                Panel("settings.keys", self.keys_table, id="settings-keys"),
            ),
            self.mottos_panel,
            id="settings-all",
        )

    def ready(self) -> None:
        """Read everything."""
        self.own.focus()
        self.changed()

    def changed(self) -> None:
        """Read again."""
        if self.app.desk is None or self.app.desk.operator is None:
            return
        self._show_own()
        desk = self.desk
        self.ask(lambda: _mottos(desk), self._show_mottos, group="mottos")
        changed, owner = self.app.keymap_now(), type(self.app)
        self.ask(lambda: key_lines(changed, owner), self._show_keys, group="keys")

    def relabel(self) -> None:
        """Say the values again too."""
        super().relabel()
        self.changed()

    def _show_own(self) -> None:
        _put(self.own, _own_choices(self.app.theme, self.desk))

    def _show_keys(self, lines: list[KeyLine]) -> None:
        _put(self.keys_table, lines)

    def _show_mottos(self, mottos: list[Motto]) -> None:
        _put(self.mottos, mottos)
        shown_now = say(
            "settings.mottos_are_on" if self.desk.policy.motto_shown else "settings.mottos_are_off"
        )
        self.mottos_panel.whisper(shown_now)

    def on_record_table_chosen(self, message: RecordTable.Chosen) -> None:
        """Turn a choice, change a key, change a motto."""
        record = message.record
        if isinstance(record, Choice):
            self._turn(record.code)
        elif isinstance(record, KeyLine):
            self._ask_key(record)
        else:
            self.app.push_screen(
                LineDialog("settings.motto", record.text), lambda text: self._motto(record, text)
            )

    def _ask_key(self, line: KeyLine) -> None:
        keymap, owner = self.app.keymap_now(), type(self.app)
        dialog = KeyDialog(line, lambda key: clashes(line.act, key, keymap, owner))
        self.app.push_screen(dialog, lambda key: self._set_key(line, key))

    def action_find_act(self) -> None:
        """Find the act whose key shall change, by a few letters of it."""
        self.app.push_screen(FindActDialog(self, self.app.keymap_now()), self._found_act)

    def _found_act(self, line: KeyLine | None) -> None:
        if line is not None:
            self._ask_key(line)

    def _turn(self, code: str) -> None:
        if code == "language":
            other = "en" if i18n.language() == "zh" else "zh"
            self.app.speak(other)
            self._keep(language=other)
        elif code == "theme":
            names = [theme.name for theme in THEMES]
            self.app.theme = names[(names.index(self.app.theme) + 1) % len(names)]
            self._keep(theme=self.app.theme)
        elif code == "signs":
            signs.use_plain(not signs.plain_signs())
            self.app.relabel()
            self._keep(plain_signs=signs.plain_signs())
        elif code == "company":
            if self.may("company.save"):
                self.app.push_screen(LineDialog("settings.company", self.desk.company), self._rename)
        elif code == "password":
            self._change_password()

    def _change_password(self) -> None:
        from deskapp.screens.password import PasswordDialog
        from deskapp.services.operators import change_password

        desk = self.desk
        self.edit(
            None,
            lambda _: PasswordDialog(),
            lambda _, typed: change_password(desk, typed["old"], typed["new"]),
            lambda: None,
            then=self._password_changed,
        )

    def _password_changed(self, desk: Desk) -> None:
        self.app.use_desk(desk)
        self.app.say("settings.password.changed")

    def _keep(self, **changes: object) -> None:
        from deskapp.services import operators

        desk = self.desk
        self.act(lambda: operators.save_preferences(desk, **changes), self.app.use_desk)

    def _rename(self, name: str | None) -> None:
        if name is None:
            return
        from deskapp.services import company

        desk = self.desk
        self.act(lambda: company.save_company(desk, name), self.app.use_desk)

    def _set_key(self, line: KeyLine, key: str | None) -> None:
        if key is None:
            return
        act = line.act
        if line.everywhere and not _NOT_WRITTEN.fullmatch(key):
            self.app.say("settings.key_everywhere", key=key_name(key))
            return
        keymap = dict(self.app.keymap_now()) | {act: key}
        self._use_keys(keymap)

    def _use_keys(self, keymap: dict[str, str]) -> None:
        written = json.dumps(keymap, ensure_ascii=False) if keymap else ""
        self.app.use_keys(written)
        self._keep(keys=written)

    def action_usual_keys(self) -> None:
        """Give the act under the cursor its usual keys again."""
        line = self.keys_table.selected
        if self.focused is self.keys_table and isinstance(line, KeyLine) and line.changed:
            self._use_keys({act: key for act, key in self.app.keymap_now().items() if act != line.act})

    def action_add_motto(self) -> None:
        """Write a new motto."""
        from deskapp.domain.staff import Motto

        self.app.push_screen(LineDialog("settings.motto", ""), lambda text: self._motto(Motto(), text))

    def _motto(self, motto: Motto, text: str | None) -> None:
        if text is None:
            return
        from deskapp.services import company

        desk, record = self.desk, replace(motto, text=text)
        self.act(lambda: company.save_motto(desk, record))

    def action_turn_motto(self) -> None:
        """Let the motto under the cursor be shown, or no longer."""
        motto = self.mottos.selected
        if self.focused is self.mottos and motto is not None:
            from deskapp.services import company

            desk, record = self.desk, replace(motto, active=not motto.active)
            self.act(lambda: company.save_motto(desk, record))

    def action_mottos_on(self) -> None:
        """Show a motto of the day, or none."""
        from deskapp.services import company

        desk = self.desk
        policy = replace(desk.policy, motto_shown=not desk.policy.motto_shown)
        self.act(lambda: company.save_policy(desk, policy), self.app.use_desk)

    def action_leave(self) -> None:
        """Back to the queue."""
        self.app.go("queue")


class LineDialog(KeptLine[str]):
    """One line of text; Enter takes it."""

    SCREEN_ID, ROWS = "line", ("K3",)

    def __init__(self, title_code: str, text: str) -> None:
        super().__init__()
        self.title_code_given, self.text = title_code, text
        self.DRAFT = f"line-{title_code}-{text[:20]}"

    def body(self) -> Iterable[Widget]:
        """The line."""
        yield Lines([Content.styled(say(self.title_code_given), "bold")], grow=True)
        yield Input(self.text, max_length=200, select_on_focus=False)

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """Take the text."""
        self.taken(event.value.strip())


class KeyDialog(DeskDialog[str]):
    """Press the key that shall do an act; one that does another act there wants a second press, Esc changes nothing."""

    SCREEN_ID, TITLE_CODE = "key", "settings.key.title"

    def __init__(
        self, line: KeyLine, clashing: Callable[[str], Sequence[str]] = lambda _: (), pressed: str = ""
    ) -> None:
        super().__init__()
        self.line, self.clashing, self.pressed = line, clashing, pressed
        self.conflict = Wrapped(grow=True)

    def body(self) -> Iterable[Widget]:
        """The act, and its keys now."""
        words = say("settings.key.press", act=say(f"keys.{self.line.act}"), keys=names(self.line.keys))
        yield Lines([Content(words)], grow=True)
        yield self.conflict

    def on_key(self, event: events.Key) -> None:
        """Take the key pressed."""
        event.stop()
        event.prevent_default()
        refused = self.line.everywhere and not _NOT_WRITTEN.fullmatch(event.key)
        at_once = refused or event.key in ("escape", self.pressed)
        others = () if at_once else self.clashing(event.key)
        if not others:
            self.dismiss(None if event.key == "escape" else event.key)
            return
        self.pressed = event.key
        words = dict.fromkeys(say(f"keys.{other}") for other in others)
        acts = ", ".join([*words][:MOST_NAMED]) + (signs.sign("ellipsis") if len(words) > MOST_NAMED else "")
        told = say("settings.key.conflict", key=key_name(event.key), acts=acts)
        self.conflict.show([Content.styled(f"! {told}", "$warning")])


def _key_of(record: Any) -> Any:
    return getattr(record, "code", None) or getattr(record, "act", None) or record.id


def _put(table: RecordTable, records: Sequence[Any]) -> None:
    """Show other records; the cursor stays on its own."""
    source = table.source
    if isinstance(source, ListSource):
        source.replace(records)
        table.refresh_rows()


def _mottos(desk: Desk) -> list[Motto]:
    with desk.read() as work:
        return list(work.mottos.all())


def _own_choices(theme: str, desk: Desk) -> list[Choice]:
    return [
        Choice("language", say(f"settings.language.{i18n.language()}")),
        Choice("theme", say(f"settings.theme.{theme}") if knows(f"settings.theme.{theme}") else theme),
        Choice("signs", say("settings.signs.plain" if signs.plain_signs() else "settings.signs.handsome")),
        Choice("company", shown(desk.company)),
        Choice("password", "\u2022" * 6),
    ]


def _own_columns() -> list[Column]:
    return [
        Column(
            "what", "settings.column.what", 14, _paint(lambda one: say(f"settings.{one.code}"), "$text-muted")
        ),
        Column("value", "settings.column.value", None, _paint(lambda one: one.value)),
    ]


def _key_columns() -> list[Column]:
    return [
        Column("keys", "settings.column.keys", 16, _paint(lambda one: names(one.keys), "$primary")),
        Column("act", "settings.column.act", None, _paint(lambda one: say(f"keys.{one.act}"))),
        Column(
            "id", "settings.column.id", 18, _paint(lambda one: one.act, "$text-disabled"), min_terminal=56
        ),
    ]


def _motto_columns() -> list[Column]:
    return [Column("motto", "settings.motto", None, _motto)]


def _motto(motto: Motto, _context: PaintContext) -> Content:
    return (
        Content(shown(motto.text))
        if motto.active
        else Content.styled(f"x {shown(motto.text)}", "$text-disabled")
    )


def _paint(words: Callable[[Any], str], tone: str = "") -> Callable[[Any, PaintContext], Content]:
    def paint(one: Any, _context: PaintContext) -> Content:
        return Content.styled(shown(words(one)), tone)

    return paint
