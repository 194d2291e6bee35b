"""Handoffs: what another department is asked, until when, and what it answered; refunds with their status (row T14)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from deskapp.domain.errors import RuleBroken

if TYPE_CHECKING:
    from deskapp.domain.policy import Policy
    from deskapp.domain.rows import TicketRow
    from deskapp.domain.ticket import Draft, Ticket

TOPICS = ("refund", "settlement", "materials", "other")
STATUSES = ("asked", "checking", "paid", "refused")
"""How a refund enquiry stands; the last two are answers that end it."""
ENDS = frozenset({"paid", "refused"})
EVENTS = ("asked", "progress")
"""The events of a ticket's history whose facts say how a handoff stands: the newest counts."""


@dataclass(frozen=True, slots=True)
class HandoffState:
    """What a handoff is about, how a refund stands, when it was paid, and who said so."""

    topic: str = "other"
    status: str = ""
    paid_on: date | None = None
    who: str = ""

    def facts(self) -> dict[str, object]:
        """What the history keeps of it."""
        paid: dict[str, object] = {"paid_on": self.paid_on.isoformat()} if self.paid_on else {}
        return {"topic": self.topic, "status": self.status, "who": self.who} | paid


@dataclass(frozen=True, slots=True)
class HandoffRow:
    """A handoff as its list shows it."""

    row: TicketRow
    state: HandoffState = HandoffState()

    @property
    def ticket(self) -> Ticket:
        """Its ticket."""
        return self.row.ticket


@dataclass(frozen=True, slots=True)
class Answer:
    """What a department answered, who said it, and whether the client is to be called and told once it is over."""

    words: str
    who: str = ""
    status: str = ""
    paid_on: date | None = None
    call_back: bool = False

    @property
    def said(self) -> str:
        """The answer in words, whose it is before it."""
        words = self.words.strip()
        return ": ".join(part for part in (self.who.strip(), words) if part) if words else ""


def state_of(facts: Mapping[str, object] | None) -> HandoffState:
    """Read how a handoff stands from the facts of its newest event; without any it is about other things."""
    facts = facts or {}
    topic, status, paid = (str(facts.get(name) or "") for name in ("topic", "status", "paid_on"))
    return HandoffState(
        topic if topic in TOPICS else "other",
        status if status in STATUSES else "",
        date.fromisoformat(paid) if paid else None,
        str(facts.get("who") or ""),
    )


def begun(topic: str) -> HandoffState:
    """How a handoff stands when it is asked."""
    if topic not in TOPICS:
        raise RuleBroken("handoff.topic", value=topic)
    return HandoffState(topic, "asked" if topic == "refund" else "")


def days_allowed(topic: str, policy: Policy) -> int:
    """How many days a department has, unless told otherwise."""
    return policy.settlement_days if topic == "settlement" else policy.issue_days


def check_asked(draft: Draft) -> None:
    """Refuse a handoff that is nobody's client's, nobody's to answer, or without a deadline."""
    if draft.client_id is None:
        raise RuleBroken("handoff.client_missing")
    if draft.department_id is None and draft.responsible_id is None:
        raise RuleBroken("handoff.nobody")
    if draft.own_due_at is None:
        raise RuleBroken("handoff.due_missing")


def answered(state: HandoffState, answer: Answer, today: date) -> tuple[HandoffState, bool]:
    """How a handoff stands after an answer, and whether that ends it: a refund being checked goes on.

    A payment needs its day, which has come; every answer needs words, but for a payment, which says enough.
    """
    if state.topic != "refund":
        if not answer.words.strip():
            raise RuleBroken("handoff.words_missing")
        return HandoffState(state.topic, "", None, answer.who.strip()), True
    if answer.status not in STATUSES[1:]:
        raise RuleBroken("handoff.status_missing")
    if answer.status == "paid":
        if answer.paid_on is None:
            raise RuleBroken("handoff.paid_on_missing")
        if answer.paid_on > today:
            raise RuleBroken("handoff.paid_later")
    elif not answer.words.strip():
        raise RuleBroken("handoff.words_missing")
    paid_on = answer.paid_on if answer.status == "paid" else None
    after = HandoffState(state.topic, answer.status, paid_on, answer.who.strip())
    return after, answer.status in ENDS
