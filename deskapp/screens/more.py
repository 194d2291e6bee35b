"""F10: everything that has no F-key of its own, one letter each."""

from __future__ import annotations

from collections.abc import Iterable
from typing import ClassVar

from textual.binding import Binding, BindingType
from textual.content import Content
from textual.widget import Widget

from deskapp.i18n import say
from deskapp.screens.base import DeskDialog
from deskapp.widgets.lines import Lines

PLACES_HERE: tuple[tuple[str, str], ...] = (
    ("q", "queue"),
    ("k", "clients"),
    ("n", "form"),
    ("t", "clocks"),
    ("d", "tickets"),
    ("s", "staff"),
    ("p", "policy"),
    ("i", "imports"),
    ("a", "audit"),
    ("o", "settings"),
    ("l", "lock"),
    ("u", "sign_out"),
    ("x", "quit"),
)


class MoreDialog(DeskDialog[str]):
    """Places and acts by one letter each: staff, policy, import, settings, signing out."""

    SCREEN_ID, TITLE_CODE = "more", "more.title"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,f10", "leave", id="back"),
        *(Binding(key, f"choose('{place}')", id=f"more.{place}", system=True) for key, place in PLACES_HERE),
    ]

    def body(self) -> Iterable[Widget]:
        """One line a place."""
        yield Lines(
            [
                Content.assemble((f" {key} ", "bold $primary"), "  ", say(f"keys.more.{place}"))
                for key, place in PLACES_HERE
            ],
            grow=True,
        )

    def action_choose(self, place: str) -> None:
        """Go there."""
        if place == "quit":
            self.app.exit(0)
        elif place in ("lock", "sign_out"):
            self.dismiss(None)
            (self.app.lock if place == "lock" else self.app.sign_out)()
        else:
            self.dismiss(place)
