"""Action items of meetings as work: given, due, done with an outcome, handed to a department, told when late (K4)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import TYPE_CHECKING

from deskapp.domain import office_document as rules
from deskapp.domain.errors import RuleBroken
from deskapp.domain.office_document import ActionItem, ItemRow
from deskapp.domain.operator import LEADERS, check_may
from deskapp.domain.ticket import Draft
from deskapp.services.action_rows import FACT
from deskapp.services.planning import today_of
from deskapp.services.submissions import once

if TYPE_CHECKING:
    from pendulum import DateTime

    from deskapp.desk import Desk
    from deskapp.domain.staff import StaffMember
    from deskapp.domain.ticket import Ticket
    from deskapp.repository.work import Work

GIVEN, LATE = "action_item.given", "action_item.late"
"""Why whoever answers for an item is told."""
MOST_DUE = 50
MOST_LATE = 500


def save(desk: Desk, item: ActionItem, *, key: str = "") -> ActionItem:
    """Add an item to a document, or change one that is not over; whoever it is given to is told."""
    item = replace(item, words=rules.one_line(item.words))
    rules.check_item(item)
    with desk.write("action_item.save") as work:
        if item.id:
            known = work.action_items.held(item.id)
            rules.check_waits(known)
            changed = replace(
                item, document_id=known.document_id, state=known.state, ticket_id=known.ticket_id
            )
            saved = work.action_items.save(changed)
            if (saved.staff_id, saved.due_on) != (known.staff_id, known.due_on):
                _tell_given(work, saved)
            return saved

        def add() -> ActionItem:
            added = add_in(work, item)
            _tell_given(work, added)
            return added

        return once(work, key, "action_item.add", add, work.action_items.find)


def add_in(work: Work, item: ActionItem) -> ActionItem:
    """Add an item as the last of its document, inside a transaction that does more than that."""
    document = work.documents.held(item.document_id)
    last = max((one.position for one in work.action_items.of(document.id)), default=0)
    return work.action_items.add(replace(item, state="open", position=last + 1))


def settle(desk: Desk, item: ActionItem, state: str, outcome: str) -> ActionItem:
    """End an item, done or dropped, with what came of it."""
    with desk.write("action_item.save") as work:
        return settle_in(work, desk, item, state, outcome)


def settle_in(work: Work, desk: Desk, item: ActionItem, state: str, outcome: str) -> ActionItem:
    """End an item inside a transaction that does more than that; one handed over ends with its ticket."""
    rules.check_settled(state, outcome)
    rules.check_waits(item)
    if item.state == "handed":
        ticket = work.tickets.get(item.ticket_id)
        if ticket is not None and ticket.is_open:
            raise RuleBroken("action_item.handed", number=ticket.number)
    today = today_of(desk, work.now)
    return work.action_items.save(replace(item, state=state, done_on=today, outcome=rules.one_line(outcome)))


def reopen(desk: Desk, item: ActionItem) -> ActionItem:
    """Open an item again that was ended by mistake; one a department answered is reopened by its ticket."""
    if item.waits:
        raise RuleBroken("action_item.open_still")
    with desk.write("action_item.save") as work:
        again = replace(item, state="open", done_on=None, outcome="", ticket_id=None)
        return work.action_items.save(again)


@dataclass(frozen=True, slots=True)
class Asked:
    """What is asked of a department for an item: who answers, until when, about which client if any."""

    department_id: int | None = None
    responsible_id: int | None = None
    due_at: DateTime | None = None
    words: str = ""
    client_id: int | None = None


def hand_over(desk: Desk, item: ActionItem, asked: Asked, *, key: str = "") -> Ticket:
    """Hand an item to a department as a handoff; closed, that ends the item. Under a key once."""
    from deskapp.services import handoffs

    check_may(desk.operator, "ticket.file")
    with desk.write("action_item.save") as work:

        def hand() -> Ticket:
            known = work.action_items.held(item.id)
            if known.version != item.version:
                raise work.action_items.conflict(item.id)
            if known.state != "open":
                raise RuleBroken("action_item.over", state=known.state)
            document = work.documents.find(known.document_id)
            words = "" if asked.words.strip() == known.words else asked.words.strip()
            draft = Draft(
                client_id=asked.client_id or _house(work, desk),
                subject=known.words[:80],
                description=f"{words}\n{document.number} {document.title}".strip(),
                department_id=asked.department_id,
                responsible_id=asked.responsible_id,
                own_due_at=asked.due_at,
            )
            filed = handoffs.file_in(
                work, desk, draft, "other", {FACT: known.id, "document": document.number}
            )
            work.action_items.save(replace(known, state="handed", ticket_id=filed.ticket.id), known)
            return filed.ticket

        return once(work, key, "action_item.hand", hand, work.tickets.find)


def _house(work: Work, desk: Desk) -> int:
    """The file of the company itself, which what a meeting asks is about when it is about no client."""
    from deskapp.domain.client import HOUSE, Client
    from deskapp.services.clients import open_file

    known = work.clients.by_source([HOUSE]).get(HOUSE)
    if known is not None:
        return known
    house = Client(name=desk.company, wants_calls=False, source_key=HOUSE)
    return open_file(work, house, "", desk.policy).client.id


def due(desk: Desk) -> list[ItemRow]:
    """The open items that are work now for whoever sits at the desk: their own and nobody's; who leads sees all."""
    operator = desk.operator
    if operator is None:
        return []
    leads = operator.role in LEADERS
    with desk.read() as work:
        until = rules.due_until(today_of(desk, work.now))
        found = work.action_items.due(until, MOST_DUE, operator.staff_id, everybodys=leads)
        return work.action_items.rows(found)


