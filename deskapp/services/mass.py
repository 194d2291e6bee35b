"""Mass complaints: group, answer all, resolve all; every complaint moves by its own legal moves (rows T11, T7)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from deskapp.desk import Desk
from deskapp.domain import mass_complaint as rules
from deskapp.domain.errors import RuleBroken
from deskapp.domain.mass_complaint import Alike, MassComplaint, Spoken, Spread
from deskapp.domain.operator import check_may
from deskapp.services.mass_state import alike_in, joined_in, refreshed_in
from deskapp.services.submissions import once
from deskapp.services.ticket_told import record
from deskapp.services.tickets import move_in

if TYPE_CHECKING:
    from deskapp.domain.rows import TicketRow
    from deskapp.domain.ticket import Ticket
    from deskapp.repository.work import Work


@dataclass(frozen=True, slots=True)
class Applied:
    """What one answer or resolution reached, and the complaints it could not be given to."""

    mass: MassComplaint
    moved: tuple[Ticket, ...] = ()
    left: tuple[Ticket, ...] = ()


@dataclass(frozen=True, slots=True)
class Opened:
    """A group to look at: how far it has spread, and its complaints with the names beside them."""

    mass: MassComplaint
    spread: Spread
    rows: tuple[TicketRow, ...]
    category: str = ""


def open_group(desk: Desk, ticket_ids: Iterable[int], cause: str, *, key: str = "") -> MassComplaint:
    """Group open complaints under the first of them; under a `key` once."""
    with desk.write("mass.save") as work:
        return once(
            work,
            key,
            "mass.open",
            lambda: open_in(work, desk, ticket_ids, cause),
            work.mass_complaints.find,
        )


def open_in(work: Work, desk: Desk, ticket_ids: Iterable[int], cause: str) -> MassComplaint:
    """Group complaints inside a transaction that does more than that."""
    rules.check_cause(cause)
    tickets = [work.tickets.held(one) for one in sorted(set(ticket_ids))]
    if len(tickets) < rules.LEAST_MEMBERS:
        raise RuleBroken("mass.too_few", least=rules.LEAST_MEMBERS)
    for one in tickets:
        rules.check_free(one, work.mass_complaints.of_ticket(one))
    tickets.sort(key=lambda one: (one.received_at, one.id))
    first, others = tickets[0], tickets[1:]
    day = desk.day_in_number(work.now)
    serial = work.counters.next(f"{rules.PREFIX}{day}")
    mass = work.mass_complaints.add(
        MassComplaint(
            number=rules.number(day, serial),
            ticket_id=first.id,
            cause=cause.strip(),
            category_id=first.category_id,
            opened_at=work.now,
            opened_by=desk.operator.id if desk.operator else None,
        )
    )
    record(work, first, "grouped", mass.cause, {"mass": mass.number})
    for one in others:
        record(work, one, "grouped", mass.cause, {"mass": mass.number})
        work.tickets.save(replace(one, parent_id=first.id))
    return refreshed_in(work, mass)


def add(desk: Desk, mass: MassComplaint, ticket_ids: Iterable[int], *, key: str = "") -> MassComplaint:
    """Put more open complaints into a group."""
    with desk.write("mass.save") as work:

        def adding() -> MassComplaint:
            tickets = [work.tickets.held(one) for one in sorted(set(ticket_ids))]
            rules.check_live(work.mass_complaints.held(mass.id))
            for one in tickets:
                joined_in(work, one, work.mass_complaints.find(mass.id))
            return work.mass_complaints.find(mass.id)

        return once(work, key, "mass.add", adding, work.mass_complaints.find)


def remove(
    desk: Desk, mass: MassComplaint, ticket_id: int, words: str = "", *, key: str = ""
) -> MassComplaint:
    """Take one complaint out of a group; where it was the first, the next one is; the last dissolves it."""
    with desk.write("mass.save") as work:

        def removing() -> MassComplaint:
            members, present = _held(work, mass)
            gone = [one for one in members if one.id == ticket_id]
            if not gone:
                raise RuleBroken("mass.not_in", number=mass.number)
            return _without(work, present, members, gone, words)

        return once(work, key, "mass.remove", removing, work.mass_complaints.find)


def dissolve(desk: Desk, mass: MassComplaint, words: str = "", *, key: str = "") -> MassComplaint:
    """Take every complaint out of a group: each goes on by itself, as it stands."""
    with desk.write("mass.save") as work:

        def dissolving() -> MassComplaint:
            members, present = _held(work, mass)
            rules.check_live(present)
            return _without(work, present, members, members, words)

        return once(work, key, "mass.dissolve", dissolving, work.mass_complaints.find)


def answer_all(desk: Desk, mass: MassComplaint, words: str, *, key: str = "") -> Applied:
    """Give one answer to all: each one's own response clock stops with its own first response (rows T4, T11)."""
    return _apply(desk, mass, "respond", words, key)


