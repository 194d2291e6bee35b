"""What can be undone for a moment, and for how long (row T15): pure rules, by the act and what it was done to."""

from __future__ import annotations

from math import ceil
from typing import TYPE_CHECKING

from deskapp.domain.mentions import may_call
from deskapp.domain.ticket import INTERNAL_KINDS

if TYPE_CHECKING:
    from deskapp.domain.ticket import Ticket

UNDO_S = 15
"""Seconds for which a harmless act can be undone by one key."""
HARMLESS = frozenset(
    {
        *("tag", "untag", "dispatch", "callback", "missed"),
        *("note", "grade", "resolve", "close", "withdraw", "later", "release", "retire", "bring_back"),
    }
)
"""What can be taken back without a trace at the client's; whatever a client or a report heard cannot."""
BACK_FROM = {
    "resolve": frozenset({"responded"}),
    "close": frozenset({"verified"}),
    "withdraw": frozenset({"received", "dispatched", "responded"}),
}
"""Moves that stop no answer's clock and send no notice, by the states from which nothing else hangs on them."""


def seconds_left(since: float, now: float) -> int:
    """Whole seconds that are left of an act done at `since`; none once its time is over."""
    return max(0, ceil(since + UNDO_S - now))


def undoable(act: str, before: Ticket, after: Ticket | None, words: str = "") -> bool:
    """Whether an act on one ticket can be undone, given the ticket before and after it and what was written."""
    if act not in HARMLESS:
        return False
    if act == "note":
        return not may_call(words)
    if after is None:
        return False
    if act == "grade":
        return "crisis" not in (before.severity, after.severity)
    if act in BACK_FROM:
        alone = before.kind not in (*INTERNAL_KINDS, "repair") and before.parent_id is None
        return alone and before.state in BACK_FROM[act] and before.paused_since is None
    return act == "dispatch" and before.is_open
