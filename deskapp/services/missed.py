"""Missed calls that are dealt with: one or all of them off the queue without another call (rows C1, C4)."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING

from deskapp.desk import Desk
from deskapp.domain.errors import RuleBroken
from deskapp.services.harmless import Undo, undo_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from deskapp.domain.call import Call

MOST = 500


@dataclass(frozen=True, slots=True)
class Marked:
    """What was taken off the queue, how many somebody else has meanwhile, and how it is undone."""

    calls: tuple[Call, ...]
    passed: int = 0
    undo: Undo | None = None


def waiting(desk: Desk) -> list[Call]:
    """The callbacks that wait because nobody answered the caller."""
    with desk.read() as work:
        return work.calls.missed(MOST)


def mark_done(desk: Desk, calls: Sequence[Call]) -> Marked:
    """Say of missed calls that nothing is owed any more; one that somebody has taken or ended is passed over."""
    done, passed = [], 0
    with desk.write("call.end") as work:
        waits = {one.id: one for one in work.calls.missed(MOST, [call.id for call in calls])}
        for call in calls:
            found = waits.get(call.id)
            if found is None:
                passed += 1
                continue
            done.append(work.calls.save(replace(found, state="dropped", ended_at=work.now), known=found))
        if not done:
            raise RuleBroken("missed.none")
    steps = tuple(partial(_wait_again, call=call) for call in done)
    return Marked(tuple(done), passed, undo_of(desk, "missed", steps))


def _wait_again(desk: Desk, call: Call) -> Call:
    """Put a missed call back into the queue where it stood."""
    with desk.write("call.plan") as work:
        found = work.calls.find(call.id)
        if found.version != call.version:
            raise work.calls.conflict(call.id)
        return work.calls.save(replace(found, state="open", ended_at=None), known=found)
