"""File a complaint and move it through its life: every act one transaction, every clock from the history."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any

from deskapp.desk import Desk
from deskapp.domain import ticket as rules
from deskapp.domain.client import Client
from deskapp.domain.errors import RuleBroken
from deskapp.domain.policy import Policy
from deskapp.domain.records import replace
from deskapp.domain.repeats import Repeat, possible_repeats, repeat_link
from deskapp.domain.ticket import Draft, Ticket, TicketEvent
from deskapp.domain.ticket_clock import promised, with_deadlines
from deskapp.services import action_rows, followups, mass_state, repair_rows
from deskapp.services.clients import open_file
from deskapp.services.escalation import crisis_in
from deskapp.services.submissions import once
from deskapp.services.ticket_told import event_kind, record, tell

if TYPE_CHECKING:
    from pendulum import DateTime

    from deskapp.repository.work import Work


@dataclass(frozen=True, slots=True)
class Filed:
    """What filing gave back: the ticket, and whether this submission had been filed before."""

    ticket: Ticket
    again: bool = False


def file(desk: Desk, draft: Draft) -> Filed:
    """File a complaint with its slip number, clock, event and notice (rows T1, T2, T3; text 4, 1.3.5a).

    The same submission is filed once, however often it is sent.
    """
    rules.check_draft(draft)
    with desk.write("ticket.file") as work:
        return file_in(work, desk, draft)


def file_in(work: Work, desk: Desk, draft: Draft) -> Filed:
    """File a complaint inside a transaction that does more than that."""
    if draft.submission and (before := work.tickets.by_submission(draft.submission)):
        return Filed(before, again=True)

    def filed_before(ticket_id: int) -> Filed:
        return Filed(work.tickets.find(ticket_id), again=True)

    filing = partial(_file, work, desk, draft)
    return once(work, draft.submission, "ticket.file", filing, filed_before, lambda filed: filed.ticket.id)


def _file(work: Work, desk: Desk, draft: Draft) -> Filed:
    client_id = draft.client_id or _new_client(work, draft, desk.policy)
    client = work.clients.find(client_id)
    ticket = work.tickets.add(_numbered(work, desk, _filed(work, desk, draft, client)), client)
    record(work, ticket, "filed", ticket.subject, {"target_s": ticket.target_s, "calendar": ticket.calendar})
    tell(work, ticket, "filed")
    if ticket.severity == "crisis":
        crisis_in(work, ticket)
    if draft.call_id:
        _link_call(work, draft.call_id, ticket)
    agreed = repair_rows.opened_in(work, desk, ticket, draft) if ticket.kind == "repair" else ""
    if agreed:
        ticket = move_in(work, desk, ticket, "respond", agreed, at=draft.received_at)
    return Filed(mass_state.filed_in(work, ticket, draft.mass_id))


def _new_client(work: Work, draft: Draft, policy: Policy) -> int:
    name = draft.client_name.strip()
    return open_file(work, Client(name=name, named=bool(name)), draft.phone, policy).client.id


def _filed(work: Work, desk: Desk, draft: Draft, client: Client) -> Ticket:
    policy = desk.policy
    category = work.categories.get(draft.category_id)
    repeats: tuple[Repeat, ...] = ()
    if draft.kind == "complaint":
        repeats = _repeats(work, policy, client, draft.category_id, draft.category, draft.site_id)
    repeat_of, repeat_no = repeat_link(repeats)
    ticket = Ticket(
        kind=draft.kind,
        client_id=client.id,
        site_id=draft.site_id,
        channel=draft.channel,
        category_id=draft.category_id,
        category=category.name if category else draft.category,
        severity=draft.severity,
        subject=draft.subject.strip() or draft.description.strip().splitlines()[0][:80],
        description=draft.description,
        demand=draft.demand,
        department_id=draft.department_id,
        responsible_id=draft.responsible_id,
        own_due_at=draft.own_due_at,
        received_at=rules.happened_at(draft.received_at, work.now),
        filed_by=desk.operator.id if desk.operator else None,
        repeat_of=repeat_of,
        repeat_no=repeat_no,
        submission=draft.submission,
        state="dispatched" if draft.responsible_id or draft.department_id else "received",
    )
    return promised(ticket, policy)


def _numbered(work: Work, desk: Desk, ticket: Ticket) -> Ticket:
    """Give the number last, so that the counter is held for the shortest time."""
    day = desk.day_in_number(work.now)
    serial = work.counters.next(f"{rules.PREFIXES[ticket.kind]}{day}")
    return replace(ticket, number=rules.number(ticket.kind, day, serial))


def find_repeats(
    work: Work, policy: Policy, client_id: int, category_id: int | None, category: str, site_id: int | None
) -> tuple[Repeat, ...]:
    """The client's recent complaints a new one may repeat (row T10); none for files that are nobody's."""
    client = work.clients.get(client_id)
    return _repeats(work, policy, client, category_id, category, site_id) if client is not None else ()


def _repeats(
    work: Work, policy: Policy, client: Client, category_id: int | None, category: str, site_id: int | None
) -> tuple[Repeat, ...]:
    if not client.named and not work.phones.of(client.id):
        return ()
    now, days = work.now, policy.repeat_days
    earlier = work.tickets.of_client(client.id, since=now.subtract(days=days))
    return possible_repeats(
        earlier, category_id=category_id, category=category, site_id=site_id, now=now, days=days
    )


def _link_call(work: Work, call_id: int, ticket: Ticket) -> None:
    call = work.calls.get(call_id)
    if call is not None and call.ticket_id is None:
        work.calls.save(replace(call, ticket_id=ticket.id, client_id=call.client_id or ticket.client_id))


def move(
    desk: Desk, ticket: Ticket, name: str, words: str = "", *, key: str = "", at: DateTime | None = None
) -> Ticket:
    """Make one legal move of a ticket as it was seen; Conflict when another desk moved it first (row T5).

    Under a `key` it is made once, however often it is sent; `at` says when, if that was some time ago.
    """
    right = {"reopen": "ticket.reopen", "withdraw": "ticket.withdraw"}.get(name, "ticket.move")
    with desk.write(right) as work:
        moving = partial(move_in, work, desk, ticket, name, words, at=at)
        return once(work, key, f"ticket.{name}", moving, work.tickets.find)


def move_in(
    work: Work,
    desk: Desk,
    ticket: Ticket,
    name: str,
    words: str,
    facts: dict[str, Any] | None = None,
    at: DateTime | None = None,
) -> Ticket:
    """Make one legal move inside a transaction that does more than that."""
    operator_id = desk.operator.id if desk.operator else None
    when = rules.happened_at(at, work.now, ticket.received_at)
    after = rules.moved(ticket, name, when, words=words, operator_id=operator_id)
    if ticket.paused_since is not None and not after.clock_runs:
        record(work, ticket, "resumed", at=when)
    event = record(work, ticket, event_kind(ticket, name, facts), words, facts, when)
    events = [*work.ticket_events.of(ticket.id)]
    if event.id not in {one.id for one in events}:
        events.append(event)
    if ticket.source_key is None:
        after = with_deadlines(after, events, desk.policy)
    saved = work.tickets.save(after)
    if name == "resolve":
        _plan_verification(work, desk, saved)
    if name in ("reopen", "withdraw", "merge", "close", "verify"):
        _drop_verification(work, saved)
    if name == "reopen":
        tell(work, saved, "reopened")
    if saved.kind == "repair":
        repair_rows.moved_in(work, saved, name, words, when)
    elif saved.kind == "complaint":
        mass_state.moved_in(work, saved)
    elif saved.kind == "handoff":
        action_rows.moved_in(work, desk, saved, name, events)
    return saved


def dispatch(
    desk: Desk, ticket: Ticket, department_id: int | None, responsible_id: int | None, words: str = ""
) -> Ticket:
    """Give a ticket to a department and person, who is told (text 4, 1.3.5a).

    Taken away from somebody it is a transfer, which needs a reason and tells whoever had it too; the client's
    clock runs on all the while (row T15).
    """
    if department_id is None and responsible_id is None:
        raise RuleBroken("ticket.nobody")
    rules.check_transfer(ticket, department_id, responsible_id, words)
    given = replace(ticket, department_id=department_id, responsible_id=responsible_id)
    facts: dict[str, Any] = {"department_id": ticket.department_id, "responsible_id": ticket.responsible_id}
    taken = rules.takes_away(ticket, department_id, responsible_id)
    if taken:
        facts |= {"to_department_id": department_id, "to_responsible_id": responsible_id}
    with desk.write("ticket.move") as work:
        if rules.MOVES["dispatch"][0] >= {ticket.state}:
            saved = move_in(work, desk, given, "dispatch", words, facts)
        else:
            if not ticket.is_open:
                rules.check_move(ticket, "dispatch")
            record(work, ticket, event_kind(ticket, "dispatch", facts), words, facts)
            saved = work.tickets.save(given)
        tell(work, saved, "transferred" if taken else "dispatched")
        if ticket.responsible_id != responsible_id:
            tell(work, ticket, "released")
        return saved


def respond(desk: Desk, ticket: Ticket, words: str) -> Ticket:
    """Record the first substantive answer given to the client; the response clock stops (text 4, 3.3.4)."""
    return move(desk, ticket, "respond", words)


def respond_and_resolve(
    desk: Desk, ticket: Ticket, words: str, *, key: str = "", at: DateTime | None = None
) -> Ticket:
    """Answer and solve at the first contact, as two events of one transaction; `key` and `at` as in `move`."""

    def both() -> Ticket:
        answered = move_in(work, desk, ticket, "respond", words, at=at)
        return move_in(work, desk, answered, "resolve", words, at=at)

    with desk.write("ticket.move") as work:
        return once(work, key, "ticket.settle", both, work.tickets.find)


def verify(
    desk: Desk, ticket: Ticket, *, satisfied: bool, score: int | None = None, words: str = ""
) -> Ticket:
    """Record the client's word on the result: content closes the ticket, not content reopens it (row T7).

    Whoever resolved it cannot verify it.
    """
    with desk.write("ticket.move") as work:
        return verified_in(work, desk, ticket, satisfied=satisfied, score=score, words=words)


def verified_in(
    work: Work, desk: Desk, ticket: Ticket, *, satisfied: bool, score: int | None, words: str
) -> Ticket:
    """Verify inside a transaction that also ends the verification call."""
    rules.check_score(score)
    if ticket.kind == "repair":
        repair_rows.rated_in(work, ticket, score)
    if not satisfied:
        _check_verifier(desk, ticket)
        return move_in(
            work, desk, ticket, "reopen", words.strip() or "-", {"score": score, "verification": True}
        )
    scored = replace(ticket, satisfaction=score)
    done = move_in(work, desk, scored, "verify", words, {"score": score})
    return move_in(work, desk, done, "close", "")


def settle_internal(
    work: Work, desk: Desk, ticket: Ticket, words: str, verified_by: int | None = None
) -> Ticket:
    """Close a rectification or a handoff in one go, in the words of whoever answered (rows S2, T14).

    `verified_by` names the member of staff who proved it, who cannot be the one who answers for it (row T7).
    """
    facts = {"verified_by": verified_by} if verified_by is not None else None
    for name in rules.settling(ticket, verified_by):
        said = words if name in rules.NEEDS_WORDS else ""
        ticket = move_in(work, desk, ticket, name, said, facts if name == "verify" else None)
    return ticket


def _check_verifier(desk: Desk, ticket: Ticket) -> None:
    rules.check_move(ticket, "verify", operator_id=desk.operator.id if desk.operator else None)


def _plan_verification(work: Work, desk: Desk, ticket: Ticket) -> None:
    """Ask the client whether it is solved, as the programme says; colleagues' work is proved otherwise (row T7)."""
    if ticket.kind not in rules.INTERNAL_KINDS and not work.calls.open_for(ticket.id, "verification"):
        followups.ask_if_solved(work, desk, ticket)