def resolve_all(desk: Desk, mass: MassComplaint, words: str, *, key: str = "") -> Applied:
    """Resolve all at once; each client is asked by a call of their own whether it is solved (rows T7, T11)."""
    return _apply(desk, mass, "resolve", words, key)


def _apply(desk: Desk, mass: MassComplaint, move: str, words: str, key: str) -> Applied:
    check_may(desk.operator, "ticket.move")
    with desk.write("mass.save") as work:
        return once(
            work,
            key,
            f"mass.{move}",
            lambda: applied_in(work, desk, mass, move, words.strip()),
            lambda made: Applied(work.mass_complaints.find(made)),
            lambda done: done.mass.id,
        )


def applied_in(work: Work, desk: Desk, mass: MassComplaint, move: str, words: str) -> Applied:
    """Make one move of all complaints of a group inside a transaction that does more than that."""
    if not words:
        raise RuleBroken("ticket.words_missing", move=move)
    members, present = _held(work, mass)
    rules.check_live(present)
    moves, left = rules.parted(members, move, words, present.answer)
    if not moves:
        raise RuleBroken("mass.nobody", number=mass.number, move=move)
    moved = [move_in(work, desk, one, move, words, {"mass": mass.number}) for one in moves]
    now = work.mass_complaints.find(mass.id)
    if move == "respond":
        now = replace(now, answer=words, answered_at=now.answered_at or work.now)
    else:
        now = replace(now, resolution=words, resolved_at=work.now)
    saved = work.mass_complaints.save(now)
    if saved.version == mass.version:
        saved = work.mass_complaints.touch(saved, applied=move)
    return Applied(saved, tuple(moved), tuple(left))


def _held(work: Work, mass: MassComplaint) -> tuple[list[Ticket], MassComplaint]:
    """A group as it was seen and its complaints, that nobody else changes now; Conflict when it was changed since.

    Complaints are held before their group, in the order of their ids, as whoever moves a single one does.
    """
    seen = work.mass_complaints.find(mass.id)
    members = [work.tickets.held(one) for one in work.mass_complaints.member_ids(seen)]
    present = work.mass_complaints.held(mass.id)
    if present.version != mass.version:
        raise work.mass_complaints.conflict(mass.id)
    return sorted(members, key=lambda one: (one.received_at, one.id)), present


def _without(
    work: Work, mass: MassComplaint, members: list[Ticket], gone: list[Ticket], words: str
) -> MassComplaint:
    ids = {one.id for one in gone}
    rest = [one for one in members if one.id not in ids]
    first = rest[0].id if rest else None
    for one in gone:
        record(work, one, "ungrouped", words, {"mass": mass.number})
        work.tickets.save(replace(one, parent_id=None))
    if first != mass.ticket_id:
        for one in rest:
            work.tickets.save(replace(one, parent_id=None if one.id == first else first))
    numbers = [one.number for one in gone]
    left = work.mass_complaints.touch(replace(mass, ticket_id=first), left=numbers)
    return refreshed_in(work, left)


def look(desk: Desk, mass_id: int) -> Opened:
    """A group with its spread and its complaints, in one read."""
    with desk.read() as work:
        mass = work.mass_complaints.find(mass_id)
        rows = tuple(work.mass_complaints.member_rows(mass))
        sites = work.sites.get_many(row.ticket.site_id or 0 for row in rows)
        category = work.categories.get(mass.category_id)
    estates = {one.id: one.estate for one in sites.values()}
    spoken = [
        Spoken(
            row.ticket.client_id,
            row.ticket.site_id,
            estates.get(row.ticket.site_id or 0, ""),
            desk.local(row.ticket.received_at).date(),
            row.ticket.category,
            row.responsible or row.department,
        )
        for row in rows
        if row.ticket.received_at is not None
    ]
    return Opened(mass, rules.spread_of(spoken), rows, category.name if category else "")


def spread(desk: Desk, mass_id: int) -> Spread:
    """How far a cause has spread."""
    return look(desk, mass_id).spread


def alike_to(desk: Desk, ticket: Ticket) -> Alike | None:
    """What a complaint may belong to."""
    with desk.read() as work:
        words = f"{ticket.subject} {ticket.description}"
        return alike_in(work, desk.policy, ticket.category_id, ticket.client_id, words, ticket.id)


def addable(desk: Desk, ticket: Ticket) -> tuple[TicketRow, ...]:
    """Open complaints of a ticket's category that no group has, those in like words first, then the newest."""
    if ticket.category_id is None:
        return ()
    words = f"{ticket.subject} {ticket.description}"
    with desk.read() as work:
        begun = min(ticket.received_at or work.now, work.now).subtract(days=desk.policy.mass_days)
        found = [one for one in work.mass_complaints.recent(ticket.category_id, begun) if one.id != ticket.id]
        groups = work.mass_complaints.of_firsts(one.id for one in found)
        loose = [one for one in found if one.parent_id is None and one.id not in groups]
        loose.sort(key=lambda one: not rules.similar(words, f"{one.subject} {one.description}"))
        return tuple(work.tickets.rows([one.id for one in loose]))
