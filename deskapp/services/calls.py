"""The queue at work: a call rings, is taken, ends with a result, and what follows is planned (rows C1–C4)."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

from pendulum import DateTime

from deskapp.desk import Desk
from deskapp.domain import call as rules
from deskapp.domain import claim
from deskapp.domain.call import Call, Result
from deskapp.domain.client import ClientCard
from deskapp.domain.errors import RuleBroken
from deskapp.domain.pbx import phone_of
from deskapp.domain.phone_number import is_hidden, parse_many
from deskapp.domain.records import replace
from deskapp.domain.site import RUNNING_STAGES
from deskapp.domain.ticket import happened_at
from deskapp.services import campaigns, followups, tickets
from deskapp.services.call_queue import queue_bands
from deskapp.services.clients import whose
from deskapp.services.submissions import once

if TYPE_CHECKING:
    from deskapp.repository.work import Work


@dataclass(frozen=True, slots=True)
class Ringing:
    """A call that came in by hand or by telephone: its row, and the clients its number belongs to."""

    call: Call
    clients: tuple[ClientCard, ...]


def ring(desk: Desk, number: str) -> Ringing:
    """Put an inbound call into the queue; a number that is one client's brings the client along (row C3)."""
    hidden = is_hidden(number)
    normal = "" if hidden else parse_many(number, desk.policy.phone_area_code)[0].normal
    clients = () if hidden else tuple(whose(desk, number))
    with desk.write("call.ring") as work:
        client_id = clients[0].client.id if len(clients) == 1 else None
        site_id = newest_site(work, client_id)
        call = Call(kind="inbound", direction="in", number=normal, client_id=client_id, site_id=site_id)
        stored = work.calls.add(replace(call, due_at=work.now, created_at=work.now, created_by=_me(desk)))
    return Ringing(stored, clients)


def plan(
    desk: Desk,
    kind: str,
    client_id: int,
    at: DateTime,
    reason: str = "",
    ticket_id: int | None = None,
    *,
    key: str = "",
) -> Call:
    """Put an outbound call into the queue for a time: a promised callback, a care call; under a `key` once."""
    if kind not in rules.KINDS or kind == "inbound":
        raise RuleBroken("call.kind", value=kind)

    def planned() -> Call:
        phones = work.phones.of(client_id)
        number = phones[0].normal if phones else ""
        call = Call(
            kind=kind, direction="out", client_id=client_id, ticket_id=ticket_id, number=number, reason=reason
        )
        call = replace(call, site_id=newest_site(work, client_id))
        return work.calls.add(replace(call, due_at=at, created_at=work.now, created_by=_me(desk)))

    with desk.write("call.plan") as work:
        return once(work, key, "call.plan", planned, work.calls.find)


def newest_site(work: Work, client_id: int | None) -> int | None:
    """The site a client most likely calls about: the newest that is being built, else the newest."""
    sites = work.sites.of(client_id) if client_id is not None else []
    running = [site for site in sites if site.stage in RUNNING_STAGES]
    return next((site.id for site in (*running, *sites)), None)


def take_next(desk: Desk) -> Call | None:
    """Claim the first call of the queue for this operator; None when nobody waits (row C1)."""
    order = queue_bands(desk)
    with desk.write("call.take") as work:
        first, expired = work.calls.first_band(order)
        if expired and _release_expired(work):
            first, _ = work.calls.first_band(order)
        call = work.calls.next_open(order[first:])
        return None if call is None else _claimed(work, desk, call)


def take(desk: Desk, call: Call) -> Call:
    """Claim one call; one's own claim is given back as it is, another's is refused by name."""
    with desk.write("call.take") as work:
        found = work.calls.find(call.id)
        if claim.held_by(found, _me(desk)):
            return found
        _check_nobodys(work, desk, found)
        return _claimed(work, desk, found)


def _check_nobodys(work: Work, desk: Desk, call: Call) -> None:
    """Refuse a call somebody else has, by their name, and one that has ended."""
    claim.check_running(call)
    if call.elsewhere:
        raise RuleBroken("call.elsewhere", agent=phone_of(call.agent))
    if claim.held_by_another(call, _me(desk), work.now):
        who = work.operators.get(call.taken_by)
        raise RuleBroken("call.taken", who=who.name if who else "")


def _claimed(work: Work, desk: Desk, call: Call) -> Call:
    me = _me(desk)
    assert me is not None
    return work.calls.take(call, me, work.now.add(minutes=desk.policy.claim_minutes))


def _me(desk: Desk) -> int | None:
    return desk.operator.id if desk.operator else None


def give_back(desk: Desk, call: Call) -> Call:
    """Put a claimed call back into the queue where it stood."""
    with desk.write("call.take") as work:
        found = work.calls.find(call.id)
        claim.check_held(found, _me(desk))
        return work.calls.save(claim.opened_again(found))


def later(desk: Desk, call: Call, at: DateTime) -> Call:
    """Put a planned call off to another time; a caller who waits cannot be put off."""
    if call.kind == "inbound":
        raise RuleBroken("call.inbound_waits")
    if at <= desk.now():
        raise RuleBroken("call.call_back_past")
    with desk.write("call.plan") as work:
        found = work.calls.find(call.id)
        _check_nobodys(work, desk, found)
        return work.calls.save(replace(claim.opened_again(found), due_at=at))


