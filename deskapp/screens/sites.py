"""Sites by stage, with the week's counts, what they owe, and any of them found as one types (row S1)."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any, ClassVar

from textual.binding import Binding, BindingType
from textual.content import Content
from textual.widget import Widget

from deskapp.domain.site import GROUPS
from deskapp.i18n import say
from deskapp.screens import site_lists
from deskapp.screens.base import DeskScreen, Panel
from deskapp.screens.dated import Dated
from deskapp.screens.found_list import FoundList, PageFindLine
from deskapp.widgets import painting, signs
from deskapp.widgets.lines import Lines
from deskapp.widgets.record_table import RecordTable

if TYPE_CHECKING:
    from deskapp.desk import Desk
    from deskapp.domain.site import SiteRow, WeekCounts
    from deskapp.screens.base import Framed

DIGITS = tuple((str(place), group) for place, group in enumerate(GROUPS, 1))


@dataclass(frozen=True, slots=True)
class Figures:
    """What stands above the list: sites by stage, how many owe, and a week's counts."""

    stages: dict[str, int]
    owing: int
    week: WeekCounts

    def of(self, group: str) -> int:
        """How many sites of a group there are."""
        return sum(self.stages.get(stage, 0) for stage in GROUPS[group])


class SitesScreen(FoundList, Dated, DeskScreen[None]):
    """Sites in progress, pending, finished, in warranty; those that owe; a week's figures. Enter opens one."""

    PLACE, SCREEN_ID, ROWS = "more", "sites", ("S1",)
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "open", id="sites.open"),
        Binding("slash", "find", id="sites.find"),
        Binding("y", "owing", id="sites.owing"),
        Binding("x", "inspect", id="sites.inspect"),
        Binding("n", "complaint", id="sites.complaint"),
        Binding("o", "client", id="sites.client"),
        Binding("left_square_bracket,less_than_sign", "week(-1)", id="sites.week_before"),
        Binding("right_square_bracket,greater_than_sign", "week(1)", id="sites.week_after"),
        *(
            Binding(digit, f"group('{group}')", id=f"sites.group.{group}", system=True)
            for digit, group in DIGITS
        ),
        Binding("escape", "clear", id="sites.clear"),
    ]
    DEFAULT_CSS = """
    SitesScreen #sites-groups { height: 1; padding: 0 1; }
    SitesScreen #sites-week { height: 1; padding: 0 1; }
    SitesScreen.-narrow #sites-week { height: 2; }
    """

    def __init__(self) -> None:
        super().__init__()
        self.group = "running"
        self.owing = False
        self.weeks = 0
        """How many weeks from this one the counts are of."""
        self.figures: Figures | None = None
        self.groups = Lines(id="sites-groups")
        self.week = Lines(id="sites-week")
        self.typed = PageFindLine("sites-find", "sites.find_label")
        self.table = RecordTable((), empty_code="sites.empty", id="sites-table")
        self.panel = Panel("sites.title", self.typed, self.table)

    def body(self) -> Iterable[Widget]:
        """The groups and the week's counts, a line to type in, and the list."""
        yield self.groups
        yield self.week
        yield self.panel

    def ready(self) -> None:
        """Show the sites in progress."""
        self.table.columns = site_lists.site_columns(self.today)
        self.table.focus()
        self._list()
        self._read()

    def changed(self) -> None:
        """Read anew; the cursor stays on its site."""
        if self.app.desk is not None and self.app.desk.operator is not None:
            self._read()
        super().changed()

    def _list(self) -> None:
        from deskapp.services.sites import SitesListed

        self.table.source = SitesListed(self.desk, self.group, self.today if self.owing else None)
        self._titles()

    def _read(self) -> None:
        desk, today = self.desk, self.today
        day = today + timedelta(weeks=self.weeks)
        self.ask(lambda: _read(desk, today, day), self._show, group="figures")

    def _show(self, figures: Figures) -> None:
        self.figures = figures
        narrow = self.has_class("-narrow")
        self.week.show(site_lists.week_lines(figures.week, self.today, narrow=narrow))
        self._titles()

    def relabel(self) -> None:
        """Say everything again."""
        super().relabel()
        if self.app.desk is not None:
            self.table.columns = site_lists.site_columns(self.today)
            if self.figures is not None:
                self._show(self.figures)

    def _titles(self) -> None:
        figures = self.figures
        words = [_group(digit, group, figures, self.group) for digit, group in DIGITS]
        tone = (
            "bold reverse $error" if self.owing else "$error" if figures and figures.owing else "$text-muted"
        )
        count = figures.owing if figures else ""
        late = f"{signs.sign('overdue')}{say('sites.owing')} {count}"
        self.groups.show([painting.join([*words, Content.assemble(("y ", "$primary"), (late, tone))])])
        which = say("sites.found") if self.typed.read() else say(f"sites.group.{self.group}")
        if self.owing:
            which = f"{which} {say('sites.owing')}"
        rows = self.table.row_count
        self.panel.entitle(which=which, count="" if rows is None else rows)

    def _question(self, typed: str) -> Callable[[], Sequence[SiteRow]]:
        from deskapp.services import sites

        desk, group, owing = self.desk, self.group, self.today if self.owing else None
        return lambda: sites.find(desk, typed, group, owing)

    def _key(self, row: SiteRow) -> Hashable:
        return row.site.id

    def on_record_table_chosen(self, message: RecordTable.Chosen) -> None:
        """Open the site."""
        show_site(self, message.record.site.id)

    def action_find(self) -> None:
        """Type what is looked for: in all sites, unless a group is chosen again."""
        super().action_find()
        if self.group != "all" and not self.typed.read():
            self.action_group("all")

    def action_owing(self) -> None:
        """Show only sites with a payment overdue, or all of the group again."""
        self.owing = not self.owing
        self._again()

    def action_group(self, group: str) -> None:
        """Show another group of sites."""
        self.group = group
        self._again()

    def action_week(self, by: int) -> None:
        """Count for another week."""
        self.weeks += by
        self._read()

    def action_clear(self) -> None:
        """Empty the line, then show those that owe nothing too; then back to the queue."""
        if self.typed.read():
            self.typed.fill("")
            self._list()
        elif self.typed.has_focus:
            self.table.focus()
        elif self.owing:
            self.action_owing()
        else:
            self.app.go("queue")

    def action_inspect(self) -> None:
        """Record an inspection of the site under the cursor."""
        from deskapp.screens.inspections import open_inspection

        row = self.table.selected
        if row is not None:
            open_inspection(self, row.site.client_id, row.site.id)

    def action_complaint(self) -> None:
        """File a complaint about the site under the cursor."""
        from deskapp.screens.places import open_form

        open_form(self.app)

    def action_client(self) -> None:
        """Open the history of the client."""
        row = self.table.selected
        if row is not None:
            self.app.open_client(row.site.client_id)

    def context(self) -> dict[str, Any]:
        """Whom a new complaint is about: the client and site under the cursor."""
        row = self.table.selected
        return {"client_id": row.site.client_id, "site_id": row.site.id} if row else {}


