"""F10: everything that has no F-key of its own, one letter each; F8: the reports."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import zip_longest
from typing import TYPE_CHECKING, ClassVar

from textual.binding import Binding, BindingType
from textual.content import Content
from textual.widget import Widget

from deskapp.i18n import say
from deskapp.screens.base import DeskDialog
from deskapp.widgets.lines import Lines
from deskapp.widgets.safe_text import fit

if TYPE_CHECKING:
    from deskapp.app import DeskApp

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
    ("6", "reports"),
    ("0", "outside"),
    ("i", "imports"),
    ("a", "audit"),
    ("r", "rights"),
    ("o", "settings"),
    ("7", "documents"),
    ("9", "macros"),
    ("8", "phrases"),
    ("l", "lock"),
    ("u", "sign_out"),
    ("x", "quit"),
)


REPORTS_HERE: tuple[tuple[str, str], ...] = (
    ("p", "papers"),
    ("f", "figures"),
    ("n", "problems"),
    ("a", "appraisals"),
    ("s", "sanctions"),
    ("m", "mass"),
    ("q", "quality"),
    ("c", "coverage"),
    ("e", "praises"),
    ("r", "registers"),
)
"""What the department answers for on paper: figures, papers, people."""


def _letters(places: tuple[tuple[str, str], ...]) -> list[BindingType]:
    return [Binding(key, f"choose('{place}')", id=f"more.{place}", system=True) for key, place in places]


class PlacesDialog(DeskDialog[str]):
    """Places by one letter each."""

    PLACES: ClassVar[tuple[tuple[str, str], ...]] = ()

    def body(self) -> Iterable[Widget]:
        """The places in two columns, down the left one first."""
        half = (len(self.PLACES) + 1) // 2
        yield Lines(
            [
                Content.assemble(*map(_place, filter(None, pair)))
                for pair in zip_longest(self.PLACES[:half], self.PLACES[half:])
            ],
            grow=True,
        )

    def action_choose(self, place: str) -> None:
        """Go there."""
        self.dismiss(place)


class ReportsDialog(PlacesDialog):
    """Papers, figures and people by one letter each (F8)."""

    SCREEN_ID, TITLE_CODE, PLACES = "reports", "reports.title", REPORTS_HERE
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,f8", "leave", id="back"),
        *_letters(REPORTS_HERE),
    ]


class MoreDialog(PlacesDialog):
    """Places and acts by one letter each: staff, policy, import, settings, signing out."""

    SCREEN_ID, TITLE_CODE, PLACES = "more", "more.title", PLACES_HERE
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,f10", "leave", id="back"),
        *_letters(PLACES_HERE),
    ]

    def action_choose(self, place: str) -> None:
        """Go there."""
        if place == "quit":
            self.app.exit(0)
        elif place in ("lock", "sign_out"):
            self.dismiss(None)
            (self.app.lock if place == "lock" else self.app.sign_out)()
        else:
            self.dismiss(place)


def offer_places(app: DeskApp, of: str) -> None:
    """Show everything else ("more"), or the reports, and go where one chooses."""
    kind: type[PlacesDialog] = ReportsDialog if of == "reports" else MoreDialog

    def chosen(place: str | None) -> None:
        if place == "reports":
            offer_places(app, place)
        elif place:
            app.go(place)

    if not isinstance(app.screen, kind):
        app.push_screen(kind(), chosen)


def _place(entry: tuple[str, str]) -> Content:
    key, place = entry
    return Content.assemble((f" {key} ", "bold $primary"), "  ", fit(say(f"keys.more.{place}"), 28))
