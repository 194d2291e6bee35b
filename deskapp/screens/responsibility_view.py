"""Who was at fault, read in one go and as lines: on the ticket in a few, on a screen of its own in full (T8, T9)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from textual.content import Content

from deskapp.i18n import say
from deskapp.screens import paint, sanction_words
from deskapp.widgets import painting, signs
from deskapp.widgets.safe_text import shown

if TYPE_CHECKING:
    from deskapp.desk import Desk
    from deskapp.domain.responsibility import Finding, ResponsibleRow
    from deskapp.domain.sanction import Proposal, SanctionRow
    from deskapp.domain.ticket import Ticket
    from deskapp.repository.work import Work


@dataclass(frozen=True, slots=True)
class Fault:
    """What was found out about a ticket, who answers for it, and what it cost them."""

    finding: Finding | None = None
    responsible: tuple[ResponsibleRow, ...] = ()
    sanctions: tuple[SanctionRow, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.finding or self.responsible or self.sanctions)


@dataclass(frozen=True, slots=True)
class Whole:
    """The same with its ticket and the rule that applies."""

    ticket: Ticket
    fault: Fault
    proposal: Proposal


def fault_of(work: Work, ticket_id: int) -> Fault:
    """Read what was found out about a ticket."""
    return Fault(
        work.findings.of_ticket(ticket_id),
        tuple(work.responsibilities.of_ticket(ticket_id)),
        tuple(work.sanctions.of_ticket(ticket_id)),
    )


def read_whole(desk: Desk, ticket_id: int) -> Whole:
    """Read it with the rule that applies; LookupError when there is no such ticket."""
    from deskapp.services import sanctions

    with desk.read() as work:
        ticket = work.tickets.find(ticket_id)
        return Whole(ticket, fault_of(work, ticket_id), sanctions.proposed_for(work, desk, ticket))


def finding_line(finding: Finding) -> Content:
    """Cause, trade, crew and material in one line."""
    parts = [painting.safe(finding.cause, "bold")]
    trade = say(f"staff.trade.{finding.trade}") if finding.trade else ""
    for code, value in (("trade", trade), ("crew", finding.crew), ("material", finding.material)):
        if value:
            label = (f"{say(f'finding.field.{code}')} ", "$text-muted")
            parts.append(Content.assemble(label, shown(value)))
    return painting.join(parts)


def fault_lines(fault: Fault) -> list[tuple[str, Content]]:
    """The few lines of the ticket's head, each with its label's code: finding, those responsible, penalties."""
    lines: list[tuple[str, Content]] = []
    if fault.finding is not None:
        lines.append(("responsibility.label.finding", finding_line(fault.finding)))
    if fault.responsible:
        people = painting.join([_person(row) for row in fault.responsible])
        lines.append(("responsibility.label.responsible", people))
    lines += [("responsibility.label.sanction", sanction_words.standing(row)) for row in fault.sanctions[-3:]]
    return lines


def _person(row: ResponsibleRow) -> Content:
    return painting.join([painting.safe(row.staff, "bold"), apology_mark(row)], " ")


def apology_mark(row: ResponsibleRow) -> Content:
    """Whether somebody has apologised."""
    if row.responsibility.apology_at is None:
        return Content.styled(f"{signs.sign('missed')} {say('responsibility.no_apology')}", "$warning")
    return Content.styled(f"{signs.sign('met')} {say('responsibility.apology_made')}", "$success")


def apology_words(desk: Desk, row: ResponsibleRow) -> Content:
    """Who apologised when, in which words; or that nobody has."""
    one = row.responsibility
    if one.apology_at is None:
        return apology_mark(row)
    who = say("responsibility.apologised_by", who=shown(row.apologiser), at=paint.when(desk, one.apology_at))
    said = painting.safe(" ".join(one.apology.split()), "$text-muted")
    return painting.join([Content.styled(f"{signs.sign('met')} {who}", "$success"), said])
