"""The follow-up programme: rules over a site's events say which calls should exist (rows F1–F3; text 4, 1.3.1, 3.3.6).

`wanted` lays a rule out over the events of one site; `decide` compares that with what is stored and says what to
create, move, drop or count as missed. Both are pure: events + rules + calendar + today → intents.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache

import pendulum
from pendulum import DateTime

from deskapp.domain.calendar import day_kind
from deskapp.domain.programme import ANCHORS, PURPOSES, SHIFTS, UNITS, FollowupRule, Script, check_rule

__all__ = [
    "ANCHORS",
    "PURPOSES",
    "SHIFTS",
    "UNITS",
    "FollowupRule",
    "Script",
    "check_rule",
]

STATES = ("planned", "queued", "done", "missed", "dropped")
WAITING_STATES = ("planned", "queued")
MISSED_REASONS = ("overtaken", "given_up", "refused", "wrong_number", "late_notice")
MOST_CALLS = 400
"""No rule lays out more calls than this for one site."""

Anchors = Mapping[str, date]
"""The days on which the events of a site took place; what has not happened is not there."""


@dataclass(frozen=True, slots=True)
class Followup:
    """One call the programme demands: `planned_on` by the rule, `due_on` after days off were stepped over.

    planned → queued (a call stands in the queue) → done, missed or dropped; `call_id` is the latest try.
    """

    id: int = 0
    version: int = 0
    key: str = ""
    rule_id: int | None = None
    purpose: str = "other"
    client_id: int = 0
    site_id: int | None = None
    ticket_id: int | None = None
    planned_on: date = date.min
    due_on: date = date.min
    provisional: bool = False
    """Whether the due day was reckoned without the published calendar of its year."""
    state: str = "planned"
    call_id: int | None = None
    done_on: date | None = None
    done_by: int | None = None
    score: int | None = None
    reason: str = ""
    created_at: DateTime | None = None

    @property
    def waits(self) -> bool:
        """Whether it is still to be made."""
        return self.state in WAITING_STATES


@dataclass(frozen=True, slots=True)
class Wanted:
    """One call that should exist: the day its rule names, the day it is due, and whether that may still change."""

    planned_on: date
    due_on: date
    provisional: bool = False
    overtaken: bool = False
    """Whether the next call of the rhythm is due already: too late to be made."""


@dataclass(frozen=True, slots=True)
class Create:
    """Lay out a call that does not exist; `missed` when it is too late for it."""

    wanted: Wanted

    @property
    def missed(self) -> bool:
        """Whether it can only be shown as missed."""
        return self.wanted.overtaken


@dataclass(frozen=True, slots=True)
class Move:
    """A call not made yet falls on another day now."""

    followup: Followup
    wanted: Wanted


@dataclass(frozen=True, slots=True)
class Drop:
    """A call nobody has to make any more."""

    followup: Followup


@dataclass(frozen=True, slots=True)
class Miss:
    """A call that was not made before the next of its rhythm fell due."""

    followup: Followup
    wanted: Wanted | None = None


Intent = Create | Move | Drop | Miss


@lru_cache(maxsize=65_536)
def add(day: date, count: int, unit: str) -> date:
    """The day so many days, weeks or months later; a month that is too short ends it: Jan 31 + 1 month = Feb 28."""
    if unit == "day":
        return day + timedelta(days=count)
    if unit == "week":
        return day + timedelta(weeks=count)
    moved = pendulum.date(day.year, day.month, day.day).add(months=count)
    return date(moved.year, moved.month, moved.day)


@lru_cache(maxsize=65_536)
def shifted(day: date, shift: str) -> tuple[date, bool]:
    """Step a day off over to a working day by policy; also whether a year not yet published was looked at."""
    kind = day_kind(day)
    provisional = not kind.published
    if shift == "keep":
        return day, False
    step = timedelta(days=1 if shift == "next" else -1)
    moved = day
    while not kind.working:
        moved += step
        kind = day_kind(moved)
        provisional = provisional or not kind.published
    return moved, provisional


def days_of(rule: FollowupRule, anchors: Anchors, horizon: date) -> list[date]:
    """The days a rule names for a site, before days off are stepped over; an open end stops at `horizon`."""
    return _days(rule, anchors.get(rule.anchor), anchors.get(rule.until_event), horizon)


def _days(rule: FollowupRule, anchor: date | None, end: date | None, horizon: date) -> list[date]:
    if anchor is None or not rule.active:
        return []
    last = add(anchor, rule.until_count, rule.until_unit) if rule.until_count else None
    found: list[date] = []
    for place in range(MOST_CALLS):
        day = _day(rule, anchor, place)
        if (last is not None and day > last) or (end is not None and day >= end):
            break
        if last is None and end is None and rule.repeats and day > horizon:
            break
        found.append(day)
        if not rule.repeats:
            break
    return found


def _day(rule: FollowupRule, anchor: date, place: int) -> date:
    """The day of one call: months are counted from the event, so that short months shift nothing for good."""
    if rule.first_unit == rule.every_unit:
        return add(anchor, rule.first_count + place * rule.every_count, rule.every_unit)
    return add(add(anchor, rule.first_count, rule.first_unit), place * rule.every_count, rule.every_unit)


def open_ended(rule: FollowupRule, anchors: Anchors) -> bool:
    """Whether calls are laid out as far as the horizon only, so that time alone brings more."""
    return (
        rule.active
        and rule.repeats
        and rule.anchor in anchors
        and not rule.until_count
        and rule.until_event not in anchors
    )


def wanted(rule: FollowupRule, anchors: Anchors, today: date, horizon: date) -> Sequence[Wanted]:
    """Lay a rule out over the events of a site: the calls that should exist, in order."""
    return _demanded(rule, laid_out(rule, anchors, today, horizon))


def laid_out(rule: FollowupRule, anchors: Anchors, today: date, horizon: date) -> Sequence[Wanted]:
    """Every call a rule names for a site, also those before the day it demands its first, in order.

    Calls of a rhythm that a long holiday brings to one and the same working day are one: the last of them.
    """
    anchor = anchors.get(rule.anchor)
    if anchor is None:
        return ()
    return _laid_out(rule, anchor, anchors.get(rule.until_event), today, horizon)


@lru_cache(maxsize=32_768)
def _laid_out(
    rule: FollowupRule, anchor: date, end: date | None, today: date, horizon: date
) -> tuple[Wanted, ...]:
    """Sites that share their days share the answer."""
    due = [(day, *shifted(day, rule.shift)) for day in _days(rule, anchor, end, horizon)]
    due = [one for place, one in enumerate(due) if place + 1 == len(due) or due[place + 1][1] != one[1]]
    return tuple(
        Wanted(day, on, provisional, rule.repeats and place + 1 < len(due) and due[place + 1][1] <= today)
        for place, (day, on, provisional) in enumerate(due)
    )


def _demanded(rule: FollowupRule, laid: Sequence[Wanted]) -> Sequence[Wanted]:
    """The calls a rule demands, of calls in order: none for a day before its first."""
    since = rule.since_on
    if since is None or not laid or laid[0].planned_on >= since:
        return laid
    return [one for one in laid if one.planned_on >= since]


def decide(
    rule: FollowupRule,
    there: Collection[Followup],
    laid: Sequence[Wanted],
    busy: frozenset[int] = frozenset(),
) -> list[Intent]:
    """Compare the calls a rule names (`laid_out`) with those there are.

    What was made, missed or is being made (`busy`: ids) stays as it is and stands for the call it is nearest to,
    so an event that moves, comes twice or is taken back doubles nothing. Each of the others keeps its day, or is
    moved to the one nearest to it, or, in order, to a day left over; what is left then is dropped or created.
    A day before the rule's first is only kept for a call that is there, never asked for anew. Deciding again on
    the outcome decides nothing.
    """
    if not there:
        return [Create(want) for want in _demanded(rule, laid)]
    followups = sorted(
        (one for one in there if one.state != "dropped"), key=lambda one: (one.planned_on, one.id)
    )
    fixed = [one for one in followups if not one.waits or one.id in busy]
    free = [one for one in followups if one.waits and one.id not in busy]
    left = _unmet(rule, fixed, laid)
    intents: list[Intent] = []
    for one, want in _paired(rule, free, left):
        if want is None:
            intents.append(Drop(one))
        elif want.overtaken:
            intents.append(Miss(one, want))
        elif _differs(rule, one, want):
            intents.append(Move(one, want))
    return [*intents, *(Create(want) for want in _demanded(rule, left))]


def _differs(rule: FollowupRule, one: Followup, want: Wanted) -> bool:
    return (one.planned_on, one.due_on, one.provisional, one.purpose) != (
        want.planned_on,
        want.due_on,
        want.provisional,
        rule.purpose,
    )


def _unmet(rule: FollowupRule, fixed: list[Followup], laid: Sequence[Wanted]) -> list[Wanted]:
    """The calls none of those made, missed or being made stands for."""
    if not rule.repeats:
        met = any(
            one.state != "missed" or one.planned_on >= want.planned_on for one in fixed for want in laid
        )
        return [] if met else list(laid)
    left = list(laid)
    for one in fixed:
        _take_near(rule, one, left)
    return left


def _take_near(rule: FollowupRule, one: Followup, left: list[Wanted]) -> Wanted | None:
    """Take out of `left` the call this one stands for: the nearest within less than half the rhythm."""

    def apart(want: Wanted) -> tuple[int, date]:
        return abs((want.planned_on - one.planned_on).days), want.planned_on

    near = [want for want in left if not rule.repeats or apart(want)[0] <= _reach(rule)]
    if not near:
        return None
    found = min(near, key=apart)
    left.remove(found)
    return found


def _reach(rule: FollowupRule) -> int:
    """How many days from its place in the rhythm a call still stands for it: less than half the rhythm."""
    days = {"day": 1, "week": 7, "month": 28}[rule.every_unit] * rule.every_count
    return (days - 1) // 2


def _paired(
    rule: FollowupRule, free: list[Followup], left: list[Wanted]
) -> list[tuple[Followup, Wanted | None]]:
    """Give each waiting call its day: its own, else the nearest, else in order one that is left.

    The days taken are removed from `left`; a day before the rule's first is given to its own or a near call only.
    """
    by_day = {want.planned_on: want for want in left}
    pairs: list[tuple[Followup, Wanted | None]] = []
    others = []
    for one in free:
        want = by_day.pop(one.planned_on, None)
        if want is None:
            others.append(one)
        else:
            pairs.append((one, want))
    taken = {want.planned_on for _, want in pairs if want is not None}
    left[:] = [want for want in left if want.planned_on not in taken]
    far = []
    for one in others:
        want = _take_near(rule, one, left)
        if want is None:
            far.append(one)
        else:
            pairs.append((one, want))
    demanded = _demanded(rule, left)
    for one, want in zip(far, [*demanded, *[None] * len(far)], strict=False):
        pairs.append((one, want))
        if want is not None:
            left.remove(want)
    return pairs


def mark_of(anchors: Anchors, rules: Sequence[FollowupRule], wants_calls: bool, published: int) -> str:
    """A short mark of all a site's calls follow from, time aside: the same mark, the same calls."""
    from hashlib import blake2b

    parts = [f"{published}", f"{wants_calls}", *(f"{name}={anchors[name]}" for name in sorted(anchors))]
    return blake2b("|".join([*parts, rules_mark(tuple(rules))]).encode(), digest_size=12).hexdigest()


@lru_cache(maxsize=16)
def rules_mark(rules: tuple[FollowupRule, ...]) -> str:
    """A mark of the timing of all rules."""
    return repr([(rule.id, rule.timing) for rule in rules])
