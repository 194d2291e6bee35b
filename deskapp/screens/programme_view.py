"""The programme in words: a rule's lines, its days on a site, a script with its questions (rows F1, F4)."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from textual.content import Content

from deskapp.i18n import say
from deskapp.widgets import painting, signs
from deskapp.widgets.record_table import Column, PaintContext
from deskapp.widgets.safe_text import shown

if TYPE_CHECKING:
    from datetime import date

    from deskapp.domain.followup import Wanted
    from deskapp.domain.programme import FollowupRule, Script
    from deskapp.services.programme import Preview, Trial


def rule_name(rule: FollowupRule) -> str:
    """A rule's own name, or the manual's words for it."""
    return shown(rule.name) if rule.name.strip() else say(f"followup.rule.{rule.code}")


def span_words(count: int, unit: str) -> str:
    """So many days, weeks or months."""
    return say("programme.span", count=count, unit=say(f"programme.unit.{unit}"))


def event_words(event: str) -> str:
    """An event's name."""
    return say(f"followup.event.{event}")


def first_words(rule: FollowupRule) -> str:
    """How long after the event the first call falls."""
    if not rule.first_count:
        return say("programme.same_day")
    return say("programme.after", span=span_words(rule.first_count, rule.first_unit))


def every_words(rule: FollowupRule) -> str:
    """The rhythm."""
    if not rule.repeats:
        return say("programme.once")
    return say("programme.every", span=span_words(rule.every_count, rule.every_unit))


def until_words(rule: FollowupRule) -> str:
    """When it ends: with an event, after a time, whichever is first; or never by itself."""
    ends = []
    if rule.until_event:
        ends.append(event_words(rule.until_event))
    if rule.until_count:
        ends.append(span_words(rule.until_count, rule.until_unit))
    if not rule.repeats and not ends:
        return "-"
    return say("programme.or").join(ends) if ends else say("programme.no_end")


def rule_columns() -> list[Column]:
    """On or off, name, event, first, rhythm, end; what it is for, days off and since when where there is room."""

    def text(words: Callable[[FollowupRule], str]) -> Callable[[FollowupRule, PaintContext], Content]:
        return lambda rule, _: Content.styled(words(rule), "" if rule.active else "$text-disabled")

    return [
        Column("active", "", 2, _active),
        Column("name", "programme.column.name", None, _name),
        Column("anchor", "programme.column.anchor", 11, text(lambda rule: event_words(rule.anchor))),
        Column("first", "programme.column.first", 9, text(first_words)),
        Column("every", "programme.column.every", 10, text(every_words)),
        Column("until", "programme.column.until", 12, text(until_words)),
        Column("since", "programme.column.since", 10, text(lambda rule: str(rule.since_on or "-")), 84),
        Column("purpose", "programme.column.purpose", 14, text(_purpose), 104),
        Column("shift", "programme.column.shift", 16, text(_shift), 124),
    ]


def _active(rule: FollowupRule, _context: PaintContext) -> Content:
    if rule.active:
        return Content.styled(signs.sign("met"), "$success")
    return Content.styled(signs.sign("missed"), "$text-disabled")


def _name(rule: FollowupRule, _context: PaintContext) -> Content:
    if rule.active:
        return Content.styled(rule_name(rule), "bold")
    return Content.styled(say("programme.off_name", name=rule_name(rule)), "$text-disabled")


def _purpose(rule: FollowupRule) -> str:
    return say(f"followup.purpose.{rule.purpose}")


def _shift(rule: FollowupRule) -> str:
    return say(f"followup.shift.{rule.shift}")


def rule_sentence(rule: FollowupRule, script: Script | None) -> list[Content]:
    """A rule in full: when, what for, days off, since when, with which script."""
    when = {"event": event_words(rule.anchor), "first": first_words(rule)}
    if rule.repeats:
        words = say("programme.sentence", every=every_words(rule), until=until_words(rule), **when)
    else:
        words = say("programme.sentence_once", **when)
    more = say(
        "programme.sentence_more",
        purpose=_purpose(rule),
        shift=_shift(rule),
        since=rule.since_on or "-",
        script=shown(script.name) if script else say("programme.no_script"),
    )
    return [Content(words), Content.styled(more, "$text-muted")]


