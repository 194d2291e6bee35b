"""What colleagues share on a ticket: tags to find it again, and who watches what is done to it (row T15)."""

from __future__ import annotations

from deskapp.desk import Desk
from deskapp.domain.errors import RuleBroken
from deskapp.domain.notice import PUT_ON
from deskapp.domain.operator import Operator
from deskapp.domain.tag import normal
from deskapp.domain.ticket import Ticket
from deskapp.services.ticket_told import record


def tag(desk: Desk, ticket: Ticket, typed: str) -> str:
    """Put a tag on a ticket, once however often it is asked for; the history says who did."""
    return _tagged(desk, ticket, typed, on=True)


def untag(desk: Desk, ticket: Ticket, typed: str) -> str:
    """Take a tag off a ticket; one that is not there is no error."""
    return _tagged(desk, ticket, typed, on=False)


def _tagged(desk: Desk, ticket: Ticket, typed: str, *, on: bool) -> str:
    word = normal(typed)
    with desk.write("ticket.note") as work:
        now = work.tickets.find(ticket.id)
        if work.tags.put(now.id, word) if on else work.tags.take(now.id, word):
            record(work, now, "tagged" if on else "untagged", facts={"tag": word})
    return word


def watch(desk: Desk, ticket: Ticket, operator_id: int | None = None) -> bool:
    """Watch a ticket, or let a colleague watch it, who is told so; False when they did already."""
    with desk.write("ticket.note") as work:
        assert work.operator is not None
        colleague = work.operators.find(operator_id or work.operator.id)
        if not colleague.active:
            raise RuleBroken("ticket.watcher_gone", name=colleague.name)
        now = work.tickets.find(ticket.id)
        news = work.watchers.put(now.id, colleague.id)
        if news and colleague.id != work.operator.id:
            work.notices.tell(colleague.id, PUT_ON, now.id)
        return news


def unwatch(desk: Desk, ticket: Ticket) -> bool:
    """Watch a ticket no more; False when one did not."""
    with desk.write("ticket.note") as work:
        assert work.operator is not None
        return work.watchers.take(work.tickets.find(ticket.id).id, work.operator.id)


def tags_of(desk: Desk, ticket_id: int) -> tuple[tuple[str, ...], list[tuple[str, int]]]:
    """The tags on a ticket, and every tag in use with on how many tickets it is."""
    with desk.read() as work:
        return work.tags.of(ticket_id), work.tags.known()


def colleagues(desk: Desk) -> list[Operator]:
    """Those who can be called on or put on to watch: everybody in use but who sits here."""
    own = desk.operator.id if desk.operator else 0
    with desk.read() as work:
        return [one for one in work.operators.listed() if one.active and one.id != own]
