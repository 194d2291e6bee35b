"""Mass complaints: many clients, one cause, under the first complaint of it (row T11; text 4, 3.6.2)."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from pendulum import DateTime

from deskapp.domain.errors import RuleBroken
from deskapp.domain.ticket import Ticket, legal_moves

PREFIX = "PL"
STATES = ("open", "reopened", "answered", "resolved", "closed", "dissolved")
LIVE_STATES = ("open", "reopened", "answered", "resolved")
"""States of a group something is still to be done for."""
LEAST_MEMBERS = 2
LIKENESS = 0.25
"""The share of the shorter one's word pieces that two complaints of one cause have in common."""
LONGEST_SPREAD = 62
"""Days with nothing between are left out where a spread is longer than this."""
ALIKE_MOST = 200
"""The most complaints of a category looked at while one is typed, the newest first."""


@dataclass(frozen=True, slots=True)
class MassComplaint:
    """A cause many complain of; `ticket_id` is the first complaint, the others name it as their parent.

    A dissolved one has no complaints any more.
    """

    id: int = 0
    version: int = 0
    number: str = ""
    ticket_id: int | None = None
    cause: str = ""
    category_id: int | None = None
    state: str = "open"
    opened_at: DateTime | None = None
    opened_by: int | None = None
    answer: str = ""
    answered_at: DateTime | None = None
    resolution: str = ""
    resolved_at: DateTime | None = None

    @property
    def is_live(self) -> bool:
        """Whether something is still to be done for it."""
        return self.state in LIVE_STATES


@dataclass(frozen=True, slots=True)
class MassRow:
    """A group as lists show it: how many complaints it has, of how many clients, and how many wait for an answer."""

    mass: MassComplaint
    tickets: int = 0
    clients: int = 0
    waiting: int = 0
    category: str = ""


@dataclass(frozen=True, slots=True)
class Alike:
    """What a complaint has beside it: those alike that no group has, and the group that others alike are in."""

    tickets: tuple[Ticket, ...] = ()
    clients: int = 0
    """How many clients complain, this one counted."""
    days: int = 1
    """In how many days, today counted."""
    mass: MassComplaint | None = None


@dataclass(frozen=True, slots=True)
class Spoken:
    """What a spread is counted from: one complaint's client, place, day and who answers."""

    client_id: int
    site_id: int | None
    estate: str
    day: date
    category: str
    responsible: str


Counts = tuple[tuple[str, int], ...]


@dataclass(frozen=True, slots=True)
class Spread:
    """How far a cause has spread: clients, sites, per day, by estate, category and who answers."""

    tickets: int = 0
    clients: int = 0
    sites: int = 0
    days: tuple[tuple[date, int], ...] = ()
    estates: Counts = ()
    categories: Counts = ()
    responsible: Counts = ()


def number(day: str, serial: int) -> str:
    """Write a group's number: number("20261123", 1) → PL20261123-0001."""
    return f"{PREFIX}{day}-{serial:04d}"


def check_cause(cause: str) -> None:
    """Refuse a group without a cause."""
    if not cause.strip():
        raise RuleBroken("mass.cause")


def check_free(ticket: Ticket, of: MassComplaint | None) -> None:
    """Refuse to group what is no open complaint, and what belongs to a group (`of`) already."""
    if ticket.kind != "complaint":
        raise RuleBroken("mass.no_complaint", number=ticket.number)
    if not ticket.is_open:
        raise RuleBroken("mass.ended", number=ticket.number)
    if of is not None:
        raise RuleBroken("mass.elsewhere", number=ticket.number, group=of.number)


def check_live(mass: MassComplaint) -> None:
    """Refuse to change a group that is closed or dissolved."""
    if not mass.is_live:
        raise RuleBroken("mass.over", number=mass.number)


def state_of(members: Iterable[Ticket]) -> str:
    """How a group stands: as far as the one of its complaints that is least far."""
    found = list(members)
    if not found:
        return "dissolved"
    live = [one for one in found if one.is_open]
    if not live:
        return "closed"
    if any(one.state == "reopened" for one in live):
        return "reopened"
    if all(one.state in ("resolved", "verified") for one in live):
        return "resolved"
    return "answered" if all(one.responded_at is not None for one in live) else "open"


def parted(members: Sequence[Ticket], move: str, words: str, said: str) -> tuple[list[Ticket], list[Ticket]]:
    """Part a group's complaints into those a move is made of and those it cannot be made of, which are named.

    Ended ones are neither, nor those that were told the very same (`said`) before.
    """
    moves, left = [], []
    for one in members:
        if not one.is_open or (move == "respond" and words == said and one.responded_at is not None):
            continue
        if move in legal_moves(one):
            moves.append(one)
        elif move == "respond" or one.state not in ("resolved", "verified"):
            left.append(one)
    return moves, left


def pieces(text: str) -> frozenset[str]:
    """The words of a text where it has words, and every two characters side by side where it has none."""
    found: set[str] = set()
    for run in re.findall(r"\w+", text.casefold()):
        if run.isascii():
            found.add(run)
        else:
            found.update(run[place : place + 2] for place in range(len(run) - 1))
    return frozenset(found)


def similar(one: str, other: str) -> bool:
    """Whether two complaints use like words; where one says nothing yet, nothing speaks against it."""
    mine, theirs = pieces(one), pieces(other)
    if not mine or not theirs:
        return True
    return len(mine & theirs) >= LIKENESS * min(len(mine), len(theirs))


def alike(
    candidates: Iterable[Ticket],
    groups: Mapping[int, MassComplaint],
    *,
    client_id: int | None,
    words: str,
    now: DateTime,
    least: int,
    days: int,
) -> Alike | None:
    """What a complaint may belong to: a group that takes others alike, or enough alike from different clients.

    `candidates` are open complaints of its category; `groups` are the live ones by their first complaint.
    """
    since = now.subtract(days=days)
    found = [
        one
        for one in candidates
        if one.kind == "complaint"
        and one.is_open
        and one.received_at is not None
        and since <= one.received_at <= now
        and similar(words, f"{one.subject} {one.description}")
    ]
    found.sort(key=lambda one: (one.received_at or now, one.id), reverse=True)
    joined = [groups[first] for one in found if (first := one.parent_id or one.id) in groups]
    loose = tuple(one for one in found if one.parent_id is None and one.id not in groups)
    clients = {one.client_id for one in found} | ({client_id} if client_id is not None else set())
    count = len(clients) + (client_id is None)
    if not joined and (not loose or count < least):
        return None
    oldest = min(one.received_at for one in found if one.received_at is not None)
    return Alike(loose, count, (now - oldest).days + 1, joined[0] if joined else None)


def spread_of(spoken: Iterable[Spoken]) -> Spread:
    """Count how far a cause has spread; days without any between are counted too, unless there are many."""
    found = list(spoken)
    if not found:
        return Spread()
    by_day = Counter(one.day for one in found)
    first, last = min(by_day), max(by_day)
    span = (last - first).days + 1
    all_days = (first + timedelta(days=n) for n in range(span)) if span <= LONGEST_SPREAD else sorted(by_day)
    return Spread(
        len(found),
        len({one.client_id for one in found}),
        len({one.site_id for one in found if one.site_id is not None}),
        tuple((day, by_day[day]) for day in all_days),
        _counted(one.estate for one in found),
        _counted(one.category for one in found),
        _counted(one.responsible for one in found),
    )


def _counted(names: Iterable[str]) -> Counts:
    """The most frequent first; what has no name is left out."""
    counts = Counter(name for name in names if name)
    return tuple(sorted(counts.items(), key=lambda one: (-one[1], one[0])))
