"""Errors into one sentence: the code's words, with facts that are codes themselves said in words too."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from deskapp.domain.errors import Conflict, NotAllowed, RuleBroken, StorageFailed
from deskapp.i18n import knows, say

WORDS_OF: Mapping[str, str] = {
    "move": "ticket.move.",
    "state": "ticket.state.",
    "fields": "ticket.field.",
    "kind": "ticket.kind.",
    "severity": "ticket.severity.",
    "channel": "ticket.channel.",
    "event": "ticket.event.",
    "outcome": "call.outcome.",
    "call_kind": "call.kind.",
    "call_state": "call.state.",
    "direction": "call.direction.",
    "role": "operator.role.",
    "act": "rights.act.",
    "stage": "site.stage.",
    "milestone": "site.milestone.",
    "payment": "site.payment.",
    "trade": "staff.trade.",
    "told_by": "staff.channel.",
    "sanction_state": "sanction.state.",
    "why": "mail.cause.",
}
"""Where the words of a fact are that is a code: "move" → ticket.move.respond."""


def word(fact: str, value: Any) -> str:
    """Say a fact that may be a code, or several; what the catalogues do not know stays as it is."""
    if isinstance(value, tuple | list | set | frozenset):
        return say("cli.list_comma").join(word(fact, one) for one in value)
    code = f"{WORDS_OF[fact]}{value}" if fact in WORDS_OF else ""
    return say(code) if code and knows(code) else str(value)


def _fact(code: str, fact: str, value: Any) -> str:
    """Say a fact of an error: a field by the words of the error's own area, the rest by `word`."""
    field = f"{code.partition('.')[0]}.field.{value}" if fact == "field" else ""
    return say(field) if field and knows(field) else word(fact, value)


def in_words(error: BaseException) -> str:
    """Turn an error into one sentence in the language in use; the unexpected shows its kind."""
    if isinstance(error, NotAllowed) and not error.facts.get("role"):
        return say("rights.nobody", act=word("act", error.facts.get("act", "")))
    if isinstance(error, RuleBroken | StorageFailed):
        return say(
            error.code, **{fact: _fact(error.code, fact, value) for fact, value in error.facts.items()}
        )
    if isinstance(error, Conflict):
        return say("storage.conflict", who=error.who) if error.who else say("storage.conflict_somebody")
    if type(error) is LookupError:
        return say("storage.gone")
    return say("cli.unexpected", what=type(error).__name__)


def is_foreseen(error: BaseException) -> bool:
    """Whether the error is one the house raises on purpose, so that no trace is owed."""
    return isinstance(error, RuleBroken | StorageFailed | Conflict) or type(error) is LookupError
