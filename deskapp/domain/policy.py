"""Every number a manager may change, with the manual's as defaults (T3, T4, C4, C7, T10)."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, field, fields
from functools import lru_cache
from typing import Any

from deskapp.domain.appraisal import DEFAULT_WEIGHTS, MOST_POINTS, weights_possible
from deskapp.domain.calendar import SHANGHAI, BusinessHours, known_timezone
from deskapp.domain.errors import RuleBroken
from deskapp.domain.escalation import DEFAULT_LEVELS, Level, check_levels, from_data
from deskapp.domain.retention import DEFAULT_CLIENT_YEARS, DEFAULT_DAYS

SEVERITIES = ("minor", "major", "critical", "crisis")
CLOCK_CALENDARS = ("calendar", "business")
SERVICE_LEVELS = ("offered", "answered", "both", "patient")
"""Calls answered in time: of those offered, of those answered, with those who hung up in time met, or left out."""
MOST_YUAN = 100_000
"""The most a single penalty or reward may come to: more is a slip of the finger."""

_HOUR = 3600
_DAY = 24 * _HOUR

_DEFAULT_HOURS = {"minor": 24, "major": 24, "critical": 24, "crisis": 2}
_DEFAULT_DAYS = {"minor": 7, "major": 5, "critical": 3, "crisis": 1}
_DEFAULT_WARRANTY = {"general": 24, "waterproof": 60}
_DEFAULT_TARGETS = {"calls": 5, "understood": 4, "solved": 2}
_DEFAULT_LEADERSHIP = {"minor": 100, "major": 150, "critical": 200, "crisis": 300}
_DEFAULT_RANGE = {"least": 100, "most": 300}


@dataclass(frozen=True, slots=True)
class Policy:
    """The rules in force as data: stored as JSON, edited on a screen, never hard-wired."""

    response_hours: Mapping[str, float] = field(default_factory=lambda: dict(_DEFAULT_HOURS), hash=False)
    """Hours to the first response, by severity."""
    resolution_days: Mapping[str, float] = field(default_factory=lambda: dict(_DEFAULT_DAYS), hash=False)
    """Days to the resolution, by severity."""
    clock_calendar: str = "calendar"
    """"calendar" counts every hour, "business" only `business_hours` on China's working days."""
    business_hours: str = "09:00-12:00,13:30-18:00"
    timezone: str = SHANGHAI
    """The company's zone, in which hours are meant and instants shown."""
    pause_while_waiting: bool = False
    """Whether the response clock stands still while the client is awaited."""
    amber_hours: float = 4
    red_hours: float = 1
    """Hours left at which a clock turns amber, then red."""
    repeat_days: int = 30
    """Days within which the same client, site and category is a repeat (T10)."""
    call_attempts: int = 3
    call_spacing_minutes: int = 120
    answer_target_seconds: int = 20
    claim_minutes: int = 3
    """Minutes after which the claim of a desk that died expires; a living desk renews it all the time (C2)."""
    lock_minutes: int = 10
    """Minutes without a key or the mouse after which a console locks itself; 0 means never (P2)."""
    day_targets: Mapping[str, int] = field(default_factory=lambda: dict(_DEFAULT_TARGETS), hash=False)
    """What one agent achieves a day (text 1): calls, situations understood, problems solved."""
    month_better: int = 5
    """How many clients have better results each month (text 1)."""
    followup_horizon_days: int = 60
    """How far ahead calls without an end in sight are laid out."""
    inspection_days: int = 7
    """The longest a running site may go without an inspection (text 4, 1.3.2)."""
    issue_days: int = 3
    """Days allowed for what a follow-up call found, unless another deadline is given (text 4, 1.3.1)."""
    rectification_days: int = 3
    rectification_warn_hours: int = 24
    """Hours before its deadline at which the supervisor is warned of a rectification (text 4, 1.3.2)."""
    handbook_days: int = 7
    """Days after completion by which the project handbook is to be handed in."""
    settlement_days: int = 7
    """Days allowed for the answer to a settlement notice."""
    warranty_months: Mapping[str, int] = field(default_factory=lambda: dict(_DEFAULT_WARRANTY), hash=False)
    """Months of warranty from completion, by what is covered."""
    escalation: tuple[Level, ...] = DEFAULT_LEVELS
    """Who is told when, before and after each deadline (T6)."""
    penalty_gm_yuan: int = 200
    """What a complaint costs whoever is responsible once it has reached the general manager (text 4, 1.3.5c)."""
    penalty_leadership_yuan: Mapping[str, int] = field(
        default_factory=lambda: dict(_DEFAULT_LEADERSHIP), hash=False
    )
    """What one costs that has reached the company's leadership, by severity (text 4, 1.3.5c)."""
    penalty_range_yuan: Mapping[str, int] = field(default_factory=lambda: dict(_DEFAULT_RANGE), hash=False)
    """The least and the most of a penalty for what reached the leadership, whatever its severity."""
    penalty_repeat_yuan: int = 100
    """What the same problem costs that is complained of repeatedly (text 4, 3.6.1, which names no amount)."""
    reward_praise_yuan: int = 100
    """What is proposed for praise by name (text 4, 1.3.7, which names no amount)."""
    appeal_days: int = 7
    """Days within which a penalty can be appealed against, counted from the day it was decided."""
    mass_least: int = 3
    mass_days: int = 7
    """So many clients who complain alike within so many days are suggested as a mass complaint (row T11)."""
    growing_least: int = 3
    growing_times: float = 1.5
    """What counts as a growing cause: at least so many, and at least so many times those of the period before (R3)."""
    vital_percent: int = 80
    """The share of all complaints that the vital few causes make up together (R3)."""
    response_goal_percent: int = 95
    """The rate of first responses within target that is aimed at (R4)."""
    service_level: str = "offered"
    """Which of the rival formulas of the service level is used; see domain.measure (R2)."""
    reopened_days: int = 30
    """Days of 24 hours within which a complaint that comes back counts as reopened (R2)."""
    contact_days: int = 7
    """Days of 24 hours in which a client who calls again was not served at the first contact (R2)."""
    quality_per_operator: int = 5
    """How many calls and tickets of each operator are drawn by lot every month to be scored (row A5)."""
    quality_pass: int = 80
    """The percent of a score that is enough (row A5)."""
    evaluation_days: int = 14
    """Days after which the client is called about an evaluation form that has not come back (row A4)."""
    appraisal_weights: Mapping[str, float] = field(default_factory=lambda: dict(DEFAULT_WEIGHTS), hash=False)
    """Points of the monthly appraisal by item, its base, floor and cap; see domain.appraisal (row A2)."""
    retention_days: Mapping[str, int] = field(default_factory=lambda: dict(DEFAULT_DAYS), hash=False)
    """Days for which what nobody needs is kept, by kind, 0 for ever; see domain.retention (row P6)."""
    retention_client_years: int = DEFAULT_CLIENT_YEARS
    """Years without any contact after which a client is forgotten, 0 for never (row P6)."""
    motto_shown: bool = True
    phone_area_code: str = ""
    """The area code local numbers are dialled in, such as "021"; "" when unknown."""

    def response_target(self, severity: str) -> int:
        """Seconds to the first response, on the policy's own calendar."""
        return round(_of(self.response_hours, "response_hours", severity) * _HOUR)

    def resolution_target(self, severity: str) -> int:
        """Seconds to the resolution, on the policy's own calendar."""
        return self.resolution_on(self.hours(), severity)

    def resolution_on(self, hours: BusinessHours | None, severity: str) -> int:
        """Seconds to the resolution on some calendar; on business hours a day is one working day, not 24 hours."""
        day = _DAY if hours is None else hours.day_seconds
        return round(_of(self.resolution_days, "resolution_days", severity) * day)

    def hours(self) -> BusinessHours | None:
        """The hours that count on the clock; None when every hour does."""
        if self.clock_calendar != "business":
            return None
        return _hours(self.business_hours, self.timezone)

    def validated(self) -> Policy:
        """Return the policy itself if every value is possible, else break policy.value for the first."""
        for name, possible in _RULES.items():
            _check(name, getattr(self, name), possible)
        check_levels(self.escalation)
        if self.red_hours > self.amber_hours:
            raise _wrong("red_hours", self.red_hours)
        least, most = self.penalty_range_yuan["least"], self.penalty_range_yuan["most"]
        if least > most:
            raise _wrong("penalty_range_yuan.least", least)
        for severity, amount in self.penalty_leadership_yuan.items():
            if not least <= amount <= most:
                raise _wrong(f"penalty_leadership_yuan.{severity}", amount)
        if name := weights_possible(self.appraisal_weights):
            raise _wrong(f"appraisal_weights.{name}", self.appraisal_weights[name])
        return self

    def to_json(self) -> str:
        """Write the policy as one JSON object."""
        return json.dumps(asdict(self), ensure_ascii=False, allow_nan=False)

    @classmethod
    def from_json(cls, text: str) -> Policy:
        """Read a policy: unknown keys are ignored, missing ones take the default, wrong values break."""
        return _read(text)


