"""Shops by month, the clients better off, and diagnoses with what came of them (rows S7, C8)."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import TYPE_CHECKING, Any, ClassVar

from textual.binding import Binding, BindingType
from textual.content import Content
from textual.widget import Widget

from deskapp.domain.diagnosis import Diagnosis, DiagnosisRow
from deskapp.domain.praise import month_after
from deskapp.domain.shop import BetterClient, Shop, ShopRow, first_of
from deskapp.i18n import say
from deskapp.screens import shops_acts as acts
from deskapp.screens.base import DeskScreen, Panel
from deskapp.screens.form_dialog import Editing
from deskapp.screens.paged import Listing
from deskapp.screens.shops_lists import better_columns, diagnosis_columns, shop_columns
from deskapp.widgets.record_table import ListSource, RecordTable, Source
from deskapp.widgets.wrapped import Wrapped

if TYPE_CHECKING:
    from deskapp.screens.base import Framed
    from deskapp.services.shops import Better

VIEWS = ("shops", "fallen", "better", "open", "all")
"""What is listed: all shops, those that fell, clients better off, open diagnoses, all of them."""


class ShopsScreen(Editing, Listing, DeskScreen[None]):
    """A month's turnover of every shop, whose results got better, and the diagnoses: one key changes the list."""

    PLACE, SCREEN_ID, ROWS = "more", "shops", ("S7", "C8")
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "open", id="shops.open"),
        Binding("v", "turn", id="shops.turn"),
        Binding("n", "add", id="shops.add"),
        Binding("t", "turnover", id="shops.turnover"),
        Binding("d", "diagnosis", id="shops.diagnosis"),
        Binding("r", "outcome", id="shops.outcome"),
        Binding("e", "edit", id="shops.edit"),
        Binding("left_square_bracket", "month(-1)", id="shops.earlier"),
        Binding("right_square_bracket", "month(1)", id="shops.later"),
        Binding("o", "open_client", id="shops.client"),
        *(
            Binding(str(place), f"view('{view}')", id=f"shops.view.{view}", system=True)
            for place, view in enumerate(VIEWS, 1)
        ),
        Binding("escape", "back", id="back"),
    ]
    DEFAULT_CSS = """
    ShopsScreen #shops-figures { height: auto; padding: 0 2; }
    """

    def __init__(self) -> None:
        super().__init__()
        self.view = VIEWS[0]
        self.month = date.min
        self.figures = Wrapped(grow=True, id="shops-figures")
        self.shops = RecordTable((), empty_code="shop.none", id="shops-table")
        self.better = RecordTable(better_columns(), empty_code="shop.none_better", id="better-table")
        self.diagnoses = RecordTable((), empty_code="diagnosis.none", id="diagnoses-table")
        self.panel = Panel("shop.title", self.shops, self.better, self.diagnoses)

    @property
    def table(self) -> RecordTable:
        """The list that is shown."""
        return {"better": self.better, "open": self.diagnoses, "all": self.diagnoses}.get(
            self.view, self.shops
        )

    def body(self) -> Iterable[Widget]:
        """The figures, and the list."""
        yield self.figures
        yield self.panel

    def ready(self) -> None:
        """Begin with this month's shops."""
        self.month = self._this_month()
        self._columns()
        self._look()

    def _this_month(self) -> date:
        return first_of(self.desk.local(self.desk.now()).date())

    def _columns(self) -> None:
        self.shops.columns, self.better.columns = shop_columns(self.desk), better_columns()
        self.diagnoses.columns = diagnosis_columns(self.desk)

    def changed(self) -> None:
        """Read anew; the cursor stays."""
        if self.app.desk is None or self.app.desk.operator is None:
            return
        if self.view == "fallen":
            self._read_fallen(anew=True)
        elif self.view != "better":
            self.table.refresh_rows()
        self._read_better(anew=True)

    def _look(self) -> None:
        from deskapp.services.diagnoses import Diagnoses
        from deskapp.services.shops import AllShops

        for table in (self.shops, self.better, self.diagnoses):
            table.display = table is self.table
        if self.view == "shops":
            self._list(AllShops(self.desk, self.month))
        elif self.view == "fallen":
            self._list(ListSource())
            self._read_fallen(anew=False)
        elif self.view == "better":
            self._list(ListSource())
        else:
            self._list(Diagnoses(self.desk, only_open=self.view == "open"))
        self.table.focus()
        self.refresh_bindings()
        self._titles()
        self._read_better(anew=False)

    def _list(self, source: Source) -> None:
        self.table.source = source

    def _titles(self) -> None:
        count = self.table.row_count
        words = say(f"shop.view.{self.view}")
        self.panel.title_code = "diagnosis.title" if self.table is self.diagnoses else "shop.title"
        self.panel.entitle(view=words, month=f"{self.month:%Y-%m}", count="" if count is None else count)
        self.panel.relabel()
        self.panel.whisper(" ".join(f"{n} {say(f'shop.view.{view}')}" for n, view in enumerate(VIEWS, 1)))

    def _read_fallen(self, *, anew: bool) -> None:
        from deskapp.services.shops import fallen

        desk, month = self.desk, self.month
        self.ask(
            lambda: fallen(desk, month),
            lambda rows: self._fill("fallen", rows, lambda row: row.shop.id, anew=anew),
            group="fallen",
        )

    def _read_better(self, *, anew: bool) -> None:
        from deskapp.services.shops import better_in

        desk, month = self.desk, self.month
        self.ask(
            lambda: better_in(desk, month), lambda found: self._show_better(found, anew=anew), group="better"
        )

    def _show_better(self, found: Better, *, anew: bool) -> None:
        if found.month != self.month:
            return
        tone = "bold $success" if found.count >= found.target else "bold $warning"
        words = say("shop.better", month=f"{found.month:%Y-%m}", count=found.count, target=found.target)
        self.figures.show(
            [Content.styled(words, tone), Content.styled(say("shop.better_formula"), "$text-muted")]
        )
        self._fill("better", found.clients, lambda row: row.client_id, anew=anew)

    def _fill(self, view: str, rows: Iterable[Any], key: Any, *, anew: bool) -> None:
        """Show a short list; read anew, the cursor stays on its line."""
        if self.view != view:
            return
        if anew and isinstance(self.table.source, ListSource):
            self.table.source.replace(rows)
            self.table.refresh_rows()
        else:
            self.table.source = ListSource(rows, key)

    def relabel(self) -> None:
        """Say everything again."""
        super().relabel()
        if self.app.desk is not None and self.app.desk.operator is not None:
            self._columns()
            self._titles()
            self._read_better(anew=True)

    def on_record_table_counted(self, message: RecordTable.Counted) -> None:
        """The list knows its length."""
        self._titles()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Turnover is a shop's, an outcome a diagnosis's."""
        lists_diagnoses = self.view in ("open", "all")
        if action == "outcome":
            return lists_diagnoses
        if action == "turnover":
            return self.view in ("shops", "fallen")
        return self.view != "better" if action == "edit" else True

    def context(self) -> dict[str, Any]:
        """Whom a new complaint is about: the client under the cursor."""
        return {"client_id": self._client_id()}

    def _client_id(self) -> int | None:
        row = self.table.selected
        if isinstance(row, ShopRow):
            return row.shop.client_id
        if isinstance(row, DiagnosisRow):
            return row.diagnosis.client_id
        return row.client_id if isinstance(row, BetterClient) else None

    def action_turn(self) -> None:
        """Show the next list."""
        self.action_view(VIEWS[(VIEWS.index(self.view) + 1) % len(VIEWS)])

    def action_view(self, view: str) -> None:
        """Show a list."""
        self.view = view
        self._look()

    def action_month(self, months: int) -> None:
        """Another month; none that is still to come."""
        other = month_after(self.month, months)
        if other > self._this_month():
            self.app.say("shop.month_to_come", value=other)
            return
        self.month = other
        self._look()

    def action_open(self) -> None:
        """Open the client, or enter what came of the diagnosis."""
        self.table.action_choose()

    def on_record_table_chosen(self, message: RecordTable.Chosen) -> None:
        """Open it."""
        if isinstance(message.record, DiagnosisRow):
            self.action_outcome()
        else:
            self.action_open_client()

    def action_open_client(self) -> None:
        """Open the history of the client under the cursor."""
        client_id = self._client_id()
        if client_id is not None:
            self.app.open_client(client_id)

    def action_add(self) -> None:
        """Open a shop of a client."""
        if self.may("shop.save"):
            acts.ask_shop(self, Shop())

    def action_edit(self) -> None:
        """Change the shop or the diagnosis under the cursor."""
        row = self.table.selected
        if isinstance(row, ShopRow) and self.may("shop.save"):
            acts.ask_shop(self, row.shop)
        elif isinstance(row, DiagnosisRow) and self.may("diagnosis.save"):
            acts.ask_diagnosis(self, row.diagnosis)

    def action_turnover(self) -> None:
        """Write down what the shop turned over in the month shown."""
        row = self.table.selected
        if isinstance(row, ShopRow) and self.may("shop.save"):
            acts.ask_turnover(self, row.shop.id, self.month)

    def action_diagnosis(self) -> None:
        """Diagnose the shop, or the client of the line, under the cursor."""
        row, client_id = self.table.selected, self._client_id()
        if client_id is None or not self.may("diagnosis.save"):
            return
        shop_id = row.shop.id if isinstance(row, ShopRow) else None
        acts.ask_diagnosis(self, Diagnosis(client_id=client_id, shop_id=shop_id))

    def action_outcome(self) -> None:
        """Say what came of the advice."""
        row = self.table.selected
        if isinstance(row, DiagnosisRow) and self.may("diagnosis.save"):
            acts.ask_outcome(self, row.diagnosis)

    def action_back(self) -> None:
        """Back to the shops; from there to the queue."""
        if self.view != VIEWS[0]:
            self.action_view(VIEWS[0])
        else:
            self.app.go("queue")


def open_diagnosis(screen: Framed, client_id: int, site_id: int | None) -> None:
    """Diagnose a client's only shop, else the site meant: a shop there is comes before a site."""
    desk = screen.desk

    def read() -> Diagnosis:
        with desk.read() as work:
            shops = [one for one in work.shops.of(client_id) if one.active]
        if shops:
            return Diagnosis(client_id=client_id, shop_id=shops[0].id)
        return Diagnosis(client_id=client_id, site_id=site_id)

    screen.ask(read, lambda one: acts.ask_diagnosis(screen, one), group="diagnosis")
