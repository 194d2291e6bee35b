"""Quality monitoring: what a month's draw brought, scored beside the call or ticket; agents see their own (row A5)."""

from __future__ import annotations

from collections.abc import Hashable
from typing import TYPE_CHECKING, Any, ClassVar

from textual.binding import Binding, BindingType

from deskapp.domain.quality import MOST_SCORERS, RANDOM, SampleFilter, SampleRow
from deskapp.i18n import say
from deskapp.screens import quality_words as words
from deskapp.screens.base import DeskScreen, Panel
from deskapp.screens.form_dialog import Editing
from deskapp.screens.paged import Listed, Paged
from deskapp.screens.quality_form import CoachDialog, ScoreDialog, answers_of
from deskapp.services import quality
from deskapp.widgets.record_table import RecordTable
from deskapp.widgets.safe_text import shown

if TYPE_CHECKING:
    from deskapp.desk import Desk
    from deskapp.domain.period import Period
    from deskapp.domain.quality import QualitySample, QualityScore
    from deskapp.screens.record_form import Values
    from deskapp.services.quality import SampleView


class Samples(Paged[SampleRow]):
    """The samples of a month as a long list."""

    def __init__(self, desk: Desk, chosen: SampleFilter) -> None:
        super().__init__(desk)
        self.chosen = chosen

    def _page(self, work: Any, limit: int, **place: Any) -> list[SampleRow]:
        found: list[SampleRow] = work.quality_samples.page(self.chosen, limit, **place)
        return [quality.seen_by(self.desk, row) for row in found]

    def count(self) -> int:
        """How many there are."""
        with self.desk.read() as work:
            return work.quality_samples.count(self.chosen)

    def key(self, record: SampleRow) -> Hashable:
        """One stays itself."""
        return record.sample.id


class QualityScreen(Editing, Listed, DeskScreen[None]):
    """The samples of a month, those to be scored first; whoever does not score sees their own results here."""

    PLACE, SCREEN_ID, ROWS = "more", "quality", ("A5",)
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "open", id="quality.open"),
        Binding("d", "draw", id="quality.draw"),
        Binding("c", "coach", id="quality.coach"),
        Binding("t", "work", id="quality.work"),
        Binding("left,left_square_bracket", "month(-1)", id="quality.earlier"),
        Binding("right,right_square_bracket", "month(1)", id="quality.later"),
        Binding("r", "results", id="quality.results"),
        Binding("a", "agreement", id="quality.agreement"),
        Binding("v", "everybody", id="quality.everybody"),
        Binding("escape", "leave", id="back"),
    ]

    def __init__(self) -> None:
        super().__init__()
        self.month: Period | None = None
        self.person: tuple[int, str] | None = None
        """Whose samples are listed; None is everybody's."""
        self.table = RecordTable((), empty_code="quality.none", id="quality-table")
        self.panel = Panel("quality.title", self.table)

    def ready(self) -> None:
        """Begin with this month."""
        self.month = quality.this_month(self.desk)
        self._look()

    def changed(self) -> None:
        """Read anew; another operator sees what is theirs to see."""
        if self.app.desk is None or self.app.desk.operator is None:
            return
        source = self.table.source
        if isinstance(source, Samples) and source.chosen == self.chosen:
            self.table.refresh_rows()
        else:
            self._look()

    def relabel(self) -> None:
        """Say everything again."""
        super().relabel()
        if self.app.desk is not None and self.app.desk.operator is not None:
            self.table.columns = words.columns(self.desk)
            self._titles()

    @property
    def chosen(self) -> SampleFilter:
        """Which samples are listed: of the month, perhaps of one person, as far as they may be seen here."""
        month = self.month or quality.this_month(self.desk)
        who = self.person[0] if self.person else None
        return quality.visible(self.desk, SampleFilter(month.first, who))

    def _look(self) -> None:
        self.table.columns = words.columns(self.desk)
        self.table.source = Samples(self.desk, self.chosen)
        self.table.focus()
        self._titles()
        self.refresh_bindings()

    def _titles(self) -> None:
        count, judges = self.table.row_count, quality.judges(self.desk)
        name = self.person[1] if self.person else say("quality.everybody")
        self.panel.entitle(
            month=self.month.code if self.month else "",
            who=name if judges else say("quality.mine"),
            count="" if count is None else count,
        )
        self.panel.whisper(say("quality.pass_line", percent=self.desk.policy.quality_pass))

    def on_record_table_highlighted(self, message: RecordTable.Highlighted) -> None:
        """Other acts are possible on another line."""
        self.refresh_bindings()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Only whoever scores draws and compares; a note is added to one's own score."""
        if self.app.desk is None or self.app.desk.operator is None:
            return True
        row: SampleRow | None = self.table.selected
        if action in ("draw", "agreement"):
            return quality.judges(self.desk)
        if action == "coach":
            return row is not None and row.of(self.desk.operator.id if self.desk.operator else 0) is not None
        if action == "everybody":
            return self.person is not None
        return row is not None if action in ("open", "work") else True

    def on_record_table_chosen(self, message: RecordTable.Chosen) -> None:
        """Score it, or read what it was scored."""
        row: SampleRow = message.record
        desk, sample = self.desk, row.sample
        self.ask(lambda: quality.view(desk, sample.id), self._open, group="edit")

    def _open(self, seen: SampleView) -> None:
        """The form to whoever may score it still, everything it was given to all others."""
        from deskapp.screens.quality_view import QualitySampleScreen

        row, me = seen.row, self.desk.operator.id if self.desk.operator else 0
        to_score = seen.own is None and len(row.scores) < MOST_SCORERS
        if to_score and quality.judges(self.desk) and row.sample.operator_id != me:
            score_sample(self, seen)
        else:
            self.app.push_screen(QualitySampleScreen(seen))

    def action_coach(self) -> None:
        """Write another coaching note with one's own score."""
        row: SampleRow | None = self.table.selected
        if row is not None and self.may("quality.score"):
            desk, sample = self.desk, row.sample
            self.ask(
                lambda: quality.view(desk, sample.id), lambda seen: coach_sample(self, seen), group="edit"
            )

    def action_work(self) -> None:
        """Open the ticket, or the client whose call it was."""
        row: SampleRow | None = self.table.selected
        if row is not None:
            open_work(self, row.sample)

    def action_draw(self) -> None:
        """Draw what the month still lacks."""
        if self.month is None or not self.may("quality.draw"):
            return
        desk, month = self.desk, self.month

        def drawn(found: list[QualitySample]) -> None:
            crises = sum(one.reason != RANDOM for one in found)
            self.app.say("quality.drawn", count=len(found), crises=crises, month=month.code)
            self._look()

        self.act(lambda: quality.draw(desk, month.first), drawn)

    def action_month(self, by: int) -> None:
        """Show the month before or after; none to come."""
        if self.month is not None:
            month = self.month.before() if by < 0 else self.month.after()
            if month.first <= quality.this_month(self.desk).first:
                self.month = month
                self._look()

    def action_everybody(self) -> None:
        """Show everybody's samples again."""
        self.person = None
        self._look()

    def show_person(self, month: Period, operator_id: int | None, name: str) -> None:
        """Show one operator's samples of a month."""
        self.month, self.person = month, (operator_id or 0, name)
        self._look()

    def action_results(self) -> None:
        """Show what the month comes to, by operator."""
        from deskapp.screens.quality_results import QualityResultsScreen

        if self.month is not None:
            self.app.push_screen(QualityResultsScreen(self.month), self._chose)

    def _chose(self, found: tuple[Period, int | None, str] | None) -> None:
        if found is not None:
            self.show_person(*found)

    def action_agreement(self) -> None:
        """Show how far two scorers agree."""
        from deskapp.screens.quality_results import AgreementDialog

        desk, month = self.desk, self.month
        if month is not None:
            self.ask(
                lambda: quality.figures(desk, month),
                lambda found: self.app.push_screen(AgreementDialog(month, found)),
                group="edit",
            )

    def action_leave(self) -> None:
        """Everybody's samples again; then back to the queue."""
        if self.person is not None:
            self.action_everybody()
        else:
            self.app.go("queue")


