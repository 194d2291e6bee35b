"""What is kept for how long, and what may be forgotten today (row P6): pure rules over the policy's days and years."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from pendulum import DateTime

DEFAULT_DAYS: Mapping[str, int] = {
    "unknown_calls": 730,
    "outbox": 1095,
    "mail": 1825,
    "reminders": 365,
    "misses": 730,
    "article_uses": 1095,
    "drafts": 30,
    "backups": 1095,
}
"""Days by kind; 0 keeps for ever. Of backups it says when they are to be destroyed: no console can reach them all."""
DEFAULT_CLIENT_YEARS = 0
"""Years without a contact after which a client is forgotten; 0, and nobody is, until the company decides otherwise."""
STORED = ("unknown_calls", "outbox", "mail", "reminders", "misses", "article_uses", "clients")
"""What the database forgets, in this order."""
KINDS = (*STORED, "drafts", "backups", "audit")
"""Every kind the company is told of; drafts lie on each desk's own disk, the audit trail is kept for ever."""


@dataclass(frozen=True, slots=True)
class Due:
    """A kind of which whatever is older than an instant may go."""

    kind: str
    before: DateTime


@dataclass(frozen=True, slots=True)
class Contact:
    """What is known of when there last was anything with a client, and of what still runs."""

    client_id: int
    last: DateTime | None = None
    """The last call, ticket, notice or letter; None when there never was any."""
    since: DateTime | None = None
    """When the file was made; None when nobody knows."""
    open_tickets: int = 0
    open_calls: int = 0
    running_sites: int = 0
    warranty_until: date | None = None
    unpaid: int = 0


def due(days: Mapping[str, int], client_years: int, now: DateTime) -> tuple[Due, ...]:
    """What the database may forget of what is older than when; a kind kept for ever is not there."""
    found = [Due(kind, now.subtract(days=days[kind])) for kind in STORED if days.get(kind, 0) > 0]
    if client_years > 0:
        found.append(Due("clients", now.subtract(years=client_years)))
    return tuple(found)


def held_by(contact: Contact, before: DateTime, today: date) -> str:
    """Why a client's file stays, as a code; "" when nothing holds it any longer."""
    if contact.open_tickets:
        return "tickets"
    if contact.open_calls:
        return "calls"
    if contact.running_sites:
        return "sites"
    if contact.unpaid:
        return "payments"
    if contact.warranty_until is not None and contact.warranty_until >= today:
        return "warranty"
    last = contact.last or contact.since
    if last is not None and last >= before:
        return "contact"
    return ""


def forgettable(contacts: Sequence[Contact], before: DateTime, today: date) -> list[int]:
    """The clients nothing holds any longer, in order."""
    return [one.client_id for one in contacts if not held_by(one, before, today)]


def ages_out(made: date, days: int) -> date | None:
    """The day on which a backup is to be destroyed; None when they are kept for ever."""
    from datetime import timedelta

    return made + timedelta(days=days) if days > 0 else None
