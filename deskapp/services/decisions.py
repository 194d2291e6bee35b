"""Decisions on the spot: an agent takes one, a manager confirms or changes it (row T12; text 4, 3.6.1)."""

from __future__ import annotations

from collections.abc import Hashable
from functools import partial
from typing import TYPE_CHECKING

from deskapp.desk import Desk
from deskapp.domain import decision as rules
from deskapp.domain.decision import Decision, DecisionRow
from deskapp.domain.errors import Conflict
from deskapp.domain.notice import DECIDED, DECISION
from deskapp.domain.operator import may
from deskapp.services.escalation import Receivers, receivers, tell_all
from deskapp.services.submissions import once
from deskapp.services.ticket_told import record

if TYPE_CHECKING:
    from deskapp.domain.ticket import Ticket
    from deskapp.repository.work import Work


def decide(desk: Desk, ticket: Ticket, words: str, key: str = "") -> Decision:
    """Take a decision on the spot: the history says so, the managers are told and have it before them.

    Under a `key` it is taken once, however often it is sent.
    """
    rules.check_take(ticket, words)
    with desk.write("decision.take") as work:
        taking = partial(decide_in, work, ticket.id, words)
        return once(work, key, "decision.take", taking, work.decisions.find)


def decide_in(work: Work, ticket_id: int, words: str) -> Decision:
    """Take a decision inside a transaction that does more than that."""
    ticket = work.tickets.held(ticket_id)
    rules.check_take(ticket, words)
    by = work.operator.id if work.operator else None
    taken = work.decisions.add(
        Decision(ticket_id=ticket.id, at=work.now, operator_id=by, words=words.strip())
    )
    facts: dict[str, object] = {"decision_id": taken.id}
    event = record(work, ticket, "decided", taken.words, facts)
    found, _ = receivers(work, ticket, "manager")
    others = tuple(one for one in found.operators if one != by)
    said = facts | {"words": taken.words, "who": work.operator.name if work.operator else ""}
    tell_all(work, ticket, Receivers(found.staff, others), DECISION, event, f"{DECISION}/{taken.id}", said)
    return taken


def confirm(desk: Desk, decision: Decision, words: str = "") -> Decision:
    """Let a decision stand."""
    return _settle(desk, decision, "confirmed", words)


def change(desk: Desk, decision: Decision, words: str) -> Decision:
    """Put another decision, in words, in the place of one taken on the spot."""
    return _settle(desk, decision, "changed", words)


def _settle(desk: Desk, decision: Decision, state: str, words: str) -> Decision:
    with desk.write("decision.confirm") as work:
        present = work.decisions.held(decision.id)
        if present.version != decision.version:
            raise _overtaken(work, present)
        by = work.operator.id if work.operator else None
        done = rules.settled(present, state, work.now, by, words, alone=_alone(work, by))
        saved = work.decisions.save(done, known=present)
        ticket = work.tickets.find(saved.ticket_id)
        facts = {"decision_id": saved.id, "decided": present.words}
        event = record(work, ticket, f"decision_{state}", saved.answer, facts)
        if saved.operator_id is not None and saved.operator_id != by:
            work.notices.tell(saved.operator_id, DECIDED, ticket.id, event.id)
        return saved


def _overtaken(work: Work, present: Decision) -> Conflict:
    who = work.operators.get(present.decided_by)
    return Conflict("decision", present.id, who.name if who else "", present.decided_at)


def _alone(work: Work, operator_id: int | None) -> bool:
    """Whether nobody else in use has the right to confirm."""
    return not any(
        one.active and one.id != operator_id and may(one.role, "decision.confirm")
        for one in work.operators.listed()
    )


def reread(desk: Desk, decision: Decision) -> Decision:
    """The decision as it is now."""
    with desk.read() as work:
        return work.decisions.find(decision.id)


class Decided:
    """Decisions as a long list, the newest first: those that wait for a manager, or all."""

    def __init__(self, desk: Desk, only_open: bool = True) -> None:
        self.desk, self.only_open = desk, only_open

    def count(self) -> int:
        """How many there are."""
        with self.desk.read() as work:
            return work.decisions.count(self.only_open)

    def first(self, limit: int) -> list[DecisionRow]:
        """The newest."""
        with self.desk.read() as work:
            return work.decisions.newest(limit, self.only_open)

    def last(self, limit: int) -> list[DecisionRow]:
        """The oldest."""
        with self.desk.read() as work:
            return work.decisions.newest_before(limit, self.only_open)

    def after(self, record: DecisionRow, limit: int) -> list[DecisionRow]:
        """The next older ones."""
        with self.desk.read() as work:
            return work.decisions.newest(limit, self.only_open, record.decision)

    def before(self, record: DecisionRow, limit: int) -> list[DecisionRow]:
        """The next newer ones."""
        with self.desk.read() as work:
            return work.decisions.newest_before(limit, self.only_open, record.decision)

    def at(self, offset: int, limit: int) -> list[DecisionRow]:
        """Those at a place in the middle."""
        with self.desk.read() as work:
            return work.decisions.newest_at(offset, limit, self.only_open)

    def key(self, record: DecisionRow) -> Hashable:
        """A decision stays itself."""
        return record.decision.id
