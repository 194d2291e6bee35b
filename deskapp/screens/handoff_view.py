"""How handoffs are painted: what they are about, how a refund stands, and who said so."""

from __future__ import annotations

from typing import TYPE_CHECKING

from deskapp.i18n import say
from deskapp.widgets.safe_text import shown

if TYPE_CHECKING:
    from deskapp.domain.handoff import HandoffState

TONES = {"asked": "$warning", "checking": "$primary", "paid": "$success", "refused": "$error"}


def status_words(state: HandoffState, this_year: int = 0) -> str:
    """How a refund stands, with the day it was paid, without its year in `this_year`; nothing for what is no refund."""
    if not state.status:
        return ""
    day = state.paid_on.isoformat() if state.paid_on else ""
    day = day.removeprefix(f"{this_year}-") if this_year else day
    return say(f"handoff.status.{state.status}", day=day)


def handoff_words(state: HandoffState) -> str:
    """What it is about, how it stands, and who said so."""
    topic = say(f"handoff.topic.{state.topic}")
    return "  ".join(part for part in (topic, status_words(state), shown(state.who)) if part)
