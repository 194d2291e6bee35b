"""What waits on the desk's own disk until the database answers again; each act is sent once (row P3)."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Collection, Mapping
from dataclasses import asdict, dataclass, field, fields, replace
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING, Any
from uuid import uuid4

from deskapp.domain.call import Result
from deskapp.domain.errors import RuleBroken, StorageFailed, is_away
from deskapp.domain.ticket import Draft
from deskapp.services import calls, clients, drafts, followup_calls, intake, tickets
from deskapp.services.followup_calls import FollowupResult

if TYPE_CHECKING:
    from pendulum import DateTime

    from deskapp.desk import Desk
    from deskapp.domain.call import Call
    from deskapp.domain.operator import Operator
    from deskapp.domain.ticket import Ticket

FOLDER = "outgoing"
INSTANTS = ("own_due_at", "appointment_at")
"""The instants a draft has of its own, besides when it was received."""


@dataclass(frozen=True, slots=True)
class Waiting:
    """One act as data: what, when, by whom, and the draft it goes back to when it is refused."""

    act: str
    values: Mapping[str, Any]
    at: DateTime
    operator_id: int
    login: str
    who: str
    key: str = field(default_factory=lambda: uuid4().hex)
    about: str = ""
    """What it is about, as people say it: shown while it waits."""
    form: str = ""
    typed: Mapping[str, Any] = field(default_factory=dict)
    """The answers of the form, to be kept as its draft again."""
    order: int = 0


def waiting(
    desk: Desk,
    act: str,
    values: Mapping[str, Any],
    key: str = "",
    about: str = "",
    form: str = "",
    typed: Mapping[str, Any] | None = None,
) -> Waiting:
    """An act of the operator at this desk, done now; `typed` are the answers of its form."""
    operator = desk.operator
    assert operator is not None
    who = (operator.id, operator.login, operator.name)
    return Waiting(act, dict(values), desk.now(), *who, key or uuid4().hex, about, form, dict(typed or {}))


def filing(
    desk: Desk, draft: Draft, *, decided: bool, about: str, form: str, typed: Mapping[str, Any]
) -> Waiting:
    """A complaint to be filed, under the submission of its form."""
    values = {
        name: value for name, value in asdict(draft).items() if name not in ("submission", "received_at")
    }
    for name in INSTANTS:
        at = getattr(draft, name)
        values[name] = at.isoformat() if at is not None else None
    key = draft.submission or ""
    return waiting(desk, "ticket.file", {"draft": values, "decided": decided}, key, about, form, typed)


def moving(desk: Desk, name: str, ticket: Ticket, key: str, form: str, typed: Mapping[str, Any]) -> Waiting:
    """Words about a ticket as it was seen: a note, an answer, a solution, or both at once."""
    values = {"ticket_id": ticket.id, "version": ticket.version, "words": typed.get("words") or ""}
    return waiting(desk, f"ticket.{name}", values, key, ticket.number, form, typed)


def ending(desk: Desk, call: Call, result: Result, key: str, about: str, form: str) -> Waiting:
    """The end of a call with its result."""
    back = result.call_back_at.isoformat() if result.call_back_at else None
    values = asdict(replace(result, call_back_at=None)) | {"call_id": call.id, "call_back_at": back}
    return waiting(desk, "call.end", values, key, about, form, {"notes": result.notes, "submission": key})


def finishing(
    desk: Desk, call: Call, result: FollowupResult, key: str, about: str, form: str, typed: Mapping[str, Any]
) -> Waiting:
    """The end of a follow-up that reached the client, with all that came of it."""
    values = asdict(result) | {"call_id": call.id}
    return waiting(desk, "call.finish", values, key, about, form, typed)


def promising(desk: Desk, client_id: int, at: DateTime, key: str = "", about: str = "") -> Waiting:
    """A callback that was promised to a client."""
    values = {"kind": "callback", "client_id": client_id, "at": at.isoformat()}
    return waiting(desk, "call.plan", values, key, about)


def can_wait(act: str) -> bool:
    """Whether an act may wait on the desk's disk."""
    return act in _ACTS


def do(desk: Desk, one: Waiting) -> Any:
    """Do an act; done before under the same key, it gives what that gave."""
    return _ACTS[one.act](desk, one)


