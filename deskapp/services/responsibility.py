"""Who was at fault: what was found out, who answers for it, who apologised (row T8; text 4, 1.3.5b and 2.3.7)."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from deskapp.desk import Desk
from deskapp.domain import responsibility as rules
from deskapp.domain.errors import RuleBroken
from deskapp.domain.responsibility import Finding, Responsibility
from deskapp.domain.sanction import IN_FORCE, OPEN_STATES
from deskapp.services.submissions import once
from deskapp.services.ticket_told import record

if TYPE_CHECKING:
    from pendulum import DateTime

    from deskapp.repository.work import Work


def find_out(desk: Desk, finding: Finding, *, key: str = "") -> Finding:
    """Write down what was found out about a ticket, or correct it; the history says so.

    Somebody else's finding of the same ticket is never overwritten unread: that is a Conflict.
    """
    rules.checked(finding)
    with desk.write("finding.save") as work:
        return once(work, key, "finding.save", lambda: find_out_in(work, finding), work.findings.find)


def find_out_in(work: Work, finding: Finding) -> Finding:
    """Write a finding down inside a transaction that does more than that."""
    ticket = work.tickets.held(finding.ticket_id)
    by = work.operator.id if work.operator else None
    done = replace(rules.checked(finding), at=work.now, operator_id=by)
    before = work.findings.of_ticket(ticket.id)
    if (before.id if before else 0) != finding.id:
        raise work.findings.conflict(before.id if before else finding.id)
    saved = work.findings.add(done) if before is None else work.findings.save(done)
    facts = {name: value for name in ("trade", "crew", "material") if (value := getattr(saved, name))}
    record(work, ticket, "found_out", saved.words, {"cause": saved.cause, **facts})
    return saved


def hold_responsible(
    desk: Desk, ticket_id: int, staff_id: int, words: str = "", *, key: str = ""
) -> Responsibility:
    """Say who answers for a ticket, and for what; said of the same person again, the words are corrected."""
    with desk.write("finding.save") as work:
        return once(
            work,
            key,
            "responsibility.add",
            lambda: hold_responsible_in(work, ticket_id, staff_id, words),
            work.responsibilities.find,
        )


def hold_responsible_in(work: Work, ticket_id: int, staff_id: int, words: str = "") -> Responsibility:
    """Say who answers for a ticket inside a transaction that does more than that."""
    ticket = work.tickets.held(ticket_id)
    if work.staff.get(staff_id) is None:
        raise RuleBroken("responsibility.nobody")
    if len(words) > rules.LONGEST_WORDS:
        raise RuleBroken("finding.long", field="words", limit=rules.LONGEST_WORDS)
    before = work.responsibilities.one_of(ticket_id, staff_id)
    if before is not None:
        if before.words == words.strip():
            return before
        saved = work.responsibilities.save(replace(before, words=words.strip()), known=before)
    else:
        by = work.operator.id if work.operator else None
        fresh = Responsibility(ticket_id=ticket_id, staff_id=staff_id, words=words.strip())
        saved = work.responsibilities.add(replace(fresh, at=work.now, operator_id=by))
    record(work, ticket, "held_responsible", saved.words, {"staff_id": staff_id})
    return saved


def release(desk: Desk, one: Responsibility, words: str) -> None:
    """Say that somebody does not answer for a ticket after all, and why; not while a penalty hangs on it."""
    if not words.strip():
        raise RuleBroken("responsibility.why")
    with desk.write("finding.save") as work:
        ticket = work.tickets.held(one.ticket_id)
        present = work.responsibilities.held(one.id)
        if present.version != one.version:
            raise work.responsibilities.conflict(one.id)
        if any(
            row.sanction.staff_id == present.staff_id and row.sanction.state in (*IN_FORCE, *OPEN_STATES)
            for row in work.sanctions.of_ticket(ticket.id)
        ):
            raise RuleBroken("responsibility.sanctioned")
        work.responsibilities.remove(present)
        record(work, ticket, "released", words.strip(), {"staff_id": present.staff_id})


def apologise(
    desk: Desk, one: Responsibility, by: int | None, at: DateTime | None, words: str, *, key: str = ""
) -> Responsibility:
    """Record the apology made to the client: by whom, when (now unless told), in which words; once only."""
    with desk.write("finding.save") as work:

        def apologising() -> Responsibility:
            ticket = work.tickets.held(one.ticket_id)
            present = work.responsibilities.held(one.id)
            if by is not None and work.staff.get(by) is None:
                raise RuleBroken("responsibility.apologiser")
            done = rules.apologised(present, ticket, by, at or work.now, words, work.now)
            saved = work.responsibilities.save(done, known=present)
            record(work, ticket, "apologised", saved.apology, {"staff_id": by})
            return saved

        return once(work, key, "apology.add", apologising, work.responsibilities.find)
