"""One act on many tickets: in one transaction, each by its own rules; what could not be done is named (row T15)."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from deskapp.desk import Desk
from deskapp.domain.errors import Conflict, NotAllowed, RuleBroken
from deskapp.domain.ticket import Ticket
from deskapp.i18n.errors import in_words
from deskapp.services import harmless, tickets
from deskapp.services.harmless import Step, Undo, undo_of
from deskapp.services.together import joined

ACTS = ("dispatch", "tag", "untag", "note", "urge", "grade")
MOST = 500
"""More at once would hold the others up."""

Values = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Outcome:
    """How many tickets it was done to, which refused and why, and how the lot is undone."""

    done: int
    refused: tuple[tuple[str, str], ...] = ()
    undo: Undo | None = None


def each(desk: Desk, act: str, chosen: Sequence[Ticket], values: Values) -> Outcome:
    """Do an act to every ticket chosen; one whose rules or version forbid it is left out and named."""
    if len(chosen) > MOST:
        raise RuleBroken("bulk.too_many", most=MOST)
    refused, steps, done = [], [], 0
    with desk.write("ticket.note") as work:
        here = joined(desk, work)
        for ticket in chosen:
            try:
                step = _DOES[act](here, ticket, values)
            except (RuleBroken, Conflict, NotAllowed) as error:
                refused.append((ticket.number, in_words(error)))
                continue
            done += 1
            if step is not None:
                steps.append(step)
    return Outcome(done, tuple(refused), undo_of(desk, act, tuple(steps)))


def _dispatch(desk: Desk, ticket: Ticket, values: Values) -> Step | None:
    department_id, responsible_id = values.get("department_id"), values.get("responsible_id")
    return harmless.dispatch(desk, ticket, department_id, responsible_id, values.get("words") or "")


def _note(desk: Desk, ticket: Ticket, values: Values) -> Step | None:
    words = values.get("words") or ""
    return harmless.step_of("note", ticket, tickets.note(desk, ticket, words), words)


def _urge(desk: Desk, ticket: Ticket, values: Values) -> None:
    tickets.urge(desk, ticket, values.get("words") or "")


def _grade(desk: Desk, ticket: Ticket, values: Values) -> Step | None:
    graded = tickets.set_severity(desk, ticket, values.get("severity") or "", values.get("words") or "")
    return harmless.step_of("grade", ticket, graded)


_DOES: Mapping[str, Callable[[Desk, Ticket, Values], Step | None]] = {
    "dispatch": _dispatch,
    "tag": lambda desk, ticket, values: harmless.tag(desk, ticket, values.get("tag") or ""),
    "untag": lambda desk, ticket, values: harmless.tag(desk, ticket, values.get("tag") or "", on=False),
    "note": _note,
    "urge": _urge,
    "grade": _grade,
}
