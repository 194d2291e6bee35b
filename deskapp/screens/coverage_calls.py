"""The calls behind a figure of the follow-up coverage, page by page (row F6)."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from typing import TYPE_CHECKING, Any, ClassVar

from textual.binding import Binding, BindingType
from textual.content import Content

from deskapp.i18n import say
from deskapp.screens import paint
from deskapp.screens.base import DeskScreen, Panel
from deskapp.screens.paged import Listed
from deskapp.widgets import painting
from deskapp.widgets.record_table import Column, PaintContext, RecordTable

if TYPE_CHECKING:
    from deskapp.desk import Desk
    from deskapp.domain.coverage import CoveredCall, Selection
    from deskapp.domain.followup import Followup

STATE_TONES = {
    "planned": "$primary",
    "queued": "$warning",
    "done": "$success",
    "missed": "$error",
}


class CoveredCalls:
    """The calls behind a figure as a long list, by the day they were due."""

    def __init__(self, desk: Desk, chosen: Selection) -> None:
        self.desk, self.chosen = desk, chosen

    def count(self) -> int:
        """As many as the figure says."""
        with self.desk.read() as work:
            return work.coverage.count(self.chosen)

    def first(self, limit: int) -> list[CoveredCall]:
        """Those due first."""
        with self.desk.read() as work:
            return work.coverage.after(self.chosen, limit)

    def last(self, limit: int) -> list[CoveredCall]:
        """Those due last."""
        with self.desk.read() as work:
            return work.coverage.before(self.chosen, limit)

    def after(self, record: CoveredCall, limit: int) -> list[CoveredCall]:
        """Those after one."""
        with self.desk.read() as work:
            return work.coverage.after(self.chosen, limit, record)

    def before(self, record: CoveredCall, limit: int) -> list[CoveredCall]:
        """Those before one."""
        with self.desk.read() as work:
            return work.coverage.before(self.chosen, limit, record)

    def at(self, offset: int, limit: int) -> list[CoveredCall]:
        """Those from a place on."""
        with self.desk.read() as work:
            return work.coverage.at(self.chosen, offset, limit)

    def key(self, record: CoveredCall) -> Hashable:
        """A follow-up stays the same one."""
        return record.followup.id


class CoverageCallsScreen(Listed, DeskScreen[None]):
    """Each call with its day, its client and what became of it; Enter opens the client's history."""

    PLACE, SCREEN_ID, ROWS = "more", "coverage_calls", ("F6",)
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "open", id="coverage_calls.open"),
        Binding("escape", "leave", id="back"),
    ]

    def __init__(self, chosen: Selection, words: Callable[[], tuple[str, str]]) -> None:
        super().__init__()
        self.chosen, self.words = chosen, words
        """`words` names the period and the row in the language in use."""
        self.table = RecordTable(_columns(), empty_code="coverage.empty", id="coverage-calls")
        self.panel = Panel("coverage.calls", self.table)

    def ready(self) -> None:
        """Read the first of them."""
        self.table.source = CoveredCalls(self.desk, self.chosen)
        self.table.focus()
        self._titles()

    def _titles(self) -> None:
        count, (period, group) = self.table.row_count, self.words()
        figure = say(f"coverage.figure.{self.chosen.figure}")
        self.panel.entitle(period=period, group=group, figure=figure, count="" if count is None else count)

    def relabel(self) -> None:
        """Say the title again in the language now in use."""
        super().relabel()
        self._titles()

    def on_record_table_chosen(self, message: RecordTable.Chosen) -> None:
        """Open the client."""
        self.app.open_client(message.record.followup.client_id)

    def action_leave(self) -> None:
        """Back to the figures."""
        self.dismiss(None)

    def context(self) -> dict[str, Any]:
        """Whom a new complaint is about: the client under the cursor."""
        row = self.table.selected
        return {"client_id": row.followup.client_id, "site_id": row.followup.site_id} if row else {}


def _columns() -> list[Column]:
    return [
        Column("due", "coverage.column.due", 10, lambda row, _: Content(str(row.followup.due_on))),
        Column("client", "coverage.column.client", 10, lambda row, _: Content(paint.client_name(row.client))),
        Column("purpose", "coverage.column.purpose", None, _purpose, min_terminal=60),
        Column(
            "address",
            "coverage.column.address",
            None,
            lambda row, _: painting.safe(row.address, "$text-muted"),
        ),
        Column("state", "coverage.column.state", 22, _state),
        Column("who", "coverage.column.who", 10, lambda row, _: painting.safe(row.operator), min_terminal=90),
    ]


def _purpose(row: CoveredCall, _context: PaintContext) -> Content:
    return Content(say(f"followup.purpose.{row.followup.purpose}"))


def _state(row: CoveredCall, _context: PaintContext) -> Content:
    one = row.followup
    return Content.styled(state_words(one), _tone(one))


def _tone(one: Followup) -> str:
    late = one.state == "done" and one.done_on is not None and one.done_on > one.due_on
    return "$warning" if late else STATE_TONES.get(one.state, "")


def state_words(one: Followup) -> str:
    """What became of a call: made on which day with what score, missed for what reason, or still to be made."""
    if one.state == "missed" and one.reason:
        return say("coverage.missed", why=say(f"followup.reason.{one.reason}"))
    if one.state != "done" or one.done_on is None:
        return say(f"followup.state.{one.state}")
    late = (one.done_on - one.due_on).days
    words = [say("coverage.late", days=late) if late > 0 else say("followup.state.done")]
    words.append(f"{one.done_on:%m-%d}")
    if one.score:
        words.append(say("client.score", score=one.score))
    return " ".join(words)
