"""Two acts on a client's file that are written down: show the whole numbers, erase a person's data (row P6)."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, ClassVar

from textual.widget import Widget

from deskapp.i18n import say
from deskapp.screens import paint
from deskapp.screens.form_dialog import FormDialog, edit
from deskapp.widgets import painting
from deskapp.widgets.form import LongField
from deskapp.widgets.safe_text import shown
from deskapp.widgets.wrapped import Wrapped

if TYPE_CHECKING:
    from deskapp.domain.client import Phone
    from deskapp.screens.base import Framed
    from deskapp.screens.record_form import Values


class EraseDialog(FormDialog):
    """Who asked that a client be forgotten, and when; what will go and what stays is said before."""

    SCREEN_ID, TITLE_CODE, ROWS = "client_erase", "erasure.ask", ("P6",)
    FIELD_OF: ClassVar = {"erasure.reason": "reason"}

    def __init__(self, client_id: int) -> None:
        super().__init__(f"erase-{client_id}", {"reason": ""})

    def fields(self) -> Iterable[Widget]:
        """The warning, and the reason."""
        warning = Wrapped(grow=True)
        warning.show([painting.safe(say("erasure.warning"), "$warning"), painting.safe("")])
        yield warning
        yield LongField("reason", "erasure.field_reason", required=True, lines=2)


def erase_client(screen: Framed, client_id: int, _site_id: int | None) -> None:
    """Ask for a reason, erase the client's data, say where the certificate lies."""
    from deskapp.services import erasures

    desk = screen.desk

    def erased(_loaded: int, values: Values) -> str:
        done = erasures.erase(desk, client_id, str(values["reason"]))
        return say("erasure.told", number=done.number, file=erasures.export(desk, done))

    def then(words: str) -> None:
        screen.app.notify(words, timeout=20)
        screen.changed()

    edit(screen, client_id, EraseDialog, erased, lambda: client_id, then=then)


def show_numbers(screen: Framed, client_id: int, _site_id: int | None) -> None:
    """Show a client's whole numbers on this screen; that they were looked at is written down."""
    from deskapp.services import unmasking

    desk = screen.desk

    def told(phones: tuple[Phone, ...]) -> None:
        if hasattr(screen, "unmasked"):
            screen.unmasked = True
            screen.changed()
        else:
            numbers = "  ".join(paint.phone(one.normal) or shown(one.raw) for one in phones)
            screen.app.notify(numbers or say("client.hidden"), markup=False)

    screen.act(lambda: unmasking.unmask(desk, client_id), told)
