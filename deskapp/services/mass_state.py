"""What a ticket's moves bring about in the mass complaint it is part of, and how one joins it (row T11)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from deskapp.domain import mass_complaint as rules
from deskapp.domain.mass_complaint import Alike, MassComplaint
from deskapp.domain.records import replace
from deskapp.services.ticket_told import record

if TYPE_CHECKING:
    from deskapp.domain.policy import Policy
    from deskapp.domain.ticket import Ticket
    from deskapp.repository.work import Work


def moved_in(work: Work, ticket: Ticket) -> None:
    """Let the group stand as its complaints do; it is held, so that the last two to close both see that."""
    mass = work.mass_complaints.of_ticket(ticket)
    if mass is not None:
        refreshed_in(work, work.mass_complaints.held(mass.id))


def refreshed_in(work: Work, mass: MassComplaint) -> MassComplaint:
    """Store how a held group stands now."""
    state = rules.state_of(work.mass_complaints.members(mass))
    return work.mass_complaints.save(replace(mass, state=state))


def joined_in(work: Work, ticket: Ticket, mass: MassComplaint) -> Ticket:
    """Put a complaint into a held group; both say so."""
    rules.check_free(ticket, work.mass_complaints.of_ticket(ticket))
    rules.check_live(mass)
    record(work, ticket, "grouped", "", {"mass": mass.number})
    joined = work.tickets.save(replace(ticket, parent_id=mass.ticket_id))
    refreshed_in(work, work.mass_complaints.touch(mass, joined=ticket.number))
    return joined


def filed_in(work: Work, ticket: Ticket, mass_id: int | None) -> Ticket:
    """Put a complaint just filed into the group its form named; one that is over by now takes nothing in."""
    if mass_id is None or ticket.kind != "complaint" or work.mass_complaints.get(mass_id) is None:
        return ticket
    mass = work.mass_complaints.held(mass_id)
    return joined_in(work, ticket, mass) if mass.is_live else ticket


def alike_in(
    work: Work, policy: Policy, category_id: int | None, client_id: int | None, words: str, but: int = 0
) -> Alike | None:
    """What a complaint may belong to; none without a category. `but` is the complaint itself."""
    if category_id is None:
        return None
    found = work.mass_complaints.recent(category_id, work.now.subtract(days=policy.mass_days))
    found = [one for one in found if one.id != but]
    groups = work.mass_complaints.of_firsts(one.parent_id or one.id for one in found)
    return rules.alike(
        found,
        groups,
        client_id=client_id,
        words=words,
        now=work.now,
        least=policy.mass_least,
        days=policy.mass_days,
    )
