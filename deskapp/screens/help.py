"""F1: every key that works here, gathered from what has the focus up to the app."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import zip_longest
from typing import ClassVar

from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.content import Content
from textual.screen import Screen
from textual.widget import Widget
from textual.widgets import Static

from deskapp.i18n import knows, say
from deskapp.screens.base import DeskDialog, Framed, screen_purpose
from deskapp.widgets.lines import Lines

KEY_NAMES = {
    "question_mark": "?",
    "slash": "/",
    "full_stop": ".",
    "asterisk": "*",
    "plus": "+",
    "minus": "-",
    "equals_sign": "=",
    "number_sign": "#",
    "less_than_sign": "<",
    "greater_than_sign": ">",
    "left_square_bracket": "[",
    "right_square_bracket": "]",
    "left": "\u2190",
    "right": "\u2192",
    "backspace": "Backspace",
    "delete": "Delete",
    "escape": "Esc",
    "enter": "Enter",
    "space": "Space",
    "up": "↑",
    "down": "↓",
    "pageup": "PgUp",
    "pagedown": "PgDn",
    "home": "Home",
    "end": "End",
    "tab": "Tab",
}


def key_name(key: str) -> str:
    """A key as it is printed on the keyboard."""
    if key in KEY_NAMES:
        return KEY_NAMES[key]
    if key.startswith("ctrl+"):
        return f"Ctrl+{key[5:].upper()}"
    if key.startswith("f") and key[1:].isdigit():
        return key.upper()
    return key


def keys_of(screen: Screen[object]) -> list[tuple[str, str]]:
    """Keys and words of everything that works on a screen now, the nearest first, each act once."""
    found: dict[str, list[str]] = {}
    usual: set[str] = set()
    for active in screen.active_bindings.values():
        binding = active.binding
        if binding.id and knows(f"keys.{binding.id}"):
            found.setdefault(binding.id, []).append(key_name(binding.key))
            if binding.id.startswith("list."):
                usual.add(binding.id)
    ordered = sorted(found, key=lambda act: act in usual)
    return [(" ".join(dict.fromkeys(found[act])), say(f"keys.{act}")) for act in ordered]


def in_columns(keys: list[tuple[str, str]]) -> list[Content]:
    """Keys and words in two columns, down the left one first."""
    half = (len(keys) + 1) // 2
    lines = []
    for left, right in zip_longest(keys[:half], keys[half:]):
        parts = [_entry(left), *([_entry(right)] if right else [])]
        lines.append(Content.assemble(*parts))
    return lines


def _entry(pair: tuple[str, str]) -> Content:
    from deskapp.widgets.safe_text import fit

    keys, words = pair
    return Content.assemble((fit(keys, 10, "right"), "$primary"), "  ", fit(words, 21))


class HelpDialog(DeskDialog[None]):
    """Every key that works on the screen below, and what that screen is for."""

    SCREEN_ID, TITLE_CODE = "help", "help.title"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("o", "guide('operator')", id="help.operator"),
        Binding("a", "guide('administrator')", id="help.administrator"),
        Binding("escape,f1,question_mark,enter", "leave", id="back"),
    ]
    DEFAULT_CSS = """
    HelpDialog VerticalScroll { height: auto; max-height: 100%; }
    """

    def __init__(self, below: Screen[object]) -> None:
        super().__init__()
        self.below = below

    def body(self) -> Iterable[Widget]:
        """Purpose, then keys in two columns."""
        purpose = screen_purpose(type(self.below)) if isinstance(self.below, Framed) else ""
        yield Static(purpose, markup=False, classes="muted")
        yield VerticalScroll(Lines([Content(""), *in_columns(keys_of(self.below))], grow=True))

    def action_guide(self, page: str) -> None:
        """Show a page of the help instead."""
        from deskapp.screens.guide import open_guide

        app = self.app
        self.dismiss(None)
        app.call_later(lambda: open_guide(app, page))
