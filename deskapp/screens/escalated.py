"""An escalation in words: which clock, how long before or after its deadline, and who is told."""

from __future__ import annotations

from collections.abc import Mapping

from deskapp.domain.escalation import CLOCKS, RECEIVERS
from deskapp.i18n import say


def escalated_words(facts: Mapping[str, object]) -> str:
    """What an event of escalation says; "" for one somebody put before the head by hand."""
    if facts.get("crisis"):
        return _reached(say("escalation.crisis"), facts)
    clock, to, minutes = facts.get("clock"), facts.get("to"), facts.get("minutes")
    if clock not in CLOCKS or to not in RECEIVERS or not isinstance(minutes, int):
        return ""
    code = "escalation.before" if minutes < 0 else "escalation.after" if minutes else "escalation.at"
    words = say(
        code,
        clock=say(f"escalation.clock.{clock}"),
        to=say(f"escalation.to.{to}"),
        length=_length(abs(minutes)),
    )
    instead = facts.get("instead")
    if instead in RECEIVERS:
        words = say("escalation.instead", words=words, to=say(f"escalation.to.{instead}"))
    elif instead:
        words = say("escalation.instead", words=words, to=say("operator.role.admin"))
    return _reached(words, facts)


def _reached(words: str, facts: Mapping[str, object]) -> str:
    """Say so when there was nobody."""
    return words if facts.get("staff") or facts.get("operators") else say("escalation.nobody", words=words)


def _length(minutes: int) -> str:
    for size, code in ((1440, "escalation.days_long"), (60, "escalation.hours_long")):
        if minutes % size == 0:
            return say(code, count=minutes // size)
    return say("escalation.minutes_long", count=minutes)
