"""Praise by name and evaluation forms, month by month: written down, reported, sent, returned (rows A3, A4)."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import TYPE_CHECKING, ClassVar

from textual.binding import Binding, BindingType
from textual.content import Content
from textual.widget import Widget

from deskapp.domain.praise import (
    TRADES,
    WHICH_FORMS,
    Evaluation,
    EvaluationRow,
    MonthFigures,
    Praise,
    PraiseRow,
    month_of,
)
from deskapp.i18n import say
from deskapp.screens import paint
from deskapp.screens.base import DeskScreen, Panel
from deskapp.screens.dated import Monthly
from deskapp.screens.evaluations import form_columns
from deskapp.screens.form_dialog import Editing
from deskapp.screens.paged import Listing
from deskapp.screens.praises_forms import ask_praise, ask_return, ask_send
from deskapp.screens.sanction_words import state_words
from deskapp.services import evaluations
from deskapp.services.evaluations import MonthForms
from deskapp.services.praises import MonthPraise
from deskapp.widgets import painting, signs
from deskapp.widgets.record_table import Column, PaintContext, RecordTable
from deskapp.widgets.safe_text import shown
from deskapp.widgets.wrapped import Wrapped

if TYPE_CHECKING:
    from deskapp.desk import Desk
    from deskapp.screens.base import Framed


REWARDED = ("proposed", "decided", "appealed", "confirmed")
"""States in which a praise has its reward, or waits for it."""


class PraisesScreen(Editing, Listing, Monthly, DeskScreen[None]):
    """A month's praise or its evaluation forms, with the figures above: one key changes between the two."""

    PLACE, SCREEN_ID, ROWS = "more", "praises", ("A3", "A4")
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "open", id="praises.open"),
        Binding("v", "view", id="praises.view"),
        Binding("n", "add", id="praises.add"),
        Binding("r", "report", id="praises.report"),
        Binding("w", "reward", id="praises.reward"),
        Binding("s", "send", id="praises.send"),
        Binding("f", "which", id="praises.which"),
        Binding("k", "remind", id="praises.remind"),
        Binding("t", "means", id="praises.means"),
        Binding("p", "paper", id="praises.paper"),
        Binding("left_square_bracket", "month(-1)", id="praises.earlier"),
        Binding("right_square_bracket", "month(1)", id="praises.later"),
        Binding("o", "open_client", id="praises.client"),
        Binding("escape", "leave", id="back"),
    ]
    DEFAULT_CSS = """
    PraisesScreen #praises-figures { height: auto; padding: 0 2; }
    """

    def __init__(self) -> None:
        super().__init__()
        self.forms = False
        """Whether evaluation forms are shown, not praise."""
        self.which = WHICH_FORMS[0]
        """Which of the forms are listed."""
        self.trade = ""
        """The trade whose scores the forms listed are behind; "" lists them all."""
        self.month = date.min
        self.figures = Wrapped(grow=True, id="praises-figures")
        self.praise = RecordTable((), empty_code="praise.empty", id="praises-table")
        self.returns = RecordTable(form_columns(), empty_code="praise.no_forms", id="evaluations-table")
        self.panel = Panel("praise.title", self.praise, self.returns)

    @property
    def table(self) -> RecordTable:
        """The list that is shown."""
        return self.returns if self.forms else self.praise

    def body(self) -> Iterable[Widget]:
        """The figures, and the list."""
        yield self.figures
        yield self.panel

    def ready(self) -> None:
        """Begin with this month's praise."""
        self.month = self.this_month
        self.praise.columns = praise_columns(self.desk)
        self._look()

    def changed(self) -> None:
        """Read anew; the cursor stays."""
        if self.app.desk is None or self.app.desk.operator is None:
            return
        self.table.refresh_rows()
        self._read_figures()

    def _look(self) -> None:
        self.returns.display, self.praise.display = self.forms, not self.forms
        desk, month = self.desk, self.month
        if self.forms:
            self.table.source = MonthForms(desk, month, self.which, self.trade)
        else:
            self.table.source = MonthPraise(desk, month)
        self.table.focus()
        self.panel.title_code = "praise.forms_title" if self.forms else "praise.title"
        self._titles()
        self.refresh_bindings()
        self._read_figures()

    def _titles(self) -> None:
        count = self.table.row_count
        which = say(f"praise.which.{self.which}")
        if self.trade:
            which = say("praise.scored", trade=say(f"staff.trade.{self.trade}"))
        self.panel.entitle(month=f"{self.month:%Y-%m}", count="" if count is None else count, which=which)
        self.panel.relabel()

    def _read_figures(self) -> None:
        from deskapp.services.praises import month_figures

        desk, month = self.desk, self.month
        self.ask(lambda: month_figures(desk, month), self._show_figures, group="figures")

    def _show_figures(self, found: MonthFigures) -> None:
        self.figures.show(figure_lines(found))

    def relabel(self) -> None:
        """Say everything again."""
        super().relabel()
        if self.app.desk is not None and self.app.desk.operator is not None:
            self.praise.columns, self.returns.columns = praise_columns(self.desk), form_columns()
            self._titles()
            self._read_figures()

    def on_record_table_counted(self, message: RecordTable.Counted) -> None:
        """The list knows its length."""
        self._titles()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Praise is reported, forms are sent."""
        if action in ("add", "report", "reward"):
            return not self.forms
        return self.forms if action in ("send", "which", "remind", "means", "paper") else True

    def action_view(self) -> None:
        """Show forms instead of praise, or praise again."""
        self.forms, self.trade = not self.forms, ""
        self._look()

    def month_turned(self) -> None:
        """Show the month it is now about."""
        self._look()

    def action_open(self) -> None:
        """Change the praise under the cursor, or enter what the form came back with."""
        self.table.action_choose()

    def on_record_table_chosen(self, message: RecordTable.Chosen) -> None:
        """Open it."""
        row = message.record
        if isinstance(row, EvaluationRow):
            if self.may("evaluation.save"):
                ask_return(self, row.evaluation)
        elif row.praise.reported_at is not None:
            self.app.say("praise.reported")
        elif self.may("praise.save"):
            ask_praise(self, row.praise)

    def action_add(self) -> None:
        """Write praise down that came by letter, by visit, by word of mouth."""
        if self.may("praise.save"):
            ask_praise(self, Praise(source="praise"))

    def action_report(self) -> None:
        """Report the praise under the cursor to the company."""
        row = self.table.selected
        if not isinstance(row, PraiseRow):
            return
        from deskapp.services import praises

        desk = self.desk
        self.act(
            lambda: praises.report(desk, row.praise),
            lambda _: self.app.say("praise.report_done", name=shown(row.staff)),
        )

    def action_reward(self) -> None:
        """Propose a reward for whoever is praised under the cursor; decided in place by whoever may."""
        from deskapp.screens import sanction_forms

        row, desk = self.table.selected, self.desk
        if not isinstance(row, PraiseRow) or not self.may("sanction.propose"):
            return
        if row.reward in REWARDED:
            self.app.say("praise.rewarded", name=shown(row.staff))
            return
        sanction_forms.propose(self, lambda: sanction_forms.read_for_praise(desk, row.praise))

    def action_send(self) -> None:
        """Send the month's forms."""
        if self.may("evaluation.save"):
            ask_send(self, self.month, self._look)

    def action_which(self) -> None:
        """List all forms, those sent, returned, still out, or late."""
        self.which = WHICH_FORMS[(WHICH_FORMS.index(self.which) + 1) % len(WHICH_FORMS)]
        self.trade = ""
        self._look()

    def action_means(self) -> None:
        """Show the mean scores by trade, and list the forms behind the one chosen."""
        from deskapp.screens.evaluations import MeansDialog
        from deskapp.services.praises import month_figures

        desk, month = self.desk, self.month

        def chosen(trade: str | None) -> None:
            if trade:
                self.which, self.trade = WHICH_FORMS[0], trade
                self._look()

        def show(found: MonthFigures) -> None:
            self.app.push_screen(MeansDialog(month, found.by_trade or {}), chosen)

        self.ask(lambda: month_figures(desk, month), show, group="means")

    def action_paper(self) -> None:
        """Show the form under the cursor as it is printed for the client."""
        from deskapp.screens.evaluations import EvaluationPaperScreen

        row = self.table.selected
        if isinstance(row, EvaluationRow):
            self.app.push_screen(EvaluationPaperScreen(row.evaluation.id))

    def action_remind(self) -> None:
        """Put a call into the queue for every form of the month that is late."""
        desk, month = self.desk, self.month
        if self.may("call.plan"):
            self.act(
                lambda: evaluations.remind(desk, month),
                lambda count: self.app.say("praise.remind.done", count=count),
            )

    def action_open_client(self) -> None:
        """Open the history of the client under the cursor."""
        row = self.table.selected
        client_id = None
        if isinstance(row, EvaluationRow):
            client_id = row.evaluation.client_id
        elif isinstance(row, PraiseRow):
            client_id = row.praise.client_id
        if client_id is not None:
            self.app.open_client(client_id)

    def action_leave(self) -> None:
        """From the forms of a trade to all of them, then back to the queue."""
        if self.trade:
            self.trade = ""
            self._look()
        else:
            self.app.go("queue")


