"""Clocks reckoned on a year not published yet: reckoned again once the year is known (row T4)."""

from __future__ import annotations

from deskapp.desk import Desk
from deskapp.domain.errors import Conflict
from deskapp.domain.ticket import Ticket
from deskapp.domain.ticket_clock import with_deadlines


def reckon_again(desk: Desk) -> int:
    """Reckon the provisional deadlines of open tickets anew; return how many moved. Another desk's move goes first."""
    with desk.read() as work:
        waiting = work.tickets.provisional()
    return sum(_reckoned(desk, ticket) for ticket in waiting)


def _reckoned(desk: Desk, ticket: Ticket) -> bool:
    with desk.read() as work:
        after = with_deadlines(ticket, work.ticket_events.of(ticket.id), desk.policy)
    if ticket.source_key is not None or after == ticket:
        return False
    try:
        with desk.write("ticket.move") as work:
            work.tickets.save(after)
    except Conflict:
        return False
    return True
