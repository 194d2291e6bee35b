"""Penalties and rewards: proposed, decided, appealed, reversed, each a line of the ledger (rows T8, T9, A3)."""

from __future__ import annotations

from contextlib import AbstractContextManager
from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING

from deskapp.desk import Desk
from deskapp.domain import sanction as rules
from deskapp.domain import sanction_ledger as ledger
from deskapp.domain.errors import Conflict, RuleBroken
from deskapp.domain.notice import PROPOSED, SETTLED
from deskapp.domain.operator import may
from deskapp.domain.sanction import (
    IN_FORCE,
    OPEN_STATES,
    MonthSum,
    Proposal,
    Sanction,
    SanctionRow,
)
from deskapp.domain.sanction_ledger import Moment, Step
from deskapp.services.escalation import receivers
from deskapp.services.planning import today_of
from deskapp.services.responsibility import hold_responsible_in
from deskapp.services.submissions import once
from deskapp.services.ticket_told import record

if TYPE_CHECKING:
    from deskapp.domain.ticket import Ticket, TicketEvent
    from deskapp.repository.work import Work

TOLD = {
    ("decided", "penalty"): "penalty.decided",
    ("decided", "reward"): "reward.decided",
    ("confirmed", "penalty"): "penalty.confirmed",
    ("reversed", "penalty"): "penalty.reversed",
    ("reversed", "reward"): "reward.reversed",
}
"""Why whom it concerns is told, by what was done to what."""


def propose(
    desk: Desk, draft: Sanction, *, at_once: bool = False, words: str = "", key: str = ""
) -> Sanction:
    """Propose a penalty or a reward, and decide it `at_once` where one may; under a `key` once."""
    with desk.write("sanction.propose") as work:
        return once(
            work,
            key,
            "sanction.propose",
            lambda: propose_in(work, desk, draft, at_once=at_once, words=words),
            work.sanctions.find,
        )


def propose_in(
    work: Work, desk: Desk, draft: Sanction, *, at_once: bool = False, words: str = ""
) -> Sanction:
    """Propose, perhaps decide, inside a transaction that does more than that."""
    ticket = _weighed_of(work, draft)
    if draft.site_id is None and ticket is not None:
        draft = replace(draft, site_id=ticket.site_id)
    if ticket is not None and ticket.state == "merged":
        raise RuleBroken("sanction.merged", number=ticket.number)
    rules.check(draft, ticket, desk.policy)
    _check_new(work, draft)
    if ticket is not None and draft.kind == "penalty":
        _hold_responsible(work, draft)
    at = moment(work, desk)
    step = ledger.proposed(draft, at)
    day = desk.day_in_number(work.now)
    serial = work.counters.next(f"{rules.PREFIXES[draft.kind]}{day}")
    numbered = replace(step.sanction, number=rules.number(draft.kind, day, serial))
    saved = work.sanctions.add(numbered)
    event = _write_entry(work, Step(saved, step.entry), ticket)
    if at_once:
        return decide_in(work, desk, saved, words=words)
    if event is not None and ticket is not None:
        _tell_deciders(work, saved, ticket, event)
    return saved


def decide(
    desk: Desk, sanction: Sanction, amount: int | None = None, words: str = "", *, key: str = ""
) -> Sanction:
    """Decide a proposal, perhaps in another amount: managers do, an agent for what is complained of again."""
    with _deciding(desk) as work:

        def deciding() -> Sanction:
            return decide_in(work, desk, _unchanged(work, sanction), amount, words)

        return once(work, key, "sanction.decide", deciding, work.sanctions.find)


def _deciding(desk: Desk) -> AbstractContextManager[Work]:
    leads = desk.operator is not None and may(desk.operator.role, "sanction.decide")
    return desk.write("sanction.decide") if leads else desk.write("sanction.decide_repeat")


def decide_in(
    work: Work, desk: Desk, present: Sanction, amount: int | None = None, words: str = ""
) -> Sanction:
    """Decide inside a transaction that does more than that."""
    ticket = _weighed_of(work, present)
    wanted = present if amount is None else replace(present, amount=amount)
    rules.check_decider(work.operator, wanted, ticket, desk.policy)
    return _store(
        work, present, ledger.decided(present, moment(work, desk), desk.policy, amount, words), ticket
    )