def figure_lines(found: MonthFigures) -> list[Content]:
    """A month in figures: forms sent, returned and how many of a hundred, praise, the mean score by trade."""
    rate = "-" if found.return_rate is None else f"{found.return_rate * 100:.0f}%"
    earlier = "-" if found.rate_before is None else f"{found.rate_before * 100:.0f}%"
    before = say("praise.figures.before", rate=earlier)
    late = say("praise.figures.late", count=found.late)
    lines = [
        Content.assemble(
            say("praise.figures.forms", sent=found.sent, returned=found.returned),
            "  ",
            (say("praise.figures.rate", rate=rate), "bold"),
            (f" {before}", "$text-muted"),
            (f"  {late}" if found.late else "", "$error"),
            "   ",
            say("praise.figures.praised", count=found.praised, reported=found.reported),
        )
    ]
    by_trade = found.by_trade or {}
    parts = [
        f"{say(f'staff.trade.{trade}')} {by_trade[trade][0]:.1f} ({by_trade[trade][1]})"
        for trade in TRADES
        if trade in by_trade
    ]
    means = "  ".join(parts) or say("praise.figures.none")
    return [*lines, Content.assemble((f"{say('praise.figures.means')}  ", "$text-muted"), means)]


def praise_columns(desk: Desk) -> list[Column]:
    """When, who, where they work, who says so, in which words, and whether it was reported."""

    def at(row: PraiseRow, _: PaintContext) -> Content:
        return Content.styled(paint.when(desk, row.praise.at), "$text-muted")

    def reported(row: PraiseRow, _: PaintContext) -> Content:
        if row.praise.reported_at is None and not row.reward:
            return Content.styled(f"{signs.sign('missed')} {say('praise.not_yet')}", "$warning")
        if row.reward:
            return state_words(row.reward, say("sanction.kind.reward"))
        return Content.styled(
            f"{signs.sign('met')} {paint.when(desk, row.praise.reported_at)}", "$text-muted"
        )

    def department(row: PraiseRow, _: PaintContext) -> Content:
        trade = say(f"staff.trade.{row.trade}") if row.trade else ""
        return painting.join([Content(trade), painting.safe(row.department, "$text-muted")], " ")

    return [
        Column("at", "praise.column.at", 11, at),
        Column("staff", "praise.column.staff", 10, lambda row, _: painting.safe(row.staff, "bold")),
        Column("department", "praise.column.department", 18, department, min_terminal=100),
        Column("words", "praise.column.words", None, lambda row, _: painting.safe(_line(row.praise.words))),
        Column("client", "praise.column.client", 10, lambda row, _: painting.safe(row.client, "$text-muted")),
        Column("reported", "praise.column.reported", 17, reported),
    ]


def _line(words: str) -> str:
    return " ".join(words.split())


def open_praise(screen: Framed, client_id: int, site_id: int | None) -> None:
    """Write down whom a client praises."""
    ask_praise(screen, Praise(source="praise", client_id=client_id, site_id=site_id))


def open_evaluation(screen: Framed, client_id: int, site_id: int | None) -> None:
    """Enter the evaluation form of a client's site: the one sent last, or one handed over unasked."""
    desk = screen.desk

    def read() -> Evaluation | None:
        at = site_id
        if at is None:
            with desk.read() as work:
                sites = work.sites.of(client_id)
            done = [site for site in sites if site.completed_on is not None]
            at = next((site.id for site in (*done, *sites)), None)
        if at is None:
            return None
        local = desk.local(desk.now())
        fresh = Evaluation(site_id=at, client_id=client_id, month=month_of(date(local.year, local.month, 1)))
        return evaluations.open_of(desk, at) or fresh

    def opened(found: Evaluation | None) -> None:
        if found is None:
            screen.app.say("praise.no_site")
        else:
            ask_return(screen, found)

    screen.ask(read, opened, group="evaluation")
