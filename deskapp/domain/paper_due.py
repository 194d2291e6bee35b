"""Which papers are owed, and how they stand on a day: in time, due soon, due, late (row R1; text 4, 3.3.5, 3.3.12)."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from deskapp.domain.calendar import day_kind
from deskapp.domain.paper import PaperKind, due_on
from deskapp.domain.period import Period

LOOK_BACK_DAYS = 45
"""What is later than this is history: it is counted as never issued, and nobody's work any more."""
SOON_DAYS = 3
"""From so many days before it is due a paper is work."""
REACH_DAYS = 100
"""A paper is due no further than this from the days it is for."""
LATE = "late"
STATES = (LATE, "due", "soon")
OFFICERS = ("manager", "director", "admin")


@dataclass(frozen=True, slots=True)
class PaperDue:
    """A paper somebody owes: its kind, the days it is for, the day it is due."""

    kind: PaperKind
    period: Period
    due_on: date

    @property
    def key(self) -> tuple[str, date]:
        """What an issued paper of the same period has too."""
        return self.kind.code, self.period.first

    @property
    def provisional(self) -> bool:
        """Whether the holidays of its year are not published yet: the day is one by weekday alone."""
        return not day_kind(self.due_on).published

    def left(self, today: date) -> int:
        """How many days are left; below nought it is late by so many."""
        return (self.due_on - today).days

    def state(self, today: date) -> str:
        """One of STATES, or "" while there is time."""
        left = self.left(today)
        if left <= 0:
            return LATE if left < 0 else "due"
        return "soon" if left <= SOON_DAYS else ""


def owed(kinds: Iterable[PaperKind], first: date, last: date, begun: date) -> list[PaperDue]:
    """The papers due from one day to another, the first due first.

    Nobody owes a paper for days before the company began to work with the program.
    """
    found = [one for kind in kinds if kind.due for one in _of_kind(kind, first, last, begun)]
    return sorted(found, key=lambda one: one.due_on)


def _of_kind(kind: PaperKind, first: date, last: date, begun: date) -> Iterator[PaperDue]:
    period = kind.period_of(max(first - timedelta(REACH_DAYS), begun))
    while period.first <= last + timedelta(REACH_DAYS):
        day = due_on(kind, period)
        if day is not None and first <= day <= last and period.first >= begun:
            yield PaperDue(kind, period, day)
        period = period.after()


def open_dues(
    kinds: Iterable[PaperKind], today: date, begun: date, issued: Collection[tuple[str, date]]
) -> list[PaperDue]:
    """The papers that are work on a day: late, due, due soon, and not issued for their period; the latest first."""
    since, until = today - timedelta(LOOK_BACK_DAYS), today + timedelta(SOON_DAYS)
    return [one for one in owed(kinds, since, until, begun) if one.key not in issued]


def owes(kind: PaperKind, role: str) -> bool:
    """Whether a paper is the work of a role; managers answer for what theirs owe."""
    return kind.owner == role or role in OFFICERS
