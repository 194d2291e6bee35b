"""A ticket: a piece of work someone must answer for, its legal moves and what each needs (text 4, 1.3.5, 3.3.4)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from pendulum import DateTime

from deskapp.domain.errors import RuleBroken
from deskapp.domain.records import replace

KINDS = ("complaint", "followup_issue", "repair", "rectification", "handoff")
STATES = (
    "received",
    "dispatched",
    "responded",
    "resolved",
    "verified",
    "closed",
    "reopened",
    "withdrawn",
    "merged",
)
CHANNELS = ("phone", "email", "visit", "web", "gm", "leadership", "unknown")
OPEN_STATES = ("received", "dispatched", "responded", "resolved", "verified", "reopened")
UNANSWERED_STATES = ("received", "dispatched", "reopened")
CLOCKED_KINDS = ("complaint", "followup_issue", "repair")
"""Kinds in which a client waits for an answer: they carry the response clock."""
INTERNAL_KINDS = frozenset({"rectification", "handoff"})
"""Kinds a colleague answers: a deadline, no response clock, and no call to the client proves them done.

Whoever records that one is done did not do it: the colleague did.
"""
PREFIXES: Mapping[str, str] = {
    "complaint": "TS",
    "followup_issue": "HF",
    "repair": "WX",
    "rectification": "ZG",
    "handoff": "XZ",
}

MOVES: Mapping[str, tuple[frozenset[str], str]] = {
    "dispatch": (frozenset({"received", "dispatched", "reopened"}), "dispatched"),
    "respond": (frozenset({"received", "dispatched", "reopened", "responded"}), "responded"),
    "resolve": (frozenset({"responded", "reopened", "dispatched"}), "resolved"),
    "verify": (frozenset({"resolved"}), "verified"),
    "close": (frozenset({"verified"}), "closed"),
    "reopen": (frozenset({"resolved", "verified", "closed"}), "reopened"),
    "withdraw": (frozenset({"received", "dispatched", "responded", "resolved", "reopened"}), "withdrawn"),
    "merge": (frozenset({"received", "dispatched", "responded", "resolved", "reopened"}), "merged"),
}
LONGEST_WAIT_DAYS = 7
NEEDS_REASON = frozenset({"reopen", "withdraw", "merge"})
NEEDS_WORDS = frozenset({"respond", "resolve"})


@dataclass(frozen=True, slots=True)
class Ticket:
    """One ticket as stored. `target_s` and `calendar` are the promise it was filed under;
    `respond_by` and `due_at` are recomputed from the history at every act, never counted down."""

    id: int = 0
    version: int = 0
    number: str = ""
    kind: str = "complaint"
    client_id: int = 0
    site_id: int | None = None
    channel: str = "phone"
    category_id: int | None = None
    category: str = ""
    severity: str = "minor"
    subject: str = ""
    description: str = ""
    demand: str = ""
    state: str = "received"
    department_id: int | None = None
    responsible_id: int | None = None
    received_at: DateTime | None = None
    target_s: int = 86400
    calendar: str = "calendar"
    respond_by: DateTime | None = None
    paused_since: DateTime | None = None
    provisional: bool = False
    responded_at: DateTime | None = None
    response: str = ""
    due_at: DateTime | None = None
    own_due_at: DateTime | None = None
    """A deadline set by hand (text 4, 1.3.1: in the time allowed); it is the due time then."""
    resolved_at: DateTime | None = None
    resolved_by: int | None = None
    resolution: str = ""
    verified_at: DateTime | None = None
    verified_by: int | None = None
    satisfaction: int | None = None
    closed_at: DateTime | None = None
    reopened_count: int = 0
    parent_id: int | None = None
    merged_into: int | None = None
    repeat_of: int | None = None
    repeat_no: int = 0
    filed_by: int | None = None
    source_key: str | None = None
    submission: str | None = None

    @property
    def is_open(self) -> bool:
        """Whether anybody still has something to do on it."""
        return self.state in OPEN_STATES

    @property
    def is_groupable(self) -> bool:
        """Whether it may be part of a mass complaint."""
        return self.kind == "complaint" and self.is_open

    @property
    def clock_runs(self) -> bool:
        """Whether the client still waits for the first response."""
        return (
            self.responded_at is None and self.state in UNANSWERED_STATES and self.kind not in INTERNAL_KINDS
        )

    @property
    def response_met(self) -> bool | None:
        """True or False once answered or ended; None while the clock runs or where the ticket is left out.

        A complaint closed without any recorded answer counts as missed; a withdrawn or merged one is left out.
        """
        if self.responded_at is not None and self.respond_by is not None:
            return self.responded_at <= self.respond_by
        if self.clock_runs or self.state in ("withdrawn", "merged") or self.kind in INTERNAL_KINDS:
            return None
        return False

    @property
    def resolution_met(self) -> bool | None:
        """Whether it was resolved by its due time; None while open in time or without a due time."""
        ended = self.resolved_at or self.closed_at
        if self.due_at is None or self.state in ("withdrawn", "merged") or ended is None:
            return None
        return ended <= self.due_at


@dataclass(frozen=True, slots=True)
class TicketEvent:
    """One line of a ticket's history: who did what when, in whose words, and what it changed."""

    id: int = 0
    version: int = 0
    ticket_id: int = 0
    at: DateTime | None = None
    operator_id: int | None = None
    kind: str = ""
    text: str = ""
    facts: Mapping[str, object] | None = None


