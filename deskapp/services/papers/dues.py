"""Papers owed: those due in days, and those that are somebody's work now (row R1; text 4, 3.3.5 and 3.3.12)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING

from deskapp.domain import paper_due as rules
from deskapp.domain.paper_due import PaperDue
from deskapp.services.papers.registry import KINDS
from deskapp.services.planning import today_of

if TYPE_CHECKING:
    from deskapp.desk import Desk
    from deskapp.repository.work import Work


@dataclass(frozen=True, slots=True)
class OpenDue:
    """A paper that is work today, and how it stands."""

    due: PaperDue
    state: str
    left: int
    """Days left; below nought it is late by so many."""


def begun_in(work: Work, desk: Desk) -> date | None:
    """The day the company began to work with the program: that of the first account; None before."""
    opened = [one.created_at for one in work.operators.listed() if one.created_at is not None]
    return desk.local(min(opened)).date() if opened else None


def owed_in(work: Work, desk: Desk, first: date, last: date) -> list[PaperDue]:
    """The papers due from one day to another, issued or not."""
    begun = begun_in(work, desk)
    return rules.owed(KINDS.values(), first, last, begun) if begun is not None else []


def open_dues(desk: Desk) -> list[OpenDue]:
    """The papers whoever sits at the desk is to make: late, due and due soon, the latest first."""
    with desk.read() as work:
        found = open_dues_in(work, desk)
    role = desk.operator.role if desk.operator else "admin"
    return [one for one in found if rules.owes(one.due.kind, role)]


def open_dues_in(work: Work, desk: Desk) -> list[OpenDue]:
    """The papers that are anybody's work; one look by index at what was issued for their periods."""
    begun = begun_in(work, desk)
    if begun is None:
        return []
    today = today_of(desk, work.now)
    since = today - timedelta(rules.LOOK_BACK_DAYS + rules.REACH_DAYS)
    found = rules.open_dues(KINDS.values(), today, begun, work.issued_papers.periods_since(since))
    return [OpenDue(one, one.state(today), one.left(today)) for one in found]
