"""How documents are painted: their list, one's text, items and files, and the items of all (row K4)."""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from datetime import date
from typing import TYPE_CHECKING, Any

from textual.content import Content

from deskapp.domain.office_document import ActionItem, DocumentRow, ItemRow
from deskapp.i18n import say
from deskapp.screens import paint
from deskapp.screens.attachments import size_words
from deskapp.screens.paged import Paged
from deskapp.screens.paper_due import TONES
from deskapp.widgets import painting, signs
from deskapp.widgets.record_table import Column, PaintContext

if TYPE_CHECKING:
    from deskapp.desk import Desk
    from deskapp.services.documents import FileRow, Opened

STATES = {"handed": "$primary", "done": "$success", "dropped": "$text-muted"}
"""The tone of an item's state; an open one's is that of its day."""


class Documents(Paged[DocumentRow]):
    """Documents of a kind as a long list, the newest day first."""

    def __init__(self, desk: Desk, kind: str = "", active: bool = True) -> None:
        super().__init__(desk)
        self.kind, self.active = kind, active

    def _page(self, work: Any, limit: int, **place: Any) -> list[DocumentRow]:
        found: list[DocumentRow] = work.documents.page(limit, kind=self.kind, active=self.active, **place)
        return found

    def count(self) -> int:
        """How many there are."""
        with self.desk.read() as work:
            return work.documents.count(self.kind, self.active)

    def key(self, record: DocumentRow) -> Hashable:
        """One stays itself."""
        return record.document.id


class Items(Paged[ItemRow]):
    """Action items in a state as a long list, by their day; of one person when named."""

    def __init__(self, desk: Desk, state: str, staff_id: int | None = None) -> None:
        super().__init__(desk)
        self.state, self.staff_id = state, staff_id

    def _page(self, work: Any, limit: int, **place: Any) -> list[ItemRow]:
        found: list[ItemRow] = work.action_items.page(
            limit, state=self.state, staff_id=self.staff_id, **place
        )
        return found

    def count(self) -> int:
        """How many there are."""
        with self.desk.read() as work:
            return work.action_items.count(self.state, self.staff_id)

    def key(self, record: ItemRow) -> Hashable:
        """One stays itself."""
        return record.item.id


def document_columns(today: date) -> list[Column]:
    """Number, kind, title, day, who was there, how many files, what waits."""

    def title(row: DocumentRow, _: PaintContext) -> Content:
        return painting.safe(row.document.title, "bold" if row.document.active else "$text-muted")

    def items(row: DocumentRow, _: PaintContext) -> Content:
        if not row.items:
            return Content("")
        if not row.waiting:
            return Content.styled(f"{signs.sign('met')} {row.items}", "$text-muted")
        late = row.next_due is not None and row.next_due < today
        sign = signs.sign("overdue") if late else ""
        return Content.styled(f"{sign}{row.waiting}/{row.items}", TONES["late"] if late else "$warning")

    return [
        Column("number", "document.column.number", 15, _number),
        Column("kind", "document.column.kind", 10, _kind),
        Column("title", "document.column.title", None, title),
        Column("day", "document.column.day", 10, lambda row, _: Content(row.document.day.isoformat())),
        Column("items", "document.column.items", 7, items),
        Column("files", "document.column.files", 5, _files, align="right"),
        Column("people", "document.column.people", 20, _people, min_terminal=110),
        Column("maker", "document.column.maker", 8, _maker, min_terminal=100),
    ]


def _number(row: DocumentRow, _: PaintContext) -> Content:
    return painting.safe(row.document.number, "$primary")


def _kind(row: DocumentRow, _: PaintContext) -> Content:
    return Content(say(f"document.kind.{row.document.kind}"))


def _files(row: DocumentRow, _: PaintContext) -> Content:
    return Content(str(row.files) if row.files else "")


def _people(row: DocumentRow, _: PaintContext) -> Content:
    return painting.safe(row.document.people, "$text-muted")


def _maker(row: DocumentRow, _: PaintContext) -> Content:
    return painting.safe(row.maker, "$text-muted")


