"""The programme as data: rules that hang calls on events, and the scripts of those calls (rows F1, F4)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from deskapp.domain.errors import RuleBroken

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
