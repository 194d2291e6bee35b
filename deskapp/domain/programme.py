"""The programme as data: rules that hang calls on events, and the scripts of those calls (rows F1, F4)."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import count

from deskapp.domain.errors import RuleBroken
from deskapp.domain.records import replace

ANCHORS = (
    "deposit",
    "signed",
    "start",
    "materials",
    "midterm",
    "final",
    "completed",
    "midterm_due",
    "midterm_paid",
    "final_due",
    "final_paid",
    "solved",
)
"""Events a rule may hang on; "solved" is of a ticket, the others are of a site."""
UNITS = ("day", "week", "month")
PURPOSES = (
    "deposit",
    "materials",
    "weekly",
    "midterm",
    "final",
    "completed",
    "monthly",
    "quarterly",
    "solved",
    "payment",
    "other",
)
SHIFTS = ("next", "previous", "keep")
LONGEST_COUNT = 999


@dataclass(frozen=True, slots=True)
class FollowupRule:
    """One line of the programme: first call so long after an event, then in a rhythm, until an event or for a time.

    `every_count` 0 is a single call. `until_count` 0 is no limit of time. No call is demanded for a day before
    `since_on`. An empty `name` is one of the manual's, whose words are in the catalogues.
    """

    id: int = 0
    version: int = 0
    code: str = ""
    name: str = ""
    anchor: str = "start"
    first_count: int = 0
    first_unit: str = "day"
    every_count: int = 0
    every_unit: str = "day"
    until_event: str = ""
    until_count: int = 0
    until_unit: str = "month"
    purpose: str = "other"
    shift: str = "next"
    since_on: date | None = None
    script_id: int | None = None
    position: int = 0
    active: bool = True

    def __hash__(self) -> int:
        """Few fields tell rules apart nearly always; all of them are compared then."""
        return hash((self.id, self.version, self.anchor, self.first_count, self.every_count))

    @property
    def repeats(self) -> bool:
        """Whether it is a rhythm, not a single call."""
        return self.every_count > 0

    @property
    def timing(self) -> tuple[object, ...]:
        """All that decides on which days its calls fall."""
        return (
            *(self.anchor, self.first_count, self.first_unit, self.every_count, self.every_unit),
            *(self.until_event, self.until_count, self.until_unit, self.shift, self.since_on),
            *(self.purpose, self.active),
        )


@dataclass(frozen=True, slots=True)
class Script:
    """What to say and to ask in a follow-up call; questions are code, text and kind each (row F4)."""

    id: int = 0
    version: int = 0
    code: str = ""
    name: str = ""
    opening: str = ""
    questions: Sequence[Mapping[str, object]] | None = None
    position: int = 0
    active: bool = True


def check_rule(rule: FollowupRule) -> None:
    """Refuse a rule that hangs on nothing, steps by nothing known, or could never end in sight."""
    if not rule.code.strip() and not rule.name.strip():
        raise RuleBroken("followup.name_missing")
    known = {
        "anchor": (rule.anchor, ANCHORS),
        "until_event": (rule.until_event, ("", *ANCHORS)),
        "purpose": (rule.purpose, PURPOSES),
        "shift": (rule.shift, SHIFTS),
        "first_unit": (rule.first_unit, UNITS),
        "every_unit": (rule.every_unit, UNITS),
        "until_unit": (rule.until_unit, UNITS),
    }
    for field, (value, possible) in known.items():
        if value not in possible:
            raise RuleBroken("followup.unknown", field=field, value=value)
    for field in ("first_count", "every_count", "until_count"):
        count = getattr(rule, field)
        if not 0 <= count <= LONGEST_COUNT:
            raise RuleBroken("followup.count", field=field, value=count, most=LONGEST_COUNT)
    if rule.anchor == "solved" and rule.repeats:
        raise RuleBroken("followup.solved_once")
    if (rule.anchor == "solved") != (rule.purpose == "solved"):
        raise RuleBroken("followup.solved_purpose")
    if rule.until_event and rule.until_event == rule.anchor:
        raise RuleBroken("followup.until_itself")


def in_force(rule: FollowupRule, before: FollowupRule | None, today: date) -> FollowupRule:
    """A rule as saved over what it was: with other days it demands nothing for the past, unless told since when."""
    if before is None:
        return replace(rule, since_on=rule.since_on or today)
    if rule.timing != before.timing and rule.since_on == before.since_on:
        return replace(rule, since_on=today)
    return rule


QUESTION_KINDS = ("score", "yes_no", "text")
_LINE = re.compile(r"\s*([^:\uff1a\s]+)\s*[:\uff1a\s]\s*(.*\S)\s*")


def check_script(script: Script) -> None:
    """Refuse a script without a name, a question nobody can ask, or two answers under one code."""
    if not script.name.strip():
        raise RuleBroken("followup.name_missing")
    codes = set()
    for place, question in enumerate(script.questions or (), 1):
        if question.get("kind") not in QUESTION_KINDS or not str(question.get("text", "")).strip():
            raise RuleBroken("followup.question", line=place, value=str(question.get("text", "")))
        codes.add(question.get("code"))
    if len(codes) != len(script.questions or ()):
        raise RuleBroken("followup.question_twice")


def read_questions(
    typed: str, kinds: Mapping[str, str], before: Sequence[Mapping[str, object]] | None = None
) -> list[dict[str, object]]:
    """Read questions typed a line each, "kind: text"; `kinds` are the words for the kinds besides their codes.

    A question asked before, or the only one changed in its place, keeps its code: answers given stay with it.
    """
    known = {
        **{kind: kind for kind in QUESTION_KINDS},
        **{word.lower(): kind for word, kind in kinds.items()},
    }
    asked = []
    for place, line in enumerate(typed.splitlines(), 1):
        if not line.strip():
            continue
        found = _LINE.fullmatch(line)
        kind = known.get(found[1].lower()) if found else None
        if found is None or kind is None:
            raise RuleBroken("followup.question", line=place, value=line.strip())
        asked.append((kind, found[2]))
    return _coded(asked, list(before or ()))


def _coded(
    asked: Sequence[tuple[str, str]], before: Sequence[Mapping[str, object]]
) -> list[dict[str, object]]:
    """Give each question the code it had, or one of its own."""
    old = {str(question["text"]): str(question["code"]) for question in before}
    kept = {old[text] for _, text in asked if text in old}
    taken = {str(question["code"]) for question in before}
    numbers = (f"q{n}" for n in count(1) if f"q{n}" not in taken)
    coded: list[dict[str, object]] = []
    for place, (kind, text) in enumerate(asked):
        here = before[place] if len(asked) == len(before) else {}
        same = str(here.get("code", "")) if here.get("kind") == kind else ""
        code = old.get(text) or (same if same and same not in kept else next(numbers))
        kept.add(code)
        coded.append({"code": code, "text": text, "kind": kind})
    return coded


_SPAN = re.compile(r"(\d{1,4})\s*(\D*?)\s*")


def read_span(typed: str, units: Mapping[str, str]) -> tuple[int, str]:
    """Read a span of time such as "3 day", "2w" or, by the words of `units`, as people say it; nothing is 0 days."""
    if not typed.strip():
        return 0, UNITS[0]
    found = _SPAN.fullmatch(typed.strip())
    known = {word.lower(): unit for word, unit in units.items()}
    for unit in UNITS:
        known |= {unit: unit, f"{unit}s": unit, unit[0]: unit}
    meant = known.get(found[2].lower()) if found else None
    if found is None or meant is None:
        raise RuleBroken("followup.span", value=typed.strip())
    return int(found[1]), meant
