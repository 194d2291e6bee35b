"""Penalties and rewards: what waits for a manager first, then month by month; each with its entries (rows T9, A3)."""

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING, Any, ClassVar

from textual.binding import Binding, BindingType

from deskapp.domain.praise import month_after
from deskapp.domain.sanction import STATES, SanctionFilter, SanctionRow
from deskapp.i18n import say
from deskapp.screens import sanction_words
from deskapp.screens.base import DeskScreen, Panel
from deskapp.screens.paged import Listed, Paged
from deskapp.screens.sanction_acts import SanctionActs, act_bindings
from deskapp.screens.ticket_tags import Line, PickDialog
from deskapp.widgets.record_table import RecordTable

if TYPE_CHECKING:
    from deskapp.desk import Desk

VIEWS = ("", *STATES)


class SanctionRows(Paged[SanctionRow]):
    """Penalties and rewards as a long list."""

    def __init__(self, desk: Desk, chosen: SanctionFilter) -> None:
        super().__init__(desk)
        self.chosen = chosen

    def _page(self, work: Any, limit: int, **place: Any) -> list[SanctionRow]:
        found: list[SanctionRow] = work.sanctions.page(self.chosen, limit, **place)
        return found

    def count(self) -> int:
        """How many there are."""
        with self.desk.read() as work:
            return work.sanctions.count(self.chosen)

    def key(self, record: SanctionRow) -> Hashable:
        """One stays itself."""
        return record.sanction.id


class SanctionsScreen(SanctionActs, Listed, DeskScreen[None]):
    """All penalties and rewards, or those of a state, a person, a month; the keys do what one may."""

    PLACE, SCREEN_ID, ROWS = "more", "sanctions", ("T8", "T9", "A3")
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "open", id="sanctions.open"),
        *act_bindings(),
        Binding("n", "add", id="sanctions.add"),
        Binding("t", "ticket", id="sanction.ticket"),
        Binding("v", "view", id="sanctions.view"),
        Binding("w", "person", id="sanctions.person"),
        Binding("left_square_bracket", "month(-1)", id="sanctions.earlier"),
        Binding("right_square_bracket", "month(1)", id="sanctions.later"),
        Binding("h", "all_months", id="sanctions.all_months"),
        Binding("l", "ledger", id="sanctions.ledger"),
        Binding("escape", "leave", id="back"),
    ]

    def __init__(self) -> None:
        super().__init__()
        self.chosen = SanctionFilter()
        self.person = ""
        self.table = RecordTable((), empty_code="sanction.none", id="sanctions-table")
        self.panel = Panel("sanction.title", self.table)

    def ready(self) -> None:
        """Begin with everything: what waits stands first."""
        self.table.columns = sanction_words.columns(self.desk)
        self._look()

    def relabel(self) -> None:
        """Say everything again."""
        super().relabel()
        if self.app.desk is not None and self.app.desk.operator is not None:
            self.table.columns = sanction_words.columns(self.desk)
            self._titles()

    def _look(self, chosen: SanctionFilter | None = None) -> None:
        self.chosen = chosen or self.chosen
        self.table.source = SanctionRows(self.desk, self.chosen)
        self.table.focus()
        self._titles()

    def _titles(self) -> None:
        chosen, count = self.chosen, self.table.row_count
        parts = [
            say(f"sanction.state.{chosen.state}") if chosen.state else say("sanction.all"),
            self.person if chosen.staff_id is not None else "",
            f"{chosen.month:%Y-%m}" if chosen.month else "",
        ]
        which = " · ".join(part for part in parts if part)
        self.panel.entitle(which=which, count="" if count is None else count)

    def on_record_table_highlighted(self, message: RecordTable.Highlighted) -> None:
        """Other acts are possible on another line."""
        self.refresh_bindings()

    def on_record_table_chosen(self, message: RecordTable.Chosen) -> None:
        """Open it."""
        from deskapp.screens.sanction import SanctionScreen

        self.app.push_screen(SanctionScreen(message.record))

    def standing_on(self) -> SanctionRow | None:
        """The one under the cursor."""
        return self.table.selected

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """An act is there while the state and the operator's rights allow it."""
        row = self.table.selected
        if action == "sanction":
            return bool(parameters) and parameters[0] in self.sanction_acts()
        if action == "ticket":
            return row is not None and row.sanction.ticket_id is not None
        return action != "all_months" or self.chosen.month is not None

    def action_ticket(self) -> None:
        """Open its ticket."""
        row = self.table.selected
        if row is not None and row.sanction.ticket_id is not None:
            self.app.open_ticket(row.sanction.ticket_id)

    def action_add(self) -> None:
        """Propose a penalty for the quality of a running site."""
        from deskapp.screens import sanction_forms

        desk = self.desk
        if self.may("sanction.propose"):
            sanction_forms.propose(self, lambda: sanction_forms.read_for_site(desk))

    def action_view(self) -> None:
        """Those of another state, or all again."""
        place = VIEWS.index(self.chosen.state)
        self._look(replace(self.chosen, state=VIEWS[(place + 1) % len(VIEWS)]))

    def action_person(self) -> None:
        """Those of one person, or of everybody again."""
        self.app.push_screen(PersonDialog(), self._person)

    def _person(self, line: Line | None) -> None:
        if line is not None:
            self.person = line.words
            self._look(replace(self.chosen, staff_id=int(line.value) or None))

    def action_month(self, months: int) -> None:
        """Those of one month: this one first, then those before and after."""
        local = self.desk.local(self.desk.now())
        this = date(local.year, local.month, 1)
        month = this if self.chosen.month is None else month_after(self.chosen.month, months)
        self._look(replace(self.chosen, month=min(month, this)))

    def action_all_months(self) -> None:
        """Those of all months again."""
        self._look(replace(self.chosen, month=None))

    def action_ledger(self) -> None:
        """The sums of a month by person."""
        from deskapp.screens.ledger import LedgerScreen

        self.app.push_screen(LedgerScreen())

    def action_leave(self) -> None:
        """Back to the queue."""
        self.app.go("queue")


class PersonDialog(PickDialog[Line]):
    """Whose penalties and rewards are listed: everybody's, or one person's found by a few letters."""

    SCREEN_ID, TITLE_CODE, ROWS = "sanction_person", "sanction.person_title", ("T9",)
    HOW_CODE, EMPTY_CODE = "sanction.person_how", "sanction.nobody_so_called"

    def read(self) -> None:
        """Everybody of the staff."""
        desk = self.desk
        self.ask(lambda: _people(desk), self.show, group="people")

    def chosen(self, line: Line) -> None:
        """List theirs."""
        self.dismiss(line)


def _people(desk: Desk) -> list[Line]:
    from deskapp.domain.search_text import name_keys
    from deskapp.widgets.safe_text import shown

    with desk.read() as work:
        staff = work.staff.all()
    lines = [
        Line(
            one.id,
            shown(one.name),
            say(f"staff.trade.{one.trade}"),
            spoken=" ".join([one.name.casefold(), *name_keys(one.name)]),
        )
        for one in staff
    ]
    return [Line(0, say("sanction.everybody"), spoken=say("sanction.everybody").casefold()), *lines]
