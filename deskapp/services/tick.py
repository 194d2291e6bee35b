"""What time has brought, done once: any number of consoles and `deskapp tick` may run it side by side (row C2)."""

from __future__ import annotations

from dataclasses import dataclass

from deskapp.desk import Desk
from deskapp.services import audit, submissions
from deskapp.services.calls import release_expired


@dataclass(frozen=True, slots=True)
class Ticked:
    """What was done: claims of dead desks given back, audit entries sealed, rows nobody needs any more swept."""

    released: int = 0
    sealed: int = 0
    swept: int = 0

    @property
    def anything(self) -> bool:
        """Whether there is anything to show anew."""
        return self.released > 0


def tick(desk: Desk) -> Ticked:
    """Give back expired claims, forget dead desks, seal the audit trail; each part looks before it writes."""
    released = release_expired(desk) if _claims_expired(desk) else 0
    swept = _swept(desk)
    return Ticked(released, audit.seal(desk), swept)


def _claims_expired(desk: Desk) -> bool:
    with desk.read() as work:
        return work.calls.any_expired()


def _swept(desk: Desk) -> int:
    with desk.read() as work:
        before = work.now.subtract(days=submissions.KEPT_DAYS)
        dead, old = work.presence.any_dead(), submissions.any_older(work, before)
    if not dead and not old:
        return 0
    with desk.store.write("") as work:
        return work.presence.sweep() + submissions.sweep(work, before)