def watch(desk: Desk) -> int:
    """Tell whoever answers for an item, once for its day, that it is late; where nobody does, those who lead."""
    with desk.read() as work:
        waiting = _untold(work, desk)
    if not waiting:
        return 0
    with desk.store.write(LATE) as work:
        waiting = _untold(work, desk)
        for once_, staff_id, item in waiting:
            _tell(work, LATE, staff_id, item, once_)
        return len(waiting)


def _untold(work: Work, desk: Desk) -> list[tuple[str, int, ActionItem]]:
    """Whom to tell of which late items, up to a page of them: those told of before are passed over."""
    today, after = today_of(desk, work.now), None
    while late := work.action_items.due(today - timedelta(1), MOST_LATE, after=after):
        if untold := _untold_of(work, late, today):
            return untold
        after = late[-1]
    return []


def _untold_of(work: Work, late: Sequence[ActionItem], today: date) -> list[tuple[str, int, ActionItem]]:
    staff = work.staff.get_many(one.staff_id or 0 for one in late)
    leaders = _leaders(work)
    wanted = [
        (f"{LATE}/{item.id}/{item.due_on}/{staff_id}", staff_id, item)
        for item in late
        for staff_id in _told_for(item, staff.get(item.staff_id or 0), leaders, today)
    ]
    told = work.post.told_of([once_ for once_, _, _ in wanted])
    return [one for one in wanted if one[0] not in told]


def _told_for(
    item: ActionItem, member: StaffMember | None, leaders: Sequence[int], today: date
) -> Sequence[int]:
    """Who is told of a late item: whoever answers for it and still works here, else the managers."""
    gone = member is None or (member.left_on is not None and member.left_on <= today)
    return leaders if gone or item.staff_id is None else (item.staff_id,)


def _leaders(work: Work) -> list[int]:
    people = work.operators.listed()
    return [
        one.staff_id for one in people if one.active and one.role == "manager" and one.staff_id is not None
    ]


def _tell_given(work: Work, item: ActionItem) -> None:
    """Tell somebody, who did not write it down themself, what they are asked."""
    mine = work.operator.staff_id if work.operator else None
    if item.staff_id is not None and item.staff_id != mine:
        _tell(work, GIVEN, item.staff_id, item, f"{GIVEN}/{item.id}/{item.due_on}/{item.staff_id}")


def _tell(work: Work, reason: str, staff_id: int, item: ActionItem, once_: str) -> None:
    document = work.documents.find(item.document_id)
    facts = {
        "number": document.number,
        "subject": document.title,
        "words": item.words,
        "due_on": item.due_on.isoformat() if item.due_on else "",
    }
    work.outbox.tell(reason, None, staff_id, facts, once=once_)