def score_sample(screen: Editing, seen: SampleView) -> None:
    """Score a sample in the form; what is refused comes back with every word."""
    desk = screen.desk

    def save(found: SampleView, values: Values) -> QualityScore:
        return quality.score(
            desk,
            found.row.sample,
            answers_of(quality.form_of(found.own), values),
            values["words"] or "",
            values["coaching"] or "",
            seen=found.own,
            key="" if found.own else values["submission"],
        )

    def done(score: QualityScore) -> None:
        screen.app.say("quality.saved", who=shown(seen.row.operator), total=words.percent(score.total))

    screen.edit(seen, ScoreDialog, save, lambda: quality.view(desk, seen.row.sample.id), then=done)


def coach_sample(screen: Editing, seen: SampleView) -> None:
    """Write another coaching note with one's own score."""
    desk = screen.desk
    if seen.own is None:
        screen.app.say("quality.not_your_score")
        return

    def save(found: SampleView, values: Values) -> QualityScore:
        assert found.own is not None
        return quality.coach(desk, found.own, values["coaching"] or "")

    screen.edit(
        seen,
        CoachDialog,
        save,
        lambda: quality.view(desk, seen.row.sample.id),
        then=lambda _: screen.app.say("quality.coached", who=shown(seen.row.operator)),
    )


def open_work(screen: DeskScreen[Any], sample: QualitySample) -> None:
    """Open the ticket of a sample, or the history of whose call it is of."""
    if sample.ticket_id is not None:
        screen.app.open_ticket(sample.ticket_id)
        return
    desk, call_id = screen.desk, sample.call_id

    def read() -> int | None:
        with desk.read() as work:
            call = work.calls.get(call_id)
            return call.client_id if call else None

    def opened(client_id: int | None) -> None:
        if client_id is None:
            screen.app.say("quality.no_client")
        else:
            screen.app.open_client(client_id)

    screen.ask(read, opened, group="edit")
