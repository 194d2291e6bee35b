"""Phrases at hand, looked through and written: kind by kind, filled in for a sample client (row K2; text 3)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, ClassVar

from textual.binding import Binding, BindingType
from textual.containers import Horizontal
from textual.content import Content
from textual.widget import Widget
from textual.widgets import Input

from deskapp.domain.courtesy import NEEDS, marks_of
from deskapp.domain.phrase import KINDS, LONGEST_TITLE, Phrase, fill, fits
from deskapp.i18n import say
from deskapp.screens.base import DeskScreen, Panel
from deskapp.screens.form_dialog import Editing
from deskapp.screens.phrase_form import PhraseDialog
from deskapp.widgets import painting
from deskapp.widgets.form import TextField
from deskapp.widgets.prose import Prose
from deskapp.widgets.record_table import Column, ListSource, PaintContext, RecordTable

if TYPE_CHECKING:
    from deskapp.desk import Desk
    from deskapp.screens.record_form import Values

NEXT_KIND = dict(zip(("", *KINDS), (*KINDS, ""), strict=True))
Read = tuple[Sequence[Phrase], Mapping[str, str], int]
"""The phrases, what fills them for a sample client, and how many of the starter list are not here."""


class FindLine(TextField):
    """A line that narrows the list as one types; Enter goes to the list."""

    def action_next_field(self) -> None:
        """To the list, where letters are keys."""
        screen = self.screen
        if isinstance(screen, PhrasesScreen):
            screen.table.focus()


class PhrasesScreen(Editing, DeskScreen[None]):
    """The phrases kind by kind, and beside them the one under the cursor as a client would read it."""

    PLACE, SCREEN_ID, ROWS = "more", "phrases", ("K2",)
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter,e", "change", id="phrases.edit"),
        Binding("n", "new", id="phrases.new"),
        Binding("t", "kind", id="phrases.kind"),
        Binding("slash", "find", id="phrases.find"),
        Binding("x", "retire", id="phrases.retire"),
        Binding("u", "shift(-1)", id="phrases.up"),
        Binding("d", "shift(1)", id="phrases.down"),
        Binding("b", "starter", id="phrases.starter"),
        Binding("escape", "leave", id="back"),
    ]
    DEFAULT_CSS = """
    PhrasesScreen #phrases-left { width: 3fr; }
    PhrasesScreen #phrases-right { width: 2fr; }
    PhrasesScreen.-narrow Horizontal { layout: vertical; }
    PhrasesScreen.-narrow #phrases-left { width: 1fr; height: 1fr; }
    PhrasesScreen.-narrow #phrases-right { width: 1fr; height: 7; }
    """

    def __init__(self) -> None:
        super().__init__()
        self.kind = ""
        """The kind the list is narrowed to."""
        self.phrases: tuple[Phrase, ...] = ()
        self.facts: Mapping[str, str] = {}
        self.lacking = 0
        self.typed = FindLine("phrases-find", "phrase.find", max_length=LONGEST_TITLE)
        self.table = RecordTable(
            _columns(), source=ListSource(), empty_code="phrase.list_empty", id="phrases-table"
        )
        self.told = Prose(id="phrases-told")
        self.told.can_focus = False
        self.left = Panel("phrase.title_of", self.typed, self.table, id="phrases-left")
        self.right = Panel("phrase.preview", self.told, id="phrases-right")

    def body(self) -> Iterable[Widget]:
        """The list, and what a client would read."""
        yield Horizontal(self.left, self.right)

    def ready(self) -> None:
        """Read them."""
        self.table.focus()
        self.changed()

    def changed(self) -> None:
        """Read them anew; the cursor stays on its phrase."""
        if self.app.desk is None or self.app.desk.operator is None:
            return
        desk = self.desk
        self.ask(lambda: _read(desk), self._show, group="phrases")

    def _show(self, read: Read) -> None:
        phrases, self.facts, self.lacking = read
        self.phrases = tuple(phrases)
        self._narrow()
        self.refresh_bindings()

    def _narrow(self) -> None:
        """Show what is of the kind and fits what is typed."""
        typed = self.typed.read()
        found = [one for one in self.phrases if self.kind in ("", one.kind) and fits(one, typed)]
        source = self.table.source
        assert isinstance(source, ListSource)
        source.replace(found)
        self.table.empty_code = "phrase.nothing" if typed or self.kind else "phrase.list_empty"
        self.table.refresh_rows()
        self._tell()

    def relabel(self) -> None:
        """Say everything again."""
        super().relabel()
        self._tell()

    def _tell(self) -> None:
        which = say(f"phrase.kind.{self.kind}") if self.kind else say("phrase.all")
        source = self.table.source
        count = len(source.records) if isinstance(source, ListSource) else 0
        self.left.entitle(which=which, count=count)
        phrase: Phrase | None = self.table.selected if count else None
        self.told.show(preview_lines(phrase, self.facts) if phrase is not None else [])

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """The starter list is offered only while something of it is not here."""
        return self.lacking > 0 if action == "starter" else True

    def on_record_table_highlighted(self, message: RecordTable.Highlighted) -> None:
        """Show the phrase as a client would read it."""
        self._tell()

    def on_record_table_chosen(self, message: RecordTable.Chosen) -> None:
        """Change the phrase chosen."""
        self._edit(message.record)

    def on_input_changed(self, event: Input.Changed) -> None:
        """Narrow the list."""
        self._narrow()

    def action_change(self) -> None:
        """Change the phrase under the cursor."""
        self.table.action_choose()

    def action_find(self) -> None:
        """Type what is looked for."""
        self.typed.focus()

    def action_kind(self) -> None:
        """Show the next kind only; after the last, all."""
        self.kind = NEXT_KIND[self.kind]
        self._narrow()

    def action_new(self) -> None:
        """Write a new one, of the kind that is shown."""
        self._edit(Phrase(kind=self.kind or "reply"))

    def _edit(self, phrase: Phrase) -> None:
        if not self.may("phrase.save"):
            return
        from deskapp.services import phrases

        desk = self.desk

        def again() -> Phrase:
            with desk.read() as work:
                return work.phrases.find(phrase.id) if phrase.id else phrase

        def save(loaded: Phrase, values: Values) -> Phrase:
            return phrases.save(desk, PhraseDialog.written(loaded, values), key=values["submission"])

        def done(saved: Phrase) -> None:
            self.app.say("phrase.saved", title=saved.title)
            self.changed()

        self.edit(phrase, PhraseDialog, save, again, then=done)

    def action_retire(self) -> None:
        """Put the phrase under the cursor out of use, or back into it."""
        phrase: Phrase | None = self.table.selected
        if phrase is None or not self.may("phrase.save"):
            return
        from deskapp.services import phrases

        desk = self.desk

        def done(saved: Phrase) -> None:
            from deskapp.services import harmless

            back = harmless.turned(
                desk, saved.active, lambda here: phrases.retire(here, saved, active=not saved.active)
            )
            words = say("phrase.back" if saved.active else "phrase.retired", title=saved.title)
            self.app.undoing.offer(back, words)
            self.changed()

        self.act(lambda: phrases.retire(desk, phrase, active=not phrase.active), done)

    def action_shift(self, by: int) -> None:
        """Move the phrase under the cursor up or down among its kind."""
        phrase: Phrase | None = self.table.selected
        if phrase is None or not self.may("phrase.save"):
            return
        from deskapp.services import phrases

        desk = self.desk
        self.act(lambda: phrases.move(desk, phrase, by), lambda _: self.changed())

    def action_starter(self) -> None:
        """Take over what of the starter list is not here yet."""
        if not self.may("phrase.save"):
            return
        from deskapp.services import phrases

        desk, language = self.desk, phrases.offered_language()

        def done(count: int) -> None:
            self.app.say("phrase.starter_done", count=count)
            self.changed()

        self.act(lambda: phrases.add_starter(desk, language), done)

    def action_leave(self) -> None:
        """From the line to the list; what is looked for, then the kind, is dropped; then back to the queue."""
        if self.typed.has_focus:
            self.table.focus()
        elif self.typed.read() or self.kind:
            self.kind = ""
            self.typed.fill("")
            self._narrow()
        else:
            self.app.go("queue")


def preview_lines(phrase: Phrase, facts: Mapping[str, str]) -> list[Content]:
    """A phrase as a client would read it; of the forbidden kind what is looked for and what to say instead."""
    head = painting.join(
        [
            Content.styled(say(f"phrase.kind.{phrase.kind}"), "$secondary"),
            painting.safe(phrase.title, "bold"),
            *([] if phrase.active else [Content.styled(say("phrase.off"), "$text-disabled")]),
        ]
    )
    if phrase.kind == "forbidden":
        return [
            head,
            Content.assemble(
                Content.styled(say("phrase.instead"), "$text-muted"), painting.safe(phrase.advice)
            ),
            painting.safe(" · ".join(phrase.expressions), "$warning"),
        ]
    words = fill(phrase.words, facts).text
    known = phrase.kind in NEEDS and marks_of(phrase)
    return [
        head,
        *(painting.safe(line) for line in words.splitlines()),
        *([Content.styled(say("phrase.is_mark"), "$text-muted")] if known else []),
    ]


def _read(desk: Desk) -> Read:
    from deskapp.services import phrases

    found = phrases.listed(desk)
    for one in found:
        fits(one, "")
    return found, phrases.sample_facts(desk), phrases.lacking_starter(found)


def _columns() -> list[Column]:
    return [
        Column("kind", "phrase.column.kind", 10, _kind),
        Column("title", "phrase.column.title", 18, _title),
        Column("keys", "phrase.column.keys", 7, _keys),
        Column("words", "phrase.column.words", None, _words),
    ]


def _kind(phrase: Phrase, _: PaintContext) -> Content:
    tone = "$warning" if phrase.kind == "forbidden" else "$secondary"
    return Content.styled(say(f"phrase.kind.{phrase.kind}"), tone if phrase.active else "$text-disabled")


def _title(phrase: Phrase, _: PaintContext) -> Content:
    return painting.safe(phrase.title, "" if phrase.active else "$text-disabled")


def _keys(phrase: Phrase, _: PaintContext) -> Content:
    return painting.safe(phrase.keys.split(" ")[0], "$primary")


def _words(phrase: Phrase, _: PaintContext) -> Content:
    if not phrase.active:
        return Content.styled(say("phrase.off"), "$text-disabled")
    words = " · ".join(phrase.expressions) if phrase.kind == "forbidden" else " ".join(phrase.words.split())
    return painting.safe(words, "$text-muted")
