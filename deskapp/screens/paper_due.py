"""Papers and action items that are somebody's work: a strip above the queue, a list where papers are made (R1, K4)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import TYPE_CHECKING

from textual.content import Content

from deskapp.i18n import say
from deskapp.screens.base import LOW
from deskapp.widgets import painting, signs
from deskapp.widgets.lines import Lines
from deskapp.widgets.record_table import Column, PaintContext

if TYPE_CHECKING:
    from deskapp.desk import Desk
    from deskapp.domain.office_document import ItemRow
    from deskapp.domain.period import Period
    from deskapp.services.papers.dues import OpenDue

MOST_LINES, MOST_ITEMS = 3, 2
TONES = {"late": "bold $error", "due": "bold $warning", "soon": "$warning"}


class PapersDue(Lines):
    """A few lines above the queue: papers and action items due, the latest first; nothing when none is."""

    DEFAULT_CSS = """
    PapersDue { height: auto; padding: 0 1; background: $surface; display: none; }
    """

    def __init__(self) -> None:
        super().__init__(grow=True, id="queue-papers")
        self.dues: list[OpenDue] = []
        self.items: list[ItemRow] = []
        self.today = date.min

    def tell(self, dues: Sequence[OpenDue]) -> None:
        """Show which papers are due now."""
        self.dues = list(dues)
        self.again()

    def tell_items(self, items: Sequence[ItemRow], today: date) -> None:
        """Show which action items are due now."""
        self.items, self.today = list(items), today
        self.again()

    def again(self) -> None:
        """Say everything again."""
        self.display = bool(self.dues or self.items)
        low = self.app.size.height < LOW
        papers = due_lines(self.dues, 1 if low else MOST_LINES)
        items = item_lines(self.items, self.today)
        self.show([painting.join(part) for part in (papers, items) if part] if low else [*papers, *items])

    def on_resize(self) -> None:
        """A glass that is low has a line for each, what comes after the first being but counted."""
        self.again()


def read_dues(desk: Desk) -> list[OpenDue]:
    """The papers due; asked in a thread, which loads what that takes."""
    from deskapp.services.papers import dues

    return dues.open_dues(desk)


def read_items(desk: Desk) -> tuple[list[ItemRow], date]:
    """The action items due, and the company's day; asked in a thread, which loads what that takes."""
    from deskapp.services import action_items, planning

    return action_items.due(desk), planning.today_of(desk, desk.now())


def due_lines(dues: Sequence[OpenDue], most: int = MOST_LINES) -> list[Content]:
    """The first papers due, a line each, and how many more there are."""
    shown = dues if len(dues) <= most else dues[: max(1, most - 1)]
    lines = [
        Content.assemble(
            (say("paper_due.label"), "$text-muted"),
            " ",
            state_words(one),
            "  ",
            painting.safe(say(one.due.kind.title_code), "bold"),
            "  ",
            painting.safe(_period(one.due.period), "$text-muted"),
        )
        for one in shown
    ]
    if len(dues) > len(shown):
        late = sum(one.state == "late" for one in dues[len(shown) :])
        rest = len(dues) - len(shown)
        words = (
            say("paper_due.more_late", count=rest, late=late) if late else say("paper_due.more", count=rest)
        )
        lines.append(Content.styled(words, TONES["late"] if late else "$text-muted"))
    return lines


def item_lines(items: Sequence[ItemRow], today: date) -> list[Content]:
    """The first action items due, a line each, and how many more there are."""
    if not items:
        return []
    from deskapp.screens.document_lists import count_late, due_line

    shown = items if len(items) <= MOST_ITEMS else items[: MOST_ITEMS - 1]
    lines = [due_line(row, today) for row in shown]
    rest = items[len(shown) :]
    if rest:
        late = count_late(rest, today)
        code = "action_item.more_late" if late else "action_item.more"
        lines.append(
            Content.styled(say(code, count=len(rest), late=late), TONES["late"] if late else "$text-muted")
        )
    return lines


def _period(period: Period) -> str:
    from deskapp.services.papers.words import period_words

    return period_words(period).partition(" (")[0]


def state_words(one: OpenDue) -> Content:
    """How a paper stands: a sign, a word and a colour."""
    words = say(f"paper_due.state.{one.state}", days=abs(one.left))
    sign = signs.sign("overdue") if one.state == "late" else ""
    return Content.styled(f"{sign}{words}", TONES[one.state])


def due_columns() -> list[Column]:
    """What the list of papers due shows."""
    return [
        Column("state", "paper.column.state", 13, lambda row, _: state_words(row)),
        Column("title", "paper.column.title", None, _title),
        Column("period", "paper.column.period", 18, lambda row, _: painting.safe(_period(row.due.period))),
        Column("due", "paper_due.column.due", 11, _due),
        Column("owner", "paper_due.column.owner", 8, _owner, min_terminal=90),
    ]


def _title(row: OpenDue, _context: PaintContext) -> Content:
    return painting.safe(say(row.due.kind.title_code), "bold")


def _due(row: OpenDue, _context: PaintContext) -> Content:
    day = f"{row.due.due_on:%m-%d}"
    return painting.safe(say("paper_due.provisional", day=day) if row.due.provisional else day)


def _owner(row: OpenDue, _context: PaintContext) -> Content:
    return painting.safe(say(f"operator.role.{row.due.kind.owner}"), "$text-muted")


def due_key(row: OpenDue) -> tuple[str, date]:
    """A paper due stays itself."""
    return row.due.key
