"""Rectifications seen through: looked at again, warned of before they are late, urged after (row S2; text 4, 1.3.2)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from deskapp.desk import Desk
from deskapp.domain import inspection, rectification
from deskapp.domain.errors import RuleBroken
from deskapp.domain.inspection import Draft
from deskapp.domain.rectification import KIND, Urge, Warn
from deskapp.domain.ticket_clock import with_deadlines
from deskapp.services import attachments, tickets
from deskapp.services.inspections import Recorded, deadline, put
from deskapp.services.planning import today_of
from deskapp.services.submissions import once
from deskapp.services.ticket_told import record, tell

if TYPE_CHECKING:
    from deskapp.domain.ticket import Ticket
    from deskapp.repository.work import Work

WARN = "rectification.warn"
"""Why a supervisor is told."""


def reinspect(
    desk: Desk, ticket: Ticket, draft: Draft, *, key: str = "", photos: Sequence[Path] = ()
) -> Recorded:
    """Record another look at a defect: put right it closes the rectification, else it is due anew.

    The inspector proves it: whoever answers for the work cannot (row T7). Nobody calls the client for it.
    """
    files = [attachments.read(path) for path in photos]
    with desk.write("inspection.save") as work:

        def make() -> Recorded:
            done = reinspected_in(work, desk, ticket, draft)
            attachments.keep(work, "inspection", done.inspection.id, files)
            return done

        def before(inspection_id: int) -> Recorded:
            found = work.inspections.find(inspection_id)
            return Recorded(found, work.tickets.get(found.ticket_id))

        return once(work, key, "inspection.again", make, before, lambda done: done.inspection.id)


def reinspected_in(work: Work, desk: Desk, ticket: Ticket, draft: Draft) -> Recorded:
    """Record another look inside a transaction that does more than that."""
    if ticket.kind != KIND:
        raise RuleBroken("inspections.no_rectification", number=ticket.number)
    if not ticket.is_open:
        raise RuleBroken("ticket.ended", number=ticket.number)
    site = work.sites.find(draft.site_id)
    inspection.check_inspection(site, draft, today_of(desk, work.now))
    one = put(work, desk, draft, ticket)
    if draft.verdict == "ok":
        words = draft.findings.strip() or one.number
        return Recorded(
            one, tickets.settle_internal(work, desk, ticket, words, verified_by=draft.inspector_id)
        )
    return Recorded(one, _due_anew(work, desk, ticket, draft, one.number))


def _due_anew(work: Work, desk: Desk, ticket: Ticket, draft: Draft, number: str) -> Ticket:
    """Give a defect that is still there a new deadline; one said to be put right is reopened."""
    again = replace(ticket, own_due_at=draft.due_at or deadline(desk, work.now))
    facts = {"inspection": number, "due_at": str(again.own_due_at)}
    if ticket.state in ("resolved", "verified"):
        return tickets.move_in(work, desk, again, "reopen", draft.findings, facts)
    record(work, ticket, "not_fixed", draft.findings, facts)
    saved = work.tickets.save(with_deadlines(again, work.ticket_events.of(ticket.id), desk.policy))
    if saved.version == ticket.version:
        saved = work.tickets.touch(saved, not_fixed=number)
    tell(work, saved, "reopened")
    return saved


def watch(desk: Desk) -> int:
    """Warn supervisors and urge project managers as time demands, each once however many consoles run it.

    One look by index says whether any deadline is near; a ticket is held while its history is asked.
    """
    hours = desk.policy.rectification_warn_hours
    with desk.read() as work:
        near = work.inspections.rectifications_due(work.now.add(hours=hours))
        told = work.inspections.histories([one.id for one in near])
        waiting = [
            one.id for one in near if rectification.decide(one, told.get(one.id, ()), work.now, desk.policy)
        ]
    return sum(_watched(desk, ticket_id) for ticket_id in waiting)


def _watched(desk: Desk, ticket_id: int) -> int:
    with desk.store.write("rectification.watch") as work:
        ticket = work.tickets.held(ticket_id)
        events = work.ticket_events.of(ticket_id)
        intents = rectification.decide(ticket, events, work.now, desk.policy)
        for intent in intents:
            (_warn if isinstance(intent, Warn) else _urge)(work, ticket, intent)
        return len(intents)


def _warn(work: Work, ticket: Ticket, intent: Warn | Urge) -> None:
    """Warn the site's supervisor; where there is none, the head of the department that answers for it."""
    site = work.sites.get(ticket.site_id)
    told = site.supervisor_id if site is not None else None
    told = told or _head(work, ticket)
    facts = {"number": ticket.number, "due_at": intent.due_at.isoformat(), "staff_id": told}
    record(work, ticket, "warned", "", facts)
    if told is not None:
        once = f"{WARN}/{ticket.id}/{facts['due_at']}/{told}"
        work.outbox.tell(WARN, ticket.id, told, facts, once=once)


def _urge(work: Work, ticket: Ticket, intent: Warn | Urge) -> None:
    """Urge whoever answers for it; where nobody does, the head of its department."""
    record(work, ticket, "urged", "", {"due_at": intent.due_at.isoformat()})
    head = _head(work, ticket)
    if ticket.responsible_id is not None:
        tell(work, ticket, "urged")
    elif head is not None:
        tell(work, replace(ticket, responsible_id=head), "urged")


def _head(work: Work, ticket: Ticket) -> int | None:
    department = work.departments.get(ticket.department_id)
    return department.head_id if department is not None else None
