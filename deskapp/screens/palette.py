"""Ctrl+P: every act found by Chinese, pinyin initials or English, and run by Enter."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, ClassVar

from textual import events
from textual.binding import Binding, BindingType
from textual.content import Content
from textual.screen import Screen
from textual.widget import Widget
from textual.widgets import Input

from deskapp import i18n
from deskapp.i18n import knows, say
from deskapp.screens.base import DeskDialog
from deskapp.screens.guide import PAGES
from deskapp.screens.help import key_name
from deskapp.screens.more import PLACES_HERE, REPORTS_HERE
from deskapp.screens.places import PLACE_SCREENS
from deskapp.widgets.record_table import Column, ListSource, PaintContext, RecordTable


@dataclass(frozen=True, slots=True)
class Act:
    """Something that can be done: its words, its key, and what runs it."""

    words: str
    key: str
    action: str
    spoken: str

    def fits(self, typed: str) -> bool:
        """Whether every word typed is in the words, their pinyin or the English."""
        return all(part in self.spoken for part in typed.lower().split())


def acts_of(screen: Screen[Any]) -> list[Act]:
    """Everything the keys of the screen do, and every place there is."""
    found: dict[str, Act] = {}
    for active in screen.active_bindings.values():
        binding = active.binding
        code = f"keys.{binding.id}"
        if binding.id and knows(code) and active.enabled and binding.id not in ("back", "palette"):
            found.setdefault(code, _act(code, key_name(binding.key), f"{binding.action}"))
    behind = {place: ("f8", letter) for letter, place in REPORTS_HERE}
    behind |= {place: ("f10", letter) for letter, place in PLACES_HERE}
    for place in PLACE_SCREENS:
        key = f"{key_name(behind[place][0])} {behind[place][1]}" if place in behind else ""
        found.setdefault(f"keys.go.{place}", _act(f"keys.go.{place}", key, f"app.place('{place}')"))
    for page in PAGES:
        found[f"keys.help.{page}"] = _act(f"keys.help.{page}", "", f"app.guide('{page}')")
    for language in i18n.LANGUAGES:
        found[f"keys.speak.{language}"] = _act(f"keys.speak.{language}", "", f"app.speak('{language}')")
    return list(found.values())


def _act(code: str, key: str, action: str) -> Act:
    from deskapp.domain.search_text import pinyin_text

    zh, en = (i18n.area(language, "keys").get(code, "") for language in ("zh", "en"))
    return Act(say(code), key, action, f"{zh} {pinyin_text(zh)} {en}".lower())


class PaletteDialog(DeskDialog[None]):
    """Type a few letters of what you want to do; Enter does it."""

    SCREEN_ID, TITLE_CODE = "palette", "palette.title"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,ctrl+p", "leave", id="back"),
        Binding("down", "move(1)", system=True, id="list.down"),
        Binding("up", "move(-1)", system=True, id="list.up"),
    ]
    DEFAULT_CSS = """
    PaletteDialog RecordTable { height: 12; }
    """

    def __init__(self, below: Screen[Any]) -> None:
        super().__init__()
        self.below = below
        self.acts: list[Act] = []
        self.table = RecordTable(
            [Column("words", "palette.act", None, _words), Column("key", "palette.key", 10, _key)],
            empty_code="palette.nothing",
        )

    def body(self) -> Iterable[Widget]:
        """A line to type in, and what fits."""
        yield Input(id="palette-typed")
        yield self.table

    def on_mount(self) -> None:
        """Gather the acts."""
        super().on_mount()
        self.ask(lambda: acts_of(self.below), self._gathered)
        self.query_one(Input).focus()

    def _gathered(self, acts: list[Act]) -> None:
        self.acts = acts
        self._filter("")

    def on_input_changed(self, event: Input.Changed) -> None:
        """Show what fits."""
        self._filter(event.value)

    def _filter(self, typed: str) -> None:
        self.table.source = ListSource(
            [act for act in self.acts if act.fits(typed)], key=lambda act: act.action
        )

    def action_move(self, by: int) -> None:
        """Move in the list while typing."""
        self.table.action_move(by)

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """Do the act under the cursor."""
        self._run(self.table.selected)

    def on_record_table_chosen(self, message: RecordTable.Chosen) -> None:
        """Do the act chosen."""
        self._run(message.record)

    def on_key(self, event: events.Key) -> None:
        """Nothing typed here may reach the screen below."""

    def _run(self, act: Act | None) -> None:
        if act is None:
            return
        self.dismiss(None)
        below = self.below
        self.app.call_later(lambda: self.app.run_action(act.action, below))


def _words(act: Act, _context: PaintContext) -> Content:
    return Content(act.words)


def _key(act: Act, _context: PaintContext) -> Content:
    return Content.styled(act.key, "$text-muted")