def refuse(desk: Desk, sanction: Sanction, words: str, *, key: str = "") -> Sanction:
    """Refuse a proposal, and say why."""
    with desk.write("sanction.decide") as work:

        def refusing() -> Sanction:
            present = _unchanged(work, sanction)
            rules.check_own(work.operator, present)
            return _store(work, present, ledger.refused(present, moment(work, desk), words))

        return once(work, key, "sanction.refuse", refusing, work.sanctions.find)


def appeal(desk: Desk, sanction: Sanction, words: str, *, key: str = "") -> Sanction:
    """Appeal against a penalty on the person's behalf, in time; it stands until the appeal is answered."""
    with desk.write("sanction.appeal") as work:

        def appealing() -> Sanction:
            present = _unchanged(work, sanction)
            decided_on = today_of(desk, present.decided_at or work.now)
            at = moment(work, desk)
            return _store(work, present, ledger.appealed(present, at, decided_on, desk.policy, words))

        return once(work, key, "sanction.appeal", appealing, work.sanctions.find)


def answer_appeal(desk: Desk, sanction: Sanction, upheld: bool, words: str, *, key: str = "") -> Sanction:
    """Answer an appeal, with words: upheld, the penalty is reversed by a line of this month; else it stands."""
    with desk.write("sanction.reverse") as work:

        def answering() -> Sanction:
            present = _unchanged(work, sanction)
            if present.state != "appealed":
                raise RuleBroken("sanction.cannot", number=present.number, sanction_state=present.state)
            if upheld:
                return _reversed(work, desk, present, words)
            rules.check_own(work.operator, present)
            at, alone = moment(work, desk), _alone(work)
            return _store(work, present, ledger.confirmed(present, at, words, alone=alone))

        return once(work, key, "sanction.answer", answering, work.sanctions.find)


def reverse(desk: Desk, sanction: Sanction, words: str, *, key: str = "") -> Sanction:
    """Take back what was decided, with words: a new line of this month with the sign turned round; once only."""
    with desk.write("sanction.reverse") as work:

        def reversing() -> Sanction:
            return _reversed(work, desk, _unchanged(work, sanction), words)

        return once(work, key, "sanction.reverse", reversing, work.sanctions.find)


def _reversed(work: Work, desk: Desk, present: Sanction, words: str) -> Sanction:
    rules.check_own(work.operator, present)
    return _store(work, present, ledger.reversed_(present, moment(work, desk), words))


def moment(work: Work, desk: Desk) -> Moment:
    """This transaction's instant and day, and who acts."""
    return Moment(work.now, today_of(desk, work.now), work.operator.id if work.operator else None)


def proposed_for(work: Work, desk: Desk, ticket: Ticket) -> Proposal:
    """What the rules say of a ticket, the duplicates merged into it weighed in."""
    heavy = weighed(work, ticket)
    return rules.proposal(heavy, heavy.repeat_no, desk.policy)


def weighed(work: Work, ticket: Ticket) -> Ticket:
    """The ticket with the heaviest channel of itself and the duplicates merged into it.

    A complaint reached the general manager too when a duplicate of it did; a duplicate is no repeat, though.
    """
    found, waiting = {ticket.id: ticket}, [ticket]
    while waiting and len(found) <= MOST_MERGED:
        for event in work.ticket_events.of(waiting.pop().id):
            name = str((event.facts or {}).get("number") or "") if event.kind == "absorbed" else ""
            one = work.tickets.by_number(name) if name else None
            if one is not None and one.id not in found:
                found[one.id] = one
                waiting.append(one)
    heaviest = max(found.values(), key=lambda one: _WEIGHT.get(one.channel, 0))
    channel = heaviest.channel if _WEIGHT.get(heaviest.channel) else ticket.channel
    return replace(ticket, channel=channel)


MOST_MERGED = 50
_WEIGHT = {"gm": 2, "leadership": 1}


def _weighed_of(work: Work, sanction: Sanction) -> Ticket | None:
    """The ticket of a sanction, held so that no second penalty for the same thing comes between."""
    return None if sanction.ticket_id is None else weighed(work, work.tickets.held(sanction.ticket_id))


