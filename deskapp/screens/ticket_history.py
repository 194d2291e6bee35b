"""A ticket's history as lines: who did what when in whose words, and what the client heard apart from what not."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from textual.content import Content

from deskapp.domain.handoff import EVENTS as HANDOFF_EVENTS
from deskapp.domain.handoff import state_of
from deskapp.domain.message import LETTER_EVENTS
from deskapp.domain.ticket import INTERNAL_KINDS
from deskapp.i18n import knows, say
from deskapp.screens import paint
from deskapp.screens.answerers import answer_label
from deskapp.screens.escalated import escalated_words
from deskapp.screens.handoff_view import handoff_words
from deskapp.screens.sanction_words import event_words
from deskapp.screens.ticket_letters import came_lines, unsent_lines
from deskapp.screens.ticket_view import History, paragraph
from deskapp.widgets import painting, signs
from deskapp.widgets.safe_text import shown

if TYPE_CHECKING:
    from deskapp.desk import Desk
    from deskapp.domain.errors import Conflict
    from deskapp.domain.ticket import TicketEvent
    from deskapp.screens.ticket_view import TicketView

EVENT_TONES = {
    "responded": "bold $success",
    "answered": "bold $success",
    "resolved": "$success",
    "verified": "$success",
    "closed": "$success",
    "reopened": "$error",
    "escalated": "$error",
    "decided": "bold $warning",
    "decision_changed": "bold $error",
    "decision_confirmed": "$success",
    "urged": "$warning",
    "graded": "$warning",
    "paused": "$warning",
    "transferred": "$warning",
    "appointed": "$primary",
    "rescheduled": "$warning",
    "note": "italic $secondary",
    "found_out": "bold $warning",
    "apologised": "$success",
    "sanctioned": "italic $warning",
    "mail_in": "bold $primary",
    "mail_out": "$success",
    "mail_failed": "bold $error",
    "mail_delayed": "$warning",
    "tagged": "$text-muted",
    "untagged": "$text-muted",
    "grouped": "$warning",
    "ungrouped": "$warning",
}
TO_CLIENT = frozenset({"responded", "answered", "mail_out"})
"""What was said to the client; a note never is."""


def history_lines(desk: Desk, view: TicketView) -> list[Content]:
    """Everything that happened, the newest first; what befell duplicates stands between, with their number."""
    histories = [History(view.row.ticket, view.events), *view.absorbed]
    happened = [(history, place) for history in histories for place in range(len(history.events))]
    happened.sort(key=lambda one: (one[0].events[one[1]].at, one[0].events[one[1]].id), reverse=True)
    lines = unsent_lines(desk, view)
    for history, place in happened:
        event = history.events[place]
        number = "" if history.ticket.id == view.row.ticket.id else history.ticket.number
        lines.append(
            painting.join(
                [
                    Content.styled(paint.when(desk, event.at), "$text-muted"),
                    painting.safe(number, "$accent"),
                    _marked(event.kind, history.ticket.kind),
                    painting.safe(facts_words(view, history, place)),
                    painting.safe(
                        view.operators.get(event.operator_id or 0) or say("ticket_view.system"), "$text-muted"
                    ),
                ]
            )
        )
        if event.text.strip() and (event.kind != "filed" or number):
            mark = _mark(event.kind, history.ticket.kind)
            lines += paragraph(event.text, f"  {mark}", _words_tone(event.kind))
        if event.kind == "mail_in":
            lines += came_lines(desk, view, event)
    return lines


def _marked(kind: str, of: str) -> Content:
    return Content.styled(f"{_mark(kind, of)}{event_word(kind, of)}", EVENT_TONES.get(kind, "$foreground"))


def _mark(kind: str, of: str) -> str:
    """A sign for what the client heard, another for what only colleagues read: seen without colour too."""
    to_client = kind in TO_CLIENT and of not in INTERNAL_KINDS
    name = "answer" if to_client else "note" if kind in ("note", "sanctioned") else ""
    return f"{signs.sign(name)} " if name else ""


def _words_tone(kind: str) -> str:
    return "italic $secondary" if kind == "note" else ""


def event_word(kind: str, of: str = "") -> str:
    """An event's word, perhaps another for a kind of ticket no client waits for; a newer version's shows its code."""
    inside = f"ticket.inside.{kind}"
    if of in INTERNAL_KINDS and knows(inside):
        return say(inside)
    code = f"ticket.event.{kind}"
    return say(code) if knows(code) else shown(kind)


def lost_to(desk: Desk, view: TicketView, conflict: Conflict) -> str:
    """Who was first, when, and what the newest thing is they did to the ticket."""
    who = shown(conflict.who) or say("ticket_view.somebody")
    for place in range(len(view.events) - 1, -1, -1):
        event = view.events[place]
        if view.operators.get(event.operator_id or 0, "") == conflict.who:
            did = sentence(view, place)
            return say("ticket_view.lost_to", who=who, at=paint.when(desk, event.at), did=did)
    return say("ticket_view.lost_to_somebody", who=who)


def sentence(view: TicketView, place: int) -> str:
    """An event in one line: its word, what it changed, and the beginning of its words."""
    event = view.events[place]
    said = " ".join(event.text.split())[:60] if event.kind != "filed" else ""
    facts = facts_words(view, History(view.row.ticket, view.events), place)
    return " ".join(part for part in (event_word(event.kind), facts, shown(said)) if part)


def facts_words(view: TicketView, history: History, place: int) -> str:
    """What an event changed, in words."""
    event = history.events[place]
    facts = event.facts or {}
    if event.kind in ("filed", "dispatched"):
        return _given_to(view, history, place)
    if event.kind == "transferred":
        return _transferred(view, event)
    if event.kind == "graded":
        return " > ".join(_severity(facts.get(side)) for side in ("from", "to"))
    if event.kind == "escalated":
        return escalated_words(facts) or _name(view.staff, facts.get("head_id"))
    if event.kind == "sanctioned":
        return event_words(facts, _name(view.staff, facts.get("staff_id")))
    if event.kind == "undone":
        return say(f"undo.act.{facts.get('act')}")
    if event.kind in ("grouped", "ungrouped"):
        return shown(str(facts.get("mass") or ""))
    if event.kind == "found_out":
        return shown(str(facts.get("cause") or ""))
    if event.kind in ("held_responsible", "released", "apologised"):
        return _name(view.staff, facts.get("staff_id"))
    if event.kind in ("merged", "absorbed"):
        return shown(str(facts.get("into") or facts.get("number") or ""))
    if event.kind in LETTER_EVENTS:
        return shown(str(facts.get("from") or facts.get("to") or ""))
    if event.kind in ("tagged", "untagged"):
        return shown(f"#{facts.get('tag', '')}")
    if event.kind in ("appointed", "rescheduled"):
        return shown(" ".join(str(facts.get(name) or "") for name in ("when", "who")).strip())
    if event.kind in HANDOFF_EVENTS:
        return handoff_words(state_of(facts))
    if event.kind in ("verified", "reopened") and facts.get("score"):
        return say("ticket_view.score", score=facts["score"])
    return ""


def _severity(value: object) -> str:
    code = f"ticket.severity.{value}"
    return say(code) if knows(code) else "-"


def _transferred(view: TicketView, event: TicketEvent) -> str:
    """From whom to whom."""
    facts = event.facts or {}
    sides = (
        answer_label(
            _name(view.departments, facts.get(f"{side}department_id")),
            _name(view.staff, facts.get(f"{side}responsible_id")),
        )
        for side in ("", "to_")
    )
    return " > ".join(sides)


def _given_to(view: TicketView, history: History, place: int) -> str:
    """To whom it was given then: who had it before the next time it was given away, or has it now."""
    for later in history.events[place + 1 :]:
        if later.kind in ("dispatched", "transferred") and later.facts:
            has: tuple[object, object] = (
                later.facts.get("department_id"),
                later.facts.get("responsible_id"),
            )
            break
    else:
        has = (history.ticket.department_id, history.ticket.responsible_id)
    return answer_label(_name(view.departments, has[0]), _name(view.staff, has[1]))


def _name(names: Mapping[int, str], record_id: object) -> str:
    return names.get(record_id, "") if isinstance(record_id, int) else ""
