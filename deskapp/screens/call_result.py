"""What came of a follow-up call: a digit for how content the client is, and all else only if there is any (F4, A3)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any, ClassVar

from textual.content import Content
from textual.widget import Widget

from deskapp.domain.script_talk import LONGEST_ANSWER
from deskapp.i18n import say
from deskapp.screens.call_followup import answer_words
from deskapp.screens.form_dialog import FormDialog
from deskapp.screens.record_form import Values
from deskapp.screens.site_form import staff_choices
from deskapp.widgets.form import Choice, ChoiceField, LongField, PickField, TextField
from deskapp.widgets.form_grid import ChoiceGrid
from deskapp.widgets.form_score import SCORES, ScoreField
from deskapp.widgets.safe_text import shown
from deskapp.widgets.wrapped import Wrapped

if TYPE_CHECKING:
    from deskapp.domain.call_queue import QueueRow
    from deskapp.domain.script_talk import Question
    from deskapp.domain.staff import StaffMember
    from deskapp.services.followup_calls import Brief, FollowupResult, Person


def yes_no() -> list[Choice]:
    """Yes and no, by digit or letter."""
    return [
        Choice("yes", say("followup_call.yes"), keys=("y", "s")),
        Choice("no", say("followup_call.no"), keys=("n", "f")),
    ]


class ResultDialog(FormDialog):
    """Nothing in it is needed: a digit for the whole, Ctrl+S, and the call has ended."""

    SCREEN_ID, TITLE_CODE, ROWS = "call_result", "followup_call.title", ("F4", "A3", "C4")
    FIELD_OF: ClassVar[dict[str, str]] = {
        "praise.nobody": "praised",
        "praise.words_long": "praise",
        "followup_call.problem_missing": "problem",
        "followup_call.problem_long": "problem",
    }
    DEFAULT_CSS = """
    ResultDialog .dialog { width: 90; padding: 0 1; max-height: 90%; }
    ResultDialog .asked { height: auto; padding: 0 1; }
    """

    def __init__(self, row: QueueRow, brief: Brief, notes: str = "", issued: str = "") -> None:
        self.row, self.brief, self.issued = row, brief, issued
        self.staff: Sequence[StaffMember] = ()
        given = {"notes": notes, "issue": "no" if issued else "yes"}
        super().__init__(f"call-{row.call.id}-result", given)

    def fields(self) -> Iterable[Widget]:
        """The whole first, then what the script asks, those who work there, praise, and a problem."""
        words = [Choice(score, say(f"call.score.{score}")) for score in SCORES]
        yield ChoiceGrid("score", "followup_call.score", words, advance=True)
        before = {one.question.code: one.value for one in self.brief.last_answers}
        for place, question in enumerate(self.brief.questions):
            yield Asked(question, answer_words(question, before.get(question.code)))
            yield _answer_field(place, question)
        for person in scored_apart(self.brief):
            yield ScoreField(f"trade-{person.trade}", f"staff.trade.{person.trade}", who=person.name)
        yield PickField(
            "praised", "followup_call.praised", self._lookup, placeholder_code="followup_call.praised_hint"
        )
        yield TextField("praise", "followup_call.praise", max_length=400)
        yield LongField("problem", "followup_call.problem", lines=2)
        yield ChoiceField("issue", "followup_call.issue", yes_no(), value="yes")
        yield LongField("notes", "followup_call.notes", lines=2)

    def ready(self) -> None:
        """Open; read who works here, to be praised by name."""
        super().ready()
        desk = self.desk
        if self.issued and self.typed is None and self.error is None:
            self.tell(say("followup_call.issued", number=shown(self.issued)), "$primary")

        def everybody() -> Sequence[StaffMember]:
            with desk.read() as work:
                return [member for member in work.staff.all() if member.left_on is None]

        self.ask(everybody, lambda staff: setattr(self, "staff", staff), group="staff", wrong=lambda _: None)

    def _lookup(self, typed: str) -> list[Choice]:
        return people_choices(self.brief.people, self.staff, typed)

    def relabel(self) -> None:
        """Say everything again, the choices too."""
        fields = self.form.fields
        for name, choices in (
            ("score", [Choice(score, say(f"call.score.{score}")) for score in SCORES]),
            ("issue", yes_no()),
            *((f"q{n}", yes_no()) for n, one in enumerate(self.brief.questions) if one.kind == "yes_no"),
        ):
            field = fields.get(name)
            if isinstance(field, ChoiceField):
                field.choices = choices
        super().relabel()

    def wrong(self, values: Values) -> dict[str, str]:
        """Praise is somebody's, and that somebody works here."""
        if values["praised"] is None and (values["praised.text"] or values["praise"]):
            return {"praised": say("followup_call.whom")}
        return {}


class Asked(Wrapped):
    """A question as it is read out, above its answer."""

    def __init__(self, question: Question, last: str = "") -> None:
        super().__init__(grow=True, classes="asked")
        told = (f"  {say('followup_call.last', answer=last)}", "$text-muted") if last else ""
        self.show([Content.assemble(shown(question.text), told)])


def _answer_field(place: int, question: Question) -> Widget:
    name, label = f"q{place}", "followup_call.answer"
    if question.kind == "score":
        return ScoreField(name, label)
    if question.kind == "yes_no":
        return ChoiceField(name, label, yes_no(), advance=True)
    return TextField(name, label, max_length=min(400, LONGEST_ANSWER))


def scored_apart(brief: Brief) -> list[Person]:
    """The people of the site the script does not ask a score for."""
    asked = {question.trade for question in brief.questions}
    return [person for person in brief.people if person.trade not in asked]


def people_choices(people: Sequence[Person], staff: Sequence[StaffMember], typed: str) -> list[Choice]:
    """Who can be praised: those of the site first, then all who work here."""
    found = {choice.value: choice for choice in staff_choices(staff, "", typed)}
    there = [
        Choice(one.staff_id, shown(one.name), detail=say(f"staff.trade.{one.trade}"))
        for one in people
        if one.staff_id is not None and (not typed.strip() or one.staff_id in found or typed in one.name)
    ]
    first = {choice.value for choice in there}
    return [*there, *(choice for value, choice in found.items() if value not in first)][:20]


def result_of(values: Values, brief: Brief) -> FollowupResult:
    """What stands in the form as the result of the call."""
    from deskapp.services.followup_calls import FollowupResult

    scores: dict[str, int] = {}
    for person in brief.people:
        score = values.get(f"trade-{person.trade}")
        if score:
            scores[person.trade] = score
    answers: dict[str, Any] = {
        question.code: values[f"q{place}"]
        for place, question in enumerate(brief.questions)
        if values.get(f"q{place}") not in (None, "")
    }
    problem = str(values.get("problem") or "")
    return FollowupResult(
        notes=str(values.get("notes") or ""),
        score=values.get("score"),
        scores=scores,
        answers=answers,
        praised_id=values.get("praised"),
        praise=str(values.get("praise") or ""),
        problem=problem,
        issue=bool(problem.strip()) and values.get("issue") != "no",
    )
