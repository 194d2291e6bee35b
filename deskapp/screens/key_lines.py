"""Every act with the keys that do it, for the settings; and the one among hundreds found by a few letters (row P5)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from textual.screen import Screen

from deskapp.i18n import knows
from deskapp.screens.help import key_name
from deskapp.screens.palette import Act, PaletteDialog, act_called


@dataclass(frozen=True, slots=True)
class KeyLine:
    """One act and the keys that do it; `changed` when they are not the ones it came with."""

    act: str
    keys: str
    changed: bool
    everywhere: bool = False
    """Whether it acts while text is typed too: it must not take a key people write with."""


def key_lines(changed: dict[str, str], app: type) -> list[KeyLine]:
    """Every act of the console with its keys, the changed ones first."""
    from deskapp.screens.every import every_binding

    found: dict[str, str] = {}
    everywhere: set[str] = set()
    for binding in every_binding(app):
        if binding.id and knows(f"keys.{binding.id}"):
            found.setdefault(binding.id, binding.key)
            everywhere |= {binding.id} if binding.priority else set()
    lines = [
        KeyLine(act, changed.get(act, keys), act in changed, act in everywhere) for act, keys in found.items()
    ]
    return sorted(lines, key=lambda line: (not line.changed, line.act))


def names(keys: str) -> str:
    """Keys as they are printed on the keyboard."""
    return " ".join(key_name(key.strip()) for key in keys.split(","))


class FindActDialog(PaletteDialog):
    """The acts there are, found like those of Ctrl+P; Enter asks for the key that shall do it."""

    SCREEN_ID, TITLE_CODE, ROWS = "find_act", "settings.find_act", ("P5",)

    def __init__(self, below: Screen[Any], changed: Mapping[str, str]) -> None:
        super().__init__(below)
        self.changed_keys = dict(changed)
        self.lines: dict[str, KeyLine] = {}

    def gather(self) -> list[Act]:
        """Every act there is, with where it acts."""
        self.lines = {line.act: line for line in key_lines(self.changed_keys, type(self.app))}
        return [
            act_called(f"keys.{line.act}", names(line.keys), line.act, place=line.act)
            for line in self.lines.values()
        ]

    def run(self, act: Act) -> None:
        """Ask for its key."""
        self.dismiss(self.lines[act.action])