def _drop_verification(work: Work, ticket: Ticket) -> None:
    asking = (*work.calls.open_for(ticket.id, "verification"), *work.calls.open_for(ticket.id, "callback"))
    for call in asking:
        if call.verifies and call.state == "open":
            work.calls.save(replace(call, state="done", outcome="", notes="", ended_at=work.now))
    followups.asked_no_more(work, ticket)


def merge(desk: Desk, ticket: Ticket, into: Ticket, words: str) -> Ticket:
    """Merge a duplicate into the earlier ticket; both histories say so (row T5).

    Each keeps its own receipt, promise and clock. An answer given on the duplicate stays with the duplicate,
    where the history shows it: it never stops the clock of the ticket merged into, for nobody has said that it
    answers that one. Whoever thinks so records the answer there, under their own name and at that time. Those
    who watch the duplicate watch the other from now on; the duplicate counts in no figure any more. Whoever is
    about to move the other meets a Conflict: what the duplicate says may change what they do.
    """
    rules.check_merge(ticket, into)
    with desk.write("ticket.merge") as work:
        return merge_in(work, desk, ticket, into, words)


def merge_in(work: Work, desk: Desk, ticket: Ticket, into: Ticket, words: str) -> Ticket:
    """Merge a duplicate inside a transaction that does more than that; nobody moves the other meanwhile."""
    target = work.tickets.held(into.id)
    rules.check_merge(ticket, target)
    given = replace(ticket, merged_into=target.id)
    merged = move_in(work, desk, given, "merge", words, {"into": target.number, "into_id": target.id})
    record(work, target, "absorbed", words, {"number": ticket.number, "ticket_id": ticket.id})
    work.tickets.touch(target, absorbed=ticket.number)
    for operator_id, _ in work.watchers.of(ticket.id):
        work.watchers.put(target.id, operator_id)
    return merged


