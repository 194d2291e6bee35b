"""Which acts would share a key on one screen: shown before a key is given (row P5)."""

from __future__ import annotations

from collections.abc import Mapping

from textual.binding import Binding
from textual.screen import Screen

from deskapp.i18n import knows
from deskapp.widgets.record_table import RecordTable


def clashes(act: str, key: str, changed: Mapping[str, str], app: type) -> tuple[str, ...]:
    """The other acts that the key does on any screen where this act is, with one's own keys as they are."""
    found: dict[str, None] = {}
    for acts in _screens(app):
        if act in acts:
            for other, usual in acts.items():
                keys = [one.strip() for one in changed.get(other, usual).split(",")]
                if other != act and key in keys:
                    found[other] = None
    return tuple(found)


def _screens(app: type) -> list[dict[str, str]]:
    """The acts of each screen with their usual keys, those valid everywhere among them."""
    from deskapp.screens.every import every_screen

    everywhere = _acts(app) | _acts(RecordTable)
    return [everywhere, *(everywhere | _acts(screen) for screen in every_screen())]


def _acts(owner: type) -> dict[str, str]:
    """The acts a class and its bases bind: id → keys."""
    found: dict[str, str] = {}
    for base in owner.__mro__:
        if base is Screen:
            break
        for binding in base.__dict__.get("BINDINGS", ()):
            if isinstance(binding, Binding) and binding.id and knows(f"keys.{binding.id}"):
                found.setdefault(binding.id, binding.key)
    return found
