"""Repairs under and after warranty: who goes, when, and what was done (row T13; text 4, 1.3.6)."""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from pendulum import DateTime

from deskapp.domain.errors import RuleBroken
from deskapp.domain.rows import TicketRow

if TYPE_CHECKING:
    from deskapp.domain.site import Site
    from deskapp.domain.site_notice import Warranty
    from deskapp.domain.ticket import Ticket

SCOPES = ("general", "waterproof")
WARRANTIES = ("in", "out", "building", "unknown")
LONGEST_AHEAD_DAYS = 60
"""The furthest ahead an appointment is made: a day typed wrong is caught."""
_BUILDING = frozenset({"signed", "building", "midterm"})


@dataclass(frozen=True, slots=True)
class Repair:
    """What a repair slip says beside its ticket; `cost` is fen, for work outside the warranty."""

    id: int = 0
    version: int = 0
    ticket_id: int = 0
    crew: str = ""
    worker_id: int | None = None
    scope: str = "general"
    in_warranty: bool = False
    warranty_until: date | None = None
    appointment_at: DateTime | None = None
    done_at: DateTime | None = None
    cost: int | None = None
    work_done: str = ""

    @property
    def warranty(self) -> WarrantyState:
        """The state of the warranty as it was when the repair was reported."""
        if self.in_warranty:
            return WarrantyState("in" if self.warranty_until else "building", self.warranty_until)
        return WarrantyState("out" if self.warranty_until else "unknown", self.warranty_until)


@dataclass(frozen=True, slots=True)
class WarrantyState:
    """Whether a repair is covered on a day: in or out with the last day covered, still building, or unknown."""

    state: str = "unknown"
    until: date | None = None

    @property
    def covered(self) -> bool:
        """Whether the client pays nothing."""
        return self.state in ("in", "building")


@dataclass(frozen=True, slots=True)
class RepairRow:
    """A repair with its ticket and the name of who goes, as lists and slips show it."""

    repair: Repair
    row: TicketRow
    worker: str = ""

    @property
    def ticket(self) -> Ticket:
        """Its ticket."""
        return self.row.ticket


@dataclass(frozen=True, slots=True)
class Appointment:
    """When who goes; `agreed` with the client, which is an answer to them, in the operator's words."""

    at: DateTime
    worker_id: int | None = None
    crew: str = ""
    agreed: bool = True
    words: str = ""


@dataclass(frozen=True, slots=True)
class Finished:
    """What was done, and what it costs the client in fen."""

    words: str
    cost: int | None = None


def warranty_on(
    day: date, scope: str, site: Site | None, files: Iterable[Warranty], months: Mapping[str, int]
) -> WarrantyState:
    """Say how a site's warranty for a kind of damage stands on a day.

    The warranty file decides; a site without one is covered for the policy's months from its completion, and one
    that is being built by its contract. The last day is covered. A scope the file does not name counts as general.
    """
    if site is None or site.stage == "cancelled":
        return WarrantyState()
    ends = {one.scope: one.until_on for one in files}
    until = ends.get(scope) or ends.get("general")
    if until is None and site.completed_on is not None:
        until = months_later(site.completed_on, months.get(scope, months.get("general", 0)))
    if until is None:
        return WarrantyState("building" if site.stage in _BUILDING else "unknown")
    return WarrantyState("in" if day <= until else "out", until)


def months_later(day: date, months: int) -> date:
    """The same day some months on, the last of its month where there is no such day."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


def check_scope(scope: str) -> None:
    """Refuse a kind of damage no warranty knows."""
    if scope not in SCOPES:
        raise RuleBroken("repair.scope", value=scope)


def check_appointment(at: DateTime, now: DateTime) -> None:
    """Refuse an appointment in the past or too far ahead."""
    if at <= now:
        raise RuleBroken("repair.past")
    if at > now.add(days=LONGEST_AHEAD_DAYS):
        raise RuleBroken("repair.too_far", days=LONGEST_AHEAD_DAYS)


def check_waits(ticket: Ticket, repair: Repair) -> None:
    """Refuse to plan or finish a repair that is done or whose ticket has ended."""
    if repair.done_at is not None or ticket.state not in (
        "received",
        "dispatched",
        "responded",
        "reopened",
    ):
        raise RuleBroken("repair.over", number=ticket.number)


def check_work(work: Finished) -> None:
    """Refuse to call a repair done without saying what was done, or at less than nothing."""
    if not work.words.strip():
        raise RuleBroken("repair.work_missing")
    if work.cost is not None and work.cost < 0:
        raise RuleBroken("repair.cost")
