"""What any telephone system tells of its calls, and what a call is after that: in any order, any number of times."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from pendulum import DateTime

from deskapp.domain.call import Call

WAITING, RINGING, DIALLING, ANSWERED, HELD = "waiting", "ringing", "dialling", "answered", "held"
LIVE = (WAITING, RINGING, DIALLING, ANSWERED, HELD)
TALKING = (ANSWERED, HELD)
OVER, LOST, BUSY, NO_ANSWER = "over", "lost", "busy", "no_answer"
NOBODY_HERE, BUSY_HERE, FAILED = "nobody_here", "busy_here", "failed"
ENDS = (OVER, LOST, BUSY, NO_ANSWER, NOBODY_HERE, BUSY_HERE, FAILED)
"""How it ended: hung up; end not heard of; the client busy, not answering; one's own telephone not picked up, busy;
or the telephone system could not."""
_OUTCOMES: Mapping[str, str] = {BUSY: "busy", BUSY_HERE: "no_answer"}


@dataclass(frozen=True, slots=True)
class Rang:
    """A caller waits. `key` names the call: its source, a colon, and the source's own name for it."""

    key: str
    number: str
    at: DateTime
    name: str = ""
    queue: str = ""
    place: int | None = None


@dataclass(frozen=True, slots=True)
class Placed:
    """The place of a waiting caller, from 1."""

    key: str
    place: int


@dataclass(frozen=True, slots=True)
class RingsAt:
    """It rings at a telephone."""

    key: str
    agent: str
    at: DateTime


@dataclass(frozen=True, slots=True)
class WaitsOn:
    """That telephone was not picked up: the caller waits on."""

    key: str


@dataclass(frozen=True, slots=True)
class Dialled:
    """Somebody here calls out, from their telephone."""

    key: str
    number: str
    agent: str
    at: DateTime


@dataclass(frozen=True, slots=True)
class Answered:
    """A telephone here answered a caller, or the client answered a call from it. Another agent later: transferred."""

    key: str
    agent: str
    at: DateTime


@dataclass(frozen=True, slots=True)
class Found:
    """A call that is talked already when it is first heard of, at `at`: since when it is talked nobody knows.

    `since` is when it came in, as far as the telephone system's own list says.
    """

    key: str
    since: DateTime
    at: DateTime
    agent: str = ""
    number: str = ""
    name: str = ""
    queue: str = ""


@dataclass(frozen=True, slots=True)
class Held:
    """The caller was put on hold."""

    key: str
    at: DateTime


@dataclass(frozen=True, slots=True)
class Unheld:
    """The caller is talked to again."""

    key: str
    at: DateTime


@dataclass(frozen=True, slots=True)
class Over:
    """The call ended, one of ENDS; seconds talked, on hold and waited, None where nobody says."""

    key: str
    at: DateTime
    cause: str = OVER
    talk_s: int | None = None
    hold_s: int | None = None
    waited_s: int | None = None
    """Only of a call whose answer was not heard; else the answer tells."""


@dataclass(frozen=True, slots=True)
class Abandoned:
    """The call ended before anybody answered."""

    key: str
    at: DateTime
    waited_s: int | None = None


@dataclass(frozen=True, slots=True)
class Snapshot:
    """Every call a source has as of `at`: what is not among them is over, how and when nobody knows."""

    source: str
    live: frozenset[str]
    at: DateTime
    complete: bool = True


OfCall = Rang | Placed | RingsAt | WaitsOn | Dialled | Answered | Found | Held | Unheld | Over | Abandoned
Event = OfCall | Snapshot


def phone_of(agent: str) -> str:
    """The extension in a telephone system's name for a telephone ("Local/1002@agents/n", "PJSIP/1002-0000001a")."""
    bare = agent.strip().partition("@")[0].rpartition("/")[2].removeprefix("sip:")
    head, dash, tail = bare.rpartition("-")
    return head if dash and len(tail) == 8 and all(c in "0123456789abcdefABCDEF" for c in tail) else bare


def same_phone(extension: str, agent: str) -> bool:
    """Whether an operator's telephone, as written in their account, is the one the telephone system means."""
    mine = extension.strip()
    return bool(mine and agent) and (mine == agent.strip() or phone_of(mine) == phone_of(agent))


def begun(event: OfCall) -> Call | None:
    """The call an event is the first heard of; None where a call cannot begin with it."""
    if isinstance(event, Dialled):
        call = Call(kind="callback", direction="out", state="taken", agent=event.agent)
        return replace(call, pbx_key=event.key, pbx_state=DIALLING, due_at=event.at)
    if isinstance(event, Rang | RingsAt | Answered | Found | Over | Abandoned):
        since = event.since if isinstance(event, Found) else event.at
        return Call(kind="inbound", direction="in", pbx_key=event.key, due_at=since)
    return None


def heard(call: Call, event: OfCall, who: int | None = None) -> Call:
    """The call as it is after an event; `who` is the operator whose telephone the event names.

    Events come in any order and more than once. Nothing opens a call again that has ended.
    """
    if isinstance(event, Rang):
        return _rang(call, event)
    if isinstance(event, Answered):
        return _answered(call, event, who)
    if isinstance(event, Over | Abandoned):
        return _over(call, event)
    if isinstance(event, Found):
        return _found(call, event, who)
    if isinstance(event, Dialled):
        return replace(call, agent=call.agent or event.agent, taken_by=call.taken_by or who)
    if call.pbx_state in ENDS:
        return call
    if isinstance(event, Held | Unheld):
        state = HELD if isinstance(event, Held) else ANSWERED
        return replace(call, pbx_state=state) if call.pbx_state in TALKING else call
    if call.pbx_state in TALKING or call.direction == "out":
        return call
    if isinstance(event, Placed):
        return replace(call, place=event.place)
    if isinstance(event, RingsAt):
        return replace(call, pbx_state=RINGING, agent=event.agent)
    return replace(call, pbx_state=WAITING, agent="") if call.pbx_state == RINGING else call


