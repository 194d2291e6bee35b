"""Macros: written on a small screen, run on a ticket by one key (row T15)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any, ClassVar

from textual import events
from textual.binding import Binding, BindingType
from textual.content import Content
from textual.widget import Widget

from deskapp.i18n import say
from deskapp.screens.answerers import Answerers, answer_label, answer_of, answer_value
from deskapp.screens.base import DeskDialog, DeskScreen, Framed, Panel
from deskapp.screens.form_dialog import Editing, FormDialog, edit
from deskapp.screens.saved_views import whose_choices
from deskapp.screens.ticket_dialog import severity_choices
from deskapp.widgets import painting
from deskapp.widgets.form import Choice, ChoiceField, LongField, PickField, TextField
from deskapp.widgets.lines import Lines
from deskapp.widgets.record_table import Column, ListSource, PaintContext, RecordTable

if TYPE_CHECKING:
    from deskapp.domain.macro import Macro
    from deskapp.domain.ticket import Ticket
    from deskapp.screens.record_form import Values
    from deskapp.services.macros import Ran

    Work = Any


Loaded = tuple["Macro", str]
"""A macro, and the name of whom it hands tickets to."""


class MacrosScreen(Editing, DeskScreen[None]):
    """The macros one can use, one's own first; Enter changes one, n writes a new one."""

    PLACE, SCREEN_ID, ROWS = "more", "macros", ("T15",)
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "change", id="macros.edit"),
        Binding("n", "new", id="macros.new"),
        Binding("escape", "leave", id="back"),
    ]

    def __init__(self) -> None:
        super().__init__()
        self.table = RecordTable(
            _columns(), source=ListSource(), empty_code="macro.list_empty", id="macros-table"
        )

    def body(self) -> Iterable[Widget]:
        """The list."""
        yield Panel("macro.title", self.table)

    def ready(self) -> None:
        """Read them."""
        self.table.focus()
        self.changed()

    def changed(self) -> None:
        """Read them anew."""
        if self.app.desk is None or self.app.desk.operator is None:
            return
        from deskapp.services import macros

        desk = self.desk
        self.ask(lambda: macros.listed(desk), lambda found: _put(self.table, found), group="macros")

    def on_record_table_chosen(self, message: RecordTable.Chosen) -> None:
        """Change the macro chosen."""
        self._edit(message.record)

    def action_change(self) -> None:
        """Change the macro under the cursor."""
        self.table.action_choose()

    def action_new(self) -> None:
        """Write a new one."""
        from deskapp.domain.macro import Macro

        me = self.desk.operator
        self._edit(Macro(operator_id=me.id if me else 0))

    def _edit(self, macro: Macro) -> None:
        from deskapp.services import macros

        desk = self.desk

        def again() -> Loaded:
            with desk.read() as work:
                return _loaded(work, work.macros.find(macro.id) if macro.id else macro)

        def save(loaded: Loaded, values: Values) -> Macro:
            return macros.save(desk, _written(loaded[0], values, desk.operator.id if desk.operator else 0))

        def done(saved: Macro) -> None:
            self.app.say("macro.saved", name=saved.name)
            self.changed()

        def show(loaded: Loaded) -> None:
            self.edit(loaded, lambda one: MacroDialog(*one), save, again, then=done)

        self.ask(again, show, group="macro")

    def action_leave(self) -> None:
        """Back to the queue."""
        self.app.go("queue")