def note(desk: Desk, ticket: Ticket, words: str, *, key: str = "", at: DateTime | None = None) -> TicketEvent:
    """Write a line into a ticket's history that the client never sees; `key` and `at` as in `move`."""
    if not words.strip():
        raise RuleBroken("ticket.words_missing", move="note")
    with desk.write("ticket.note") as work:
        when = rules.happened_at(at, work.now, ticket.received_at)
        noting = partial(record, work, ticket, "note", words, at=when)
        return once(work, key, "ticket.note", noting, work.ticket_events.find)


def set_severity(desk: Desk, ticket: Ticket, severity: str, words: str = "") -> Ticket:
    """Grade a ticket anew; its targets count from receipt, under today's policy (row T3)."""
    if severity not in desk.policy.response_hours:
        raise RuleBroken("ticket.severity", value=severity)
    if not ticket.is_open:
        raise RuleBroken("ticket.ended", number=ticket.number)
    with desk.write("ticket.severity") as work:
        target = desk.policy.response_target(severity)
        if ticket.responded_at is not None:
            target = ticket.target_s
        graded = replace(ticket, severity=severity, target_s=target)
        record(work, ticket, "graded", words, {"from": ticket.severity, "to": severity, "target_s": target})
        if severity == "crisis" != ticket.severity:
            crisis_in(work, graded)
        return work.tickets.save(with_deadlines(graded, work.ticket_events.of(ticket.id), desk.policy))


