"""F10: everything that has no F-key of its own, one letter each."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import zip_longest
from typing import ClassVar

from textual.binding import Binding, BindingType
from textual.content import Content
from textual.widget import Widget

from deskapp.i18n import say
from deskapp.screens.base import DeskDialog
from deskapp.widgets.lines import Lines
from deskapp.widgets.safe_text import fit

PLACES_HERE: tuple[tuple[str, str], ...] = (
    ("q", "queue"),
    ("k", "clients"),
    ("n", "form"),
    ("t", "clocks"),
    ("d", "tickets"),
    ("m", "notices"),
    ("g", "sites"),
    ("v", "inspections"),
    ("e", "site_notices"),
    ("f", "repairs"),
    ("h", "handoffs"),
    ("z", "day_plan"),
    ("y", "shops"),
    ("c", "coverage"),
    ("w", "programme"),
    ("1", "campaigns"),
    ("2", "praises"),
    ("3", "outbox"),
    ("4", "decisions"),
    ("5", "mail"),
    ("j", "registers"),
    ("b", "bus"),
    ("s", "staff"),
    ("p", "policy"),
    ("0", "outside"),
    ("i", "imports"),
    ("a", "audit"),
    ("r", "rights"),
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
        """The places in two columns, down the left one first."""
        half = (len(PLACES_HERE) + 1) // 2
        yield Lines(
            [
                Content.assemble(*map(_place, filter(None, pair)))
                for pair in zip_longest(PLACES_HERE[:half], PLACES_HERE[half:])
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


def _place(entry: tuple[str, str]) -> Content:
    key, place = entry
    return Content.assemble((f" {key} ", "bold $primary"), "  ", fit(say(f"keys.more.{place}"), 28))