@dataclass(frozen=True, slots=True)
class Draft:
    """What a complaint form hands over: everything the caller said (row T1), nothing decided yet."""

    client_id: int | None = None
    client_name: str = ""
    phone: str = ""
    site_id: int | None = None
    kind: str = "complaint"
    channel: str = "phone"
    category_id: int | None = None
    category: str = ""
    severity: str = "minor"
    subject: str = ""
    description: str = ""
    demand: str = ""
    department_id: int | None = None
    responsible_id: int | None = None
    call_id: int | None = None
    own_due_at: DateTime | None = None
    scope: str = ""
    """What kind of damage a repair is about: its warranty is that kind's."""
    appointment_at: DateTime | None = None
    """The time agreed with the client for a repair."""
    mass_id: int | None = None
    """The mass complaint it is filed into (row T11)."""
    submission: str | None = None
    received_at: DateTime | None = None
    """When the operator filed it, if that was some time ago: the database did not answer then."""


def missing(draft: Draft) -> tuple[str, ...]:
    """Name the fields a complaint cannot be filed without."""
    found = []
    if draft.client_id is None and not draft.client_name.strip() and not draft.phone.strip():
        found.append("client")
    if not draft.subject.strip() and not draft.description.strip():
        found.append("subject")
    return tuple(found)


def check_draft(draft: Draft) -> None:
    """Refuse a draft that lacks something or carries a value no list knows."""
    lacking = missing(draft)
    if lacking:
        raise RuleBroken("ticket.missing", fields=lacking)
    if draft.severity not in ("minor", "major", "critical", "crisis"):
        raise RuleBroken("ticket.severity", value=draft.severity)
    if draft.channel not in CHANNELS:
        raise RuleBroken("ticket.channel", value=draft.channel)
    if draft.kind not in KINDS:
        raise RuleBroken("ticket.kind", value=draft.kind)


def happened_at(at: DateTime | None, now: DateTime, begun: DateTime | None = None) -> DateTime:
    """When an act counts that waited on a desk's disk: never in the future, nor before what it is about began.

    What has waited longer than LONGEST_WAIT_DAYS is refused: somebody must look at it first.
    """
    if at is None or at >= now:
        return now
    if at < now.subtract(days=LONGEST_WAIT_DAYS):
        raise RuleBroken("ticket.waited_too_long", days=LONGEST_WAIT_DAYS)
    return max(at, begun) if begun is not None else at


def number(kind: str, day: str, serial: int) -> str:
    """Write a ticket's number: number("complaint", "20261123", 1) → TS20261123-0001."""
    return f"{PREFIXES[kind]}{day}-{serial:04d}"


def legal_moves(ticket: Ticket) -> tuple[str, ...]:
    """List the moves possible from the ticket's state, in the order people think of them."""
    return tuple(move for move in MOVES if _allowed(ticket, move))


def _allowed(ticket: Ticket, move: str) -> bool:
    sources, _ = MOVES[move]
    if ticket.state not in sources:
        return False
    answered = ticket.responded_at is not None or ticket.kind in INTERNAL_KINDS
    return move != "resolve" or answered


