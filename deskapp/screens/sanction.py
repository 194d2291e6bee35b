"""One penalty or reward: how it stands, why, and every entry of its ledger (rows T9, A3)."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, ClassVar

from textual.binding import Binding, BindingType
from textual.content import Content
from textual.widget import Widget

from deskapp.i18n import say
from deskapp.screens import paint, sanction_words
from deskapp.screens.base import DeskScreen, Panel
from deskapp.screens.sanction_acts import SanctionActs, act_bindings
from deskapp.widgets import painting
from deskapp.widgets.wrapped import Wrapped

if TYPE_CHECKING:
    from deskapp.desk import Desk
    from deskapp.domain.sanction import EntryRow, SanctionRow


class SanctionScreen(SanctionActs, DeskScreen[None]):
    """One penalty or reward: how it stands, why, and every entry; the keys do what one may."""

    PLACE, SCREEN_ID, ROWS = "more", "sanction", ("T9", "A3")
    BINDINGS: ClassVar[list[BindingType]] = [
        *act_bindings(),
        Binding("t", "ticket", id="sanction.ticket"),
        Binding("escape", "leave", id="back"),
    ]
    DEFAULT_CSS = """
    SanctionScreen #sanction-panel { height: auto; }
    """

    def __init__(self, row: SanctionRow) -> None:
        super().__init__()
        self.row = row
        self.entries: list[EntryRow] = []
        self.head = Wrapped(grow=True, id="sanction-head")
        self.lines = Wrapped(grow=True, id="sanction-entries")
        self.panel = Panel("sanction.one_title", self.head, id="sanction-panel")

    def body(self) -> Iterable[Widget]:
        """How it stands, and its entries."""
        yield self.panel
        yield Panel("sanction.entries", self.lines)

    def ready(self) -> None:
        """Read it."""
        self._read()

    def changed(self) -> None:
        """Read it anew."""
        self._read()

    def relabel(self) -> None:
        """Say everything again."""
        super().relabel()
        if self.app.desk is not None:
            self._show((self.row, self.entries))

    def _read(self) -> None:
        from deskapp.services import sanctions

        desk, one = self.desk, self.row.sanction.id

        def read() -> tuple[SanctionRow, list[EntryRow]]:
            with desk.read() as work:
                entries = work.sanction_entries.of_sanction(one)
            return sanctions.read(desk, one), entries

        self.ask(read, self._show, group="sanction")

    def _show(self, found: tuple[SanctionRow, list[EntryRow]]) -> None:
        self.row, self.entries = found
        one = self.row.sanction
        self.panel.entitle(kind=say(f"sanction.kind.{one.kind}"), number=one.number)
        self.head.show(head_lines(self.row))
        self.lines.show([line for row in self.entries for line in entry_lines(self.desk, row)])
        self.refresh_bindings()

    def standing_on(self) -> SanctionRow | None:
        """This one."""
        return self.row

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """An act is there while the state and the operator's rights allow it."""
        if action == "sanction":
            return bool(parameters) and parameters[0] in self.sanction_acts()
        return action != "ticket" or self.row.sanction.ticket_id is not None

    def action_ticket(self) -> None:
        """Open its ticket."""
        if self.row.sanction.ticket_id is not None:
            self.app.open_ticket(self.row.sanction.ticket_id)

    def action_leave(self) -> None:
        """Go back."""
        self.dismiss(None)


def head_lines(row: SanctionRow) -> list[Content]:
    """One penalty or reward: whose, how it stands, in which month, on which ticket, why."""
    one = row.sanction
    month = say("sanction.counts_in", month=f"{one.month:%Y-%m}") if one.month else say("sanction.not_yet")
    lines = [
        painting.join([sanction_words.standing(row), Content.styled(month, "$text-muted")]),
    ]
    if row.ticket is not None:
        about = [
            painting.safe(row.ticket.number, "$accent"),
            painting.safe(paint.client_name(row.client), "bold"),
            painting.safe(row.ticket.subject),
        ]
        lines.append(painting.join(about))
    return [*lines, *(painting.safe(line) for line in one.reason.splitlines() if line.strip())]


def entry_lines(desk: Desk, row: EntryRow) -> list[Content]:
    """An entry: when, what was done, by how much a month's sum moved, by whom, in which words."""
    entry = row.entry
    effect = say("sanction.effect", month=f"{entry.month:%Y-%m}") if entry.amount else ""
    first = painting.join(
        [
            Content.styled(paint.when(desk, entry.at), "$text-muted"),
            Content.styled(say(f"sanction.act.{entry.act}"), "bold"),
            *([Content.assemble(effect, " ", sanction_words.moved(entry.amount))] if effect else []),
            painting.safe(row.who, "$text-muted"),
        ]
    )
    return [first, *(painting.safe(f"  {line}") for line in entry.words.splitlines() if line.strip())]
