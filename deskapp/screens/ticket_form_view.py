"""What stands beside the complaint form: the client's card, possible repeats, deadlines to come, the slip."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from textual.content import Content

from deskapp.domain.ticket import INTERNAL_KINDS
from deskapp.i18n import say
from deskapp.screens import paint, repair_view
from deskapp.screens.mass_lists import alike_words
from deskapp.screens.ticket_form_fields import first_line
from deskapp.widgets import painting, signs
from deskapp.widgets.safe_text import shown

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from deskapp.desk import Desk
    from deskapp.domain.client import ClientCard
    from deskapp.domain.repeats import Repeat
    from deskapp.domain.ticket import Ticket
    from deskapp.services.drafts import Kept
    from deskapp.services.intake import Outlook, Proposal

REPEATS_SHOWN = 4


def card_lines(desk: Desk, outlook: Outlook | None) -> list[Content]:
    """The client's card; for a stranger whose number is known, whose it is."""
    if outlook is None or outlook.file is None:
        lines = [Content.styled(say("complaint.new_client"), "$text-muted")]
        found = outlook.same_phone if outlook else ()
        return lines + [
            Content.styled(say("complaint.same_phone", client=_card(card)), "$warning") for card in found
        ]
    warranty = [] if outlook.warranty is None else [repair_view.warranty_words(outlook.warranty)]
    return [*warranty, *paint.card_lines(desk, outlook.file)]


def _card(card: ClientCard) -> str:
    return f"{paint.client_name(card.client.name)} {shown(card.address)}".strip()


def repeat_lines(desk: Desk, outlook: Outlook, joins: bool = False) -> list[Content]:
    """What others complain of alike; the client's recent complaints this one may repeat, the certain ones marked."""
    alike = [alike_words(outlook.alike, joins)] if outlook.alike else []
    return [*alike, *(_repeat(desk, repeat) for repeat in outlook.repeats[:REPEATS_SHOWN])]


def _repeat(desk: Desk, repeat: Repeat) -> Content:
    ticket = repeat.ticket
    days = (desk.now() - ticket.received_at).days if ticket.received_at else 0
    mark = (
        (f"{signs.sign('error')} {say('complaint.certain')}", "bold $error") if repeat.certain else ("", "")
    )
    return painting.join(
        [
            Content.styled(*mark) if repeat.certain else Content(""),
            painting.safe(ticket.number, "$primary"),
            Content(say("complaint.days_ago", days=days) if days else say("complaint.today")),
            Content.styled(say(f"ticket.state.{ticket.state}"), "$text-muted"),
            painting.safe(ticket.subject, "$text-muted"),
        ]
    )


def deadline_lines(desk: Desk, outlook: Outlook) -> list[Content]:
    """When to respond and to resolve by, on which calendar, and whether its year is published."""
    ticket, policy = outlook.promised, desk.policy
    lines = _limits(desk, ticket)
    calendar = say(f"policy.clock.{policy.clock_calendar}")
    if policy.clock_calendar == "business":
        calendar = f"{calendar} {policy.business_hours}"
    if ticket.kind not in INTERNAL_KINDS or ticket.own_due_at is None:
        lines.append(Content.styled(calendar, "$text-muted"))
    if ticket.provisional and ticket.due_at is not None:
        year = desk.local(ticket.due_at).year
        words = say("policy.clock.unpublished", year=year)
        lines.append(Content.styled(f"{signs.sign('error')} {words}", "$warning"))
    return lines


def _limits(desk: Desk, ticket: Ticket) -> list[Content]:
    """The response's deadline where a client waits for one, and the due time: the severity's or its own."""
    policy = desk.policy
    severity = ticket.severity
    hours = f"{policy.response_hours.get(severity, 0):g}"
    days = f"{policy.resolution_days.get(severity, 0):g}"
    own = ticket.own_due_at is not None
    limits = [
        (say("complaint.respond_by", hours=hours), ticket.respond_by, "bold"),
        (say("complaint.due") if own else say("complaint.resolve_by", days=days), ticket.due_at, ""),
    ]
    return [
        painting.join([Content.styled(what, "$text-muted"), Content.styled(paint.when(desk, at), style)])
        for what, at, style in limits
        if at is not None
    ]


def reason_line(proposal: Proposal, decided: bool) -> Content:
    """Why this department and person stand there, or whom the console would have named."""
    if decided:
        named = " ".join(name for name in (proposal.department, proposal.responsible) if name)
        words = say("complaint.decided", proposed=named) if named else say("complaint.decided_alone")
        return Content.styled(shown(words), "$warning")
    if not proposal.reason:
        return Content.styled(say("complaint.why.none"), "$text-muted")
    trade = say(f"staff.trade.{proposal.trade}") if proposal.trade else ""
    words = say(f"complaint.why.{proposal.reason}", trade=trade, department=proposal.department)
    return Content.styled(shown(words), "$text-muted")


def strip_lines(desk: Desk, outlook: Outlook | None, joins: bool = False) -> list[Content]:
    """The same for a narrow screen, in four lines."""
    if outlook is None:
        return []
    card = card_lines(desk, outlook)
    limits = _limits(desk, outlook.promised)
    lines = [
        painting.join(card[:2]),
        *repeat_lines(desk, outlook, joins)[: 2 if outlook.alike and outlook.repeats else 1],
        painting.join(limits),
    ]
    return [*lines, *deadline_lines(desk, outlook)[len(limits) + 1 :]]


def drafts_line(desk: Desk, kept: Sequence[Kept]) -> Content:
    """How many drafts there are, and what the newest one is about."""
    first = kept[0]
    words = str(first.values.get("words") or first.values.get("subject") or "")
    what = shown(first_line(f"{first.values.get('who.text') or ''} {words}")[:24])
    when = paint.when(desk, first.at)
    return Content.styled(say("complaint.drafts", count=len(kept), when=when, what=what), "$warning")


def slip_preview(desk: Desk, outlook: Outlook | None, values: Mapping[str, Any], width: int) -> list[str]:
    """The slip as it will print, its rules left out so that more of it is in sight."""
    from deskapp.domain.rows import TicketRow
    from deskapp.papers.slip import SlipFacts, slip_lines

    if outlook is None:
        return []
    person, _, department = str(values.get("answers.text") or "").partition(" \u00b7 ")
    if not department:
        person, department = "", person
    ticket = replace(
        outlook.promised,
        channel=values.get("channel") or "phone",
        category=str(values.get("category.label") or ""),
        subject=values.get("subject") or first_line(values.get("words") or ""),
        description=values.get("words") or "",
        demand=values.get("demand") or "",
        repeat_no=sum(repeat.certain for repeat in outlook.repeats),
    )
    card = outlook.file.card if outlook.file else None
    phones = (
        [paint.number(desk, one.normal, one.raw) for one in card.phones] if card else [values.get("phone")]
    )
    facts = SlipFacts(
        desk.company,
        tuple(str(phone) for phone in phones if phone),
        desk.operator.name if desk.operator else "",
        desk.policy.timezone,
        next((repeat.ticket.number for repeat in outlook.repeats if repeat.certain), ""),
    )
    name = card.client.name if card else str(values.get("who.text") or "")
    row = TicketRow(ticket, name, card.address if card else "", person, department)
    if ticket.kind == "repair":
        facts = replace(facts, repair=repair_view.to_be(desk, row, outlook.warranty, values, person))
    lines = slip_lines(row, facts, max(36, width))
    return [line for line in lines if not line.startswith("+")]