@lru_cache(maxsize=8)
def _read(text: str) -> Policy:
    """The policy is read with every change of anything, and is nearly always the one of before."""
    try:
        found = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise _wrong("json", text[:80]) from error
    if not isinstance(found, dict):
        raise _wrong("json", text[:80])
    default = asdict(Policy())
    known = {key: _completed(found[key], default[key]) for key in default if key in found}
    if "escalation" in known:
        known["escalation"] = from_data(known["escalation"])
    return Policy(**known).validated()


FIELDS = tuple(each.name for each in fields(Policy))
"""The fields in the order a screen shows them; words are policy.field.NAME."""


def _completed(value: Any, default: Any) -> Any:
    if not isinstance(default, dict) or not isinstance(value, dict):
        return value
    return {key: value.get(key, default[key]) for key in default}


def _of(table: Mapping[str, float], name: str, severity: str) -> float:
    if severity not in table:
        raise _wrong(f"{name}.{severity}", None)
    return table[severity]


@lru_cache(maxsize=16)
def _hours(text: str, timezone: str) -> BusinessHours:
    return BusinessHours.parse(text, timezone)


def _wrong(name: str, value: object) -> RuleBroken:
    return RuleBroken("policy.value", field=name, value=value)


Possible = Callable[[Any], bool]


