"""What a living desk says of itself: what it has open, and that its claims are still its own (rows C2, T15)."""

from __future__ import annotations

from collections.abc import Collection

from deskapp.desk import Desk
from deskapp.domain.errors import RuleBroken

LEASE_S = 45


def here(desk: Desk, name: str, records: Collection[tuple[str, int]]) -> None:
    """Say which records this desk has open, for as long as it goes on saying so."""
    if desk.operator is None:
        raise RuleBroken("rights.refused", act="prefs.save", role="")
    with desk.store.write("") as work:
        work.presence.hold(name, desk.operator.id, records, work.now.add(seconds=LEASE_S))


def gone(desk: Desk, name: str) -> None:
    """Say that this desk has nothing open any more."""
    with desk.store.write("") as work:
        work.presence.hold(name, 0, (), work.now)


def keep_claims(desk: Desk) -> int:
    """Renew the claims of whoever sits here: a desk that stops doing so loses them (row C2)."""
    if desk.operator is None:
        return 0
    with desk.read() as work:
        if not work.calls.taken_by(desk.operator.id):
            return 0
    with desk.store.write("") as work:
        return work.calls.renew(desk.operator.id, work.now.add(minutes=desk.policy.claim_minutes))
