"""Whom the time that runs out calls on: levels reached and told once, a crisis told at once (rows T6, T12)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import zip_longest
from typing import TYPE_CHECKING
from weakref import WeakKeyDictionary

from deskapp.desk import Desk
from deskapp.domain.escalation import CLOCKS, Escalation, Level, Reached, decide, of_clock, receivers_from
from deskapp.domain.notice import CRISIS, ESCALATED
from deskapp.domain.policy import Policy
from deskapp.services.ticket_told import record

if TYPE_CHECKING:
    from pendulum import DateTime

    from deskapp.domain.operator import Operator
    from deskapp.domain.ticket import Ticket, TicketEvent
    from deskapp.repository.work import Store, Work

BATCH = 200
HEADS: Mapping[str, str] = {"manager": "service", "director": "office", "office": "office"}
"""The department whose head stands for a role that nobody on the staff list has."""
CRISIS_RECEIVERS = ("manager", "director")


@dataclass(frozen=True, slots=True)
class Receivers:
    """Who is told: members of staff through their channel, operators in their console."""

    staff: tuple[int, ...] = ()
    operators: tuple[int, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.staff or self.operators)


def watch(desk: Desk) -> int:
    """Let every ticket reach the levels whose time has come, each once however many do this; how many told somebody.

    One look by index finds who may have come to a level; each ticket is held while that is decided. While nothing
    at all is written, only time brings a ticket to a level: then no more is looked at than what the time since the
    last look has brought. On PostgreSQL the trail's newest entry does not say that nothing older came after it.
    """
    with desk.read() as work:
        now, version = work.now, work.latest()
    looked = _LOOKED.get(desk.store) if desk.store.dialect == "sqlite" else None
    quiet_since = looked[0] if looked is not None and looked[1:] == (version, desk.policy) else None
    told = sum(_reached(desk, ticket_id) for ticket_id in _coming(desk, now, quiet_since))
    _LOOKED[desk.store] = (now, version, desk.policy)
    return told


_LOOKED: WeakKeyDictionary[Store, tuple[DateTime, int, Policy]] = WeakKeyDictionary()
"""When each opened database was last looked through, how far its audit trail had come then, and by which policy."""


def _coming(desk: Desk, now: DateTime, quiet_since: DateTime | None) -> Iterator[int]:
    """The tickets to decide on: for each level those past it whose next level is still to come.

    Windows do not overlap, so that each running ticket is looked at once, however many levels there are.
    """
    for level, until, since in _windows(desk.policy, now):
        if quiet_since is not None:
            reached = quiet_since.subtract(minutes=level.minutes)
            since = reached if since is None else max(since, reached)
        after = None
        while True:
            with desk.read() as work:
                found = work.escalations.coming(
                    level.clock, level.minutes, until, BATCH, since=since, after=after
                )
            yield from (ticket_id for _, ticket_id in found)
            if len(found) < BATCH:
                break
            after = found[-1]


def _windows(policy: Policy, now: DateTime) -> Iterator[tuple[Level, DateTime, DateTime | None]]:
    """Each level with the deadlines it is the highest passed of: up to the first, and after the second if any."""
    for clock in CLOCKS:
        levels = of_clock(policy.escalation, clock)
        for level, following in zip_longest(levels, levels[1:]):
            since = now.subtract(minutes=following.minutes) if following else None
            yield level, now.subtract(minutes=level.minutes), since


def pass_over_in(work: Work, policy: Policy) -> None:
    """Put down what has come by now and tell nobody: the past of tickets that came in bulk is nobody's news."""
    for level, until, since in _windows(policy, work.now):
        work.escalations.pass_over(level.clock, level.minutes, until, since)


def imported_in(work: Work, policy: Policy, tickets: Iterable[Ticket]) -> None:
    """Put down what had come for tickets before the console knew of them, and tell nobody: the board shows them."""
    come = [(ticket, one) for ticket in tickets for one in decide(ticket, (), policy.escalation, work.now)]
    work.escalations.add_many([_row(work, ticket, one, {"passed_over": True}) for ticket, one in come])


def _reached(desk: Desk, ticket_id: int) -> int:
    with desk.read() as work:
        ticket = work.tickets.find(ticket_id)
        reached = work.escalations.of(ticket_id)
        if not decide(ticket, reached, desk.policy.escalation, work.now):
            return 0
    with desk.store.write("escalation.watch") as work:
        return reached_in(work, desk.policy, work.tickets.held(ticket_id))


