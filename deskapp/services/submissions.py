"""A save that got no answer is never made twice: what a desk sends again under its key is recognised (row P3)."""

from __future__ import annotations

from collections.abc import Callable
from operator import attrgetter
from typing import TYPE_CHECKING, Any, TypeVar

if TYPE_CHECKING:
    from pendulum import DateTime

    from deskapp.repository.work import Work

R = TypeVar("R")
KEPT_DAYS = 30
"""How long a key is remembered: nothing waits on a desk's disk as long as that."""


def once(
    work: Work,
    key: str | None,
    act: str,
    make: Callable[[], R],
    again: Callable[[int], R],
    made: Callable[[R], Any] = attrgetter("id"),
) -> R:
    """Make something under a key in this transaction; the same key again gives what it made before.

    `made` says the id of what was made, `again` reads it by that id. Without a key it is simply made.
    """
    if not key:
        return make()
    if not work.submissions.begin(key, act):
        return again(work.submissions.made(key) or 0)
    done = make()
    work.submissions.end(key, made(done))
    return done


def any_older(work: Work, before: DateTime) -> bool:
    """Whether there is anything to sweep."""
    return work.submissions.any_older(before)


def sweep(work: Work, before: DateTime) -> int:
    """Forget keys from before an instant; return how many."""
    return work.submissions.sweep(before)
