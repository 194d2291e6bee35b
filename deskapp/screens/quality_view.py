"""One sample with its scores: corrected by whoever gave one, read and confirmed by whose work it is (row A5)."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, ClassVar

from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.content import Content
from textual.widget import Widget

from deskapp.i18n import say
from deskapp.screens import quality_words as words
from deskapp.screens.base import DeskScreen, Panel
from deskapp.screens.form_dialog import Editing
from deskapp.services import quality
from deskapp.widgets.wrapped import Wrapped

if TYPE_CHECKING:
    from deskapp.domain.quality import QualityScore
    from deskapp.services.quality import SampleView


class QualitySampleScreen(Editing, DeskScreen[None]):
    """What a sample was given, question by question, the coaching, and the call or ticket beneath."""

    PLACE, SCREEN_ID, ROWS = "more", "quality_sample", ("A5",)
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("k", "read", id="quality_sample.read"),
        Binding("e", "edit", id="quality_sample.edit"),
        Binding("c", "coach", id="quality_sample.coach"),
        Binding("t", "work", id="quality_sample.work"),
        Binding("escape", "leave", id="back"),
    ]

    def __init__(self, seen: SampleView) -> None:
        super().__init__()
        self.seen = seen
        self.lines = Wrapped(grow=True)
        self.scroll = VerticalScroll(self.lines)
        self.panel = Panel("quality.sample_title", self.scroll)

    def body(self) -> Iterable[Widget]:
        """The scores and the work."""
        yield self.panel

    def ready(self) -> None:
        """Show it."""
        self.scroll.focus()
        self._show(self.seen)

    def changed(self) -> None:
        """Read it anew."""
        if self.app.desk is None or self.app.desk.operator is None:
            return
        desk, one = self.desk, self.seen.row.sample.id
        self.ask(lambda: quality.view(desk, one), self._show, group="quality")

    def relabel(self) -> None:
        """Say everything again."""
        super().relabel()
        if self.app.desk is not None and self.app.desk.operator is not None:
            self._show(self.seen)

    def _show(self, seen: SampleView) -> None:
        self.seen = seen
        row, line = seen.row, self.desk.policy.quality_pass
        self.panel.entitle(who=row.operator, month=f"{row.sample.month:%Y-%m}")
        lines: list[Content] = []
        for one in row.scores:
            lines += [*words.score_lines(one, line), Content("")]
        head = [Content.styled(say("quality.the_work"), "bold $primary")]
        self.lines.show([*lines, *head, *words.facts_of(self.desk, seen)])
        self.refresh_bindings()

    @property
    def to_read(self) -> list[QualityScore]:
        """The coaching notes that whoever sits here has still to read."""
        row, me = self.seen.row, self.desk.operator.id if self.desk.operator else 0
        if row.sample.operator_id != me:
            return []
        return [one.score for one in row.scores if one.score.coaching and one.score.read_at is None]

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Own notes are confirmed, own scores corrected until they were read."""
        if self.app.desk is None or self.app.desk.operator is None:
            return True
        own = self.seen.own
        if action == "read":
            return bool(self.to_read)
        if action == "edit":
            return own is not None and own.read_at is None
        return own is not None if action == "coach" else True

    def action_read(self) -> None:
        """Confirm that the coaching was read."""
        desk, notes = self.desk, self.to_read
        if notes:
            self.act(
                lambda: [quality.read_coaching(desk, one) for one in notes],
                lambda _: self.app.say("quality.confirmed"),
            )

    def action_edit(self) -> None:
        """Correct one's own score."""
        from deskapp.screens.quality import score_sample

        if self.may("quality.score"):
            score_sample(self, self.seen)

    def action_coach(self) -> None:
        """Write another coaching note."""
        from deskapp.screens.quality import coach_sample

        if self.may("quality.score"):
            coach_sample(self, self.seen)

    def action_work(self) -> None:
        """Open the ticket, or the client whose call it was."""
        from deskapp.screens.quality import open_work

        open_work(self, self.seen.row.sample)

    def action_leave(self) -> None:
        """Go back."""
        self.dismiss(None)
