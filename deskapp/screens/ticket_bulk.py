"""One act on every marked ticket, with one undo for the lot (row T15)."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, ClassVar

from textual.binding import Binding, BindingType
from textual.widget import Widget

from deskapp.i18n import say
from deskapp.screens.answerers import Answerers, answer_of
from deskapp.screens.base import Panel
from deskapp.screens.form_dialog import FormDialog, edit
from deskapp.screens.paged import Listed
from deskapp.screens.ticket_dialog import severity_choices
from deskapp.widgets.form import ChoiceField, LongField, PickField, TextField
from deskapp.widgets.mark_table import MarkTable

if TYPE_CHECKING:
    from deskapp.domain.rows import TicketRow
    from deskapp.screens.record_form import Values
    from deskapp.services.bulk_acts import Outcome

BULK_KEYS = (
    ("d", "dispatch"),
    ("h", "tag"),
    ("x", "untag"),
    ("t", "note"),
    ("u", "urge"),
    ("g", "grade"),
)
"""The letters they have on a ticket, where they have one."""
MOST_NAMED = 3


def bulk_bindings() -> list[BindingType]:
    """A letter for each act on marked rows."""
    return [Binding(key, f"each('{act}')", id=f"tickets.{act}_marked") for key, act in BULK_KEYS]


class BulkActs(Listed):
    """A list of tickets whose marked rows share an act."""

    table: MarkTable

    def on_mark_table_marked(self, message: MarkTable.Marked) -> None:
        """Say how many are marked; their acts are there now, or no longer."""
        count = len(self.table.marked)
        self.panel.whisper(say("tickets.marked", count=count) if count else "")
        self.refresh_bindings()  # type: ignore[attr-defined]

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Acts on marked rows are there while rows are marked."""
        return bool(self.table.marked) if action == "each" else True

    def action_each(self, act: str) -> None:
        """Ask what the act needs, do it to every marked ticket, and name those it was not done to."""
        from deskapp.services import bulk_acts

        desk, rows = self.desk, self.table.marked
        if not rows:
            return

        def save(_: Sequence[TicketRow], values: Values) -> Outcome:
            chosen = [row.ticket for row in self.table.marked or rows]
            return bulk_acts.each(desk, act, chosen, _needed(act, values))

        edit(self, rows, lambda some: BulkDialog(act, some), save, lambda: rows, then=self._done_of(act))

    def _done_of(self, act: str) -> Callable[[Outcome], None]:
        def done(outcome: Outcome) -> None:
            word = say(f"bulk.act.{act}")
            words = say("bulk.done", act=word, count=outcome.done)
            if outcome.refused:
                named = "; ".join(f"{number} {why}" for number, why in outcome.refused[:MOST_NAMED])
                words = say(
                    "bulk.refused", act=word, count=outcome.done, refused=len(outcome.refused), named=named
                )
            else:
                self.table.unmark()
            severity = "warning" if outcome.refused else "information"
            self.app.undoing.offer(outcome.undo, words, severity=severity)

        return done


class BulkDialog(FormDialog):
    """What one act on the marked tickets needs; Ctrl+S does it to all of them."""

    SCREEN_ID, TITLE_CODE, ROWS = "bulk", "bulk.title", ("T15",)
    FIELD_OF: ClassVar = {"ticket.words_missing": "words", "tag.empty": "tag", "ticket.nobody": "answers"}

    def __init__(self, act: str, rows: Sequence[TicketRow]) -> None:
        self.act_name, self.rows = act, rows
        super().__init__(f"bulk-{act}", {})

    def fields(self) -> Iterable[Widget]:
        """Those of the act."""
        return BULK_FIELDS[self.act_name]()

    def ready(self) -> None:
        """Say which act it is on how many."""
        for field in self.form.fields.values():
            if isinstance(field, PickField):
                field.lookup = Answerers(self.desk)
        super().ready()
        word = say(f"bulk.act.{self.act_name}")
        self.query_one(".dialog", Panel).entitle(act=word, count=len(self.rows))


BULK_FIELDS: Mapping[str, Callable[[], list[Widget]]] = {
    "dispatch": lambda: [
        PickField("answers", "acts.answers", required=True, placeholder_code="acts.answers_hint"),
        TextField("words", "acts.reason"),
    ],
    "tag": lambda: [TextField("tag", "bulk.tag", required=True)],
    "untag": lambda: [TextField("tag", "bulk.tag", required=True)],
    "note": lambda: [LongField("words", "bulk.words", lines=4, required=True)],
    "urge": lambda: [TextField("words", "bulk.words")],
    "grade": lambda: [
        ChoiceField("severity", "acts.severity", severity_choices(), required=True, advance=True),
        TextField("words", "bulk.words"),
    ],
}


def _needed(act: str, values: Values) -> dict[str, Any]:
    """What was typed, as the service takes it."""
    needed = dict(values)
    if act == "dispatch":
        needed["department_id"], needed["responsible_id"] = answer_of(values.get("answers"))
    return needed
