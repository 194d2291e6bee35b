"""What can be done with a ticket: which acts are open to whom, and each act from its key to the record."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from deskapp.domain.ticket import INTERNAL_KINDS
from deskapp.i18n import knows, say
from deskapp.screens.base import Asking
from deskapp.screens.draft_keeper import DraftKeeper

if TYPE_CHECKING:
    from deskapp.desk import Desk
    from deskapp.domain.operator import Operator
    from deskapp.domain.policy import Policy
    from deskapp.domain.rows import TicketRow
    from deskapp.domain.ticket import Ticket

Values = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class TicketAct:
    """One act: its name, the right it needs, and the verb that does it with what the dialog asked."""

    name: str
    right: str
    do: Callable[[Desk, Ticket, Values], Any]


def _moved(name: str) -> Callable[[Desk, Ticket, Values], Any]:
    def do(desk: Desk, ticket: Ticket, values: Values) -> Any:
        from deskapp.services import tickets

        return tickets.move(desk, ticket, name, values.get("words") or "")

    return do


def _dispatch(desk: Desk, ticket: Ticket, values: Values) -> Any:
    from deskapp.screens.answerers import answer_of
    from deskapp.services import tickets

    department_id, responsible_id = answer_of(values.get("answers"))
    return tickets.dispatch(desk, ticket, department_id, responsible_id, values.get("words") or "")


def _settle(desk: Desk, ticket: Ticket, values: Values) -> Any:
    from deskapp.services import tickets

    return tickets.respond_and_resolve(desk, ticket, values.get("words") or "")


def _verify(desk: Desk, ticket: Ticket, values: Values) -> Any:
    from deskapp.services import tickets

    satisfied = values.get("satisfied") == "yes"
    words = values.get("words") or ""
    return tickets.verify(desk, ticket, satisfied=satisfied, score=values.get("score"), words=words)


def _merge(desk: Desk, ticket: Ticket, values: Values) -> Any:
    from deskapp.services import tickets

    with desk.read() as work:
        into = work.tickets.find(int(values["into"]))
    return tickets.merge(desk, ticket, into, values.get("words") or "")


def _grade(desk: Desk, ticket: Ticket, values: Values) -> Any:
    from deskapp.services import tickets

    return tickets.set_severity(desk, ticket, values.get("severity") or "", values.get("words") or "")


def _decide(desk: Desk, ticket: Ticket, values: Values) -> Any:
    from deskapp.services import decisions

    return decisions.decide(desk, ticket, values.get("words") or "", key=str(values.get("submission") or ""))


def _said(name: str) -> Callable[[Desk, Ticket, Values], Any]:
    """The verbs that take a ticket and words: note, urge, escalate, pause, resume."""

    def do(desk: Desk, ticket: Ticket, values: Values) -> Any:
        from deskapp.services import tickets

        verbs: Mapping[str, Callable[..., Any]] = {
            "note": tickets.note,
            "urge": tickets.urge,
            "escalate": tickets.escalate,
            "pause": tickets.pause,
            "resume": tickets.resume,
        }
        return verbs[name](desk, ticket, values.get("words") or "")

    return do


ACTS: Mapping[str, TicketAct] = {
    act.name: act
    for act in (
        TicketAct("respond", "ticket.move", _moved("respond")),
        TicketAct("dispatch", "ticket.move", _dispatch),
        TicketAct("resolve", "ticket.move", _moved("resolve")),
        TicketAct("settle", "ticket.move", _settle),
        TicketAct("verify", "ticket.move", _verify),
        TicketAct("close", "ticket.move", _moved("close")),
        TicketAct("reopen", "ticket.reopen", _moved("reopen")),
        TicketAct("withdraw", "ticket.withdraw", _moved("withdraw")),
        TicketAct("merge", "ticket.merge", _merge),
        TicketAct("grade", "ticket.severity", _grade),
        TicketAct("note", "ticket.note", _said("note")),
        TicketAct("urge", "ticket.note", _said("urge")),
        TicketAct("escalate", "ticket.note", _said("escalate")),
        TicketAct("decide", "decision.take", _decide),
        TicketAct("pause", "ticket.move", _said("pause")),
        TicketAct("resume", "ticket.move", _said("resume")),
    )
}


ANSWERED_AT_ONCE = frozenset({"respond", "resolve", "settle"})
"""What the one answer to a handoff does in one go."""


def possible(ticket: Ticket, operator: Operator | None, policy: Policy) -> frozenset[str]:
    """The acts that are legal for this ticket now and that this operator has the right to."""
    from deskapp.domain.operator import may
    from deskapp.domain.ticket import legal_moves

    legal = {"note", *legal_moves(ticket)}
    if "respond" in legal and ticket.responded_at is None:
        legal.add("settle")
    if ticket.kind == "handoff":
        legal -= ANSWERED_AT_ONCE
    if ticket.state == "responded":
        legal.add("dispatch")
    if ticket.is_open:
        legal |= {"grade", "decide"}
    if ticket.state in ("received", "dispatched", "responded", "reopened"):
        legal |= {"urge"} if ticket.department_id or ticket.responsible_id else set()
        legal |= {"escalate"} if ticket.department_id else set()
    if policy.pause_while_waiting and ticket.clock_runs:
        legal.add("pause" if ticket.paused_since is None else "resume")
    role = operator.role if operator and operator.active else ""
    return frozenset(name for name in legal if may(role, ACTS[name].right))


class TicketActs(Asking):
    """A screen whose keys act on a ticket: each asks in a dialog, is done, and is given back when refused."""

    def begin(self, name: str, row: TicketRow | None, values: Values | None = None, why: str = "") -> None:
        """Ask what the act needs, over this screen; `why` says what came between when it was refused before."""
        from deskapp.screens.ticket_dialog import ActDialog

        if row is None or name not in possible(row.ticket, self.desk.operator, self.desk.policy):
            return
        if name == "verify" and not self._may_verify(row):
            return
        dialog = ActDialog(ACTS[name], row, values, why)
        self.app.push_screen(dialog, lambda answer: self._do(ACTS[name], row, answer, dialog.keeper))

    def _may_verify(self, row: TicketRow) -> bool:
        """Whoever solved it cannot verify it: say so before anything is typed."""
        from deskapp.domain.errors import RuleBroken

        operator = self.desk.operator
        if operator is None or row.ticket.resolved_by != operator.id:
            return True
        self.app.tell(RuleBroken("ticket.verify_own_work", number=row.ticket.number))
        return False

    def _do(self, act: TicketAct, row: TicketRow, answer: Values | None, keeper: DraftKeeper | None) -> None:
        if answer is None:
            return
        desk = self.desk

        def done(result: object) -> None:
            from deskapp.services import harmless

            if keeper is not None:
                keeper.forget(close=True)
            one = harmless.after(desk, act.name, row.ticket, result, str(answer.get("words") or ""))
            words = say("acts.done", act=act_word(act, row.ticket), number=row.ticket.number)
            self.app.undoing.offer(one, words)

        def refused(error: Exception) -> None:
            self._refused(act, row, answer, error, keeper)

        from deskapp.services import outgoing

        if not outgoing.can_wait(f"ticket.{act.name}"):
            self.act(lambda: act.do(desk, row.ticket, answer), done, wrong=refused)
            return
        key, form = str(answer.get("submission") or ""), draft_name(act, row)
        one = outgoing.moving(desk, act.name, row.ticket, key, form, answer)
        self.app.tray.submit(self, one, done, kept=lambda: _waits(keeper), wrong=refused)

    def _refused(
        self, act: TicketAct, row: TicketRow, answer: Values, error: Exception, keeper: DraftKeeper | None
    ) -> None:
        """Say why, read the ticket anew, and give back what was typed: as a note when the act is no longer legal."""
        self.app.tell(error)
        self.app.changed()
        top: object = self.app.screen
        if top is not self:
            return
        desk, ticket_id = self.desk, row.ticket.id

        def again(fresh: TicketRow | None, why: str = "") -> None:
            now = fresh or row
            open_acts = possible(now.ticket, desk.operator, desk.policy)
            if act.name in open_acts:
                self.begin(act.name, now, answer, why)
            elif answer.get("words"):
                self.app.say("acts.as_note", act=act_word(act, row.ticket))
                if keeper is not None:
                    keeper.forget(close=True)
                self.begin("note", now, {"words": answer["words"]}, why)

        self.ask(
            lambda: _fresh(desk, ticket_id, error),
            lambda found: again(*found),
            group="again",
            wrong=lambda _: again(None),
        )


def _waits(keeper: DraftKeeper | None) -> None:
    """The words are in the tray: they are no draft any more."""
    if keeper is not None:
        keeper.forget(close=True)


def _fresh(desk: Desk, ticket_id: int, error: Exception) -> tuple[TicketRow, str]:
    """The ticket as it is now and, after a conflict, who was first and what they did."""
    from deskapp.domain.errors import Conflict
    from deskapp.screens.ticket_history import lost_to
    from deskapp.screens.ticket_view import read_ticket

    view = read_ticket(desk, ticket_id)
    return view.row, lost_to(desk, view, error) if isinstance(error, Conflict) else ""


def transfers(act: TicketAct, ticket: Ticket) -> bool:
    """Whether the act gives away what somebody has already."""
    return act.name == "dispatch" and bool(ticket.department_id or ticket.responsible_id)


def act_word(act: TicketAct, ticket: Ticket) -> str:
    """What an act on a ticket is called."""
    if transfers(act, ticket):
        return say("acts.name.transfer")
    inside = f"acts.inside.{act.name}"
    return say(inside) if ticket.kind in INTERNAL_KINDS and knows(inside) else say(f"acts.name.{act.name}")


def draft_name(act: TicketAct, row: TicketRow) -> str:
    """The name under which the words of an act are kept until it is done."""
    return f"act-{row.ticket.id}-{act.name}"
