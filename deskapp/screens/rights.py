"""Who may do what: acts down, roles across, one's own role marked (row P2; text 4, 2.6.1 and 3.6.1)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import ClassVar

from textual.binding import Binding, BindingType
from textual.content import Content
from textual.widget import Widget

from deskapp.domain.operator import RIGHTS, ROLES, may
from deskapp.i18n import say
from deskapp.screens.base import DeskScreen, Panel
from deskapp.widgets import signs
from deskapp.widgets.painting import Painted
from deskapp.widgets.record_table import Column, ListSource, PaintContext, RecordTable


@dataclass(frozen=True, slots=True)
class RightLine:
    """One act: its name, and the noun it is about where it is the first of its noun."""

    act: str
    noun: str = ""


def right_lines() -> list[RightLine]:
    """Every act there is, those about one noun together, in the order of the table."""
    nouns: dict[str, list[str]] = {}
    for act in RIGHTS:
        nouns.setdefault(act.partition(".")[0], []).append(act)
    return [RightLine(act, noun if act == acts[0] else "") for noun, acts in nouns.items() for act in acts]


class RightsScreen(DeskScreen[None]):
    """A table to be read; the code decides, and every act refused is refused by it."""

    PLACE, SCREEN_ID, ROWS = "more", "rights", ("P2",)
    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape", "leave", id="back")]

    def __init__(self) -> None:
        super().__init__()
        self.table = RecordTable((), empty_code="rights.title", id="rights-table")
        self.panel = Panel("rights.title", self.table)

    def body(self) -> Iterable[Widget]:
        """The table."""
        yield self.panel

    def ready(self) -> None:
        """Show the table, the operator's own role marked."""
        self._show()
        self.table.source = ListSource(right_lines(), key=lambda line: line.act)
        self.table.focus()

    def changed(self) -> None:
        """Another role may be one's own by now."""
        self._show()

    def relabel(self) -> None:
        """Say whose the marked column is too."""
        super().relabel()
        if self.app.desk is not None:
            self._show()

    def _show(self) -> None:
        operator = self.desk.operator
        own = operator.role if operator else ""
        self.table.columns = [
            Column("noun", "rights.noun", 12, _noun, min_terminal=90),
            Column("act", "rights.what", None, _act),
            *(_role(role, role == own) for role in ROLES),
        ]
        self.panel.whisper(say("rights.mine", role=say(f"operator.role.{own}")) if own else "")

    def action_leave(self) -> None:
        """Back to the queue."""
        self.app.go("queue")


def _noun(line: RightLine, _context: PaintContext) -> Painted:
    return Content.styled(say(f"rights.about.{line.noun}"), "bold") if line.noun else ""


def _act(line: RightLine, _context: PaintContext) -> Painted:
    return say(f"rights.act.{line.act}")


def _role(role: str, own: bool) -> Column:
    def paint(line: RightLine, _context: PaintContext) -> Painted:
        allowed = may(role, line.act)
        tone = ("bold $success" if own else "$foreground") if allowed else "$text-disabled"
        return Content.styled(f"  {signs.sign('met' if allowed else 'unknown')}", tone)

    return Column(role, f"rights.own.{role}" if own else f"rights.role.{role}", 9, paint)
