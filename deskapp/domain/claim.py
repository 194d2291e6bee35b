"""A claim on a call: one desk has it until it ends the call, gives it back, or goes silent for too long (row C2)."""

from __future__ import annotations

from pendulum import DateTime

from deskapp.domain.call import Call
from deskapp.domain.errors import RuleBroken
from deskapp.domain.records import replace


def held_by(call: Call, operator_id: int | None) -> bool:
    """Whether the operator has the call now."""
    return call.state == "taken" and call.taken_by == operator_id


def held_by_another(call: Call, operator_id: int | None, now: DateTime) -> bool:
    """Whether somebody else has the call now; a lapsed claim is its holder's only until another wants the call."""
    return call.state == "taken" and call.taken_by != operator_id and not lapsed(call, now)


def check_running(call: Call) -> None:
    """Refuse a call that has ended, in whatever way."""
    if call.state not in ("open", "taken"):
        raise RuleBroken("call.already_ended", outcome=call.outcome)


def check_held(call: Call, operator_id: int | None) -> None:
    """Refuse whoever has the call no longer, or never had it."""
    if not held_by(call, operator_id):
        raise RuleBroken("call.claim_lost")


def claimed(call: Call, operator_id: int, now: DateTime, until: DateTime) -> Call:
    """Return a call nobody has as the operator has it from now on, with how long a caller waited (seconds)."""
    rang_at = call.due_at if call.kind == "inbound" else None
    return replace(
        call,
        state="taken",
        taken_by=operator_id,
        taken_at=now,
        started_at=now,
        claim_until=until,
        wait_s=max(0, int((now - rang_at).total_seconds())) if rang_at else call.wait_s,
    )


def opened_again(call: Call) -> Call:
    """Return the call as it stood in the queue before it was claimed: due as before, so first as before."""
    return replace(call, state="open", taken_by=None, taken_at=None, started_at=None, claim_until=None)


def lapsed(call: Call, now: DateTime) -> bool:
    """Whether the desk that has the call has been silent past the end of its claim."""
    return call.state == "taken" and call.claim_until is not None and call.claim_until < now