def _file(desk: Desk, one: Waiting) -> Any:
    draft = _draft(one.values["draft"], submission=one.key, received_at=one.at)
    return intake.take(desk, _known_caller(desk, draft), decided=bool(one.values.get("decided")))


def _draft(values: Mapping[str, Any], **also: Any) -> Draft:
    """A draft as it was kept: instants are written as text there."""
    instants = {name: _instant(values[name]) if values.get(name) else None for name in INSTANTS}
    return Draft(**{**values, **instants, **also})


def _known_caller(desk: Desk, draft: Draft) -> Draft:
    """A stranger whose number is one client's of that name is that client: nobody could look it up before."""
    if draft.client_id is not None or not draft.phone.strip():
        return draft
    try:
        found = clients.whose(desk, draft.phone)
    except RuleBroken:
        return draft
    name = draft.client_name.strip()
    if len(found) == 1 and name in ("", found[0].client.name):
        return replace(draft, client_id=found[0].client.id, client_name="", phone="")
    return draft


def _end(desk: Desk, one: Waiting) -> Any:
    values = dict(one.values)
    call_id, back = values.pop("call_id"), values.pop("call_back_at", None)
    with desk.read() as work:
        call = work.calls.find(call_id)
    result = Result(**values, call_back_at=_instant(back) if back else None)
    return calls.end(desk, call, result, key=one.key, at=one.at)


def _finish(desk: Desk, one: Waiting) -> Any:
    values = dict(one.values)
    call_id = values.pop("call_id")
    with desk.read() as work:
        call = work.calls.find(call_id)
    return followup_calls.finish(desk, call, FollowupResult(**values), key=one.key, at=one.at)


def _plan(desk: Desk, one: Waiting) -> Any:
    values = dict(one.values)
    due = _instant(values.pop("at"))
    return calls.plan(desk, at=due, key=one.key, **values)


def _as_seen(desk: Desk, one: Waiting) -> Ticket:
    """The ticket an act is about; moved on since it was seen, and not by this very act, it is a Conflict."""
    with desk.read() as work:
        found = work.tickets.find(one.values["ticket_id"])
        if found.version != one.values["version"] and work.submissions.made(one.key) is None:
            raise work.tickets.conflict(found.id)
    return found


def _move(name: str) -> Callable[[Desk, Waiting], Any]:
    def move(desk: Desk, one: Waiting) -> Any:
        return tickets.move(desk, _as_seen(desk, one), name, one.values["words"], key=one.key, at=one.at)

    return move


def _settle(desk: Desk, one: Waiting) -> Any:
    ticket, words = _as_seen(desk, one), one.values["words"]
    return tickets.respond_and_resolve(desk, ticket, words, key=one.key, at=one.at)


def _note(desk: Desk, one: Waiting) -> Any:
    with desk.read() as work:
        ticket = work.tickets.find(one.values["ticket_id"])
    return tickets.note(desk, ticket, one.values["words"], key=one.key, at=one.at)


_ACTS: Mapping[str, Callable[[Desk, Waiting], Any]] = {
    "ticket.file": _file,
    "call.end": _end,
    "call.finish": _finish,
    "call.plan": _plan,
    "ticket.respond": _move("respond"),
    "ticket.resolve": _move("resolve"),
    "ticket.settle": _settle,
    "ticket.note": _note,
}
"""The acts that can wait."""

_disk = Lock()


def keep(desk: Desk, one: Waiting) -> Waiting:
    """Put an act on the desk's disk, behind those that wait; StorageFailed when the disk refuses it."""
    folder = _folder(desk)
    if folder is None:
        raise StorageFailed("outgoing.no_disk")
    with _disk:
        last = max((other.order for other in _read_all(desk)), default=0)
        one = replace(one, order=max(time.time_ns(), last + 1))
        text = json.dumps(asdict(one) | {"at": one.at.isoformat()}, ensure_ascii=False)
        try:
            drafts.write_whole(_path(desk, one), text.encode("utf-8", "surrogatepass"))
        except OSError as error:
            why = error.strerror or type(error).__name__
            raise StorageFailed("complaint.draft_failed", why=why) from error
    return one


