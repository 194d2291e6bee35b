"""What the ticket screen shows, read in one go, and how it becomes lines: head, the caller's words, history."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from textual.content import Content

from deskapp.i18n import knows, say
from deskapp.screens import clock_paint, paint
from deskapp.screens.answerers import answer_label
from deskapp.widgets import painting
from deskapp.widgets.safe_text import shown

if TYPE_CHECKING:
    from deskapp.desk import Desk
    from deskapp.domain.rows import TicketRow
    from deskapp.domain.ticket import Ticket, TicketEvent
    from deskapp.services.frame import FrameFacts

EVENT_TONES = {
    "responded": "$success",
    "resolved": "$success",
    "verified": "$success",
    "closed": "$success",
    "reopened": "$error",
    "escalated": "$error",
    "urged": "$warning",
    "graded": "$warning",
    "paused": "$warning",
    "note": "$secondary",
}
STATE_TONES = {
    "received": "$warning",
    "reopened": "$error",
    "closed": "$success",
    "withdrawn": "$text-muted",
    "merged": "$text-muted",
}


@dataclass(frozen=True, slots=True)
class TicketView:
    """A ticket with its history and every name its lines need."""

    row: TicketRow
    events: tuple[TicketEvent, ...] = ()
    phones: tuple[str, ...] = ()
    operators: Mapping[int, str] = field(default_factory=dict)
    departments: Mapping[int, str] = field(default_factory=dict)
    staff: Mapping[int, str] = field(default_factory=dict)
    repeat_of: str = ""
    merged_into: str = ""


def read_ticket(desk: Desk, ticket_id: int) -> TicketView:
    """Read a ticket, its history and the names in it; LookupError when there is none."""
    with desk.read() as work:
        row = work.tickets.row(ticket_id)
        if row is None:
            raise LookupError(f"ticket {ticket_id}")
        ticket, events = row.ticket, tuple(work.ticket_events.of(ticket_id))
        people = [event.operator_id for event in events if event.operator_id]
        facts = [event.facts or {} for event in events]
        operators = work.operators.get_many([*people, *_ids([ticket.resolved_by])])
        departments = work.departments.get_many(
            _ids([ticket.department_id, *(f.get("department_id") for f in facts)])
        )
        named = [ticket.responsible_id, *(f.get(k) for f in facts for k in ("responsible_id", "head_id"))]
        staff = work.staff.get_many(_ids(named))
        earlier = work.tickets.get_many(_ids([ticket.repeat_of, ticket.merged_into]))
        phones = work.phones.of(ticket.client_id)
    return TicketView(
        row,
        events,
        tuple(paint.phone(one.normal) or one.raw for one in phones),
        {one.id: one.name for one in operators.values()},
        {one.id: one.name for one in departments.values()},
        {one.id: one.name for one in staff.values()},
        _number(earlier, ticket.repeat_of),
        _number(earlier, ticket.merged_into),
    )


def _ids(values: list[object]) -> list[int]:
    return [value for value in values if isinstance(value, int)]


def _number(tickets: Mapping[int, Ticket], ticket_id: int | None) -> str:
    found = tickets.get(ticket_id) if ticket_id is not None else None
    return found.number if found else ""


def head_lines(desk: Desk, view: TicketView, now_us: int) -> list[Content]:
    """State, severity, clocks, client, who answers: what one must see at a glance."""
    row, ticket = view.row, view.row.ticket
    what = [ticket.category, say(f"ticket.channel.{ticket.channel}"), *_marks(view)]
    lines = [
        painting.join(
            [
                Content.styled(
                    say(f"ticket.state.{ticket.state}"), f"bold {STATE_TONES.get(ticket.state, '$primary')}"
                ),
                paint.severity(ticket.severity),
                painting.safe("  ".join(part for part in what if part), "$text-muted"),
            ]
        ),
        _labelled("ticket_view.responds", clock_paint.response_line(desk, row, now_us)),
        _labelled("ticket_view.resolves", clock_paint.resolution_line(desk, row, now_us)),
        _labelled("ticket_view.answers", clock_paint.who_has_it(row)),
        _labelled(
            "ticket_view.client",
            painting.join(
                [
                    Content.styled(paint.client_name(row.client_name), "bold"),
                    Content.styled("  ".join(map(shown, view.phones)), "$primary"),
                    painting.safe(row.address),
                ]
            ),
        ),
    ]
    if ticket.satisfaction:
        score = say("ticket_view.score", score=ticket.satisfaction)
        lines.append(_labelled("ticket_view.result", Content.styled(score, "$success")))
    return lines


def _marks(view: TicketView) -> list[str]:
    ticket = view.row.ticket
    marks = []
    if ticket.repeat_no:
        marks.append(say("ticket_view.repeat", count=ticket.repeat_no + 1, number=view.repeat_of))
    if ticket.reopened_count:
        marks.append(say("ticket_view.reopened", count=ticket.reopened_count))
    if view.merged_into:
        marks.append(say("ticket_view.merged_into", number=view.merged_into))
    return marks


def _labelled(code: str, words: Content) -> Content:
    label = say(code)
    return Content.assemble((label + " " * max(1, 9 - painting.cells(label)), "$text-muted"), words)


def words_lines(view: TicketView) -> list[Content]:
    """What the caller said and wants, and what was answered and done."""
    ticket = view.row.ticket
    lines = [Content.styled(shown(ticket.subject), "bold"), *_paragraph(ticket.description)]
    for code, text, tone in (
        ("ticket.field.demand", ticket.demand, "$warning"),
        ("ticket.field.response", ticket.response, "$success"),
        ("ticket.field.resolution", ticket.resolution, "$success"),
    ):
        if text.strip():
            lines += [Content(""), Content.styled(say(code), tone), *_paragraph(text)]
    return lines


def _paragraph(text: str, indent: str = "", tone: str = "") -> list[Content]:
    return [painting.safe(f"{indent}{line}", tone) for line in text.splitlines() if line.strip()]


def history_lines(desk: Desk, view: TicketView) -> list[Content]:
    """Everything that happened, the newest first, each with who, when and in whose words."""
    lines: list[Content] = []
    for place in range(len(view.events) - 1, -1, -1):
        event = view.events[place]
        who = view.operators.get(event.operator_id or 0, "")
        lines.append(
            painting.join(
                [
                    Content.styled(paint.when(desk, event.at), "$text-muted"),
                    Content.styled(event_word(event.kind), EVENT_TONES.get(event.kind, "$foreground")),
                    painting.safe(_facts(view, place)),
                    painting.safe(who, "$text-muted"),
                ]
            )
        )
        if event.text.strip() and event.kind != "filed":
            lines += _paragraph(event.text, "  ")
    return lines


def event_word(kind: str) -> str:
    """An event's word; one of a newer version shows its code."""
    code = f"ticket.event.{kind}"
    return say(code) if knows(code) else shown(kind)