def notes_on(preview: Preview, rule: FollowupRule, trial: Trial) -> list[Content]:
    """What must be known about a preview: an event that has not happened, a client who wants no calls, days unknown."""
    notes = []
    if rule.anchor == "solved":
        notes.append(say("programme.by_ticket"))
    elif preview.assumed:
        notes.append(say("programme.assumed", event=event_words(rule.anchor), day=trial.today))
    else:
        notes.append(say("programme.happened", event=event_words(rule.anchor), day=trial.events[rule.anchor]))
    if not trial.wants_calls:
        notes.append(say("programme.no_calls"))
    if not rule.active:
        notes.append(say("programme.is_off"))
    if any(one.provisional for one in preview.calls):
        notes.append(say("programme.provisional_note"))
    return [Content.styled(note, "$warning") for note in notes]


def marks(one: Wanted, *, past: bool) -> Content:
    """Stepped over a day off, from when; provisional; past."""
    parts: list[Content] = []
    if past:
        parts.append(Content.styled(say("programme.past"), "$text-muted"))
    if one.planned_on != one.due_on:
        parts.append(Content.styled(say("programme.shifted", day=f"{one.planned_on:%m-%d}"), "$warning"))
    if one.provisional:
        parts.append(Content.styled(say("programme.provisional"), "$secondary"))
    return painting.join(parts, " ")


def day_words(day: date) -> str:
    """A day with its weekday."""
    return f"{day.isoformat()} {say(f'widgets.weekday.{day.isoweekday()}')}"


def preview_lines(preview: Preview, rule: FollowupRule, trial: Trial) -> list[Content]:
    """A preview line by line: whose site, what must be known, and each call with its day."""
    site = {"client": shown(trial.client), "address": shown(trial.address)}
    lines = [Content.styled(say("programme.preview", count=len(preview.calls), **site), "bold")]
    lines += notes_on(preview, rule, trial)
    for number, one in enumerate(preview.calls, 1):
        day = (f"{number:>3} ", "$text-muted"), day_words(one.due_on), " "
        lines.append(Content.assemble(*day, marks(one, past=one.due_on < trial.today)))
    return lines


def script_columns() -> list[Column]:
    """Name, how many questions, the opening."""
    return [
        Column("active", "", 2, lambda one, _: _script_active(one)),
        Column("name", "programme.column.script", 18, lambda one, _: painting.safe(one.name, "bold")),
        Column(
            "questions",
            "programme.column.questions",
            6,
            lambda one, _: Content(str(len(one.questions or ()))),
            align="right",
        ),
        Column(
            "opening",
            "programme.column.opening",
            None,
            lambda one, _: painting.safe(one.opening, "$text-muted"),
        ),
    ]


def _script_active(one: Script) -> Content:
    tone = "$success" if one.active else "$text-disabled"
    return Content.styled(signs.sign("met" if one.active else "missed"), tone)


def question_words(kind: str) -> str:
    """The word for a kind of question."""
    return say(f"programme.question.{kind}")


def script_lines(script: Script, rules: list[FollowupRule]) -> list[Content]:
    """A script in full: its opening, its questions, the rules that use it."""
    used = [rule_name(rule) for rule in rules if rule.script_id == script.id]
    lines = [
        Content.styled(say("programme.used_by", rules=", ".join(used) or "-"), "$text-muted"),
        painting.safe(script.opening),
        Content(""),
    ]
    for number, question in enumerate(script.questions or (), 1):
        kind = question_words(str(question["kind"]))
        lines.append(Content.assemble((f"{number}. {kind}  ", "$text-muted"), shown(str(question["text"]))))
    return lines
