"""Repeated complaints: the same client, site and category within N days (row T10)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from pendulum import DateTime

from deskapp.domain.ticket import Ticket


@dataclass(frozen=True, slots=True)
class Repeat:
    """An earlier complaint a new one may repeat; `certain` when client, site and category all agree."""

    ticket: Ticket
    certain: bool


def is_same_problem(one: Ticket, category_id: int | None, category: str, site_id: int | None) -> bool:
    """Whether an earlier complaint names the same category at the same site (an unnamed site fits any)."""
    if one.site_id is not None and site_id is not None and one.site_id != site_id:
        return False
    if category_id is not None:
        return one.category_id == category_id
    return bool(category) and one.category == category


def possible_repeats(
    earlier: Iterable[Ticket],
    *,
    category_id: int | None,
    category: str,
    site_id: int | None,
    now: DateTime,
    days: int,
) -> tuple[Repeat, ...]:
    """List the client's complaints of the last `days` days, certain repeats first, newest first."""
    since = now.subtract(days=days)
    found = [
        Repeat(ticket, is_same_problem(ticket, category_id, category, site_id))
        for ticket in earlier
        if ticket.kind == "complaint"
        and ticket.state not in ("withdrawn", "merged")
        and ticket.received_at is not None
        and since <= ticket.received_at <= now
    ]
    found.sort(key=lambda repeat: (not repeat.certain, -(repeat.ticket.received_at or now).timestamp()))
    return tuple(found)


def repeat_link(repeats: Iterable[Repeat]) -> tuple[int | None, int]:
    """Link a new complaint to the newest certain repeat and count which time this is (0: the first)."""
    certain = [repeat.ticket for repeat in repeats if repeat.certain]
    if not certain:
        return None, 0
    return certain[0].id, max(len(certain), certain[0].repeat_no + 1)
