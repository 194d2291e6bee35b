"""What time has brought, done once: any number of consoles and `deskapp tick` may run it side by side (row C2)."""

from __future__ import annotations

from dataclasses import dataclass, field

from deskapp.desk import Desk
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

    Each part looks before it writes; notices and mail come last, for their servers may be slow.
    """
    released = release_expired(desk) if _claims_expired(desk) else 0
    laid = followups.tick(desk)
    watched = rectifications.watch(desk)
    escalated = escalation.watch(desk)
    reminded = late.watch(desk) + action_items.watch(desk)
    swept = _swept(desk)
    forgotten = retention.step(desk)
    sealed = audit.seal(desk)
    posted = post.send_due(desk)
    counts = released, sealed, swept, laid, watched, escalated, forgotten, reminded
    return Ticked(*counts, mail.attend(desk), posted)


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
