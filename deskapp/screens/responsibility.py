"""The responsibility for a ticket: finding, those who answer for it, apology, penalty by rule (rows T8, T9, T10)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from textual.binding import Binding, BindingType
from textual.content import Content
from textual.widget import Widget

from deskapp.i18n import say
from deskapp.screens import responsibility_forms as forms
from deskapp.screens import sanction_words
from deskapp.screens.base import DeskScreen, Panel
from deskapp.screens.responsibility_view import Whole, apology_words, finding_line, read_whole
from deskapp.screens.sanction_acts import SanctionActs, act_bindings
from deskapp.widgets import painting
from deskapp.widgets.record_table import Column, ListSource, PaintContext, RecordTable
from deskapp.widgets.wrapped import Wrapped

if TYPE_CHECKING:
    from deskapp.desk import Desk
    from deskapp.domain.responsibility import ResponsibleRow
    from deskapp.domain.sanction import SanctionRow


@dataclass(frozen=True, slots=True)
class FaultRow:
    """One who answers for the ticket, or one penalty."""

    person: ResponsibleRow | None = None
    sanction: SanctionRow | None = None

    @property
    def key(self) -> tuple[str, int]:
        """It stays itself."""
        if self.person is not None:
            return "person", self.person.responsibility.id
        return "sanction", self.sanction.sanction.id if self.sanction else 0


class ResponsibilityScreen(SanctionActs, DeskScreen[None]):
    """Above what was found out and which rule applies; below those responsible, each with apology and penalties."""

    PLACE, SCREEN_ID, ROWS = "clocks", "responsibility", ("T8", "T9", "T10")
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "open", id="responsibility.open"),
        Binding("f", "find_out", id="responsibility.find_out"),
        Binding("n", "add", id="responsibility.add"),
        Binding("a", "apologise", id="responsibility.apologise"),
        Binding("p", "propose", id="responsibility.propose"),
        Binding("d", "release", id="responsibility.release"),
        *act_bindings(),
        Binding("escape", "leave", id="back"),
    ]
    DEFAULT_CSS = """
    ResponsibilityScreen #fault-panel { height: auto; }
    """

    def __init__(self, ticket_id: int) -> None:
        super().__init__()
        self.ticket_id = ticket_id
        self.whole: Whole | None = None
        self.head = Wrapped(grow=True, id="fault-head")
        self.table = RecordTable((), empty_code="responsibility.none", header=False, id="fault-table")
        self.panel = Panel("responsibility.title", self.head, id="fault-panel")

    def body(self) -> Iterable[Widget]:
        """What was found out; below it the people."""
        yield self.panel
        yield Panel("responsibility.people", self.table)

    def ready(self) -> None:
        """Read it."""
        self.table.columns = _columns(self.desk)
        self.table.focus()
        self.changed()

    def changed(self) -> None:
        """Read it anew."""
        desk, ticket_id = self.desk, self.ticket_id
        self.ask(lambda: read_whole(desk, ticket_id), self._show, group="fault")

    def _show(self, whole: Whole) -> None:
        self.whole = whole
        self.panel.entitle(number=whole.ticket.number, subject=whole.ticket.subject)
        self.head.show(self._head(whole))
        rows, source = fault_rows(whole), self.table.source
        if isinstance(source, ListSource) and self.table.row_count:
            source.replace(rows)
            self.table.refresh_rows()
        else:
            self.table.source = ListSource(rows, key=lambda row: row.key)
        self.refresh_bindings()

    def _head(self, whole: Whole) -> list[Content]:
        from deskapp.domain.operator import may

        finding, operator = whole.fault.finding, self.desk.operator
        lines = [Content.styled(say("responsibility.not_found_out"), "$warning")]
        if finding is not None:
            lines = [finding_line(finding)]
            lines += [painting.safe(line) for line in finding.words.splitlines() if line.strip()]
        agent = operator is None or not may(operator.role, "sanction.decide")
        return [*lines, *sanction_words.proposal_lines(whole.proposal, agent=agent)]

    def relabel(self) -> None:
        """Say everything again."""
        super().relabel()
        if self.whole is not None and self.app.desk is not None:
            self.table.columns = _columns(self.desk)
            self._show(self.whole)

    def on_record_table_highlighted(self, message: RecordTable.Highlighted) -> None:
        """Other acts are possible on another line."""
        self.refresh_bindings()

    def on_record_table_chosen(self, message: RecordTable.Chosen) -> None:
        """Open the penalty with its entries, or correct for what somebody answers."""
        row: FaultRow = message.record
        if row.sanction is not None:
            from deskapp.screens.sanction import SanctionScreen

            self.app.push_screen(SanctionScreen(row.sanction))
        elif self.may("finding.save"):
            forms.hold_responsible(self, self.ticket_id, row.person)

    def _row(self) -> FaultRow | None:
        return self.table.selected

    def _person(self) -> ResponsibleRow | None:
        """Whoever the cursor stands on, or on whose penalty."""
        row = self._row()
        if row is None or row.person is not None or self.whole is None:
            return row.person if row else None
        whose = row.sanction.sanction.staff_id if row.sanction else None
        people = self.whole.fault.responsible
        return next((one for one in people if one.responsibility.staff_id == whose), None)

    def standing_on(self) -> SanctionRow | None:
        """The penalty under the cursor."""
        row = self._row()
        return row.sanction if row else None

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """What the line under the cursor allows."""
        if action == "sanction":
            return bool(parameters) and parameters[0] in self.sanction_acts()
        person = self._person() if action in ("apologise", "release") else None
        if action == "apologise":
            return person is not None and person.responsibility.apology_at is None
        return action != "release" or person is not None

    def action_open(self) -> None:
        """Open what the cursor stands on."""
        self.table.action_choose()

    def action_find_out(self) -> None:
        """Write down what was found out."""
        if self.may("finding.save"):
            forms.find_out(self, self.ticket_id)

    def action_add(self) -> None:
        """Say who answers for it."""
        if self.may("finding.save"):
            forms.hold_responsible(self, self.ticket_id)

    def action_apologise(self) -> None:
        """Record the apology."""
        person = self._person()
        if person is not None and self.may("finding.save"):
            forms.apologise(self, person)

    def action_release(self) -> None:
        """Say that somebody does not answer for it after all."""
        person = self._person()
        if person is not None and self.may("finding.save"):
            forms.release(self, person)

    def action_propose(self) -> None:
        """Propose a penalty, decided in place by whoever may."""
        from deskapp.screens import sanction_forms

        person, desk, ticket_id = self._person(), self.desk, self.ticket_id
        staff_id = person.responsibility.staff_id if person else None
        if self.may("sanction.propose"):
            sanction_forms.propose(self, lambda: sanction_forms.read_for_ticket(desk, ticket_id, staff_id))

    def action_leave(self) -> None:
        """Go back."""
        self.dismiss(None)


def fault_rows(whole: Whole) -> list[FaultRow]:
    """Each who answers for it, with what it cost them beneath; what is left of penalties last."""
    rows: list[FaultRow] = []
    held = [person.responsibility.staff_id for person in whole.fault.responsible]
    for person in whole.fault.responsible:
        rows.append(FaultRow(person))
        rows += _costs(whole, {person.responsibility.staff_id})
    others = {row.sanction.staff_id for row in whole.fault.sanctions} - set(held)
    return rows + _costs(whole, others)


def _costs(whole: Whole, staff: set[int]) -> list[FaultRow]:
    return [FaultRow(None, row) for row in whole.fault.sanctions if row.sanction.staff_id in staff]


def _columns(desk: Desk) -> list[Column]:
    def line(row: FaultRow, _: PaintContext) -> Content:
        if row.sanction is not None:
            return Content.assemble("  ", sanction_words.standing(row.sanction))
        person = row.person
        assert person is not None
        words = " ".join(person.responsibility.words.split())
        return painting.join(
            [
                painting.safe(person.staff, "bold"),
                Content.styled(say(f"staff.trade.{person.trade}") if person.trade else "", "$text-muted"),
                apology_words(desk, person),
                painting.safe(words),
            ]
        )

    def number(row: FaultRow, _: PaintContext) -> Content:
        return painting.safe(row.sanction.sanction.number if row.sanction else "", "$accent")

    return [
        Column("line", "responsibility.people", None, line),
        Column("number", "sanction.column.number", 16, number, min_terminal=100),
    ]
