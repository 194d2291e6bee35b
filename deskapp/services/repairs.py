"""Repairs at work: reported with their warranty, given a time, done, done again until the client is content (T13)."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

from deskapp.domain import repair as rules
from deskapp.domain.repair import Appointment, Repair, RepairRow, WarrantyState
from deskapp.services import repair_rows, tickets
from deskapp.services.submissions import once

if TYPE_CHECKING:
    from deskapp.desk import Desk
    from deskapp.domain.ticket import Draft, Ticket
    from deskapp.repository.work import Work
    from deskapp.services.tickets import Filed


def file(desk: Desk, draft: Draft, key: str = "") -> Filed:
    """Report a repair: its slip is issued and whoever answers is told at once (text 4, 1.3.6); under a key once."""
    return tickets.file(desk, replace(draft, kind="repair", submission=key or draft.submission))


def warranty(desk: Desk, site_id: int | None, scope: str) -> WarrantyState:
    """How a site's warranty for a kind of damage stands today."""
    with desk.read() as work:
        return repair_rows.warranty_of(work, desk, site_id, scope)


def read(desk: Desk, ticket_id: int) -> RepairRow:
    """Read a repair by its ticket."""
    with desk.read() as work:
        row = work.repairs.row(ticket_id)
    if row is None:
        raise LookupError(f"repair {ticket_id}")
    return row


def appoint(desk: Desk, seen: RepairRow, terms: Appointment, *, key: str = "") -> Repair:
    """Give a repair its time and who goes, who is told at once; agreed with the client it is the first answer.

    Done anew it moves the appointment. Conflict when another desk changed the repair or its ticket meanwhile.
    """
    with desk.write("repair.save") as work:
        appointing = partial(appoint_in, work, desk, seen, terms)
        return once(work, key, "repair.appoint", appointing, work.repairs.find)


def appoint_in(work: Work, desk: Desk, seen: RepairRow, terms: Appointment) -> Repair:
    """Make an appointment inside a transaction that does more than that."""
    ticket = _as_seen(work, seen)
    rules.check_waits(ticket, seen.repair)
    rules.check_appointment(terms.at, work.now)
    if terms.worker_id is not None and ticket.responsible_id is None:
        ticket = _given(work, desk, ticket, terms.worker_id)
    when = repair_rows.appointed_in(work, desk, ticket, seen.repair, terms)
    if terms.agreed and ticket.responded_at is None:
        tickets.move_in(work, desk, ticket, "respond", terms.words.strip() or when)
    return work.repairs.find(seen.repair.id)


def _given(work: Work, desk: Desk, ticket: Ticket, worker_id: int) -> Ticket:
    """Let who goes answer for a repair that nobody answers for yet."""
    worker = work.staff.find(worker_id)
    given = replace(
        ticket, responsible_id=worker_id, department_id=ticket.department_id or worker.department_id
    )
    if ticket.state == "responded":
        return work.tickets.save(given)
    facts = {"department_id": ticket.department_id, "responsible_id": None}
    return tickets.move_in(work, desk, given, "dispatch", "", facts)


def done(desk: Desk, seen: RepairRow, finished: rules.Finished, *, key: str = "") -> Repair:
    """Record what was done: the repair is solved, and the client is called and asked to rate it (rows T7, T13)."""
    rules.check_work(finished)
    with desk.write("repair.save") as work:
        doing = partial(done_in, work, desk, seen, finished)
        return once(work, key, "repair.done", doing, work.repairs.find)


def done_in(work: Work, desk: Desk, seen: RepairRow, finished: rules.Finished) -> Repair:
    """Record it inside a transaction that does more than that."""
    rules.check_work(finished)
    ticket = _as_seen(work, seen)
    rules.check_waits(ticket, seen.repair)
    saved = work.repairs.save(
        replace(seen.repair, done_at=work.now, work_done=finished.words.strip(), cost=finished.cost)
    )
    if ticket.responded_at is None:
        ticket = tickets.move_in(work, desk, ticket, "respond", saved.work_done)
    tickets.move_in(work, desk, ticket, "resolve", saved.work_done)
    return saved


def _as_seen(work: Work, seen: RepairRow) -> Ticket:
    """The ticket as it is now; Conflict when the repair or it has been changed since it was seen."""
    ticket = work.tickets.held(seen.ticket.id)
    if ticket.version != seen.ticket.version:
        raise work.tickets.conflict(ticket.id)
    if work.repairs.held(seen.repair.id).version != seen.repair.version:
        raise work.repairs.conflict(seen.repair.id)
    return ticket
