"""What a repair's ticket brings about in its repair: opened when filed, done when solved, open again, rated (T13)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from deskapp.domain import repair as rules
from deskapp.domain.praise import Rating
from deskapp.domain.records import replace
from deskapp.domain.repair import Appointment, Repair, WarrantyState
from deskapp.services.ticket_told import record

if TYPE_CHECKING:
    from pendulum import DateTime

    from deskapp.desk import Desk
    from deskapp.domain.ticket import Draft, Ticket
    from deskapp.repository.work import Work

RATED_TRADE = "crew"
"""The trade whose work a repair's rating is about."""


def warranty_of(work: Work, desk: Desk, site_id: int | None, scope: str) -> WarrantyState:
    """How a site's warranty stands today."""
    site = work.sites.get(site_id)
    files = work.warranties.of_site(site.id) if site else ()
    today = desk.local(work.now).date()
    return rules.warranty_on(today, scope or rules.SCOPES[0], site, files, desk.policy.warranty_months)


def opened_in(work: Work, desk: Desk, ticket: Ticket, draft: Draft) -> str:
    """Open the repair of a ticket just filed, its warranty as it is today; return what an appointment answers."""
    scope = draft.scope or rules.SCOPES[0]
    rules.check_scope(scope)
    found = warranty_of(work, desk, ticket.site_id, scope)
    site = work.sites.get(ticket.site_id)
    repair = work.repairs.add(
        Repair(
            ticket_id=ticket.id,
            crew=site.crew if site else "",
            worker_id=ticket.responsible_id,
            scope=scope,
            in_warranty=found.covered,
            warranty_until=found.until,
        )
    )
    if draft.appointment_at is None:
        return ""
    rules.check_appointment(draft.appointment_at, work.now)
    terms = Appointment(draft.appointment_at, repair.worker_id, repair.crew)
    return appointed_in(work, desk, ticket, repair, terms)


def appointed_in(work: Work, desk: Desk, ticket: Ticket, repair: Repair, terms: Appointment) -> str:
    """Put an appointment down and tell who goes, and who goes no more; return when it is, in words."""
    when = str(desk.local(terms.at).format("YYYY-MM-DD HH:mm"))
    worker = work.staff.get(terms.worker_id)
    told = {
        "when": when,
        "who": " ".join(name for name in (worker.name if worker else "", terms.crew) if name),
    }
    kind = "appointed" if repair.appointment_at is None else "rescheduled"
    record(work, ticket, kind, terms.words, dict(told))
    work.repairs.save(
        replace(repair, appointment_at=terms.at, worker_id=terms.worker_id, crew=terms.crew), known=repair
    )
    facts = {"number": ticket.number, "when": when}
    if terms.worker_id is not None:
        work.outbox.tell(f"repair.{kind}", ticket.id, terms.worker_id, facts)
    if repair.appointment_at and repair.worker_id not in (None, terms.worker_id):
        work.outbox.tell("repair.released", ticket.id, repair.worker_id or 0, facts)
    return when


def moved_in(work: Work, ticket: Ticket, name: str, words: str, when: DateTime) -> None:
    """Let a repair follow its ticket: solved it is done; reopened it needs another appointment."""
    repair = work.repairs.of_ticket(ticket.id)
    if repair is None:
        return
    if name == "resolve" and repair.done_at is None:
        work.repairs.save(replace(repair, done_at=when, work_done=words), known=repair)
    elif name == "reopen":
        work.repairs.save(replace(repair, done_at=None, appointment_at=None), known=repair)


def rated_in(work: Work, ticket: Ticket, score: int | None) -> None:
    """Keep the score a client gave for a repair, for whoever did it: it enters the appraisal (text 4, 1.3.6)."""
    repair = work.repairs.of_ticket(ticket.id)
    if repair is None or score is None:
        return
    work.ratings.add(
        Rating(
            at=work.now,
            source="repair",
            source_id=repair.id,
            client_id=ticket.client_id,
            site_id=ticket.site_id,
            staff_id=repair.worker_id,
            trade=RATED_TRADE,
            score=score,
        )
    )
