"""A ticket's slip, read from the store and written where it can be printed from (row T2)."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

from deskapp.domain.errors import StorageFailed
from deskapp.services import unmasking
from deskapp.services.drafts import write_whole

if TYPE_CHECKING:
    from deskapp.desk import Desk
    from deskapp.domain.document import Document
    from deskapp.domain.rows import TicketRow
    from deskapp.papers.slip import SlipFacts
    from deskapp.repository.work import Work

_UNSAFE = re.compile(r"[^A-Za-z0-9._-]")


def slip_text(desk: Desk, ticket_id: int, width: int = 76) -> str:
    """Write the slip of a stored ticket, as it stands now."""
    from deskapp.papers.slip import slip

    row, facts = _read(desk, ticket_id)
    return slip(row, facts, width)


def slip_document(desk: Desk, ticket_id: int) -> Document:
    """Make the slip of a stored ticket, as it stands now, a document to be printed and signed."""
    from deskapp.papers.slip_document import document

    return document(*_read(desk, ticket_id))


def _content(desk: Desk, row: TicketRow, facts: SlipFacts, form: str) -> bytes:
    if form == "txt":
        from deskapp.papers.slip import slip

        return slip(row, facts).encode("utf-8", "replace")
    from deskapp.papers.slip_document import document
    from deskapp.services.papers.files import rendered

    return rendered(desk, document(row, facts), form)


def save_slip(desk: Desk, ticket_id: int, form: str = "txt") -> Path:
    """Write the slip into the desk's folder of slips, as txt, docx, pdf or xlsx, and say where it lies.

    Whoever answers for the work calls the client: it has the whole number, which is written down.
    """
    row, facts = _read(desk, ticket_id, whole=True)
    if desk.desk_dir is None:
        raise StorageFailed("slip.no_folder")
    unmasking.looked(desk, row.ticket.client_id, len(facts.phones), "slip")
    content = _content(desk, row, facts, form)
    name = _UNSAFE.sub("_", row.ticket.number).lstrip(".") or str(row.ticket.id)
    path = desk.desk_dir / "slips" / f"{name}.{form}"
    try:
        write_whole(path, content)
    except OSError as error:
        why = error.strerror or type(error).__name__
        raise StorageFailed("slip.not_saved", path=str(path), why=why) from error
    return path


def _read(desk: Desk, ticket_id: int, *, whole: bool = False) -> tuple[TicketRow, SlipFacts]:
    with desk.read() as work:
        row = work.tickets.row(ticket_id)
        if row is None:
            raise LookupError(f"ticket {ticket_id}")
        return row, facts_of(work, desk, row, whole=whole)


def facts_of(work: Work, desk: Desk, row: TicketRow, *, whole: bool = False) -> SlipFacts:
    """Gather what the slip says beside the ticket."""
    from deskapp.papers.slip import SlipFacts

    filed_by = work.operators.get(row.ticket.filed_by)
    earlier = work.tickets.get(row.ticket.repeat_of)
    phones = work.phones.of(row.ticket.client_id)
    return SlipFacts(
        company=desk.company,
        phones=tuple(unmasking.number(desk, one.normal, one.raw, needed=whole) for one in phones),
        filed_by=filed_by.name if filed_by else "",
        zone=desk.policy.timezone,
        repeat_of=earlier.number if earlier else "",
        repair=work.repairs.row(row.ticket.id) if row.ticket.kind == "repair" else None,
    )
