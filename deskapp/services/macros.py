"""Macros at work: kept as data, run in one transaction, stopped whole at the first move that is not legal (row T15)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from deskapp.desk import Desk
from deskapp.domain.errors import NotAllowed, RuleBroken
from deskapp.domain.macro import Macro, SavedView, check_macro, check_view, filled
from deskapp.domain.ticket import Ticket
from deskapp.i18n import say
from deskapp.i18n.errors import in_words
from deskapp.services import calls, collaboration, phrases, tickets
from deskapp.services.together import joined


@dataclass(frozen=True, slots=True)
class Ran:
    """The ticket after a macro, and how many moves that were."""

    ticket: Ticket
    moves: int


def listed(desk: Desk) -> list[Macro]:
    """The macros whoever sits here can use: the own ones, then everybody's."""
    with desk.read() as work:
        return work.macros.listed(desk.operator.id if desk.operator else 0)


def save(desk: Desk, macro: Macro) -> Macro:
    """Keep a macro, new or changed; everybody's only with the right to, another's own one never."""
    check_macro(macro)
    with desk.read() as work:
        before = work.macros.get(macro.id)
    shared = macro.operator_id is None or (before is not None and before.operator_id is None)
    if shared:
        desk.check("macro.share")
    with desk.write("macro.save") as work:
        for one in filter(None, (before, macro)):
            _check_own(desk, one.operator_id, one.name)
        others = [one for one in work.macros.listed(_me(desk)) if one.id != macro.id and one.active]
        twin = next(
            (one for one in others if one.letter == macro.letter and one.operator_id == macro.operator_id),
            None,
        )
        if macro.letter and macro.active and twin is not None:
            raise RuleBroken("macro.letter_taken", letter=macro.letter, name=twin.name)
        return work.macros.save(macro) if macro.id else work.macros.add(macro)


def run(desk: Desk, ticket: Ticket, macro: Macro, answers: Mapping[str, str] | None = None) -> Ran:
    """Make every move of a macro on a ticket as it was seen, or none and say which was not legal and why."""
    check_macro(macro)
    with desk.write("ticket.note") as work:
        if work.tickets.find(ticket.id).version != ticket.version:
            raise work.tickets.conflict(ticket.id)
        here = joined(desk, work)
        facts = _facts(here, ticket) | dict(answers or {})
        now = ticket
        for step in macro.steps:
            move = str(step["do"])
            try:
                _DOES[move](here, now, step, facts)
            except (RuleBroken, NotAllowed) as error:
                word = say(f"macro.move.{move}")
                raise RuleBroken(
                    "macro.stopped", name=macro.name, number=ticket.number, move=word, why=in_words(error)
                ) from error
            now = work.tickets.find(ticket.id)
        return Ran(now, len(macro.steps))


def _facts(desk: Desk, ticket: Ticket) -> dict[str, str]:
    """What fills the holes of a macro's words by itself."""
    with desk.read() as work:
        client = work.clients.get(ticket.client_id)
    return phrases.facts_of(desk, client, ticket)


Step = Mapping[str, Any]
Facts = Mapping[str, str]
Does = Callable[[Desk, Ticket, Step, Facts], object]


def _grade(desk: Desk, ticket: Ticket, step: Step, _: Facts) -> None:
    if ticket.severity != step["severity"]:
        tickets.set_severity(desk, ticket, str(step["severity"]))


def _dispatch(desk: Desk, ticket: Ticket, step: Step, facts: Facts) -> None:
    department_id, responsible_id = step.get("department_id"), step.get("responsible_id")
    if (ticket.department_id, ticket.responsible_id) == (department_id, responsible_id):
        return
    words = filled(str(step.get("words") or ""), facts, "dispatch")
    tickets.dispatch(desk, ticket, department_id, responsible_id, words)


def _tag(desk: Desk, ticket: Ticket, step: Step, _: Facts) -> None:
    for word in str(step["tag"]).split():
        collaboration.tag(desk, ticket, word)


def _note(desk: Desk, ticket: Ticket, step: Step, facts: Facts) -> None:
    tickets.note(desk, ticket, filled(str(step["words"]), facts, "note"))


def _respond(desk: Desk, ticket: Ticket, step: Step, facts: Facts) -> None:
    tickets.respond(desk, ticket, filled(str(step["words"]), facts, "respond"))


def _callback(desk: Desk, ticket: Ticket, step: Step, facts: Facts) -> None:
    if ticket.client_id is None:
        raise RuleBroken("macro.no_client")
    at = desk.now().add(hours=int(step["hours"]))
    reason = filled(str(step.get("words") or ""), facts, "callback")
    calls.plan(desk, "callback", ticket.client_id, at, reason or ticket.subject, ticket.id)


_DOES: Mapping[str, Does] = {
    "grade": _grade,
    "dispatch": _dispatch,
    "tag": _tag,
    "note": _note,
    "respond": _respond,
    "callback": _callback,
}


def views(desk: Desk, place: str) -> list[SavedView]:
    """The saved views of a list that whoever sits here can choose."""
    with desk.read() as work:
        return work.saved_views.listed(_me(desk), place)


def save_view(desk: Desk, view: SavedView) -> SavedView:
    """Keep a view under its name: one's own of the same name is replaced; everybody's only with the right to."""
    check_view(view)
    if view.operator_id is None:
        desk.check("macro.share")
    with desk.write("view.save") as work:
        _check_own(desk, view.operator_id, view.name)
        same = next(
            (
                one
                for one in work.saved_views.listed(_me(desk), view.place)
                if (one.name, one.operator_id) == (view.name, view.operator_id)
            ),
            None,
        )
        if same is not None:
            return work.saved_views.save(replace(same, wanted=view.wanted))
        return work.saved_views.add(view)


def forget_view(desk: Desk, view: SavedView) -> bool:
    """Delete a view; everybody's only with the right to."""
    if view.operator_id is None:
        desk.check("macro.share")
    with desk.write("view.save") as work:
        found = work.saved_views.get(view.id)
        if found is None:
            return False
        _check_own(desk, found.operator_id, found.name)
        return work.saved_views.forget(found)


def _me(desk: Desk) -> int:
    return desk.operator.id if desk.operator else 0


def _check_own(desk: Desk, operator_id: int | None, name: str) -> None:
    """What is another's own is nobody else's to change."""
    if operator_id not in (None, _me(desk)):
        raise RuleBroken("macro.not_yours", name=name)
