"""Lines of the call screen: a caller nobody knows, and which digit means which result (row C4)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual.content import Content

from deskapp.i18n import say
from deskapp.screens import paint

if TYPE_CHECKING:
    from deskapp.desk import Desk
    from deskapp.domain.call import Call

OUTCOME_KEYS = (
    ("1", "reached"),
    ("2", "no_answer"),
    ("3", "busy"),
    ("4", "wrong_number"),
    ("5", "refused"),
    ("6", "call_back"),
)


def nobody_lines(desk: Desk, call: Call, count: int) -> list[Content]:
    """A number that is no client's, or that of `count` clients."""
    return [
        Content.styled(paint.call_number(desk, call), "bold"),
        Content.styled(say("call.several" if count > 1 else "call.unknown", count=count), "$warning"),
    ]


def result_lines(call: Call) -> list[Content]:
    """The digits that end a call."""
    words = [f"{key} {say(f'call.outcome.{outcome}')}" for key, outcome in OUTCOME_KEYS]
    lines = [Content(""), Content("   ".join(words[:3])), Content("   ".join(words[3:]))]
    if call.verifies:
        lines.append(Content.styled(say("call.verification_keys"), "$secondary"))
    return lines