class MacroDialog(FormDialog):
    """A macro's name and key, and its moves in the order they are made; what is left empty is not done."""

    SCREEN_ID, TITLE_CODE, ROWS = "macro", "macro.form_title", ("T15",)
    FIELD_OF: ClassVar = {
        "macro.name": "name",
        "macro.letter": "letter",
        "macro.letter_taken": "letter",
        "macro.empty": "note",
        "macro.hours": "hours",
        "macro.not_yours": "name",
    }

    def __init__(self, macro: Macro, label: str = "") -> None:
        super().__init__(f"macro-{macro.id}", _answers(macro, label))

    def fields(self) -> Iterable[Widget]:
        """What it is called, and what it does."""
        yield TextField("name", "macro.field.name", required=True, max_length=60)
        yield TextField("letter", "macro.field.letter", max_length=1)
        yield ChoiceField("whose", "macro.field.whose", whose_choices(), required=True)
        yield ChoiceField("severity", "macro.field.severity", severity_choices())
        yield PickField("answers", "macro.field.answers", placeholder_code="acts.answers_hint")
        yield TextField("tag", "macro.field.tag")
        yield LongField("note", "macro.field.note", lines=2)
        yield LongField("respond", "macro.field.respond", lines=2)
        yield TextField("hours", "macro.field.hours", max_length=4)
        yield ChoiceField("active", "macro.field.active", _yes_no(), required=True)

    def ready(self) -> None:
        """Say which facts fill themselves in."""
        answers = self.form.field("answers")
        if isinstance(answers, PickField):
            answers.lookup = Answerers(self.desk)
        super().ready()
        holes = "{{client.name}} {{ticket.number}} {{today}}"
        self.tell(say("macro.field.hint", holes=holes), "$text-muted")


class MacroChoice(DeskDialog[int]):
    """The macros one can run on a ticket: each by its key, or Enter."""

    SCREEN_ID, TITLE_CODE, ROWS = "macro_choice", "macro.choose_title", ("T15",)
    DEFAULT_CSS = """
    MacroChoice RecordTable { height: 10; }
    """

    def __init__(self, macros: Sequence[Macro]) -> None:
        super().__init__()
        self.macros = tuple(macros)
        self.table = RecordTable(
            _columns()[:3], source=ListSource(macros), empty_code="macro.none_here", header=False
        )

    def body(self) -> Iterable[Widget]:
        """The macros."""
        yield self.table
        yield Lines([Content.styled(say("macro.how"), "$text-muted")], grow=True)

    def ready(self) -> None:
        """Let the arrows work."""
        self.table.focus()

    def on_key(self, event: events.Key) -> None:
        """A macro's key runs it: one's own before everybody's."""
        for macro in self.macros:
            if macro.letter and event.character and macro.letter == event.character.lower():
                event.stop()
                event.prevent_default()
                self.dismiss(macro.id)
                return

    def on_record_table_chosen(self, message: RecordTable.Chosen) -> None:
        """Run the macro under the cursor."""
        self.dismiss(message.record.id)


class HolesDialog(FormDialog):
    """What a macro's words leave open and no fact fills."""

    SCREEN_ID, TITLE_CODE, ROWS = "macro_holes", "macro.holes_title", ("T15",)

    def __init__(self, macro: Macro, names: Sequence[str]) -> None:
        self.names = tuple(names)
        super().__init__(f"macro-holes-{macro.id}", {})

    def fields(self) -> Iterable[Widget]:
        """One line a hole; its name stands above it as it was written."""
        for number, name in enumerate(self.names):
            field = HoleField(f"hole{number}", "macro.field.name", required=True)
            field.called = name
            yield field


class HoleField(TextField):
    """A line labelled by what the macro calls it."""

    called = ""

    @property
    def label(self) -> str:
        """The name of the hole."""
        from deskapp.widgets.safe_text import shown

        return shown(self.called)


def choose(screen: Framed, ticket: Ticket) -> None:
    """Let a macro be chosen over a ticket's screen, ask what it asks, and run it."""
    from deskapp.services import macros

    desk = screen.desk

    def show(found: Sequence[Macro]) -> None:
        usable = {macro.id: macro for macro in found if macro.active}

        def chosen(macro_id: int | None) -> None:
            if macro_id is not None:
                run(screen, ticket, usable[macro_id])

        screen.app.push_screen(MacroChoice(list(usable.values())), chosen)

    screen.ask(lambda: macros.listed(desk), show, group="macros")


def run(screen: Framed, ticket: Ticket, macro: Macro) -> None:
    """Run a macro on a ticket as it was seen; what it asks is asked first."""
    from deskapp.domain.macro import asked
    from deskapp.services import macros

    desk, names = screen.desk, asked(macro.steps)

    def ran(done: Ran) -> None:
        screen.app.say("macro.done", name=macro.name, moves=done.moves)

    def with_answers(_: object, values: Values) -> Ran:
        answers = {name: str(values.get(f"hole{number}") or "") for number, name in enumerate(names)}
        return macros.run(desk, ticket, macro, answers)

    if names:
        edit(screen, macro, lambda one: HolesDialog(one, names), with_answers, lambda: macro, then=ran)
    else:
        screen.act(lambda: macros.run(desk, ticket, macro), ran)