def _check(name: str, value: Any, possible: Possible | dict[str, Possible]) -> None:
    if not isinstance(possible, dict):
        if not possible(value):
            raise _wrong(name, value)
        return
    if not isinstance(value, Mapping):
        raise _wrong(name, value)
    for key, rule in possible.items():
        _check(f"{name}.{key}", value.get(key), rule)


def _whole(low: int, high: int) -> Possible:
    return lambda value: type(value) is int and low <= value <= high


def _number(low: float, high: float) -> Possible:
    return lambda value: type(value) in (int, float) and low <= value <= high


def _flag(value: Any) -> bool:
    return type(value) is bool


def _hours_text(value: Any) -> bool:
    try:
        return isinstance(value, str) and bool(_hours(value, SHANGHAI))
    except RuleBroken:
        return False


_RULES: dict[str, Possible | dict[str, Possible]] = {
    "response_hours": dict.fromkeys(SEVERITIES, _number(1 / 60, 8760)),
    "resolution_days": dict.fromkeys(SEVERITIES, _number(1 / 24, 365)),
    "clock_calendar": lambda value: value in CLOCK_CALENDARS,
    "business_hours": _hours_text,
    "timezone": lambda value: isinstance(value, str) and known_timezone(value),
    "pause_while_waiting": _flag,
    "amber_hours": _number(0, 8760),
    "red_hours": _number(0, 8760),
    "repeat_days": _whole(1, 3650),
    "call_attempts": _whole(1, 50),
    "call_spacing_minutes": _whole(1, 7 * 24 * 60),
    "answer_target_seconds": _whole(1, 3600),
    "claim_minutes": _whole(1, 24 * 60),
    "lock_minutes": _whole(0, 24 * 60),
    "day_targets": dict.fromkeys(_DEFAULT_TARGETS, _whole(0, 1000)),
    "month_better": _whole(0, 10_000),
    "followup_horizon_days": _whole(7, 730),
    "inspection_days": _whole(1, 365),
    "issue_days": _whole(1, 365),
    "rectification_days": _whole(1, 365),
    "rectification_warn_hours": _whole(0, 30 * 24),
    "handbook_days": _whole(0, 365),
    "settlement_days": _whole(1, 365),
    "warranty_months": dict.fromkeys(_DEFAULT_WARRANTY, _whole(0, 600)),
    "penalty_gm_yuan": _whole(1, MOST_YUAN),
    "penalty_leadership_yuan": dict.fromkeys(SEVERITIES, _whole(1, MOST_YUAN)),
    "penalty_range_yuan": dict.fromkeys(_DEFAULT_RANGE, _whole(1, MOST_YUAN)),
    "penalty_repeat_yuan": _whole(1, MOST_YUAN),
    "reward_praise_yuan": _whole(1, MOST_YUAN),
    "appeal_days": _whole(0, 365),
    "mass_least": _whole(2, 1000),
    "mass_days": _whole(1, 365),
    "growing_least": _whole(1, 10_000),
    "growing_times": _number(1, 100),
    "vital_percent": _whole(1, 100),
    "response_goal_percent": _whole(1, 100),
    "service_level": lambda value: value in SERVICE_LEVELS,
    "reopened_days": _whole(1, 3650),
    "contact_days": _whole(1, 365),
    "quality_per_operator": _whole(0, 1000),
    "quality_pass": _whole(0, 100),
    "evaluation_days": _whole(1, 365),
    "appraisal_weights": {name: _number(0, MOST_POINTS) for name in DEFAULT_WEIGHTS}
    | {"neutral": _number(1, 5)},
    "retention_days": dict.fromkeys(DEFAULT_DAYS, _whole(0, 36_500)),
    "retention_client_years": _whole(0, 100),
    "motto_shown": _flag,
    "phone_area_code": lambda value: (
        isinstance(value, str) and bool(re.fullmatch(r"(0[1-9][0-9]{1,2})?", value))
    ),
}