def _check_new(work: Work, draft: Sanction) -> None:
    """Refuse what is there already: one penalty a person, rule and ticket; one reward a praise."""
    if work.staff.get(draft.staff_id) is None:
        raise RuleBroken("sanction.nobody")
    if draft.praise_id is not None:
        if work.praises.held(draft.praise_id).staff_id != draft.staff_id:
            raise RuleBroken("sanction.other_praised")
        there = work.sanctions.of_praise(draft.praise_id)
    elif draft.ticket_id is not None:
        there = work.sanctions.of_ticket(draft.ticket_id)
    else:
        return
    for row in there:
        one = row.sanction
        same = (one.staff_id, one.rule, one.kind) == (draft.staff_id, draft.rule, draft.kind)
        if same and one.state in (*IN_FORCE, *OPEN_STATES):
            raise RuleBroken("sanction.exists", number=one.number)


def _hold_responsible(work: Work, draft: Sanction) -> None:
    """Whoever is to be punished for a ticket answers for it."""
    if draft.ticket_id and work.responsibilities.one_of(draft.ticket_id, draft.staff_id) is None:
        hold_responsible_in(work, draft.ticket_id, draft.staff_id)


def _unchanged(work: Work, sanction: Sanction) -> Sanction:
    """The sanction held; Conflict when somebody did something to it since it was read."""
    present = work.sanctions.held(sanction.id)
    if present.version != sanction.version:
        last = work.sanction_entries.of_sanction(present.id)[-1]
        raise Conflict("sanction", present.id, last.who, last.entry.at)
    return present


def _store(work: Work, present: Sanction, step: Step, ticket: Ticket | None = None) -> Sanction:
    saved = work.sanctions.save(step.sanction, known=present)
    if ticket is None and saved.ticket_id is not None:
        ticket = work.tickets.find(saved.ticket_id)
    event = _write_entry(work, Step(saved, step.entry), ticket)
    by, proposer = step.entry.operator_id, saved.proposed_by
    if event is not None and proposer is not None and proposer != by and step.entry.act != "appealed":
        work.notices.tell(proposer, SETTLED, event.ticket_id, event.id)
    if event is not None and ticket is not None and step.entry.act == "appealed":
        _tell_deciders(work, saved, ticket, event)
    return saved


def _tell_deciders(work: Work, one: Sanction, ticket: Ticket, event: TicketEvent) -> None:
    """Put before the managers what waits for them, but not before whoever it is about."""
    found, _ = receivers(work, ticket, "manager")
    about = {each.id for each in work.operators.listed() if each.staff_id == one.staff_id}
    for operator_id in found.operators:
        if operator_id != event.operator_id and operator_id not in about:
            work.notices.tell(operator_id, PROPOSED, event.ticket_id, event.id)


def _write_entry(work: Work, step: Step, ticket: Ticket | None) -> TicketEvent | None:
    """Add the line of the ledger, put it into the ticket's history, tell whom it concerns."""
    one = step.sanction
    entry = work.sanction_entries.add(replace(step.entry, sanction_id=one.id))
    facts = {
        "act": entry.act,
        "kind": one.kind,
        "staff_id": one.staff_id,
        "number": one.number,
        "rule": one.rule,
        "amount": one.amount,
    }
    event = record(work, ticket, "sanctioned", entry.words, facts) if ticket is not None else None
    reason = TOLD.get((entry.act, one.kind))
    if reason:
        words = entry.words if entry.act != "decided" else one.reason
        told = {"number": one.number, "words": words, "amount": f"{one.amount / 100:g}"}
        ticket_id = one.ticket_id
        work.outbox.tell(reason, ticket_id, one.staff_id, told, once=f"{reason}/{one.id}")
    return event


def _alone(work: Work) -> bool:
    """Whether nobody else in use has the right to answer appeals."""
    by = work.operator.id if work.operator else None
    return not any(
        one.active and one.id != by and may(one.role, "sanction.reverse") for one in work.operators.listed()
    )


def read(desk: Desk, sanction_id: int) -> SanctionRow:
    """One as it is now, with the names beside it; LookupError when there is none."""
    with desk.read() as work:
        row = work.sanctions.row(sanction_id)
    if row is None:
        raise LookupError(f"sanction {sanction_id}")
    return row


def sums(desk: Desk, month: date) -> list[MonthSum]:
    """A month's ledger by person, whoever owes most first."""
    with desk.read() as work:
        return list(work.sanctions.sums(month).values())