def _group(digit: str, group: str, figures: Figures | None, chosen: str) -> Content:
    count = figures.of(group) if figures else ""
    tone = "bold reverse $primary" if group == chosen else "$foreground"
    return Content.assemble((f"{digit} ", "$primary"), (f"{say(f'sites.group.{group}')} {count}", tone))


def _read(desk: Desk, today: date, day: date) -> Figures:
    from deskapp.services.sites import week_counts

    with desk.read() as work:
        stages, owing = work.sites.count_by_stage(), work.sites.count("all", today)
    return Figures(stages, owing, week_counts(desk, day))


def show_site(screen: Framed, site_id: int) -> None:
    """Open one site over any screen."""
    from deskapp.screens.site import SiteScreen

    screen.app.push_screen(SiteScreen(site_id))


def open_site(screen: Framed, client_id: int, site_id: int | None) -> None:
    """Open a client's site: the one meant, or ask which; one who has none gets a first one."""
    from deskapp.screens import client_acts
    from deskapp.screens.site_choice import SiteChoice
    from deskapp.services.clients import SiteCard, site_cards

    if site_id is not None:
        show_site(screen, site_id)
        return
    desk = screen.desk

    def read() -> tuple[SiteCard, ...]:
        with desk.read() as work:
            return site_cards(work, work.sites.of(client_id))

    def chosen(sites: tuple[SiteCard, ...]) -> None:
        if not sites:
            client_acts.edit_site(screen, client_id, None)
        elif len(sites) == 1:
            show_site(screen, sites[0].site.id)
        else:
            screen.app.push_screen(SiteChoice(sites), lambda one: show_site(screen, one) if one else None)

    screen.ask(read, chosen, group="which_site")
