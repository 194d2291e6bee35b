"""Decisions an agent takes on the spot in an emergency, put before the manager (row T12; text 4, 3.6.1)."""

from __future__ import annotations

from dataclasses import dataclass, replace

from pendulum import DateTime

from deskapp.domain.errors import RuleBroken
from deskapp.domain.ticket import Ticket

STATES = ("open", "confirmed", "changed")


@dataclass(frozen=True, slots=True)
class Decision:
    """One decision on the spot: open until a manager confirms or changes it."""

    id: int = 0
    version: int = 0
    ticket_id: int = 0
    at: DateTime | None = None
    operator_id: int | None = None
    words: str = ""
    state: str = "open"
    decided_by: int | None = None
    decided_at: DateTime | None = None
    answer: str = ""


@dataclass(frozen=True, slots=True)
class DecisionRow:
    """A decision as a list shows it: with its ticket, whose decision it is, and who settled it."""

    decision: Decision
    number: str = ""
    subject: str = ""
    client: str = ""
    who: str = ""
    settler: str = ""


def check_take(ticket: Ticket, words: str) -> None:
    """Refuse a decision without words, or on a ticket that has ended."""
    if not words.strip():
        raise RuleBroken("decision.words")
    if not ticket.is_open:
        raise RuleBroken("ticket.ended", number=ticket.number)


def settled(
    decision: Decision, state: str, now: DateTime, operator_id: int | None, answer: str, *, alone: bool
) -> Decision:
    """The decision confirmed, or changed to what the answer says; never by whoever took it.

    Only where nobody else could (`alone`) may one settle one's own.
    """
    if decision.state != "open":
        raise RuleBroken("decision.settled")
    if decision.operator_id is not None and decision.operator_id == operator_id and not alone:
        raise RuleBroken("decision.own")
    if state == "changed" and not answer.strip():
        raise RuleBroken("decision.answer")
    return replace(decision, state=state, decided_by=operator_id, decided_at=now, answer=answer.strip())