def _put(table: RecordTable, records: Sequence[Any]) -> None:
    source = table.source
    assert isinstance(source, ListSource)
    source.replace(records)
    table.refresh_rows()


def _loaded(work: Work, macro: Macro) -> Loaded:
    """Read the name of whom a macro hands tickets to."""
    step = next((one for one in macro.steps if one.get("do") == "dispatch"), {})
    department, member = (
        work.departments.get(step.get("department_id")),
        work.staff.get(step.get("responsible_id")),
    )
    return macro, answer_label(department.name if department else "", member.name if member else "")


def _yes_no() -> list[Choice]:
    return [Choice(True, say("form.yes"), ("s", "y")), Choice(False, say("form.no"), ("f", "n"))]


def _answers(macro: Macro, label: str) -> dict[str, Any]:
    """A macro as the answers of its form."""
    steps = {str(step.get("do")): step for step in macro.steps}

    def of(move: str, name: str) -> Any:
        return steps.get(move, {}).get(name)

    to = of("dispatch", "department_id"), of("dispatch", "responsible_id")
    return {
        "name": macro.name,
        "letter": macro.letter,
        "whose": "shared" if macro.operator_id is None else "own",
        "severity": of("grade", "severity"),
        "answers": Choice(answer_value(*to), label) if any(to) else None,
        "tag": of("tag", "tag") or "",
        "note": of("note", "words") or "",
        "respond": of("respond", "words") or "",
        "hours": str(of("callback", "hours") or ""),
        "active": macro.active,
    }


def _written(macro: Macro, values: Values, me: int) -> Macro:
    """The macro as its form says: a move for each field that is filled."""
    department_id, responsible_id = answer_of(values.get("answers"))
    hours = str(values.get("hours") or "").strip()
    moves: list[Mapping[str, object] | None] = [
        {"do": "grade", "severity": values["severity"]} if values.get("severity") else None,
        {"do": "dispatch", "department_id": department_id, "responsible_id": responsible_id}
        if department_id or responsible_id
        else None,
        _worded("tag", "tag", values.get("tag")),
        _worded("note", "words", values.get("note")),
        _worded("respond", "words", values.get("respond")),
        {"do": "callback", "hours": int(hours) if hours.isdecimal() else hours} if hours else None,
    ]
    return replace(
        macro,
        name=str(values["name"] or "").strip(),
        letter=str(values.get("letter") or "").strip().lower(),
        moves={"steps": [move for move in moves if move is not None]},
        operator_id=None if values["whose"] == "shared" else macro.operator_id or me,
        active=bool(values["active"]),
    )


def _worded(move: str, name: str, words: object) -> Mapping[str, object] | None:
    text = str(words or "").strip()
    return {"do": move, name: text} if text else None


def _columns() -> list[Column]:
    return [
        Column("letter", "macro.column.letter", 4, _letter),
        Column("name", "macro.column.name", 24, _name),
        Column("moves", "macro.column.moves", None, _moves),
        Column("whose", "macro.column.whose", 10, _whose),
    ]


def _letter(macro: Macro, _: PaintContext) -> Content:
    return painting.safe(macro.letter, "bold $primary")


def _name(macro: Macro, _: PaintContext) -> Content:
    return painting.safe(macro.name, "" if macro.active else "$text-disabled")


def _moves(macro: Macro, _: PaintContext) -> Content:
    """Each move by its word and what it says."""
    parts = []
    for step in macro.steps:
        what = step.get("words") or step.get("tag") or step.get("hours") or ""
        severity = step.get("severity")
        if severity:
            what = say(f"ticket.severity.{severity}")
        parts.append(f"{say('macro.move.' + str(step.get('do')))} {what}".strip())
    return painting.safe(" · ".join(parts), "$text-muted")


def _whose(macro: Macro, _: PaintContext) -> Content:
    if not macro.active:
        return Content.styled(say("macro.off"), "$text-disabled")
    return Content.styled(say("view.shared") if macro.operator_id is None else "", "$text-muted")
