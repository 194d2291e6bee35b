"""Forget what has been kept for as long as the company decided: looked at before, in small steps, told after (row P6).

A run a day, whatever desk comes first; each step is one short act, so that no desk waits. How far the run has come
is kept in the database: any desk goes on where another stopped. Everything it took away is in the run's record.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import TYPE_CHECKING, Any

from deskapp.desk import Desk
from deskapp.domain.errors import BUSY, RuleBroken, StorageFailed, is_away
from deskapp.domain.retention import KINDS, STORED, Due, ages_out, due, forgettable
from deskapp.i18n import say
from deskapp.services import drafts, erasures

if TYPE_CHECKING:
    from pendulum import DateTime

    from deskapp.domain.forgotten import Person
    from deskapp.repository.retention import Old
    from deskapp.repository.work import Work

log = logging.getLogger(__name__)
WINDOW = 2_000
"""Ids looked through at once."""
BATCH = 100
"""Records forgotten in one act."""
BATCH_OF_CLIENTS = 1
"""A client is forgotten with all that is theirs, papers looked through: one at a time."""
STEP_S = 0.2
"""Seconds a tick may spend looking and forgetting; an act begun is ended."""
KEPT_RUNS = 400
"""Runs whose record is at hand; the audit trail keeps those that forgot anything for ever."""


@dataclass(frozen=True, slots=True)
class Line:
    """A kind: how long it is kept (0 for ever), in which unit, and how much of it would go today."""

    kind: str
    kept: int
    unit: str
    count: int


@dataclass(frozen=True, slots=True)
class Run:
    """A run: its day, whether it has come to its end, and how much of what it forgot."""

    day: str = ""
    done: bool = False
    counts: Mapping[str, int] = field(default_factory=dict)

    @property
    def total(self) -> int:
        """Everything it forgot."""
        return sum(self.counts.values())


def step(desk: Desk) -> int:
    """Do a tick's share of today's run; nothing once it is done. Return how much was forgotten.

    Where others write for too long it stands back: the next tick tries again.
    """
    try:
        return _go_on(desk, time.monotonic() + STEP_S)
    except StorageFailed as error:
        if error.code != BUSY:
            raise
        return 0


def run(desk: Desk) -> Run:
    """Run to the end now, whoever asks having the right: what today's run has passed over is looked at again.

    The drafts on this desk's own disk go too; those of other desks go when somebody sits down there.
    """
    with desk.write("retention.run") as work:
        state = work.retention.state(hold=True)
        if state.get("day") == _day(desk, work):
            work.retention.put(state | {"done": False, "kind": STORED[0], "cursor": 0})
    while True:
        before = _mark(desk)
        _go_on(desk, time.monotonic() + 60)
        if (now := _mark(desk)) == before or now[1]:
            break
    swept, found = drafts.sweep(desk), runs(desk)
    done = found[0] if found else Run(_mark(desk)[0] or "", True)
    return replace(done, counts={**done.counts, "drafts": swept}) if swept else done


def _mark(desk: Desk) -> tuple[Any, ...]:
    with desk.read() as work:
        state = work.retention.state()
        return state.get("day"), bool(state.get("done")), state.get("kind"), state.get("cursor")


def _day(desk: Desk, work: Work) -> str:
    return str(desk.local(work.now).date())


def _dues(desk: Desk, now: DateTime) -> tuple[Due, ...]:
    return due(desk.policy.retention_days, desk.policy.retention_client_years, now)


def _go_on(desk: Desk, until: float) -> int:
    """Look and forget, act by act, until the run is done or the time is over."""
    forgotten = 0
    while True:
        with desk.read() as work:
            dues = {one.kind: one for one in _dues(desk, work.now)}
            state = work.retention.state()
            day = _day(desk, work)
            if not dues or (state.get("day") == day and state.get("done")):
                return forgotten
            place = (STORED[0], 0) if state.get("day") != day else (state["kind"], state["cursor"])
            found = _next(desk, work, dues, place, until)
        forgotten += _act(desk, dues, state, found)
        if found.kind == "" or time.monotonic() >= until:
            return forgotten


@dataclass(frozen=True, slots=True)
class _Found:
    """What a look came to: records of a kind to forget, and from where to look on; no kind at the end of the run."""

    kind: str
    cursor: int
    ids: tuple[int, ...] = ()


def _next(desk: Desk, work: Work, dues: Mapping[str, Due], place: tuple[str, int], until: float) -> _Found:
    """Look from a place on for the next records to forget; stop in between when the time is over."""
    first, cursor = place
    for kind in STORED[STORED.index(first) :]:
        last = work.retention.highest(kind) if kind in dues else 0
        while cursor < last:
            most = BATCH_OF_CLIENTS if kind == "clients" else BATCH
            ids, cursor = _window(desk, work, dues[kind], cursor, last, most)
            if ids or time.monotonic() >= until:
                return _Found(kind, cursor, tuple(ids))
        cursor = 0
    return _Found("", 0)


def _window(
    desk: Desk, work: Work, one: Due, cursor: int, last: int, most: int = WINDOW
) -> tuple[list[int], int]:
    """The records to forget among the next ids, so many at most, and how far they reach."""
    upto = min(cursor + WINDOW, last)
    if one.kind == "clients":
        ids = _clients(desk, work, one, cursor, upto)[:most]
    else:
        ids = [old.id for old in work.retention.old(one.kind, one.before, cursor, upto, most)]
    return ids, ids[-1] if len(ids) == most else upto


def _clients(desk: Desk, work: Work, one: Due, cursor: int, upto: int) -> list[int]:
    old = work.retention.old("clients", one.before, cursor, upto, WINDOW)
    contacts = work.retention.contacts([each.id for each in old])
    return forgettable(contacts, one.before, desk.local(work.now).date())


def _act(desk: Desk, dues: Mapping[str, Due], seen: Mapping[str, Any], found: _Found) -> int:
    """Forget what was found and note how far the run has come, in one act; nothing if another desk was faster."""
    gone: list[Person] = []
    with desk.store.write("retention.run") as work:
        state = work.retention.state(hold=True)
        if {name: state.get(name) for name in _PLACE} != {name: seen.get(name) for name in _PLACE}:
            return 0
        day = _day(desk, work)
        if state.get("day") not in (None, day) and not state.get("done"):
            state |= _ended(desk, work, state)
        counts = dict(state.get("counts", {})) if state.get("day") == day else {}
        count = _forget(desk, work, dues, found, day, gone) if found.ids else 0
        if count:
            counts[found.kind] = counts.get(found.kind, 0) + count
        now = {"day": day, "done": found.kind == "", "kind": found.kind, "cursor": found.cursor}
        state |= now | {"counts": counts}
        if now["done"]:
            state |= _ended(desk, work, state)
        work.retention.put(state)
    if gone:
        erasures.forget_drafts(desk, gone)
    return count


_PLACE = ("day", "done", "kind", "cursor")


def _ended(desk: Desk, work: Work, state: Mapping[str, Any]) -> dict[str, Any]:
    """A run is over, or its day is: its record is kept, and the trail says what it forgot, each thing once."""
    day, counts = state["day"], state.get("counts", {})
    told: Mapping[str, int] = next((one["counts"] for one in state.get("runs", []) if one["day"] == day), {})
    fresh = {kind: count - told.get(kind, 0) for kind, count in counts.items() if count != told.get(kind, 0)}
    if fresh:
        kept = dict(desk.policy.retention_days) | {"clients": desk.policy.retention_client_years}
        work.log("retention", None, "run", {"day": day, "counts": fresh, "kept": kept})
    before = [one for one in state.get("runs", []) if one["day"] != day]
    return {"runs": [{"day": day, "counts": counts}, *before][:KEPT_RUNS]}


def _forget(
    desk: Desk, work: Work, dues: Mapping[str, Due], found: _Found, day: str, gone: list[Person]
) -> int:
    if found.kind != "clients":
        return work.retention.forget(found.kind, found.ids, dues[found.kind].before, f"retention {day}")
    still = set(
        forgettable(work.retention.contacts(found.ids), dues["clients"].before, date.fromisoformat(day))
    )
    count = 0
    for client_id in found.ids:
        if client_id not in still or work.erasures.of_client(client_id) is not None:
            continue
        try:
            with work.part("client.erase"):
                years = desk.policy.retention_client_years
                _, whose = erasures.erase_in(
                    work, desk, client_id, say("retention.reason", years=years), "retention"
                )
        except RuleBroken:
            continue
        except Exception as error:
            if is_away(error):
                raise
            why = getattr(error, "code", type(error).__name__)
            log.error("client file %d could not be forgotten: %s", client_id, why)
            continue
        gone.append(whose)
        count += 1
    return count


def preview(desk: Desk) -> list[Line]:
    """How long every kind is kept, and how much of it would go today."""
    policy = desk.policy
    with desk.read() as work:
        dues = {one.kind: one for one in _dues(desk, work.now)}
        found = {kind: sum(1 for _ in _all(desk, work, one)) for kind, one in dues.items()}
        found["backups"] = sum(gone for _, _, gone in _backups(desk, work))
    found["drafts"] = drafts.stale(desk, policy.retention_days["drafts"])
    lines = []
    for kind in KINDS:
        kept = policy.retention_client_years if kind == "clients" else policy.retention_days.get(kind, 0)
        lines.append(Line(kind, kept, "years" if kind == "clients" else "days", found.get(kind, 0)))
    return lines


def _all(desk: Desk, work: Work, one: Due) -> Iterator[Any]:
    """Everything of a kind that would go, in order of their ids."""
    last, cursor = work.retention.highest(one.kind), 0
    while cursor < last:
        ids, cursor = _window(desk, work, one, cursor, last)
        yield from ids


def listed(desk: Desk, kind: str, since: int = 0, limit: int = 200) -> list[Old]:
    """What of a kind would go today, after an id: a page of it."""
    with desk.read() as work:
        dues = {one.kind: one for one in _dues(desk, work.now)}
        found: list[Old] = []
        if kind not in dues:
            return found
        last, cursor = work.retention.highest(kind), since
        while cursor < last and len(found) < limit:
            ids, upto = _window(desk, work, dues[kind], cursor, last)
            old = work.retention.old(kind, dues[kind].before, cursor, upto, WINDOW) if ids else []
            wanted = set(ids)
            found += [one for one in old if one.id in wanted]
            cursor = upto
        return found[:limit]


def runs(desk: Desk) -> list[Run]:
    """The last runs, the latest first."""
    with desk.read() as work:
        state = work.retention.state()
    kept = [Run(one["day"], True, one["counts"]) for one in state.get("runs", [])]
    if state.get("day") and not state.get("done"):
        kept = [one for one in kept if one.day != state["day"]]
        kept.insert(0, Run(state["day"], False, state.get("counts", {})))
    return kept


def _backups(desk: Desk, work: Work) -> Sequence[tuple[str, date, bool]]:
    """The backups that were made: file, day, and whether it is time to destroy them."""
    today, days = desk.local(work.now).date(), desk.policy.retention_days["backups"]
    found = []
    for file, at in work.erasures.backups(work.now):
        made = desk.local(at).date()
        until = ages_out(made, days)
        found.append((file, made, until is not None and until <= today))
    return found