def check_move(ticket: Ticket, move: str, *, words: str = "", operator_id: int | None = None) -> None:
    """Refuse a move the state does not allow, one without the words it needs, a verification by the doer."""
    if move not in MOVES:
        raise RuleBroken("ticket.unknown_move", move=move)
    if not _allowed(ticket, move):
        raise RuleBroken("ticket.illegal_move", number=ticket.number, move=move, state=ticket.state)
    if move in NEEDS_REASON and not words.strip():
        raise RuleBroken("ticket.reason_missing", move=move)
    if move in NEEDS_WORDS and not words.strip():
        raise RuleBroken("ticket.words_missing", move=move)
    if move == "verify" and operator_id is not None and operator_id == ticket.resolved_by:
        raise RuleBroken("ticket.verify_own_work", number=ticket.number)


def moved(
    ticket: Ticket, move: str, now: DateTime, *, words: str = "", operator_id: int | None = None
) -> Ticket:
    """Return the ticket after a legal move; deadlines are set by the caller from the history.

    Only the first answer is the first response, and it alone stops the clock; the history keeps every one.
    """
    check_move(ticket, move, words=words, operator_id=operator_id)
    after = replace(ticket, state=MOVES[move][1])
    if move == "respond":
        if ticket.responded_at is None:
            after = replace(after, responded_at=now, response=words)
    elif move == "resolve":
        doer = None if ticket.kind in INTERNAL_KINDS else operator_id
        after = replace(after, resolved_at=now, resolved_by=doer, resolution=words)
    elif move == "verify":
        after = replace(after, verified_at=now, verified_by=operator_id)
    elif move == "close":
        after = replace(after, closed_at=now)
    elif move == "reopen":
        after = replace(
            after,
            resolved_at=None,
            resolved_by=None,
            verified_at=None,
            verified_by=None,
            satisfaction=None,
            closed_at=None,
            reopened_count=ticket.reopened_count + 1,
        )
    elif move in ("withdraw", "merge"):
        after = replace(after, closed_at=now)
    return after


def settling(ticket: Ticket, verified_by: int | None = None) -> tuple[str, ...]:
    """Name the moves that close a colleague's work in one go; nobody's own word proves what they did (row T7)."""
    if ticket.kind not in INTERNAL_KINDS:
        raise RuleBroken("ticket.not_internal", number=ticket.number)
    if verified_by is not None and verified_by == ticket.responsible_id:
        raise RuleBroken("ticket.proved_by_doer", number=ticket.number)
    moves = ("verify", "close")
    if ticket.state == "verified":
        return moves[1:]
    if ticket.state == "resolved":
        return moves
    check_move(ticket, "respond", words="-")
    return "respond", "resolve", *moves


def check_score(score: int | None) -> None:
    """Refuse a satisfaction score outside 1–5."""
    if score is not None and not 1 <= score <= 5:
        raise RuleBroken("ticket.score", value=score)


def check_merge(ticket: Ticket, into: Ticket) -> None:
    """A duplicate merges into the open, earlier ticket of the same client: nobody's clock gets longer.

    Of two received at the same instant the one filed first is the earlier, so no two can go into each other.
    """
    if ticket.id == into.id:
        raise RuleBroken("ticket.merge_self", number=ticket.number)
    if not into.is_open:
        raise RuleBroken("ticket.merge_closed", number=into.number)
    if ticket.client_id != into.client_id:
        raise RuleBroken("ticket.merge_client", number=into.number)
    if into.received_at and ticket.received_at and _age(into) > _age(ticket):
        raise RuleBroken("ticket.merge_later", number=into.number)


def _age(ticket: Ticket) -> tuple[DateTime | None, int]:
    return ticket.received_at, ticket.id


def takes_away(ticket: Ticket, department_id: int | None, responsible_id: int | None) -> bool:
    """Whether giving a ticket to these takes it away from who has it: a transfer, not a first hand-over.

    A person named within the department that has it takes it away from nobody.
    """
    person, department = ticket.responsible_id, ticket.department_id
    return (person is not None and person != responsible_id) or (
        department is not None and department != department_id
    )


def check_transfer(
    ticket: Ticket, department_id: int | None, responsible_id: int | None, words: str = ""
) -> None:
    """Refuse to take a ticket away from who has it without a reason (row T15)."""
    if takes_away(ticket, department_id, responsible_id) and not words.strip():
        raise RuleBroken("ticket.reason_missing", move="transfer")
