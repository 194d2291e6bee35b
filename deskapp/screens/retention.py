"""What would go today by the rules of keeping, kind by kind, and the records themselves (row P6)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import TYPE_CHECKING, ClassVar

from textual.binding import Binding, BindingType
from textual.content import Content
from textual.widget import Widget

from deskapp.i18n import knows, say
from deskapp.screens import paint
from deskapp.screens.base import DeskScreen, Framed, Panel
from deskapp.screens.seldom import Seldom
from deskapp.widgets import painting
from deskapp.widgets.lines import Lines
from deskapp.widgets.record_pages import ListSource
from deskapp.widgets.record_table import Column, PaintContext, RecordTable

if TYPE_CHECKING:
    from deskapp.domain.policy import Policy
    from deskapp.repository.retention import Old
    from deskapp.services.retention import Line, Run

MOST_LISTED = 500
"""Records a list names; the count beside its kind says how many there are."""


class RetentionScreen(Seldom):
    """Each kind with its time and how much of it would go today, as the policy on the form says; Enter lists them."""

    PLACE, SCREEN_ID, ROWS = "more", "retention", ("P6",)
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "open", id="retention.open"),
        Binding("escape", "leave", id="back"),
    ]
    DEFAULT_CSS = """
    RetentionScreen #retention-last { height: auto; }
    """

    def __init__(self, policy: Policy) -> None:
        super().__init__()
        self.policy = policy
        """As it stands on the form, saved or not."""
        self.source = ListSource((), key=lambda line: line.kind)
        self.table = RecordTable(_columns(), id="retention-kinds")
        self.last = Lines(id="retention-last")
        self.panel = Panel("retention.title", self.table, self.last)
        self.runs: list[Run] = []

    def body(self) -> Iterable[Widget]:
        """The kinds, and the last run under them."""
        yield self.panel

    def ready(self) -> None:
        """Look through everything in a thread."""
        self.table.source = self.source
        self.table.focus()
        self.changed()

    def reckon(self) -> None:
        """Count anew."""
        from deskapp.services import retention

        desk = replace(self.desk, policy=self.policy)
        self.ask(lambda: (retention.preview(desk), retention.runs(desk)), self._show, group="retention")

    def _show(self, found: tuple[list[Line], list[Run]]) -> None:
        lines, self.runs = found
        self.source.replace(lines)
        self.table.refresh_rows()
        self._tell()

    def _tell(self) -> None:
        last = self.runs[0] if self.runs else None
        words = (
            say("retention.never") if last is None else say("retention.last", day=last.day, count=last.total)
        )
        if last is not None and not last.done:
            words = f"{words} {say('retention.running')}"
        self.last.show(
            [Content.styled(words, "$text-muted"), Content.styled(say("retention.hint"), "$text-muted")]
        )

    def relabel(self) -> None:
        """Say the last run again too."""
        super().relabel()
        self._tell()

    def on_record_table_chosen(self, message: RecordTable.Chosen) -> None:
        """List the records of a kind."""
        line: Line = message.record
        if line.count and line.kind not in ("drafts", "backups"):
            self.app.push_screen(RetentionListScreen(self.policy, line))

    def action_open(self) -> None:
        """List those under the cursor."""
        self.table.action_choose()

    def action_leave(self) -> None:
        """Back to the policy."""
        self.dismiss(None)


class RetentionListScreen(DeskScreen[None]):
    """The records of one kind that would go today; Enter opens a client."""

    PLACE, SCREEN_ID, ROWS = "more", "retention_list", ("P6",)
    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape", "leave", id="back")]

    def __init__(self, policy: Policy, line: Line) -> None:
        super().__init__()
        self.policy, self.line = policy, line
        self.source = ListSource(())
        self.table = RecordTable(
            _list_columns(self, line.kind), empty_code="retention.empty", id="retention-list"
        )
        self.panel = Panel("retention.list", self.table)

    def body(self) -> Iterable[Widget]:
        """The list."""
        yield self.panel

    def ready(self) -> None:
        """Read them."""
        from deskapp.services import retention

        self.table.source = self.source
        self.table.focus()
        self._title()
        desk = replace(self.desk, policy=self.policy)
        self.ask(
            lambda: retention.listed(desk, self.line.kind, limit=MOST_LISTED), self._show, group="retention"
        )

    def _show(self, found: list[Old]) -> None:
        self.source.replace(found)
        self.table.refresh_rows()
        self._title()

    def _title(self) -> None:
        self.panel.entitle(kind=say(f"retention.kind.{self.line.kind}"))
        shown, count = len(self.source.records), self.line.count
        self.panel.whisper(f"{shown} / {count}" if count > shown else str(count))

    def relabel(self) -> None:
        """Say the title again."""
        super().relabel()
        self._title()

    def on_record_table_chosen(self, message: RecordTable.Chosen) -> None:
        """Open the client; other kinds have no screen of their own."""
        if self.line.kind == "clients":
            self.app.open_client(message.record.id)

    def action_leave(self) -> None:
        """Back to the kinds."""
        self.dismiss(None)


def _columns() -> list[Column]:
    return [
        Column(
            "kind", "retention.column.kind", 26, lambda row, _: Content(say(f"retention.kind.{row.kind}"))
        ),
        Column("kept", "retention.column.kept", 10, _kept, align="right"),
        Column("count", "retention.column.count", 10, _count, align="right"),
        Column(
            "how",
            "retention.column.how",
            None,
            lambda row, _: Content.styled(say(f"retention.how.{row.kind}"), "$text-muted"),
        ),
    ]


def _kept(row: Line, _context: PaintContext) -> Content:
    if not row.kept:
        return Content.styled(say("retention.for_ever"), "$text-muted")
    return Content(say(f"retention.{row.unit}", count=row.kept))


def _count(row: Line, _context: PaintContext) -> Content:
    return Content.styled(str(row.count), "$warning" if row.count else "$text-disabled")


def _list_columns(screen: Framed, kind: str) -> list[Column]:
    def words(row: Old, _context: PaintContext) -> Content:
        if kind == "unknown_calls":
            return Content(paint.phone(row.words, masked=True) or say("client.hidden"))
        if kind == "clients":
            return Content(paint.client_name(row.words))
        code = f"notice_texts.{row.words}.title"
        told = say(code, number="").strip() if kind in ("outbox", "reminders") and knows(code) else row.words
        return painting.safe(told)

    def at(row: Old, _context: PaintContext) -> Content:
        return Content.styled(screen.desk.local(row.at).format("YYYY-MM-DD") if row.at else "", "$text-muted")

    return [
        Column("at", "retention.column.at", 10, at),
        Column("what", "retention.column.what", None, words),
        Column("more", "retention.column.more", None, lambda row, _: painting.safe(row.more, "$text-muted")),
    ]
