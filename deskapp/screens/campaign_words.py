"""Greetings and notices in words: occasions, states, and what is said to one client (row F5)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual.content import Content

from deskapp.domain.campaign import filled
from deskapp.i18n import say

if TYPE_CHECKING:
    from deskapp.desk import Desk
    from deskapp.domain.campaign import Campaign, Reach

STATE_TONES = {
    "draft": "$warning",
    "sending": "bold $warning",
    "sent": "$success",
    "cancelled": "$text-disabled",
}
TARGET_TONES = {"reached": "$success", "missed": "$error", "queued": "$foreground"}


def spoken(desk: Desk, campaign: Campaign, client_name: str) -> str:
    """What is said to one client."""
    from deskapp.services.campaigns import spoken_name

    who = client_name or say("campaign.dear_client")
    return filled(campaign.text, who, desk.company, spoken_name(campaign.occasion) or campaign.title)


def reach_words(reach: Reach) -> list[Content]:
    """Whom an audience comes to: how many calls, who is left out, whom another campaign calls that day."""
    if reach.too_many:
        return [Content.styled(say("campaign.reach.too_many", most=reach.matched - 1), "bold $error")]
    left_out = []
    for name in ("opted_out", "no_number"):
        count = getattr(reach, name)
        if count:
            left_out.append(say(f"campaign.reach.{name}", count=count))
    chosen = say("campaign.reach.chosen", count=reach.chosen)
    lines = [Content.styled(chosen, "bold $primary" if reach.chosen else "bold $error")]
    if left_out:
        lines.append(Content.styled("  ".join(left_out), "$text-muted"))
    if reach.doubled:
        lines.append(Content.styled(say("campaign.reach.doubled", count=reach.doubled), "$warning"))
    return lines
