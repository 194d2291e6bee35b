"""Decisions taken on the spot: those that wait for a manager first, confirmed or changed by a key (row T12)."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, ClassVar

from textual.binding import Binding, BindingType
from textual.content import Content
from textual.widget import Widget

from deskapp.i18n import say
from deskapp.screens import paint
from deskapp.screens.base import DeskScreen, Panel
from deskapp.screens.form_dialog import Editing, FormDialog
from deskapp.screens.paged import Listed
from deskapp.screens.record_form import Values
from deskapp.services.decisions import Decided
from deskapp.widgets import painting, signs
from deskapp.widgets.form import LongField
from deskapp.widgets.record_table import Column, PaintContext, RecordTable
from deskapp.widgets.safe_text import shown
from deskapp.widgets.wrapped import Wrapped

if TYPE_CHECKING:
    from deskapp.desk import Desk
    from deskapp.domain.decision import Decision, DecisionRow


class SettleDialog(FormDialog):
    """What was decided; a word to it, or what holds instead."""

    SCREEN_ID, TITLE_CODE, ROWS = "settle_decision", "decision.confirm_title", ("T12",)
    FIELD_OF: ClassVar[dict[str, str]] = {"decision.answer": "words"}

    def __init__(self, row: DecisionRow, changes: bool) -> None:
        self.row, self.changes = row, changes
        super().__init__(f"decision-{row.decision.id}-{'change' if changes else 'confirm'}", {"words": ""})
        self.title_code = "decision.change_title" if changes else "decision.confirm_title"
        self.about = Wrapped(grow=True, id="decision-about")

    def fields(self) -> Iterable[Widget]:
        """A change needs words, a confirmation may have some."""
        code = "decision.instead" if self.changes else "decision.remark"
        yield LongField("words", code, lines=4, required=self.changes)

    def body(self) -> Iterable[Widget]:
        """What was decided by whom on which ticket; then the words."""
        yield self.about
        yield from super().body()
        self.about.show(decision_lines(self.row))


class DecisionsScreen(Editing, Listed, DeskScreen[None]):
    """Decisions on the spot; Enter opens the ticket."""

    PLACE, SCREEN_ID, ROWS = "more", "decisions", ("T12",)
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "open", id="decisions.open"),
        Binding("y", "confirm", id="decisions.confirm"),
        Binding("x", "change", id="decisions.change"),
        Binding("v", "view", id="decisions.view"),
        Binding("escape", "leave", id="back"),
    ]

    def __init__(self) -> None:
        super().__init__()
        self.only_open = True
        self.table = RecordTable((), empty_code="decision.none_open", id="decisions-table")
        self.panel = Panel("decision.open_title", self.table)
        self.about = Wrapped(grow=True, id="decisions-about")
        """The decision under the cursor, in full."""

    def body(self) -> Iterable[Widget]:
        """The list; the decision under the cursor."""
        yield self.panel
        yield self.about

    def ready(self) -> None:
        """Begin with those that wait."""
        self.table.columns = _columns(self.desk)
        self._look()

    def _look(self) -> None:
        self.table.empty_code = "decision.none_open" if self.only_open else "decision.none"
        self.table.source = Decided(self.desk, self.only_open)
        self.table.focus()
        self.panel.title_code = "decision.open_title" if self.only_open else "decision.all_title"
        self._titles()

    def _titles(self) -> None:
        count = self.table.row_count
        self.panel.entitle(count="" if count is None else count)
        self.panel.relabel()

    def relabel(self) -> None:
        """Say everything again."""
        super().relabel()
        if self.app.desk is not None and self.app.desk.operator is not None:
            self.table.columns = _columns(self.desk)
            self._titles()

    def on_record_table_counted(self, message: RecordTable.Counted) -> None:
        """The list knows its length: where it is empty nothing is told."""
        self._tell()

    def on_record_table_highlighted(self, message: RecordTable.Highlighted) -> None:
        """Say the decision under the cursor in full."""
        self._tell()

    def _tell(self) -> None:
        row: DecisionRow | None = self.table.selected
        self.about.show(decision_lines(row) if row is not None else [])

    def on_record_table_chosen(self, message: RecordTable.Chosen) -> None:
        """Open the ticket."""
        self.app.open_ticket(message.record.decision.ticket_id)

    def action_view(self) -> None:
        """Show all, or those that wait again."""
        self.only_open = not self.only_open
        self._look()

    def action_confirm(self) -> None:
        """Let the decision under the cursor stand."""
        self._settle(changes=False)

    def action_change(self) -> None:
        """Say what holds instead."""
        self._settle(changes=True)

    def _settle(self, changes: bool) -> None:
        row: DecisionRow | None = self.table.selected
        if row is None or not self.may("decision.confirm"):
            return
        if row.decision.state != "open":
            self.app.say("decision.settled")
            return
        from deskapp.services import decisions

        desk = self.desk
        verb = decisions.change if changes else decisions.confirm

        def save(decision: Decision, values: Values) -> Decision:
            return verb(desk, decision, values["words"] or "")

        done = "decision.changed" if changes else "decision.confirmed"
        self.edit(
            row.decision,
            lambda _: SettleDialog(row, changes),
            save,
            lambda: decisions.reread(desk, row.decision),
            then=lambda _: self.app.say(done, number=row.number),
        )

    def action_leave(self) -> None:
        """Back to the queue."""
        self.app.go("queue")


def decision_lines(row: DecisionRow) -> list[Content]:
    """A decision in full: on which ticket, what, by whom, and what the manager said to it."""
    parts = [painting.safe(row.number, "$accent"), painting.safe(paint.client_name(row.client), "bold")]
    lines = [painting.join([*parts, painting.safe(row.subject)], " ")]
    lines.append(Content.assemble((f"{row.who or '-'}: ", "$text-muted"), shown(row.decision.words)))
    if row.decision.answer:
        lines.append(
            Content.assemble((f"» {row.settler or '-'}: ", "$text-muted"), shown(row.decision.answer))
        )
    return lines


def _columns(desk: Desk) -> list[Column]:
    def at(row: DecisionRow, _: PaintContext) -> Content:
        return Content.styled(paint.when(desk, row.decision.at), "$text-muted")

    return [
        Column("state", "decision.column.state", 10, _state),
        Column("at", "decision.column.at", 11, at),
        Column("who", "decision.column.who", 8, lambda row, _: painting.safe(row.who, "bold")),
        Column("words", "decision.column.words", None, _words),
        Column("ticket", "decision.column.ticket", 16, _ticket, min_terminal=70),
        Column("client", "decision.column.client", 24, _about, min_terminal=100),
    ]


def _state(row: DecisionRow, _context: PaintContext) -> Content:
    state = row.decision.state
    sign, tone = {
        "open": ("alarm", "bold $warning"),
        "confirmed": ("met", "$success"),
        "changed": ("error", "$error"),
    }.get(state, ("unknown", ""))
    return Content.styled(f"{signs.sign(sign)} {say(f'decision.state.{state}')}", tone)


def _words(row: DecisionRow, _context: PaintContext) -> Content:
    """What was decided; what the manager said to it after it."""
    said = painting.safe(" ".join(row.decision.words.split()))
    if not row.decision.answer:
        return said
    answer = f"{row.settler or '-'}: {' '.join(row.decision.answer.split())}"
    return painting.join([said, painting.safe(f"» {answer}", "$text-muted")], " ")


def _ticket(row: DecisionRow, _context: PaintContext) -> Content:
    return painting.safe(row.number, "$accent")


def _about(row: DecisionRow, _context: PaintContext) -> Content:
    return painting.safe(f"{paint.client_name(row.client)} {row.subject}")