def all_waiting(desk: Desk) -> list[Waiting]:
    """What waits at this desk for this database, whoever typed it, the oldest first."""
    return sorted(_read_all(desk), key=lambda one: one.order)


@dataclass(frozen=True, slots=True)
class Kept:
    """An act that waits now, and why, unless it was kept without asking the database."""

    one: Waiting
    why: Exception | None = None


def submit(desk: Desk, one: Waiting, *, hold: bool = False) -> Any:
    """Do an act, or keep it where the database does not answer (with `hold`, without asking it): Kept then."""
    if hold:
        return Kept(keep(desk, one))
    try:
        return do(desk, one)
    except StorageFailed as error:
        if not error.away:
            raise
        return Kept(keep(desk, one), error)


@dataclass(frozen=True, slots=True)
class Sent:
    """One act that was sent: what it gave, or why it was refused and is a draft again."""

    one: Waiting
    gave: Any = None
    refused: Exception | None = None


@dataclass(frozen=True, slots=True)
class Round:
    """One go at what waits: what was sent, what still waits, and why it does."""

    sent: tuple[Sent, ...] = ()
    left: int = 0
    away: Exception | None = None


def send(desk: Desk, busy: Collection[str] = ()) -> Round:
    """Send what waits, the oldest first, in the name of who typed it; stop where the database does not answer.

    `busy` are the keys of acts that are under way already. What is refused goes back to a draft of its typist.
    """
    sent: list[Sent] = []
    for one in all_waiting(desk):
        if one.key in busy:
            continue
        try:
            gave = _send(desk, one)
        except Exception as error:
            if is_away(error):
                return Round(tuple(sent), len(all_waiting(desk)), error)
            try:
                _give_back(desk, one)
            except StorageFailed as full:
                return Round(tuple(sent), len(all_waiting(desk)), full)
            sent.append(Sent(one, refused=error))
        else:
            sent.append(Sent(one, gave))
        _path(desk, one).unlink(missing_ok=True)
    return Round(tuple(sent), len(all_waiting(desk)))


def _send(desk: Desk, one: Waiting) -> Any:
    """Do it as who typed it, with the rights they have now."""
    with desk.read() as work:
        operator = work.operators.get(one.operator_id)
    if operator is None:
        raise LookupError(f"operator {one.operator_id}")
    at = desk.signed_in(operator)
    try:
        return do(at, one)
    except StorageFailed as error:
        if error.away:
            raise
        return do(at, one)


def _give_back(desk: Desk, one: Waiting) -> None:
    """Keep a refused act as a draft of its form."""
    if one.form:
        drafts.keep(desk.signed_in(_typist(one)), one.form, one.typed)


def _typist(one: Waiting) -> Operator:
    from deskapp.domain.operator import Operator

    return Operator(id=one.operator_id, login=one.login, name=one.who)


def _folder(desk: Desk) -> Path | None:
    return None if desk.desk_dir is None else desk.desk_dir / FOLDER


def _path(desk: Desk, one: Waiting) -> Path:
    folder = _folder(desk)
    assert folder is not None
    return folder / f"{drafts.database_mark(desk)}.{one.operator_id}.{drafts.safe_name(one.key)}.json"


def _read_all(desk: Desk) -> list[Waiting]:
    folder = _folder(desk)
    if folder is None or not folder.is_dir():
        return []
    found = map(_read, folder.glob(f"{drafts.database_mark(desk)}.*.json"))
    return [one for one in found if one is not None]


_NAMES = {one.name for one in fields(Waiting)}


def _read(path: Path) -> Waiting | None:
    """An act as it was kept; a file that is none stays where it is for somebody to look at."""
    try:
        found = json.loads(path.read_bytes().decode("utf-8", "surrogatepass"))
        known = {name: value for name, value in found.items() if name in _NAMES}
        one = Waiting(**known | {"at": _instant(known["at"])})
        right = one.act in _ACTS and isinstance(one.values, dict) and isinstance(one.order, int)
        return one if right else None
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return None


def _instant(text: str) -> DateTime:
    import pendulum

    at = pendulum.parse(text)
    if not isinstance(at, pendulum.DateTime):
        raise ValueError(text)
    return at
