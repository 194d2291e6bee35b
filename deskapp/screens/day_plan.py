"""The day's plan: tonight tomorrow's clients are chosen, each for a reason; today's are seen being called (row C7)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING, Any, ClassVar

from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.widget import Widget

from deskapp.domain.day_plan import DAYS_AHEAD, Candidate, next_working_day, reasons_of
from deskapp.i18n import say
from deskapp.screens import paint
from deskapp.screens.base import DeskScreen, Panel
from deskapp.screens.day_plan_lists import (
    PlanLine,
    day_words,
    lines_of,
    plan_columns,
    shop_lines,
    why_lines,
    words_of,
)
from deskapp.screens.form_dialog import Editing
from deskapp.screens.paged import Listing
from deskapp.widgets import painting
from deskapp.widgets.lines import Lines
from deskapp.widgets.record_table import ListSource, RecordTable
from deskapp.widgets.safe_text import shown
from deskapp.widgets.wrapped import Wrapped

if TYPE_CHECKING:
    from deskapp.desk import Desk
    from deskapp.screens.base import Framed
    from deskapp.services.clients import ClientFile
    from deskapp.services.day_plan import Chosen, Pick, Proposal
    from deskapp.services.shops import Better, ShopFigures


@dataclass
class Marks:
    """What was marked for a day and is not kept yet, in the order marked; and clients found by name."""

    added: dict[int, None] = field(default_factory=dict)
    dropped: set[int] = field(default_factory=set)
    found: dict[int, Candidate] = field(default_factory=dict)

    @property
    def any(self) -> bool:
        """Whether there is anything to keep."""
        return bool(self.added or self.dropped)


class DayPlanScreen(Editing, Listing, DeskScreen[None]):
    """Whom to call on a day: those chosen, then those the console proposes, with the reasons in words."""

    PLACE, SCREEN_ID, ROWS = "more", "day_plan", ("C7",)
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("space", "mark", id="day_plan.mark"),
        Binding("enter,ctrl+s", "keep", id="day_plan.keep"),
        Binding("a", "find", id="day_plan.find"),
        Binding("left_square_bracket", "day(-1)", id="day_plan.earlier"),
        Binding("right_square_bracket", "day(1)", id="day_plan.later"),
        Binding("o", "open_client", id="day_plan.client"),
        Binding("d", "diagnosis", id="day_plan.diagnosis"),
        Binding("escape", "back", id="back"),
    ]
    DEFAULT_CSS = """
    DayPlanScreen #plan-figures { height: auto; padding: 0 2; }
    DayPlanScreen #plan-list { width: 3fr; }
    DayPlanScreen #plan-side { width: 2fr; max-width: 56; }
    DayPlanScreen #plan-why { height: auto; }
    DayPlanScreen #plan-brief { height: 4; padding: 0 2; background: $surface; }
    DayPlanScreen.-narrow #plan-side { display: none; }
    DayPlanScreen.-wide #plan-brief { display: none; }
    """

    def __init__(self) -> None:
        super().__init__()
        self.day = date.min
        self.marks: dict[date, Marks] = {}
        self.lines: dict[int, PlanLine] = {}
        self.proposal: Proposal | None = None
        self.better: Better | None = None
        self.figures = Wrapped(grow=True, id="plan-figures")
        self.table = RecordTable((), empty_code="day_plan.nobody", id="plan-table")
        self.why, self.card = Wrapped(grow=True), Wrapped(id="plan-card-lines")
        self.brief = Lines(id="plan-brief")
        self.panel = Panel("day_plan.title", self.table, id="plan-list")

    def body(self) -> Iterable[Widget]:
        """The figures; the list, and beside it why, the client's card and shops."""
        yield self.figures
        yield Horizontal(
            self.panel,
            Vertical(
                Panel("day_plan.reasons", self.why, id="plan-why"),
                Panel("queue.card", self.card, id="plan-card"),
                id="plan-side",
            ),
        )
        yield self.brief

    def ready(self) -> None:
        """Begin with the next day that is worked."""
        self.day = next_working_day(self._today())
        self.table.columns = plan_columns(self.desk, self._is_marked)
        self.table.focus()
        self._read(anew=False)

    def _today(self) -> date:
        local = self.desk.local(self.desk.now())
        return date(local.year, local.month, local.day)

    def changed(self) -> None:
        """Read anew; the cursor stays. A day that has gone by makes room for the next."""
        if self.app.desk is not None and self.app.desk.operator is not None:
            self.day = max(self.day, self._today())
            self._read(anew=True)

    @property
    def _marks(self) -> Marks:
        return self.marks.setdefault(self.day, Marks())

    def _is_marked(self, client_id: int) -> bool:
        line, marks = self.lines.get(client_id), self._marks
        kept = line is not None and line.planned is not None and client_id not in marks.dropped
        return kept or client_id in marks.added

    def _read(self, *, anew: bool) -> None:
        from deskapp.services.day_plan import propose
        from deskapp.services.shops import better_in

        desk, day, month = self.desk, self.day, self._today().replace(day=1)

        def read() -> tuple[Proposal, Better]:
            return propose(desk, day), better_in(desk, month)

        self.ask(read, lambda found: self._show(*found, anew=anew), group="plan")

    def _show(self, found: Proposal, better: Better, *, anew: bool) -> None:
        if found.day != self.day:
            return
        self.proposal, self.better = found, better
        lines = lines_of(found)
        there = {line.candidate.client_id for line in lines}
        chosen = len(found.chosen)
        lines[chosen:chosen] = [
            _line(one, self.day) for key, one in self._marks.found.items() if key not in there
        ]
        self.lines = {line.candidate.client_id: line for line in lines}
        for client_id in [key for key in self._marks.added if self._planned(key)]:
            del self._marks.added[client_id]
        source = self.table.source
        if anew and isinstance(source, ListSource):
            source.replace(lines)
            self.table.refresh_rows()
        else:
            self.table.source = ListSource(lines, lambda line: line.candidate.client_id)
        self._count()

    def _planned(self, client_id: int) -> bool:
        line = self.lines.get(client_id)
        return line is not None and line.planned is not None

    def _count(self) -> None:
        """Say how many are chosen, what is not kept yet, how far today got, whose results got better."""
        found, marks = self.proposal, self._marks
        if found is None:
            return
        kept = sum(row.candidate.client_id not in marks.dropped for row in found.chosen)
        count = kept + len(marks.added)
        self.panel.entitle(day=day_words(self.day, self._today()), count=count, target=found.target)
        tone = "bold $success" if count >= found.target else "bold $warning"
        words = say(
            "day_plan.chosen", day=day_words(self.day, self._today()), count=count, target=found.target
        )
        first = [Content.styled(words, tone)]
        if marks.any:
            changes = len(marks.added) + len(marks.dropped)
            first.append(Content.styled(say("day_plan.unkept", count=changes), "bold $warning"))
        if self.day == self._today():
            first.append(Content(say("day_plan.called", count=found.called)))
        if found.others:
            first.append(Content.styled(say("day_plan.others", count=found.others), "$text-muted"))
        self.figures.show([painting.join(first, "   "), Content.styled(self._progress(), "$text-muted")])
        self.panel.whisper(say("day_plan.how"))

    def _progress(self) -> str:
        """Today against its targets, and the month's clients better off."""
        from deskapp.screens.frame_words import progress

        better = self.better
        month = say("day_plan.better", count=better.count, target=better.target) if better else ""
        return "   ".join(part for part in (progress(self.desk, self.app.facts), month) if part)

    def relabel(self) -> None:
        """Say everything again."""
        super().relabel()
        if self.app.desk is not None and self.app.desk.operator is not None:
            self.table.columns = plan_columns(self.desk, self._is_marked)
            self._count()
            self._preview(self.table.selected)

    def on_record_table_highlighted(self, message: RecordTable.Highlighted) -> None:
        """Show who it is and why."""
        self._preview(message.record)

    def _preview(self, line: PlanLine | None) -> None:
        if line is None or self.app.desk is None:
            for widget in (self.why, self.card, self.brief):
                widget.show([])
            return
        why = why_lines(self.desk, line)
        self.why.show(why)
        self.brief.show(why)
        from deskapp.services.clients import whole_file
        from deskapp.services.shops import of_client

        desk, client_id = self.desk, line.candidate.client_id
        month = self._today().replace(day=1)

        def read() -> tuple[ClientFile | None, ShopFigures]:
            return whole_file(desk, client_id), of_client(desk, client_id, month)

        self.ask(read, lambda found: self._show_client(line, *found), group="preview")

    def _show_client(self, line: PlanLine, file: ClientFile | None, shops: ShopFigures) -> None:
        if file is None:
            return
        card, figures = paint.card_lines(self.desk, file), shop_lines(shops)
        self.card.show([*card, Content(""), *figures])
        self.brief.show([*why_lines(self.desk, line)[:2], *card[:1], *figures[1:3], *card[1:]])

    def context(self) -> dict[str, Any]:
        """Whom a new complaint is about: the client under the cursor."""
        line: PlanLine | None = self.table.selected
        return {"client_id": line.candidate.client_id} if line else {}

    def action_mark(self) -> None:
        """Choose the client under the cursor, or not, and go to the next line."""
        line: PlanLine | None = self.table.selected
        if line is None:
            return
        client_id, marks = line.candidate.client_id, self._marks
        if line.planned is not None:
            marks.dropped ^= {client_id}
        elif client_id in marks.added:
            del marks.added[client_id]
        else:
            marks.added[client_id] = None
        self.table.columns = plan_columns(self.desk, self._is_marked)
        self.table.action_move(1)
        self._count()

    def on_record_table_chosen(self, message: RecordTable.Chosen) -> None:
        """Enter keeps the choice."""
        self.action_keep()

    def action_keep(self) -> None:
        """Keep what is marked: a call is laid for each, given-up ones leave the queue."""
        from deskapp.services import day_plan

        marks, desk, day = self._marks, self.desk, self.day
        if not marks.any:
            self.app.say("day_plan.nothing_new")
            return
        if not self.may("day_plan.save"):
            return
        lines = [self.lines[key] for key in marks.added if key in self.lines]
        picks, dropped = [_pick(desk, line) for line in lines], sorted(marks.dropped)

        def kept(chosen: Chosen) -> None:
            self.marks[day] = Marks()
            tell(self, day, chosen)

        self.act(lambda: day_plan.choose(desk, day, picks, dropped), kept)

    def action_find(self) -> None:
        """Choose somebody the console does not propose."""
        from deskapp.screens.clients import PickClientDialog

        if self.may("day_plan.save"):
            self.app.push_screen(PickClientDialog([]), self._found)

    def _found(self, client_id: int | None) -> None:
        if client_id is None:
            return
        from deskapp.services.day_plan import candidate

        desk, day = self.desk, self.day
        self.ask(lambda: candidate(desk, day, client_id), self._add, group="candidate")

    def _add(self, one: Candidate) -> None:
        if refused(self, one):
            return
        if not self._planned(one.client_id):
            self._marks.found[one.client_id] = one
            self._marks.added[one.client_id] = None
        self._read(anew=True)

    def action_day(self, step: int) -> None:
        """Another working day, not one that is over; today's plan with how far it got."""
        other = next_working_day(self.day, step)
        today = self._today()
        if step < 0 and other < today:
            other = today
        if other == self.day or (other - today).days > DAYS_AHEAD:
            self.app.say("day_plan.no_further")
            return
        self.day = other
        self._read(anew=False)

    def action_open_client(self) -> None:
        """Open the history of the client under the cursor."""
        line: PlanLine | None = self.table.selected
        if line is not None:
            self.app.open_client(line.candidate.client_id)

    def action_diagnosis(self) -> None:
        """Diagnose the client under the cursor."""
        from deskapp.screens.shops import open_diagnosis

        line: PlanLine | None = self.table.selected
        if line is not None and self.may("diagnosis.save"):
            open_diagnosis(self, line.candidate.client_id, None)

    def action_back(self) -> None:
        """Back to the queue; what is marked and not kept stays marked."""
        if self._marks.any:
            self.app.say("day_plan.still_unkept")
        self.app.go("queue")


