"""Inspections recorded, with the rectification a defect brings; who waits for one (row S2; text 4, 1.3.2)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from deskapp.desk import Desk
from deskapp.domain import inspection as rules
from deskapp.domain.inspection import Draft, DueRow, Inspection, InspectionRow
from deskapp.domain.ticket import Draft as TicketDraft
from deskapp.domain.time_words import day_end
from deskapp.services import attachments, tickets
from deskapp.services.planning import today_of
from deskapp.services.submissions import once

if TYPE_CHECKING:
    from pendulum import DateTime

    from deskapp.domain.site import Site
    from deskapp.domain.ticket import Ticket
    from deskapp.repository.work import Work


@dataclass(frozen=True, slots=True)
class Recorded:
    """What recording an inspection gave: it, and the rectification it brought or was about."""

    inspection: Inspection
    ticket: Ticket | None = None


def record(desk: Desk, draft: Draft, *, key: str = "", photos: Sequence[Path] = ()) -> Recorded:
    """Record an inspection; a defect issues its rectification slip in the same transaction, and its person is told.

    Photos are read first: one that cannot be kept is refused before anything is written.
    """
    files = [attachments.read(path) for path in photos]
    with desk.write("inspection.save") as work:

        def make() -> Recorded:
            done = record_in(work, desk, draft)
            attachments.keep(work, "inspection", done.inspection.id, files)
            return done

        return once(
            work, key, "inspection.record", make, partial(_recorded, work), lambda done: done.inspection.id
        )


def _recorded(work: Work, inspection_id: int) -> Recorded:
    found = work.inspections.find(inspection_id)
    return Recorded(found, work.tickets.get(found.ticket_id))


def record_in(work: Work, desk: Desk, draft: Draft) -> Recorded:
    """Record an inspection inside a transaction that does more than that."""
    site = work.sites.find(draft.site_id)
    rules.check_inspection(site, draft, today_of(desk, work.now))
    ticket = _rectification(work, desk, site, draft) if draft.verdict == "defects" else None
    return Recorded(put(work, desk, draft, ticket), ticket)


def put(work: Work, desk: Desk, draft: Draft, ticket: Ticket | None) -> Inspection:
    """Store an inspection under its number, about a rectification or none."""
    day = desk.day_in_number(work.now)
    new = Inspection(
        number=rules.number(day, work.counters.next(f"{rules.PREFIX}{day}")),
        site_id=draft.site_id,
        done_on=draft.done_on,
        inspector_id=draft.inspector_id,
        verdict=draft.verdict,
        findings=draft.findings.strip(),
        ticket_id=ticket.id if ticket is not None else None,
        created_at=work.now,
        created_by=desk.operator.id if desk.operator else None,
    )
    return work.inspections.add(new)


def _rectification(work: Work, desk: Desk, site: Site, draft: Draft) -> Ticket:
    """Issue the rectification slip: to the site's project manager, unless somebody else is named."""
    responsible = work.staff.get(draft.responsible_id or site.manager_id)
    department = work.departments.by_name("engineering")
    own = responsible.department_id if responsible is not None else None
    slip = TicketDraft(
        client_id=site.client_id,
        site_id=site.id,
        kind="rectification",
        channel="visit",
        severity=draft.severity,
        subject=rules.subject(draft.findings),
        description=draft.findings.strip(),
        department_id=department.id if department is not None else own,
        responsible_id=responsible.id if responsible is not None else None,
        own_due_at=draft.due_at or deadline(desk, work.now),
    )
    return tickets.file_in(work, desk, slip).ticket


def deadline(desk: Desk, now: DateTime) -> DateTime:
    """The end of the day by which a defect found now is to be put right, by policy."""
    return day_end(now, desk.policy.rectification_days, desk.policy.timezone)


def due(desk: Desk) -> list[DueRow]:
    """Every running site by the day its next inspection is due, the longest overdue first; running sites only."""
    days = desk.policy.inspection_days
    with desk.read() as work:
        today = today_of(desk, work.now)
        rows = work.inspections.running()
    found = [
        replace(row, due_on=rules.due_on(row.last_on, _begun(desk, row.site, today), days)) for row in rows
    ]
    return sorted(found, key=lambda row: (row.due_on, row.site.id))


def _begun(desk: Desk, site: Site, today: date) -> date:
    if site.start_date is not None:
        return site.start_date
    return today_of(desk, site.created_at) if site.created_at is not None else today


class InspectionsMade:
    """Inspections made, the latest first, read page by page."""

    def __init__(self, desk: Desk) -> None:
        self.desk = desk

    def count(self) -> int:
        """How many there are."""
        with self.desk.read() as work:
            return work.inspections.count()

    def first(self, limit: int) -> list[InspectionRow]:
        """The latest."""
        with self.desk.read() as work:
            return work.inspections.latest(limit)

    def last(self, limit: int) -> list[InspectionRow]:
        """The oldest."""
        with self.desk.read() as work:
            return work.inspections.latest_before(limit)

    def after(self, record: InspectionRow, limit: int) -> list[InspectionRow]:
        """The next older ones."""
        with self.desk.read() as work:
            return work.inspections.latest(limit, record)

    def before(self, record: InspectionRow, limit: int) -> list[InspectionRow]:
        """The next later ones."""
        with self.desk.read() as work:
            return work.inspections.latest_before(limit, record)

    def at(self, offset: int, limit: int) -> list[InspectionRow]:
        """Those at a place in the middle."""
        with self.desk.read() as work:
            return work.inspections.latest_at(offset, limit)

    def key(self, record: InspectionRow) -> int:
        """An inspection stays itself."""
        return record.inspection.id
