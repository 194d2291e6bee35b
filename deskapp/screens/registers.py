"""The registers: one list screen for all of them, as they are declared (rows S4, S6)."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Sequence
from datetime import date
from typing import TYPE_CHECKING, Any, ClassVar

from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.widget import Widget

from deskapp.domain import register as rules
from deskapp.domain.errors import RuleBroken
from deskapp.domain.register import EntryRow, RegisterEntry, Wanted
from deskapp.domain.register_kind import APPROVED, DECISIONS, PROPOSED, REFUSED, VOID
from deskapp.i18n import say
from deskapp.screens import register_lists as lists
from deskapp.screens.base import DeskScreen, Panel
from deskapp.screens.dated import Dated
from deskapp.screens.form_dialog import Editing
from deskapp.screens.found_list import Finding, FindLine
from deskapp.screens.register_choice import RegisterChoice
from deskapp.screens.register_form import WhyDialog, write
from deskapp.services.registers import Entries, kinds, visible
from deskapp.widgets.record_table import ListSource, RecordTable
from deskapp.widgets.wrapped import Wrapped

if TYPE_CHECKING:
    from deskapp.desk import Desk
    from deskapp.domain.register_kind import RegisterKind
    from deskapp.screens.base import Framed
    from deskapp.screens.record_form import Values

DIGITS = tuple(str(place) for place in range(1, 10))


class RegistersScreen(Editing, Finding, Dated, DeskScreen[None]):
    """The registers at the left, the lines of one at the right: written, looked up, decided, struck out."""

    PLACE, SCREEN_ID, ROWS = "more", "registers", ("S4", "S6")
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("n", "add", id="registers.add"),
        Binding("e", "edit", id="registers.edit"),
        Binding("slash", "find", id="registers.find"),
        Binding("y", "decide", id="registers.approve"),
        Binding("g", "figures", id="registers.figures"),
        Binding("x", "refuse", id="registers.refuse"),
        Binding("w", "waiting", id="registers.waiting"),
        Binding("o", "client", id="registers.client"),
        *(Binding(digit, f"look({digit})", id=f"registers.look.{digit}", system=True) for digit in DIGITS),
        Binding("escape", "back", id="back"),
    ]
    DEFAULT_CSS = """
    RegistersScreen #registers-left { width: 26; }
    RegistersScreen.-wide #registers-left { width: 30; }
    RegistersScreen #registers-whole { height: auto; max-height: 9; padding: 0 1; }
    RegistersScreen.-narrow #registers-whole { max-height: 5; }
    """

    def __init__(self) -> None:
        super().__init__()
        self.kind: RegisterKind = next(iter(kinds().values()))
        """The register that is shown."""
        self.only_waiting = False
        self.kinds = RecordTable(lists.kind_columns(), id="registers-kinds")
        self.typed = FindLine("registers-find", "registers.find_label")
        self.table = RecordTable((), empty_code="registers.empty", id="registers-table")
        self.whole = Wrapped(grow=True, id="registers-whole")
        self.left = Panel("registers.title", self.kinds, id="registers-left")
        self.panel = Panel("registers.list_title", self.typed, self.table)

    def body(self) -> Iterable[Widget]:
        """The registers, the lines of one, and one line in full."""
        yield Horizontal(self.left, Vertical(self.panel, self.whole))

    def ready(self) -> None:
        """Show the first register."""
        rows = [lists.KindRow(place, kind) for place, kind in enumerate(kinds().values(), 1)]
        self.kinds.source = ListSource(rows, key=lambda row: row.kind.code)
        self._list()
        self.table.focus()
        self._read()

    def changed(self) -> None:
        """Read anew; the cursor stays on its line."""
        if self.app.desk is None or self.app.desk.operator is None:
            return
        self._read()
        source = self.table.source
        if isinstance(source, Entries) and source.wanted != visible(self.desk, self.wanted):
            self._again()
        else:
            self._reread()

    def relabel(self) -> None:
        """Say everything again."""
        super().relabel()
        if self.app.desk is not None and self.app.desk.operator is not None:
            self.table.columns = lists.columns_of(self.kind, self.today)
            self._titles()
            self._show_whole()

    def _read(self) -> None:
        desk, today = self.desk, self.today
        self.ask(lambda: _counts(desk, today), self._show_kinds, group="kinds")

    def _show_kinds(self, rows: list[lists.KindRow]) -> None:
        source = self.kinds.source
        if isinstance(source, ListSource):
            source.replace(rows)
            self.kinds.refresh_rows()

    @property
    def wanted(self) -> Wanted:
        """Which lines are listed."""
        return Wanted(self.kind.code, state=PROPOSED if self.only_waiting else "")

    def _list(self) -> None:
        """Let the table show the register that is chosen."""
        self.table.columns = lists.columns_of(self.kind, self.today)
        self.table.source = Entries(self.desk, self.wanted)
        self.whole.show([])
        self._titles()
        self.refresh_bindings()

    def _titles(self) -> None:
        count = self.table.row_count
        which = lists.name_of(self.kind)
        if self.only_waiting:
            which = f"{which} {say('registers.state.proposed')}"
        self.panel.entitle(register=which, count="" if count is None else count)
        own = visible(self.desk, self.wanted).written_by is not None
        self.panel.whisper(say("registers.own_only" if own else "registers.newest_first"))
        if self.kind.code == "shifts":
            from deskapp.services.registers import on_duty

            desk = self.desk
            self.ask(lambda: on_duty(desk), self._show_duty, group="duty")

    def _show_duty(self, people: list[tuple[str, str]]) -> None:
        """Say in one line who works today."""
        if self.kind.code == "shifts":
            shifts = [f"{who} {lists.choice_word(self.kind, 'shift', shift)}" for who, shift in people]
            said = say("registers.on_duty", people=say("cli.list_comma").join(shifts))
            self.panel.whisper(said if people else say("registers.nobody_on_duty"))

    def on_record_table_highlighted(self, message: RecordTable.Highlighted) -> None:
        """Another register; or the line under the cursor in full."""
        if message.table is self.kinds:
            if message.record.kind is not self.kind and self.kinds.has_focus:
                self._open(message.record.kind)
        else:
            self._show_whole()

    def _open(self, kind: RegisterKind) -> None:
        self.kind, self.only_waiting = kind, False
        self.typed.fill("")
        self._list()

    def _show_whole(self) -> None:
        row: EntryRow | None = self.table.selected
        lines: list[Content] = []
        if row is not None and row.entry.register == self.kind.code:
            width = self.whole.size.width - 2
            lines = lists.whole_lines(self.desk, self.kind, row, self.today, width)
        self.whole.show(lines)
        self.refresh_bindings()

    def on_record_table_counted(self, message: RecordTable.Counted) -> None:
        """The list knows its length."""
        if message.table is self.table:
            self._titles()
            if not message.count:
                self.whole.show([])

    def on_record_table_chosen(self, message: RecordTable.Chosen) -> None:
        """Enter at the left goes to the lines; on a line it opens it."""
        if message.table is self.kinds:
            self._open(message.record.kind)
            self.table.focus()
        else:
            self.action_edit()

    def _question(self, typed: str) -> Callable[[], Sequence[EntryRow]]:
        from deskapp.services import registers

        desk, wanted = self.desk, self.wanted
        return lambda: registers.find(desk, wanted, typed)

    def _key(self, row: EntryRow) -> Hashable:
        return row.entry.id

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Only what is decided can be approved, or waits."""
        if action == "decide":
            row = self.table.selected
            return self.kind.decided and row is not None and row.entry.state == PROPOSED
        return self.kind.decided if action == "waiting" else True

    def action_look(self, place: int) -> None:
        """Show the register with this digit."""
        known = list(kinds().values())
        if place <= len(known):
            self.kinds.cursor_row = place - 1
            self._open(known[place - 1])
            self.table.focus()

    def action_add(self) -> None:
        """Write a line."""
        if self.may("register.save"):
            write(self, self.kind, RegisterEntry(register=self.kind.code))

    def action_edit(self) -> None:
        """Change the line under the cursor; for one that is decided, propose another in its place."""
        row: EntryRow | None = self.table.selected
        if row is None or not self.may("register.save"):
            return
        entry = row.entry
        if entry.state in DECISIONS:
            fresh = RegisterEntry(register=self.kind.code)
            given = {name: value for name, value in row.values.items() if name != "day" and value is not None}
            write(self, self.kind, fresh, given, follows=entry)
            return
        try:
            rules.check_edit(entry)
        except RuleBroken as error:
            self.app.tell(error)
            return
        write(self, self.kind, entry)

    def action_decide(self) -> None:
        """Approve the line under the cursor."""
        self._ask_why(APPROVED)

    def action_refuse(self) -> None:
        """Refuse the line under the cursor where it waits to be decided; else strike it out."""
        row: EntryRow | None = self.table.selected
        if row is not None:
            self._ask_why(REFUSED if row.entry.state == PROPOSED and self._decides() else VOID)

    def _decides(self) -> bool:
        from deskapp.domain.operator import may

        operator = self.desk.operator
        return operator is not None and may(operator.role, "register.decide")

    def _ask_why(self, act: str) -> None:
        from deskapp.services import registers

        row: EntryRow | None = self.table.selected
        decided = row is not None and (act != VOID or row.entry.state in DECISIONS)
        if row is None or not self.may("register.decide" if decided else "register.save"):
            return
        desk, entry = self.desk, row.entry

        def save(seen: RegisterEntry, values: Values) -> RegisterEntry:
            if act == VOID:
                return registers.strike(desk, seen, values["why"])
            return registers.decide(desk, seen, act, values["why"])

        def reload() -> RegisterEntry:
            with desk.read() as work:
                return work.registers.find(entry.id)

        def done(stored: RegisterEntry) -> None:
            self.app.say(f"registers.done.{act}", number=stored.number)

        self.edit(entry, lambda seen: WhyDialog(act, seen), save, reload, then=done)

    def action_waiting(self) -> None:
        """Show only what waits to be decided, or everything again."""
        self.only_waiting = not self.only_waiting
        self._again()

    def action_client(self) -> None:
        """Open the history of the client."""
        row: EntryRow | None = self.table.selected
        if row is not None and row.entry.client_id is not None:
            self.app.open_client(row.entry.client_id)

    def action_figures(self) -> None:
        """Show designers in figures, and the clients who wait."""
        from deskapp.screens.designers import DesignersScreen

        self.app.push_screen(DesignersScreen())

    def action_back(self) -> None:
        """Empty the search, then show everything; then back to the queue."""
        if self.typed.read():
            self.typed.fill("")
            self._list()
            self.table.focus()
        elif self.typed.has_focus:
            self.table.focus()
        elif self.only_waiting:
            self.action_waiting()
        else:
            self.app.go("queue")

    def context(self) -> dict[str, Any]:
        """Whom a new complaint is about: the client of the line under the cursor."""
        row: EntryRow | None = self.table.selected
        return {"client_id": row.entry.client_id, "site_id": row.entry.site_id} if row else {}


def _counts(desk: Desk, today: date) -> list[lists.KindRow]:
    with desk.read() as work:
        return [
            lists.KindRow(
                place,
                kind,
                work.registers.count(visible(desk, Wanted(kind.code, first=today.replace(day=1), live=True))),
                work.registers.count(visible(desk, Wanted(kind.code, state=PROPOSED))) if kind.decided else 0,
            )
            for place, kind in enumerate(kinds().values(), 1)
        ]


def open_entry(screen: Framed, client_id: int, site_id: int | None) -> None:
    """Write a line about a client: ask in which register, and open its form with client and site filled in."""
    from deskapp.services.calls import newest_site

    desk = screen.desk

    def chosen(code: str | None) -> None:
        if code is None:
            return
        kind = kinds()[code]

        def read() -> int | None:
            with desk.read() as work:
                return site_id or newest_site(work, client_id)

        def opened(site: int | None) -> None:
            known = {"client": client_id, "site": site}
            given = {one.id: known[one.kind] for one in kind.fields if one.kind in known}
            write(screen, kind, RegisterEntry(register=code), given)

        screen.ask(read, opened, group="edit")

    screen.app.push_screen(RegisterChoice(), chosen)
