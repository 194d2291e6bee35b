"""What the ticket screen shows, read in one go, and how it becomes lines: head and the caller's words."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from textual.content import Content

from deskapp.domain.handoff import EVENTS, state_of
from deskapp.domain.ticket import INTERNAL_KINDS
from deskapp.i18n import say
from deskapp.screens import clock_paint, paint, repair_view
from deskapp.screens.handoff_view import handoff_words
from deskapp.screens.mass_lists import part_words
from deskapp.screens.responsibility_view import Fault, fault_lines, fault_of
from deskapp.widgets import painting
from deskapp.widgets.safe_text import shown

if TYPE_CHECKING:
    from deskapp.desk import Desk
    from deskapp.domain.mass_complaint import MassRow
    from deskapp.domain.message import LetterRow
    from deskapp.domain.repair import RepairRow
    from deskapp.domain.rows import TicketRow
    from deskapp.domain.ticket import Ticket, TicketEvent
    from deskapp.repository.work import Work
    from deskapp.services.frame import FrameFacts

STATE_TONES = {
    "received": "$warning",
    "reopened": "$error",
    "closed": "$success",
    "withdrawn": "$text-muted",
    "merged": "$text-muted",
}


MOST_LETTERS = 100
"""The newest letters of one ticket that its history shows in full."""
MOST_ABSORBED = 50
"""The most duplicates, direct or not, whose histories are shown in one."""


@dataclass(frozen=True, slots=True)
class History:
    """A ticket with everything that happened to it, oldest first."""

    ticket: Ticket
    events: tuple[TicketEvent, ...] = ()


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
    absorbed: tuple[History, ...] = ()
    """The duplicates merged into it, and those merged into them."""
    tags: tuple[str, ...] = ()
    watchers: tuple[tuple[int, str], ...] = ()
    repair: RepairRow | None = None
    letters: tuple[LetterRow, ...] = ()
    """The newest letters of it and of the duplicates merged into it."""
    fault: Fault = field(default_factory=Fault)
    part_of: MassRow | None = None
    """The mass complaint it is part of."""


def read_ticket(desk: Desk, ticket_id: int) -> TicketView:
    """Read a ticket, its history and the names in it; LookupError when there is none."""
    with desk.read() as work:
        row = work.tickets.row(ticket_id)
        if row is None:
            raise LookupError(f"ticket {ticket_id}")
        ticket, events = row.ticket, tuple(work.ticket_events.of(ticket_id))
        absorbed = _absorbed(work, History(ticket, events))
        told = [*events, *(event for one in absorbed for event in one.events)]
        operators = work.operators.get_many(
            _ids([*(event.operator_id for event in told), ticket.resolved_by])
        )
        all_of_them = [ticket, *(one.ticket for one in absorbed)]
        departments = work.departments.get_many(
            _named(told, [one.department_id for one in all_of_them], _DEPARTMENTS)
        )
        staff = work.staff.get_many(_named(told, [one.responsible_id for one in all_of_them], _PEOPLE))
        earlier = work.tickets.get_many(_ids([ticket.repeat_of, ticket.merged_into]))
        phones = work.phones.of(ticket.client_id)
        tags, watchers = work.tags.of(ticket_id), tuple(work.watchers.of(ticket_id))
        repair = work.repairs.row(ticket_id) if ticket.kind == "repair" else None
        letters = [row for one in all_of_them for row in work.letters.page(one.id, MOST_LETTERS)]
        fault = fault_of(work, ticket_id)
        mass = work.mass_complaints.of_ticket(ticket)
        part_of = work.mass_complaints.row(mass) if mass else None
    return TicketView(
        row,
        events,
        tuple(paint.number(desk, one.normal, one.raw) for one in phones),
        {one.id: one.name for one in operators.values()},
        {one.id: one.name for one in departments.values()},
        {one.id: one.name for one in staff.values()},
        _number(earlier, ticket.repeat_of),
        _number(earlier, ticket.merged_into),
        tuple(absorbed),
        tags,
        watchers,
        repair,
        tuple(letters),
        fault,
        part_of,
    )


_DEPARTMENTS = ("department_id", "to_department_id")
_PEOPLE = ("responsible_id", "to_responsible_id", "head_id", "staff_id")


def _absorbed(work: Work, into: History) -> list[History]:
    """The duplicates a history says were taken in, each with its own, and so on down."""
    found: dict[str, History] = {}
    waiting = [into]
    while waiting and len(found) < MOST_ABSORBED:
        for event in waiting.pop().events:
            number = str((event.facts or {}).get("number") or "") if event.kind == "absorbed" else ""
            ticket = work.tickets.by_number(number) if number and number not in found else None
            if ticket is not None and ticket.id != into.ticket.id:
                found[number] = History(ticket, tuple(work.ticket_events.of(ticket.id)))
                waiting.append(found[number])
    return list(found.values())


def _named(events: Iterable[TicketEvent], also: Iterable[object], names: tuple[str, ...]) -> list[int]:
    """The ids that events, and a ticket itself, name under some facts."""
    return _ids([*also, *((event.facts or {}).get(name) for event in events for name in names)])


def _ids(values: Iterable[object]) -> list[int]:
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
        *_kind_lines(desk, view, now_us),
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
    lines += [_labelled(code, words) for code, words in fault_lines(view.fault)]
    if view.part_of is not None:
        words = part_words(view.part_of.mass, view.part_of.clients)
        lines.append(_labelled("ticket_view.part_of", words))
    return [*lines, *_shared_lines(view), *_answered_elsewhere(desk, view)]


def _kind_lines(desk: Desk, view: TicketView, now_us: int) -> list[Content]:
    """What depends on the kind: the response clock where a client waits; how a repair or a handoff stands."""
    ticket, lines = view.row.ticket, []
    if ticket.kind not in INTERNAL_KINDS:
        responds = clock_paint.response_line(desk, view.row, now_us)
        lines.append(_labelled("ticket_view.responds", responds))
    if view.repair is not None:
        lines.append(_labelled("ticket_view.repair", repair_view.standing(desk, view.repair)))
    if ticket.kind == "handoff":
        stands = [event.facts for event in view.events if event.kind in EVENTS]
        words = handoff_words(state_of(stands[-1] if stands else None))
        lines.append(_labelled("ticket_view.handoff", Content.styled(words, "$primary")))
    return lines


def tag_words(tags: Iterable[str], tone: str = "$primary") -> Content:
    """Tags as they are written everywhere: #leak #vip."""
    return painting.join([painting.safe(f"#{tag}", tone) for tag in tags], " ")


