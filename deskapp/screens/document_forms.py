"""The forms of documents: one's own words, an item, how it ended, who it is handed to, where a file goes (row K4)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar

from textual.widget import Widget

from deskapp.domain.office_document import ENDS, KINDS, MOST_PEOPLE, MOST_TITLE, MOST_WORDS
from deskapp.i18n import say
from deskapp.screens.answerers import Answerers, answer_of
from deskapp.screens.base import Panel
from deskapp.screens.form_dialog import FormDialog
from deskapp.screens.handoff_forms import wrong_to_ask
from deskapp.screens.site_form import read_day
from deskapp.screens.staff_forms import find_staff, wrong_days
from deskapp.screens.ticket_form_fields import ClientLookup, read_due, typed_due
from deskapp.widgets.form import Choice, ChoiceField, LongField, PickField, TextField

if TYPE_CHECKING:
    from deskapp.desk import Desk
    from deskapp.domain.attachment import Attachment
    from deskapp.domain.office_document import ActionItem, ItemRow, OfficeDocument
    from deskapp.domain.ticket import Ticket
    from deskapp.screens.record_form import Values


class DocumentDialog(FormDialog):
    """What a document is, what it is called, its day, who was there, and its words."""

    SCREEN_ID, TITLE_CODE, ROWS = "document_form", "document.form.title", ("K4",)
    FIELD_OF: ClassVar[Mapping[str, str]] = {
        "document.kind_unknown": "kind",
        "document.title_missing": "title",
        "document.title_long": "title",
        "document.day_missing": "day",
        "document.people_long": "people",
        "document.body_long": "body",
    }

    def __init__(self, document: OfficeDocument) -> None:
        self.document = document
        given = {
            "kind": document.kind,
            "title": document.title,
            "day": document.day.isoformat(),
            "people": document.people,
            "body": document.body,
        }
        super().__init__(f"document-{document.id or 'new'}", given)

    def fields(self) -> Iterable[Widget]:
        """Kind, title, day, people, words."""
        kinds = [Choice(kind, say(f"document.kind.{kind}")) for kind in KINDS]
        yield ChoiceField("kind", "document.field.kind", kinds, required=True, advance=True)
        yield TextField("title", "document.field.title", max_length=MOST_TITLE, required=True)
        yield TextField("day", "document.field.day", max_length=20, required=True)
        yield TextField(
            "people", "document.field.people", max_length=MOST_PEOPLE, placeholder_code="document.people_hint"
        )
        yield LongField("body", "document.field.body", lines=8)

    def ready(self) -> None:
        """Say which document it is."""
        super().ready()
        if self.document.number:
            self.query_one(".dialog", Panel).whisper(self.document.number)
        self.form.field("title").focus()

    def wrong(self, values: Values) -> dict[str, str]:
        """The day must be one."""
        return super().wrong(values) | wrong_days(values, ["day"])

    @staticmethod
    def save(desk: Desk, loaded: OfficeDocument, values: Values) -> OfficeDocument:
        """Keep it."""
        from deskapp.services import documents

        typed = replace(
            loaded,
            kind=values["kind"],
            title=values["title"],
            day=read_day(values["day"]) or loaded.day,
            people=values["people"],
            body=values["body"],
        )
        return documents.save(desk, typed, key=values["submission"])


@dataclass(frozen=True, slots=True)
class ItemFacts:
    """What the form of an item opens with."""

    item: ActionItem
    staff: str = ""
    document: str = ""


class ItemDialog(FormDialog):
    """What is asked of whom by which day."""

    SCREEN_ID, TITLE_CODE, ROWS = "action_item", "action_item.form.title", ("K4",)
    FIELD_OF: ClassVar[Mapping[str, str]] = {
        "action_item.words_missing": "words",
        "action_item.words_long": "words",
        "action_item.due_missing": "due",
    }

    def __init__(self, desk: Desk, facts: ItemFacts) -> None:
        self.facts, self.lookup = facts, partial(find_staff, desk)
        item = facts.item
        given = {
            "words": item.words,
            "staff": item.staff_id,
            "staff.text": facts.staff,
            "due": item.due_on.isoformat() if item.due_on else "",
        }
        super().__init__(f"action-item-{item.id or f'of-{item.document_id}'}", given)

    def fields(self) -> Iterable[Widget]:
        """What, who, by when."""
        yield LongField("words", "action_item.field.words", lines=2, required=True)
        yield PickField(
            "staff", "action_item.field.staff", self.lookup, placeholder_code="action_item.staff_hint"
        )
        yield TextField("due", "action_item.field.due", max_length=20, required=True)

    def ready(self) -> None:
        """Say of which document it is."""
        super().ready()
        self.query_one(".dialog", Panel).whisper(self.facts.document)

    def wrong(self, values: Values) -> dict[str, str]:
        """The day must be one, whoever is named must be known."""
        wrong = super().wrong(values) | wrong_days(values, ["due"])
        if values["staff"] is None and values["staff.text"]:
            wrong["staff"] = say("action_item.nobody")
        if len(values["words"] or "") > MOST_WORDS:
            wrong["words"] = say("action_item.words_long", most=MOST_WORDS)
        return wrong

    @staticmethod
    def save(desk: Desk, loaded: ItemFacts, values: Values) -> ActionItem:
        """Keep it."""
        from deskapp.services import action_items

        words, due_on = values["words"] or "", read_day(values["due"])
        typed = replace(loaded.item, words=words, staff_id=values["staff"], due_on=due_on)
        return action_items.save(desk, typed, key=values["submission"])


class SettleDialog(FormDialog):
    """How an item ended, and what came of it."""

    SCREEN_ID, TITLE_CODE, ROWS = "action_item_end", "action_item.end.title", ("K4",)
    FIELD_OF: ClassVar[Mapping[str, str]] = {"action_item.outcome_missing": "outcome"}

    def __init__(self, row: ItemRow) -> None:
        self.row = row
        super().__init__(f"action-item-end-{row.item.id}", {"state": ENDS[0], "outcome": ""})

    def fields(self) -> Iterable[Widget]:
        """Done or dropped, and the words."""
        ends = [Choice(state, say(f"action_item.state.{state}")) for state in ENDS]
        yield ChoiceField("state", "action_item.field.state", ends, required=True, advance=True)
        yield TextField("outcome", "action_item.field.outcome", max_length=300, required=True)

    def ready(self) -> None:
        """Say which item it is; the outcome is what is typed."""
        super().ready()
        if self.error is None:
            self.tell(self.row.item.words, "$text-muted")
        self.form.field("outcome").focus()

    @staticmethod
    def save(desk: Desk, row: ItemRow, values: Values) -> ActionItem:
        """Keep it."""
        from deskapp.services import action_items

        return action_items.settle(desk, row.item, values["state"], values["outcome"])


class HandOverDialog(FormDialog):
    """Which department is to do an item, until when, and what it is told; about a client where it is about one."""

    SCREEN_ID, TITLE_CODE, ROWS = "action_item_hand", "action_item.hand.title", ("K4", "T14")
    FIELD_OF: ClassVar[Mapping[str, str]] = {"handoff.nobody": "answers", "handoff.due_missing": "due"}

    def __init__(self, desk: Desk, row: ItemRow) -> None:
        self.row, self.answerers, self.clients = row, Answerers(desk), ClientLookup(desk)
        given = {"answers": None, "due": _due(desk, row.item), "words": row.item.words, "client": None}
        super().__init__(f"action-item-hand-{row.item.id}", given)

    def fields(self) -> Iterable[Widget]:
        """Who answers, by when, what is asked, about whom."""
        yield PickField(
            "answers",
            "handoff.field.answers",
            self.answerers,
            required=True,
            placeholder_code="handoff.answers_hint",
        )
        yield TextField(
            "due", "handoff.field.due", max_length=20, required=True, placeholder_code="handoff.due_hint"
        )
        yield LongField("words", "handoff.field.words", lines=3, required=True)
        yield PickField(
            "client", "handoff.field.client", self.clients, placeholder_code="action_item.client_hint"
        )

    def wrong(self, values: Values) -> dict[str, str]:
        """Whoever answers is picked, a client too when one is typed, the deadline is to come."""
        return super().wrong(values) | wrong_to_ask(self.desk, values)

    @staticmethod
    def save(desk: Desk, row: ItemRow, values: Values) -> Ticket:
        """Ask it."""
        from deskapp.services import action_items

        department_id, responsible_id = answer_of(values["answers"])
        asked = action_items.Asked(
            department_id,
            responsible_id,
            read_due(desk, values["due"]),
            values["words"] or "",
            values["client"],
        )
        return action_items.hand_over(desk, row.item, asked, key=values["submission"])


def _due(desk: Desk, item: ActionItem) -> str:
    """The end of the item's day, or of a department's usual days when that is over or would come too late."""
    from deskapp.domain.handoff import days_allowed
    from deskapp.domain.time_words import day_end

    days = days_allowed("other", desk.policy)
    left = item.left(desk.local(desk.now()).date())
    if left is not None and left >= 0:
        days = left
    return typed_due(desk, day_end(desk.now(), days, desk.policy.timezone))


class SaveFileDialog(FormDialog):
    """Into which folder a copy of a file is written."""

    SCREEN_ID, TITLE_CODE, ROWS = "document_file", "document.save_file.title", ("K4",)
    FIELD_OF: ClassVar[Mapping[str, str]] = {"document.no_folder": "folder"}

    def __init__(self, attachment: Attachment, folder: str) -> None:
        self.attachment = attachment
        super().__init__(f"document-file-{attachment.id}", {"folder": folder})

    def fields(self) -> Iterable[Widget]:
        """The folder."""
        yield TextField("folder", "document.field.folder", max_length=1000, required=True)

    def ready(self) -> None:
        """Say which file it is."""
        super().ready()
        self.query_one(".dialog", Panel).whisper(self.attachment.name)

    @staticmethod
    def save(desk: Desk, attachment: Attachment, values: Values) -> Path:
        """Write it."""
        from deskapp.services import documents

        return documents.save_file(desk, attachment, (values["folder"] or "").strip())