def _line(one: Candidate, day: date) -> PlanLine:
    reasons = reasons_of(one, day)
    return PlanLine(one, reasons, sum(reason.points for reason in reasons))


def _pick(desk: Desk, line: PlanLine) -> Pick:
    """The client of a line, with the weightiest reason, and all of them in words for the call."""
    from deskapp.services.day_plan import Pick

    first = line.reasons[0] if line.reasons else None
    return Pick(
        line.candidate.client_id,
        first.code if first else "",
        first.facts if first else None,
        words_of(desk, line.reasons),
    )


def refused(screen: Framed, one: Candidate) -> bool:
    """Say why a client cannot be chosen: they take no calls, or are another operator's that day."""
    if not one.wants_calls:
        screen.app.say("day_plan.mute", names=shown(one.name))
    elif one.planned_by:
        screen.app.say("day_plan.theirs", client=shown(one.name), who=shown(one.planned_by))
    return not one.wants_calls or bool(one.planned_by)


def tell(screen: Framed, day: date, chosen: Chosen) -> None:
    """Say what became of a choice: how full the day is, and whom others had first."""
    today = screen.desk.local(screen.desk.now()).date()
    target = screen.desk.policy.day_targets.get("calls", 0)
    screen.app.say("day_plan.kept", day=day_words(day, today), count=len(chosen.mine), target=target)
    for client, who in chosen.theirs:
        screen.app.say("day_plan.theirs", client=shown(client), who=shown(who))
    if chosen.mute:
        screen.app.say("day_plan.mute", names=" ".join(shown(name) for name in chosen.mute))


def plan_client(screen: Framed, client_id: int, _site_id: int | None) -> None:
    """Choose a client for the next working day, from any screen."""
    from deskapp.services import day_plan

    desk = screen.desk
    local = desk.local(desk.now())
    day = next_working_day(date(local.year, local.month, local.day))

    def found(one: Candidate) -> None:
        if not refused(screen, one):
            pick = _pick(desk, _line(one, day))
            screen.act(lambda: day_plan.choose(desk, day, [pick]), lambda chosen: tell(screen, day, chosen))

    screen.ask(lambda: day_plan.candidate(desk, day, client_id), found, group="candidate")
