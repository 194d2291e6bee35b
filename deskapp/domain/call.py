"""A call: waiting, promised, due or made; how it ended and what follows from that (rows C1, C4)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from deskapp.domain.errors import RuleBroken
from deskapp.domain.records import replace

if TYPE_CHECKING:
    from pendulum import DateTime

    from deskapp.domain.policy import Policy

KINDS = ("inbound", "callback", "verification", "followup", "care")
STATES = ("open", "taken", "done", "given_up", "abandoned", "dropped")
OUTCOMES = ("reached", "no_answer", "busy", "wrong_number", "refused", "call_back")
_RUNNING = ("", "waiting", "ringing", "dialling", "answered", "held")
"""States at the telephone system, "" without one, in which only the console's clock knows how long a talk took."""
TRY_AGAIN = frozenset({"no_answer", "busy"})


@dataclass(frozen=True, slots=True)
class Call:
    """One call of the queue or of the past. `due_at` orders it: since when it waits, or when it is promised."""

    id: int = 0
    version: int = 0
    kind: str = "inbound"
    direction: str = "in"
    state: str = "open"
    client_id: int | None = None
    site_id: int | None = None
    ticket_id: int | None = None
    number: str = ""
    reason: str = ""
    due_at: DateTime | None = None
    attempts: int = 0
    taken_by: int | None = None
    taken_at: DateTime | None = None
    claim_until: DateTime | None = None
    started_at: DateTime | None = None
    ended_at: DateTime | None = None
    wait_s: int | None = None
    talk_s: int | None = None
    outcome: str = ""
    notes: str = ""
    score: int | None = None
    previous_id: int | None = None
    purpose: str = ""
    """Why a planned call is made: a purpose of the follow-up programme, "" for any other call."""
    followup_id: int | None = None
    """The planned follow-up this call, and every further try, is for."""
    campaign_id: int | None = None
    answers: Mapping[str, object] | None = None
    """What the client answered to the questions of the script, by their codes."""
    pbx_key: str | None = None
    """Names the call at the telephone system that told of it: heard of again, it is the same call (row C5)."""
    pbx_state: str = ""
    queue: str = ""
    agent: str = ""
    """Whose telephone rang or answered, as the telephone system names it."""
    caller_name: str = ""
    place: int | None = None
    """The caller's place in the telephone system's queue, from 1."""
    hold_s: int | None = None
    """Seconds the caller was put on hold while talking."""
    created_at: DateTime | None = None
    created_by: int | None = None

    @property
    def began_unheard(self) -> bool:
        """Whether it was talked already when it was first heard of: since when, and after what wait, nobody knows."""
        return self.pbx_key is not None and self.taken_at is not None and self.started_at is None

    @property
    def elsewhere(self) -> bool:
        """Whether a caller was answered at a telephone no operator has: nobody's call, for anybody to write of."""
        inbound = self.pbx_key is not None and self.direction == "in"
        return inbound and self.taken_by is None and self.state in ("taken", "done")

    @property
    def verifies(self) -> bool:
        """Whether it asks the client about a result: a verification call, or the callback one led to."""
        asked = self.kind == "callback" and self.purpose == "solved"
        return self.ticket_id is not None and (self.kind == "verification" or asked)

    @property
    def follows_up(self) -> bool:
        """Whether it asks how content a client is: a follow-up, or the callback one led to."""
        planned = self.followup_id is not None or self.kind == "followup"
        return planned and self.kind != "verification" and self.purpose != "solved"


@dataclass(frozen=True, slots=True)
class Result:
    """What the operator says of a call when it ends."""

    outcome: str
    notes: str = ""
    call_back_at: DateTime | None = None
    score: int | None = None
    satisfied: bool | None = None
    answers: Mapping[str, object] | None = None


def check_result(result: Result, now: DateTime) -> None:
    """Refuse an unknown outcome, a callback without a time or in the past, a score outside 1–5."""
    if result.outcome not in OUTCOMES:
        raise RuleBroken("call.outcome", value=result.outcome)
    if result.outcome == "call_back" and result.call_back_at is None:
        raise RuleBroken("call.call_back_when")
    if result.call_back_at is not None and result.call_back_at <= now:
        raise RuleBroken("call.call_back_past")
    if result.score is not None and not 1 <= result.score <= 5:
        raise RuleBroken("ticket.score", value=result.score)


def ended(call: Call, result: Result, now: DateTime) -> Call:
    """Return the call as it ended, with its talk time in whole seconds: the telephone system's, where it has said."""
    check_result(result, now)
    if call.state not in ("open", "taken"):
        raise RuleBroken("call.already_ended", outcome=call.outcome)
    start = call.started_at or call.taken_at or now
    talked = result.outcome in ("reached", "call_back", "refused")
    talk: int | None = max(0, int((now - start).total_seconds())) if talked else 0
    if call.pbx_state not in _RUNNING or call.began_unheard:
        talk = call.talk_s
    return replace(
        call,
        state="done",
        outcome=result.outcome,
        notes=result.notes,
        score=result.score,
        answers=result.answers,
        ended_at=now,
        talk_s=talk,
        attempts=call.attempts + 1,
    )


def next_call(call: Call, result: Result, now: DateTime, policy: Policy) -> Call | None:
    """Say which call follows: the promised one, another try by policy, or none (given up or done).

    `call` is the call as it ended. Spacing is in minutes, attempts are counted over the whole chain.
    """
    if result.outcome == "call_back":
        return _again(call, "callback", result.call_back_at or now, attempts=0)
    if result.outcome in TRY_AGAIN and call.direction == "out" and call.attempts < policy.call_attempts:
        return _again(call, call.kind, now.add(minutes=policy.call_spacing_minutes), attempts=call.attempts)
    return None


def gives_up(call: Call, result: Result, policy: Policy) -> bool:
    """Whether the last allowed try has failed: shown as given up, never silently dropped."""
    return result.outcome in TRY_AGAIN and call.direction == "out" and call.attempts >= policy.call_attempts


def _again(call: Call, kind: str, due: DateTime, attempts: int) -> Call:
    return Call(
        kind=kind,
        direction="out",
        client_id=call.client_id,
        site_id=call.site_id,
        ticket_id=call.ticket_id,
        number=call.number,
        reason=call.notes if kind == "callback" and call.notes else call.reason,
        due_at=due,
        attempts=attempts,
        previous_id=call.id,
        purpose=call.purpose,
        followup_id=call.followup_id,
        campaign_id=call.campaign_id,
        created_by=call.taken_by,
    )


def facts_of(call: Call) -> Mapping[str, object]:
    """The facts a sentence about the call may use."""
    return {"number": call.number, "attempts": call.attempts, "outcome": call.outcome}
