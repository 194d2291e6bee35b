"""The order of the one queue: bands of calls, first to last, and why a call stands where it stands (row C1)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, tzinfo
from typing import TYPE_CHECKING

from deskapp.domain.address import full_address
from deskapp.domain.call import Call

if TYPE_CHECKING:
    from pendulum import DateTime

    from deskapp.domain.policy import Policy

FOREVER_AGO = 0
SOON_MINUTES = 15


@dataclass(frozen=True, slots=True)
class Band:
    """One stretch of the queue: open calls of `kind` due in [since_us, until_us), earliest first."""

    code: str
    kind: str
    since_us: int
    until_us: int


def bands(now: datetime, end_of_day: datetime) -> tuple[Band, ...]:
    """Lay out the queue at `now`: who rings, what was promised, what proves work done, what is planned today.

    Instants are microseconds since 1970. A promised callback stands high from 15 minutes before its time.
    """
    soon, today = micros(now) + SOON_MINUTES * 60_000_000, micros(end_of_day)
    soon = min(soon, today)
    return (
        Band("inbound", "inbound", FOREVER_AGO, today),
        Band("callback_now", "callback", FOREVER_AGO, soon),
        Band("verification", "verification", FOREVER_AGO, today),
        Band("followup", "followup", FOREVER_AGO, today),
        Band("care", "care", FOREVER_AGO, today),
        Band("callback_later", "callback", soon, today),
    )


def micros(instant: datetime) -> int:
    """Write an instant as whole microseconds since 1970."""
    return round(instant.timestamp() * 1_000_000)


@dataclass(frozen=True, slots=True)
class QueueRow:
    """A call of the queue: its band, its client and ticket, since when it waits (microseconds)."""

    call: Call
    band: int = 0
    band_code: str = ""
    client_name: str = ""
    address: str = ""
    ticket_number: str = ""
    ticket_subject: str = ""
    due_us: int = 0


def queue_row(call: Call, beside: Sequence[str | None], band: int, code: str) -> QueueRow:
    """The row of a call with what stands beside it.

    `beside`: its client's name and address, its site's estate and address, its ticket's number and subject.
    """
    client, home, estate, address, number, subject = beside
    where = full_address(estate or "", address or "") or home or ""
    due = micros(call.due_at) if call.due_at else 0
    return QueueRow(call, band, code, client or "", where, number or "", subject or "", due)


@dataclass(frozen=True, slots=True)
class Reason:
    """Why a call stands first: a code for the sentence and the numbers in it (seconds, minutes, days)."""

    code: str
    waited_s: int = 0
    target_s: int = 0
    minutes: int = 0
    days: int = 0


def days_late(due: datetime, now: datetime, zone: tzinfo) -> int:
    """How many of the company's days ago a planned call was due: what was due yesterday is a day late all day."""
    return (now.astimezone(zone).date() - due.astimezone(zone).date()).days


def why_first(call: Call, now: DateTime, policy: Policy) -> Reason:
    """Explain the first row of the queue in a code and figures."""
    late_s = int((now - call.due_at).total_seconds()) if call.due_at else 0
    if call.kind == "inbound":
        return Reason("inbound", waited_s=max(0, late_s), target_s=policy.answer_target_seconds)
    if call.kind == "callback":
        code = "callback_late" if late_s > 0 else "callback_soon"
        return Reason(code, minutes=abs(late_s) // 60)
    from zoneinfo import ZoneInfo

    days = days_late(call.due_at, now, ZoneInfo(policy.timezone)) if call.due_at else 0
    if days > 0:
        return Reason(f"{call.kind}_late", days=days)
    return Reason(call.kind)
