"""Documents of the department: minutes with action items, forms, files (row K4; text 4, 3.3.1 to 3.3.3)."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, timedelta

from pendulum import DateTime

from deskapp.domain.errors import RuleBroken

KINDS = ("minutes", "form", "regulation", "circular", "letter", "file")
"""What a document can be."""
PREFIX = "WJ"
STATES = ("open", "handed", "done", "dropped")
"""What becomes of an action item; handed to a department it waits for its ticket."""
WAITING = ("open", "handed")
ENDS = ("done", "dropped")
SOON_DAYS = 3
"""How many days before its day an item is shown as work to come."""
MOST_TITLE, MOST_PEOPLE, MOST_BODY, MOST_WORDS = 120, 500, 20_000, 300

_UNPRINTED = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]")


@dataclass(frozen=True, slots=True)
class OfficeDocument:
    """A numbered, dated document; what was attached to it are attachments of noun "document"."""

    id: int = 0
    version: int = 0
    number: str = ""
    kind: str = "minutes"
    title: str = ""
    day: date = date.min
    body: str = ""
    people: str = ""
    active: bool = True
    created_at: DateTime | None = None
    created_by: int | None = None


@dataclass(frozen=True, slots=True)
class ActionItem:
    """What a meeting asked of somebody by a day; a ticket when it was handed to a department."""

    id: int = 0
    version: int = 0
    document_id: int = 0
    words: str = ""
    staff_id: int | None = None
    due_on: date | None = None
    state: str = "open"
    ticket_id: int | None = None
    done_on: date | None = None
    outcome: str = ""
    position: int = 0

    @property
    def waits(self) -> bool:
        """Whether it is still to be done, by somebody here or by a department."""
        return self.state in WAITING

    def left(self, today: date) -> int | None:
        """Days left, below nought it is late by so many; None when it is over or has no day."""
        return (self.due_on - today).days if self.waits and self.due_on is not None else None

    def urgency(self, today: date) -> str:
        """How an open item stands against its day: late, due, soon, or "" when there is time or it is over."""
        left = self.left(today)
        if left is None or left > SOON_DAYS:
            return ""
        return "late" if left < 0 else "due" if left == 0 else "soon"


@dataclass(frozen=True, slots=True)
class DocumentRow:
    """A document as its list shows it: how many files and items it has, and the first day of those that wait."""

    document: OfficeDocument
    files: int = 0
    items: int = 0
    waiting: int = 0
    next_due: date | None = None
    maker: str = ""


@dataclass(frozen=True, slots=True)
class ItemRow:
    """An action item with the names beside it."""

    item: ActionItem
    staff: str = ""
    document_number: str = ""
    document_title: str = ""
    ticket_number: str = ""


def number(day: str, serial: int) -> str:
    """The number of a document: number("20261123", 2) is WJ20261123-0002."""
    return f"{PREFIX}{day}-{serial:04d}"


def check_document(document: OfficeDocument) -> None:
    """Refuse a document of no kind known, without a title or a day, or with too much in it."""
    if document.kind not in KINDS:
        raise RuleBroken("document.kind_unknown", value=document.kind)
    if not document.title.strip():
        raise RuleBroken("document.title_missing")
    if document.day == date.min:
        raise RuleBroken("document.day_missing")
    for name, most in (("title", MOST_TITLE), ("people", MOST_PEOPLE), ("body", MOST_BODY)):
        if len(getattr(document, name)) > most:
            raise RuleBroken(f"document.{name}_long", most=most)


def check_item(item: ActionItem) -> None:
    """Refuse an item that asks nothing, or by no day."""
    if not item.words.strip():
        raise RuleBroken("action_item.words_missing")
    if len(item.words) > MOST_WORDS:
        raise RuleBroken("action_item.words_long", most=MOST_WORDS)
    if item.due_on is None:
        raise RuleBroken("action_item.due_missing")


def check_waits(item: ActionItem) -> None:
    """Refuse to act on an item that is over."""
    if not item.waits:
        raise RuleBroken("action_item.over", state=item.state)


def check_settled(state: str, outcome: str) -> None:
    """Refuse an end that is none, or that says nothing of what came of it."""
    if state not in ENDS:
        raise RuleBroken("action_item.state_unknown", value=state)
    if not outcome.strip():
        raise RuleBroken("action_item.outcome_missing")


def one_line(typed: str) -> str:
    """Words of one line: blanks as one, and nothing that is none to be read."""
    return " ".join(plain(typed).split())


def plain(typed: str) -> str:
    """Words without what acts on a terminal or cannot be printed; lines stay lines."""
    return _UNPRINTED.sub("", typed.replace("\r\n", "\n").replace("\r", "\n"))


def people_of(typed: str) -> tuple[str, ...]:
    """The names in a line of people, however they are separated."""
    for mark in "\u3001\uff0c\uff1b,;/\n\t":
        typed = typed.replace(mark, " ")
    return tuple(dict.fromkeys(typed.split()))


def due_until(today: date) -> date:
    """The last day of those whose items are shown as work today."""
    return today + timedelta(SOON_DAYS)
