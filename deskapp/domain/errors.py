"""What a rule says when it is broken: a code and facts, never words for people."""

from __future__ import annotations

from typing import Any


class RuleBroken(Exception):
    """A rule forbids the act; `code` names the rule in the catalogues, `facts` fill its sentence."""

    def __init__(self, code: str, **facts: Any) -> None:
        super().__init__(code, facts)
        self.code = code
        self.facts = facts

    def __str__(self) -> str:
        return f"{self.code} {self.facts}" if self.facts else self.code


class Conflict(Exception):
    """Somebody else saved the record first; `who` and `at` say who and when, `noun` and `record_id` which."""

    def __init__(self, noun: str, record_id: int, who: str = "", at: object = None) -> None:
        super().__init__(noun, record_id, who, at)
        self.noun, self.record_id, self.who, self.at = noun, record_id, who, at


class StorageFailed(Exception):
    """The database could not be reached or refused; `code` names the sentence, the cause is chained."""

    def __init__(self, code: str, **facts: Any) -> None:
        super().__init__(code, facts)
        self.code = code
        self.facts = facts

    @property
    def away(self) -> bool:
        """Whether the database did not answer or cannot now, so that the same act may succeed later."""
        return self.code in AWAY


BUSY = "storage.locked"
"""Others were at work, and waiting for them took too long."""
AWAY = frozenset({"storage.lost", BUSY, "storage.full", "storage.readonly", "storage.damaged"})


def is_away(error: BaseException) -> bool:
    """Whether an error only says that the database did not answer."""
    return isinstance(error, StorageFailed) and error.away


class NotAllowed(RuleBroken):
    """The operator's role has no right to the act (text 4, 2.6.1 and 3.6.1)."""
