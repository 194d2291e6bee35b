"""What any telephone system tells of its calls over the generic CTI webhook, as events of calls (row C5)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from pendulum import DateTime

from deskapp.domain import pbx
from deskapp.domain.call import Call
from deskapp.domain.errors import RuleBroken

SOURCE = "cti"
NEW, ANSWER, HANGUP = "newCall", "answer", "hangup"
EVENTS = (NEW, ANSWER, HANGUP)
MOST_USERS = 50
LONGEST: Mapping[str, int] = {"event": 40, "callId": 150, "from": 80, "to": 80, "queue": 80, "user": 120}
"""The longest a field may be; a call's own name is refused where it is longer, the others are cut."""
_CAUSES: Mapping[str, str] = {
    "busy": pbx.BUSY,
    "noAnswer": pbx.NO_ANSWER,
    "cancel": pbx.NO_ANSWER,
    "congestion": pbx.FAILED,
    "notFound": pbx.FAILED,
}
"""How a call we made ended; one that came in was hung up or missed, whatever the cause."""


class Malformed(RuleBroken):
    """What was told is no event of a call."""


@dataclass(frozen=True, slots=True)
class Told:
    """One event of the webhook, as it was told; every text one line, bounded."""

    event: str
    call_id: str = ""
    caller: str = ""
    """The number the call is from."""
    called: str = ""
    """The number it is to."""
    direction: str = "in"
    users: tuple[str, ...] = ()
    """Whom the telephone system names: telephones, logins or names."""
    queue: str = ""
    answering: str = ""
    agent: str = ""
    """The field `caller`, in which some bridges name who answered."""
    cause: str = ""

    @property
    def known(self) -> bool:
        """Whether it is an event of a call at all; others are for other programs."""
        return self.event in EVENTS


def told_by(values: Mapping[str, Any]) -> Told:
    """Read an event's fields, each a text or a list of texts; Malformed names the field that cannot be."""
    event = _one(values, "event", LONGEST["event"])
    if not event:
        raise Malformed("cti.missing", field="event")
    if event not in EVENTS:
        return Told(event)
    call_id = _one(values, "callId", LONGEST["callId"] + 1)
    if not call_id:
        raise Malformed("cti.missing", field="callId")
    if len(call_id) > LONGEST["callId"]:
        raise Malformed("cti.too_long", field="callId")
    direction = _one(values, "direction", 8).lower() or "in"
    if direction not in ("in", "out"):
        raise Malformed("cti.direction", value=direction)
    return Told(
        event,
        call_id,
        _one(values, "from", LONGEST["from"]),
        _one(values, "to", LONGEST["to"]),
        direction,
        _users(values),
        _one(values, "queue", LONGEST["queue"]),
        _one(values, "answeringNumber", LONGEST["user"]),
        _one(values, "caller", LONGEST["user"]),
        _one(values, "cause", 40),
    )


def events_of(
    told: Told, at: DateTime, phones: Mapping[str, str] | None = None, call: Call | None = None
) -> list[pbx.OfCall]:
    """What an event of the webhook means for its call, heard of at `at`, `call` being what is known of it.

    `phones` are the telephones of operators by whatever they are called (`phones_of`). Each event says again who
    calls whom, so that one that comes before the call's first tells as much as that would have.
    """
    if not told.known:
        return []
    key, agent = f"{SOURCE}:{told.call_id}", agent_of(told, phones or {})
    if told.direction == "out":
        begun: pbx.OfCall = pbx.Dialled(key, told.called, agent, at)
    else:
        begun = pbx.Rang(key, told.caller, at, queue=told.queue)
    if told.event == NEW:
        rings = told.direction == "in" and agent and not _stands(call)
        return [begun, pbx.RingsAt(key, agent, at)] if rings else [begun]
    if told.event == HANGUP:
        if _answered_unheard(told, call):
            return [pbx.Found(key, at, at, agent, told.caller, queue=told.queue), pbx.Over(key, at)]
        cause = _CAUSES.get(told.cause, pbx.OVER) if told.direction == "out" else pbx.OVER
        return [begun, pbx.Over(key, at, cause)]
    return [begun] if _answered_before(call, agent) else [begun, pbx.Answered(key, agent, at)]


def agent_of(told: Told, phones: Mapping[str, str]) -> str:
    """The telephone here that has the call: an operator's among those named, else the first named, else "".

    Who answered may stand in `answeringNumber`, `user` or `caller`; who calls out, in `from` too.
    """
    named: list[str] = [*told.users]
    if told.event in (ANSWER, HANGUP):
        spoke = (told.agent,) if told.event == ANSWER else ()
        named = [*filter(None, (told.answering,)), *named, *filter(None, spoke)]
    if told.direction == "out" and told.caller:
        named.append(told.caller)
    if told.direction == "in" and told.event == ANSWER and told.called:
        known = phones.get(told.called.casefold()) if not named else None
        named += [known] if known else []
    found = next((phones[one.casefold()] for one in named if one.casefold() in phones), "")
    found = found or next(
        (phones[short] for one in named if (short := pbx.phone_of(one).casefold()) in phones), ""
    )
    return found or next(iter(named), "")


def phones_of(operators: Iterable[tuple[str, str, str]]) -> dict[str, str]:
    """The telephone of each operator by all they may be called: telephone, login, name; nobody of whom two are.

    `operators` are telephone, login and name of each.
    """
    found: dict[str, set[str]] = {}
    for extension, login, name in operators:
        if extension.strip():
            for called in {extension.strip(), pbx.phone_of(extension), login, name}:
                if called:
                    found.setdefault(called.casefold(), set()).add(extension.strip())
    return {called: next(iter(phones)) for called, phones in found.items() if len(phones) == 1}


def _stands(call: Call | None) -> bool:
    """Whether a call is answered or over, so that no telephone rings for it."""
    return call is not None and call.pbx_state in (*pbx.TALKING, *pbx.ENDS)


def _answered_before(call: Call | None, agent: str) -> bool:
    """Whether this answer was heard of already: the same telephone, or none named. Another one means transferred."""
    if call is None or call.started_at is None:
        return False
    return not agent or pbx.same_phone(call.agent, agent)


def _answered_unheard(told: Told, call: Call | None) -> bool:
    """Whether the first that is heard of a caller is the end of a talk: then it is no missed call."""
    return (
        call is None
        and told.direction == "in"
        and bool(told.answering)
        and told.cause in ("", "normalClearing")
    )


def _users(values: Mapping[str, Any]) -> tuple[str, ...]:
    found: list[str] = []
    for name in ("user", "user[]", "users"):
        for one in _several(values.get(name)):
            words = _words(one, name)[: LONGEST["user"]]
            if words and words not in found:
                found.append(words)
    return tuple(found[:MOST_USERS])


def _several(value: Any) -> Sequence[Any]:
    if value is None:
        return ()
    return value[: MOST_USERS * 2] if isinstance(value, list | tuple) else (value,)


def _one(values: Mapping[str, Any], name: str, most: int) -> str:
    """The first text of a field, on one line."""
    found = _several(values.get(name))
    return _words(found[0], name)[:most].strip() if found else ""


def _words(value: Any, name: str) -> str:
    """A text without what is no text; a number is one too."""
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        if value is None:
            return ""
        raise Malformed("cti.no_text", field=name)
    try:
        words = str(value)[:4_000]
    except ValueError:  # an integer of too many digits to be written
        raise Malformed("cti.no_text", field=name) from None
    return "".join(c for c in words if c.isprintable()).strip()
