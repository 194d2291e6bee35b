"""Problem analysis: the vital few, what is new and what grows, what was suggested; every bar opens (rows R3, R4)."""

from __future__ import annotations

from collections.abc import Iterable
from functools import partial
from typing import TYPE_CHECKING, ClassVar

from textual.binding import Binding, BindingType
from textual.containers import Container
from textual.widget import Widget

from deskapp.domain.period import Period, period_of
from deskapp.domain.problem_analysis import DIMENSIONS, SCOPES, turned_to
from deskapp.i18n import say
from deskapp.screens import problem_lists as lists
from deskapp.screens.base import DeskScreen, Panel
from deskapp.screens.form_dialog import Editing
from deskapp.screens.paged import Listing
from deskapp.widgets.record_table import ListSource, RecordTable
from deskapp.widgets.wrapped import Wrapped

if TYPE_CHECKING:
    from datetime import date

    from deskapp.desk import Desk
    from deskapp.domain.problem_analysis import Bar
    from deskapp.domain.register import RegisterEntry
    from deskapp.services.problems import Analysis

OTHER_SCOPE = dict(zip(SCOPES, [*list(SCOPES)[1:], next(iter(SCOPES))], strict=True))


class PeriodTable(RecordTable):
    """A list one turns the period of: left and right go to the one before and after."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("left", "screen.turn(-1)", id="problems.left", show=False, system=True),
        Binding("right", "screen.turn(1)", id="problems.right", show=False, system=True),
    ]


class ProblemsScreen(Editing, Listing, DeskScreen[None]):
    """The causes as a Pareto over a period; beside them what grows, what is new, who was lost, what was suggested."""

    PLACE, SCREEN_ID, ROWS = "more", "problems", ("R3", "R4")
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "open", id="problems.open"),
        Binding("d", "dimension(1)", id="problems.dimension"),
        *(
            Binding(str(place), f"look({place})", id=f"problems.look.{name}", system=True)
            for place, name in enumerate(DIMENSIONS, 1)
        ),
        Binding("h", "picture('heat')", id="problems.heat"),
        Binding("t", "picture('trend')", id="problems.trend"),
        Binding("g", "picture('gauge')", id="problems.gauge"),
        Binding("l", "lost", id="problems.lost"),
        Binding("s", "suggest", id="problems.suggest"),
        Binding("w", "unit('week')", id="problems.week"),
        Binding("m", "unit('month')", id="problems.month"),
        Binding("q", "unit('quarter')", id="problems.quarter"),
        Binding("left_square_bracket", "turn(-1)", id="problems.earlier"),
        Binding("right_square_bracket", "turn(1)", id="problems.later"),
        Binding("a", "scope", id="problems.scope"),
        Binding("escape", "leave", id="back"),
    ]
    DEFAULT_CSS = """
    ProblemsScreen #problems-both { layout: horizontal; height: 1fr; }
    ProblemsScreen.-narrow #problems-both { layout: vertical; }
    ProblemsScreen #problems-side { width: 38; height: 1fr; padding: 0 1; }
    ProblemsScreen.-narrow #problems-side { width: 1fr; height: 7; }
    """

    def __init__(self) -> None:
        super().__init__()
        self.dimension, self.scope, self.unit = DIMENSIONS[0], next(iter(SCOPES)), "month"
        self.period: Period | None = None
        self.analysis: Analysis | None = None
        self.table = PeriodTable((), empty_code="problems.empty", id="problems-table")
        self.side = Wrapped(id="problems-side")
        self.panel = Panel("problems.title", self.table)

    def body(self) -> Iterable[Widget]:
        """The bars, and what is to be said of them."""
        yield Container(self.panel, self.side, id="problems-both")

    def ready(self) -> None:
        """Show the present month by category."""
        self.period = period_of(self.unit, _today(self.desk))
        self.table.focus()
        self._read(anew=True)

    def changed(self) -> None:
        """Count anew."""
        if self.app.desk is not None and self.app.desk.operator is not None:
            self._read()

    def relabel(self) -> None:
        """Say everything again."""
        super().relabel()
        if self.analysis is not None:
            self._arrange(self.analysis)

    def on_resize(self) -> None:
        """Other columns have room now."""
        if self.analysis is not None:
            self.call_after_refresh(self._arrange, self.analysis)

    def action_turn(self, by: int) -> None:
        """Go to the period before or after."""
        if self.period is not None:
            self.period = self.period.before() if by < 0 else self.period.after()
            self._read(anew=True)

    def action_unit(self, unit: str) -> None:
        """Count by week, month or quarter: the one the last day looked at lies in, or today's."""
        if self.period is None:
            return
        self.unit = unit
        self.period = turned_to(self.period, unit, _today(self.desk))
        self._read(anew=True)

    def action_dimension(self, by: int) -> None:
        """Look from another side: by category, trade, crew, material, cause, severity, department, month."""
        self.action_look((DIMENSIONS.index(self.dimension) + by) % len(DIMENSIONS) + 1)

    def action_look(self, place: int) -> None:
        """Look from the side with this digit."""
        self.dimension = DIMENSIONS[place - 1]
        self._read(anew=True)

    def action_scope(self) -> None:
        """Count complaints alone, or everything somebody found wrong."""
        self.scope = OTHER_SCOPE[self.scope]
        self._read(anew=True)

    def _read(self, *, anew: bool = False) -> None:
        from deskapp.services import problems

        desk, period = self.desk, self.period
        if period is not None:
            reading = partial(problems.analyse, desk, period, self.dimension, self.scope)
            self.ask(reading, partial(self._show, anew), group="problems")

    def _show(self, anew: bool, analysis: Analysis) -> None:
        self.analysis = analysis
        self._arrange(analysis)
        newest_first = -1 if analysis.dimension == "month" else 1
        bars = list(analysis.bars)[::newest_first]
        source = self.table.source
        if anew or not isinstance(source, ListSource):
            self.table.source = ListSource(bars, key=lambda bar: bar.value)
        else:
            source.replace(bars)
            self.table.refresh_rows()
        self._say_side()

    def _arrange(self, analysis: Analysis) -> None:
        from deskapp.services.problem_charts import period_words

        self.table.columns = lists.bar_columns(analysis, self.has_class("-wide"))
        self.panel.entitle(
            what=say(f"problems.scope.{analysis.scope}"),
            by=say(f"problems.by.{analysis.dimension}"),
            period=period_words(analysis.period),
            count=analysis.total,
        )
        days = analysis.period.days
        runs = say("problems.runs", begun=analysis.begun, days=days)
        stands = runs if analysis.runs else say("problems.over", days=days)
        parts = [say("problems.before", count=analysis.before), stands]
        if vital := sum(bar.vital for bar in analysis.bars):
            percent = self.desk.policy.vital_percent
            parts.append(say("problems.vital_line", count=vital, percent=percent))
        self.panel.whisper(" · ".join(parts))
        self._say_side()

    def _say_side(self) -> None:
        from deskapp.services.problems import measures_of

        if self.analysis is not None:
            bar: Bar | None = self.table.selected
            if bar not in self.analysis.bars:
                bar = self.analysis.bars[0] if self.analysis.bars else None
            width = self.side.size.width
            self.side.show(lists.side_lines(self.analysis, bar, measures_of(self.desk), width))

    def on_record_table_highlighted(self, message: RecordTable.Highlighted) -> None:
        """Show what was suggested on the bar under the cursor."""
        self._say_side()

    def on_record_table_chosen(self, message: RecordTable.Chosen) -> None:
        """Open the tickets behind the bar."""
        if self.analysis is not None:
            from deskapp.screens.problem_tickets import ProblemTicketsScreen

            self.app.push_screen(ProblemTicketsScreen(self.analysis, message.record.value))

    def action_open(self) -> None:
        """Open the tickets behind the bar under the cursor."""
        self.table.action_choose()

    def action_picture(self, which: str) -> None:
        """Show when it happens, how it went over time, or how fast the first answer came."""
        from deskapp.screens.problem_pictures import PictureScreen

        if self.period is not None:
            self.app.push_screen(PictureScreen(which, self.period, self.scope))

    def action_lost(self) -> None:
        """Show who was lost, and why."""
        from deskapp.screens.problem_tickets import LostScreen

        if self.period is not None:
            self.app.push_screen(LostScreen(self.period))

    def action_suggest(self) -> None:
        """Write a suggestion on the bar under the cursor, filled in as far as it is known."""
        from deskapp.domain.register import RegisterEntry
        from deskapp.screens.register_form import write
        from deskapp.services import problems
        from deskapp.services.problem_charts import value_words
        from deskapp.services.registers import kinds

        bar: Bar | None = self.table.selected
        analysis = self.analysis
        if analysis is None or not self.may("register.save"):
            return
        if bar is None or analysis.dimension == "month":
            self.app.say("problems.pick_one" if bar is None else "problems.not_here")
            return
        desk, value = self.desk, bar.value
        chosen = problems.selection(desk, analysis.period, analysis.scope, analysis.dimension, value)
        key = problems.problem_key(analysis.dimension, value)
        entry: RegisterEntry = RegisterEntry(register=problems.SUGGESTIONS, data={"problem": key})
        about = value_words(analysis.dimension, value)

        def opened(department: str) -> None:
            write(self, kinds()[problems.SUGGESTIONS], entry, {"about": about, "department": department})

        self.ask(lambda: problems.answers_for(desk, chosen), opened, group="suggest")

    def action_leave(self) -> None:
        """Back to the queue."""
        self.app.go("queue")


def _today(desk: Desk) -> date:
    from deskapp.services.planning import today_of

    return today_of(desk, desk.now())
