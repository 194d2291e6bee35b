"""Which calls and tickets are drawn to be scored: some of each operator by lot, and every crisis (row A5).

The lot is no dice: each piece of work has a place that only its month, its operator and its own id decide. Whoever
draws again gets the same, whatever was finished meanwhile takes its own place, and nobody can pick.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from hashlib import sha256

from deskapp.domain.quality import CRISIS, RANDOM, QualitySample

CALL, TICKET = "call", "ticket"


@dataclass(frozen=True, slots=True)
class Work:
    """A piece of work that can be drawn: a finished call or ticket of an operator, or a crisis."""

    kind: str
    id: int
    operator_id: int | None
    crisis: bool = False


def lot(month: date, work: Work) -> bytes:
    """The place of a piece of work in the lot of its month and operator."""
    return sha256(f"{month:%Y-%m}/{work.operator_id}/{work.kind}/{work.id}".encode()).digest()


def draw(month: date, works: Iterable[Work], there: Mapping[int, int], each: int) -> list[QualitySample]:
    """What is to be drawn from work nobody has drawn: every crisis, and by lot what operators lack of `each`.

    `there` says how many of an operator's were drawn by lot for the month already.
    """
    crises = [one for one in works if one.crisis]
    plain: dict[int, list[Work]] = {}
    for one in works:
        if not one.crisis and one.operator_id is not None:
            plain.setdefault(one.operator_id, []).append(one)
    chosen = [_sample(month, one, CRISIS) for one in sorted(crises, key=lambda one: (one.kind, one.id))]
    for operator_id in sorted(plain):
        lacking = max(0, each - there.get(operator_id, 0))
        drawn = sorted(plain[operator_id], key=lambda one: lot(month, one))[:lacking]
        chosen += [_sample(month, one, RANDOM) for one in drawn]
    return chosen


def _sample(month: date, work: Work, reason: str) -> QualitySample:
    return QualitySample(
        month=month,
        operator_id=work.operator_id,
        call_id=work.id if work.kind == CALL else None,
        ticket_id=work.id if work.kind == TICKET else None,
        reason=reason,
    )
