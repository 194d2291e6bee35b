"""Inspections due, inspections made, defects not put right yet: each a key away (row S2; text 4, 1.3.2)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar

from textual.binding import Binding, BindingType
from textual.content import Content
from textual.widget import Widget

from deskapp.i18n import say
from deskapp.screens import inspection_lists as lists
from deskapp.screens.base import DeskScreen, Panel
from deskapp.screens.dated import Dated
from deskapp.screens.form_dialog import Editing, edit
from deskapp.screens.paged import Listing
from deskapp.widgets import painting, signs
from deskapp.widgets.lines import Lines
from deskapp.widgets.record_table import ListSource, RecordTable

if TYPE_CHECKING:
    from deskapp.desk import Desk
    from deskapp.domain.inspection import DueRow
    from deskapp.domain.rows import TicketRow
    from deskapp.screens.base import Framed
    from deskapp.screens.inspection_form import Loaded
    from deskapp.services.inspections import Recorded

VIEWS = (("1", "due"), ("2", "made"), ("3", "open"))


@dataclass(frozen=True, slots=True)
class Found:
    """The short lists, read in one go, and how many inspections were made."""

    due: list[DueRow]
    open: list[TicketRow]
    made: int


class InspectionsScreen(Editing, Listing, Dated, DeskScreen[None]):
    """Which site waits for its inspection, what was found, and how long is left to put it right."""

    PLACE, SCREEN_ID, ROWS = "more", "inspections", ("S2", "T2", "T14")
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("n", "record", id="inspections.record"),
        Binding("r", "again", id="inspections.again"),
        Binding("u", "urge", id="inspections.urge"),
        Binding("a", "files", id="inspections.files"),
        Binding("o", "ticket", id="inspections.ticket"),
        Binding("g", "site", id="inspections.site"),
        *(
            Binding(digit, f"look('{view}')", id=f"inspections.look.{view}", system=True)
            for digit, view in VIEWS
        ),
        Binding("tab", "next_view", id="inspections.next_view", system=True),
        Binding("escape", "leave", id="back"),
    ]
    DEFAULT_CSS = """
    InspectionsScreen #inspections-views { height: 1; padding: 0 1; }
    """

    def __init__(self) -> None:
        super().__init__()
        self.view = "due"
        self.found: Found | None = None
        self.views = Lines(id="inspections-views")
        self.table = RecordTable((), id="inspections-table")
        self.panel = Panel("inspections.title", self.table)

    def body(self) -> Iterable[Widget]:
        """The three lists' names with their counts, and the one shown."""
        yield self.views
        yield self.panel

    def ready(self) -> None:
        """Show what is due."""
        self.table.focus()
        self._arrange()
        self._read()

    def changed(self) -> None:
        """Read anew; the cursor stays on its line."""
        if self.app.desk is None or self.app.desk.operator is None:
            return
        self._read()

    def relabel(self) -> None:
        """Say everything again."""
        super().relabel()
        if self.app.desk is not None:
            self._columns()
            self._titles()

    def _read(self) -> None:
        desk = self.desk
        self.ask(lambda: _read(desk), self._show, group="inspections")

    def _show(self, found: Found) -> None:
        self.found = found
        self._titles()
        if self.view == "made":
            self.table.refresh_rows()
        else:
            source = self.table.source
            if isinstance(source, ListSource) and source.records:
                source.replace(found.due if self.view == "due" else found.open)
                self.table.refresh_rows()
            else:
                self._arrange()

    def _columns(self) -> None:
        if self.view == "due":
            self.table.columns = lists.due_columns(self.today)
        elif self.view == "made":
            self.table.columns = lists.made_columns(self.today)
        else:
            self.table.columns = lists.rectification_columns(self.desk)

    def _arrange(self) -> None:
        """Let the table show the list that is chosen."""
        from deskapp.services.inspections import InspectionsMade

        found = self.found
        self.table.source = ListSource()
        self._columns()
        if self.view == "made":
            self.table.empty_code = "inspections.none_made"
            self.table.source = InspectionsMade(self.desk)
        elif self.view == "due":
            self.table.empty_code = "inspections.none_due"
            self.table.source = ListSource(found.due if found else (), key=lambda row: row.site.id)
        else:
            self.table.empty_code = "inspections.none_open"
            self.table.source = ListSource(found.open if found else (), key=lambda row: row.ticket.id)

    def _titles(self) -> None:
        found = self.found
        late = sum(row.due_on < self.today for row in found.due) if found else 0
        now_us = self.app.now_us()
        over = sum(0 < row.due_us < now_us for row in found.open) if found else 0
        counts = {"due": len(found.due), "made": found.made, "open": len(found.open)} if found else {}
        more = {"due": late, "open": over}
        words = []
        for digit, view in VIEWS:
            tone = "bold reverse $primary" if view == self.view else "$foreground"
            word = f"{say(f'inspections.view.{view}')} {counts.get(view, '')}".rstrip()
            warned = (
                f" {signs.sign('overdue')}{say('sites.of_them_late', count=more[view])}"
                if more.get(view)
                else ""
            )
            words.append(Content.assemble((f"{digit} ", "$primary"), (word, tone), (warned, "$error")))
        self.views.show([painting.join(words, "   ")])
        self.panel.entitle(which=say(f"inspections.view.{self.view}"))

    def on_record_table_chosen(self, message: RecordTable.Chosen) -> None:
        """Record the inspection that is due; open the rectification; else the site."""
        if self.view == "due":
            self.action_record()
        elif self._ticket_id() is not None:
            self.action_ticket()
        else:
            self.action_site()

    def action_look(self, view: str) -> None:
        """Show another of the lists."""
        if view != self.view:
            self.view = view
            self._arrange()
            self._titles()

    def action_next_view(self) -> None:
        """Show the next list."""
        names = [view for _, view in VIEWS]
        self.action_look(names[(names.index(self.view) + 1) % len(names)])

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Looking again and urging are for defects."""
        return self.view == "open" if action in ("again", "urge") else True

    def _site_id(self) -> int | None:
        row: Any = self.table.selected
        if row is None:
            return None
        found = {
            "due": lambda: row.site.id,
            "made": lambda: row.inspection.site_id,
            "open": lambda: row.ticket.site_id,
        }[self.view]()
        return int(found) if found else None

    def _client_id(self) -> int | None:
        row: Any = self.table.selected
        if row is None:
            return None
        by = {
            "due": lambda: row.site.client_id,
            "made": lambda: row.client_id,
            "open": lambda: row.ticket.client_id,
        }
        return int(by[self.view]())

    def _ticket_id(self) -> int | None:
        row: Any = self.table.selected
        if row is None or self.view == "due":
            return None
        found = row.ticket.id if self.view == "open" else row.inspection.ticket_id
        return int(found) if found else None

    def context(self) -> dict[str, Any]:
        """Whom a new complaint is about: the client and site under the cursor."""
        return {"client_id": self._client_id(), "site_id": self._site_id()}

    def action_record(self) -> None:
        """Record an inspection of the site under the cursor."""
        site_id = self._site_id()
        if site_id is not None and self.may("inspection.save"):
            record(self, site_id)

    def action_again(self) -> None:
        """Record another look at the defect under the cursor."""
        row: Any = self.table.selected
        if self.view == "open" and row is not None and row.ticket.site_id and self.may("inspection.save"):
            record(self, row.ticket.site_id, row.ticket.id)

    def action_urge(self) -> None:
        """Urge whoever puts the defect right."""
        from deskapp.services import tickets

        row: Any = self.table.selected
        if self.view != "open" or row is None:
            return
        desk, ticket = self.desk, row.ticket
        self.act(
            lambda: tickets.urge(desk, ticket),
            lambda _: self.app.say("inspections.urged", number=ticket.number),
        )

    def action_files(self) -> None:
        """Show the files of what is under the cursor."""
        from deskapp.screens.attachments import open_files

        row: Any = self.table.selected
        if row is None:
            return
        noun = {"due": "site", "made": "inspection", "open": "ticket"}[self.view]
        open_files(self, noun, getattr(row, noun).id)

    def action_ticket(self) -> None:
        """Open the rectification."""
        ticket_id = self._ticket_id()
        if ticket_id is not None:
            self.app.open_ticket(ticket_id)

    def action_site(self) -> None:
        """Open the site."""
        from deskapp.screens.sites import show_site

        site_id = self._site_id()
        if site_id is not None:
            show_site(self, site_id)

    def action_leave(self) -> None:
        """Back to what is due, then to the queue."""
        if self.view != "due":
            self.action_look("due")
        else:
            self.app.go("queue")


def _read(desk: Desk) -> Found:
    from deskapp.services import inspections

    due = inspections.due(desk)
    with desk.read() as work:
        return Found(due, work.inspections.open_rectifications(), work.inspections.count())


def record(screen: Framed, site_id: int, ticket_id: int | None = None) -> None:
    """Ask what was found at a site, or at a defect looked at again, and record it."""
    from deskapp.screens import inspection_form

    desk = screen.desk
    form = inspection_form.ReinspectionDialog if ticket_id else inspection_form.InspectionDialog

    def load() -> Loaded:
        return inspection_form.load(desk, site_id, ticket_id)

    def done(recorded: Recorded) -> None:
        ticket, one = recorded.ticket, recorded.inspection
        if ticket is None:
            screen.app.say("inspections.recorded", number=one.number)
        elif ticket_id is None:
            screen.app.say("inspections.slip_issued", number=one.number, ticket=ticket.number)
        elif ticket.is_open:
            screen.app.say("inspections.due_anew", ticket=ticket.number)
        else:
            screen.app.say("inspections.put_right", ticket=ticket.number)

    def opened(loaded: Loaded) -> None:
        edit(screen, loaded, form, lambda begun, values: form.save(desk, begun, values), load, then=done)

    screen.ask(load, opened, group="inspection")


def open_inspection(screen: Framed, client_id: int, site_id: int | None) -> None:
    """Record an inspection of a client's site: the one meant, or ask which."""
    from deskapp.screens.site_choice import SiteChoice
    from deskapp.services.clients import SiteCard, site_cards

    if site_id is not None:
        record(screen, site_id)
        return
    desk = screen.desk

    def read() -> tuple[SiteCard, ...]:
        with desk.read() as work:
            return site_cards(work, work.sites.of(client_id))

    def chosen(sites: tuple[SiteCard, ...]) -> None:
        if not sites:
            screen.app.say("inspections.no_site")
        elif len(sites) == 1:
            record(screen, sites[0].site.id)
        else:
            screen.app.push_screen(SiteChoice(sites), lambda one: record(screen, one) if one else None)

    screen.ask(read, chosen, group="which_site")
