"""The response clock: target + calendar + pauses, always worked out from history, never counted down (T4)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Literal

import pendulum
from pendulum import DateTime

from deskapp.domain.calendar import SECOND_US, BusinessHours, Span, local_date, open_spans, years_published

AMBER_S = 4 * 3600
RED_S = 3600

State = Literal["calm", "amber", "red", "overdue", "paused", "met", "missed"]

_NEVER = 10**18
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Pause:
    """A stretch in which the clock stands still; `end` is None while it lasts."""

    start: DateTime
    end: DateTime | None = None
    """An end at or before the start pauses nothing."""


@dataclass(frozen=True, slots=True)
class Deadline:
    """The last instant at which an answer is in time."""

    at: DateTime
    provisional: bool
    """True when the way there passes through a year whose holidays are not published yet."""


def deadline(
    start: DateTime, target: int, hours: BusinessHours | None, pauses: Sequence[Pause] = ()
) -> Deadline | None:
    """When `target` seconds from `start` are used up; None while an open pause keeps that from being known.

    With `hours` only working time counts; without, every second does, in UTC, so no daylight saving matters.
    """
    start_us = instant_us(start)
    due_us = _due(start_us, target, hours, _stops(pauses))
    if due_us is None:
        return None
    return Deadline(_instant(due_us), hours is not None and _unpublished(hours, start_us, due_us))


def elapsed(start: DateTime, now: DateTime, hours: BusinessHours | None, pauses: Sequence[Pause] = ()) -> int:
    """How many whole seconds of the clock are used at `now`; none before `start`."""
    return _elapsed(instant_us(start), instant_us(now), hours, _stops(pauses))


def instant_us(instant: DateTime) -> int:
    """An instant as microseconds since 1970, exactly."""
    return instant.int_timestamp * SECOND_US + instant.microsecond


@dataclass(frozen=True, slots=True)
class ResponseClock:
    """One ticket's clock, as its history tells it."""

    received_at: DateTime
    target: int
    """Seconds allowed."""
    hours: BusinessHours | None = None
    """The hours that count; None counts calendar hours, the default."""
    pauses: tuple[Pause, ...] = ()
    stopped_at: DateTime | None = None
    """When the first substantive answer was given."""

    def __post_init__(self) -> None:
        if self.target < 0:
            raise ValueError(self.target)

    @property
    def deadline(self) -> Deadline | None:
        """The deadline and whether it is provisional; None while an open pause holds it."""
        return deadline(self.received_at, self.target, self.hours, self.pauses)

    @property
    def due_at(self) -> DateTime | None:
        """The last instant at which an answer is in time; None while an open pause holds it."""
        due_us = self.due_at_us
        return None if due_us is None else _instant(due_us)

    @property
    def due_at_us(self) -> int | None:
        """`due_at` in microseconds since 1970, for `seconds_left`."""
        return _due(instant_us(self.received_at), self.target, self.hours, _stops(self.pauses))

    @property
    def paused(self) -> bool:
        """Whether an open pause, begun in time, holds this unanswered clock."""
        return self.stopped_at is None and self.due_at_us is None

    @property
    def met(self) -> bool | None:
        """Whether the answer came in time, the deadline itself included; None while unanswered."""
        if self.stopped_at is None:
            return None
        due_us = self.due_at_us
        return due_us is None or instant_us(self.stopped_at) <= due_us

    def elapsed(self, now: DateTime) -> int:
        """Seconds used at `now`; they stay as they were once answered."""
        at = instant_us(self.stopped_at or now)
        return _elapsed(instant_us(self.received_at), at, self.hours, _stops(self.pauses))

    def remaining(self, now: DateTime) -> int:
        """Seconds left at `now`, negative when overdue: elapsed + remaining = target, always."""
        return self.target - self.elapsed(now)

    def fraction_used(self, now: DateTime) -> float:
        """The part of the target used at `now`: 1.0 at the deadline, more when overdue."""
        return self.elapsed(now) / self.target if self.target else 1.0

    def state(self, now: DateTime, amber_s: int = AMBER_S, red_s: int = RED_S) -> State:
        """How the clock stands at `now`; amber and red begin with that many seconds left."""
        if self.stopped_at is not None:
            return "met" if self.met else "missed"
        now_us, due_us = instant_us(now), self.due_at_us
        if due_us is not None and now_us > due_us:
            return "overdue"
        if any(begin <= now_us < end for begin, end in _stops(self.pauses)):
            return "paused"
        left = self.remaining(now)
        if left <= red_s:
            return "red"
        return "amber" if left <= amber_s else "calm"


def _due(start: int, target: int, hours: BusinessHours | None, stops: tuple[Span, ...]) -> int | None:
    left = target * SECOND_US
    if left < 0:
        raise ValueError(target)
    if left == 0 or (hours is None and not stops):
        return start + left
    for begin, end in _running(start, _NEVER, hours, stops):
        if end - begin >= left:
            return begin + left
        left -= end - begin
    return None


def _elapsed(start: int, now: int, hours: BusinessHours | None, stops: tuple[Span, ...]) -> int:
    if now <= start:
        return 0
    if hours is None and not stops:
        return (now - start) // SECOND_US
    return sum(end - begin for begin, end in _running(start, now, hours, stops)) // SECOND_US


def _running(start: int, until: int, hours: BusinessHours | None, stops: tuple[Span, ...]) -> Iterator[Span]:
    """The stretches in which the clock runs, in order, from `start` to `until` or to an open pause."""
    if stops and stops[-1][1] == _NEVER:
        until = min(until, stops[-1][0])
    for begin, end in _counted(start, until, hours):
        for stop, go in stops:
            if stop >= end:
                break
            if begin < stop:
                yield begin, stop
            begin = max(begin, go)
        if begin < end:
            yield begin, end


def _counted(start: int, until: int, hours: BusinessHours | None) -> Iterator[Span]:
    """The stretches the calendar counts, pauses aside."""
    if hours is None:
        if start < until:
            yield start, until
        return
    day = local_date(hours, start)
    last = None if until == _NEVER else local_date(hours, until)
    while last is None or day <= last:
        for begin, end in open_spans(hours, day):
            if max(begin, start) < min(end, until):
                yield max(begin, start), min(end, until)
        day += timedelta(days=1)


def _stops(pauses: Sequence[Pause]) -> tuple[Span, ...]:
    """The pauses in order, those that touch, overlap or nest made one."""
    merged: list[Span] = []
    for begin, end in sorted(map(_span, pauses)):
        if merged and begin <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(end, merged[-1][1]))
        elif begin < end:
            merged.append((begin, end))
    return tuple(merged)


def _span(pause: Pause) -> Span:
    return instant_us(pause.start), _NEVER if pause.end is None else instant_us(pause.end)


def _unpublished(hours: BusinessHours, start: int, due: int) -> bool:
    years = range(local_date(hours, start).year, local_date(hours, due).year + 1)
    return any(year not in years_published() for year in years)


def _instant(at_us: int) -> DateTime:
    at = _EPOCH + timedelta(microseconds=at_us)
    parts = at.year, at.month, at.day, at.hour, at.minute, at.second, at.microsecond
    return DateTime(*parts, tzinfo=pendulum.UTC)
