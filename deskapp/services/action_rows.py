"""An action item that was handed to a department follows its ticket: over when that is, open again when it is not."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from deskapp.services.planning import today_of

if TYPE_CHECKING:
    from deskapp.desk import Desk
    from deskapp.domain.ticket import Ticket, TicketEvent
    from deskapp.repository.work import Work

FACT = "action_item_id"
"""What the history of a handoff says of the item it came from."""


def moved_in(work: Work, desk: Desk, ticket: Ticket, name: str, events: Sequence[TicketEvent]) -> None:
    """Let the item a handoff came from follow one move of it."""
    if name not in ("close", "reopen", "withdraw", "merge"):
        return
    told = next((event.facts[FACT] for event in events if event.facts and FACT in event.facts), None)
    item = work.action_items.get(int(str(told))) if told is not None else None
    if item is None or item.ticket_id != ticket.id:
        return
    if name == "close" and item.state == "handed":
        words = ticket.resolution or ticket.response or ticket.number
        done = replace(item, state="done", done_on=today_of(desk, work.now), outcome=words[:300])
        work.action_items.save(done, item)
    elif name == "reopen" and item.state == "done":
        work.action_items.save(replace(item, state="handed", done_on=None, outcome=""), item)
    elif name in ("withdraw", "merge") and item.state == "handed":
        work.action_items.save(replace(item, state="open", ticket_id=None), item)