def reached_in(work: Work, policy: Policy, ticket: Ticket) -> int:
    """Let a ticket that is held reach what has come for it; how many levels told somebody."""
    come = decide(ticket, work.escalations.of(ticket.id), policy.escalation, work.now)
    for one in come:
        told = _tell(work, ticket, one) if one.tells else {"passed_over": True}
        work.escalations.add(_row(work, ticket, one, told))
    return sum(one.tells for one in come)


def _row(work: Work, ticket: Ticket, one: Reached, told: Mapping[str, object]) -> Escalation:
    level = one.level
    return Escalation(
        ticket_id=ticket.id,
        clock=level.clock,
        round=one.round,
        level=level.minutes,
        due_at=one.due_at,
        at=work.now,
        told=told,
    )


def _tell(work: Work, ticket: Ticket, one: Reached) -> dict[str, object]:
    level = one.level
    found, to = receivers(work, ticket, level.to)
    facts = {
        "clock": level.clock,
        "minutes": level.minutes,
        "to": level.to,
        "due_at": one.due_at.isoformat(),
        "staff": list(found.staff),
        "operators": list(found.operators),
    }
    if to != level.to:
        facts["instead"] = to
    event = record(work, ticket, "escalated", "", facts)
    key = f"{ESCALATED}/{ticket.id}/{level.clock}/{one.round}/{level.minutes}"
    tell_all(work, ticket, found, ESCALATED, event, key, facts)
    return facts


def tell_all(
    work: Work,
    ticket: Ticket,
    found: Receivers,
    reason: str,
    event: TicketEvent,
    key: str,
    facts: Mapping[str, object],
) -> None:
    """Tell everybody found, each once under a key: through their channel, and operators in their console."""
    said = {name: value for name, value in facts.items() if name not in ("staff", "operators")}
    said |= {"number": ticket.number, "severity": ticket.severity}
    for staff_id in found.staff:
        work.outbox.tell(reason, ticket.id, staff_id, said, once=f"{key}/{staff_id}")
    for operator_id in found.operators:
        work.notices.tell(operator_id, reason, ticket.id, event.id)


def crisis_in(work: Work, ticket: Ticket) -> None:
    """Tell manager and director of a crisis, in the transaction that makes it one (row T12)."""
    parts = [receivers(work, ticket, to)[0] for to in CRISIS_RECEIVERS]
    found = _joined(parts)
    facts: dict[str, object] = {
        "crisis": True,
        "staff": list(found.staff),
        "operators": list(found.operators),
    }
    event = record(work, ticket, "escalated", "", facts)
    tell_all(work, ticket, found, CRISIS, event, f"{CRISIS}/{ticket.id}/{event.id}", facts)


def receivers(work: Work, ticket: Ticket, to: str) -> tuple[Receivers, str]:
    """Who a level's receiver is for a ticket; where there is nobody, whoever is next above, at last the admins.

    Also says which of them it was.
    """
    accounts = [one for one in work.operators.listed() if one.active]
    for receiver in receivers_from(to):
        if found := _found(work, ticket, receiver, accounts):
            return found, receiver
    admins = tuple(one.id for one in accounts if one.role == "admin")
    return Receivers(operators=admins), "admin"


def _found(work: Work, ticket: Ticket, receiver: str, accounts: list[Operator]) -> Receivers:
    holding = [one for one in accounts if one.role == receiver] if receiver in ("manager", "director") else []
    staff = _here(work, (one.staff_id for one in holding))
    if not staff:
        staff = _here(work, [_standing(work, ticket, receiver)])
    seated = [one for one in accounts if one.staff_id in staff and one not in holding]
    return Receivers(staff, tuple(one.id for one in (*holding, *seated)))


def _standing(work: Work, ticket: Ticket, receiver: str) -> int | None:
    """The member of staff who answers for a ticket, heads its department, or stands for a role."""
    if receiver == "responsible":
        return ticket.responsible_id
    department = (
        work.departments.get(ticket.department_id)
        if receiver == "department_head"
        else work.departments.by_name(HEADS[receiver])
    )
    return department.head_id if department is not None else None


def _here(work: Work, ids: Iterable[int | None]) -> tuple[int, ...]:
    """Those of some who still work here by the company's day, each once."""
    policy = Policy.from_json(work.settings.get("policy", "{}"))
    today = work.now.in_timezone(policy.timezone).date()
    known = work.staff.get_many(one for one in ids if one is not None)
    return tuple(one.id for one in known.values() if one.left_on is None or one.left_on > today)


def _joined(parts: Iterable[Receivers]) -> Receivers:
    listed = list(parts)
    staff = dict.fromkeys(one for part in listed for one in part.staff)
    return Receivers(tuple(staff), tuple(dict.fromkeys(one for part in listed for one in part.operators)))