def pause(desk: Desk, ticket: Ticket, words: str) -> Ticket:
    """Stop the response clock while the client is awaited: only where the policy allows it (row T4)."""
    if not desk.policy.pause_while_waiting:
        raise RuleBroken("ticket.pause_off")
    return _clock_event(
        desk, ticket, "paused", words, allowed=ticket.clock_runs and ticket.paused_since is None
    )


def resume(desk: Desk, ticket: Ticket, words: str = "") -> Ticket:
    """Let a stopped response clock run on."""
    return _clock_event(desk, ticket, "resumed", words, allowed=ticket.paused_since is not None)


def _clock_event(desk: Desk, ticket: Ticket, kind: str, words: str, *, allowed: bool) -> Ticket:
    if not allowed:
        raise RuleBroken("ticket.illegal_move", number=ticket.number, move=kind, state=ticket.state)
    with desk.write("ticket.move") as work:
        record(work, ticket, kind, words)
        return work.tickets.save(with_deadlines(ticket, work.ticket_events.of(ticket.id), desk.policy))


def urge(desk: Desk, ticket: Ticket, words: str = "") -> TicketEvent:
    """Urge the responsible person, who is told again; the history says so."""
    if not ticket.is_open:
        raise RuleBroken("ticket.ended", number=ticket.number)
    if ticket.responsible_id is None and ticket.department_id is None:
        raise RuleBroken("ticket.nobody")
    with desk.write("ticket.note") as work:
        tell(work, ticket, "urged")
        return record(work, ticket, "urged", words)


def escalate(desk: Desk, ticket: Ticket, words: str = "") -> TicketEvent:
    """Put a ticket before the head of its department; the head is told and the history says so."""
    if not ticket.is_open:
        raise RuleBroken("ticket.ended", number=ticket.number)
    with desk.write("ticket.note") as work:
        department = work.departments.get(ticket.department_id)
        if department is None or department.head_id is None:
            raise RuleBroken("ticket.no_head")
        work.outbox.tell("ticket.escalated", ticket.id, department.head_id, {"number": ticket.number})
        return record(work, ticket, "escalated", words, {"head_id": department.head_id})
