"""Every screen and dialog of the console, for those who list keys or draw pictures."""

from __future__ import annotations

import pkgutil
from importlib import import_module

from textual.binding import Binding

import deskapp.screens
from deskapp.screens.base import DeskDialog, Framed


def every_screen() -> list[type[Framed]]:
    """All named screens, imported now, in the order of their names."""
    for module in pkgutil.iter_modules(deskapp.screens.__path__):
        import_module(f"deskapp.screens.{module.name}")
    found: dict[str, type[Framed]] = {}
    waiting: list[type[Framed]] = [Framed]
    while waiting:
        for child in waiting.pop().__subclasses__():
            waiting.append(child)
            if child.__dict__.get("SCREEN_ID") and child.__module__.startswith("deskapp."):
                found[f"{child.__module__}.{child.__name__}"] = child
    return [found[name] for name in sorted(found)]


def every_binding(app: type) -> list[Binding]:
    """Every key that has an act's name: of the app, its lists, its long fields and each screen, bases included."""
    from deskapp.widgets.form_field import LongField
    from deskapp.widgets.mark_table import MarkTable

    return [
        binding
        for owner in (app, MarkTable, LongField, DeskDialog, *every_screen())
        for base in owner.__mro__
        for binding in base.__dict__.get("BINDINGS", ())
        if base.__module__.startswith("deskapp.") and isinstance(binding, Binding) and binding.id
    ]