def _facts(view: TicketView, place: int) -> str:
    """What an event changed, in words."""
    event = view.events[place]
    facts = event.facts or {}
    if event.kind in ("filed", "dispatched"):
        return _given_to(view, place)
    if event.kind == "graded":
        return " > ".join(_severity(facts.get(side)) for side in ("from", "to"))
    if event.kind == "escalated":
        return _name(view.staff, facts.get("head_id"))
    if event.kind in ("merged", "absorbed"):
        return shown(str(facts.get("into") or facts.get("number") or ""))
    if event.kind in ("verified", "reopened") and facts.get("score"):
        return say("ticket_view.score", score=facts["score"])
    return ""


def _severity(value: object) -> str:
    code = f"ticket.severity.{value}"
    return say(code) if knows(code) else "-"


def _given_to(view: TicketView, place: int) -> str:
    """To whom it was given then: who had it before the next time it was given away, or has it now."""
    for later in view.events[place + 1 :]:
        if later.kind == "dispatched" and later.facts:
            has: tuple[object, object] = (
                later.facts.get("department_id"),
                later.facts.get("responsible_id"),
            )
            break
    else:
        has = (view.row.ticket.department_id, view.row.ticket.responsible_id)
    return answer_label(_name(view.departments, has[0]), _name(view.staff, has[1]))


def _name(names: Mapping[int, str], record_id: object) -> str:
    return names.get(record_id, "") if isinstance(record_id, int) else ""


def elsewhere_lines(desk: Desk, facts: FrameFacts | None, ticket_id: int) -> list[Content]:
    """Who has the ticket open at another desk, and since when (row T15)."""
    there = (
        [one for one in facts.elsewhere if (one.noun, one.record_id) == ("ticket", ticket_id)]
        if facts
        else []
    )
    if not there:
        return []
    who = say("cli.list_comma").join(dict.fromkeys(shown(one.who) for one in there))
    words = say("ticket_view.elsewhere", who=who, at=paint.when(desk, there[0].since))
    return [Content.styled(words, "bold $warning")]
