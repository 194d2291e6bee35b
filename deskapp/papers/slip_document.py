"""A ticket's slip as a document: its fields, the lines to sign on, and the receipt that comes back (rows T2, R1)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from deskapp.domain.document import Document, Facts
from deskapp.domain.ticket import INTERNAL_KINDS
from deskapp.i18n import say
from deskapp.papers.slip import SlipFacts, local_time, slip_cells

if TYPE_CHECKING:
    from deskapp.domain.rows import TicketRow

KINDS = ("slip_complaint", "slip_followup_issue", "slip_repair", "slip_rectification", "slip_handoff")
"""The kinds of these documents: a template of the company's own may stand for each."""


def document(row: TicketRow, facts: SlipFacts) -> Document:
    """Make the slip of a ticket a document."""
    ticket = row.ticket
    blocks = []
    for one in slip_cells(row, facts):
        pairs = tuple(part for part in one if isinstance(part, tuple))
        lines = next((part for part in one if isinstance(part, int)), 1)
        blocks.append(Facts(pairs, across=len(pairs), lines=lines))
    received = local_time(ticket.received_at, facts.zone)
    return Document(
        kind=f"slip_{ticket.kind}",
        title=title(f"slip_{ticket.kind}"),
        company=facts.company,
        number=ticket.number or say("slip.number_follows"),
        period="",
        made=say("slip.received_by", at=received, who=facts.filed_by),
        blocks=(*blocks, _receipt()),
        signatures=_signatures(ticket.kind),
    )


def title(kind: str) -> str:
    """The title of a kind of slip, without the marks that stand around it in a sentence."""
    return say(f"slip.title.{kind.removeprefix('slip_')}").strip("\u300a\u300b")


def _signatures(kind: str) -> tuple[str, ...]:
    """Who signs: whoever took it in, whoever answers for it, and the client where it is the client's."""
    signed = (say("slip.filed_by"), say("slip.sign_responsible"))
    return signed if kind in INTERNAL_KINDS else (*signed, say("slip.sign_client"))


def _receipt() -> Facts:
    """What whoever gets the slip fills in and gives back."""
    pairs = ((say("slip.receipt_by"), ""), (say("slip.receipt_at"), ""))
    return Facts(pairs, caption=say("slip.receipt"), lines=2)
