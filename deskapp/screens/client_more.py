"""What else can be done for a client, one letter each: from the client's history and from a call."""

from __future__ import annotations

from collections.abc import Iterable
from importlib import import_module
from typing import TYPE_CHECKING, ClassVar

from textual.binding import Binding, BindingType
from textual.content import Content
from textual.widget import Widget

from deskapp.i18n import say
from deskapp.screens.base import DeskDialog
from deskapp.widgets.lines import Lines

if TYPE_CHECKING:
    from deskapp.screens.base import Framed

ACTS: tuple[tuple[str, str, str], ...] = (
    ("g", "site", "sites:open_site"),
    ("s", "notice", "site_notices:open_notice"),
    ("r", "repair", "repairs:open_repair"),
    ("h", "handoff", "handoffs:open_handoff"),
    ("x", "inspection", "inspections:open_inspection"),
    ("d", "diagnosis", "shops:open_diagnosis"),
    ("p", "plan", "day_plan:plan_client"),
    ("b", "bus", "bus:book_seats"),
    ("t", "register", "registers:open_entry"),
    ("e", "evaluation", "praises:open_evaluation"),
    ("z", "praise", "praises:open_praise"),
    ("w", "numbers", "client_keeping:show_numbers"),
    ("f", "erase", "client_keeping:erase_client"),
)
"""Letter, name, and the function that does it: (screen, client_id, site_id) → None."""


class ClientMoreDialog(DeskDialog[str]):
    """Acts for this client beyond calls and complaints."""

    SCREEN_ID, TITLE_CODE = "client_more", "client.more.title"
    BINDINGS: ClassVar[list[BindingType]] = [
        *(Binding(key, f"choose('{name}')", id=f"client_more.{name}", system=True) for key, name, _ in ACTS)
    ]

    def body(self) -> Iterable[Widget]:
        """The acts, one a line."""
        yield Lines(
            [
                Content.assemble((f" {key} ", "bold $primary"), "  ", say(f"keys.client_more.{name}"))
                for key, name, _ in ACTS
            ],
            grow=True,
        )

    def action_choose(self, name: str) -> None:
        """Do it."""
        self.dismiss(name)


def offer(screen: Framed, client_id: int, site_id: int | None) -> None:
    """Ask what is to be done for a client, and do it."""

    def chosen(name: str | None) -> None:
        path = next((path for _, act, path in ACTS if act == name), None)
        if path is not None:
            module, _, act = path.partition(":")
            getattr(import_module(f"deskapp.screens.{module}"), act)(screen, client_id, site_id)

    screen.app.push_screen(ClientMoreDialog(), chosen)
