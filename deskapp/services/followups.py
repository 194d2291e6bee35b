"""The follow-up programme at work: plans kept true, calls brought up, counted as made or missed (F1–F3, F6)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import TYPE_CHECKING

from deskapp.desk import Desk
from deskapp.domain import followup as rules
from deskapp.domain.calendar import years_published
from deskapp.domain.call import Call
from deskapp.domain.followup import Followup
from deskapp.domain.programme import FollowupRule
from deskapp.domain.records import replace
from deskapp.services.planning import Laid, Programme, call_of, drop_call, due_at, release_these, today_of

if TYPE_CHECKING:
    from deskapp.domain.ticket import Ticket
    from deskapp.repository.work import Work

__all__ = ["Laid", "due_at", "plan_all", "plan_in", "plan_pending", "release", "tick", "today_of"]

BATCH = 100
"""Sites laid out in one transaction."""
CALENDAR = "followup_calendar"
"""The setting that holds the last year whose calendar calls were laid out on."""


def plan_in(work: Work, desk: Desk, site_ids: Sequence[int]) -> Laid:
    """Lay out the calls of some sites inside a transaction that does more than that."""
    programme = Programme(work, desk)
    return programme.plan(site_ids) if programme.rules else Laid()


def ended_in(work: Work, desk: Desk, call: Call, follows: Call | None, *, given_up: bool) -> None:
    """Count a follow-up as made or missed when its call has ended; a further try keeps it waiting."""
    one = work.followups.get(call.followup_id)
    if one is None or not one.waits:
        return
    if call.outcome == "reached":
        made = replace(
            one,
            state="done",
            done_on=today_of(desk, call.ended_at or work.now),
            done_by=call.taken_by,
            score=call.score,
            call_id=call.id,
        )
        work.followups.save(made, known=one)
    elif follows is not None:
        work.followups.save(replace(one, state="queued", call_id=follows.id), known=one)
    else:
        reason = "given_up" if given_up or call.outcome not in rules.MISSED_REASONS else call.outcome
        work.followups.save(replace(one, state="missed", reason=reason, call_id=call.id), known=one)


def ask_if_solved(work: Work, desk: Desk, ticket: Ticket) -> None:
    """Plan the call that asks a client whether a problem is solved, when the programme says so: at once by default."""
    today = today_of(desk, work.now)
    rule = next(iter(work.followup_rules.of_anchor("solved")), FollowupRule(purpose="solved"))
    day = rules.add(today, rule.first_count, rule.first_unit)
    due, provisional = rules.shifted(day, rule.shift) if rule.first_count else (day, False)
    places = len(work.followups.of_ticket(ticket.id))
    one = work.followups.add(
        Followup(
            key=f"t{ticket.id}-{places}",
            rule_id=rule.id or None,
            purpose=rule.purpose,
            client_id=ticket.client_id,
            site_id=ticket.site_id,
            ticket_id=ticket.id,
            planned_on=day,
            due_on=due,
            provisional=provisional,
            created_at=work.now,
        )
    )
    at = work.now if due == today else due_at(desk, due)
    call = call_of(work, desk, one, work.phones.of(ticket.client_id))
    made_by = work.operator.id if work.operator else None
    call = work.calls.add(replace(call, kind="verification", due_at=at, created_by=made_by))
    work.followups.save(replace(one, state="queued", call_id=call.id), known=one)


def asked_no_more(work: Work, ticket: Ticket) -> None:
    """The ticket has moved on: whoever was to be asked about it need not be any more."""
    for one in work.followups.of_ticket(ticket.id):
        call = work.calls.get(one.call_id)
        if one.waits and (call is None or call.state != "taken"):
            work.followups.save(replace(one, state="dropped"), known=one)


def plan_pending(desk: Desk, most: int = BATCH) -> Laid:
    """Lay out sites that are new, or whose calls reach too short a time ahead: up to `most`, a batch a transaction.

    Any number of consoles may do so at once: each holds the sites it lays out, the others pass them by.
    """
    laid = Laid()
    while laid.sites < most:
        with desk.store.write("followup.plan") as work:
            programme = Programme(work, desk)
            ids = work.followups.sites_to_plan(programme.soon, min(BATCH, most - laid.sites), hold=True)
            if not ids or not programme.rules:
                break
            laid += replace(programme.plan(ids), sites=len(ids))
    return laid


def plan_all(desk: Desk) -> Laid:
    """Lay out every site that must be laid out anew, batch by batch, until none is left."""
    laid = plan_pending(desk)
    total = laid
    while laid.sites:
        laid = plan_pending(desk)
        total += laid
    return total


def release(desk: Desk, limit: int = 500) -> int:
    """Put what is due by today into the queue; return how many calls."""
    with desk.store.write("followup.release") as work:
        today = today_of(desk, work.now)
        return release_these(work, desk, work.followups.to_release(today, limit), today)


def miss_overtaken(desk: Desk, limit: int = 500) -> int:
    """Count calls as missed whose rhythm has brought the next; those in somebody's hands are left alone.

    A call promised to the client is still made: for the next of the rhythm, when that waits, so that nobody is
    called twice.
    """
    with desk.store.write("followup.miss") as work:
        today = today_of(desk, work.now)
        late = work.followups.overtaken(today, limit)
        nexts = work.followups.next_waiting(late, today)
        ids = [one.call_id for one in (*late, *nexts.values()) if one.call_id]
        calls = {call.id: call for call in work.calls.held_many(ids)}
        held = work.followups.held_many([one.id for one in (*late, *nexts.values())])
        missed = 0
        for seen in late:
            one = held[seen.id]
            call = calls.get(one.call_id or 0)
            if not one.waits or one.call_id != seen.call_id or (call is not None and call.state == "taken"):
                continue
            held[one.id] = work.followups.save(replace(one, state="missed", reason="overtaken"), known=one)
            missed += 1
            after = nexts.get(one.id)
            if call is not None and call.kind == "callback" and call.state == "open" and after is not None:
                _pass_on(work, call, held, after.id, calls)
            else:
                drop_call(work, call)
        return missed


def _pass_on(
    work: Work, promised: Call, held: dict[int, Followup], to: int, calls: Mapping[int, Call]
) -> None:
    """Let a promised call count for the next of the rhythm, whose own leaves the queue."""
    one = held[to]
    own = calls.get(one.call_id or 0)
    if one.state != "queued" or own is None or own.state != "open" or own.kind == "callback":
        drop_call(work, promised)
        return
    work.calls.save(replace(promised, followup_id=one.id, purpose=one.purpose), known=promised)
    held[to] = work.followups.save(replace(one, call_id=promised.id), known=one)
    drop_call(work, own)


def tick(desk: Desk) -> Laid:
    """Do what time has brought: a calendar published, sites to lay out, calls due or missed; look before writing."""
    laid = Laid()
    with desk.read() as work:
        if not work.operators.any():
            return laid
        today, founded = today_of(desk, work.now), work.followup_rules.any()
        known = work.settings.get(CALENDAR, "")
    published = years_published()[-1]
    if not founded or not known or int(known) < published:
        _begin(desk, today, published)
    with desk.read() as work:
        soon = today + timedelta(days=desk.policy.followup_horizon_days // 2)
        to_plan = bool(work.followups.sites_to_plan(soon, 1))
        to_release, late = work.followups.any_to_release(today), bool(work.followups.overtaken(today, 1))
    if to_plan:
        laid += plan_pending(desk)
    if to_release:
        laid += Laid(released=release(desk))
    if late:
        laid += Laid(missed=miss_overtaken(desk))
    return laid


def _begin(desk: Desk, today: date, published: int) -> None:
    """Store the manual's programme where there is none; lay calls out anew that a newly published calendar moves.

    A console of an older version, that knows fewer years, changes nothing.
    """
    from deskapp.services.programme import lay_out_programme

    with desk.store.write("followup.calendar") as work:
        work.counters.at_least("programme", 1)  # whoever comes second waits here until the first is done
        if not work.followup_rules.any():
            lay_out_programme(work, today)
        known = work.settings.get(CALENDAR, "")
        if known and int(known) >= published:
            return
        if known:
            work.followups.make_provisional_anew()
        work.settings.put(CALENDAR, str(published))
