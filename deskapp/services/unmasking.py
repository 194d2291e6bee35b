"""Whole telephone numbers where they are masked: for whom the work needs it, and each look written down (row P6)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from deskapp.desk import Desk
from deskapp.domain import phone_shown
from deskapp.domain.operator import sees_whole_numbers

if TYPE_CHECKING:
    from deskapp.domain.call import Call
    from deskapp.domain.client import Phone


def sees_whole(desk: Desk) -> bool:
    """Whether whoever sits at the desk is shown whole numbers everywhere."""
    return desk.operator is not None and sees_whole_numbers(desk.operator.role)


def number(desk: Desk, normal: str, raw: str = "", *, needed: bool = False) -> str:
    """A number as it is told at this desk: whole for whose role sees it, or whose work needs it now; else masked."""
    return phone_shown.told(normal, raw, whole=needed or sees_whole(desk))


def words(desk: Desk, text: str) -> str:
    """A text as it is told at this desk: mobile numbers within it as the role may see them."""
    return text if sees_whole(desk) else phone_shown.masked_within(text)


def in_call(desk: Desk, call: Call) -> bool:
    """Whether this operator is in a call: its number is needed, and the trail says who took it."""
    return call.state == "taken" and desk.operator is not None and call.taken_by == desk.operator.id


def looked(desk: Desk, client_id: int, numbers: int, purpose: str) -> None:
    """Write down, at a desk whose numbers are masked, that whole ones were given for a purpose: a slip, a form."""
    if numbers and not sees_whole(desk):
        with desk.write("phone.unmask") as work:
            work.log("client", client_id, "unmask", {"numbers": numbers, "for": purpose})


def unmask(desk: Desk, client_id: int) -> tuple[Phone, ...]:
    """The whole numbers of a client; the audit trail says who looked at whose, never the numbers themselves."""
    with desk.write("phone.unmask") as work:
        work.clients.find(client_id)
        phones = tuple(work.phones.of(client_id))
        work.log("client", client_id, "unmask", {"numbers": len(phones)})
        return phones
