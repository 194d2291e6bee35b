"""Escalation: before and at each deadline the next person up is told, once a level (row T6).

A level is named by its minutes from the deadline, so that it stays itself when others are added or taken away. It is
reached once for a ticket, clock and round (a round ends when the ticket is opened again): a deadline that moves later
afterwards does not make it new, what was told was told. Several levels passed unseen, with every console off, are one
message to whoever the highest of them is for; the lower ones are put down as passed over. While a clock stands still
no level comes; one that had come before it stopped is still told. Minutes are minutes of the day, on either calendar.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from pendulum import DateTime

from deskapp.domain.errors import RuleBroken
from deskapp.domain.ticket import UNANSWERED_STATES, Ticket

CLOCKS = ("respond", "resolve")
RECEIVERS = ("responsible", "department_head", "manager", "director", "office")
"""Who can be told, from the bottom up."""
UNRESOLVED_STATES = frozenset({*UNANSWERED_STATES, "responded"})
MOST_MINUTES = 365 * 24 * 60
MOST_LEVELS = 40


@dataclass(frozen=True, slots=True)
class Level:
    """One level of one clock: minutes before (negative) or after its deadline, and who is told."""

    clock: str = "respond"
    minutes: int = 0
    to: str = "manager"


DEFAULT_LEVELS = (
    Level("respond", -240, "responsible"),
    Level("respond", -60, "department_head"),
    Level("respond", 0, "manager"),
    Level("respond", 240, "director"),
    Level("respond", 1440, "office"),
    Level("resolve", -1440, "responsible"),
    Level("resolve", 0, "department_head"),
    Level("resolve", 1440, "manager"),
    Level("resolve", 4320, "director"),
)


@dataclass(frozen=True, slots=True)
class Escalation:
    """One level reached for one clock of a ticket; `round` counts how often it was opened again."""

    id: int = 0
    version: int = 0
    ticket_id: int = 0
    clock: str = "respond"
    round: int = 0
    level: int = 0
    due_at: DateTime | None = None
    at: DateTime | None = None
    told: Mapping[str, object] | None = None


@dataclass(frozen=True, slots=True)
class Reached:
    """An intent: a level has come; `tells` is False for one passed over by a higher one that came as well."""

    level: Level
    round: int
    due_at: DateTime
    tells: bool = True


def decide(
    ticket: Ticket, reached: Iterable[Escalation], levels: Sequence[Level], now: DateTime
) -> tuple[Reached, ...]:
    """Say which levels a ticket reaches now that it has not reached before, the lowest first.

    A level below one already reached is past: adding it to the policy later tells nobody.
    """
    highest: dict[str, int] = {}
    for one in reached:
        if one.ticket_id == ticket.id and one.round == ticket.reopened_count:
            highest[one.clock] = max(one.level, highest.get(one.clock, one.level))
    found: list[Reached] = []
    for clock in CLOCKS:
        due_at = running(ticket, clock)
        if due_at is not None:
            stood = now if ticket.paused_since is None else min(now, ticket.paused_since)
            come = [
                level
                for level in of_clock(levels, clock)
                if level.minutes > highest.get(clock, -MOST_MINUTES - 1)
                and due_at.add(minutes=level.minutes) <= stood
            ]
            found += [
                Reached(
                    level, ticket.reopened_count, due_at, level is come[-1] and _tells(ticket, level, due_at)
                )
                for level in come
            ]
    return tuple(found)


def _tells(ticket: Ticket, level: Level, due_at: DateTime) -> bool:
    """Whether a level's receiver hears of it.

    Not where its time lay before the ticket was received, for filing has told them; and those below the manager are
    warned and urged of a rectification by its own watch.
    """
    if ticket.received_at is not None and due_at.add(minutes=level.minutes) <= ticket.received_at:
        return False
    return ticket.kind != "rectification" or level.to not in ("responsible", "department_head")


def running(ticket: Ticket, clock: str) -> DateTime | None:
    """The deadline of a clock that still asks something of somebody; None where it does not."""
    if clock == "respond":
        return ticket.respond_by if ticket.clock_runs else None
    return ticket.due_at if ticket.state in UNRESOLVED_STATES else None


def of_clock(levels: Iterable[Level], clock: str) -> list[Level]:
    """The levels of one clock in the order they come."""
    return sorted((level for level in levels if level.clock == clock), key=lambda level: level.minutes)


def receivers_from(to: str) -> tuple[str, ...]:
    """Whoever a level is for, and those above, for when there is nobody."""
    return RECEIVERS[RECEIVERS.index(to) :]


def check_levels(levels: object) -> None:
    """Refuse levels that cannot be: the line and what is wrong are named."""
    if not isinstance(levels, tuple) or len(levels) > MOST_LEVELS:
        raise _broken("escalation.many", 0, MOST_LEVELS)
    seen: set[tuple[str, int]] = set()
    for line, level in enumerate(levels, 1):
        _check_level(level, line)
        if (level.clock, level.minutes) in seen:
            raise _broken("escalation.twice", line, f"{level.clock} {level.minutes}")
        seen.add((level.clock, level.minutes))


def _check_level(level: object, line: int) -> None:
    if not isinstance(level, Level):
        raise _broken("escalation.line", line, level)
    if level.clock not in CLOCKS:
        raise _broken("escalation.clock", line, level.clock)
    if type(level.minutes) is not int or abs(level.minutes) > MOST_MINUTES:
        raise _broken("escalation.minutes", line, level.minutes)
    if level.to not in RECEIVERS:
        raise _broken("escalation.to", line, level.to)


def _broken(code: str, line: int, value: object) -> RuleBroken:
    return RuleBroken(code, field="escalation", line=line, value=value)


def written(levels: Iterable[Level], words: Mapping[str, str] | None = None) -> str:
    """Write levels as people edit them, one a line: respond -60 department_head; `words` for codes, if any."""
    said = words or {}
    return "\n".join(
        f"{said.get(level.clock, level.clock)} {level.minutes:+d} {said.get(level.to, level.to)}"
        for level in levels
    )


def parsed(text: str, codes: Mapping[str, str] | None = None) -> tuple[Level, ...]:
    """Read levels from lines; `codes` say what other words for clocks and people stand for.

    The line that cannot be is named. Empty lines count for nothing.
    """
    known = codes or {}
    levels: list[Level] = []
    for line, words in enumerate(map(str.split, text.splitlines()), 1):
        if not words:
            continue
        if len(words) != 3:
            raise _broken("escalation.line", line, " ".join(words))
        clock, minutes, to = (known.get(word, word.lower()) for word in words)
        if not minutes.lstrip("+-").isdecimal() or not minutes.isascii() or len(minutes) > 8:
            raise _broken("escalation.minutes", line, minutes)
        try:
            level = Level(clock, int(minutes), to)
        except ValueError:
            raise _broken("escalation.minutes", line, minutes) from None
        _check_level(level, line)
        levels.append(level)
    check_levels(tuple(levels))
    return tuple(levels)


def from_data(found: object) -> tuple[Level, ...]:
    """Read levels from JSON's lists of names and values."""
    if not isinstance(found, list | tuple):
        raise _broken("escalation.line", 0, str(found)[:80])
    levels = []
    for line, one in enumerate(found, 1):
        if not isinstance(one, Mapping):
            raise _broken("escalation.line", line, str(one)[:80])
        levels.append(Level(one.get("clock", ""), one.get("minutes", ""), one.get("to", "")))
    check_levels(tuple(levels))
    return tuple(levels)
