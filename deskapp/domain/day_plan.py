"""The day's plan: tonight the clients to call tomorrow are chosen, each for a reason (row C7; text 1)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta

from pendulum import DateTime

from deskapp.domain.calendar import day_kind
from deskapp.domain.errors import RuleBroken

REASONS = ("falling", "problem", "promised", "unheard", "never")
UNHEARD_DAYS = 30
"""Days without talking after which a client counts as not heard from."""
EVENING_HOUR = 17
"""From which hour on the console reminds of tomorrow's plan."""
DAYS_AHEAD = 31
"""How far ahead a day may be planned."""


@dataclass(frozen=True, slots=True)
class PlannedClient:
    """A client an operator chose for a day, why the console had proposed them, and the call that came of it."""

    id: int = 0
    version: int = 0
    operator_id: int = 0
    day: date = date.min
    client_id: int = 0
    call_id: int | None = None
    reason: str = ""
    facts: Mapping[str, object] | None = None
    position: int = 0
    created_at: DateTime | None = None

    @property
    def laid(self) -> bool:
        """Whether the call was laid for the plan, and is not one that would have been made anyhow."""
        return bool((self.facts or {}).get("laid"))


@dataclass(frozen=True, slots=True)
class Asked:
    """For which day a choice is proposed: its instants, since when today's calls count, and the month before it."""

    day: date
    since: DateTime
    until: DateTime
    today: DateTime
    unheard: DateTime
    month: date


@dataclass(frozen=True, slots=True)
class Candidate:
    """What is known of a client that speaks for calling them, or against it."""

    client_id: int
    name: str = ""
    kind: str = "home"
    fall: int | None = None
    """By how many tenths of a percent a shop of theirs turned over less than the month before."""
    fall_month: date | None = None
    problems: int = 0
    """Open tickets and open diagnoses."""
    problem: str = ""
    promised_at: DateTime | None = None
    """A callback promised for the day."""
    heard_on: date | None = None
    wants_calls: bool = True
    planned_by: str = ""
    """Another operator who has chosen them for the day."""


@dataclass(frozen=True, slots=True)
class Reason:
    """One thing that speaks for a call: its code, its points, and the facts of its sentence."""

    code: str
    points: int
    facts: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Ranked:
    """A candidate with what speaks for them, the weightiest reason first."""

    candidate: Candidate
    reasons: tuple[Reason, ...]

    @property
    def points(self) -> int:
        """All reasons together."""
        return sum(reason.points for reason in self.reasons)


def reasons_of(one: Candidate, day: date) -> tuple[Reason, ...]:
    """Say what speaks for calling a client on a day, the weightiest first.

    A falling turnover counts 40 and one more for each percent up to 60; an open problem 35, five more for each
    further one up to three; a promised call 30; not heard from for 30 days 10, up to 30 after 90; never called 20.
    """
    found = []
    if one.fall is not None and one.fall > 0:
        facts: dict[str, object] = {"permille": -one.fall, "month": str(one.fall_month or "")}
        found.append(Reason("falling", 40 + min(60, one.fall // 10), facts))
    if one.problems > 0:
        points = 35 + 5 * min(3, one.problems - 1)
        found.append(Reason("problem", points, {"count": one.problems, "problem": one.problem}))
    if one.promised_at is not None:
        found.append(Reason("promised", 30, {"at": int(one.promised_at.timestamp())}))
    if one.heard_on is None:
        found.append(Reason("never", 20))
    elif (days := (day - one.heard_on).days) >= UNHEARD_DAYS:
        found.append(Reason("unheard", min(30, days // 3), {"days": days}))
    return tuple(sorted(found, key=lambda reason: (-reason.points, REASONS.index(reason.code))))


def left_out(one: Candidate, today: date) -> str:
    """Why a client is not proposed at all: "opted_out", "planned" by another, "called" today; "" when they may be."""
    if not one.wants_calls:
        return "opted_out"
    if one.planned_by:
        return "planned"
    return "called" if one.heard_on is not None and one.heard_on >= today else ""


def rank(candidates: Iterable[Candidate], day: date, today: date) -> list[Ranked]:
    """Order those something speaks for: most points first, then the longest not heard from, then the oldest file."""
    found = [Ranked(one, reasons_of(one, day)) for one in candidates if not left_out(one, today)]
    return sorted(
        (one for one in found if one.reasons),
        key=lambda one: (-one.points, one.candidate.heard_on or date.min, one.candidate.client_id),
    )


def next_working_day(day: date, step: int = 1) -> date:
    """The next day that is worked, or with a step of -1 the one before."""
    other = day + timedelta(days=step)
    while not day_kind(other).working:
        other += timedelta(days=step)
    return other


def check_day(day: date, today: date) -> None:
    """Refuse to plan a day that is over, or one nobody knows anything of yet."""
    if day < today:
        raise RuleBroken("day_plan.over", day=day)
    if day > today + timedelta(days=DAYS_AHEAD):
        raise RuleBroken("day_plan.too_far", days=DAYS_AHEAD)


def to_remind(hour: int, chosen: int, target: int, *, said: bool) -> bool:
    """Whether it is evening, tomorrow has fewer clients than it should, and nobody has said so yet today."""
    return not said and hour >= EVENING_HOUR and chosen < target
