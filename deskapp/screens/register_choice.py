"""Which register is meant, by one digit (row S4)."""

from __future__ import annotations

from collections.abc import Iterable
from typing import ClassVar

from textual.binding import Binding, BindingType
from textual.widget import Widget

from deskapp.screens import register_lists as lists
from deskapp.screens.base import DeskDialog
from deskapp.services.registers import kinds
from deskapp.widgets.record_table import ListSource, RecordTable

DIGITS = tuple(str(place) for place in range(1, 10))


class RegisterChoice(DeskDialog[str]):
    """Which register a line is written in, by one digit."""

    SCREEN_ID, TITLE_CODE, ROWS = "register_choice", "registers.choose", ("S4",)
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding(digit, f"take({digit})", show=False, system=True, id=f"site_choice.{digit}")
        for digit in DIGITS
    ]
    DEFAULT_CSS = """
    RegisterChoice RecordTable { height: auto; max-height: 14; }
    """

    def __init__(self) -> None:
        super().__init__()
        self.known = [one for one in kinds().values() if one.of_kind("client") or one.of_kind("site")]
        """The registers a client can stand in."""
        rows = [lists.KindRow(place, kind) for place, kind in enumerate(self.known, 1)]
        self.table = RecordTable(
            lists.kind_columns()[:2], source=ListSource(rows, key=lambda row: row.kind.code), header=False
        )

    def body(self) -> Iterable[Widget]:
        """The registers."""
        yield self.table

    def ready(self) -> None:
        """Let the arrows work."""
        self.table.focus()

    def action_take(self, place: int) -> None:
        """Take the register with this digit."""
        if place <= len(self.known):
            self.dismiss(self.known[place - 1].code)

    def on_record_table_chosen(self, message: RecordTable.Chosen) -> None:
        """Take the register under the cursor."""
        self.dismiss(message.record.kind.code)
