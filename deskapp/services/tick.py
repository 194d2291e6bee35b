"""What time has brought, done once: any number of consoles and `deskapp tick` may run it side by side (row C2)."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from deskapp.desk import Desk
from deskapp.domain.errors import is_away
from deskapp.services import (
    action_items,
    audit,
    escalation,
    followups,
    mail,
    post,
    rectifications,
    retention,
    submissions,
)
from deskapp.services.calls import release_expired
from deskapp.services.papers import late

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Ticked:
    """What was done: claims of dead desks given back, calls laid out and put into the queue, audit entries sealed,
    rows nobody needs any more swept.
    """

    released: int = 0
    sealed: int = 0
    swept: int = 0
    laid: followups.Laid = field(default_factory=followups.Laid)
    watched: int = 0
    """Warnings and urgings of rectifications."""
    escalated: int = 0
    """Levels of escalation somebody was told of."""
    forgotten: int = 0
    """Records kept for as long as the policy says, and no longer."""
    reminded: int = 0
    """People told of papers and action items that became late."""
    mailed: mail.Mailed = field(default_factory=mail.Mailed)
    posted: post.Posted = field(default_factory=post.Posted)

    @property
    def anything(self) -> bool:
        """Whether there is anything to show anew."""
        counts = self.released, self.watched, self.escalated, self.forgotten, self.reminded
        return any(counts) or self.laid.anything or self.mailed.anything or self.posted.anything


def tick(desk: Desk) -> Ticked:
    """Give back expired claims, lay out and bring up planned calls, forget dead desks, seal the audit trail.

    Each part looks before it writes, and fails alone: the others still run, and the first error is raised at the
    end; only where the database is away is there no going on. Notices and mail come late, for their servers may be
    slow; what is old is forgotten last.
    """
    done: dict[str, Any] = {}
    failed: Exception | None = None
    for name, part in _PARTS.items():
        try:
            done[name] = part(desk)
        except Exception as error:
            if is_away(error):
                raise
            log.error("tick: %s failed: %s: %s", name, type(error).__name__, error)
            failed = failed or error
    if failed is not None:
        raise failed
    done["reminded"] = done.pop("papers") + done.pop("action_items")
    return Ticked(**done)


def _released(desk: Desk) -> int:
    return release_expired(desk) if _claims_expired(desk) else 0


def _claims_expired(desk: Desk) -> bool:
    with desk.read() as work:
        return work.calls.any_expired()


def _swept(desk: Desk) -> int:
    desk.store.learn()
    with desk.read() as work:
        before = work.now.subtract(days=submissions.KEPT_DAYS)
        dead, old = work.presence.any_dead(), submissions.any_older(work, before)
    if not dead and not old:
        return 0
    with desk.store.write("") as work:
        return work.presence.sweep() + submissions.sweep(work, before)


_PARTS: Mapping[str, Callable[[Desk], Any]] = {
    "released": _released,
    "laid": lambda desk: followups.tick(desk),
    "watched": lambda desk: rectifications.watch(desk),
    "escalated": lambda desk: escalation.watch(desk),
    "papers": lambda desk: late.watch(desk),
    "action_items": lambda desk: action_items.watch(desk),
    "swept": _swept,
    "sealed": lambda desk: audit.seal(desk),
    "posted": lambda desk: post.send_due(desk),
    "mailed": lambda desk: mail.attend(desk),
    "forgotten": lambda desk: retention.step(desk),
}
"""The parts in their order, by what each is told as."""