def renew(desk: Desk, call: Call) -> Call:
    """Keep a claim while the desk lives."""
    with desk.write("call.take") as work:
        found = work.calls.find(call.id)
        claim.check_held(found, _me(desk))
        return work.calls.save(replace(found, claim_until=work.now.add(minutes=desk.policy.claim_minutes)))


def _release_expired(work: Work) -> int:
    expired = work.calls.expired_claims()
    for call in expired:
        work.calls.save(claim.opened_again(call))
    return len(expired)


def abandon(desk: Desk, call: Call) -> Call:
    """The caller hung up before anybody answered: the call becomes a promised callback of its own."""
    with desk.write("call.end") as work:
        found = work.calls.find(call.id)
        if found.kind != "inbound" or found.state != "open":
            raise RuleBroken("call.already_ended", outcome=found.outcome)
        waited = max(0, int((work.now - found.due_at).total_seconds())) if found.due_at else 0
        lost = work.calls.save(replace(found, state="abandoned", ended_at=work.now, wait_s=waited))
        if found.number:
            missed = Call(kind="callback", direction="out", client_id=found.client_id, number=found.number)
            work.calls.add(replace(missed, due_at=work.now, previous_id=found.id, created_at=work.now))
        return lost


def link_client(desk: Desk, call: Call, client_id: int) -> Call:
    """Say who is on the line."""
    with desk.write("call.take") as work:
        site_id = newest_site(work, client_id)
        return work.calls.save(replace(work.calls.find(call.id), client_id=client_id, site_id=site_id))


@dataclass(frozen=True, slots=True)
class Ended:
    """How a call ended: the call, the one that follows, and whether trying was given up."""

    call: Call
    follows: Call | None = None
    given_up: bool = False


def end(desk: Desk, call: Call, result: Result, *, key: str = "", at: DateTime | None = None) -> Ended:
    """End a call with its result; plan the next try, the promised callback, or give up visibly (row C4).

    The client's word in a verification call closes or reopens the ticket in the same transaction (row T7).
    Under a `key` it ends once, however often that is sent; `at` says when, if that was some time ago.
    """
    with desk.write("call.end") as work:

        def ended_before(call_id: int) -> Ended:
            return Ended(work.calls.find(call_id))

        ending = partial(end_in, work, desk, call, result, at)
        return once(work, key, "call.end", ending, ended_before, lambda ended: ended.call.id)


def end_in(work: Work, desk: Desk, call: Call, result: Result, at: DateTime | None = None) -> Ended:
    """End a call inside a transaction that does more than that."""
    found = work.calls.find(call.id)
    _check_nobodys(work, desk, found)
    when = happened_at(at, work.now, found.started_at or found.created_at)
    me = _me(desk)
    if me is not None and not claim.held_by(found, me):
        found = claim.claimed(found, me, call.started_at or when, when)
    ended = rules.ended(found, result, when)
    if ended.outcome == "reached" and ended.client_id is not None:
        work.clients.heard(ended.client_id, when)
    given_up = rules.gives_up(ended, result, desk.policy)
    if given_up:
        ended = replace(ended, state="given_up")
    ended = work.calls.save(ended)
    follows = rules.next_call(ended, result, when, desk.policy)
    if follows is not None:
        follows = work.calls.add(replace(follows, created_at=work.now))
    if ended.followup_id is not None:
        followups.ended_in(work, desk, ended, follows, given_up=given_up)
    if ended.campaign_id is not None:
        campaigns.ended_in(work, ended, follows)
    if ended.verifies and result.satisfied is not None and ended.ticket_id is not None:
        ticket = work.tickets.find(ended.ticket_id)
        tickets.verified_in(
            work, desk, ticket, satisfied=result.satisfied, score=result.score, words=result.notes
        )
    return Ended(ended, follows, given_up)


def note_elsewhere(desk: Desk, call: Call, notes: str) -> Call:
    """Write down what was said in a call answered at a telephone no operator has: it stays nobody's.

    Conflict where somebody else has written meanwhile; RuleBroken call.not_elsewhere for an operator's own call.
    """
    with desk.write("call.end") as work:
        found = work.calls.find(call.id)
        if not found.elsewhere or found.state != "done":
            raise RuleBroken("call.not_elsewhere")
        return work.calls.save(replace(found, notes=notes.strip(), version=call.version))


@dataclass(frozen=True, slots=True)
class DayProgress:
    """The day so far against its targets: calls made, situations understood, problems solved (text 1)."""

    calls: int = 0
    understood: int = 0
    solved: int = 0


def day_progress(desk: Desk) -> DayProgress:
    """Count the day of this operator against text 1: calls made, clients understood, problems solved.

    Every call ended counts as made. A client counts as understood, once a day, when a call reached them and what
    they said was written down (notes, answers or a score), or when their problem was diagnosed: text 1 wants no
    aimless talk. Solved are the tickets resolved and the diagnoses whose advice was found to have helped.
    """
    with desk.read() as work:
        return day_progress_in(work, desk)


def day_progress_in(work: Work, desk: Desk) -> DayProgress:
    """The same, inside a transaction."""
    me = _me(desk)
    if me is None:
        return DayProgress()
    today = desk.today()
    outcomes = work.calls.done_since(me, today)
    solved = work.tickets.resolved_since(me, today) + work.diagnoses.helped_since(me, today)
    return DayProgress(sum(outcomes.values()), work.day_plans.understood(me, today), solved)


def release_expired(desk: Desk) -> int:
    """Give the calls of dead desks back to the queue; return how many."""
    with desk.write("call.take") as work:
        return _release_expired(work)