def _rang(call: Call, event: Rang) -> Call:
    if call.direction == "out":
        return call
    since = min(call.due_at or event.at, event.at)
    wait = call.wait_s
    if call.pbx_state in (*TALKING, *ENDS) and call.started_at is not None:
        wait = _waited(since, call.started_at)
    elif call.state == "abandoned" and call.ended_at is not None:
        wait = _waited(since, call.ended_at)
    waits = call.pbx_state in ("", WAITING, RINGING)
    return replace(
        call,
        number=call.number or event.number,
        caller_name=call.caller_name or event.name,
        queue=event.queue or call.queue,
        place=event.place if waits and event.place is not None else call.place,
        pbx_state=call.pbx_state or WAITING,
        due_at=since,
        wait_s=wait,
    )


def _answered(call: Call, event: Answered, who: int | None) -> Call:
    talked = call.pbx_state in TALKING or (call.pbx_state in ENDS and call.state in ("taken", "done"))
    late = call.pbx_state in ENDS or (call.taken_at is not None and event.at <= call.taken_at)
    if talked and not late and call.began_unheard:
        return replace(
            call, agent=event.agent or call.agent, taken_at=event.at, taken_by=who or call.taken_by
        )
    talked = talked and call.started_at is not None
    if talked and late and call.started_at:
        start = min(call.started_at, event.at)
        wait = (
            call.wait_s
            if start == call.started_at or call.direction == "out"
            else _waited(call.due_at, start)
        )
        return replace(call, started_at=start, wait_s=wait, agent=call.agent or event.agent)
    start = call.started_at if talked and call.started_at else event.at
    wait = _waited(call.due_at, start) if call.direction == "in" else call.wait_s
    found = replace(call, agent=event.agent or call.agent, started_at=start, taken_at=event.at, wait_s=wait)
    if call.state in ("open", "taken"):
        until = call.claim_until if call.state == "taken" else None
        found = replace(found, state="taken", taken_by=who or call.taken_by, claim_until=until)
        return replace(found, pbx_state=call.pbx_state if call.pbx_state in ENDS else ANSWERED, place=None)
    if call.state == "abandoned":
        talk = call.talk_s if call.talk_s is not None else _seconds(start, call.ended_at)
        return replace(found, state="done", outcome="reached", talk_s=talk, taken_by=call.taken_by or who)
    if call.taken_by is None and call.started_at is None:
        return replace(found, taken_by=who)
    return replace(call, agent=call.agent or event.agent)


def _found(call: Call, event: Found, who: int | None) -> Call:
    """Talked since nobody knows when: how long the caller waited and talked stays unknown, not nought."""
    known = replace(
        call,
        number=call.number or event.number,
        caller_name=call.caller_name or event.name,
        queue=call.queue or event.queue,
    )
    same = not event.agent or same_phone(call.agent, event.agent)
    if call.state not in ("open", "taken") or call.pbx_state in ENDS or (call.pbx_state in TALKING and same):
        return known
    who, until = who or call.taken_by, call.claim_until if call.state == "taken" else None
    known = replace(known, state="taken", taken_by=who, taken_at=event.at, claim_until=until)
    return replace(known, agent=event.agent or call.agent, pbx_state=ANSWERED, place=None)


def _over(call: Call, event: Over | Abandoned) -> Call:
    cause = event.cause if isinstance(event, Over) else OVER
    talk, hold = (event.talk_s, event.hold_s) if isinstance(event, Over) else (None, None)
    if isinstance(event, Over) and call.wait_s is None:
        call = replace(call, wait_s=event.waited_s)
    if call.pbx_state in ENDS:
        known = call.pbx_state if call.pbx_state != LOST or cause == LOST else cause
        if call.state == "abandoned" and talk:
            call = replace(call, state="done", outcome="reached")
        return replace(call, pbx_state=known, talk_s=talk or call.talk_s, hold_s=hold or call.hold_s)
    answered = call.pbx_state in TALKING or bool(talk)
    if answered and talk is None and cause != LOST and call.started_at is not None:
        talk = max(0, _seconds(call.started_at, event.at) - (hold or 0))
    over = replace(call, pbx_state=cause, place=None)
    if answered:
        over = replace(over, talk_s=talk if talk is not None else over.talk_s, hold_s=hold)
        if call.state in ("open", "taken") and call.taken_by is None:
            return replace(over, state="done", outcome="reached", ended_at=event.at)
        return over
    if call.state == "open" and call.direction == "in":
        waited = event.waited_s if isinstance(event, Abandoned) else None
        waited = _waited(call.due_at, event.at) if waited is None else waited
        return replace(over, state="abandoned", ended_at=event.at, wait_s=waited)
    if call.state == "taken" and call.taken_by is None:
        over = replace(over, state="done", ended_at=event.at, outcome=_OUTCOMES.get(cause, "no_answer"))
    return replace(over, talk_s=0 if call.state in ("taken", "done") and cause != LOST else call.talk_s)


def _waited(since: DateTime | None, until: DateTime | None) -> int | None:
    """Seconds waited; None where one event told both ends: then nobody heard when the caller began to wait."""
    return None if since is None or until is None or since == until else _seconds(since, until)


def _seconds(since: DateTime | None, until: DateTime | None) -> int:
    return max(0, int((until - since).total_seconds())) if since is not None and until is not None else 0
