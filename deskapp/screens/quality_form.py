"""The score form beside the call or ticket it is about: one digit a question, drafts survive (row A5)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any, ClassVar

from textual import events
from textual.containers import Horizontal, Vertical, VerticalScroll
from textual.content import Content
from textual.widget import Widget

from deskapp.i18n import say
from deskapp.i18n.errors import in_words
from deskapp.screens import paint
from deskapp.screens.base import Panel
from deskapp.screens.form_dialog import FormDialog
from deskapp.screens.quality_words import facts_of, percent
from deskapp.screens.record_form import Values
from deskapp.services.quality import form_of
from deskapp.widgets import painting, signs
from deskapp.widgets.form import Choice, ChoiceField, LongField
from deskapp.widgets.wrapped import Wrapped

if TYPE_CHECKING:
    from deskapp.domain.quality import Answers, Form, Question
    from deskapp.services.quality import SampleView

WIDTH = 116
"""The cells of the form with the work beside it, where there are as many."""
SKIP = "n"
"""What is picked where a question does not apply."""


class PointsField(ChoiceField):
    """Points by their own digit, from none to all; n where the question does not apply."""

    def __init__(self, question: Question) -> None:
        choices = [Choice(points, str(points)) for points in range(question.most + 1)]
        if question.skip:
            choices.append(Choice(SKIP, SKIP, (SKIP,)))
        super().__init__(question.id, f"quality.question.{question.id}", choices, required=True, advance=True)

    def on_key(self, event: events.Key) -> None:
        """A digit is that many points, from none on."""
        if event.character is not None and event.character.isdigit():
            event.stop()
            event.prevent_default()
            self._pick_number(int(event.character) if self._digit(event.character) else -1)
        else:
            super().on_key(event)

    def _digit(self, character: str) -> bool:
        return any(choice.value == int(character) for choice in self.choices)

    def _words(self, number: int, choice: Choice) -> Content:
        picked = number == self._picked
        mark = signs.sign("chosen") if picked else " "
        tone = "bold $primary" if picked else "$foreground" if self.has_focus else "$text-muted"
        return Content.assemble((mark, "$primary"), (choice.label, tone))


class ScoreDialog(FormDialog):
    """At the left the work, at the right the questions; beneath, what the question under the cursor means."""

    SCREEN_ID, TITLE_CODE, ROWS = "quality_score", "quality.score_title", ("A5",)
    DEFAULT_CSS = """
    ScoreDialog Horizontal { height: 1fr; }
    ScoreDialog #quality-work { width: 2fr; padding-right: 1; border-right: solid $panel; }
    ScoreDialog #quality-answers { width: 3fr; padding-left: 1; }
    ScoreDialog #quality-answers FormPanel { height: 1fr; }
    ScoreDialog #quality-help { height: 3; color: $text-muted; }
    """
    FIELD_OF: ClassVar[Mapping[str, str]] = {"quality.long": "words"}

    def __init__(self, seen: SampleView) -> None:
        self.seen = seen
        self.asked: Form = form_of(seen.own)
        own = seen.own
        given: dict[str, Any] = {
            one.id: _typed(own.answers or {}, one.id) if own else None for one in self.asked.questions
        }
        given |= {"words": own.words if own else "", "coaching": own.coaching if own else ""}
        super().__init__(f"quality-{seen.row.sample.id}", given)
        self.work = Wrapped(grow=True)
        self.help = Wrapped(id="quality-help")

    def fields(self) -> Iterable[Widget]:
        """The questions, a remark, and what is said to whose work it is."""
        yield from (PointsField(one) for one in self.asked.questions)
        yield LongField("words", "quality.words", lines=2)
        yield LongField("coaching", "quality.coaching", lines=3)

    def body(self) -> Iterable[Widget]:
        """The work beside the form."""
        with Horizontal():
            yield VerticalScroll(self.work, id="quality-work")
            with Vertical(id="quality-answers"):
                yield self.told
                yield self.form
                yield self.help

    def ready(self) -> None:
        """Say whose work it is and show it."""
        super().ready()
        panel = self.query_one(".dialog", Panel)
        panel.entitle(who=self.seen.row.operator)
        panel.styles.width, panel.styles.height = WIDTH, "100%"
        self.work.show(facts_of(self.desk, self.seen))
        self._help()

    def on_descendant_focus(self, event: events.DescendantFocus) -> None:
        """Say what the question means, and what the score comes to so far."""
        self._help()

    def on_choice_field_changed(self, event: ChoiceField.Changed) -> None:
        """The score so far is another one."""
        self._help()

    def _help(self) -> None:
        from deskapp.domain.errors import RuleBroken
        from deskapp.domain.quality import total

        asked = {one.id: one for one in self.asked.questions}
        one = asked.get(getattr(self.focused, "id", None) or "")
        words = say(f"quality.help.{one.id}") if one else ""
        parts = [Content.styled(words, "$text-muted")]
        try:
            parts.append(
                Content.styled(
                    say("quality.comes_to", total=percent(total(self.asked, self.answers()))), "bold"
                )
            )
        except RuleBroken:
            left = sum(self.form.values()[name] is None for name in asked)
            parts.append(Content.styled(say("quality.left", count=left), "$text-muted"))
        self.help.show([part for part in parts if part.plain])

    def answers(self) -> Answers:
        """The points typed so far, by question."""
        return answers_of(self.asked, self.form.values())

    def wrong(self, values: Values) -> dict[str, str]:
        """Every question has its points."""
        from deskapp.domain.quality import wrong

        found = wrong(self.asked, answers_of(self.asked, values))
        return {name: in_words(error) for name, error in found.items()}


def _typed(answers: Mapping[str, object], name: str) -> object:
    return SKIP if answers.get(name) is None else answers[name]


def answers_of(form: Form, values: Values) -> dict[str, int | None]:
    """What was typed as answers: a question left empty has none."""
    typed = {one.id: values.get(one.id) for one in form.questions}
    return {name: None if value == SKIP else int(value) for name, value in typed.items() if value is not None}


class CoachDialog(FormDialog):
    """Another coaching note with one's own score."""

    SCREEN_ID, TITLE_CODE, ROWS = "quality_coach", "quality.coach_title", ("A5",)

    def __init__(self, seen: SampleView) -> None:
        self.seen = seen
        super().__init__(
            f"quality-coach-{seen.row.sample.id}", {"coaching": seen.own.coaching if seen.own else ""}
        )
        self.about = Wrapped(grow=True)

    def fields(self) -> Iterable[Widget]:
        """The note."""
        yield LongField("coaching", "quality.coaching", lines=5, required=True)

    def body(self) -> Iterable[Widget]:
        """What was scored, then the note."""
        yield self.about
        yield from super().body()

    def ready(self) -> None:
        """Say whom it is for."""
        super().ready()
        row, own = self.seen.row, self.seen.own
        self.query_one(".dialog", Panel).entitle(who=row.operator)
        lines = [painting.safe(f"{paint.client_name(row.client)} {' '.join(row.about.split())}")]
        if own is not None and own.read_at is not None:
            lines.append(Content.styled(say("quality.read_anew"), "$warning"))
        self.about.show(lines)