def _shared_lines(view: TicketView) -> list[Content]:
    """Tags and who watches, in one line, when there are any."""
    watching = say("cli.list_comma").join(shown(name) for _, name in view.watchers)
    watched = (
        Content.assemble((f"{say('ticket_view.watchers')} ", "$text-muted"), watching) if watching else ""
    )
    if not view.tags:
        return [_labelled("ticket_view.watchers", Content(watching))] if watching else []
    return [_labelled("ticket_view.tags", painting.join([tag_words(view.tags), watched], "   "))]


def _answered_elsewhere(desk: Desk, view: TicketView) -> list[Content]:
    """A duplicate merged into this one was answered, and this one was not: its clock runs until somebody says so."""
    if not view.row.ticket.clock_runs:
        return []
    for one in view.absorbed:
        if one.ticket.responded_at is not None:
            at = paint.when(desk, one.ticket.responded_at)
            words = say("ticket_view.answered_elsewhere", number=one.ticket.number, at=at)
            return [Content.styled(words, "bold $warning")]
    return []


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
    lines = [Content.styled(shown(ticket.subject), "bold"), *paragraph(ticket.description)]
    for code, text, tone in (
        ("ticket.field.demand", ticket.demand, "$warning"),
        ("ticket.field.response", ticket.response, "$success"),
        ("ticket.field.resolution", ticket.resolution, "$success"),
    ):
        if text.strip():
            lines += [Content(""), Content.styled(say(code), tone), *paragraph(text)]
    return lines


def paragraph(text: str, indent: str = "", tone: str = "") -> list[Content]:
    """A text's lines, the empty ones left out."""
    return [painting.safe(f"{indent}{line}", tone) for line in text.splitlines() if line.strip()]


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
