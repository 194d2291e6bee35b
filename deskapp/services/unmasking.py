"""Whole telephone numbers where they are masked: for whom the work needs it, and each look written down (row P6)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from deskapp.desk import Desk

if TYPE_CHECKING:
    from deskapp.domain.client import Phone


def unmask(desk: Desk, client_id: int) -> tuple[Phone, ...]:
    """The whole numbers of a client; the audit trail says who looked at whose, never the numbers themselves."""
    with desk.write("phone.unmask") as work:
        work.clients.find(client_id)
        phones = tuple(work.phones.of(client_id))
        work.log("client", client_id, "unmask", {"numbers": len(phones)})
        return phones
