"""Ctrl+P: every act found by Chinese, pinyin initials or English, and run by Enter."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from typing import Any, ClassVar

from textual import events
from textual.binding import Binding, BindingType
from textual.content import Content
from textual.dom import DOMNode
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
    """Something that can be done: its words, its key, what runs it, and on which part of the glass."""

    words: str
    key: str
    action: str
    spoken: str
    on: DOMNode | None = None
    place: str = ""
    """Where it acts, when acts of several places stand side by side."""

    def fits(self, typed: str) -> bool:
        """Whether every word typed is in the words, their pinyin or the English."""
        return all(part in self.spoken for part in typed.lower().split())

    def begins(self, typed: str) -> bool:
        """Whether a word of it begins with what was typed: such acts stand first."""
        return any(word.startswith(typed.strip().lower()) for word in self.spoken.split())


def acts_of(screen: Screen[Any]) -> list[Act]:
    """Everything the keys of the screen do, and every place there is."""
    found: dict[str, Act] = {}
    for node, binding in _bound(screen):
        code = f"keys.{binding.id}"
        if code not in found and binding.id != "palette" and knows(code) and _possible(node, binding):
            found[code] = act_called(code, key_name(binding.key), binding.action, node)
    for act in (*PLACES, *sorted(PLACE_SCREENS.keys() - PLACES.keys())):
        code, action = PLACES.get(act) or (f"keys.go.{act}", f"app.place('{act}')")
        found.setdefault(code, act_called(code, _way(act), action))
    for page in PAGES:
        found[f"keys.help.{page}"] = act_called(f"keys.help.{page}", "", f"app.guide('{page}')")
    for language in i18n.LANGUAGES:
        found[f"keys.speak.{language}"] = act_called(f"keys.speak.{language}", "", f"app.speak('{language}')")
    return list(found.values())


PLACES = {place: (f"keys.go.{place}", f"app.place('{place}')") for _, place in (*PLACES_HERE, *REPORTS_HERE)}
PLACES |= {"more": ("keys.go.more", "app.place('more')")}
PLACES |= {
    "lock": ("keys.lock", "app.lock"),
    "quit": ("keys.quit", "app.quit"),
    "sign_out": ("keys.more.sign_out", "app.sign_out"),
}
"""What F8 and F10 lead to: the code of its words, and what goes there."""


def _way(place: str) -> str:
    """The keys behind F8 or F10 that lead to a place."""
    for first, places in (("f8", REPORTS_HERE), ("f10", PLACES_HERE)):
        letter = next((letter for letter, one in places if one == place), "")
        if letter:
            return f"{key_name(first)} {letter}"
    return ""


def _bound(screen: Screen[Any]) -> Iterator[tuple[DOMNode, Binding]]:
    """The keys from what has the focus up to the app, also those a text field would write down."""
    nodes = screen.focused.ancestors_with_self if screen.focused is not None else [screen]
    for node in dict.fromkeys([*nodes, screen.app]):
        bindings = node._bindings.copy()
        bindings.apply_keymap(screen.app._keymap)
        for _, binding in bindings:
            if binding.id:
                yield node, binding


def _possible(node: DOMNode, binding: Binding) -> bool:
    """Whether an act makes sense now."""
    return bool(node.app._check_action_state(binding.action, node))


def act_called(code: str, key: str, action: str, on: DOMNode | None = None, place: str = "") -> Act:
    """An act by the code of its words, found by them in either language and by pinyin."""
    return Act(say(code), key, action, _spoken(code), on, place)


@cache
def _spoken(code: str) -> str:
    """The words of an act in both languages, with their pinyin: worked out once."""
    from deskapp.domain.search_text import pinyin_text

    zh, en = (i18n.area(language, "keys").get(code, "") for language in ("zh", "en"))
    return f"{zh} {pinyin_text(zh)} {en}".lower()


class PaletteDialog(DeskDialog[Any]):
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
        self.found: list[Act] = []
        """Those that fit what is typed."""
        self._hurried = False
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
        self.ask(self.gather, self._gathered)
        self.query_one(Input).focus()

    def gather(self) -> list[Act]:
        """Everything that can be chosen."""
        return acts_of(self.below)

    def _gathered(self, acts: list[Act]) -> None:
        self.acts = acts
        self._filter(self.query_one(Input).value)
        if self._hurried and self.found:
            self.run(self.found[0])

    def on_input_changed(self, event: Input.Changed) -> None:
        """Show what fits."""
        self._filter(event.value)

    def _filter(self, typed: str) -> None:
        self.found = [act for act in self.acts if act.fits(typed)]
        self.found.sort(key=lambda act: not act.begins(typed))
        self.table.source = ListSource(self.found, key=lambda act: (act.action, act.words))

    def action_move(self, by: int) -> None:
        """Move in the list while typing."""
        self.table.action_move(by)

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """Do the act under the cursor; pressed before they are gathered, the first that fits."""
        self._hurried = not self.acts
        self._chosen(self.table.selected)

    def on_record_table_chosen(self, message: RecordTable.Chosen) -> None:
        """Do the act chosen."""
        self._chosen(message.record)

    def on_key(self, event: events.Key) -> None:
        """Nothing typed here may reach the screen below."""

    def _chosen(self, act: Act | None) -> None:
        if act is not None:
            self.run(act)

    def run(self, act: Act) -> None:
        """Do it, on the part of the glass it belongs to."""
        self.dismiss(None)
        on = act.on or self.below
        self.app.call_later(lambda: self.app.run_action(act.action, on))


def _words(act: Act, _context: PaintContext) -> Content:
    return Content.assemble(act.words, (f"  {act.place}", "$text-muted")) if act.place else Content(act.words)


def _key(act: Act, _context: PaintContext) -> Content:
    return Content.styled(act.key, "$text-muted")
