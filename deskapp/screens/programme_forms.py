"""The forms of the programme: a rule, its calls on a site beside it, and a script with its questions (F1, F4)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, ClassVar

from textual import events
from textual.containers import Horizontal
from textual.content import Content
from textual.widget import Widget

from deskapp.domain import programme as rules
from deskapp.domain.errors import RuleBroken
from deskapp.domain.programme import FollowupRule, Script
from deskapp.i18n import say
from deskapp.i18n.errors import in_words
from deskapp.screens import programme_view as view
from deskapp.screens.form_dialog import FormDialog
from deskapp.screens.record_form import Values
from deskapp.screens.staff_forms import wrong_days, yes_no
from deskapp.widgets.form import Choice, ChoiceField, FormPanel, LongField, TextField
from deskapp.widgets.form_grid import ChoiceGrid
from deskapp.widgets.prose import Prose

if TYPE_CHECKING:
    from deskapp.desk import Desk
    from deskapp.services.programme import Preview, Trial

WIDE = 100
"""The least glass on which the calls of a rule stand beside its form."""
MOST_NAME = 40
SPANS = ("first", "every", "until")


@dataclass(frozen=True, slots=True)
class LoadedRule:
    """What the form of a rule begins with: the rule, the scripts there are, the site it is tried on."""

    rule: FollowupRule
    scripts: Sequence[Script] = ()
    trial: Trial | None = None


class RuleDialog(FormDialog):
    """A rule: what it hangs on, when, until when, what for; a wide glass shows the calls it would lay out."""

    SCREEN_ID, TITLE_CODE, ROWS = "rule", "programme.rule.title", ("F1",)
    FIELD_OF: ClassVar[Mapping[str, str]] = {
        "followup.name_missing": "name",
        "followup.code_taken": "name",
        "followup.solved_once": "every",
        "followup.solved_purpose": "purpose",
        "followup.until_itself": "until_event",
    }
    DEFAULT_CSS = """
    RuleDialog #rule-both { height: auto; max-height: 100%; }
    RuleDialog #rule-preview { display: none; width: 44; margin: 0 0 0 2; }
    """

    def __init__(self, loaded: LoadedRule) -> None:
        self.loaded = loaded
        self.preview = Prose(id="rule-preview")
        super().__init__(f"rule-{loaded.rule.id}", rule_values(loaded.rule))

    def fields(self) -> Iterable[Widget]:
        """In the order one says it: name, after what, when, how often, until when, what for."""
        rule = self.loaded.rule
        manual = f"followup.rule.{rule.code}" if rule.id and not rule.name else ""
        yield TextField("name", "programme.field.name", max_length=MOST_NAME, placeholder_code=manual)
        yield ChoiceGrid("anchor", "programme.field.anchor", _events(), required=True)
        for span in SPANS:
            yield TextField(
                span, f"programme.field.{span}", max_length=12, placeholder_code=f"programme.hint.{span}"
            )
        ends = [Choice("", say("programme.no_event")), *_events()]
        yield ChoiceGrid("until_event", "programme.field.until_event", ends)
        purposes = [Choice(one, say(f"followup.purpose.{one}")) for one in rules.PURPOSES]
        yield ChoiceGrid("purpose", "programme.field.purpose", purposes, required=True)
        shifts = [Choice(one, say(f"followup.shift.{one}")) for one in rules.SHIFTS]
        yield ChoiceGrid("shift", "programme.field.shift", shifts, required=True)
        none = Choice(0, say("programme.no_script"))
        scripts = [
            Choice(one.id, one.name) for one in self.loaded.scripts if one.active or one.id == rule.script_id
        ]
        yield ChoiceGrid("script", "programme.field.script", [none, *scripts])
        yield TextField(
            "since_on", "programme.field.since", max_length=20, placeholder_code="programme.hint.since"
        )
        yield ChoiceField("active", "programme.field.active", yes_no())

    def body(self) -> Iterable[Widget]:
        """The fields, and beside them the calls."""
        yield self.told
        yield Horizontal(self.form, self.preview, id="rule-both")

    def ready(self) -> None:
        """Open, and show the calls as the rule stands."""
        super().ready()
        self._show_calls()

    def on_resize(self, event: events.Resize) -> None:
        """Show the calls where there is room."""
        self._show_calls()

    def on_form_panel_changed(self, event: FormPanel.Changed) -> None:
        """Keep a draft, and show the calls of what is typed."""
        super().on_form_panel_changed(event)
        self._show_calls()

    def _show_calls(self) -> None:
        from deskapp.services.programme import tried

        if "active" not in self.form.fields:
            return
        trial = self.loaded.trial
        beside = trial is not None and self.app.size.width >= WIDE
        self.preview.display = beside
        if beside:
            dialog = self.query_one(".dialog")
            dialog.styles.width, dialog.styles.height, dialog.styles.max_height = 118, "95%", "95%"
            self.query_one("#rule-both").styles.height = "1fr"
        if trial is None or not beside:
            return
        try:
            rule = typed_rule(self.loaded.rule, self.form.values())
            rules.check_rule(replace(rule, name=rule.name or "-"))
        except RuleBroken as error:
            self.preview.show([Content.styled(in_words(error), "$warning")])
            return
        before = self.loaded.rule if self.loaded.rule.id else None
        self.ask(
            lambda: tried(rule, trial, before),
            lambda preview: self._previewed(preview, rule, trial),
            group="preview",
        )

    def _previewed(self, preview: Preview, rule: FollowupRule, trial: Trial) -> None:
        self.preview.show(view.preview_lines(preview, rule, trial))

    def wrong(self, values: Values) -> dict[str, str]:
        """Spans and days must be read, and the rule make sense."""
        wrong = super().wrong(values) | wrong_days(values, ("since_on",))
        for span in SPANS:
            try:
                rules.read_span(values[span], units())
            except RuleBroken as error:
                wrong[span] = in_words(error)
        if not wrong:
            try:
                rules.check_rule(typed_rule(self.loaded.rule, values))
            except RuleBroken as error:
                field = self.FIELD_OF.get(error.code) or str(error.facts.get("field", "name")).removesuffix(
                    "_count"
                )
                wrong[field] = in_words(error)
        return wrong

    @staticmethod
    def save(desk: Desk, loaded: LoadedRule, values: Values) -> FollowupRule:
        """Store what was typed."""
        from deskapp.services.programme import save_rule

        return save_rule(desk, typed_rule(loaded.rule, values), key=values.get("submission", ""))


def units() -> dict[str, str]:
    """The words for days, weeks and months, as people type them."""
    said = {say(f"{area}.unit.{unit}"): unit for area in ("followup", "programme") for unit in rules.UNITS}
    return said | dict.fromkeys(say("programme.months").split(), "month")


def rule_values(rule: FollowupRule) -> dict[str, Any]:
    """A rule as answers by field."""
    return {
        "name": rule.name,
        "anchor": rule.anchor,
        "first": _span(rule.first_count, rule.first_unit),
        "every": _span(rule.every_count, rule.every_unit),
        "until": _span(rule.until_count, rule.until_unit),
        "until_event": rule.until_event,
        "purpose": rule.purpose,
        "shift": rule.shift,
        "script": rule.script_id or 0,
        "since_on": str(rule.since_on or ""),
        "active": rule.active,
    }


def typed_rule(rule: FollowupRule, values: Values) -> FollowupRule:
    """The rule as typed over what it was; a span or a day nobody can read breaks a rule."""
    from deskapp.domain.import_dates import parse_date

    words = units()
    first, every, until = (rules.read_span(values[span], words) for span in SPANS)
    since = values["since_on"]
    return replace(
        rule,
        name=values["name"],
        anchor=values["anchor"] or rule.anchor,
        first_count=first[0],
        first_unit=first[1],
        every_count=every[0],
        every_unit=every[1],
        until_count=until[0],
        until_unit=until[1] if until[0] else rule.until_unit,
        until_event=values["until_event"] or "",
        purpose=values["purpose"] or rule.purpose,
        shift=values["shift"] or rule.shift,
        script_id=values["script"] or None,
        since_on=parse_date(since) if since else None,
        active=values["active"] is not False,
    )


def _span(count: int, unit: str) -> str:
    return view.span_words(count, unit) if count else ""


def _events() -> list[Choice]:
    return [Choice(event, say(f"followup.event.{event}")) for event in rules.ANCHORS]


class ScriptDialog(FormDialog):
    """A script: its name, what is said first, and its questions, one a line."""

    SCREEN_ID, TITLE_CODE, ROWS = "script", "programme.script.title", ("F1", "F4")
    FIELD_OF: ClassVar[Mapping[str, str]] = {
        "followup.name_missing": "name",
        "followup.question": "questions",
        "followup.question_twice": "questions",
    }

    def __init__(self, script: Script) -> None:
        self.script = script
        super().__init__(
            f"script-{script.id}",
            {
                "name": script.name,
                "opening": script.opening,
                "questions": questions_text(script),
                "active": script.active,
            },
        )

    def fields(self) -> Iterable[Widget]:
        """Name, opening, questions, in use or not."""
        yield TextField("name", "programme.field.name", max_length=MOST_NAME, required=True)
        yield LongField("opening", "programme.field.opening", lines=3)
        yield LongField("questions", "programme.field.questions", lines=7)
        yield ChoiceField("active", "programme.field.active", yes_no())

    def ready(self) -> None:
        """Open, and say how questions are written."""
        super().ready()
        if not self.told.display:
            kinds = {kind: view.question_words(kind) for kind in rules.QUESTION_KINDS}
            self.tell(say("programme.how_questions", **kinds), "$text-muted")

    def wrong(self, values: Values) -> dict[str, str]:
        """Each question must be of a kind."""
        wrong = super().wrong(values)
        if not wrong:
            try:
                rules.check_script(typed_script(self.script, values))
            except RuleBroken as error:
                wrong[self.FIELD_OF.get(error.code, "questions")] = in_words(error)
        return wrong

    @staticmethod
    def save(desk: Desk, script: Script, values: Values) -> Script:
        """Store what was typed."""
        from deskapp.services.programme import save_script

        return save_script(desk, typed_script(script, values), key=values.get("submission", ""))


def questions_text(script: Script) -> str:
    """Questions as they are typed: kind and text, one a line."""
    asked = script.questions or ()
    return "\n".join(f"{view.question_words(str(one['kind']))}: {one['text']}" for one in asked)


def typed_script(script: Script, values: Values) -> Script:
    """The script as typed over what it was."""
    words = {view.question_words(kind): kind for kind in rules.QUESTION_KINDS}
    asked = rules.read_questions(values["questions"], words, script.questions)
    return replace(
        script,
        name=values["name"],
        opening=values["opening"],
        questions=asked,
        active=values["active"] is not False,
    )