def state_words(item: ActionItem, today: date) -> Content:
    """How an item stands: an open one by its day, with a sign when late; else its state."""
    urgency = item.urgency(today) if item.state == "open" else ""
    if urgency:
        words = say(f"action_item.due.{urgency}", days=abs(item.left(today) or 0))
        sign = signs.sign("overdue") if urgency == "late" else ""
        return Content.styled(f"{sign}{words}", TONES[urgency])
    sign = f"{signs.sign('met')} " if item.state == "done" else ""
    return Content.styled(f"{sign}{say(f'action_item.state.{item.state}')}", STATES.get(item.state, ""))


def item_columns(today: date, *, of_all: bool = False) -> list[Column]:
    """How it stands, what is asked, of whom, by when; in the list of all, of which document too."""

    def due(row: ItemRow, _: PaintContext) -> Content:
        return Content(f"{row.item.due_on:%m-%d}" if row.item.due_on else "")

    def outcome(row: ItemRow, _: PaintContext) -> Content:
        if row.item.state == "handed":
            return painting.safe(row.ticket_number, "$primary")
        return painting.safe(row.item.outcome, "$text-muted")

    columns = [
        Column("state", "document.column.state", 12, lambda row, _: state_words(row.item, today)),
        Column("words", "document.column.words", None, lambda row, _: painting.safe(row.item.words, "bold")),
        Column("staff", "document.column.staff", 8, lambda row, _: painting.safe(row.staff)),
        Column("due", "document.column.due", 5, due),
    ]
    if of_all:
        return [
            *columns,
            Column("document", "document.column.document", 20, _document, min_terminal=90),
            Column("outcome", "document.column.outcome", 20, outcome, min_terminal=110),
        ]
    return [*columns, Column("outcome", "document.column.outcome", 24, outcome, min_terminal=70)]


def _document(row: ItemRow, _: PaintContext) -> Content:
    return painting.safe(row.document_title, "$text-muted")


def file_columns(desk: Desk) -> list[Column]:
    """A file's name, size, how far its words are found, who added it when."""

    def added(row: FileRow, _: PaintContext) -> Content:
        return Content.styled(paint.when(desk, row.attachment.added_at), "$text-muted")

    return [
        Column("name", "document.column.file", None, lambda row, _: painting.safe(row.attachment.name)),
        Column("size", "attachments.column.size", 9, _size, align="right"),
        Column("reading", "document.column.reading", 26, lambda row, _: reading_words(row)),
        Column("added", "attachments.column.added", 11, added, min_terminal=90),
        Column("who", "attachments.column.who", 8, _who, min_terminal=100),
    ]


def _size(row: FileRow, _: PaintContext) -> Content:
    return Content.styled(size_words(row.attachment.size), "$text-muted")


def _who(row: FileRow, _: PaintContext) -> Content:
    return painting.safe(row.added_by, "$text-muted")


def reading_words(row: FileRow) -> Content:
    """Whether a file is found by its words; if not, why not."""
    reading = row.reading
    if reading.why:
        return Content.styled(say(f"document.unread.{reading.why}"), "$warning")
    code = "document.read_part" if reading.cut else "document.read"
    return Content.styled(say(code, count=len(reading.words)), "$success")


def text_lines(opened: Opened) -> list[Content]:
    """A document's head and its words."""
    document = opened.document
    head = [
        painting.safe(document.number, "$primary"),
        Content(say(f"document.kind.{document.kind}")),
        Content(document.day.isoformat()),
        painting.safe(opened.row.maker, "$text-muted"),
    ]
    if not document.active:
        head.append(Content.styled(say("document.retired"), "bold $warning"))
    lines = [painting.join(head)]
    if document.people:
        label = (say("document.field.people"), "$text-muted")
        lines.append(Content.assemble(label, "  ", painting.safe(document.people)))
    lines.append(Content(""))
    if document.body.strip():
        return [*lines, *(painting.safe(one) for one in document.body.split("\n"))]
    return [*lines, Content.styled(say("document.no_body"), "$text-muted")]


def due_line(row: ItemRow, today: date) -> Content:
    """An item that is work now, in one line."""
    return painting.join(
        [
            Content.styled(say("action_item.label"), "$text-muted"),
            state_words(row.item, today),
            painting.safe(row.item.words, "bold"),
            painting.safe(row.staff),
            painting.safe(row.document_title, "$text-muted"),
        ]
    )


def count_late(rows: Sequence[ItemRow], today: date) -> int:
    """How many of some items are late."""
    return sum(row.item.urgency(today) == "late" for row in rows)
