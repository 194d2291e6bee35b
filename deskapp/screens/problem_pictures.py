"""Pictures of problems in the terminal: when they happen, how it went, how fast the first answer came (row R4)."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, ClassVar

from textual.binding import Binding, BindingType
from textual.content import Content
from textual.widget import Widget

from deskapp.domain.period import Period
from deskapp.domain.problem_analysis import SCOPES, turned_to
from deskapp.i18n import say
from deskapp.screens.base import DeskScreen, Panel
from deskapp.services import problem_charts
from deskapp.services.problems import HEAT_OF
from deskapp.widgets.charts import ChartView
from deskapp.widgets.safe_text import shown
from deskapp.widgets.wrapped import Wrapped

if TYPE_CHECKING:
    from deskapp.desk import Desk
    from deskapp.domain.document import Chart

PICTURES = ("heat", "trend", "gauge")


class PictureScreen(DeskScreen[None]):
    """One picture at a time, as large as the terminal; the period turns under it."""

    PLACE, SCREEN_ID, ROWS = "more", "problem_pictures", ("R3", "R4")
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("h", "show('heat')", id="problems.heat"),
        Binding("t", "show('trend')", id="problems.trend"),
        Binding("g", "show('gauge')", id="problems.gauge"),
        Binding("a", "what", id="problems.what"),
        Binding("w", "unit('week')", id="problems.week"),
        Binding("m", "unit('month')", id="problems.month"),
        Binding("q", "unit('quarter')", id="problems.quarter"),
        Binding("left,left_square_bracket", "turn(-1)", id="problems.earlier"),
        Binding("right,right_square_bracket", "turn(1)", id="problems.later"),
        Binding("escape", "leave", id="back"),
    ]
    DEFAULT_CSS = """
    PictureScreen #picture-words { height: auto; padding: 0 1; }
    PictureScreen #picture { margin: 0 1; }
    """

    def __init__(self, which: str, period: Period, scope: str) -> None:
        super().__init__()
        self.which, self.period = which, period
        self.of = scope
        """What is counted: one of HEAT_OF; a trend counts tickets only."""
        self.view = ChartView(id="picture")
        self.words = Wrapped(grow=True, id="picture-words")
        self.panel = Panel("", self.view)

    def body(self) -> Iterable[Widget]:
        """The picture, and how it is reckoned."""
        yield self.panel
        yield self.words

    def ready(self) -> None:
        """Draw."""
        self._read()

    def changed(self) -> None:
        """Draw what is known now."""
        if self.app.desk is not None and self.app.desk.operator is not None:
            self._read()

    def relabel(self) -> None:
        """Say everything again."""
        super().relabel()
        if self.app.desk is not None:
            self._read()

    def action_show(self, which: str) -> None:
        """Show another picture."""
        self.which = which
        self._read()

    def action_what(self) -> None:
        """Count something else: complaints, everything found wrong, calls in, calls out."""
        choices = HEAT_OF if self.which == "heat" else tuple(SCOPES)
        place = choices.index(self.of) if self.of in choices else -1
        self.of = choices[(place + 1) % len(choices)]
        self._read()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """The gauge is of complaints only."""
        return not (action == "what" and self.which == "gauge")

    def action_turn(self, by: int) -> None:
        """Go to the period before or after."""
        self.period = self.period.before() if by < 0 else self.period.after()
        self._read()

    def action_unit(self, unit: str) -> None:
        """Count by week, month or quarter."""
        from deskapp.services.planning import today_of

        self.period = turned_to(self.period, unit, today_of(self.desk, self.desk.now()))
        self._read()

    def _read(self) -> None:
        desk, which, period, of = self.desk, self.which, self.period, self.of
        self.refresh_bindings()
        self.words.show([Content.styled(say(f"problems.picture.formula_{which}"), "$text-muted")])
        self.ask(lambda: charts_of(desk, which, period, of), self._show, group="picture")

    def _show(self, charts: tuple[Chart, ...]) -> None:
        self.panel.border_title = _plain(charts[0].caption)
        self.view.show_charts(charts)

    def action_leave(self) -> None:
        """Back to the bars."""
        self.dismiss(None)


def charts_of(desk: Desk, which: str, period: Period, of: str) -> tuple[Chart, ...]:
    """Read the charts of a picture, the gauge beside that of the period before; runs in a thread."""
    if which == "heat":
        return (problem_charts.heat_chart(desk, period, of),)
    if which == "trend":
        return (problem_charts.trend_chart(desk, period, of if of in SCOPES else "complaint"),)
    return tuple(problem_charts.gauge_chart(desk, one) for one in (period, period.before()))


def _plain(text: str) -> str:
    from textual.markup import escape

    return escape(shown(text))
