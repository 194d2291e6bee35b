"""The form a phrase is written in: its kind, its name and keys, its words with holes, what to say instead (row K2)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import TYPE_CHECKING, ClassVar

from textual.content import Content
from textual.widget import Widget

from deskapp.domain.phrase import HOLES, KINDS, LONGEST_TITLE, Phrase
from deskapp.i18n import say
from deskapp.screens.form_dialog import FormDialog
from deskapp.screens.staff_forms import yes_no
from deskapp.widgets.form import Choice, ChoiceField, LongField, TextField
from deskapp.widgets.wrapped import Wrapped

if TYPE_CHECKING:
    from deskapp.screens.record_form import Values


class PhraseDialog(FormDialog):
    """A phrase: of which kind, what it is called and found by, its words; forbidden ones with a way out."""

    SCREEN_ID, TITLE_CODE, ROWS = "phrase", "phrase.form_title", ("K2",)
    FIELD_OF: ClassVar = {
        "phrase.kind": "kind",
        "phrase.title": "title",
        "phrase.words": "words",
        "phrase.hole": "words",
        "phrase.advice": "advice",
    }

    def __init__(self, phrase: Phrase) -> None:
        given = {
            name: getattr(phrase, name) for name in ("kind", "title", "keys", "words", "advice", "active")
        }
        super().__init__(f"phrase-{phrase.id}", given)

    def body(self) -> Iterable[Widget]:
        """The fields, and which facts fill themselves in."""
        yield from super().body()
        hint, holes = Wrapped(grow=True), " ".join(f"{{{{{one}}}}}" for one in HOLES)
        hints = say("phrase.hint_holes", holes=holes), say("phrase.hint_forbidden")
        hint.show([Content.styled(words, "$text-muted") for words in hints])
        yield hint

    def fields(self) -> Iterable[Widget]:
        """Kind, name, keys, words, and what to say instead."""
        yield ChoiceField("kind", "phrase.field.kind", _kinds(), required=True)
        yield TextField("title", "phrase.field.title", max_length=LONGEST_TITLE)
        yield TextField("keys", "phrase.field.keys", max_length=40)
        yield LongField("words", "phrase.field.words", lines=4, required=True)
        yield LongField("advice", "phrase.field.advice", lines=2)
        yield ChoiceField("active", "phrase.field.active", yes_no(), required=True)

    @staticmethod
    def written(phrase: Phrase, values: Values) -> Phrase:
        """The phrase as its form says."""
        return replace(
            phrase,
            kind=str(values["kind"]),
            active=values["active"] is not False,
            title=str(values["title"] or ""),
            keys=str(values["keys"] or ""),
            words=str(values["words"] or ""),
            advice=str(values["advice"] or ""),
        )


def _kinds() -> list[Choice]:
    return [Choice(kind, say(f"phrase.kind.{kind}")) for kind in KINDS]
