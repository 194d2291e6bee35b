"""What the console knows while a complaint is being taken: the file, repeats, deadlines, who answers (T1, T3, T10)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from deskapp.domain import ticket_clock
from deskapp.domain.errors import RuleBroken
from deskapp.domain.phone_number import is_hidden, parse_many
from deskapp.domain.repair import check_appointment
from deskapp.domain.ticket import Draft, Ticket, check_draft
from deskapp.services import mass_state, repair_rows, tickets
from deskapp.services.calls import newest_site
from deskapp.services.clients import whole_file, whose
from deskapp.services.company import who_answers

if TYPE_CHECKING:
    from pendulum import DateTime

    from deskapp.desk import Desk
    from deskapp.domain.client import ClientCard
    from deskapp.domain.mass_complaint import Alike
    from deskapp.domain.repair import WarrantyState
    from deskapp.domain.repeats import Repeat
    from deskapp.domain.rows import TicketRow
    from deskapp.repository.work import Work
    from deskapp.services.clients import ClientFile
    from deskapp.services.tickets import Filed

_LEAST_DIGITS = 7
REPAIRERS = "engineering"
"""The code of the department that repairs."""


@dataclass(frozen=True, slots=True)
class Asked:
    """What of a complaint the outlook depends on."""

    client_id: int | None = None
    site_id: int | None = None
    category_id: int | None = None
    severity: str = "minor"
    phone: str = ""
    kind: str = "complaint"
    own_due_at: DateTime | None = None
    scope: str = ""
    words: str = ""
    """What the caller says: complaints in like words may have one cause."""


@dataclass(frozen=True, slots=True)
class Proposal:
    """Who should answer, by id and name, and the reason's code with the trade it speaks of."""

    department_id: int | None = None
    responsible_id: int | None = None
    department: str = ""
    responsible: str = ""
    reason: str = ""
    trade: str = ""


@dataclass(frozen=True, slots=True)
class Outlook:
    """What follows from what is known so far."""

    asked: Asked
    promised: Ticket
    """A ticket with the deadlines it would have if it were filed now."""
    file: ClientFile | None = None
    site_id: int | None = None
    """The site the complaint is most likely about."""
    repeats: tuple[Repeat, ...] = ()
    proposal: Proposal = Proposal()
    same_phone: tuple[ClientCard, ...] = ()
    """Files that have the number a stranger gave."""
    warranty: WarrantyState | None = None
    """How the site's warranty stands, for a repair."""
    alike: Alike | None = None
    """What others complain of alike: a mass complaint perhaps (row T11)."""


def look(desk: Desk, asked: Asked) -> Outlook:
    """Work out deadlines, repeats, the proposal and whose number it is, in one read."""
    with desk.read() as work:
        site_id = asked.site_id or newest_site(work, asked.client_id)
        asked_there = replace(asked, site_id=site_id)
        repeats = _repeats(work, desk, asked_there)
        alike = _alike(work, desk, asked)
        proposal = propose(work, asked.category_id, site_id, asked.kind)
        repair = asked.kind == "repair" and asked.client_id is not None
        warranty = repair_rows.warranty_of(work, desk, site_id, asked.scope) if repair else None
    return Outlook(
        asked,
        _promised(desk, asked),
        whole_file(desk, asked.client_id) if asked.client_id else None,
        site_id,
        repeats,
        proposal,
        _same_phone(desk, asked),
        warranty,
        alike,
    )


def look_alone(desk: Desk, asked: Asked, file: ClientFile | None) -> Outlook:
    """What follows without asking the database: the deadlines, and the file as it was last read."""
    return Outlook(asked, _promised(desk, asked), file, asked.site_id)


def _promised(desk: Desk, asked: Asked) -> Ticket:
    ticket = Ticket(
        kind=asked.kind, severity=asked.severity, own_due_at=asked.own_due_at, received_at=desk.now()
    )
    return ticket_clock.promised(ticket, desk.policy)


def check(desk: Desk, draft: Draft) -> None:
    """Refuse a draft that could never be filed, without asking the database."""
    check_draft(draft)
    if draft.appointment_at is not None:
        check_appointment(draft.appointment_at, desk.now())
    if draft.client_id is None and not is_hidden(draft.phone) and draft.phone.strip():
        parse_many(draft.phone, desk.policy.phone_area_code)


def _repeats(work: Work, desk: Desk, asked: Asked) -> tuple[Repeat, ...]:
    if asked.client_id is None or asked.kind != "complaint":
        return ()
    category = work.categories.get(asked.category_id)
    name = category.name if category else ""
    return tickets.find_repeats(work, desk.policy, asked.client_id, asked.category_id, name, asked.site_id)


def _alike(work: Work, desk: Desk, asked: Asked) -> Alike | None:
    if asked.kind != "complaint":
        return None
    return mass_state.alike_in(work, desk.policy, asked.category_id, asked.client_id, asked.words)


def _same_phone(desk: Desk, asked: Asked) -> tuple[ClientCard, ...]:
    if asked.client_id is not None or sum(c.isdecimal() for c in asked.phone) < _LEAST_DIGITS:
        return ()
    try:
        return tuple(whose(desk, asked.phone))
    except RuleBroken:
        return ()


def site_people(work: Work, site_id: int | None) -> Mapping[str, int | None]:
    """Who works at a site, by trade."""
    site = work.sites.get(site_id)
    if site is None:
        return {}
    return {
        "designer": site.designer_id,
        "consultant": site.consultant_id,
        "supervisor": site.supervisor_id,
        "project_manager": site.manager_id,
    }


def propose(work: Work, category_id: int | None, site_id: int | None, kind: str = "complaint") -> Proposal:
    """Propose who answers for a category at a site, with names and the reason's code.

    What a follow-up found and what is to be repaired, of no category yet, is the site's project manager's; a
    repair at a site without one is the department's that builds.
    """
    people = site_people(work, site_id)
    department_id, responsible_id, reason = who_answers(work, category_id, people)
    manager = work.staff.get(people.get("project_manager"))
    by_manager = category_id is None and kind in ("followup_issue", "repair") and manager is not None
    if category_id is None and kind == "repair" and manager is None:
        builders = work.departments.by_name(REPAIRERS)
        department_id, reason = (builders.id, "department") if builders else (None, "")
        responsible_id = builders.head_id if builders else None
    if by_manager and manager is not None:
        department_id, responsible_id, reason = manager.department_id, manager.id, "site_trade"
    department = work.departments.get(department_id)
    member = work.staff.get(responsible_id)
    category = work.categories.get(category_id)
    return Proposal(
        department_id,
        responsible_id,
        department.name if department else "",
        member.name if member else "",
        reason,
        "project_manager" if by_manager else category.trade if category else "",
    )


def take(desk: Desk, draft: Draft, *, decided: bool) -> tuple[Filed, TicketRow]:
    """File what a form hands over; who answers is worked out now unless the operator decided it.

    A form that was faster than its own proposal files the same complaint as a slower one.
    """
    with desk.read() as work:
        site_id = draft.site_id or newest_site(work, draft.client_id)
        draft = replace(draft, site_id=site_id)
        if not decided:
            found = propose(work, draft.category_id, site_id, draft.kind)
            draft = replace(draft, department_id=found.department_id, responsible_id=found.responsible_id)
    filed = tickets.file(desk, draft)
    with desk.read() as work:
        row = work.tickets.row(filed.ticket.id)
    if row is None:
        raise LookupError(f"ticket {filed.ticket.id}")
    return filed, row
